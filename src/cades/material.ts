/** Certificates and revocation data that attributes carry or refer to, EN 319 122-1, annex A; ISO 32000-1, 12.8.3.3.2 for the adbe attribute. */
import { der, type Reader } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import { attempt } from '../base/parsed.ts';
import { readAlgorithmIdentifier } from '../cms/algorithm-identifier.ts';
import { type Attribute, encodeAttribute, overValue } from '../cms/attribute.ts';
import { digestOrNull } from '../cms/content.ts';
import { ATTRIBUTE } from '../cms/oid.ts';
import { addCertificate, addCrl, addOcsp, type Pool } from '../cms/pool.ts';
import { digestByOid } from '../crypto/algorithm.ts';
import type { DigestName } from '../crypto/names.ts';
import type { Material, Origin } from '../facts/signature.ts';
import { readLongTermValidation } from './long-term-validation.ts';

/** A list of material under construction: a piece once for each origin. */
export interface MaterialList {
  readonly certificates: { id: string; origin: Origin }[];
  readonly revocations: { id: string; origin: Origin }[];
}

export const newMaterial = (): MaterialList => ({ certificates: [], revocations: [] });

/** Ids of all pieces. */
export const idsOf = ({ certificates, revocations }: Material): string[] => [
  ...certificates.map(({ id }) => id),
  ...revocations.map(({ id }) => id),
];

/** Reads one attribute that carries values into the pool; null for another attribute or one that cannot be read. */
export function readValues(attribute: Attribute, pool: Pool): MaterialList | null {
  const read = READERS.get(attribute.type);
  if (!read) return null;
  const list = newMaterial();
  const result = attempt(() => {
    for (const value of attribute.values) read(overValue(value, attribute.type), adding(pool, list));
  });
  return result.ok ? list : null;
}

/** Adds pieces to the pool and their ids to a list. */
interface Adding {
  certificate(encoding: Bytes, origin: Origin): void;
  crl(encoding: Bytes, origin: Origin): void;
  ocsp(encoding: Bytes, origin: Origin): void;
}

const adding = (pool: Pool, list: MaterialList): Adding => ({
  certificate(encoding, origin) {
    const certificate = addCertificate(pool, encoding);
    if (certificate) list.certificates.push({ id: certificate.fingerprint, origin });
  },
  crl(encoding, origin) {
    list.revocations.push({ id: addCrl(pool, encoding).id, origin });
  },
  ocsp(encoding, origin) {
    const added = addOcsp(pool, encoding);
    if (!added) return;
    list.revocations.push({ id: added.id, origin });
    for (const { fingerprint } of added.certificates) list.certificates.push({ id: fingerprint, origin: 'ocsp' });
  },
});

const raw = (reader: Reader): Bytes => reader.raw(reader.any());

/** `CertificateValues ::= SEQUENCE OF Certificate` */
function readCertificateValues(reader: Reader, add: Adding): void {
  for (const encoding of reader.sequence('CertificateValues').each(raw)) add.certificate(encoding, 'certificate-values');
}

/**
 * ```asn1
 * RevocationValues ::= SEQUENCE {
 *   crlVals [0] SEQUENCE OF CertificateList OPTIONAL,
 *   ocspVals [1] SEQUENCE OF BasicOCSPResponse OPTIONAL,
 *   otherRevVals [2] OtherRevVals OPTIONAL }
 * RevocationInfoArchival ::= SEQUENCE {
 *   crl [0] EXPLICIT SEQUENCE OF CRLs OPTIONAL,
 *   ocsp [1] EXPLICIT SEQUENCE OF OCSPResponse OPTIONAL,
 *   otherRevInfo [2] EXPLICIT SEQUENCE OF OtherRevInfo OPTIONAL }
 * ```
 */
const readRevocations =
  (origin: Origin) =>
  (reader: Reader, add: Adding): void => {
    const values = reader.sequence('RevocationValues');
    const crls = values.context(0);
    if (crls) for (const encoding of crls.sequence().each(raw)) add.crl(encoding, origin);
    const responses = values.context(1);
    if (responses) for (const encoding of responses.sequence().each(raw)) add.ocsp(encoding, origin);
  };

function readLongTermMaterial(reader: Reader, add: Adding): void {
  const { certificates, crls, ocsps } = readLongTermValidation(raw(reader));
  for (const encoding of certificates) add.certificate(encoding, 'certificate-values');
  for (const encoding of crls) add.crl(encoding, 'revocation-values');
  for (const encoding of ocsps) add.ocsp(encoding, 'revocation-values');
}

const READERS: ReadonlyMap<string, (reader: Reader, add: Adding) => void> = new Map([
  [ATTRIBUTE.certificateValues, readCertificateValues],
  [ATTRIBUTE.revocationValues, readRevocations('revocation-values')],
  [ATTRIBUTE.revocationInfoArchival, readRevocations('adbe-revocation')],
  [ATTRIBUTE.longTermValidation, readLongTermMaterial],
]);

/** A digest that stands for a certificate or a piece of revocation data. */
export interface HashReference {
  readonly digest: DigestName | null;
  readonly hash: Bytes;
}

/** Hashes in a complete-certificate-references or complete-revocation-references attribute; empty where it cannot be read. */
export function readHashReferences(attribute: Attribute): readonly HashReference[] {
  const isCertificates = attribute.type === ATTRIBUTE.certificateReferences || attribute.type === ATTRIBUTE.attributeCertificateReferences;
  const result = attempt(() =>
    attribute.values.flatMap((value) => {
      const reader = overValue(value, 'references').sequence();
      return isCertificates ? reader.each((list) => readOtherHash(list.sequence())) : reader.each(readRevocationReference).flat();
    }),
  );
  return result.ok ? result.value : [];
}

/** Ids in the pool of what the references stand for. */
export function resolveReferences(references: readonly HashReference[], pool: Pool): string[] {
  if (references.length === 0) return [];
  const byDigest = new Map<DigestName, Map<string, string>>();
  return references.flatMap(({ digest, hash }) => {
    if (digest === null) return [];
    let known = byDigest.get(digest);
    if (!known) {
      known = hashesOf(pool, digest);
      byDigest.set(digest, known);
    }
    const id = known.get(keyOf(hash));
    return id === undefined ? [] : [id];
  });
}

function hashesOf(pool: Pool, name: DigestName): Map<string, string> {
  const known = new Map<string, string>();
  const note = (encoding: Bytes, id: string): void => {
    const hash = digestOrNull(name, encoding);
    if (hash) known.set(keyOf(hash), id);
  };
  for (const [id, { bytes }] of pool.certificates) note(bytes, id);
  for (const [id, { bytes, kind }] of pool.revocations) {
    note(bytes, id);
    // References name the BasicOCSPResponse, the pool holds the OCSPResponse around it.
    const basic = kind === 'ocsp' ? unwrapOcsp(bytes) : null;
    if (basic) note(basic, id);
  }
  return known;
}

/** The BasicOCSPResponse within an OCSPResponse, or null. */
export function unwrapOcsp(response: Bytes): Bytes | null {
  const result = attempt(() => {
    const reader = overValue(response, 'OCSPResponse').sequence();
    reader.any();
    const body = reader.context(0)?.sequence();
    if (!body) return null;
    body.oid();
    return body.octetString();
  });
  return result.ok ? result.value : null;
}

const keyOf = (hash: Bytes): string => hash.join();

/**
 * ```asn1
 * OtherHash ::= CHOICE { sha1Hash OCTET STRING, otherHash OtherHashAlgAndValue }
 * OtherHashAlgAndValue ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, hashValue OCTET STRING }
 * ```
 * At the head of an OtherCertID, a CrlValidatedID, or an OcspResponsesID after its identifier; what follows is left.
 */
function readOtherHash(reader: Reader): HashReference {
  if (reader.peek() !== 0x30) return { digest: 'SHA-1', hash: reader.octetString() };
  const other = reader.sequence();
  const { oid } = readAlgorithmIdentifier(other);
  return { digest: digestByOid(oid), hash: other.octetString() };
}

/** `CrlOcspRef ::= SEQUENCE { crlids [0] CRLListID OPTIONAL, ocspids [1] OcspListID OPTIONAL, otherRev [2] OtherRevRefs OPTIONAL }` */
function readRevocationReference(reader: Reader): HashReference[] {
  const reference = reader.sequence('CrlOcspRef');
  const crls =
    reference
      .context(0)
      ?.sequence()
      .sequence()
      .each((list) => readOtherHash(list.sequence())) ?? [];
  const responses =
    reference
      .context(1)
      ?.sequence()
      .sequence()
      .each((list) => {
        const id = list.sequence();
        id.any();
        return id.done ? [] : [readOtherHash(id)];
      }) ?? [];
  return [...crls, ...responses.flat()];
}

/** DER of an adbe-revocationInfoArchival attribute: CRLs and whole OCSPResponses. */
export function encodeRevocationInfoArchival(crls: readonly Bytes[], ocspResponses: readonly Bytes[]): Bytes {
  const parts: Bytes[] = [];
  if (crls.length > 0) parts.push(der.context(0, der.sequence(...crls)));
  if (ocspResponses.length > 0) parts.push(der.context(1, der.sequence(...ocspResponses)));
  return encodeAttribute(ATTRIBUTE.revocationInfoArchival, der.sequence(...parts));
}

/** DER of a certificate-values attribute. */
export const encodeCertificateValues = (certificates: readonly Bytes[]): Bytes =>
  encodeAttribute(ATTRIBUTE.certificateValues, der.sequence(...certificates));

/** DER of a revocation-values attribute: CRLs and bare BasicOCSPResponses. */
export function encodeRevocationValues(crls: readonly Bytes[], basicResponses: readonly Bytes[]): Bytes {
  const parts: Bytes[] = [];
  if (crls.length > 0) parts.push(der.context(0, der.sequence(...crls)));
  if (basicResponses.length > 0) parts.push(der.context(1, der.sequence(...basicResponses)));
  return encodeAttribute(ATTRIBUTE.revocationValues, der.sequence(...parts));
}
