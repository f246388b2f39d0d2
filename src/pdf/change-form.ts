/** What a later revision changed in the interactive form: filled, signed, added, or what nothing allows (ISO 32000-2, 12.7, 12.8.2.2). */
import { type Change, change, EVERY_FIELD, type Needs, never } from './change.ts';
import { type Comparison, compareItems, itemsOf, nameOf } from './change-comparison.ts';
import { dictAt, type PdfDocument, resolve, valueAt } from './document.ts';
import { asDict, asInteger, asName, entry, isKind, type PdfDict, type PdfObject } from './object.ts';
import { isEmpty, rectangleOf } from './page.ts';
import { type FieldRole, fieldRoleOf, fieldValue } from './roles.ts';
import { changedKeys, sameObject } from './same.ts';
import { kindOf } from './signature.ts';

/** An entry of the interactive form dictionary (12.7.3). */
export function acroFormChanged(to: Comparison, object: string, key: string, was: PdfDict, is: PdfDict): void {
  const [before, after] = [valueAt(to.older, was, key), valueAt(to.newer, is, key)];
  if (key === 'Fields') return fieldsChanged(to, object, before, after);
  if (key === 'SigFlags' && asInteger(after) !== null) return;
  if (key === 'DR' && isKind(after, 'dict') && after.repeated.length === 0) {
    const resources = asDict(before) ?? EMPTY;
    for (const name of changedKeys(resources, after)) resourcesChanged(to, object, name, resources, after);
    return;
  }
  const simple = (key === 'DA' && isKind(after, 'string')) || (key === 'NeedAppearances' && typeof after === 'boolean');
  // Fields are drawn anew with them, those too that are locked.
  const redrawn = key === 'DA' ? before !== null : after === true;
  const field = redrawn ? EVERY_FIELD : null;
  if (simple) return to.add(change('form-changed', object, 'form-fill', `the entry /${key} of the interactive form was changed`, field));
  to.add(never('form-changed', object, `the entry /${key} of the interactive form was changed`));
}

/**
 * Resources of form fields may get more entries, and none that was there may change; but no field is drawn with an XObject
 * from there (12.7.4.3), and some signers put their latest one in the place of the one before.
 */
export function resourcesChanged(to: Comparison, object: string, key: string, was: PdfDict, is: PdfDict): void {
  const [before, after] = [valueAt(to.older, was, key), valueAt(to.newer, is, key)];
  const held = asDict(before);
  const grown =
    before === null ||
    (key === 'XObject' && isKind(before, 'dict') && isKind(after, 'dict')) ||
    (held !== null &&
      isKind(after, 'dict') &&
      after.repeated.length === 0 &&
      [...held.entries].every(([name, value]) => sameObject(value, entry(after, name))));
  if (grown) to.add(change('form-resources-added', object, 'signing', 'resources for the appearance of fields were added'));
  else to.add(never('form-resources-changed', object, 'a resource that fields are drawn with was changed'));
}

/** /Fields: signature fields may be added, nothing may be taken away. */
export function fieldsChanged(to: Comparison, object: string, was: PdfObject, is: PdfObject): void {
  if (is !== null && !isKind(is, 'array'))
    return to.add(never('form-changed', object, 'what was the list of fields is something else now'));
  const { added, removed } = compareItems(itemsOf(was), itemsOf(is));
  for (const item of removed) to.add(never('field-removed', nameOf(item, object), 'a form field was removed'));
  for (const item of added) {
    const found = isKind(item, 'ref') ? terminalsOf(to.newer, item) : null;
    if (found === null || found.length === 0) {
      to.add(never('field-added', nameOf(item, object), 'a form field that is no signature was added'));
    } else for (const terminal of found) fieldAdded(to, nameOf(item, object), terminal);
  }
}

/** An entry of a field of the form, or of its widget (12.7.4, 12.5.6.19). */
export function fieldChanged(to: Comparison, object: string, field: FieldRole, key: string, was: PdfDict, is: PdfDict): void {
  const [before, after] = [valueAt(to.older, was, key), valueAt(to.newer, is, key)];
  const signature = field.type === 'Sig';
  const filled = fieldValue(to.older, field) !== null;
  const { name } = field;
  if (key === 'V' && signature) {
    if (filled || before !== null)
      return to.add(never('signature-changed', object, `the signature in field '${name}' was replaced or removed`));
    const terminal = { role: field, value: entry(is, 'V'), widgets: widgetsOf(to.newer, field, is), dictionary: is };
    return signed(to, object, terminal);
  }
  if (key === 'V') return to.add(change('field-filled', object, 'form-fill', `the field '${name}' was filled in`, name));
  if (key === 'AP' && isShared(to, entry(was, key))) {
    return to.add(never('field-appearance', object, `the appearance that the field '${name}' had is in use elsewhere too`));
  }
  if (key === 'AP' || key === 'AS' || key === 'MK') return to.add(appearanceChanged(to, object, field));
  if (key === 'Ff' && onlyReadOnlyAdded(before, after)) {
    return to.add(change('field-locked', object, 'form-fill', `the field '${name}' was made read-only`));
  }
  if (key === 'Type' && before === null && asName(after) === 'Annot') return;
  if (key === 'F' && asInteger(after) !== null) {
    const [old, now] = [asInteger(before) ?? 0, asInteger(after) ?? 0];
    const shows = ((old ^ now) & HIDING) !== 0;
    const needs: Needs = shows ? 'annotation' : filling(to, field);
    if (!(signature && filled && shows))
      return to.add(change('field-flags', object, needs, `the flags of the field '${name}' were changed`, name));
  }
  if (FILLING.has(key) && !(signature && filled)) {
    return to.add(change('field-filled', object, filling(to, field), `the field '${name}' was changed`, name));
  }
  to.add(never('field-changed', object, `the entry /${key} of the field '${name}' was changed`));
}

/** A field may look different where its value is different, or where it is signed now. */
export function appearanceChanged(to: Comparison, object: string, field: FieldRole): Change {
  const { older, newer } = to;
  const { name, type } = field;
  const [was, is] = [fieldValue(older, field), fieldValue(newer, field)];
  if (type === 'Sig') {
    return was === null
      ? change('field-appearance', object, filling(to, field), `the appearance of the field '${name}' was changed`, name)
      : never('signature-appearance-changed', object, `the appearance of the signature in field '${name}' was changed`);
  }
  if (sameObject(was, is)) {
    const why = `the field '${name}' looks different although its value is the same`;
    return change('field-appearance', object, 'annotation', why, name);
  }
  return change('field-appearance', object, 'form-fill', `the appearance of the field '${name}' was changed`, name);
}

/** What is done to a signature field without signing it is no filling in: it has no value to show (12.7.5.5). */
function filling({ newer }: Comparison, field: FieldRole): Needs {
  if (field.type !== 'Sig') return 'form-fill';
  return fieldValue(newer, field) === null ? 'annotation' : 'signing';
}

/** A field without fields below it. */
interface Terminal {
  readonly role: FieldRole;
  readonly dictionary: PdfDict;
  /** /V as written, own or inherited. */
  readonly value: PdfObject;
  readonly widgets: readonly { readonly num: number | null; readonly dictionary: PdfDict }[];
}

/** The terminal fields of a new field; null where one of them is no signature, or where there are too many. */
function terminalsOf(document: PdfDocument, top: PdfObject): readonly Terminal[] | null {
  const found: Terminal[] = [];
  const stack: { item: PdfObject; above: FieldRole | null; value: PdfObject }[] = [{ item: top, above: null, value: null }];
  for (let visits = 0; ; visits++) {
    const next = stack.pop();
    if (next === undefined) return found;
    const dictionary = resolve(document, next.item);
    if (!isKind(dictionary, 'dict') || visits > MANY) return null;
    const role = fieldRoleOf(document, dictionary, isKind(next.item, 'ref') ? next.item.num : null, next.above);
    const value = dictionary.entries.get('V') ?? next.value;
    const kids = itemsOf(valueAt(document, dictionary, 'Kids'));
    const fields = kids.filter((kid) => {
      const below = asDict(resolve(document, kid));
      return below !== null && (below.entries.has('T') || below.entries.has('Kids'));
    });
    if (fields.length > 0) {
      if (fields.length < kids.length) return null;
      for (const item of fields) stack.push({ item, above: role, value });
    } else if (role.type !== 'Sig') return null;
    else
      found.push({
        role,
        dictionary,
        value,
        widgets: widgetsOf(document, role, dictionary, isKind(next.item, 'ref') ? next.item.num : null),
      });
  }
}

function widgetsOf(document: PdfDocument, role: FieldRole, dictionary: PdfDict, num: number | null = role.num): Terminal['widgets'] {
  const kids = itemsOf(valueAt(document, dictionary, 'Kids'));
  if (kids.length === 0) return [{ num, dictionary }];
  return kids.slice(0, MANY).flatMap((kid) => {
    const widget = asDict(resolve(document, kid));
    return widget === null ? [] : [{ num: isKind(kid, 'ref') ? kid.num : null, dictionary: widget }];
  });
}

function fieldAdded(to: Comparison, object: string, terminal: Terminal): void {
  const { role, value, widgets, dictionary } = terminal;
  if (to.map.fieldNames.has(role.name)) {
    return to.add(never('field-added', object, `a second field named '${role.name}' was added`));
  }
  const acts = [dictionary, ...widgets.map((widget) => widget.dictionary)].some((one) => one.entries.has('A') || one.entries.has('AA'));
  if (acts) return to.add(never('field-added', object, `the signature field '${role.name}' was added with actions of its own`));
  if (resolve(to.newer, value) !== null) return signed(to, object, terminal);
  const shown = widgets.some((widget) => isVisible(to.newer, widget.dictionary) && dictAt(to.newer, widget.dictionary, 'AP') !== null);
  const added = change(
    'signature-field-added',
    object,
    shown ? 'annotation' : 'signing',
    `an empty signature field '${role.name}' ${shown ? 'that shows something ' : ''}was added`,
  );
  to.add(added);
  place(to, terminal, added.needs);
}

/** A signature or time-stamp was put into a field, new or empty before. */
function signed(to: Comparison, object: string, terminal: Terminal): void {
  const { role, value, widgets } = terminal;
  const signature = asDict(resolve(to.newer, value));
  if (signature === null || (isKind(value, 'ref') && !to.isNew(value.num))) {
    return to.add(never('signature-added', object, `the field '${role.name}' shows a signature that was not made with this revision`));
  }
  const told = (key: string): string | null => asName(valueAt(to.newer, signature, key));
  const kind = kindOf({ type: told('Type'), subFilter: told('SubFilter') });
  if (typeof kind !== 'string') {
    return to.add(never('signature-added', object, `the field '${role.name}' shows what is neither a signature nor a time-stamp`));
  }
  const timestamp = kind === 'timestamp';
  const visible = widgets.some((widget) => isVisible(to.newer, widget.dictionary));
  const needs: Needs = timestamp && !visible ? 'nothing' : 'signing';
  const existing = to.map.fieldNames.has(role.name) ? role.name : null;
  to.add(
    timestamp
      ? change('timestamp-added', object, needs, `a document time-stamp was added in field '${role.name}'`, existing)
      : change('signature-added', object, needs, `a signature was added in field '${role.name}'`, existing),
  );
  place(to, terminal, needs);
}

function place(to: Comparison, { role, widgets }: Terminal, needs: Needs): void {
  for (const { num, dictionary } of widgets) {
    if (num === null) continue;
    const area = rectangleOf(to.newer, entry(dictionary, 'Rect'));
    const size =
      area === null || isEmpty(area) ? 'invisible' : `${rounded(area[2] - area[0])} by ${rounded(area[3] - area[1])} units large`;
    to.widgets.set(num, change('signature-widget', '', needs, `the signature field '${role.name}' was put on the page, ${size}`));
  }
}

/** Whether a widget can show anything at all: it has an area and no flag hides it (12.5.3). */
function isVisible(document: PdfDocument, widget: PdfDict): boolean {
  const area = rectangleOf(document, entry(widget, 'Rect'));
  return area !== null && !isEmpty(area) && ((asInteger(valueAt(document, widget, 'F')) ?? 0) & HIDDEN) === 0;
}

/** Whether an object has more than one use. */
const isShared = ({ map }: Comparison, value: PdfObject): boolean => isKind(value, 'ref') && (map.of.get(value.num)?.length ?? 0) > 1;

function onlyReadOnlyAdded(before: PdfObject, after: PdfObject): boolean {
  return asInteger(after) === ((asInteger(before) ?? 0) | 1);
}

const rounded = (value: number): number => Math.round(value * 10) / 10;

const EMPTY: PdfDict = { kind: 'dict', entries: new Map(), repeated: [] };
/** Entries that a writer sets on a field or its widget while filling it in. */
const FILLING: ReadonlySet<string> = new Set(['P', 'M', 'BS', 'RV', 'DA', 'I', 'TI']);
/** 12.5.3: Hidden. */
const HIDDEN = 2;
/** Invisible, Hidden, NoZoom, NoRotate, NoView and ToggleNoView. */
const HIDING = 1 | 2 | 8 | 16 | 32 | 256;
const MANY = 200;
