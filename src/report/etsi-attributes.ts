/** Attributes of a signature in the ETSI validation report (TS 119 102-2, annex A). */
import type { PdfSignatureFacts, TimestampType } from '../facts/index.ts';
import type { SignatureReport } from '../validation/report.ts';
import { reference, uriOf, xmlTime } from './etsi-names.ts';
import type { EtsiObjects } from './etsi-objects.ts';
import { element, withAttributes, type XmlElement } from './xml-writer.ts';

/** Null where the signature has none that the report has a place for. */
export function attributesElement(signature: SignatureReport, objects: EtsiObjects): XmlElement | null {
  const { facts } = signature;
  const attributes = [
    facts.claimedTime === null ? null : signed(element('SigningTime', element('Time', xmlTime(facts.claimedTime)))),
    signingCertificate(signature, objects),
    ...facts.commitmentTypes.map((type) => signed(element('CommitmentTypeIndication', element('CommitmentTypeIdentifier', uriOf(type))))),
    facts.policy === null || facts.policy.implied
      ? null
      : signed(element('SigPolicyIdentifier', element('SigPolicyId', uriOf(facts.policy.id)))),
    facts.productionPlace === null ? null : signed(element('SignatureProductionPlace', element('AddressString', facts.productionPlace))),
    roles(signature),
    ...signature.timestamps.map((timestamp) =>
      timestampElement(timestamp.facts.type, timestamp.facts.time, objects.idOf(timestamp.facts.id)),
    ),
    ...(facts.pdf === null ? [] : pdfAttributes(facts.pdf)),
    storeElement(signature, objects),
  ].filter((attribute) => attribute !== null);
  return attributes.length === 0 ? null : element('SignatureAttributes', attributes);
}

const signed = (attribute: XmlElement): XmlElement => withAttributes(attribute, { Signed: 'true' });
const unsigned = (attribute: XmlElement): XmlElement => withAttributes(attribute, { Signed: 'false' });

function signingCertificate({ facts }: SignatureReport, objects: EtsiObjects): XmlElement | null {
  const named = facts.signer.references.filter(({ attribute }) => attribute !== 'KeyInfo');
  if (named.length === 0) return null;
  const ids = [...new Set(named.flatMap(({ matches }) => objects.idOf(matches) ?? []))];
  return signed(element('SigningCertificate', reference('AttributeObject', ids)));
}

function roles({ facts }: SignatureReport): XmlElement | null {
  const details = [
    ...facts.claimedRoles.map((role) => [role, 'claimed'] as const),
    ...facts.certifiedRoles.map((role) => [role, 'certified'] as const),
  ].map(([role, endorsement]) => element('RoleDetails', element('Role', role), element('EndorsementType', endorsement)));
  return details.length === 0 ? null : signed(element('SignerRole', details));
}

function timestampElement(type: TimestampType, time: number, id: string | null): XmlElement {
  const attribute = element(
    TIMESTAMPS[type],
    id === null ? null : reference('AttributeObject', [id]),
    element('TimeStampValue', xmlTime(time)),
  );
  return type === 'content' ? signed(attribute) : unsigned(attribute);
}

const pdfAttributes = (pdf: PdfSignatureFacts): (XmlElement | null)[] => [
  pdf.reason === null ? null : signed(element('Reason', element('ReasonElement', pdf.reason))),
  pdf.signerName === null ? null : signed(element('Name', element('NameElement', pdf.signerName))),
  pdf.contactInfo === null ? null : signed(element('ContactInfo', element('ContactInfoElement', pdf.contactInfo))),
  pdf.subFilter === null ? null : signed(element('SubFilter', element('SubFilterElement', pdf.subFilter))),
  pdf.byteRange.length > 0 && pdf.byteRange.every(Number.isSafeInteger) ? element('ByteRange', pdf.byteRange.join(' ')) : null,
  pdf.filter === null ? null : element('Filter', element('Filter', pdf.filter)),
];

/** The document security store, as far as this signature brings it along. */
function storeElement({ facts }: SignatureReport, objects: EtsiObjects): XmlElement | null {
  const ids = (entries: readonly { readonly id: string; readonly origin: string }[], kind?: 'crl' | 'ocsp'): string[] =>
    entries
      .filter(({ id, origin }) => origin === 'dss' && (kind === undefined || objects.kindOf(id) === kind))
      .flatMap(({ id }) => objects.idOf(id) ?? []);
  const parts = [
    reference('Certs', [...new Set(ids(facts.material.certificates))]),
    reference('CRLs', [...new Set(ids(facts.material.revocations, 'crl'))]),
    reference('OCSPs', [...new Set(ids(facts.material.revocations, 'ocsp'))]),
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : unsigned(element('DSS', parts));
}

/** Time-stamps over references and over a container have no element of their own here; the archive is the nearest for the latter. */
const TIMESTAMPS: Readonly<Record<TimestampType, string>> = {
  content: 'AllDataObjectsTimeStamp',
  signature: 'SignatureTimeStamp',
  'validation-data': 'SigAndRefsTimeStamp',
  archive: 'ArchiveTimeStamp',
  document: 'DocTimeStamp',
  container: 'ArchiveTimeStamp',
};
