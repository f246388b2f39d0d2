/** Appearance streams of visible signatures (ISO 32000-2, 12.5.5 and 8.10). */
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { exact } from '../base/options.ts';
import { add, type Update } from './append.ts';
import { pdfaClaim } from './conformance.ts';
import { type Drawing, drawnIn, segmentsOf } from './drawing.ts';
import { numberText, Writer } from './encode.ts';
import { fitText, type TextBox } from './fitting.ts';
import { addPicture } from './image.ts';
import { embeddedLettering, HELVETICA, type PlacedLine } from './lettering.ts';
import { array, dict, integer, name, type PdfObject, type PdfRef, real, streamOf } from './object.ts';
import type { Page, Rectangle } from './page.ts';
import { BLACK, type Color, type ColorSpaces, colorOf, colorResources, setColor } from './paint.ts';
import type { Typesetter } from './typeset.ts';

/** What a visible signature looks like, whatever it says. */
export interface AppearanceStyle {
  /**
   * `image-left` (the default): picture or drawing on the left third, text beside it. `image-behind`: the text over it.
   * `name-left`: the name large on the left, the text beside it, a picture or drawing behind both.
   */
  readonly layout?: 'image-left' | 'image-behind' | 'name-left';
  /** JPEG or PNG (8 bits a sample), kept in proportion; fills the box where there is no text. */
  readonly image?: Bytes;
  /** In the place of a picture, or over it. */
  readonly drawing?: Drawing;
  /** Embedded, as far as they are used; without them text is in Helvetica, which has Western characters only. */
  readonly fonts?: Typesetter;
  /** In points; without it the largest at which the text fits, 12 at most. */
  readonly fontSize?: number;
  /** `#rrggbb` of text, and of a drawing that has no colour; default black. */
  readonly color?: string;
  readonly background?: string;
  /** Width in points; default 1. */
  readonly border?: { readonly color: string; readonly width?: number };
}

export interface SignatureAppearance extends AppearanceStyle {
  /** Size of the box in points. */
  readonly width: number;
  readonly height: number;
  /** Lines of text, the first on top; broken where they are too long. */
  readonly lines?: readonly string[];
  /** For the layout `name-left`. */
  readonly name?: string;
  /** Degrees that the page is turned: the content is turned back, so that it stands upright. */
  readonly rotate?: number;
}

/**
 * Adds a form XObject that shows the text and the picture, and returns its reference. In a file that claims to be PDF/A
 * everything is embedded and calibrated, and nothing transparent where that is forbidden.
 *
 * Throws `unsupported` for characters that the fonts have not and for pictures that cannot be embedded, `bad-option` for a
 * box without area, `refused` for text without fonts in a PDF/A file.
 */
export function addAppearance(update: Update, appearance: SignatureAppearance): PdfRef {
  exact('addAppearance', appearance, [...STYLE_OPTIONS, 'width', 'height', 'lines', 'name', 'rotate']);
  const { width, height, rotate = 0, layout = 'image-left' } = appearance;
  if (!(width > 0 && height > 0 && Number.isFinite(width) && Number.isFinite(height))) {
    throw new Fault('bad-option', 'the box of a visible signature has a width and a height');
  }
  if (!LAYOUTS.includes(layout)) throw new Fault('bad-option', `layout is '${String(layout)}', but can be ${LAYOUTS.join(', ')}`);
  const turned = rotate === 90 || rotate === 270;
  const [across, up] = turned ? [height, width] : [width, height];
  const form = startForm(update, appearance);
  paintFrame(form, across, up);
  const regions = regionsOf(appearance, across, up);
  if (appearance.image !== undefined) paintPicture(form, appearance.image, regions.picture);
  if (appearance.drawing !== undefined) paintDrawing(form, appearance.drawing, regions.picture);
  paintText(form, regions);
  const dictionary = dict({
    Type: name('XObject'),
    Subtype: name('Form'),
    FormType: integer(1),
    BBox: array([0, 0, across, up].map(coordinate)),
    Matrix: rotate === 0 ? undefined : array(turn(rotate, across, up).map(coordinate)),
    Resources: dict({ ...form.resources, ColorSpace: colorResources(form.spaces) }),
  });
  return add(update, streamOf(dictionary, form.content.done()));
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

interface Form {
  readonly update: Update;
  readonly appearance: SignatureAppearance;
  readonly content: Writer;
  readonly resources: Record<string, PdfObject>;
  readonly spaces: ColorSpaces;
  /** What stands behind transparent pictures; null where transparency may be. */
  readonly backdrop: Color | null;
  readonly part: number | null;
  readonly color: Color;
}

function startForm(update: Update, appearance: SignatureAppearance): Form {
  const claim = pdfaClaim(update.document);
  const { background, color, fonts, lines = [], layout } = appearance;
  const writes = lines.length > 0 || (layout === 'name-left' && appearance.name !== undefined);
  if (claim !== null && writes && fonts === undefined)
    throw new Fault(
      'refused',
      'this file is PDF/A, where every font is embedded: give fonts for the visible text (visible.fonts, --font FILE)',
    );
  const flat = claim !== null && (claim.part === 1 || !claim.outputIntent);
  return {
    update,
    appearance,
    content: new Writer(),
    resources: {},
    spaces: claim === null ? 'device' : 'calibrated',
    backdrop: flat ? (background === undefined ? WHITE : colorOf(background, 'background')) : null,
    part: claim?.part ?? null,
    color: color === undefined ? BLACK : colorOf(color, 'color'),
  };
}

interface Regions {
  readonly picture: TextBox;
  readonly name: TextBox | null;
  readonly text: TextBox;
}

/** Where picture, name and text go; everything keeps off the border. */
function regionsOf(
  { layout = 'image-left', image, drawing, lines = [], border }: SignatureAppearance,
  across: number,
  up: number,
): Regions {
  const edge = border?.width ?? (border === undefined ? 0 : 1);
  const whole: TextBox = { left: edge, bottom: edge, width: Math.max(across - 2 * edge, 1), height: Math.max(up - 2 * edge, 1) };
  const pictured = image !== undefined || drawing !== undefined;
  const inner = padded(whole);
  if (layout === 'name-left') {
    const half = whole.width * NAME_SHARE;
    if (lines.length === 0) return { picture: whole, name: inner, text: inner };
    return {
      picture: whole,
      name: padded({ ...whole, width: half }),
      text: padded({ ...whole, left: whole.left + half, width: whole.width - half }),
    };
  }
  if (!pictured || layout === 'image-behind') return { picture: whole, name: null, text: inner };
  const third = lines.length === 0 ? whole.width : whole.width / 3;
  return {
    picture: { ...whole, width: third },
    name: null,
    text: padded({ ...whole, left: whole.left + third, width: Math.max(whole.width - third, 1) }),
  };
}

function paintFrame({ appearance: { background, border }, content, spaces }: Form, across: number, up: number): void {
  if (background !== undefined)
    content.text(`q ${setColor(colorOf(background, 'background'), 'fill', spaces)}0 0 ${number(across)} ${number(up)} re f Q\n`);
  if (border === undefined) return;
  const { width = 1 } = border;
  if (!(width > 0 && width < Math.min(across, up) / 2)) throw new Fault('bad-option', 'the border is wider than the box of the signature');
  const box = [width / 2, width / 2, across - width, up - width].map(number).join(' ');
  content.text(`q ${setColor(colorOf(border.color, 'border.color'), 'stroke', spaces)}${number(width)} w ${box} re S Q\n`);
}

function paintPicture({ update, content, resources, spaces, backdrop }: Form, image: Bytes, box: TextBox): void {
  const picture = addPicture(update, image, { spaces, backdrop });
  const scale = Math.min(box.width / picture.width, box.height / picture.height);
  const [w, h] = [picture.width * scale, picture.height * scale];
  const [x, y] = [box.left + (box.width - w) / 2, box.bottom + (box.height - h) / 2];
  content.text(`q ${[w, 0, 0, h, x, y].map(number).join(' ')} cm /Im0 Do Q\n`);
  resources['XObject'] = dict({ Im0: picture.ref });
}

function paintDrawing({ content, spaces, color }: Form, drawing: Drawing, box: TextBox): void {
  exact('drawing', drawing, ['strokes', 'path', 'pen', 'color']);
  const { pen = PEN } = drawing;
  if (!(pen >= 0 && pen <= 100)) throw new Fault('bad-option', 'drawing.pen is a width in points');
  const ink = drawing.color === undefined ? color : colorOf(drawing.color, 'drawing.color');
  const edge = pen / 2 + PADDING;
  const room: readonly [number, number, number, number] = [
    box.left + edge,
    box.bottom + edge,
    Math.max(box.width - 2 * edge, 1),
    Math.max(box.height - 2 * edge, 1),
  ];
  const path = drawnIn(segmentsOf(drawing), room);
  content.text(
    pen === 0
      ? `q ${setColor(ink, 'fill', spaces)}${path}f Q\n`
      : `q ${setColor(ink, 'stroke', spaces)}${number(pen)} w 1 J 1 j\n${path}S Q\n`,
  );
}

function paintText(form: Form, regions: Regions): void {
  const { appearance, content, update, resources, spaces, color } = form;
  const { fonts, fontSize, lines = [], name: signer } = appearance;
  if (fontSize !== undefined && !(fontSize > 0 && fontSize < 1000)) throw new Fault('bad-option', 'fontSize is a size in points');
  const lettering = fonts === undefined ? HELVETICA : embeddedLettering(fonts);
  const placed: PlacedLine[] = [];
  if (regions.name !== null && signer !== undefined)
    placed.push(...fitText([signer.replace(CONTROL, ' ').trim()], regions.name, lettering, { largest: LARGEST_NAME, align: 'center' }));
  const shown = lines.map((line) => line.replace(CONTROL, ' ').trim());
  if (shown.length > 0)
    placed.push(
      ...fitText(shown, regions.text, lettering, { largest: LARGEST, align: 'start', ...(fontSize !== undefined && { size: fontSize }) }),
    );
  if (placed.length === 0) return;
  content.text(`q ${setColor(color, 'fill', spaces)}`);
  resources['Font'] = dict(lettering.write(update, content, placed, form.part === 1));
  content.text('Q\n');
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

/** More room around in larger boxes. */
function padded({ left, bottom, width, height }: TextBox): TextBox {
  const room = Math.min(Math.max(PADDING, Math.min(width, height) / 14), LARGEST_PADDING);
  return { left: left + room, bottom: bottom + room, width: Math.max(width - 2 * room, 1), height: Math.max(height - 2 * room, 1) };
}
const rounded = (value: number): number => Math.round(value * 1000) / 1000;
const coordinate = (value: number): PdfObject => (Number.isInteger(rounded(value)) ? integer(rounded(value)) : real(rounded(value)));
const number = (value: number): string => {
  const exact = rounded(value);
  return numberText(Number.isInteger(exact) ? integer(exact) : real(exact));
};

export const STYLE_OPTIONS = ['layout', 'image', 'drawing', 'fonts', 'fontSize', 'color', 'background', 'border'] as const;
const LAYOUTS: readonly string[] = ['image-left', 'image-behind', 'name-left'];
const LETTER: Rectangle = [0, 0, 612, 792];
const WHITE: Color = { red: 1, green: 1, blue: 1 };
const PADDING = 2;
const LARGEST_PADDING = 6;
const PEN = 1.2;
const LARGEST = 12;
const LARGEST_NAME = 40;
/** Of the width, for the large name. */
const NAME_SHARE = 0.42;
const CONTROL = /[\p{Cc}\u2028\u2029]+/gu;
