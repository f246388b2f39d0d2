/** A CMS that the key's holder made elsewhere, checked before it is taken over (RFC 5652, 5; EN 319 122-1, 6). */
import { Fault } from './base/fault.ts';
import { encodeSignatureTimestamp } from './cades/attributes.ts';
import type { Additions } from './cms/build.ts';
import { withUnsignedAttributes } from './cms/build.ts';
import type { SignedContent } from './cms/content.ts';
import { CONTENT } from './cms/oid.ts';
import { parseSignedData, type SignedData } from './cms/signed-data.ts';
import { findSigner, settledValue } from './cms/signer.ts';
import type { SignerInfo } from './cms/signer-info.ts';
import { checkContent } from './cms/verify.ts';
import { digest as digestOf } from './crypto/digest.ts';
import type { FinishedCms, SignerDraft } from './prepared.ts';
import { imprintDigest, signerCertificateOf } from './signing-key.ts';
import type { TimestampAuthority } from './tsp/timestamp-authority.ts';

/** What of a finished CMS is taken over: the whole, and its one signature. */
export interface TakenCms {
  readonly signedData: SignedData;
  readonly info: SignerInfo;
}

/**
 * The CMS, where it holds exactly one signature by the certificate that was prepared for, over this content. Throws `Fault`
 * `malformed-input` for what is no SignedData, `signer-refused` for one that is not what was asked for.
 */
export function takenCms({ cms }: FinishedCms, { chain }: SignerDraft, content: SignedContent): TakenCms {
  const parsed = parseSignedData(cms);
  if (!parsed.ok)
    throw new Fault('malformed-input', `the finished CMS cannot be read: ${parsed.malformed.what}: ${parsed.malformed.reason}`);
  const signedData = parsed.value;
  const { signerInfos, contentType } = signedData;
  const [info] = signerInfos;
  if (info === undefined || signerInfos.length > 1) refuse(`holds ${signerInfos.length} signatures where one is needed`);
  if (contentType !== CONTENT.data) refuse(`is over a content of type ${contentType}, not id-data`);
  const check = checkContent(info, contentType, content);
  if (!check.signedAttributes) refuse('has no signed attributes');
  if (!check.intact) refuse('is not over the content that was prepared');
  const certificate = signerCertificateOf(chain);
  const signer = findSigner(info, [certificate], content);
  if (signer.certificate !== certificate || settledValue(signer, check) !== 'intact')
    refuse('does not verify with the signing certificate that was prepared for');
  if (signer.references[0]?.matches !== certificate) refuse('does not name its certificate in a signing-certificate attribute');
  return { signedData, info };
}

/** What a finished CMS still lacks: its chain, and the signature time-stamp where an authority is given. */
export async function additionsTo(
  { info }: TakenCms,
  { chain, digest }: SignerDraft,
  timestamps: TimestampAuthority | undefined,
): Promise<Additions> {
  if (timestamps === undefined) return { certificates: chain };
  const name = imprintDigest(timestamps, digest);
  const attribute = encodeSignatureTimestamp(await timestamps.stamp(digestOf(name, info.signature), name));
  const held = info.unsignedAttributes.map(({ bytes }) => bytes);
  return { certificates: chain, signerInfos: [withUnsignedAttributes(info, [...held, attribute])] };
}

function refuse(why: string): never {
  throw new Fault('signer-refused', `the finished CMS ${why}`);
}
