/** Adds signatures to a form: a new field with its widget, or the value of an empty one (ISO 32000-2, 12.7 and 12.8). */
import { Fault } from '../base/fault.ts';
import { exact } from '../base/options.ts';
import { add, allocate, current, currentDict, put, type Update } from './append.ts';
import { catalogRef } from './document.ts';
import { formFields, signatureFields } from './field.ts';
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
  withEntries,
} from './object.ts';
import { type Page, pageAt, type Rectangle } from './page.ts';
import { textString } from './text.ts';

export interface NewSignatureField {
  /** Partial name of a field at the top of the form. */
  readonly name: string;
  /** The signature dictionary, or null for an empty field. */
  readonly value: PdfRef | null;
  /** Page that the widget goes to, 0 for the first. */
  readonly page?: number;
  /** Where it shows, in the page's own coordinates; without one the signature is invisible. */
  readonly rectangle?: Rectangle;
  /** A form XObject for the normal appearance. */
  readonly appearance?: PdfRef;
  /** Further entries of the field, such as /Lock. */
  readonly entries?: Readonly<Record<string, PdfObject>>;
}

/**
 * Adds a signature field whose only widget is the same object, lists it in the form and on the page, and sets /SigFlags.
 * Throws `refused` where the name is taken, `bad-option` for a name that no field can have or a page that is not there.
 */
export function addSignatureField(update: Update, field: NewSignatureField): PdfRef {
  exact('addSignatureField', field, ['name', 'value', 'page', 'rectangle', 'appearance', 'entries']);
  if (field.name === '' || field.name.includes('.')) throw new Fault('bad-option', 'a field name is not empty and holds no full stop');
  const taken = formFields(update.document).some(({ name: other }) => other === field.name || other.startsWith(`${field.name}.`));
  if (taken || addedNames(update).has(field.name)) throw new Fault('refused', `the form already has a field named '${field.name}'`);
  const page = pageAt(update.document, field.page ?? 0);
  if (!page.ok) throw new Fault('bad-option', page.malformed.reason);
  const target = allocate(update);
  put(
    update,
    target,
    dict({
      Type: name('Annot'),
      Subtype: name('Widget'),
      FT: name('Sig'),
      T: textString(field.name),
      F: integer(PRINT_AND_LOCKED),
      Rect: array((field.rectangle ?? NOWHERE).map(coordinate)),
      P: page.value.ref ?? undefined,
      V: field.value ?? undefined,
      AP: field.appearance === undefined ? undefined : dict({ N: field.appearance }),
      ...field.entries,
    }),
  );
  addToForm(update, target);
  addToPage(update, page.value, target);
  return target;
}

/**
 * Signs an existing field: sets its /V, and the appearance of its first widget where one is given. Throws `refused`
 * where it is signed already, `bad-option` where there is no such signature field.
 */
export function fillSignatureField(update: Update, fieldName: string, value: PdfRef, appearance?: PdfRef): PdfRef {
  const field = signatureFields(update.document).find(({ name: own }) => own === fieldName);
  if (field === undefined) throw new Fault('bad-option', `the form has no signature field named '${fieldName}'`);
  const { ref: target } = field;
  if (target === null) throw new Fault('unsupported', `the field '${fieldName}' is no indirect object`);
  const now = currentDict(update, target) ?? field.dict;
  if (field.value !== null || entry(now, 'V') !== null) throw new Fault('refused', `the field '${fieldName}' is signed already`);
  put(update, target, withEntries(now, { V: value }));
  const widget = field.widgets[0]?.ref ?? null;
  if (appearance !== undefined && widget !== null) {
    const shown = currentDict(update, widget);
    if (shown !== null) put(update, widget, withEntries(shown, { AP: dict({ N: appearance }), AS: undefined }));
  }
  changeForm(update, (form) => form);
  return target;
}

/** Sets entries of the catalogue, such as /Perms or /DSS. */
export function changeCatalog(update: Update, entries: Readonly<Record<string, PdfObject | undefined>>): void {
  const root = catalogRef(update.document);
  const catalog = currentDict(update, root);
  if (root === null || catalog === null) throw new Fault('malformed-input', 'the PDF has no catalogue');
  put(update, root, withEntries(catalog, entries));
}

/** The catalogue with the changes of this update. */
export function currentCatalog(update: Update): PdfDict {
  const catalog = currentDict(update, catalogRef(update.document));
  if (catalog === null) throw new Fault('malformed-input', 'the PDF has no catalogue');
  return catalog;
}

/** Names of the fields that this update adds. */
function addedNames(update: Update): Set<string> {
  const names = new Set<string>();
  for (const { value } of update.objects.values()) {
    if (!isKind(value, 'dict') || !isKind(entry(value, 'FT'), 'name')) continue;
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

/** /Annots may be an object of its own, or absent. */
function addToPage(update: Update, page: Page, widget: PdfRef): void {
  if (page.ref === null) throw new Fault('unsupported', 'the page is no indirect object');
  const now = currentDict(update, page.ref) ?? page.dict;
  const annotations = entry(now, 'Annots');
  const listed = current(update, annotations);
  const longer = array([...(isKind(listed, 'array') ? listed.items : []), widget]);
  if (isKind(annotations, 'ref') && isKind(listed, 'array')) put(update, annotations, longer);
  else put(update, page.ref, withEntries(now, { Annots: longer }));
}

const coordinate = (value: number): PdfObject => (Number.isInteger(value) ? integer(value) : real(value));

/** 12.5.3: bit 3 prints, bit 8 locks. */
const PRINT_AND_LOCKED = 132;
const SIGNATURES_EXIST = 1;
const APPEND_ONLY = 2;
const NOWHERE: Rectangle = [0, 0, 0, 0];
