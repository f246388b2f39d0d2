/** Identities: SHA-256 of the encoding, so that the same object found twice is one piece of evidence. */
import type { Bytes } from '../base/bytes.ts';
import { toHex } from '../base/text.ts';
import { digest } from '../crypto/digest.ts';

export type Id<Kind extends string> = string & { readonly kind?: Kind };
export type CertificateId = Id<'certificate'>;
/** Of a CRL or an OCSP response. */
export type RevocationId = Id<'revocation'>;
export type TimestampId = Id<'timestamp'>;
export type SignatureId = Id<'signature'>;
export type EvidenceRecordId = Id<'evidence-record'>;
/** Of signed data: a file, a byte range, the target of a reference. */
export type DataId = Id<'data'>;
export type AnyId = CertificateId | RevocationId | TimestampId | SignatureId | EvidenceRecordId | DataId;

/** Lower-case hexadecimal SHA-256 of an object's encoding. */
export const idOf = (encoding: Bytes): string => toHex(digest('SHA-256', encoding));
