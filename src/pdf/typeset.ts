/** Text in fonts of the caller: shaped elsewhere, shown and embedded here as composite fonts (ISO 32000-2, 9.7). */
import { type Bytes, concat } from '../base/bytes.ts';
import { latin1 } from '../base/text.ts';
import { deflate } from '../platform/deflate.ts';
import { add, type Update } from './append.ts';
import { array, dict, hexString, integer, literalString, name, type PdfObject, type PdfRef, real, streamOf } from './object.ts';

/**
 * Fonts and the knowledge of how their scripts are written: `openFonts` of `adeskit/render` makes one. Lengths are in
 * thousandths of the font size.
 */
export interface Typesetter {
  /** A line in the order in which it is seen. Throws `unsupported` for a character that none of the fonts has. */
  line(text: string): TypesetLine;
  /** A font program that holds these glyphs of a face, at least. */
  subset(face: number, glyphs: ReadonlySet<number>): FontProgram;
  readonly faces: readonly Face[];
}

export interface TypesetLine {
  readonly width: number;
  /** The line is read from the right. */
  readonly rightToLeft: boolean;
  readonly runs: readonly GlyphRun[];
}

/** Glyphs of one face, from left to right. */
export interface GlyphRun {
  readonly face: number;
  readonly glyphs: readonly PlacedGlyph[];
}

export interface PlacedGlyph {
  readonly id: number;
  /** How far the next glyph is, and how far this one is shown from its place. */
  readonly advance: number;
  readonly dx: number;
  readonly dy: number;
  /** Own width, as the font has it. */
  readonly width: number;
  /** What it stands for; empty where another glyph stands for the same. */
  readonly text: string;
}

export interface Face {
  /** PostScript name. */
  readonly name: string;
  readonly ascent: number;
  readonly descent: number;
  readonly capHeight: number;
  readonly italicAngle: number;
  readonly box: readonly [left: number, bottom: number, right: number, top: number];
}

export interface FontProgram {
  /** `truetype`: a whole font file with glyf outlines; `cff`: the bare CFF table. */
  readonly kind: 'truetype' | 'cff';
  readonly bytes: Bytes;
  /** Character identifier of a glyph in this program; TrueType has the glyph itself. */
  readonly cid: (glyph: number) => number;
}

/** The glyphs of a face that are in use, with their widths and what they stand for. */
export interface UsedGlyphs {
  readonly widths: Map<number, number>;
  readonly texts: Map<number, string>;
}

/**
 * Adds a face with no more than the glyphs that are used, and how its text is written: two octets each. `cidSet`: names the
 * glyphs in the descriptor too, as PDF/A-1 wants it.
 */
export function addFont(
  update: Update,
  typesetter: Typesetter,
  index: number,
  used: UsedGlyphs,
  cidSet: boolean,
): { readonly font: PdfRef; readonly code: (glyph: number) => number } {
  const face = typesetter.faces[index] as Face;
  const glyphs = new Set([0, ...used.widths.keys()]);
  const program = typesetter.subset(index, glyphs);
  const code = program.cid;
  const deflated = deflate(program.bytes);
  const flate = { Filter: name('FlateDecode') };
  const truetype = program.kind === 'truetype';
  const file = truetype
    ? add(update, streamOf(dict({ ...flate, Length1: integer(program.bytes.length) }), deflated))
    : add(update, streamOf(dict({ ...flate, Subtype: name('CIDFontType0C') }), deflated));
  const base = name(`${tagOf(glyphs)}+${face.name}`);
  const set = cidSet ? add(update, streamOf(dict(flate), deflate(bitmap([...glyphs].map(code))))) : undefined;
  const descriptor = add(
    update,
    dict({
      Type: name('FontDescriptor'),
      FontName: base,
      Flags: integer(SYMBOLIC),
      FontBBox: array(face.box.map((value) => integer(Math.round(value)))),
      ItalicAngle: number(face.italicAngle),
      Ascent: number(face.ascent),
      Descent: number(face.descent),
      CapHeight: number(face.capHeight),
      StemV: integer(USUAL_STEM),
      [truetype ? 'FontFile2' : 'FontFile3']: file,
      CIDSet: set,
    }),
  );
  const descendant = add(
    update,
    dict({
      Type: name('Font'),
      Subtype: name(truetype ? 'CIDFontType2' : 'CIDFontType0'),
      BaseFont: base,
      CIDSystemInfo: dict({
        Registry: literalString(latin1('Adobe')),
        Ordering: literalString(latin1('Identity')),
        Supplement: integer(0),
      }),
      FontDescriptor: descriptor,
      DW: integer(0),
      W: widthsOf(used.widths, code),
      CIDToGIDMap: truetype ? name('Identity') : undefined,
    }),
  );
  const font = add(
    update,
    dict({
      Type: name('Font'),
      Subtype: name('Type0'),
      BaseFont: base,
      Encoding: name('Identity-H'),
      DescendantFonts: array([descendant]),
      ToUnicode: add(update, streamOf(dict(flate), deflate(toUnicode(used.texts, code)))),
    }),
  );
  return { font, code };
}

/** 9.9.2: six capital letters that tell this subset from others of the same font. */
function tagOf(glyphs: ReadonlySet<number>): string {
  let state = 0x811c9dc5;
  for (const glyph of [...glyphs].sort((a, b) => a - b)) state = Math.imul(state ^ glyph, 0x01000193) >>> 0;
  let tag = '';
  for (let i = 0; i < 6; i++, state = Math.floor(state / 26)) tag += String.fromCharCode(0x41 + (state % 26));
  return tag;
}

/** 9.7.4.3: `c [w]` for each. */
function widthsOf(widths: ReadonlyMap<number, number>, code: (glyph: number) => number): PdfObject {
  const entries = [...widths].map(([glyph, width]) => [code(glyph), width] as const).sort(([a], [b]) => a - b);
  return array(entries.flatMap(([cid, width]) => [integer(cid), array([number(width)])]));
}

/** 9.10.3. */
function toUnicode(texts: ReadonlyMap<number, string>, code: (glyph: number) => number): Bytes {
  const entries = [...texts].filter(([, text]) => text !== '').map(([glyph, text]) => `<${hex4(code(glyph))}> <${utf16(text)}>`);
  const parts: string[] = [HEAD];
  for (let at = 0; at < entries.length; at += MOST_ENTRIES) {
    const some = entries.slice(at, at + MOST_ENTRIES);
    parts.push(`${some.length} beginbfchar\n${some.join('\n')}\nendbfchar\n`);
  }
  return concat([...parts, TAIL].map(latin1));
}

const hex4 = (value: number): string => value.toString(16).toUpperCase().padStart(4, '0');

/** UTF-16BE in hexadecimal. */
function utf16(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; i++) out += hex4(text.charCodeAt(i));
  return out;
}

function bitmap(cids: readonly number[]): Bytes {
  const bits = new Uint8Array((Math.max(...cids) >> 3) + 1);
  for (const cid of cids) bits[cid >> 3] = (bits[cid >> 3] as number) | (0x80 >> (cid & 7));
  return bits;
}

/** A text string in UTF-16BE, for ActualText. */
export function actualText(text: string): PdfObject {
  const bytes = new Uint8Array(2 + 2 * text.length);
  bytes.set([0xfe, 0xff]);
  for (let i = 0; i < text.length; i++) {
    bytes[2 + 2 * i] = text.charCodeAt(i) >> 8;
    bytes[3 + 2 * i] = text.charCodeAt(i) & 0xff;
  }
  return hexString(bytes);
}

const number = (value: number): PdfObject => {
  const exact = Math.round(value * 100) / 100;
  return Number.isInteger(exact) ? integer(exact) : real(exact);
};

/** 9.8.2, bit 3: glyphs are chosen by their number alone. */
const SYMBOLIC = 4;
/** No font tells it; readers use it only where the font itself is missing. */
const USUAL_STEM = 80;
/** Of one block (9.10.3). */
const MOST_ENTRIES = 100;
const HEAD = `/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
`;
const TAIL = `endcmap
CMapName currentdict /CMap defineresource pop
end
end
`;
