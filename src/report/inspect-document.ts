/** What is inside a signed document, from its facts, without judging it. */
import { toIso } from '../base/instant.ts';
import type { DocumentFacts, EvidenceRecordFacts, PdfSignatureFacts, SignatureFacts, TimestampFacts } from '../facts/index.ts';
import { parseCertificate } from '../pki/certificate.ts';
import { type Catalogue, fill } from './catalogue.ts';
import { detailIn } from './detail.ts';
import { type Section, section } from './section.ts';
import { dateTime } from './sentence.ts';
import { signedParts } from './signed-parts.ts';

/** Signatures, time-stamps and what they bring along, as one plain object. */
export const documentDetails = (facts: DocumentFacts) => ({
  format: facts.format,
  signatures: facts.signatures.map((signature) => ({
    id: signature.id,
    name: signature.name,
    format: signature.format,
    signer: subjectOf(signature.signer.certificate, facts),
    claimedTime: signature.claimedTime === null ? null : toIso(signature.claimedTime),
    algorithm: { ...signature.algorithm },
    timestamps: signature.timestamps,
    ...(signature.pdf && { pdf: pdfJson(signature.pdf) }),
    ...(signature.xml && { xml: xmlJson(signature) }),
  })),
  timestamps: [...facts.timestamps.values()].map((timestamp) => ({
    id: timestamp.id,
    type: timestamp.type,
    name: timestamp.name,
    time: toIso(timestamp.time),
    authority: subjectOf(timestamp.signer.certificate, facts),
    policy: timestamp.policy,
    ...(timestamp.pdf && { pdf: pdfJson(timestamp.pdf) }),
  })),
  evidenceRecords: (facts.evidenceRecords ?? []).map(({ id, type, origin, name, signature, timestamps, references }) => ({
    ...{ id, type, origin, name, signature, timestamps },
    objects: references.length,
    digestAlgorithm: references[0]?.digestAlgorithm ?? null,
  })),
  certificates: facts.certificates.size,
  crls: countOf(facts, 'crl'),
  ocsps: countOf(facts, 'ocsp'),
  securityStore: facts.pdf?.hasDss ?? null,
  unreadable: facts.unreadable.map(({ kind, name, malformed }) => ({ kind, name, reason: malformed.reason })),
});

/** The same in words; `rows` stand first. */
export function documentSection(
  facts: DocumentFacts,
  words: Catalogue,
  rows: readonly (readonly [string, string | number | null])[] = [],
): Section {
  const { inspect, phrases } = words;
  const held = [countOf(facts, 'crl'), countOf(facts, 'ocsp')];
  return section(
    inspect.document,
    [
      [inspect.format, facts.format],
      ...rows,
      [inspect.securityStore, facts.pdf === null ? null : facts.pdf.hasDss ? inspect.yes : inspect.no],
      [inspect.signatures, facts.signatures.length],
      [inspect.timestamps, facts.timestamps.size],
      [inspect.evidenceRecords, facts.evidenceRecords?.length || null],
      [inspect.heldCertificates, facts.certificates.size],
      [inspect.revocations, [fill(phrases.manyCrls, { count: held[0] ?? 0 }), fill(phrases.manyOcsps, { count: held[1] ?? 0 })].join(', ')],
      [
        inspect.unreadable,
        facts.unreadable.map(({ kind, name, malformed }) => `${kind} ${name ?? ''}: ${detailIn(malformed.reason, words)}`),
      ],
    ],
    [
      ...facts.signatures.map((signature, i) => signatureSection(signature, i + 1, facts, words)),
      ...(facts.evidenceRecords ?? []).map((record) => recordSection(record, words)),
      ...[...facts.timestamps.values()].map((timestamp, i) => stampSection(timestamp, i + 1, facts, words)),
    ],
  );
}

function recordSection({ type, name, references, timestamps }: EvidenceRecordFacts, words: Catalogue): Section {
  const { inspect, phrases } = words;
  return section(phrases.evidenceRecord, [
    [inspect.format, type === 'XML' ? 'RFC 6283' : 'RFC 4998'],
    [phrases.file, name],
    [inspect.archivedObjects, references.length],
    [inspect.timestamps, timestamps.length],
    [inspect.digest, references[0]?.digestAlgorithm ?? null],
  ]);
}

function signatureSection(signature: SignatureFacts, number: number, facts: DocumentFacts, words: Catalogue): Section {
  const { inspect } = words;
  const { algorithm, pdf } = signature;
  return section(fill(inspect.signatureName, { name: signature.name ?? number }), [
    [inspect.signer.replace(' {number}', ''), subjectOf(signature.signer.certificate, facts) ?? words.phrases.unknownSigner],
    [inspect.claimedTime, signature.claimedTime === null ? null : dateTime(signature.claimedTime, words)],
    [inspect.signatureAlgorithm, [algorithm.scheme ?? algorithm.identifier, algorithm.digest].filter(Boolean).join(', ')],
    [inspect.subFilter, pdf?.subFilter ?? signature.format],
    ...pdfRows(pdf, words),
    ...xmlRows(signature, words),
    [inspect.timestamps, signature.timestamps.length],
  ]);
}

function stampSection(timestamp: TimestampFacts, number: number, facts: DocumentFacts, words: Catalogue): Section {
  const { inspect } = words;
  return section(fill(inspect.timestampName, { name: timestamp.name ?? number }), [
    [inspect.subFilter, words.timestamps[timestamp.type]],
    [inspect.time, dateTime(timestamp.time, words)],
    [inspect.accuracy, timestamp.accuracy === null ? null : fill(inspect.accuracyValue, { seconds: timestamp.accuracy / 1000 })],
    [inspect.tsa, subjectOf(timestamp.signer.certificate, facts) ?? words.phrases.unknownAuthority],
    [inspect.policy, timestamp.policy],
    ...pdfRows(timestamp.pdf, words),
  ]);
}

function pdfRows(pdf: PdfSignatureFacts | null, { inspect, phrases }: Catalogue): [string, string | null][] {
  if (pdf === null) return [];
  const covers = !pdf.byteRangeValid
    ? inspect.notCovered
    : pdf.coversWholeFile
      ? inspect.wholeFile
      : fill(inspect.oneRevision, { revision: pdf.revision, revisions: pdf.revisions });
  return [
    [inspect.coverage, covers],
    [inspect.reason, pdf.reason],
    [inspect.location, pdf.location],
    [phrases.certified, pdf.certification === null ? null : phrases[`certified${pdf.certification}`]],
  ];
}

const pdfJson = (pdf: PdfSignatureFacts) => ({
  fieldName: pdf.fieldName,
  filter: pdf.filter,
  subFilter: pdf.subFilter,
  byteRange: pdf.byteRange,
  coversWholeFile: pdf.coversWholeFile,
  revision: pdf.revision,
  certification: pdf.certification,
  reason: pdf.reason,
  location: pdf.location,
});

function xmlRows(signature: SignatureFacts, words: Catalogue): [string, string | null][] {
  const { xml } = signature;
  if (xml === undefined) return [];
  const listed = (properties: ReadonlyMap<string, number>) => [...properties.keys()].join(', ') || null;
  return [
    [words.phrases.signs, signedParts(signature, words)],
    [words.inspect.signedProperties, listed(xml.signedProperties)],
    [words.inspect.unsignedProperties, listed(xml.unsignedProperties)],
  ];
}

const xmlJson = ({ xml, references }: SignatureFacts) => ({
  xades: xml?.xades ?? null,
  canonicalization: xml?.canonicalization ?? null,
  signedProperties: Object.fromEntries(xml?.signedProperties ?? []),
  unsignedProperties: Object.fromEntries(xml?.unsignedProperties ?? []),
  references: references.map(({ type, name, digestAlgorithm, covers }) => ({
    type,
    name,
    digestAlgorithm,
    covers: covers?.element ?? null,
  })),
});

function subjectOf(id: string | null, { certificates }: DocumentFacts): string | null {
  const der = id === null ? undefined : certificates.get(id);
  const certificate = der && parseCertificate(der);
  return certificate?.ok ? certificate.value.subject.text : null;
}

const countOf = ({ revocations }: DocumentFacts, kind: 'crl' | 'ocsp'): number =>
  [...revocations.values()].filter((revocation) => revocation.kind === kind).length;
