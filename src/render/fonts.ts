/** Fonts for visible signatures: OpenType files of the caller, shaped by HarfBuzz, in the order in which a line is seen (ISO/IEC 14496-22; UAX #9). */
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { exact } from '../base/options.ts';
import { fromLatin1 } from '../base/text.ts';
import type { Face, FontProgram, GlyphRun, PlacedGlyph, TypesetLine, Typesetter } from '../pdf/typeset.ts';
import { visualOrder } from './bidi.ts';
import { characterIdentifiers } from './cff.ts';
import { type HarfBuzz, type HarfBuzzFont, loadHarfBuzz, loadSubsetter, type Subsetter } from './harfbuzz.ts';
import { type Item, itemsOf } from './items.ts';

/** A font file: TrueType or OpenType with CFF outlines, or a collection of them. */
export interface FontFile {
  readonly bytes: Bytes;
  /** Which one of a collection; 0 is the first. */
  readonly index?: number;
}

export interface FontOptions {
  /** BCP 47, such as `zh-Hant` or `sr`: where a font draws the same characters in several ways. */
  readonly language?: string;
}

/**
 * Opens fonts for `visible.fonts`; a character is shown in the first one that has it. Loads the optional package harfbuzzjs.
 *
 * Throws `unsupported` (package missing, no outlines, a licence bit that forbids embedding), `malformed-input`, `bad-option`.
 */
export async function openFonts(files: readonly (Bytes | FontFile)[], options: FontOptions = {}): Promise<Typesetter> {
  exact('openFonts', options, ['language']);
  if (files.length === 0) throw new Fault('bad-option', 'openFonts: no font given');
  const [hb, subsetter] = await Promise.all([loadHarfBuzz(), loadSubsetter()]);
  const opened = files.map((file, i) => openFont(hb, file instanceof Uint8Array ? { bytes: file } : file, i));
  return {
    faces: opened.map(({ face }) => face),
    line: (text) => lineOf(hb, opened, text, options.language),
    subset: (face, glyphs) => programOf(opened[face] as OpenFont, subsetter, glyphs),
  };
}

interface OpenFont {
  readonly file: Required<FontFile>;
  readonly font: HarfBuzzFont;
  /** Of a CID-keyed font: the identifier of each glyph. */
  readonly identifiers: ((glyph: number) => number) | null;
  /** To thousandths of the font size. */
  readonly scale: number;
  readonly face: Face;
}

function openFont(hb: HarfBuzz, { bytes, index = 0 }: FontFile, position: number): OpenFont {
  const named = `font ${position + 1}`;
  const signature = fromLatin1(bytes.subarray(0, 4));
  if (!SIGNATURES.has(signature)) throw new Fault('malformed-input', `${named} is no TrueType or OpenType font file`);
  const collection = signature === 'ttcf';
  const count = collection ? new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(8) : 1;
  if (!Number.isInteger(index) || index < 0 || index >= count)
    throw new Fault('bad-option', `${named}: the file holds ${count} font${count === 1 ? '' : 's'}, no number ${index}`);
  const face = new hb.Face(new hb.Blob(bytes), index);
  const [head, os2, post] = [face.referenceTable('head'), face.referenceTable('OS/2'), face.referenceTable('post')];
  if (head === undefined || head.length < HEAD_LENGTH || face.upem <= 0) throw new Fault('malformed-input', `${named} cannot be read`);
  const cff = face.referenceTable('CFF ');
  if (face.referenceTable('glyf') === undefined && cff === undefined)
    throw new Fault('unsupported', `${named} has no outlines that a PDF can hold (glyf or CFF)`);
  const licence = os2 === undefined || os2.length < 10 ? 0 : uint16(os2, 8);
  if ((licence & 0xf) === RESTRICTED || (licence & (NO_SUBSETTING | BITMAPS_ONLY)) !== 0)
    throw new Fault('unsupported', `${named} may not be embedded: its licence bits forbid it (OS/2 fsType)`);
  const font = new hb.Font(face);
  const scale = 1000 / face.upem;
  const { ascender, descender } = font.hExtents();
  return {
    file: { bytes, index },
    font,
    identifiers: cff === undefined ? null : characterIdentifiers(cff),
    scale,
    face: {
      name: postScriptName(face.getName(POSTSCRIPT_NAME, 'en')),
      ascent: ascender * scale,
      descent: descender * scale,
      capHeight: (font.getMetricPosition(hb.MetricsTag.CAP_HEIGHT) ?? ascender) * scale,
      italicAngle: post === undefined || post.length < 8 ? 0 : int16(post, 4) + uint16(post, 6) / 65536,
      box: [int16(head, 36) * scale, int16(head, 38) * scale, int16(head, 40) * scale, int16(head, 42) * scale],
    },
  };
}

function lineOf(hb: HarfBuzz, fonts: readonly OpenFont[], text: string, language: string | undefined): TypesetLine {
  const has = (font: number, codePoint: number): boolean => fonts[font]?.font.nominalGlyph(codePoint) !== undefined;
  const { paragraph, items } = itemsOf(text, fonts.length, has);
  const runs = visualOrder(items).map(
    (item): GlyphRun => ({
      face: item.font,
      glyphs: shaped(hb, fonts[item.font] as OpenFont, text, item, language),
    }),
  );
  const width = runs.reduce((sum, { glyphs }) => sum + glyphs.reduce((total, { advance }) => total + advance, 0), 0);
  return { width, rightToLeft: paragraph === 1, runs };
}

/** Glyphs from left to right, whatever the direction; the shaper sees what stands around the stretch, so that letters join. */
function shaped(hb: HarfBuzz, { font, scale }: OpenFont, text: string, item: Item, language: string | undefined): PlacedGlyph[] {
  const buffer = new hb.Buffer();
  buffer.addText(text, item.start, item.end - item.start);
  buffer.setDirection(item.level % 2 === 1 ? hb.Direction.RTL : hb.Direction.LTR);
  buffer.setScript(item.script);
  if (language !== undefined) buffer.setLanguage(language);
  hb.shape(font, buffer);
  const infos = buffer.getGlyphInfosAndPositions();
  const starts = [...new Set(infos.map(({ cluster }) => cluster))].sort((a, b) => a - b);
  const ends = new Map(starts.map((start, i) => [start, starts[i + 1] ?? item.end]));
  const told = new Set<number>();
  return infos.map(({ codepoint: id, cluster, xAdvance = 0, xOffset = 0, yOffset = 0 }) => {
    const meaning = told.has(cluster) ? '' : text.slice(cluster, ends.get(cluster));
    told.add(cluster);
    const advance = xAdvance * scale;
    return { id, advance, dx: xOffset * scale, dy: yOffset * scale, width: font.glyphHAdvance(id) * scale, text: meaning };
  });
}

/** Identifiers outlast a new numbering, so that a large CID-keyed font leaves no gaps; elsewhere the numbers are kept. */
function programOf({ file, face, identifiers }: OpenFont, subsetter: Subsetter, glyphs: ReadonlySet<number>): FontProgram {
  const bytes = subsetter(file.bytes, file.index, glyphs, identifiers === null ? 'kept' : 'new');
  if (bytes === null) throw new Fault('unsupported', `the font ${face.name} cannot be embedded: no subset of it can be made`);
  const cff = tableOf(bytes, 'CFF ');
  if (cff === null) return { kind: 'truetype', bytes, cid: (glyph) => glyph };
  return { kind: 'cff', bytes: cff, cid: identifiers ?? ((glyph) => glyph) };
}

/** A table of a font file that is no collection. */
function tableOf(font: Bytes, tag: string): Bytes | null {
  const view = new DataView(font.buffer, font.byteOffset, font.byteLength);
  for (let i = 0; i < view.getUint16(4); i++) {
    const entry = 12 + 16 * i;
    if (fromLatin1(font.subarray(entry, entry + 4)) !== tag) continue;
    const at = view.getUint32(entry + 8);
    return font.slice(at, at + view.getUint32(entry + 12));
  }
  return null;
}

/** Printable characters that a name object may hold without escapes; a font without a name gets one. */
const postScriptName = (told: string): string => told.replace(/[^!-~]|[()<>[\]{}/%#]/g, '').slice(0, 63) || 'Font';

const uint16 = (bytes: Bytes, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
const int16 = (bytes: Bytes, at: number): number => (uint16(bytes, at) << 16) >> 16;

const SIGNATURES: ReadonlySet<string> = new Set(['\0\u0001\0\0', 'OTTO', 'true', 'ttcf']);
const HEAD_LENGTH = 54;
const POSTSCRIPT_NAME = 6;
/** OS/2 fsType. */
const RESTRICTED = 2;
const NO_SUBSETTING = 0x100;
const BITMAPS_ONLY = 0x200;
