/** Small PDF files of text (ISO 32000-1), with an embedded font, so that names in Latin, Greek and Cyrillic letters show as they are. */
import { deflateSync } from 'node:zlib';
import { liberation, openFont, type TrueTypeFont } from '../workers/true-type.ts';
import { pdfFile } from './pdf-file.ts';

export interface TextLine {
  readonly text: string;
  /** `mono`: hashes and the like, small. */
  readonly style?: 'title' | 'heading' | 'text' | 'small';
}

/** A PDF 1.7 file on A4 pages; long lines are wrapped. */
export function textPdf(title: string, lines: readonly TextLine[]): Uint8Array {
  const font = letters();
  const used = new Map<number, number>();
  const pages = paginated(font, lines).map((page) => deflateSync(Buffer.from(contentOf(font, page, used), 'latin1')));
  const objects: (string | Buffer)[] = [];
  const add = (body: string | Buffer): number => objects.push(body);
  const first = 3;
  const fontAt = first + 2 * pages.length;
  add(`<< /Type /Catalog /Pages 2 0 R /Lang (en) /ViewerPreferences << /DisplayDocTitle true >> >>`);
  add(`<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, index) => `${first + 2 * index} 0 R`).join(' ')}] >>`);
  for (const [index, content] of pages.entries()) {
    const contentAt = first + 2 * index + 1;
    add(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 ${fontAt} 0 R >> >> /Contents ${contentAt} 0 R >>`,
    );
    add(stream('/Filter /FlateDecode', content));
  }
  addFont(font, used, fontAt, add);
  const information = add(`<< /Title ${hexText(title)} /Producer (adeskit) >>`);
  return pdfFile(objects, `/Root 1 0 R /Info ${information} 0 R`);
}

function addFont(font: TrueTypeFont, used: ReadonlyMap<number, number>, at: number, add: (body: string | Buffer) => number): void {
  const glyphs = [...used.keys()].sort((a, b) => a - b);
  const scaled = (units: number): number => Math.round((units * 1000) / font.unitsPerEm);
  const widths = glyphs.map((glyph) => `${glyph} [${scaled(font.widthOf(glyph))}]`).join(' ');
  add(
    `<< /Type /Font /Subtype /Type0 /BaseFont /LiberationSans /Encoding /Identity-H /DescendantFonts [${at + 1} 0 R] /ToUnicode ${at + 3} 0 R >>`,
  );
  add(
    `<< /Type /Font /Subtype /CIDFontType2 /BaseFont /LiberationSans /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> ` +
      `/FontDescriptor ${at + 2} 0 R /CIDToGIDMap /Identity /DW 600 /W [${widths}] >>`,
  );
  add(
    `<< /Type /FontDescriptor /FontName /LiberationSans /Flags 4 /FontBBox [-544 -303 1302 980] /ItalicAngle 0 /Ascent 905 /Descent -212 ` +
      `/CapHeight 729 /StemV 80 /FontFile2 ${at + 4} 0 R >>`,
  );
  const pairs = glyphs.map((glyph) => `<${hex4(glyph)}> <${utf16(String.fromCodePoint(used.get(glyph) ?? 0xfffd))}>`);
  const blocks = Array.from({ length: Math.ceil(pairs.length / 100) }, (_, block) => pairs.slice(100 * block, 100 * block + 100));
  const map = [
    '/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Used def /CMapType 2 def',
    '1 begincodespacerange <0000> <FFFF> endcodespacerange',
    ...blocks.map((block) => `${block.length} beginbfchar\n${block.join('\n')}\nendbfchar`),
    'endcmap CMapName currentdict /CMap defineresource pop end end',
  ].join('\n');
  add(stream('/Filter /FlateDecode', deflateSync(Buffer.from(map, 'latin1'))));
  add(stream(`/Filter /FlateDecode /Length1 ${font.bytes.length}`, font.packed()));
}

interface PlacedLine {
  readonly text: string;
  readonly size: number;
  readonly y: number;
}

function paginated(font: TrueTypeFont, lines: readonly TextLine[]): PlacedLine[][] {
  const pages: PlacedLine[][] = [[]];
  let y = TOP;
  for (const { text, style = 'text' } of lines) {
    const { size, before } = STYLES[style];
    y -= before;
    for (const part of wrapped(font, text, size)) {
      y -= size * 1.35;
      if (y < BOTTOM) {
        pages.push([]);
        y = TOP - size * 1.35;
      }
      pages.at(-1)?.push({ text: part, size, y });
    }
  }
  return pages;
}

function contentOf(font: TrueTypeFont, lines: readonly PlacedLine[], used: Map<number, number>): string {
  return lines
    .map(({ text, size, y }) => {
      const glyphs = [...text].map((letter) => {
        const asked = letter.codePointAt(0) ?? 0;
        const point = font.glyphOf(asked) === null ? 0x3f : asked;
        const glyph = font.glyphOf(point) ?? 0;
        if (!used.has(glyph)) used.set(glyph, point);
        return hex4(glyph);
      });
      return `BT /F1 ${size} Tf ${LEFT} ${y.toFixed(2)} Td <${glyphs.join('')}> Tj ET`;
    })
    .join('\n');
}

/** Broken at spaces, and inside words that are wider than the page. */
function wrapped(font: TrueTypeFont, text: string, size: number): string[] {
  const widthOf = (part: string): number =>
    [...part].reduce((sum, letter) => sum + font.widthOf(font.glyphOf(letter.codePointAt(0) ?? 0) ?? 0), 0) * (size / font.unitsPerEm);
  const parts: string[] = [];
  let line = '';
  for (const word of text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').split(' ')) {
    let rest = word;
    if (widthOf(line === '' ? rest : `${line} ${rest}`) <= WIDTH) {
      line = line === '' ? rest : `${line} ${rest}`;
      continue;
    }
    if (line !== '') parts.push(line);
    while (widthOf(rest) > WIDTH) {
      let length = Math.max(1, Math.floor((rest.length * WIDTH) / widthOf(rest)) - 1);
      while (length > 1 && widthOf(rest.slice(0, length)) > WIDTH) length--;
      parts.push(rest.slice(0, length));
      rest = rest.slice(length);
    }
    line = rest;
  }
  return [...parts, line];
}

const stream = (entries: string, octets: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(`<< ${entries} /Length ${octets.length} >>\nstream\n`, 'latin1'),
    octets,
    Buffer.from('\nendstream', 'latin1'),
  ]);

const hex4 = (number: number): string => number.toString(16).padStart(4, '0').toUpperCase();
const utf16 = (text: string): string =>
  [...Buffer.from(text, 'utf16le').swap16()].map((octet) => octet.toString(16).padStart(2, '0')).join('');
const hexText = (text: string): string => `<FEFF${utf16(text)}>`;

let kept: TrueTypeFont | null = null;

function letters(): TrueTypeFont {
  kept ??= openFont(liberation());
  return kept;
}

const STYLES = {
  title: { size: 18, before: 0 },
  heading: { size: 12, before: 12 },
  text: { size: 9.5, before: 2 },
  small: { size: 7, before: 0 },
} as const;
const LEFT = 56;
const TOP = 786;
const BOTTOM = 56;
const WIDTH = 595 - 2 * LEFT;
