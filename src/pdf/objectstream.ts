/** Object streams (ISO 32000-2, 7.5.7). */
import type { Bytes } from '../base/bytes.ts';
import { unreadable } from '../base/parsed.ts';
import { decodeStream, type Resolve } from './filter.ts';
import { Lexer } from './lexer.ts';
import { LIMITS } from './limits.ts';
import { asInteger, entry, type PdfObject, type PdfStream } from './object.ts';

/** A decoded object stream: the numbers of its objects and where each starts in `bytes`. */
export interface ObjectStream {
  readonly bytes: Bytes;
  readonly numbers: readonly number[];
  readonly offsets: readonly number[];
}

/** Decodes an object stream and reads its header; the objects themselves are read one by one. A wrong /Type does not matter. */
export function readObjectStream(stream: PdfStream, resolve: Resolve): ObjectStream {
  const { dict, start } = stream;
  const count = asInteger(resolve(entry(dict, 'N')));
  const first = asInteger(resolve(entry(dict, 'First')));
  if (count === null || count < 0 || first === null || first < 0) return unreadable('object stream', start, '/N or /First is missing');
  const decoded = decodeStream(stream, resolve, LIMITS.decoded, 'accept');
  if (!decoded.ok) return unreadable('object stream', start, decoded.malformed.reason);
  const bytes = decoded.value;
  const lexer = new Lexer(bytes.subarray(0, first), start, 0, false);
  const numbers: number[] = [];
  const offsets: number[] = [];
  for (let i = 0; i < count; i++) {
    const num = lexer.takeInteger();
    const offset = lexer.takeInteger();
    if (num < 0 || offset < 0) break;
    numbers.push(num);
    offsets.push(first + offset);
  }
  return { bytes, numbers, offsets };
}

/** The object of this number, by its index where that agrees; undefined where it is not there. Adds the octets read to `spent`. */
export function objectInStream(from: ObjectStream, num: number, index: number, spent: { octets: number }): PdfObject | undefined {
  const place = from.numbers[index] === num ? index : from.numbers.lastIndexOf(num);
  if (place < 0) return undefined;
  const at = from.offsets[place] as number;
  if (at >= from.bytes.length) return undefined;
  const lexer = new Lexer(from.bytes, 0, at, false);
  try {
    return lexer.object();
  } finally {
    spent.octets += lexer.hitEnd ? from.bytes.length - at : lexer.at - at;
  }
}
