/** What waits between the two halves of signing, the same for every format: plain data that travels as JSON to another process. */
import type { Bytes } from './base/bytes.ts';
import { Fault } from './base/fault.ts';
import { fromBase64, fromUtf8, toBase64, utf8 } from './base/text.ts';
import type { DigestName } from './crypto/names.ts';
import type { SigningScheme } from './crypto/signer.ts';

/** A document that waits for its signature value. Plain data: it may travel to another process. `draft` is what the format needs. */
export interface PreparedAs<Format extends string, Draft extends SignerDraft> {
  readonly format: Format;
  /** What the key signs: the whole message, not its digest. */
  readonly toBeSigned: Bytes;
  readonly digest: DigestName;
  /** Digest of the content by `digest`: for a key holder that makes the whole signature around it, such as a finished CMS. */
  readonly contentDigest: Bytes;
  readonly draft: Draft;
}

/** What every format's draft tells of the key. */
export interface SignerDraft {
  /** DER certificates, the signer's own first. */
  readonly chain: readonly [signer: Bytes, ...issuers: Bytes[]];
  readonly scheme: SigningScheme;
  readonly digest: DigestName;
}

/** What the key's holder gave back: the signature value, or a finished CMS over the content's digest (CAdES and PAdES). */
export type SignatureAnswer = Bytes | FinishedCms;

export interface FinishedCms {
  /** ContentInfo with a SignedData that holds one signature; its content inside or not. */
  readonly cms: Bytes;
}

/** The JSON of a prepared signature: octets are `{"base64": …}`, all else as it is. */
export const encodePrepared = (prepared: PreparedAs<string, SignerDraft>): Bytes =>
  utf8(
    `${JSON.stringify({ adeskit: VERSION, prepared }, (_, value: unknown) =>
      value instanceof Uint8Array ? { base64: toBase64(value) } : value,
    )}\n`,
  );

/** Reads what {@link encodePrepared} wrote. Throws `Fault` `malformed-input` for anything else, also of another version. */
export function decodePrepared(json: Bytes): PreparedAs<string, SignerDraft> {
  const file = unpackedJson(fromUtf8(json));
  const prepared = isObject<File>(file) && file.adeskit === VERSION ? file.prepared : null;
  if (!isPrepared(prepared)) throw new Fault('malformed-input', 'this is no prepared signature that this version wrote');
  return prepared;
}

interface File {
  readonly adeskit: number;
  readonly prepared: PreparedAs<string, SignerDraft>;
}

function isPrepared(value: unknown): value is PreparedAs<string, SignerDraft> {
  if (!isObject<PreparedAs<string, SignerDraft>>(value)) return false;
  const { format, digest, toBeSigned, contentDigest, draft } = value;
  if (!isObject<SignerDraft>(draft) || !Array.isArray(draft.chain) || draft.chain.length === 0) return false;
  return (
    [toBeSigned, contentDigest, ...draft.chain].every((one) => one instanceof Uint8Array) &&
    [format, digest, draft.scheme, draft.digest].every((one) => typeof one === 'string')
  );
}

function unpackedJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '', (_, value: unknown) =>
      isObject<{ base64: string }>(value) && typeof value.base64 === 'string' ? octets(value.base64) : value,
    );
  } catch {
    return null;
  }
}

function octets(base64: string): Bytes {
  const bytes = fromBase64(base64);
  if (bytes === null) throw new Error('not base64');
  return bytes;
}

const isObject = <T>(value: unknown): value is { readonly [K in keyof T]?: unknown } => typeof value === 'object' && value !== null;

const VERSION = 2;
