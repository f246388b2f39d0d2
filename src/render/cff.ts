/** What a PDF has to know of a bare CFF font program: whether its glyphs have character identifiers, and which (Adobe Technical Note 5176, 8 to 13). */
import type { Bytes } from '../base/bytes.ts';

/** The identifier of each glyph where the font is CID-keyed; null where glyphs are named by their number (ISO 32000-2, 9.7.4.2) or the table cannot be read. */
export function characterIdentifiers(cff: Bytes): ((glyph: number) => number) | null {
  const view = new DataView(cff.buffer, cff.byteOffset, cff.byteLength);
  try {
    const top = indexAt(view, view.getUint8(2));
    const dictionaries = indexAt(view, top.end);
    const [from = 0, to = 0] = dictionaries.offsets;
    const entries = dictionaryAt(view, from, to);
    if (!entries.has(ROS)) return null;
    const charset = entries.get(CHARSET)?.at(-1) ?? 0;
    const count = view.getUint16(entries.get(CHARSTRINGS)?.at(-1) ?? 0);
    return charset > 2 ? charsetAt(view, charset, count) : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Offsets of the objects, the last one where they end. */
function indexAt(view: DataView, at: number): { readonly offsets: readonly number[]; readonly end: number } {
  const count = view.getUint16(at);
  if (count === 0) return { offsets: [], end: at + 2 };
  const size = view.getUint8(at + 2);
  const base = at + 2 + (count + 1) * size;
  const offsets = Array.from({ length: count + 1 }, (_, i) => base + unsigned(view, at + 3 + i * size, size));
  return { offsets, end: offsets.at(-1) ?? base };
}

function dictionaryAt(view: DataView, from: number, to: number): Map<number, number[]> {
  const entries = new Map<number, number[]>();
  let operands: number[] = [];
  for (let at = from; at < to; ) {
    const octet = view.getUint8(at++);
    if (octet <= 21) {
      const operator = octet === 12 ? 1200 + view.getUint8(at++) : octet;
      entries.set(operator, operands);
      operands = [];
    } else if (octet === 28) {
      operands.push(view.getInt16(at));
      at += 2;
    } else if (octet === 29) {
      operands.push(view.getInt32(at));
      at += 4;
    } else if (octet === 30) {
      // A real number ends with a nibble of ones.
      while (at < to) {
        const pair = view.getUint8(at++);
        if ((pair & 15) === 15 || pair >> 4 === 15) break;
      }
      operands.push(0);
    } else if (octet <= 246) operands.push(octet - 139);
    else if (octet <= 250) operands.push((octet - 247) * 256 + view.getUint8(at++) + 108);
    else operands.push(-(octet - 251) * 256 - view.getUint8(at++) - 108);
  }
  return entries;
}

function charsetAt(view: DataView, start: number, count: number): (glyph: number) => number {
  const identifiers = new Uint16Array(count);
  const format = view.getUint8(start);
  let at = start + 1;
  for (let glyph = 1; glyph < count; ) {
    const first = view.getUint16(at);
    at += 2;
    let left = 0;
    if (format === 1) left = view.getUint8(at++);
    else if (format === 2) {
      left = view.getUint16(at);
      at += 2;
    }
    for (let i = 0; i <= left && glyph < count; i++) identifiers[glyph++] = first + i;
  }
  return (glyph) => identifiers[glyph] ?? 0;
}

function unsigned(view: DataView, at: number, size: number): number {
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + view.getUint8(at + i);
  return value;
}

const CHARSET = 15;
const CHARSTRINGS = 17;
const ROS = 1230;
