/** Rules for what a later revision may change: each difference becomes a named change with the permission that it needs (ISO 32000-2, 12.8.2.2). */
import { type Change, type Needs, never } from './change.ts';
import { dictAt, type PdfDocument, resolve, valueAt } from './document.ts';
import { asDict, asInteger, asName, entry, isKind, type PdfDict, type PdfObject } from './object.ts';
import { type FieldRole, inheritedField, type Role } from './roles.ts';
import { changedKeys, sameObject } from './same.ts';

/** Collects the changes between two neighbouring revisions. */
export interface ChangeRules {
  readonly older: PdfDocument;
  readonly newer: PdfDocument;
  add(change: Change): void;
  /** Judges one object of the older revision that the newer one holds differently. */
  changed(num: number, role: Role, was: PdfObject, is: PdfObject): void;
  changes(): Change[];
}

export function rulesFor(older: PdfDocument, newer: PdfDocument): ChangeRules {
  const found: Change[] = [];
  const add = (change: Change): void => void found.push(change);
  const context: Context = { older, newer, add };
  return { older, newer, add, changed: (num, role, was, is) => changed(context, `${num} 0 R`, role, was, is), changes: () => found };
}

interface Context {
  readonly older: PdfDocument;
  readonly newer: PdfDocument;
  readonly add: (change: Change) => void;
}

function changed(context: Context, object: string, role: Role, was: PdfObject, is: PdfObject): void {
  switch (role.kind) {
    case 'bookkeeping':
      return context.add(of('material-or-metadata', object, 'nothing', 'validation material or metadata was written'));
    case 'permissions':
      return context.add(never('permissions-changed', object, 'the permissions of the document were changed'));
    case 'form-fields':
      return fieldsChanged(context, object, items(was), items(is));
    case 'annotations':
      return annotationsChanged(context, object, role.page, items(was), items(is));
    case 'annotation':
      return annotationChanged(context, object, role.page, was, is);
    case 'signature-value':
      return context.add(never('signature-changed', object, `the signature in field '${role.field.name}' was changed`));
    case 'field-value':
      return context.add(of('field-filled', object, 'form-fill', `the field '${role.field.name}' was filled in`, role.field.name));
    case 'appearance':
      return context.add(appearanceChanged(object, role.field));
    default:
      return dictionaryChanged(context, object, role, asDict(was), asDict(is));
  }
}

function dictionaryChanged(context: Context, object: string, role: Role, was: PdfDict | null, is: PdfDict | null): void {
  if (was === null || is === null) {
    return context.add(
      never('object-changed', object, `what was ${role.kind === 'field' ? 'a field' : `the ${role.kind}`} is something else now`),
    );
  }
  for (const key of changedKeys(was, is)) {
    if (role.kind === 'catalog') catalogEntry(context, object, key, was, is);
    else if (role.kind === 'acroform') formEntry(context, object, key, was, is);
    else if (role.kind === 'form-resources') resourceEntry(context, object, key, was, is);
    else if (role.kind === 'page') pageEntry(context, object, role.page, key, was, is);
    else if (role.kind === 'field') fieldEntry(context, object, role.field, key, was, is);
  }
}

function catalogEntry(context: Context, object: string, key: string, was: PdfDict, is: PdfDict): void {
  if (key === 'AcroForm') {
    const before = dictAt(context.older, was, key) ?? EMPTY;
    const after = dictAt(context.newer, is, key);
    if (after === null) return context.add(never('form-removed', object, 'the interactive form was removed'));
    for (const name of changedKeys(before, after)) formEntry(context, object, name, before, after);
    return;
  }
  if (CATALOG_BOOKKEEPING.has(key)) {
    const why = key === 'DSS' ? 'validation material was added' : 'metadata or the list of extensions was changed';
    return context.add(of(key === 'DSS' ? 'material-or-metadata' : 'metadata', object, 'nothing', why));
  }
  context.add(never('catalog-changed', object, `the entry /${key} of the document catalogue was changed`));
}

function formEntry(context: Context, object: string, key: string, was: PdfDict, is: PdfDict): void {
  if (key === 'Fields') {
    return fieldsChanged(context, object, items(valueAt(context.older, was, key)), items(valueAt(context.newer, is, key)));
  }
  if (key === 'SigFlags') return;
  if (key === 'DR') {
    const before = dictAt(context.older, was, key) ?? EMPTY;
    const after = dictAt(context.newer, is, key) ?? EMPTY;
    for (const name of changedKeys(before, after)) resourceEntry(context, object, name, before, after);
    return;
  }
  if (key === 'DA' || key === 'NeedAppearances') {
    return context.add(of('form-changed', object, 'form-fill', `the entry /${key} of the interactive form was changed`));
  }
  context.add(never('form-changed', object, `the entry /${key} of the interactive form was changed`));
}

/** Resources of form fields may get more entries; none that was there may change. */
function resourceEntry(context: Context, object: string, key: string, was: PdfDict, is: PdfDict): void {
  const before = valueAt(context.older, was, key);
  const after = valueAt(context.newer, is, key);
  const grown =
    before === null ||
    (isKind(before, 'dict') &&
      isKind(after, 'dict') &&
      [...before.entries].every(([name, value]) => sameObject(value, entry(after, name))));
  if (grown) context.add(of('form-resources-added', object, 'signing', 'resources for the appearance of fields were added'));
  else context.add(never('form-resources-changed', object, 'a resource that fields are drawn with was changed'));
}

function fieldsChanged(context: Context, object: string, was: readonly PdfObject[], is: readonly PdfObject[]): void {
  const { added, removed } = compareItems(was, is);
  for (const _ of removed) context.add(never('field-removed', object, 'a form field was removed'));
  for (const item of added) {
    const field = asDict(resolve(context.newer, item));
    const signature = field !== null && isSignatureField(context.newer, field, 0);
    const role = field === null ? null : inheritedField(context.newer, field);
    if (role === null || !signature) {
      context.add(never('field-added', name(item, object), `a form field${role ? ` '${role.name}'` : ''} that is no signature was added`));
    } else context.add(signatureAdded(context, name(item, object), role, field as PdfDict));
  }
}

/** A new field whose every terminal is of type Sig. */
function isSignatureField(document: PdfDocument, field: PdfDict, depth: number): boolean {
  if (inheritedField(document, field).type === 'Sig') return true;
  const kids = items(valueAt(document, field, 'Kids'));
  if (kids.length === 0 || kids.length > MANY || depth > 8) return false;
  return kids.every((kid) => {
    const dictionary = asDict(resolve(document, kid));
    return dictionary !== null && isSignatureField(document, dictionary, depth + 1);
  });
}

function signatureAdded(context: Context, object: string, role: FieldRole, field: PdfDict): Change {
  if (isDocumentTimestamp(context.newer, field)) {
    return of('timestamp-added', object, 'nothing', 'a document time-stamp was added', role.name);
  }
  const signed = role.signed;
  return of(
    signed ? 'signature-added' : 'signature-field-added',
    object,
    'signing',
    signed ? `a signature was added in field '${role.name}'` : `an empty signature field '${role.name}' was added`,
    role.name,
  );
}

function isDocumentTimestamp(document: PdfDocument, field: PdfDict): boolean {
  const value = dictAt(document, field, 'V');
  return value !== null && asName(valueAt(document, value, 'SubFilter')) === 'ETSI.RFC3161';
}

function fieldEntry(context: Context, object: string, field: FieldRole, key: string, was: PdfDict, is: PdfDict): void {
  const signature = field.type === 'Sig';
  if (key === 'V') {
    if (!signature) return context.add(of('field-filled', object, 'form-fill', `the field '${field.name}' was filled in`, field.name));
    const empty = valueAt(context.older, was, 'V') === null;
    if (empty) return context.add(signatureAdded(context, object, { ...field, signed: true }, is));
    return context.add(never('signature-changed', object, `the signature in field '${field.name}' was replaced or removed`));
  }
  if (key === 'AP' || key === 'AS') return context.add(appearanceChanged(object, field));
  if (key === 'Ff' && onlyReadOnlyAdded(was, is)) {
    return context.add(of('field-locked', object, 'form-fill', `the field '${field.name}' was made read-only`, field.name));
  }
  if (FIELD_BOOKKEEPING.has(key) && !(signature && field.signed)) {
    return context.add(
      of('field-filled', object, signature ? 'signing' : 'form-fill', `the field '${field.name}' was changed`, field.name),
    );
  }
  context.add(never('field-changed', object, `the entry /${key} of the field '${field.name}' was changed`));
}

function appearanceChanged(object: string, field: FieldRole): Change {
  if (field.type === 'Sig' && field.signed) {
    return never('signature-appearance-changed', object, `the appearance of the signature in field '${field.name}' was changed`);
  }
  const needs: Needs = field.type === 'Sig' ? 'signing' : 'form-fill';
  return of('field-appearance', object, needs, `the appearance of the field '${field.name}' was changed`, field.name);
}

function pageEntry(context: Context, object: string, page: number, key: string, was: PdfDict, is: PdfDict): void {
  if (key === 'Annots') {
    return annotationsChanged(context, object, page, items(valueAt(context.older, was, key)), items(valueAt(context.newer, is, key)));
  }
  if (PAGE_BOOKKEEPING.has(key)) return context.add({ ...of('metadata', object, 'nothing', `/${key} of page ${page} was changed`), page });
  context.add({ ...never('page-changed', object, `the entry /${key} of page ${page} was changed`), page });
}

function annotationsChanged(context: Context, object: string, page: number, was: readonly PdfObject[], is: readonly PdfObject[]): void {
  const { added, removed } = compareItems(was, is);
  for (const item of removed) {
    const widget = isWidget(context.older, item);
    const change = widget
      ? never('widget-removed', name(item, object), `a form field was taken off page ${page}`)
      : of('annotation-removed', name(item, object), 'annotation', `an annotation was removed from page ${page}`);
    context.add({ ...change, page });
  }
  for (const item of added) {
    const annotation = asDict(resolve(context.newer, item));
    if (annotation !== null && isWidget(context.newer, item)) widgetAdded(context, name(item, object), page, annotation);
    else context.add({ ...of('annotation-added', name(item, object), 'annotation', `an annotation was added to page ${page}`), page });
  }
}

function widgetAdded(context: Context, object: string, page: number, widget: PdfDict): void {
  const field = inheritedField(context.newer, widget);
  if (field.type !== 'Sig') {
    return context.add({ ...never('widget-added', object, `a form field that is no signature was put on page ${page}`), page });
  }
  const holder = valueAt(context.newer, widget, 'V') === null ? (dictAt(context.newer, widget, 'Parent') ?? widget) : widget;
  const needs: Needs = isDocumentTimestamp(context.newer, holder) ? 'nothing' : 'signing';
  context.add({
    ...of('signature-widget', object, needs, `the signature field '${field.name}' was put on page ${page}`, field.name),
    page,
  });
}

function annotationChanged(context: Context, object: string, page: number, was: PdfObject, is: PdfObject): void {
  const before = asDict(was);
  if (before !== null && asName(valueAt(context.older, before, 'Subtype')) === 'Widget') {
    const field = inheritedField(context.older, before);
    return dictionaryChanged(context, object, { kind: 'field', field }, before, asDict(is));
  }
  context.add({ ...of('annotation-changed', object, 'annotation', `an annotation on page ${page} was changed`), page });
}

/** Items of one array that the other has not: references by number, direct objects by value. */
function compareItems(was: readonly PdfObject[], is: readonly PdfObject[]): { added: PdfObject[]; removed: PdfObject[] } {
  const numbers = (list: readonly PdfObject[]) => new Set(list.flatMap((item) => (isKind(item, 'ref') ? [item.num] : [])));
  const direct = (list: readonly PdfObject[]) => list.filter((item) => !isKind(item, 'ref')).slice(0, MANY);
  const missingFrom = (list: readonly PdfObject[]) => {
    const held = numbers(list);
    const values = direct(list);
    return (item: PdfObject): boolean =>
      isKind(item, 'ref') ? !held.has(item.num) : item !== null && !values.some((value) => sameObject(value, item));
  };
  return { added: is.filter(missingFrom(was)), removed: was.filter(missingFrom(is)) };
}

function isWidget(document: PdfDocument, item: PdfObject): boolean {
  const annotation = asDict(resolve(document, item));
  return annotation !== null && asName(valueAt(document, annotation, 'Subtype')) === 'Widget';
}

function onlyReadOnlyAdded(was: PdfDict, is: PdfDict): boolean {
  const before = asInteger(entry(was, 'Ff')) ?? 0;
  return asInteger(entry(is, 'Ff')) === (before | 1);
}

const items = (value: PdfObject): readonly PdfObject[] => (isKind(value, 'array') ? value.items : []);
const name = (item: PdfObject, holder: string): string => (isKind(item, 'ref') ? `${item.num} ${item.gen} R` : holder);
const of = (kind: string, object: string, needs: Needs, why: string, field: string | null = null): Change => ({
  kind,
  object,
  field,
  page: null,
  needs,
  why,
});

const EMPTY: PdfDict = { kind: 'dict', entries: new Map(), repeated: [] };
const CATALOG_BOOKKEEPING: ReadonlySet<string> = new Set(['DSS', 'Extensions', 'Metadata', 'Version']);
const PAGE_BOOKKEEPING: ReadonlySet<string> = new Set(['LastModified', 'PieceInfo']);
/** Entries that a writer sets on a field's widget while filling it in. */
const FIELD_BOOKKEEPING: ReadonlySet<string> = new Set(['F', 'P', 'M', 'MK', 'BS', 'RV', 'DA', 'I', 'TI']);
/** Direct values are compared one by one; a hostile array ends here and the rest counts as added. */
const MANY = 200;
