/** Where a signature shows and what it shows there: a new field, or the widgets of one that is there (ISO 32000-2, 12.5.6.19, 12.7.5.5). */
import { Fault } from '../base/fault.ts';
import { toIso } from '../base/instant.ts';
import { exact } from '../base/options.ts';
import { addAppearance, boxOnPage, STYLE_OPTIONS } from '../pdf/appearance.ts';
import type { Update } from '../pdf/append.ts';
import { dictAt, type PdfDocument, valueAt } from '../pdf/document.ts';
import { type SignatureField, type Widget, widgetPage } from '../pdf/field.ts';
import { addSignatureField, fillSignatureField, type NewWidget } from '../pdf/form.ts';
import { asInteger, type PdfRef } from '../pdf/object.ts';
import { type Page, pageAt } from '../pdf/page.ts';
import { parseCertificate } from '../pki/certificate.ts';
import type { PadesOptions, SignaturePlace, VisibleSignature } from './options.ts';
import { freeFieldName } from './reserved.ts';
import { lockEntry } from './statements.ts';

/** Adds the field, or signs the one that is there; each place gets an appearance of its size. */
export function placeField(update: Update, existing: SignatureField | null, options: PadesOptions, value: PdfRef): void {
  const { visible, lock } = options;
  if (visible !== undefined) exact('visible', visible, [...STYLE_OPTIONS, 'page', 'x', 'y', 'width', 'height', 'more', 'text']);
  const appearances = new Map<string, PdfRef>();
  const shown = (width: number, height: number, rotate: number): PdfRef => {
    const key = `${width} ${height} ${rotate}`;
    const appearance = appearances.get(key) ?? appearanceOf(update, options, { width, height, rotate });
    appearances.set(key, appearance);
    return appearance;
  };
  if (existing !== null) {
    const boxes = existing.widgets.map((widget) => {
      const size = sizeOf(widget);
      return size === null ? undefined : shown(size.width, size.height, rotationOf(update.document, widget));
    });
    fillSignatureField(update, existing.name, value, boxes);
    return;
  }
  const field = {
    name: options.field ?? freeFieldName(update.document, 'Signature'),
    value,
    ...(lock !== undefined && { entries: { Lock: lockEntry(lock) } }),
  };
  if (visible === undefined) {
    addSignatureField(update, field);
    return;
  }
  const places = [firstPlace(visible, options.field), ...(visible.more ?? [])].map((place): NewWidget => {
    const page = pageOf(update.document, place.page);
    const { x, y, width, height } = place;
    if (![x, y, width, height].every(Number.isFinite)) throw new Fault('bad-option', 'visible: x, y, width and height are points');
    const turned = page.rotate === 90 || page.rotate === 270;
    const appearance = turned ? shown(height, width, page.rotate) : shown(width, height, page.rotate);
    return { page: page.index, rectangle: boxOnPage(page, x, y, width, height), appearance };
  });
  const [first, ...more] = places;
  addSignatureField(update, { ...field, ...first, more });
}

function firstPlace({ page, x, y, width, height }: VisibleSignature, field: string | undefined): SignaturePlace {
  if (page === undefined || x === undefined || y === undefined || width === undefined || height === undefined)
    throw new Fault(
      'bad-option',
      field === undefined
        ? 'visible: page, x, y, width and height say where the signature shows'
        : `visible: the form has no field '${field}' yet, so page, x, y, width and height say where it shows`,
    );
  return { page, x, y, width, height };
}

function pageOf(document: PdfDocument, number: number): Page {
  const page = Number.isInteger(number) && number > 0 ? pageAt(document, number - 1) : null;
  if (page === null || !page.ok) throw new Fault('bad-option', `visible.page: the document has no page ${number}`);
  return page.value;
}

function sizeOf({ rectangle }: Widget): { readonly width: number; readonly height: number } | null {
  if (rectangle === null) return null;
  const [width, height] = [rectangle[2] - rectangle[0], rectangle[3] - rectangle[1]];
  return width > 0 && height > 0 ? { width, height } : null;
}

/** As its author turned the widget (/MK, /R), else as the page is turned. */
function rotationOf(document: PdfDocument, widget: Widget): number {
  const characteristics = dictAt(document, widget.dict, 'MK');
  const told = characteristics === null ? null : asInteger(valueAt(document, characteristics, 'R'));
  if (told !== null && told % 90 === 0) return ((told % 360) + 360) % 360;
  const index = widgetPage(document, widget);
  const page = index === null ? null : pageAt(document, index);
  return page?.ok ? page.value.rotate : 0;
}

function appearanceOf(update: Update, options: PadesOptions, box: { width: number; height: number; rotate: number }): PdfRef {
  const { page: _, x: _x, y: _y, width: _w, height: _h, more: _more, text, ...style } = options.visible ?? {};
  const pictured = style.image !== undefined || style.drawing !== undefined;
  const named = style.layout === 'name-left';
  const lines = text ?? (pictured && !named ? [] : standardText(options, named));
  return addAppearance(update, { ...style, ...box, lines, name: signerName(options) });
}

/** Who, when, why and where; the large name need not be said twice. */
function standardText(options: PadesOptions, named: boolean): string[] {
  const time = toIso(Math.floor(options.at / 1000) * 1000)
    .replace('T', ' ')
    .replace('Z', ' UTC');
  const lines = [named ? 'Digitally signed' : `Digitally signed by ${signerName(options)}`, time];
  if (options.reason !== undefined) lines.push(`Reason: ${options.reason}`);
  if (options.location !== undefined) lines.push(`Location: ${options.location}`);
  return lines;
}

function signerName(options: PadesOptions): string {
  if (options.name !== undefined) return options.name;
  const certificate = parseCertificate(options.chain[0]);
  const subject = certificate.ok ? certificate.value.subject.text : '';
  return /(?:^|,)CN=((?:\\.|[^,+\\])+)/.exec(subject)?.[1]?.replace(/\\(.)/g, '$1') ?? subject;
}
