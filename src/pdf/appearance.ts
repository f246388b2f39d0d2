/** Appearance streams of visible signatures (ISO 32000-2, 12.5.5 and 8.10). */
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { exact } from '../base/options.ts';
import { add, type Update } from './append.ts';
import { numberText, Writer, writeObject } from './encode.ts';
import { helveticaWidth, winAnsiCode } from './helvetica.ts';
import { addPicture } from './image.ts';
import { array, dict, integer, literalString, name, type PdfObject, type PdfRef, real, streamOf } from './object.ts';
import type { Page, Rectangle } from './page.ts';

export interface SignatureAppearance {
  /** Size of the box in points. */
  readonly width: number;
  readonly height: number;
  /** Lines of text in Helvetica, the first on top; characters outside WinAnsiEncoding are refused. */
  readonly lines?: readonly string[];
  /** In points; without it the largest that fits, 12 at most. */
  readonly fontSize?: number;
  /** JPEG or PNG, kept in proportion: on the left third where there is text, else filling the box. */
  readonly image?: Bytes;
  /** Degrees that the page is turned: the content is turned back, so that it stands upright. */
  readonly rotate?: number;
}

/**
 * Adds a form XObject that shows the text and the picture, and returns its reference. Throws `unsupported` for
 * characters that Helvetica in WinAnsiEncoding has not and for pictures that cannot be embedded, `bad-option` for a
 * box without area.
 */
export function addAppearance(update: Update, appearance: SignatureAppearance): PdfRef {
  exact('addAppearance', appearance, ['width', 'height', 'lines', 'fontSize', 'image', 'rotate']);
  const { width, height, lines = [], image, rotate = 0 } = appearance;
  if (!(width > 0 && height > 0 && Number.isFinite(width) && Number.isFinite(height))) {
    throw new Fault('bad-option', 'the box of a visible signature has a width and a height');
  }
  const turned = rotate === 90 || rotate === 270;
  const [across, up] = turned ? [height, width] : [width, height];
  const encoded = lines.map(encodeLine);
  const content = new Writer();
  const resources: Record<string, PdfObject> = {};
  let textFrom = 0;
  if (image !== undefined) {
    const picture = addPicture(update, image);
    const room = encoded.length === 0 ? across : across / 3;
    const scale = Math.min(room / picture.width, up / picture.height);
    const [w, h] = [picture.width * scale, picture.height * scale];
    content.text(`q ${[w, 0, 0, h, (room - w) / 2, (up - h) / 2].map(number).join(' ')} cm /Im0 Do Q\n`);
    resources['XObject'] = dict({ Im0: picture.ref });
    textFrom = room;
  }
  if (encoded.length > 0) {
    const font = add(update, HELVETICA);
    resources['Font'] = dict({ F0: font });
    writeLines(content, encoded, { left: textFrom + PADDING, width: across - textFrom - 2 * PADDING, height: up }, appearance.fontSize);
  }
  const form = dict({
    Type: name('XObject'),
    Subtype: name('Form'),
    FormType: integer(1),
    BBox: array([0, 0, across, up].map(coordinate)),
    Matrix: rotate === 0 ? undefined : array(turn(rotate, across, up).map(coordinate)),
    Resources: dict(resources),
  });
  return add(update, streamOf(form, content.done()));
}

/**
 * The rectangle on a page, in its own coordinates, of a box that is told as the reader sees the page: `x` and `y` from
 * the lower left corner of what is shown, after the page is turned.
 */
export function boxOnPage(page: Page, x: number, y: number, width: number, height: number): Rectangle {
  const [left, bottom, right, top] = page.cropBox ?? LETTER;
  switch (page.rotate) {
    case 90:
      return [right - y - height, bottom + x, right - y, bottom + x + width];
    case 180:
      return [right - x - width, top - y - height, right - x, top - y];
    case 270:
      return [left + y, top - x - width, left + y + height, top - x];
    default:
      return [left + x, bottom + y, left + x + width, bottom + y + height];
  }
}

/** WinAnsi codes of a line. */
function encodeLine(line: string): Bytes {
  const codes: number[] = [];
  for (const character of line) {
    const code = winAnsiCode(character.codePointAt(0) as number);
    if (code < 0)
      throw new Fault('unsupported', `the character '${character}' is not in the font of visible signatures (Helvetica, Western)`);
    codes.push(code);
  }
  return Uint8Array.from(codes);
}

function writeLines(
  content: Writer,
  lines: readonly Bytes[],
  box: { left: number; width: number; height: number },
  wanted: number | undefined,
): void {
  const widest = Math.max(1, ...lines.map((line) => line.reduce((sum, code) => sum + helveticaWidth(code), 0)));
  const fitting = Math.min(LARGEST, (1000 * box.width) / widest, (box.height - 2 * PADDING) / (lines.length * LEADING));
  const size = wanted ?? Math.max(SMALLEST, Math.floor(fitting * 10) / 10);
  const top = (box.height + lines.length * size * LEADING) / 2 - size;
  content.text(`q BT /F0 ${number(size)} Tf ${number(size * LEADING)} TL ${number(box.left)} ${number(top)} Td\n`);
  lines.forEach((line, i) => {
    if (i > 0) content.text('T* ');
    writeObject(content, literalString(line));
    content.text(' Tj\n');
  });
  content.text('ET Q\n');
}

/** Turns the content counter-clockwise by the page's own turn, back into the positive quadrant. */
function turn(rotate: number, across: number, up: number): number[] {
  switch (rotate) {
    case 90:
      return [0, 1, -1, 0, up, 0];
    case 180:
      return [-1, 0, 0, -1, across, up];
    default:
      return [0, -1, 1, 0, 0, across];
  }
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
const coordinate = (value: number): PdfObject => (Number.isInteger(rounded(value)) ? integer(rounded(value)) : real(rounded(value)));
const number = (value: number): string => {
  const exact = rounded(value);
  return numberText(Number.isInteger(exact) ? integer(exact) : real(exact));
};

const HELVETICA = dict({
  Type: name('Font'),
  Subtype: name('Type1'),
  BaseFont: name('Helvetica'),
  Encoding: name('WinAnsiEncoding'),
});
const LETTER: Rectangle = [0, 0, 612, 792];
const PADDING = 2;
const LEADING = 1.2;
const LARGEST = 12;
const SMALLEST = 1;
