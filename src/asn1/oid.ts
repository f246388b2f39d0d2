/** Object identifiers (X.660; X.690, 8.19). */
import type { Bytes } from '../base/bytes.ts';
import { unreadable } from '../base/parsed.ts';

/** Dotted form of the contents octets of an OBJECT IDENTIFIER; throws `Unreadable`. */
export function decodeOid(content: Bytes, what: string, at: number): string {
  if (content.length === 0 || content.length > MAXIMUM_LENGTH) unreadable(what, at, 'OBJECT IDENTIFIER without contents or too long');
  if ((content[content.length - 1] as number) >= 0x80) unreadable(what, at, 'OBJECT IDENTIFIER cut off');
  let text = '';
  let arc = 0;
  let big: bigint | null = null;
  let fresh = true;
  for (const octet of content) {
    if (fresh && octet === 0x80) unreadable(what, at, 'OBJECT IDENTIFIER with a padded arc');
    if (big === null && arc > SAFE_ARC) big = BigInt(arc);
    if (big === null) arc = arc * 128 + (octet & 0x7f);
    else big = big * 128n + BigInt(octet & 0x7f);
    fresh = octet < 0x80;
    if (!fresh) continue;
    if (text === '') text = big === null ? firstArcs(arc) : `2.${big - 80n}`;
    else text += `.${big ?? arc}`;
    arc = 0;
    big = null;
  }
  return text;
}

/** Contents octets of an OBJECT IDENTIFIER in dotted form; throws `RangeError` where the text is not one. */
export function encodeOid(oid: string): Bytes {
  if (!DOTTED.test(oid)) throw new RangeError(`not an object identifier: ${oid}`);
  const arcs = oid.split('.').map((arc) => BigInt(arc));
  const [top = -1n, second = -1n, ...rest] = arcs;
  if (top < 0n || top > 2n || second < 0n || (top < 2n && second > 39n)) throw new RangeError(`not an object identifier: ${oid}`);
  return Uint8Array.from([top * 40n + second, ...rest].flatMap(encodeArc));
}

const firstArcs = (arc: number): string => (arc < 40 ? `0.${arc}` : arc < 80 ? `1.${arc - 40}` : `2.${arc - 80}`);

function encodeArc(arc: bigint): number[] {
  const octets = [Number(arc & 0x7fn)];
  for (let rest = arc >> 7n; rest > 0n; rest >>= 7n) octets.unshift(Number(rest & 0x7fn) | 0x80);
  return octets;
}

const DOTTED = /^[0-2](\.(0|[1-9]\d*))+$/;
const SAFE_ARC = Number.MAX_SAFE_INTEGER / 128 - 1;
/** Longer than any registered identifier; UUID arcs (2.25) take 20 octets. */
const MAXIMUM_LENGTH = 256;
