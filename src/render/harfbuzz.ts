/** HarfBuzz, loaded when fonts are first opened: its shaper, and its subsetter as a module of its own (harfbuzzjs, an optional package). */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';

/** What is used of the package; told here, so that whoever does not install it needs no types of it. */
export interface HarfBuzz {
  readonly Blob: new (data: Uint8Array) => object;
  readonly Face: new (blob: object, index?: number) => HarfBuzzFace;
  readonly Font: new (face: HarfBuzzFace) => HarfBuzzFont;
  readonly Buffer: new () => HarfBuzzBuffer;
  readonly Direction: { readonly LTR: number; readonly RTL: number };
  readonly MetricsTag: { readonly CAP_HEIGHT: number };
  shape(font: HarfBuzzFont, buffer: HarfBuzzBuffer): void;
}

export interface HarfBuzzFace {
  readonly upem: number;
  referenceTable(table: string): Uint8Array | undefined;
  getName(nameId: number, language: string): string;
}

export interface HarfBuzzFont {
  hExtents(): { readonly ascender: number; readonly descender: number };
  glyphHAdvance(glyph: number): number;
  nominalGlyph(codePoint: number): number | undefined;
  getMetricPosition(tag: number): number | undefined;
}

export interface HarfBuzzBuffer {
  addText(text: string, offset?: number, length?: number): void;
  setDirection(direction: number): void;
  setScript(script: string): void;
  setLanguage(language: string): void;
  getGlyphInfosAndPositions(): readonly {
    readonly codepoint: number;
    readonly cluster: number;
    readonly xAdvance?: number;
    readonly xOffset?: number;
    readonly yOffset?: number;
  }[];
}

/** Throws `unsupported` where the package is not installed. */
export async function loadHarfBuzz(): Promise<HarfBuzz> {
  try {
    return (await import('harfbuzzjs')) as unknown as HarfBuzz;
  } catch (cause) {
    throw new Fault('unsupported', 'fonts in visible signatures need the package harfbuzzjs: npm install harfbuzzjs', { cause });
  }
}

/** A font file with no more than the outlines of some glyphs; null where HarfBuzz cannot make it. */
export type Subsetter = (font: Bytes, face: number, glyphs: ReadonlySet<number>, numbers: GlyphNumbers) => Bytes | null;
/** Glyphs keep their numbers, with empty ones between them, or are numbered anew. */
export type GlyphNumbers = 'kept' | 'new';

export async function loadSubsetter(): Promise<Subsetter> {
  const path = createRequire(import.meta.url).resolve('harfbuzzjs/dist/harfbuzz-subset.wasm');
  const { instance } = await WEB_ASSEMBLY.instantiate(readFileSync(path));
  const { exports } = instance;
  exports._initialize();
  return (font, face, glyphs, numbers) => subset(exports, font, face, glyphs, numbers);
}

/** The functions of hb-subset.h that are used. */
interface SubsetExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  _initialize(): void;
  malloc(size: number): number;
  free(at: number): void;
  hb_blob_create(data: number, length: number, mode: number, user: number, destroy: number): number;
  hb_blob_destroy(blob: number): void;
  hb_blob_get_data(blob: number, length: number): number;
  hb_blob_get_length(blob: number): number;
  hb_face_create(blob: number, index: number): number;
  hb_face_destroy(face: number): void;
  hb_face_reference_blob(face: number): number;
  hb_set_add(set: number, value: number): void;
  hb_subset_input_create_or_fail(): number;
  hb_subset_input_destroy(input: number): void;
  hb_subset_input_glyph_set(input: number): number;
  hb_subset_input_set(input: number, which: number): number;
  hb_subset_input_set_flags(input: number, flags: number): void;
  hb_subset_input_pin_all_axes_to_default(input: number, face: number): number;
  hb_subset_or_fail(face: number, input: number): number;
}

function subset(hb: SubsetExports, font: Bytes, index: number, glyphs: ReadonlySet<number>, numbers: GlyphNumbers): Bytes | null {
  const data = hb.malloc(font.length);
  if (data === 0) return null;
  new Uint8Array(hb.memory.buffer).set(font, data);
  const blob = hb.hb_blob_create(data, font.length, WRITABLE, 0, 0);
  const face = hb.hb_face_create(blob, index);
  const input = hb.hb_subset_input_create_or_fail();
  try {
    const wanted = hb.hb_subset_input_glyph_set(input);
    for (const glyph of glyphs) hb.hb_set_add(wanted, glyph);
    const dropped = hb.hb_subset_input_set(input, DROPPED_TABLES);
    for (const tag of UNUSED) hb.hb_set_add(dropped, tagOf(tag));
    hb.hb_subset_input_set_flags(input, (numbers === 'kept' ? KEEP_NUMBERS : 0) | NO_HINTING | NOTDEF_OUTLINE | NO_LAYOUT_CLOSURE);
    hb.hb_subset_input_pin_all_axes_to_default(input, face);
    const small = hb.hb_subset_or_fail(face, input);
    if (small === 0) return null;
    const result = hb.hb_face_reference_blob(small);
    const [at, length] = [hb.hb_blob_get_data(result, 0), hb.hb_blob_get_length(result)];
    const bytes = new Uint8Array(hb.memory.buffer).slice(at, at + length);
    hb.hb_blob_destroy(result);
    hb.hb_face_destroy(small);
    return bytes.length === 0 ? null : bytes;
  } finally {
    hb.hb_subset_input_destroy(input);
    hb.hb_face_destroy(face);
    hb.hb_blob_destroy(blob);
    hb.free(data);
  }
}

/** The part of the platform that no library of types of this project tells. */
interface WebAssemblyOfSubsetter {
  instantiate(module: Uint8Array): Promise<{ readonly instance: { readonly exports: SubsetExports } }>;
}
const WEB_ASSEMBLY = (globalThis as unknown as { readonly WebAssembly: WebAssemblyOfSubsetter }).WebAssembly;

const tagOf = (tag: string): number => [...tag].reduce((value, character) => value * 256 + character.charCodeAt(0), 0) | 0;

/** HB_MEMORY_MODE_WRITABLE. */
const WRITABLE = 2;
/** HB_SUBSET_SETS_DROP_TABLE_TAG. */
const DROPPED_TABLES = 3;
const NO_HINTING = 1;
const KEEP_NUMBERS = 2;
const NOTDEF_OUTLINE = 0x40;
const NO_LAYOUT_CLOSURE = 0x200;
/** Tables that no reader of a PDF looks at (ISO 32000-2, 9.9.1). */
const UNUSED = ['GSUB', 'GPOS', 'GDEF', 'BASE', 'cmap', 'name', 'post', 'OS/2', 'DSIG', 'STAT', 'vhea', 'vmtx', 'VORG', 'kern'];
