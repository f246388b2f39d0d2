/** ContentInfo, the outermost structure of every CMS object, RFC 5652, 3. */
import { der, Reader } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import { attempt, type Parsed, unreadable } from '../base/parsed.ts';

/**
 * ```asn1
 * ContentInfo ::= SEQUENCE {
 *   contentType ContentType,
 *   content [0] EXPLICIT ANY DEFINED BY contentType }
 * ```
 */
export interface ContentInfo {
  /** The encoding without what follows it. */
  readonly bytes: Bytes;
  readonly contentType: string;
  /** Encoding of the content; null where there is none (PKCS#7 allowed that). */
  readonly content: Bytes | null;
  /** Octets after the encoding: empty unless they were asked to be kept. */
  readonly trailing: Bytes;
}

/** `refuse`: an octet after the encoding makes it unreadable. `keep`: for a container that pads, such as /Contents of a PDF. */
export type Trailing = 'refuse' | 'keep';

/** Reads the outline of any CMS object in BER. */
export const parseContentInfo = (bytes: Bytes, trailing: Trailing = 'refuse'): Parsed<ContentInfo> =>
  attempt(() => {
    const { info, reader } = openContentInfo(bytes, trailing);
    const content = reader && !reader.done ? reader.raw(reader.any()) : null;
    reader?.finish();
    return { ...info, content };
  });

/** The outline, and a cursor at the content; throws `Unreadable`. */
export function openContentInfo(
  bytes: Bytes,
  trailing: Trailing,
): { readonly info: Omit<ContentInfo, 'content'>; readonly reader: Reader | null } {
  const outer = Reader.over(bytes, 'ContentInfo', 'BER');
  const element = outer.element(0x30, 'SEQUENCE');
  if (trailing === 'refuse') outer.finish();
  const inner = outer.enter(element);
  const contentType = inner.oid();
  const content = inner.context(0);
  if (!inner.done) unreadable('ContentInfo', inner.at, 'unexpected further value');
  return { info: { bytes: outer.raw(element), contentType, trailing: bytes.subarray(element.end) }, reader: content };
}

/** DER of the outline around the encoding of a content. */
export const encodeContentInfo = (contentType: string, content: Bytes): Bytes =>
  der.sequence(der.oid(contentType), der.context(0, content));
