/** Signature validation objects of the ETSI validation report: what was looked at, and since when it is proven to exist (TS 119 102-2, 4.4). */
import type { Bytes } from '../base/bytes.ts';
import { toBase64 } from '../base/text.ts';
import type { Report, TimestampReport, TokenReport } from '../validation/report.ts';
import { digestElement, objectType, proofType, reference, xmlId, xmlTime } from './etsi-names.ts';
import { element, withAttributes, type XmlElement } from './xml-writer.ts';

/** Everything that the report may refer to, by its id in the evidence. */
export interface EtsiObjects {
  /** The xs:ID of a certificate, revocation data, time-stamp or evidence record; null where it is not listed. */
  idOf(id: string | null): string | null;
  kindOf(id: string): 'crl' | 'ocsp' | null;
  elements(reportOf: (timestamp: TimestampReport) => XmlElement): XmlElement[];
}

export function objectsOf(report: Report): EtsiObjects {
  const timestamps = timestampsOf(report);
  const certificates = certificatesOf(report, timestamps);
  const ids = new Map<string, string>([
    ...[...certificates].map((id): [string, string] => [id, xmlId('C', id)]),
    ...[...report.evidence.revocations.keys()].map((id): [string, string] => [id, xmlId('R', id)]),
    ...[...timestamps.keys()].map((id): [string, string] => [id, xmlId('T', id)]),
    ...report.evidenceRecords.map(({ facts }): [string, string] => [facts.id, xmlId('E', facts.id)]),
  ]);
  const idOf = (id: string | null): string | null => (id === null ? null : (ids.get(id) ?? null));
  const known = { report, timestamps, idOf };
  return {
    idOf,
    kindOf: (id) => report.evidence.revocations.get(id)?.kind ?? null,
    elements: (reportOf) => [
      ...[...certificates].map((id) => object(known, id, 'certificate', report.certificates.get(id)?.bytes ?? null)),
      ...[...report.evidence.revocations.values()].map(({ id, kind }) =>
        object(known, id, kind === 'crl' ? 'CRL' : 'OCSPResponse', report.evidence.document.revocations.get(id)?.bytes ?? null),
      ),
      ...[...timestamps.values()].map((timestamp) =>
        object(known, timestamp.facts.id, 'timestamp', null, [provisioning(known, timestamp), reportOf(timestamp)]),
      ),
      ...report.evidenceRecords.map(({ facts }) => object(known, facts.id, 'evidencerecord', null)),
    ],
  };
}

interface Known {
  readonly report: Report;
  readonly timestamps: ReadonlyMap<string, TimestampReport>;
  readonly idOf: EtsiObjects['idOf'];
}

/** Each time-stamp once, whatever it is listed under. */
const timestampsOf = ({ signatures, timestamps, evidenceRecords }: Report): ReadonlyMap<string, TimestampReport> =>
  new Map(
    [
      ...signatures.flatMap((signature) => signature.timestamps),
      ...timestamps,
      ...evidenceRecords.flatMap((record) => record.timestamps),
    ].map((timestamp) => [timestamp.facts.id, timestamp]),
  );

/** Those of the document, of every chain, of those who signed revocation data, and of every check: not each that was merely trusted. */
function certificatesOf(report: Report, timestamps: ReadonlyMap<string, TimestampReport>): ReadonlySet<string> {
  const tokens: readonly TokenReport[] = [...report.signatures, ...timestamps.values()];
  const ids = [
    ...report.evidence.document.certificates.keys(),
    ...tokens.flatMap(({ chain }) => chain.map(({ fingerprint }) => fingerprint)),
    ...tokens.flatMap(({ process }) => process.map(({ subject }) => subject)),
    ...[...report.evidence.revocations.values()].flatMap(({ signer }) => signer.certificate ?? []),
    ...[...report.signatures, ...timestamps.values()].flatMap(({ facts }) => facts.signer.certificate ?? []),
  ];
  return new Set(ids.filter((id) => report.certificates.has(id)));
}

function object(
  known: Known,
  id: string,
  type: Parameters<typeof objectType>[0],
  bytes: Bytes | null,
  more: readonly (XmlElement | null)[] = [],
): XmlElement {
  const whole = bytes !== null && bytes.length <= LARGEST ? element('base64', toBase64(bytes)) : null;
  const representation = whole ?? digestElement(id) ?? element('URI', `urn:adeskit:object:${known.idOf(id) ?? ''}`);
  return withAttributes(
    element(
      'ValidationObject',
      element('ObjectType', objectType(type)),
      element('ValidationObjectRepresentation', representation),
      poe(known, id),
      more,
    ),
    { id: known.idOf(id) ?? '' },
  );
}

/** Proof of existence, with the time-stamp that gives it; without one it is the validation itself that saw the object. */
function poe({ report, timestamps, idOf }: Known, id: string): XmlElement {
  const time = Math.min(report.existence.get(id) ?? report.at, report.at);
  const proof = [...timestamps.values()].find(
    ({ facts, conclusion }) => conclusion.indication === 'PASSED' && facts.time === time && facts.covers.includes(id),
  );
  return poeElement('POE', time, idOf(proof?.facts.id ?? null));
}

export const poeElement = (name: string, time: number, by: string | null): XmlElement =>
  element(name, element('POETime', xmlTime(time)), element('TypeOfProof', proofType), by === null ? null : reference('POEObject', [by]));

/** What a time-stamp proves to have existed: objects of this list, and signatures by their field. */
function provisioning({ report, idOf }: Known, { facts, conclusion }: TimestampReport): XmlElement | null {
  if (conclusion.indication !== 'PASSED') return null;
  const covered = new Set<string>(facts.covers);
  const fields = report.signatures.flatMap((signature) => (covered.has(signature.facts.id) ? (signature.facts.pdf?.fieldName ?? []) : []));
  return element(
    'POEProvisioning',
    element('POETime', xmlTime(facts.time)),
    [...covered].flatMap((id) => reference('ValidationObject', [idOf(id) ?? []].flat()) ?? []),
    fields.map((field) => element('SignatureReference', element('PAdESFieldName', field))),
  );
}

/** Larger objects, CRLs of great authorities for instance, are told by their digest. */
const LARGEST = 64 * 1024;
