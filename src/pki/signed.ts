/** What certificates, CRLs and OCSP responses share: the signed envelope, algorithm identifiers and extensions (RFC 5280, 4.1). */
import { TAG } from '../asn1/index.ts';
import { type Bytes, EMPTY, equal } from '../base/bytes.ts';
import { unreadable } from '../base/parsed.ts';
import { type SignatureAlgorithm, signatureAlgorithm } from '../crypto/algorithm.ts';
import type { Cursor } from './cursor.ts';

/** `AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY OPTIONAL }` */
export interface AlgorithmIdentifier {
  readonly bytes: Bytes;
  readonly oid: string;
  /** Encoding of the parameters; null where absent. */
  readonly parameters: Bytes | null;
}

/** `Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }` */
export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  /** Contents of extnValue. */
  readonly value: Bytes;
}

/** The AlgorithmIdentifier that comes next. */
export function readAlgorithm(cursor: Cursor, limit: number): AlgorithmIdentifier {
  cursor.expect(TAG.SEQUENCE, limit, 'AlgorithmIdentifier');
  const bytes = cursor.raw();
  const end = cursor.into();
  const oid = cursor.next(end).oid();
  let parameters: Bytes | null = null;
  if (cursor.at < end) parameters = cursor.next(end).raw();
  cursor.finish(end);
  return { bytes, oid, parameters };
}

/** The algorithm in the engine's terms; null where it is unknown. */
export const knownAlgorithm = ({ oid, parameters }: AlgorithmIdentifier): SignatureAlgorithm | null => signatureAlgorithm(oid, parameters);

/** Refuses an envelope that names another algorithm than what it signs (RFC 5280, 4.1.1.2 and 5.1.1.2); absent and NULL parameters are the same to us. */
export function agree(inner: AlgorithmIdentifier, outer: AlgorithmIdentifier, what: string, deviations: string[]): void {
  if (equal(inner.bytes, outer.bytes)) return;
  if (inner.oid !== outer.oid || !equal(parametersOf(inner), parametersOf(outer)))
    unreadable(what, 0, 'the signature algorithm inside and the one outside differ');
  deviations.push('signature algorithm parameters absent on one side and NULL on the other');
}

const parametersOf = ({ parameters }: AlgorithmIdentifier): Bytes =>
  parameters === null || (parameters.length === 2 && parameters[0] === TAG.NULL) ? EMPTY : parameters;

/**
 * The signature's BIT STRING. One that is no whole number of octets belongs to no algorithm: it is read as empty, which
 * verifies by none.
 */
export function readSignature(cursor: Cursor, limit: number, deviations: string[]): Bytes {
  cursor.expect(TAG.BIT_STRING, limit, 'signature BIT STRING');
  if (cursor.end === cursor.content) unreadable(cursor.what, cursor.start, 'BIT STRING without contents');
  if (cursor.bytes[cursor.content] === 0) return cursor.bytes.subarray(cursor.content + 1, cursor.end);
  deviations.push('the signature is no whole number of octets');
  return EMPTY;
}

/**
 * `Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension`, whose header the cursor read last. Each identifier at most once
 * (RFC 5280, 4.2). A `critical` that is FALSE and written all the same is against DER and tolerated.
 */
export function readExtensions(cursor: Cursor, deviations: string[]): Extension[] {
  if (cursor.tag !== TAG.SEQUENCE) unreadable(cursor.what, cursor.start, 'Extensions expected');
  const end = cursor.into();
  if (cursor.at === end) unreadable(cursor.what, cursor.at, 'Extensions without an extension');
  const extensions: Extension[] = [];
  while (cursor.at < end) {
    const start = cursor.at;
    const extensionEnd = cursor.expect(TAG.SEQUENCE, end, 'Extension').into();
    const oid = cursor.next(extensionEnd).oid();
    let critical = false;
    if (cursor.comes(TAG.BOOLEAN, extensionEnd)) {
      critical = cursor.next(extensionEnd).boolean();
      if (!critical) deviations.push(`extension ${oid}: critical FALSE is written`);
    }
    const value = cursor.expect(TAG.OCTET_STRING, extensionEnd, 'extnValue').contents();
    cursor.finish(extensionEnd);
    extensions.push({ oid, critical, value });
    if (extensions.length > MANY_EXTENSIONS) unreadable(cursor.what, start, `more than ${MANY_EXTENSIONS} extensions`);
  }
  for (let i = 1; i < extensions.length; i++)
    for (let j = 0; j < i; j++)
      if (extensions[i]?.oid === extensions[j]?.oid) unreadable(cursor.what, cursor.at, `extension ${extensions[i]?.oid} twice`);
  return extensions;
}

/** Keeps the search for duplicates small; certificates in use have some twenty at most. */
const MANY_EXTENSIONS = 256;
