/** What an object of a document is for, as far as later revisions may change it (ISO 32000-2, 7.7.2, 12.5, 12.7, 12.8.4). */
import { budget, spend } from '../base/budget.ts';
import { fromLatin1 } from '../base/text.ts';
import { catalogOf, catalogRef, dictAt, itemsAt, type PdfDocument, resolve, valueAt } from './document.ts';
import { asDict, asName, entry, isKind, type PdfDict, type PdfObject } from './object.ts';

export type Role =
  | { readonly kind: 'catalog' | 'acroform' | 'form-fields' | 'form-resources' | 'permissions' | 'bookkeeping' }
  | { readonly kind: 'field' | 'appearance' | 'field-value' | 'signature-value'; readonly field: FieldRole }
  | { readonly kind: 'page' | 'annotations' | 'annotation'; readonly page: number };

export interface FieldRole {
  /** Fully qualified name (12.7.4.2). */
  readonly name: string;
  /** Field type after inheritance: Sig, Tx, Btn, Ch, or null. */
  readonly type: string | null;
  readonly signed: boolean;
}

export type Roles = ReadonlyMap<number, Role>;

/** Roles of the catalogue's own structures and of all form fields with their widgets. */
export function formRoles(document: PdfDocument): Map<number, Role> {
  const roles = new Map<number, Role>();
  const catalog = catalogOf(document);
  const root = catalogRef(document);
  if (catalog === null || root === null) return roles;
  const left = budget('objects of the form', STEPS);
  roles.set(root.num, { kind: 'catalog' });
  claim(roles, entry(document.trailer, 'Info'), { kind: 'bookkeeping' });
  for (const key of ['Metadata', 'Extensions']) claim(roles, entry(catalog, key), { kind: 'bookkeeping' });
  claim(roles, entry(catalog, 'Perms'), { kind: 'permissions' });
  claimBelow(document, roles, entry(catalog, 'DSS'), { kind: 'bookkeeping' }, left);
  const form = dictAt(document, catalog, 'AcroForm');
  if (form === null) return roles;
  claim(roles, entry(catalog, 'AcroForm'), { kind: 'acroform' });
  claim(roles, entry(form, 'Fields'), { kind: 'form-fields' });
  claim(roles, entry(form, 'DR'), { kind: 'form-resources' });
  const resources = dictAt(document, form, 'DR');
  if (resources !== null) for (const value of resources.entries.values()) claim(roles, value, { kind: 'form-resources' });
  for (const item of itemsAt(document, form, 'Fields') ?? []) fieldRoles(document, roles, item, null, left);
  return roles;
}

/** Adds the roles of pages and of their annotations; a field's widget keeps the role it has. */
export function addPageRoles(document: PdfDocument, roles: Map<number, Role>): void {
  const catalog = catalogOf(document);
  const left = budget('pages and annotations', STEPS);
  let page = 0;
  const stack: PdfObject[] = catalog === null ? [] : [entry(catalog, 'Pages')];
  const seen = new Set<number>();
  while (stack.length > 0 && spend(left)) {
    const node = stack.pop() ?? null;
    if (isKind(node, 'ref')) {
      if (seen.has(node.num)) continue;
      seen.add(node.num);
    }
    const dictionary = asDict(resolve(document, node));
    if (dictionary === null) continue;
    const kids = itemsAt(document, dictionary, 'Kids');
    if (kids !== null) {
      for (let i = kids.length - 1; i >= 0; i--) stack.push(kids[i] ?? null);
      continue;
    }
    page++;
    claim(roles, node, { kind: 'page', page });
    claim(roles, entry(dictionary, 'Annots'), { kind: 'annotations', page });
    for (const annotation of itemsAt(document, dictionary, 'Annots') ?? []) {
      if (!spend(left)) return;
      claim(roles, annotation, { kind: 'annotation', page });
      const found = asDict(resolve(document, annotation));
      if (found === null || asName(valueAt(document, found, 'Subtype')) === 'Widget') continue;
      claimBelow(document, roles, entry(found, 'AP'), { kind: 'annotation', page }, left, 3);
      claim(roles, entry(found, 'Popup'), { kind: 'annotation', page });
    }
  }
}

/** Type and full name of a field or widget by its /Parent chain. */
export function inheritedField(document: PdfDocument, of: PdfDict): FieldRole {
  const names: string[] = [];
  let type: string | null = null;
  let signed = false;
  let at: PdfDict | null = of;
  for (let depth = 0; at !== null && depth < DEPTH; depth++) {
    const name = valueAt(document, at, 'T');
    if (isKind(name, 'string')) names.unshift(textOf(name.bytes));
    type ??= asName(valueAt(document, at, 'FT'));
    signed ||= valueAt(document, at, 'V') !== null;
    at = dictAt(document, at, 'Parent');
  }
  return { name: names.join('.'), type, signed };
}

function fieldRoles(
  document: PdfDocument,
  roles: Map<number, Role>,
  node: PdfObject,
  parent: FieldRole | null,
  left: Budget,
  depth = 0,
): void {
  const dictionary = asDict(resolve(document, node));
  if (dictionary === null || depth > DEPTH || !spend(left)) return;
  const partial = valueAt(document, dictionary, 'T');
  const value = valueAt(document, dictionary, 'V');
  const field: FieldRole = {
    name: [parent?.name, isKind(partial, 'string') ? textOf(partial.bytes) : undefined].filter(Boolean).join('.'),
    type: asName(valueAt(document, dictionary, 'FT')) ?? parent?.type ?? null,
    signed: value !== null || (parent?.signed ?? false),
  };
  if (!claim(roles, node, { kind: 'field', field }) && isKind(node, 'ref')) return;
  claim(roles, entry(dictionary, 'V'), { kind: field.type === 'Sig' ? 'signature-value' : 'field-value', field });
  claim(roles, entry(dictionary, 'Kids'), { kind: 'field', field });
  claimBelow(document, roles, entry(dictionary, 'AP'), { kind: 'appearance', field }, left, 3);
  for (const kid of itemsAt(document, dictionary, 'Kids') ?? []) fieldRoles(document, roles, kid, field, left, depth + 1);
}

/** Gives a referenced object its role, the first one counts; false where it had one already. */
function claim(roles: Map<number, Role>, value: PdfObject, role: Role): boolean {
  if (!isKind(value, 'ref') || roles.has(value.num)) return false;
  roles.set(value.num, role);
  return true;
}

/** Gives everything below a value the role, `depth` references deep. */
function claimBelow(document: PdfDocument, roles: Map<number, Role>, value: PdfObject, role: Role, left: Budget, depth = 4): void {
  if (depth === 0 || !spend(left)) return;
  if (isKind(value, 'ref')) {
    if (!claim(roles, value, role)) return;
    claimBelow(document, roles, resolve(document, value), role, left, depth - 1);
  } else if (isKind(value, 'array')) {
    for (const item of value.items) claimBelow(document, roles, item, role, left, depth);
  } else if (isKind(value, 'dict')) {
    for (const item of value.entries.values()) claimBelow(document, roles, item, role, left, depth);
  }
}

/** Text of a string for people: UTF-16BE by its mark, else as Latin-1 (7.9.2.2). */
function textOf(bytes: Uint8Array): string {
  if (bytes[0] !== 0xfe || bytes[1] !== 0xff) return fromLatin1(bytes);
  let text = '';
  for (let i = 2; i + 1 < bytes.length; i += 2) text += String.fromCharCode(((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0));
  return text;
}

type Budget = ReturnType<typeof budget>;
const STEPS = 500_000;
const DEPTH = 32;
