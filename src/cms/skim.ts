/** Headers of BER values in a source (X.690, 8.1), walked without reading contents: for structures larger than memory. */
import { CONSTRUCTED, TAG } from '../asn1/tag.ts';
import { unreadable } from '../base/parsed.ts';
import type { Source } from '../base/source.ts';
import type { Range } from '../crypto/digest.ts';

export interface Header {
  /** First identifier octet. */
  readonly tag: number;
  readonly start: number;
  readonly contentStart: number;
  /** Null for an indefinite length. */
  readonly length: number | null;
  /** Where the contents end, or for an indefinite length where they must have ended. */
  readonly limit: number;
}

/** The same octets for looking at headers only: what is read is good until the next read, so that nothing piles up. */
export function headersOf(source: Source): Source {
  if (!source.readInto) return source;
  const memory = new Uint8Array(WINDOW);
  let [start, end] = [0, 0];
  return {
    size: source.size,
    read(offset, length) {
      if (offset < start || offset + length > end) {
        start = offset;
        end = offset + (source.readInto?.(offset, memory) ?? 0);
      }
      return memory.subarray(offset - start, Math.min(offset + length, end) - start);
    },
  };
}

/** The header at `at`, of a value that must end by `limit`; throws `Unreadable`. */
export function headerAt(source: Source, at: number, limit: number): Header {
  const octets = source.read(at, Math.min(LONGEST_HEADER, limit - at));
  const tag = octets[0] ?? 0;
  if (octets.length > 0 && tag === 0) unreadable(WHAT, at, 'end-of-contents octets where a value is expected');
  let next = 1;
  if ((tag & 0x1f) === 0x1f) while ((octets[next++] ?? 0) >= 0x80);
  const first = octets[next++];
  if (first === undefined) return unreadable(WHAT, at, 'ends within a header');
  if (first === 0x80) {
    if ((tag & CONSTRUCTED) === 0) unreadable(WHAT, at, 'indefinite length of a primitive value');
    return { tag, start: at, contentStart: at + next, length: null, limit };
  }
  const count = first < 0x80 ? 0 : first & 0x7f;
  if (next + count > octets.length || first === 0xff) unreadable(WHAT, at, 'length octets cut off or reserved');
  let length = first < 0x80 ? first : 0;
  for (let i = 0; i < count; i++) length = length * 256 + (octets[next + i] as number);
  const contentStart = at + next + count;
  if (contentStart + length > limit) unreadable(WHAT, at, 'longer than what holds it');
  return { tag, start: at, contentStart, length, limit: contentStart + length };
}

/** Where the value ends, end-of-contents octets included; throws `Unreadable`. */
export function elementEnd(source: Source, header: Header, depth = 0): number {
  if (header.length !== null) return header.limit;
  if (depth > MAXIMUM_DEPTH) unreadable(WHAT, header.start, `nested deeper than ${MAXIMUM_DEPTH}`);
  return contentEnd(source, header, header.contentStart, 'all', depth) + 2;
}

/** Where the contents of a value end, `from` being the start of one of its members; `first`: whether they end right there. */
export function contentEnd(source: Source, header: Header, from: number, walk: 'all' | 'first' = 'all', depth = 0): number {
  if (header.length !== null) return header.limit;
  for (let at = from; ; ) {
    const [first, second] = source.read(at, 2);
    if (first === 0 && second === 0) return at;
    if (walk === 'first') return header.limit;
    at = elementEnd(source, headerAt(source, at, header.limit), depth + 1);
  }
}

/**
 * Where the octets of a string value are: the segments of a constructed OCTET STRING in order, of any other value its contents
 * (RFC 5652, 5.2.1). Gives the end of the value; throws `Unreadable`.
 */
export function* segments(source: Source, header: Header): Generator<Range, number, void> {
  if (header.tag !== (TAG.OCTET_STRING | CONSTRUCTED)) {
    const end = elementEnd(source, header);
    yield { offset: header.contentStart, length: end - (header.length === null ? 2 : 0) - header.contentStart };
    return end;
  }
  // Segments may be constructed themselves.
  const open: Header[] = [header];
  for (let at = header.contentStart; ; ) {
    const holder = open[open.length - 1] as Header;
    if (holder.length === null ? isEnd(source, at) : at >= holder.limit) {
      open.pop();
      if (holder.length === null) at += 2;
      if (open.length === 0) return at;
      continue;
    }
    const segment = headerAt(source, at, holder.limit);
    if ((segment.tag & ~CONSTRUCTED) !== TAG.OCTET_STRING) unreadable(WHAT, at, `string segment of tag ${segment.tag.toString(16)}`);
    at = segment.contentStart;
    if ((segment.tag & CONSTRUCTED) !== 0) {
      if (open.length > MAXIMUM_DEPTH) unreadable(WHAT, at, `nested deeper than ${MAXIMUM_DEPTH}`);
      open.push(segment);
      continue;
    }
    yield { offset: at, length: segment.limit - at };
    at = segment.limit;
  }
}

function isEnd(source: Source, at: number): boolean {
  const [first, second] = source.read(at, 2);
  return first === 0 && second === 0;
}

const WHAT = 'SignedData';
/** At most five identifier octets, and nine of length. */
const LONGEST_HEADER = 14;
const MAXIMUM_DEPTH = 100;
/** Larger than any header, small beside a segment. */
const WINDOW = 4096;
