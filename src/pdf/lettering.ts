/** How the lines of an appearance are measured and written: in Helvetica, which every reader has, or in embedded fonts (ISO 32000-2, 9.4). */
import { Fault } from '../base/fault.ts';
import { add, type Update } from './append.ts';
import { numberText, type Writer, writeObject } from './encode.ts';
import { helveticaWidth, winAnsiCode } from './helvetica.ts';
import { dict, integer, literalString, name, type PdfRef, real } from './object.ts';
import { actualText, addFont, type PlacedGlyph, type TypesetLine, type Typesetter, type UsedGlyphs } from './typeset.ts';

/** Lengths are in thousandths of the font size. */
export interface Lettering {
  widthOf(text: string): number;
  /** Whether a line is read from the right. */
  isRightToLeft(text: string): boolean;
  /** From the baseline up and down, over all faces that these lines need. */
  heightsOf(lines: readonly string[]): { readonly up: number; readonly down: number };
  /** Adds the fonts, writes the lines, and gives the fonts by their resource names. */
  write(update: Update, content: Writer, lines: readonly PlacedLine[], cidSet: boolean): Record<string, PdfRef>;
}

export interface PlacedLine {
  readonly text: string;
  /** Left end of the baseline, in points. */
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** Helvetica in WinAnsiEncoding. Throws `unsupported` for what it has not. */
export const HELVETICA: Lettering = {
  widthOf: (text) => codesOf(text).reduce((sum, code) => sum + helveticaWidth(code), 0),
  isRightToLeft: () => false,
  heightsOf: () => ({ up: 1000, down: 200 }),
  write(update, content, lines) {
    for (const { text, x, y, size } of lines) {
      content.text(`BT /F0 ${number(size)} Tf ${number(x)} ${number(y)} Td `);
      writeObject(content, literalString(Uint8Array.from(codesOf(text))));
      content.text(' Tj ET\n');
    }
    return { F0: add(update, HELVETICA_FONT) };
  },
};

/** The fonts of a typesetter; each line is shaped once. */
export function embeddedLettering(typesetter: Typesetter): Lettering {
  const known = new Map<string, TypesetLine>();
  const lineOf = (text: string): TypesetLine => {
    const line = known.get(text) ?? typesetter.line(text);
    known.set(text, line);
    return line;
  };
  return {
    widthOf: (text) => lineOf(text).width,
    isRightToLeft: (text) => lineOf(text).rightToLeft,
    heightsOf: (lines) => {
      const faces = lines.flatMap((text) => lineOf(text).runs.map(({ face }) => typesetter.faces[face]));
      return {
        up: Math.max(1000, ...faces.map((face) => face?.ascent ?? 0)),
        down: Math.max(200, ...faces.map((face) => -(face?.descent ?? 0))),
      };
    },
    write(update, content, lines, cidSet) {
      const used = usedGlyphs(lines.map(({ text }) => lineOf(text)));
      const fonts: Record<string, PdfRef> = {};
      const codes = new Map<number, (glyph: number) => number>();
      for (const [face, glyphs] of used) {
        const { font, code } = addFont(update, typesetter, face, glyphs, cidSet);
        fonts[`F${face}`] = font;
        codes.set(face, code);
      }
      for (const line of lines) writeLine(content, line, lineOf(line.text), codes);
      return fonts;
    },
  };
}

function usedGlyphs(lines: readonly TypesetLine[]): Map<number, UsedGlyphs> {
  const used = new Map<number, UsedGlyphs>();
  for (const { face, glyphs } of lines.flatMap(({ runs }) => runs)) {
    const { widths, texts } = used.get(face) ?? { widths: new Map<number, number>(), texts: new Map<number, string>() };
    used.set(face, { widths, texts });
    for (const { id, width, text } of glyphs) {
      widths.set(id, width);
      if (text !== '' && !texts.has(id)) texts.set(id, text);
    }
  }
  return used;
}

/** The glyphs stand in the order in which they are seen; what they say, in the order in which it is read, is told beside (14.9.4). */
function writeLine(
  content: Writer,
  { text, x, y, size }: PlacedLine,
  line: TypesetLine,
  codes: ReadonlyMap<number, (glyph: number) => number>,
): void {
  content.text('/Span <</ActualText ');
  writeObject(content, actualText(text));
  content.text('>> BDC BT\n');
  let left = x;
  for (const { face, glyphs } of line.runs) {
    content.text(`/F${face} ${number(size)} Tf 1 0 0 1 ${number(left)} ${number(y)} Tm\n`);
    writeGlyphs(content, glyphs, size, codes.get(face) ?? ((glyph) => glyph));
    for (const { advance } of glyphs) left += (advance * size) / 1000;
  }
  content.text('ET EMC\n');
}

/** Each glyph moves the pen by its own width (9.4.4): what the shaper wants otherwise is made up for between them. */
function writeGlyphs(content: Writer, glyphs: readonly PlacedGlyph[], size: number, code: (glyph: number) => number): void {
  let rise = 0;
  let owed = 0;
  let open = false;
  for (const { id, advance, dx, dy, width } of glyphs) {
    if (dy !== rise) {
      if (open) content.text('] TJ\n');
      open = false;
      content.text(`${number((dy * size) / 1000)} Ts\n`);
      rise = dy;
    }
    if (!open) content.text('[');
    open = true;
    const shift = owed + dx;
    if (Math.abs(shift) > 0.01) content.text(number(-shift));
    content.text(`<${code(id).toString(16).toUpperCase().padStart(4, '0')}>`);
    owed = advance - width - dx;
  }
  if (open) content.text('] TJ\n');
  if (rise !== 0) content.text('0 Ts\n');
}

/** WinAnsi codes of a line. */
function codesOf(line: string): number[] {
  const codes: number[] = [];
  for (const character of line) {
    const code = winAnsiCode(character.codePointAt(0) as number);
    if (code < 0)
      throw new Fault(
        'unsupported',
        `the character '${character}' is not in Helvetica, which visible signatures are written in without fonts: give fonts that have it (visible.fonts, --font FILE)`,
      );
    codes.push(code);
  }
  return codes;
}

const number = (value: number): string => {
  const exact = Math.round(value * 1000) / 1000;
  return numberText(Number.isInteger(exact) ? integer(exact) : real(exact));
};

const HELVETICA_FONT = dict({
  Type: name('Font'),
  Subtype: name('Type1'),
  BaseFont: name('Helvetica'),
  Encoding: name('WinAnsiEncoding'),
});
