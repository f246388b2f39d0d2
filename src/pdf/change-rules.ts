/** Rules for what a later revision may change: each difference becomes a named change with the permission that it needs (ISO 32000-2, 12.8.2.2). */
import { type Change, change, ENCRYPTION, never } from './change.ts';
import { type Comparison, compareItems, itemsOf, nameOf, sameOrder } from './change-comparison.ts';
import { acroFormChanged, appearanceChanged, fieldChanged, fieldsChanged, resourcesChanged } from './change-form.ts';
import { pagesChanged } from './change-pages.ts';
import { extensionsChanged, metadataChanged, storeChanged, versionChanged } from './change-store.ts';
import { childrenChanged, structureElementChanged, structureRootChanged, structureTreesChanged } from './change-structure.ts';
import { dictAt, resolve, valueAt } from './document.ts';
import { asDict, asName, isKind, isName, type PdfDict, type PdfObject } from './object.ts';
import type { Role } from './roles.ts';
import { changedKeys } from './same.ts';

/** Judges one object of the older revision that the newer one holds differently, in one of its roles. */
export function judgeObject(to: Comparison, object: string, role: Role, before: PdfObject, after: PdfObject): void {
  const [was, is] = [resolve(to.older, before), resolve(to.newer, after)];
  if (was === null && role.kind === 'private') return;
  if (was === null && role.kind !== 'info') {
    return to.add(never('object-appeared', object, 'an object appeared that the earlier document refers to and did not have'));
  }
  switch (role.kind) {
    case 'info':
      return to.add(change('metadata', object, 'nothing', 'the document information was changed'));
    case 'metadata':
      return metadataChanged(to, object, is);
    case 'extensions':
      return extensionsChanged(to, object, was, is);
    case 'store':
    case 'store-list':
    case 'store-vri':
    case 'store-vri-entry':
    case 'store-stream':
      return storeChanged(to, object, role.kind, was, is);
    case 'permissions':
      return to.add(never('permissions-changed', object, 'the permissions of the document were changed'));
    case 'encryption':
      return to.add(ENCRYPTION);
    case 'signature':
      return to.add(never('signature-changed', object, 'a signature was changed'));
    case 'form-fields':
      return fieldsChanged(to, object, was, is);
    case 'field-kids':
      return to.add(never('field-changed', object, `what is below the field '${role.field.name}' was changed`));
    case 'field-value':
      return to.add(change('field-filled', object, 'form-fill', `the field '${role.field.name}' was filled in`, role.field.name));
    case 'appearance':
      return to.add(appearanceChanged(to, object, role.field));
    case 'annotation-part':
      return to.add({
        ...change('annotation-changed', object, 'annotation', `an annotation on page ${role.page} was changed`),
        page: role.page,
      });
    case 'annotations':
      return annotationsChanged(to, object, role.page, was, is);
    case 'structure-children':
      return childrenChanged(to, object, was, is);
    case 'structure-tree':
    case 'structure-leaves':
      return structureTreesChanged(to, object);
    case 'container':
      return to.add(never('object-stream-changed', object, 'an object stream that holds objects of the signed document was changed'));
    default:
      return dictionaryChanged(to, object, role, was, is);
  }
}

/** Judges the widgets that were put on pages: those of the signature fields that this revision added may be there. */
export function judgePlaced(to: Comparison): void {
  for (const { item, object, page } of to.placed) {
    const known = isKind(item, 'ref') ? to.widgets.get(item.num) : undefined;
    to.add({
      ...(known ?? never('widget-added', object, `a form field that this revision did not add as a signature was put on page ${page}`)),
      object,
      page,
    });
  }
}

function dictionaryChanged(to: Comparison, object: string, role: Role, was: PdfObject, is: PdfObject): void {
  const name = NAMES[role.kind] ?? 'an object';
  if (is === null) return to.add(never('object-removed', object, `${name} of the signed document was removed`));
  if (role.kind === 'page-tree' && isKind(was, 'dict') && isKind(is, 'dict') && pagesChanged(to, was, is)) return;
  const rule = RULES[role.kind];
  if (rule === undefined || !isKind(was, 'dict') || !isKind(is, 'dict') || is.repeated.length > 0) {
    return to.add(never('object-changed', object, `${name} of the signed document was changed, and no rule allows that`));
  }
  for (const key of changedKeys(was, is)) rule(to, object, key, was, is, role);
}

type KeyRule = (to: Comparison, object: string, key: string, was: PdfDict, is: PdfDict, role: Role) => void;

function catalogChanged(to: Comparison, object: string, key: string, was: PdfDict, is: PdfDict): void {
  const [before, after] = [valueAt(to.older, was, key), valueAt(to.newer, is, key)];
  switch (key) {
    case 'AcroForm': {
      if (!isKind(after, 'dict') || after.repeated.length > 0)
        return to.add(never('form-removed', object, 'the interactive form was removed'));
      const form = asDict(before) ?? EMPTY;
      for (const name of changedKeys(form, after)) acroFormChanged(to, object, name, form, after);
      return;
    }
    case 'DSS':
      return storeChanged(to, object, 'store', before ?? EMPTY, after);
    case 'Extensions':
      return extensionsChanged(to, object, before, after);
    case 'Metadata':
      return metadataChanged(to, object, after);
    case 'Version':
      return versionChanged(to, object, before, after);
    default:
      return to.add(never('catalog-changed', object, `the entry /${key} of the document catalogue was changed`));
  }
}

function pageChanged(to: Comparison, object: string, key: string, was: PdfDict, is: PdfDict, role: Role): void {
  const page = role.kind === 'page' ? role.page : 0;
  const [before, after] = [valueAt(to.older, was, key), valueAt(to.newer, is, key)];
  if (key === 'Annots') return annotationsChanged(to, object, page, before, after);
  if (key === 'LastModified' && isKind(after, 'string')) {
    return to.add({ ...change('metadata', object, 'nothing', `/LastModified of page ${page} was changed`), page });
  }
  if (key === 'Tabs' && isKind(after, 'name')) {
    return to.add({ ...annotation('tab-order', object, `the tab order of page ${page} was changed`), page });
  }
  to.add({ ...never('page-changed', object, `the entry /${key} of page ${page} was changed`), page });
}

function annotationsChanged(to: Comparison, object: string, page: number, was: PdfObject, is: PdfObject): void {
  if (is !== null && !isKind(is, 'array'))
    return to.add({ ...never('page-changed', object, `what was the list of annotations of page ${page} is something else now`), page });
  const items = compareItems(itemsOf(was), itemsOf(is));
  const { added, removed } = items;
  // What stands later in the list covers what stands before it.
  if (!sameOrder(itemsOf(was), itemsOf(is), items)) {
    to.add({ ...annotation('annotations-reordered', object, `the annotations of page ${page} were put in another order`), page });
  }
  for (const item of removed) {
    const change = isField(to, item)
      ? never('widget-removed', nameOf(item, object), `a form field was taken off page ${page}`)
      : annotation('annotation-removed', nameOf(item, object), `an annotation was removed from page ${page}`);
    to.add({ ...change, page });
  }
  for (const item of added) {
    const found = asDict(resolve(to.newer, item));
    if (found !== null && isName(valueAt(to.newer, found, 'Subtype'), 'Widget'))
      to.placed.push({ item, object: nameOf(item, object), page });
    else to.add({ ...annotation('annotation-added', nameOf(item, object), `an annotation was added to page ${page}`), page });
  }
}

/** A widget that no field of the form holds is an annotation like others, but for a signature that it shows. */
function annotationChanged(to: Comparison, object: string, key: string, was: PdfDict, _: PdfDict, role: Role): void {
  const page = role.kind === 'annotation' ? role.page : 0;
  const signed = key === 'V' && asName(valueAt(to.older, was, 'FT')) === 'Sig' && dictAt(to.older, was, 'V') !== null;
  if (signed) to.add({ ...never('signature-changed', object, `a signature on page ${page} was changed`), page });
  else if (key === 'Subtype')
    to.add({ ...never('annotation-changed', object, `an annotation on page ${page} is of another kind now`), page });
  else to.add({ ...annotation('annotation-changed', object, `an annotation on page ${page} was changed`), page });
}

const isField = ({ map }: Comparison, item: PdfObject): boolean =>
  isKind(item, 'ref') && map.of.get(item.num)?.some(({ kind }) => kind === 'field') === true;
const annotation = (kind: string, object: string, why: string): Change => change(kind, object, 'annotation', why);

const RULES: { readonly [kind in Role['kind']]?: KeyRule } = {
  catalog: catalogChanged,
  acroform: acroFormChanged,
  'form-resources': resourcesChanged,
  'resource-category': (to, object, key, was) => {
    const added = !was.entries.has(key);
    to.add(
      added
        ? change('form-resources-added', object, 'signing', 'resources for the appearance of fields were added')
        : never('form-resources-changed', object, 'a resource that fields are drawn with was changed'),
    );
  },
  field: (to, object, key, was, is, role) => {
    if (role.kind === 'field') fieldChanged(to, object, role.field, key, was, is);
  },
  'structure-root': structureRootChanged,
  'structure-element': structureElementChanged,
  page: pageChanged,
  annotation: annotationChanged,
};
const NAMES: Readonly<Record<string, string>> = {
  catalog: 'the catalogue',
  acroform: 'the interactive form',
  field: 'a form field',
  page: 'a page',
  'page-tree': 'the page tree',
  annotation: 'an annotation',
  'structure-root': 'the structure tree',
  'structure-element': 'an element of the structure',
};
const EMPTY: PdfDict = { kind: 'dict', entries: new Map(), repeated: [] };
