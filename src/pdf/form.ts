/** Adds signatures to a form: a new field with its widget, or the value of an empty one (ISO 32000-2, 12.7 and 12.8). */
import { Fault } from '../base/fault.ts';
import { exact } from '../base/options.ts';
import { add, allocate, current, currentDict, put, type Update } from './append.ts';
import { changeCatalog, currentCatalog } from './catalog.ts';
import { pdfaClaim } from './conformance.ts';
import { formFields, isSigned, signatureFields } from './field.ts';
import {
  array,
  asInteger,
  dict,
  entry,
  integer,
  isKind,
  name,
  type PdfDict,
  type PdfObject,
  type PdfRef,
  real,
  streamOf,
  withEntries,
} from './object.ts';
import { isEmpty, type Page, pageAt, type Rectangle } from './page.ts';
import { requirePermission } from './permission.ts';
import { addFormElement, structureRoot } from './structure.ts';
import { textOf, textString } from './text.ts';

export interface NewSignatureField {
  /** Fully qualified name; the fields above it are made where they are missing. */
  readonly name: string;
  /** The signature dictionary, or null for an empty field. */
  readonly value: PdfRef | null;
  /** Page that the widget goes to, 0 for the first. */
  readonly page?: number;
  /** Where it shows, in the page's own coordinates; without one the signature is invisible. */
  readonly rectangle?: Rectangle;
  /** A form XObject for the normal appearance. */
  readonly appearance?: PdfRef;
  /** Further places where the field shows. */
  readonly more?: readonly NewWidget[];
  /** Further entries of the field, such as /Lock. */
  readonly entries?: Readonly<Record<string, PdfObject>>;
}

export interface NewWidget {
  readonly page: number;
  readonly rectangle: Rectangle;
  readonly appearance?: PdfRef;
}

/**
 * Adds a signature field, lists it in the form and on its pages, and sets /SigFlags. A field with one widget is the same
 * object as it. Throws `refused` where the name is taken, the field above it may not change any more or only the owner may, `bad-option` for a
 * name that no field can have or a page that is not there.
 */
export function addSignatureField(update: Update, field: NewSignatureField): PdfRef {
  exact('addSignatureField', field, ['name', 'value', 'page', 'rectangle', 'appearance', 'more', 'entries']);
  requirePermission(update.document, 'add-field');
  const parts = field.name.split('.');
  if (parts.some((part) => part === '')) throw new Fault('bad-option', 'no part of a field name is empty');
  refuseTakenName(update, field.name);
  const first: NewWidget = {
    page: field.page ?? 0,
    rectangle: field.rectangle ?? NOWHERE,
    ...(field.appearance !== undefined && { appearance: field.appearance }),
  };
  // PDF/A-1 wants an appearance of every widget, also of one without area (ISO 19005-1, 6.9).
  const nothing = pdfaClaim(update.document)?.part === 1 ? { appearance: add(update, NOTHING) } : {};
  const widgets = [first, ...(field.more ?? [])].map((widget) => ({ ...nothing, ...widget, on: pageOf(update, widget.page) }));
  const target = allocate(update);
  const partial = parts.at(-1) as string;
  const parent = placeInTree(update, parts, target);
  const root = structureRoot(update);
  const own = {
    ...{ FT: name('Sig'), T: textString(partial), Parent: parent ?? undefined, V: field.value ?? undefined },
    // What is read aloud in place of the field (12.7.4.1, table 226).
    ...(root !== null && { TU: textString(field.name) }),
    ...field.entries,
  };
  const [only] = widgets;
  if (widgets.length === 1 && only !== undefined) {
    put(update, target, dict({ ...widgetEntries(only, only.on), ...placed(update, root, only, target), ...own }));
    return target;
  }
  const kids = widgets.map((widget) => {
    const kid = allocate(update);
    put(update, kid, dict({ ...widgetEntries(widget, widget.on), ...placed(update, root, widget, kid), Parent: target }));
    return kid;
  });
  put(update, target, dict({ ...own, Kids: array(kids) }));
  return target;
}

/**
 * Signs an existing field: sets its /V, and the appearances of its widgets, in their order, where they are given. Throws
 * `refused` where it is signed already, `bad-option` where there is no such signature field.
 */
export function fillSignatureField(
  update: Update,
  fieldName: string,
  value: PdfRef,
  appearances: readonly (PdfRef | undefined)[] = [],
): PdfRef {
  requirePermission(update.document, 'fill-field');
  const field = signatureFields(update.document).find(({ name: own }) => own === fieldName);
  if (field === undefined) throw new Fault('bad-option', `the form has no signature field named '${fieldName}'`);
  const { ref: target } = field;
  if (target === null) throw new Fault('unsupported', `the field '${fieldName}' is no indirect object`);
  const now = currentDict(update, target) ?? field.dict;
  if (field.value !== null || entry(now, 'V') !== null) throw new Fault('refused', `the field '${fieldName}' is signed already`);
  put(update, target, withEntries(now, { V: value }));
  field.widgets.forEach(({ ref: widget }, i) => {
    const [appearance, shown] = [appearances[i], widget === null ? null : currentDict(update, widget)];
    if (appearance !== undefined && widget !== null && shown !== null)
      put(update, widget, withEntries(shown, { AP: dict({ N: appearance }), AS: undefined }));
  });
  changeForm(update, (form) => form);
  return target;
}

function widgetEntries({ rectangle, appearance }: NewWidget, page: Page): Record<string, PdfObject | undefined> {
  return {
    Type: name('Annot'),
    Subtype: name('Widget'),
    F: integer(PRINT_AND_LOCKED),
    Rect: array(rectangle.map(coordinate)),
    P: page.ref ?? undefined,
    AP: appearance === undefined ? undefined : dict({ N: appearance }),
  };
}

/** Lists a widget on its page, and in a tagged document what shows in the structure; gives the entry that leads there. */
function placed(
  update: Update,
  root: PdfRef | null,
  { rectangle, on }: NewWidget & { readonly on: Page },
  widget: PdfRef,
): Record<string, PdfObject> {
  addToPage(update, on, widget, root !== null);
  return root === null || isEmpty(rectangle) ? {} : { StructParent: addFormElement(update, root, widget, on.ref) };
}

function pageOf(update: Update, index: number): Page {
  const page = pageAt(update.document, index);
  if (!page.ok) throw new Fault('bad-option', page.malformed.reason);
  return page.value;
}

function refuseTakenName(update: Update, name: string): void {
  const taken = formFields(update.document).some(
    ({ name: other }) => other === name || other.startsWith(`${name}.`) || name.startsWith(`${other}.`),
  );
  if (taken || addedNames(update).has(name)) throw new Fault('refused', `the form already has a field named '${name}'`);
}

/** Hangs a field into the tree by its partial names (12.7.4.2), and gives its parent; fields above it that are missing are made. */
function placeInTree(update: Update, parts: readonly string[], target: PdfRef): PdfRef | null {
  const form = currentDict(update, entry(currentCatalog(update), 'AcroForm'));
  let above: PdfRef | null = null;
  let depth = 0;
  for (let kids = form === null ? null : entry(form, 'Fields'); depth < parts.length - 1; depth++) {
    const next: PdfRef | null = kidNamed(update, kids, parts[depth] as string);
    if (next === null) break;
    above = next;
    const found = currentDict(update, next);
    kids = found === null ? null : entry(found, 'Kids');
  }
  const missing = parts.slice(depth, -1).map((partial) => ({ partial, ref: allocate(update) }));
  missing.forEach(({ partial, ref }, i) => {
    const Parent = i === 0 ? (above ?? undefined) : missing[i - 1]?.ref;
    put(update, ref, dict({ T: textString(partial), Parent, Kids: array([missing[i + 1]?.ref ?? target]) }));
  });
  const top = missing[0]?.ref ?? target;
  if (above === null) addToForm(update, top);
  else addToField(update, above, top);
  return missing.at(-1)?.ref ?? above;
}

function kidNamed(update: Update, kids: PdfObject, partial: string): PdfRef | null {
  const listed = current(update, kids);
  if (!isKind(listed, 'array')) return null;
  for (const kid of listed.items) {
    const found = isKind(kid, 'ref') ? currentDict(update, kid) : null;
    if (found !== null && isKind(kid, 'ref') && textOf(current(update, entry(found, 'T'))) === partial) return kid;
  }
  return null;
}

/** What is below a field of the form is part of what was signed, so that nothing may be hung below it later. */
function addToField(update: Update, above: PdfRef, kid: PdfRef): void {
  const now = currentDict(update, above);
  if (now === null) throw new Fault('malformed-input', 'a field of the form cannot be read');
  if (isSigned(update.document))
    throw new Fault('refused', 'a signed PDF takes no new field below one that is there: choose a name without that field in front');
  const kids = entry(now, 'Kids');
  const listed = current(update, kids);
  const longer = array([...(isKind(listed, 'array') ? listed.items : []), kid]);
  if (isKind(kids, 'ref') && isKind(listed, 'array')) put(update, kids, longer);
  else put(update, above, withEntries(now, { Kids: longer }));
  changeForm(update, (form) => form);
}

/** Names of the fields that this update adds at the top of the form. */
function addedNames(update: Update): Set<string> {
  const names = new Set<string>();
  for (const { value } of update.objects.values()) {
    if (!isKind(value, 'dict') || !isKind(entry(value, 'FT'), 'name') || entry(value, 'Parent') !== null) continue;
    const partial = entry(value, 'T');
    if (isKind(partial, 'string')) names.add(new TextDecoder('latin1').decode(partial.bytes));
  }
  return names;
}

/** /Fields may be an object of its own, or absent. */
function addToForm(update: Update, field: PdfRef): void {
  changeForm(update, (form) => {
    const fields = entry(form, 'Fields');
    const listed = current(update, fields);
    const longer = array([...(isKind(listed, 'array') ? listed.items : []), field]);
    if (!isKind(fields, 'ref') || !isKind(listed, 'array')) return withEntries(form, { Fields: longer });
    put(update, fields, longer);
    return form;
  });
}

/** The form may be an object of its own, in the catalogue, or absent. Signatures exist and the file is append-only (12.7.3, table 225). */
function changeForm(update: Update, change: (form: PdfDict) => PdfDict): void {
  const catalog = currentCatalog(update);
  const place = entry(catalog, 'AcroForm');
  const before = currentDict(update, place) ?? dict({ Fields: array([]) });
  const flags = asInteger(current(update, entry(before, 'SigFlags'))) ?? 0;
  const after = change(withEntries(before, { SigFlags: integer(flags | SIGNATURES_EXIST | APPEND_ONLY) }));
  if (isKind(place, 'ref') && currentDict(update, place) !== null) put(update, place, after);
  else changeCatalog(update, { AcroForm: place === null ? add(update, after) : after });
}

/** /Annots may be an object of its own, or absent. In a tagged document the order of the structure is that of the tabulator, unless the page tells another. */
function addToPage(update: Update, page: Page, widget: PdfRef, tagged: boolean): void {
  if (page.ref === null) throw new Fault('unsupported', 'the page is no indirect object');
  const now = currentDict(update, page.ref) ?? page.dict;
  const annotations = entry(now, 'Annots');
  const listed = current(update, annotations);
  const longer = array([...(isKind(listed, 'array') ? listed.items : []), widget]);
  const own = isKind(annotations, 'ref') && isKind(listed, 'array');
  if (own) put(update, annotations, longer);
  const tabs = tagged && entry(now, 'Tabs') === null && !isSigned(update.document) ? { Tabs: name('S') } : {};
  if (!own || tabs.Tabs) put(update, page.ref, withEntries(now, { ...(!own && { Annots: longer }), ...tabs }));
}

const coordinate = (value: number): PdfObject => (Number.isInteger(value) ? integer(value) : real(value));

/** 12.5.3: bit 3 prints, bit 8 locks. */
const PRINT_AND_LOCKED = 132;
const SIGNATURES_EXIST = 1;
const APPEND_ONLY = 2;
const NOWHERE: Rectangle = [0, 0, 0, 0];
const NOTHING = streamOf(
  dict({ Type: name('XObject'), Subtype: name('Form'), BBox: array([0, 0, 0, 0].map(coordinate)), Resources: dict({}) }),
  new Uint8Array(0),
);
