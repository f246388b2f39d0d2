/** Form fields, those for signatures above all (ISO 32000-2, 12.7). */
import { budget, spend } from '../base/budget.ts';
import { catalogOf, dictAt, itemsAt, type PdfDocument, resolve, valueAt } from './document.ts';
import { LIMITS } from './limits.ts';
import { asDict, asName, entry, isKind, isName, type PdfDict, type PdfObject, type PdfRef } from './object.ts';
import { pageIndexOf, pages, type Rectangle, rectangleOf } from './page.ts';
import { type FieldLock, readLock, readPermissions, readSignature, type SignatureDictionary } from './signature.ts';
import { textOf } from './text.ts';

/** A terminal field of the form with what it inherits. */
export interface FormField {
  /** Fully qualified (12.7.4.2): partial names joined by full stops. */
  readonly name: string;
  readonly ref: PdfRef | null;
  readonly dict: PdfDict;
  /** /FT, own or inherited. */
  readonly type: string | null;
  /** /V as written, own or inherited: a reference stays one. */
  readonly value: PdfObject;
  readonly widgets: readonly Widget[];
}

/** One place on a page where a field shows. */
export interface Widget {
  readonly ref: PdfRef | null;
  readonly dict: PdfDict;
  readonly rectangle: Rectangle | null;
  /** /P, where it is told; see {@link widgetPage}. */
  readonly page: PdfRef | null;
}

export interface SignatureField extends FormField {
  readonly lock: FieldLock | null;
  /** The reference in /V, null where there is none. */
  readonly signatureRef: PdfRef | null;
  /** Null for a field that is not signed (or whose value is no dictionary). */
  readonly signature: SignatureDictionary | null;
}

/** The interactive form (12.7.3), or null. */
export const formOf = (document: PdfDocument): PdfDict | null => {
  const catalog = catalogOf(document);
  return catalog === null ? null : dictAt(document, catalog, 'AcroForm');
};

/** Every terminal field reached from the form, in the order of the tree; loops are cut. */
export function formFields(document: PdfDocument): readonly FormField[] {
  const form = formOf(document);
  const items = form === null ? null : itemsAt(document, form, 'Fields');
  if (items === null) return [];
  const found: FormField[] = [];
  const visits = budget('fields', LIMITS.fields);
  const seen = new Set<number>();
  const stack: Pending[] = items.map((item) => ({ item, name: '', type: null, value: null, depth: 0 })).reverse();
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (!spend(visits)) break;
    const { item } = next;
    if (isKind(item, 'ref')) {
      if (seen.has(item.num)) continue;
      seen.add(item.num);
    }
    const dict = asDict(resolve(document, item));
    if (dict === null) continue;
    const own = inherit(document, dict, next);
    const kids = itemsAt(document, dict, 'Kids') ?? [];
    const fields = kids.filter((kid) => isField(document, kid));
    if (fields.length > 0 && next.depth < LIMITS.treeDepth) {
      for (const kid of fields.reverse()) stack.push({ ...own, item: kid, depth: next.depth + 1 });
    } else {
      const widgets = kids.length === 0 ? [item] : kids;
      found.push({ ...own, ref: isKind(item, 'ref') ? item : null, dict, widgets: widgetsOf(document, widgets) });
    }
  }
  return found;
}

/** The signature fields of the form, signed and empty. */
export function signatureFields(document: PdfDocument): readonly SignatureField[] {
  return formFields(document)
    .filter(({ type }) => type === 'Sig')
    .map((field) => signatureFieldOf(document, field));
}

/**
 * Signatures that no field of the form holds: from /Perms (certification, usage rights) and from signature widgets
 * on pages. Each is told once.
 */
export function straySignatures(document: PdfDocument, fields: readonly SignatureField[]): readonly SignatureDictionary[] {
  const known = new Set(fields.map(({ signatureRef }) => signatureRef?.num));
  const found: SignatureDictionary[] = [];
  const consider = (value: PdfObject) => {
    if (value === null || (isKind(value, 'ref') && known.has(value.num))) return;
    if (isKind(value, 'ref')) known.add(value.num);
    const signature = readSignature(document, value);
    if (signature !== null) found.push(signature);
  };
  const catalog = catalogOf(document);
  if (catalog !== null) {
    const { docMdp, ur3 } = readPermissions(document, catalog);
    consider(docMdp);
    consider(ur3);
  }
  const inForm = new Set(fields.flatMap(({ ref, widgets }) => [ref?.num, ...widgets.map((widget) => widget.ref?.num)]));
  const visits = budget('annotations', LIMITS.fields);
  for (const page of pages(document)) {
    for (const item of itemsAt(document, page.dict, 'Annots') ?? []) {
      if (!spend(visits)) return found;
      if (isKind(item, 'ref') && inForm.has(item.num)) continue;
      const annotation = asDict(resolve(document, item));
      if (annotation !== null && isName(valueAt(document, annotation, 'FT'), 'Sig')) consider(entry(annotation, 'V'));
    }
  }
  return found;
}

/** Whether there is a signature, in a field or out of one. */
export function isSigned(document: PdfDocument): boolean {
  const fields = signatureFields(document);
  return fields.some(({ signature }) => signature !== null) || straySignatures(document, fields).length > 0;
}

/** Index of the page that a widget is on: by its /P, or by the page that lists it; null where none does. */
export function widgetPage(document: PdfDocument, widget: Widget): number | null {
  const told = widget.page === null ? null : pageIndexOf(document, widget.page);
  if (told !== null || widget.ref === null) return told;
  const { num } = widget.ref;
  for (const page of pages(document)) {
    if ((itemsAt(document, page.dict, 'Annots') ?? []).some((item) => isKind(item, 'ref') && item.num === num)) return page.index;
  }
  return null;
}

interface Inherited {
  readonly name: string;
  readonly type: string | null;
  readonly value: PdfObject;
}

interface Pending extends Inherited {
  readonly item: PdfObject;
  readonly depth: number;
}

/** /FT and /V are inheritable (12.7.4.1). */
function inherit(document: PdfDocument, dict: PdfDict, above: Inherited): Inherited {
  const partial = textOf(valueAt(document, dict, 'T'));
  const name = partial === null ? above.name : above.name === '' ? partial : `${above.name}.${partial}`;
  return { name, type: asName(valueAt(document, dict, 'FT')) ?? above.type, value: dict.entries.get('V') ?? above.value };
}

/** A kid with a partial name, or with kids of its own, is a field; one without is a widget of its parent. */
function isField(document: PdfDocument, kid: PdfObject): boolean {
  const dict = asDict(resolve(document, kid));
  return dict !== null && (dict.entries.has('T') || dict.entries.has('Kids'));
}

function widgetsOf(document: PdfDocument, items: readonly PdfObject[]): Widget[] {
  const found: Widget[] = [];
  for (const item of items) {
    const dict = asDict(resolve(document, item));
    if (dict === null || (!dict.entries.has('Rect') && !isName(valueAt(document, dict, 'Subtype'), 'Widget'))) continue;
    const page = entry(dict, 'P');
    found.push({
      ref: isKind(item, 'ref') ? item : null,
      dict,
      rectangle: rectangleOf(document, entry(dict, 'Rect')),
      page: isKind(page, 'ref') ? page : null,
    });
  }
  return found;
}

function signatureFieldOf(document: PdfDocument, field: FormField): SignatureField {
  const { value } = field;
  return {
    ...field,
    lock: readLock(document, field.dict),
    signatureRef: isKind(value, 'ref') ? value : null,
    signature: readSignature(document, value),
  };
}
