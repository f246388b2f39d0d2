/** Decoding of stream data (ISO 32000-2, 7.4): the filters that carry structure, none that carry pictures. */
import type { Bytes } from '../base/bytes.ts';
import { attempt, type Parsed, unreadable } from '../base/parsed.ts';
import { inflate } from '../platform/deflate.ts';
import { ascii85, asciiHex, lzw, runLength } from './coding.ts';
import { LIMITS } from './limits.ts';
import { asDict, asInteger, asName, encodedBytes, entry, isKind, type PdfDict, type PdfObject, type PdfStream } from './object.ts';

/** Follows references; null stands for what is not there. */
export type Resolve = (value: PdfObject) => PdfObject;

/**
 * The decoded octets of a stream of at most `limit` octets. A filter that is not decoded here ('unsupported …'),
 * damage and too much output are all values. Deflated data that is cut short or damaged gives what could be read
 * where `damaged` is `accept`.
 */
export function decodeStream(
  stream: PdfStream,
  resolve: Resolve,
  limit: number = LIMITS.decoded,
  damaged: 'accept' | 'refuse' = 'refuse',
): Parsed<Bytes> {
  return attempt(() => {
    let bytes = encodedBytes(stream);
    for (const { filter, parameters } of filtersOf(stream.dict, resolve, stream.start)) {
      bytes = decodeOne(filter, parameters, bytes, resolve, limit, damaged, stream.start);
    }
    return bytes;
  });
}

function filtersOf(of: PdfDict, resolve: Resolve, at: number): { filter: string; parameters: PdfDict | null }[] {
  const value = resolve(entry(of, 'Filter') ?? entry(of, 'F'));
  if (value === null) return [];
  const parameters = resolve(entry(of, 'DecodeParms') ?? entry(of, 'DP'));
  if (!isKind(value, 'array')) {
    const first = isKind(parameters, 'array') ? (parameters.items[0] ?? null) : parameters;
    return [{ filter: asName(value) ?? '?', parameters: asDict(resolve(first)) }];
  }
  if (value.items.length > LIMITS.filters) unreadable('stream', at, `more than ${LIMITS.filters} filters`);
  return value.items.map((item, i) => {
    const own = isKind(parameters, 'array') ? (parameters.items[i] ?? null) : value.items.length === 1 ? parameters : null;
    return { filter: asName(resolve(item)) ?? '?', parameters: asDict(resolve(own)) };
  });
}

function decodeOne(
  filter: string,
  parameters: PdfDict | null,
  bytes: Bytes,
  resolve: Resolve,
  limit: number,
  damaged: 'accept' | 'refuse',
  at: number,
): Bytes {
  switch (filter) {
    case 'FlateDecode':
    case 'Fl': {
      const result = inflate(bytes, limit);
      if (result.outcome === 'limit') unreadable('stream', at, `decodes to more than ${limit} octets`);
      if (!result.complete && damaged === 'refuse' && result.outcome === 'corrupt') unreadable('stream', at, 'deflated data is damaged');
      return predicted(result.bytes, parameters, resolve, limit, at);
    }
    case 'LZWDecode':
    case 'LZW': {
      const early = parameters === null ? null : asInteger(resolve(entry(parameters, 'EarlyChange')));
      return predicted(lzw(bytes, early ?? 1, limit, at), parameters, resolve, limit, at);
    }
    case 'ASCIIHexDecode':
    case 'AHx':
      return asciiHex(bytes, at);
    case 'ASCII85Decode':
    case 'A85':
      return ascii85(bytes, at);
    case 'Crypt':
      // What it names has been applied to the octets already.
      return bytes;
    case 'RunLengthDecode':
    case 'RL':
      return runLength(bytes, limit, at);
    default:
      return unreadable('stream', at, `unsupported filter ${filter}`);
  }
}

/** Undoes a predictor (7.4.4.4): 2 is TIFF's, 10 and above are PNG's, told row by row. */
function predicted(bytes: Bytes, parameters: PdfDict | null, resolve: Resolve, limit: number, at: number): Bytes {
  if (parameters === null) return bytes;
  const parameter = (key: string, otherwise: number): number => asInteger(resolve(entry(parameters, key))) ?? otherwise;
  const predictor = parameter('Predictor', 1);
  if (predictor === 1) return bytes;
  const colors = parameter('Colors', 1);
  const bits = parameter('BitsPerComponent', 8);
  const columns = parameter('Columns', 1);
  if (colors < 1 || colors > 32 || ![1, 2, 4, 8, 16].includes(bits) || columns < 1 || columns > limit)
    unreadable('stream', at, 'predictor parameters are out of range');
  const rowLength = Math.ceil((colors * bits * columns) / 8);
  const pixel = Math.max(1, (colors * bits) >> 3);
  if (predictor === 2) {
    if (bits !== 8) unreadable('stream', at, 'unsupported TIFF predictor of other than 8 bits');
    return tiffRows(bytes, rowLength, colors);
  }
  if (predictor < 10 || predictor > 15) unreadable('stream', at, `unsupported predictor ${predictor}`);
  return pngRows(bytes, rowLength, pixel);
}

function tiffRows(bytes: Bytes, rowLength: number, colors: number): Bytes {
  const out = bytes.slice();
  for (let row = 0; row < out.length; row += rowLength) {
    const end = Math.min(row + rowLength, out.length);
    for (let i = row + colors; i < end; i++) out[i] = (out[i] as number) + (out[i - colors] as number);
  }
  return out;
}

/** Undoes PNG row filters (PNG, 9.2): each row has one octet before it that names its filter; unknown ones are taken as none. */
export function pngRows(bytes: Bytes, rowLength: number, pixel: number): Bytes {
  const rows = Math.ceil(bytes.length / (rowLength + 1));
  const out = new Uint8Array(Math.max(0, bytes.length - rows));
  let from = 0;
  let to = 0;
  for (let row = 0; row < rows; row++) {
    const type = bytes[from++];
    const length = Math.min(rowLength, bytes.length - from);
    const above = to - rowLength;
    for (let i = 0; i < length; i++) {
      const left = i >= pixel ? (out[to + i - pixel] as number) : 0;
      const up = above >= 0 ? (out[above + i] as number) : 0;
      let guess = 0;
      if (type === 1) guess = left;
      else if (type === 2) guess = up;
      else if (type === 3) guess = (left + up) >> 1;
      else if (type === 4) guess = paeth(left, up, i >= pixel && above >= 0 ? (out[above + i - pixel] as number) : 0);
      out[to + i] = (bytes[from + i] as number) + guess;
    }
    from += length;
    to += length;
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const estimate = left + up - corner;
  const toLeft = Math.abs(estimate - left);
  const toUp = Math.abs(estimate - up);
  const toCorner = Math.abs(estimate - corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}
