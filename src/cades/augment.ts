/** Augmentation of CAdES signatures (EN 319 122-1, 5.3, 5.5 and 6): T, the material of LT, LTA; what is signed or time-stamped already keeps every octet. */
import { der } from '../asn1/index.ts';
import { type Bytes, compare } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import type { Source } from '../base/source.ts';
import { encodeAttribute } from '../cms/attribute.ts';
import { addUnsignedAttribute, changed, encodeOcspInfo, withUnsignedAttributes } from '../cms/build.ts';
import type { SignedContent } from '../cms/content.ts';
import { ATTRIBUTE } from '../cms/oid.ts';
import type { SignedData } from '../cms/signed-data.ts';
import type { SignerInfo } from '../cms/signer-info.ts';
import { digest as digestOf } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';
import type { TimestampAuthority } from '../tsp/timestamp-authority.ts';
import { parseTimestampToken } from '../tsp/token.ts';
import { archiveV3Parts, hashIndexOf } from './archive.ts';
import { encodeSignatureTimestamp } from './attributes.ts';
import { encodeCertificateValues, encodeRevocationValues, unwrapOcsp } from './material.ts';

/**
 * Level T: a signature-time-stamp for the SignerInfos of these numbers. Throws `Fault` `refused` where an attribute that is
 * there already is over all time-stamps of the signature, and what the authority throws.
 */
export async function addSignatureTimestamps(
  signedData: SignedData,
  numbers: readonly number[],
  authority: TimestampAuthority,
  digest: DigestName,
): Promise<Source> {
  refuseEvidenceRecords(signedData);
  const attributes = new Map<number, readonly Bytes[]>();
  for (const number of numbers) {
    const info = signerAt(signedData, number);
    refuseWhereCovered(info, 'a signature time-stamp');
    attributes.set(number, [encodeSignatureTimestamp(await authority.stamp(digestOf(digest, info.signature), digest))]);
  }
  return changed(signedData, { attributes });
}

/** DER, each as often as it comes. */
export interface ValidationMaterial {
  readonly certificates: readonly Bytes[];
  readonly crls: readonly Bytes[];
  /** OCSPResponse (RFC 6960, 4.2.1). */
  readonly ocsps: readonly Bytes[];
}

/**
 * Level LT: the material in SignedData.certificates and crls, OCSP responses by RFC 5940. Archive time-stamps before version 3
 * are over those fields as a whole: then the material goes into the unsigned attributes of the last archive time-stamp, which
 * nothing is over. Throws `Fault` `refused` where there is none such.
 */
export function addValidationMaterial(signedData: SignedData, material: ValidationMaterial): Source {
  const fresh = notHeld(signedData, material);
  if (fresh.certificates.length + fresh.crls.length + fresh.ocsps.length === 0) return changed(signedData, {});
  refuseEvidenceRecords(signedData);
  if (!signedData.signerInfos.some(hasOldArchive)) {
    const revocationInfos = [...fresh.crls, ...fresh.ocsps.map(encodeOcspInfo)];
    return changed(signedData, { certificates: fresh.certificates, revocationInfos });
  }
  return intoLastArchive(signedData, fresh);
}

/**
 * Level LTA: an archive-time-stamp-v3 for every signature, whose hash index names all certificates, revocation data and
 * unsigned attributes that are there. `content` is the detached content. Throws `Fault` `bad-option` where it is not at hand,
 * and what the authority throws.
 */
export async function addArchiveTimestamps(
  signedData: SignedData,
  content: SignedContent | null,
  authority: TimestampAuthority,
  digest: DigestName,
): Promise<Source> {
  refuseEvidenceRecords(signedData);
  const attributes = new Map<number, readonly Bytes[]>();
  for (const [number, info] of signedData.signerInfos.entries()) {
    const index = hashIndexOf(digest, signedData, info);
    const parts = archiveV3Parts(signedData, info, digest, index, signedData.encapsulated ?? content);
    if (parts === null) throw new Fault('bad-option', 'an archive time-stamp is over the content: hand in the detached file');
    const token = await authority.stamp(digestOf(digest, ...parts), digest);
    const indexed = addUnsignedAttribute(token, 0, encodeAttribute(ATTRIBUTE.hashIndexV3, index));
    attributes.set(number, [encodeAttribute(ATTRIBUTE.archiveTimestampV3, indexed)]);
  }
  return changed(signedData, { attributes });
}

/** Whether an archive time-stamp is over SignedData.certificates and crls as a whole (version 3 is over each piece alone). */
export const hasOldArchive = ({ unsignedAttributes }: SignerInfo): boolean => unsignedAttributes.some(({ type }) => OLD_ARCHIVES.has(type));

/** Throws `Fault` `refused` where an attribute is over what a further unsigned attribute would change. */
export function refuseWhereCovered({ unsignedAttributes }: SignerInfo, what: string): void {
  const covering = unsignedAttributes.find(({ type }) => OLD_ARCHIVES.has(type) || type === ATTRIBUTE.signatureAndReferencesTimestamp);
  if (covering)
    throw new Fault('refused', `${what} would break the time-stamp in the attribute ${covering.type}, which is over all attributes so far`);
}

/** An embedded evidence record is over all of the CMS but itself (EN 319 122-3, 5): it is renewed, nothing else is added. */
export function refuseEvidenceRecords({ signerInfos }: SignedData): void {
  if (signerInfos.some(({ unsignedAttributes }) => unsignedAttributes.some(({ type }) => EVIDENCE_RECORDS.has(type))))
    throw new Fault('refused', 'an evidence record is over this file as it is: whatever is added would break it, renew the record instead');
}

/** The pieces that the SignedData does not hold yet, each once. */
function notHeld({ certificates, revocationInfos }: SignedData, material: ValidationMaterial): ValidationMaterial {
  const revocations = revocationInfos.map(({ value }) => value);
  return {
    certificates: without(material.certificates, certificates),
    crls: without(material.crls, revocations),
    ocsps: without(material.ocsps, revocations),
  };
}

function without(wanted: readonly Bytes[], held: readonly Bytes[]): Bytes[] {
  const sorted = [...wanted].sort(compare);
  const once = sorted.filter((one, i) => i === 0 || compare(one, sorted[i - 1] as Bytes) !== 0);
  return once.filter((one) => !held.some((other) => compare(one, other) === 0));
}

/** Into the token of the youngest archive time-stamp: the older ones, and whatever covers them, stay as they are. */
function intoLastArchive(signedData: SignedData, { certificates, crls, ocsps }: ValidationMaterial): Source {
  const last = lastArchive(signedData);
  if (last === null) throw new Fault('refused', 'no archive time-stamp can be read that could take the material');
  const basics = ocsps.flatMap((response) => unwrapOcsp(response) ?? []);
  let { token } = last;
  if (certificates.length > 0) token = addUnsignedAttribute(token, 0, encodeCertificateValues(certificates));
  if (crls.length + basics.length > 0) token = addUnsignedAttribute(token, 0, encodeRevocationValues(crls, basics));
  const signerInfos = signedData.signerInfos.map((info) => {
    if (info !== last.info) return info.bytes;
    const attributes = info.unsignedAttributes.map(({ bytes, type }, i) =>
      i === last.number ? der.sequence(der.oid(type), der.setOf(token)) : bytes,
    );
    return withUnsignedAttributes(info, attributes);
  });
  return changed(signedData, { signerInfos });
}

interface LastArchive {
  readonly info: SignerInfo;
  /** Of the attribute. */
  readonly number: number;
  readonly token: Bytes;
}

function lastArchive({ signerInfos }: SignedData): LastArchive | null {
  let last: (LastArchive & { readonly time: number }) | null = null;
  for (const info of signerInfos)
    for (const [number, { type, values }] of info.unsignedAttributes.entries()) {
      const [token, ...others] = values;
      if (!ARCHIVES.has(type) || token === undefined || others.length > 0) continue;
      const parsed = parseTimestampToken(token);
      if (parsed.ok && (last === null || parsed.value.tstInfo.time >= last.time))
        last = { info, number, token, time: parsed.value.tstInfo.time };
    }
  return last;
}

function signerAt({ signerInfos }: SignedData, number: number): SignerInfo {
  const info = signerInfos[number];
  if (info === undefined) throw new Fault('bad-option', `there are ${signerInfos.length} signatures, no number ${number}`);
  return info;
}

const OLD_ARCHIVES: ReadonlySet<string> = new Set([ATTRIBUTE.archiveTimestamp, ATTRIBUTE.archiveTimestampV2, ATTRIBUTE.longTermValidation]);
const ARCHIVES: ReadonlySet<string> = new Set([ATTRIBUTE.archiveTimestamp, ATTRIBUTE.archiveTimestampV2, ATTRIBUTE.archiveTimestampV3]);
const EVIDENCE_RECORDS: ReadonlySet<string> = new Set([ATTRIBUTE.internalEvidenceRecord, ATTRIBUTE.externalEvidenceRecord]);
