/** What a PDF needs to know of a TrueType font (ISO/IEC 14496-22): which glyph a character has, and how wide it is. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';

export interface TrueTypeFont {
  readonly bytes: Buffer;
  /** The same, deflated. */
  packed(): Buffer;
  readonly unitsPerEm: number;
  glyphOf(codePoint: number): number | null;
  widthOf(glyph: number): number;
}

/** Opens a font of our own choice: no foreign octets come here. */
export function openFont(bytes: Buffer): TrueTypeFont {
  const tables = new Map<string, number>();
  for (let index = 0; index < bytes.readUInt16BE(4); index++) {
    const at = 12 + 16 * index;
    tables.set(bytes.toString('latin1', at, at + 4), bytes.readUInt32BE(at + 8));
  }
  const table = (name: string): number => {
    const at = tables.get(name);
    if (at === undefined) throw new Error(`the font has no table ${name}`);
    return at;
  };
  const metrics = bytes.readUInt16BE(table('hhea') + 34);
  const widths = table('hmtx');
  const glyphs = charactersOf(bytes, table('cmap'));
  let packed: Buffer | null = null;
  return {
    bytes,
    packed: () => {
      packed ??= deflateSync(bytes, { level: 9 });
      return packed;
    },
    unitsPerEm: bytes.readUInt16BE(table('head') + 18),
    glyphOf: (codePoint) => glyphs.get(codePoint) ?? null,
    widthOf: (glyph) => bytes.readUInt16BE(widths + 4 * Math.min(glyph, metrics - 1)),
  };
}

let kept: Buffer | null = null;

/** Liberation Sans, which comes with pdf.js. */
export function liberation(): Buffer {
  const home = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
  kept ??= readFileSync(join(home, 'standard_fonts/LiberationSans-Regular.ttf'));
  return kept;
}

/** The characters of the Basic Multilingual Plane: subtable of format 4. */
function charactersOf(bytes: Buffer, cmap: number): Map<number, number> {
  const found = new Map<number, number>();
  for (let index = 0; index < bytes.readUInt16BE(cmap + 2); index++) {
    const at = cmap + bytes.readUInt32BE(cmap + 4 + 8 * index + 4);
    if (bytes.readUInt16BE(at) !== 4) continue;
    const count = bytes.readUInt16BE(at + 6) / 2;
    const [ends, starts] = [at + 14, at + 16 + 2 * count];
    const [deltas, ranges] = [starts + 2 * count, starts + 4 * count];
    for (let segment = 0; segment < count; segment++) {
      const [start, end] = [bytes.readUInt16BE(starts + 2 * segment), bytes.readUInt16BE(ends + 2 * segment)];
      const delta = bytes.readUInt16BE(deltas + 2 * segment);
      const range = bytes.readUInt16BE(ranges + 2 * segment);
      for (let code = start; code <= end && code < 0xffff; code++) {
        const at2 = ranges + 2 * segment + range + 2 * (code - start);
        const raw = range === 0 ? code : bytes.readUInt16BE(at2);
        const glyph = raw === 0 ? 0 : (raw + delta) & 0xffff;
        if (glyph !== 0) found.set(code, glyph);
      }
    }
    return found;
  }
  throw new Error('the font has no table of characters that is known');
}
