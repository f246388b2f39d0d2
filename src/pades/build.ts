/** Building a PAdES signature (EN 319 142-1, 5 and 6): the signature dictionary in an incremental update, then the CMS in its /Contents. */
import type { Bytes } from '../base/bytes.ts';
import type { Source } from '../base/source.ts';
import { latin1, toHex, utf8 } from '../base/text.ts';
import { buildSignedData, estimateSignedDataSize, signedAttributes } from '../cades/build.ts';
import { digest as digestBytes, digestLength } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';
import type { Signer, SigningScheme } from '../crypto/signer.ts';
import { add, currentDict, serializeUpdate, startUpdate, type Update } from '../pdf/append.ts';
import { changeCatalog, currentCatalog } from '../pdf/catalog.ts';
import type { PdfDocument } from '../pdf/document.ts';
import { type SignatureField, signatureFields } from '../pdf/field.ts';
import { dict, entry, type PdfRef, withEntries } from '../pdf/object.ts';
import type { FieldsToLock, PadesOptions, SignaturePlace, VisibleSignature } from './options.ts';
import { placeField } from './placement.ts';
import { coveredDigest, settleByteRange } from './reserved.ts';
import { checkLock, refuseLateCertification, refuseWhereForbidden } from './restrictions.ts';
import { requireSeed } from './seed.ts';
import { refuseContradictions, signatureDictionary } from './statements.ts';

export type { FieldsToLock, PadesOptions, SignaturePlace, VisibleSignature };

/** Everything that completing needs beside the document itself. Plain data. */
export interface PadesDraft {
  readonly originalSize: number;
  /** What follows the original; /Contents is still all zeros. */
  readonly appended: Bytes;
  /** First hexadecimal digit of /Contents, in the whole file. */
  readonly contentsAt: number;
  /** Octets of CMS that fit. */
  readonly room: number;
  readonly messageDigest: Bytes;
  /** DER SET OF Attribute: what the key signs. */
  readonly signedAttributes: Bytes;
  readonly chain: Signer['chain'];
  readonly scheme: SigningScheme;
  readonly digest: DigestName;
}

/**
 * Writes the update with an empty /Contents and computes what is to be signed. Throws `refused` where the document or its
 * field forbid this signature or the field is signed, `bad-option` for a field or page that is not there, `unsupported` for
 * encrypted files.
 */
export function preparePades(document: PdfDocument, options: PadesOptions): PadesDraft {
  const update = startUpdate(document);
  const fields = signatureFields(document);
  const field = fields.find(({ name }) => name === options.field) ?? null;
  requireAllowed(document, fields, field, options);
  const room = roomFor(options);
  const value = add(update, signatureDictionary(document, options, field, room));
  placeField(update, field, options, value);
  if (options.certify !== undefined) nameCertification(update, value);
  const updated = serializeUpdate(update, { id: revisionId(document, options) });
  const contents = settleByteRange(updated);
  const messageDigest = coveredDigest(options.digest, updated, contents);
  return {
    originalSize: document.size,
    appended: updated.appended,
    contentsAt: contents.start + 1,
    room,
    messageDigest,
    signedAttributes: attributesOver(options, messageDigest),
    chain: options.chain,
    scheme: options.scheme,
    digest: options.digest,
  };
}

/** What a content time-stamp for a draft is over: the octets that the signature covers. */
export function draftDigest(document: PdfDocument, draft: PadesDraft, algorithm: DigestName): Bytes {
  const { originalSize, appended, contentsAt } = draft;
  const size = originalSize + appended.length;
  const end = contentsAt + 2 * draft.room + 1;
  return coveredDigest(algorithm, { original: document.source, appended, size, marks: new Map() }, { start: contentsAt - 1, end });
}

/** The draft with content time-stamps among what is signed (EN 319 142-1, 6.3); null where there is no room for them. */
export function withContentTimestamps(draft: PadesDraft, options: PadesOptions, tokens: readonly Bytes[]): PadesDraft | null {
  if (tokens.reduce((sum, { length }) => sum + length, 0) > (options.contentReserve ?? 0)) return null;
  return { ...draft, signedAttributes: attributesOver(options, draft.messageDigest, tokens) };
}

/** The CMS for a draft: level B, or with unsigned attributes such as a signature time-stamp. */
export function cmsOf(draft: PadesDraft, signature: Bytes, unsignedAttributes: readonly Bytes[] = []): Bytes {
  const { chain, scheme, digest } = draft;
  return buildSignedData({ chain, scheme, digest, signedAttributes: draft.signedAttributes, signature, unsignedAttributes });
}

/** The appended octets with the CMS in /Contents, or null where it does not fit: nothing is ever cut off. */
export function completePades(draft: PadesDraft, cms: Bytes): Bytes | null {
  if (cms.length > draft.room) return null;
  const appended = draft.appended.slice();
  appended.set(latin1(toHex(cms)), draft.contentsAt - draft.originalSize);
  return appended;
}

/** An upper bound from chain, algorithm and attributes, plus what is reserved. */
function roomFor(options: PadesOptions): number {
  const { chain, scheme, digest, reserve, contentReserve = 0 } = options;
  const attributes = attributesOver(options, new Uint8Array(digestLength(digest))).length;
  const more = contentReserve === 0 ? 0 : contentReserve + ATTRIBUTE_FRAME;
  return estimateSignedDataSize({ chain, scheme, digest, signedAttributes: attributes + more, reserve });
}

function attributesOver(options: PadesOptions, messageDigest: Bytes, contentTimestamps: readonly Bytes[] = []): Bytes {
  const { chain, digest, policy, commitmentTypes, claimedRoles } = options;
  return signedAttributes({
    ...{ profile: 'PAdES', chain, digest, messageDigest },
    ...(policy !== undefined && { policy }),
    ...(commitmentTypes !== undefined && { commitmentTypes }),
    ...(claimedRoles !== undefined && { claimedRoles }),
    ...(contentTimestamps.length > 0 && { contentTimestamps }),
  });
}

function requireAllowed(
  document: PdfDocument,
  fields: readonly SignatureField[],
  field: SignatureField | null,
  options: PadesOptions,
): void {
  const { certify, lock, chain, digest, reason, reserve, longTerm = false } = options;
  refuseContradictions(options);
  refuseWhereForbidden(document, fields, field);
  if (certify !== undefined) refuseLateCertification(document, fields, certify);
  if (lock !== undefined) checkLock(document, lock, field);
  if (field === null || field.signature !== null) return;
  requireSeed(document, field, {
    ...{ chain, digest, timestamped: reserve > 0, longTerm },
    ...(reason !== undefined && { reason }),
    ...(certify !== undefined && { certify }),
  });
}

/** The catalogue names the certification (ISO 32000-2, 12.8.6). */
function nameCertification(update: Update, value: PdfRef): void {
  const permissions = currentDict(update, entry(currentCatalog(update), 'Perms')) ?? dict({});
  changeCatalog(update, { Perms: withEntries(permissions, { DocMDP: value }) });
}

/** Second element of /ID: changes with each revision, and is the same for the same inputs (14.4). */
function revisionId(document: PdfDocument, { at, chain, reserve }: PadesOptions): Bytes {
  return digestBytes('SHA-256', utf8(`${document.size} ${at} ${reserve} `), chain[0]).subarray(0, 16);
}

/** The document as signed so far: the original, octet for octet, and what follows it. */
export function joined(original: Source, appended: Bytes): Bytes {
  const whole = new Uint8Array(original.size + appended.length);
  whole.set(original.read(0, original.size));
  whole.set(appended, original.size);
  return whole;
}

/** Headers of an attribute around its values. */
const ATTRIBUTE_FRAME = 64;
