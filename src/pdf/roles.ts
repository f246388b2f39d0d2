/** What the objects of a document are for, by every path that leads to them, as far as later revisions may change them (ISO 32000-2, 7.7, 12.5, 12.7, 12.8.4). */
import { catalogRef, loadObject, type PdfDocument, resolve, valueAt } from './document.ts';
import type { IndirectObject } from './indirect.ts';
import { asDict, asName, isKind, type PdfDict, type PdfObject, ref } from './object.ts';
import { eachReference } from './same.ts';
import { textOf } from './text.ts';

/**
 * A role is given by the path. `content` may never change; `drawn` is content that pages and appearances are drawn with,
 * `private` what only an entry of the trailer that no standard knows leads to.
 */
export type Role =
  | { readonly kind: PlainKind }
  | { readonly kind: FieldKind; readonly field: FieldRole }
  | { readonly kind: 'page' | 'annotations' | 'annotation' | 'annotation-part'; readonly page: number };

type PlainKind =
  | 'content'
  | 'drawn'
  | 'private'
  | 'container'
  | 'catalog'
  | 'page-tree'
  | 'acroform'
  | 'form-fields'
  | 'form-resources'
  | 'resource-category'
  | 'permissions'
  | 'encryption'
  | 'signature'
  | 'info'
  | 'metadata'
  | 'extensions'
  | 'structure-root'
  | 'structure-element'
  | 'structure-children'
  | 'structure-tree'
  | 'structure-leaves'
  | 'store'
  | 'store-list'
  | 'store-vri'
  | 'store-vri-entry'
  | 'store-stream';
type FieldKind = 'field' | 'field-kids' | 'field-value' | 'appearance';

export interface FieldRole {
  /** Fully qualified name (12.7.4.2), by the path from the form. */
  readonly name: string;
  /** Field type after inheritance: Sig, Tx, Btn, Ch, or null. */
  readonly type: string | null;
  /** Object number of the dictionary that has the name, null for a direct one. */
  readonly num: number | null;
  /** The dictionary itself where it is direct, else null. */
  readonly direct: PdfDict | null;
  readonly above: FieldRole | null;
}

/** The roles of all objects that can be reached, kept up to date from revision to revision; roles are added, never taken away. */
export interface RoleMap {
  readonly of: Map<number, Role[]>;
  /** Catalogue, page tree, pages, fields, annotations and elements of the structure: content that refers to one of them stays the same where only that one changes. */
  readonly anchors: Map<number, 'frame' | 'member'>;
  /** Fully qualified names of the fields met. */
  readonly fieldNames: Set<string>;
  /** Objects that cannot be read, or that the end of the revision cuts off. */
  readonly broken: Set<number>;
  /** By number of an object stream: the numbers of the objects read from it. */
  readonly containers: Map<number, Set<number>>;
  pages: number;
  /** Of all objects that are there. */
  highest: number;
  /** A node of the page tree is among its own descendants. */
  looped: boolean;
}

/** Roles of everything that the trailer leads to. Each object is visited a bounded number of times. */
export function rolesOf(document: PdfDocument): RoleMap {
  const map: RoleMap = {
    of: new Map(),
    anchors: new Map(),
    fieldNames: new Set(),
    broken: new Set(),
    containers: new Map(),
    pages: 0,
    highest: 0,
    looped: false,
  };
  extendRoles(map, document, [], []);
  return map;
}

/** Adds the roles of what a newer revision leads to: `written` are the objects that stand in another place now, `changed` those whose values differ. */
export function extendRoles(map: RoleMap, document: PdfDocument, written: Iterable<number>, changed: Iterable<number>): void {
  const walk: Walk = { map, first: map.of.size === 0, document, form: [], pages: [], structure: [], rest: [] };
  fromTrailer(walk);
  for (const num of written) if (map.of.has(num)) locate(walk, num, objectOf(document, num));
  for (const num of changed) {
    const object = objectOf(document, num);
    const roles = map.of.get(num);
    if (roles === undefined || object === undefined || object === null) continue;
    for (const role of [...roles]) enqueue(walk, { value: object.value, role, num });
  }
  // Fields first, then pages and elements of the structure, then all else: content that refers to one of these finds it known.
  for (;;) {
    const next = walk.form.pop() ?? walk.pages.pop() ?? walk.structure.pop() ?? walk.rest.pop();
    if (next === undefined) return;
    step(walk, next);
  }
}

/** The object of a number whatever its generation: numbers are unique at any moment. Undefined: it is there and cannot be read. */
export function objectOf(document: PdfDocument, num: number): IndirectObject | null | undefined {
  const found = loadObject(document, ref(num));
  if (!found.ok) return undefined;
  if (found.value !== null) return found.value;
  const cached = document.loaded.objects.get(num);
  return cached?.ok === true ? cached.value : null;
}

/** The value of a field in a document, its own or that of one above it, references followed; null where there is none. */
export function fieldValue(document: PdfDocument, field: FieldRole): PdfObject {
  for (let at: FieldRole | null = field; at !== null; at = at.above) {
    const dictionary = at.num === null ? at.direct : asDict(resolveNumber(document, at.num));
    const value = dictionary === null ? null : valueAt(document, dictionary, 'V');
    if (value !== null) return value;
  }
  return null;
}

/** The role of a dictionary in /Fields or /Kids: a field of its own where it has a name, else a widget of the field above. */
export function fieldRoleOf(document: PdfDocument, dictionary: PdfDict, num: number | null, above: FieldRole | null): FieldRole {
  const partial = textOf(valueAt(document, dictionary, 'T'));
  const type = asName(valueAt(document, dictionary, 'FT')) ?? above?.type ?? null;
  if (above !== null && partial === null && type === above.type) return above;
  const name = [above?.name, partial].filter((part) => part !== undefined && part !== null && part !== '').join('.');
  return { name, type, num, direct: num === null ? dictionary : null, above };
}

interface Item {
  readonly value: PdfObject;
  readonly role: Role;
  /** Set where the object has its role already and only what it refers to is to be visited. */
  readonly num: number | null;
}

interface Walk {
  readonly map: RoleMap;
  /** Nothing has been visited before. */
  readonly first: boolean;
  readonly document: PdfDocument;
  readonly form: Item[];
  readonly pages: Item[];
  readonly structure: Item[];
  readonly rest: Item[];
}

function fromTrailer(walk: Walk): void {
  const { trailer } = walk.document;
  const root = catalogRef(walk.document);
  if (root !== null) visit(walk, root, CATALOG);
  for (const [key, value] of trailer.entries) {
    if (key === 'Root' || typeof value !== 'object' || value === null || SECTION_KEYS.has(key)) continue;
    visit(walk, value, TRAILER[key] ?? PRIVATE);
  }
}

function visit(walk: Walk, value: PdfObject | undefined, role: Role): void {
  if (typeof value !== 'object' || value === null) return;
  if (value.kind === 'ref') {
    if (GENERIC.has(role.kind) && isKnown(walk.map, value.num, role)) return;
    enqueue(walk, { value, role, num: null });
  } else if (value.kind === 'dict' || value.kind === 'array') {
    if (GENERIC.has(role.kind)) eachReference(value, (target) => visit(walk, target, role));
    else enqueue(walk, { value, role, num: null });
  }
}

/** Nothing new is to be found there: the object has the role, or is held by what it is. */
function isKnown({ of, anchors }: RoleMap, num: number, role: Role): boolean {
  const anchored = anchors.get(num);
  if (anchored === 'frame' || (anchored === 'member' && (role.kind === 'content' || role.kind === 'private'))) return true;
  return of.get(num)?.some((one) => sameRole(one, role)) === true;
}

function enqueue(walk: Walk, item: Item): void {
  const { kind } = item.role;
  if (FORM_KINDS.has(kind)) walk.form.push(item);
  else if (PAGE_KINDS.has(kind)) walk.pages.push(item);
  else if (STRUCTURE_KINDS.has(kind)) walk.structure.push(item);
  else walk.rest.push(item);
}

function step(walk: Walk, { value, role, num }: Item): void {
  if (!isKind(value, 'ref')) return expand(walk, value, role, num);
  const { map, document } = walk;
  const { num: target } = value;
  if (GENERIC.has(role.kind) ? isKnown(map, target, role) : isSettled(walk, target, role)) return;
  const object = objectOf(document, target);
  const found = object?.value ?? null;
  const own = ownRole(walk, found, target, role);
  if (own !== role && GENERIC.has(own.kind) && isKnown(map, target, own)) return;
  const given = claim(map, target, own, found);
  if (given === null) return;
  locate(walk, target, object);
  if (object !== undefined && object !== null) expand(walk, found, given, target);
}

/** Notes where an object is: in which object stream, and whether the end of the revision cuts it off. */
function locate(walk: Walk, num: number, object: IndirectObject | null | undefined): void {
  const { map, document } = walk;
  if (object === undefined || (object !== null && object.end >= document.size)) map.broken.add(num);
  if (object === undefined || object === null || object.container === null) return;
  const held = map.containers.get(object.container);
  if (held === undefined) map.containers.set(object.container, new Set([num]));
  else held.add(num);
  visit(walk, ref(object.container), CONTAINER);
}

/** Whether an object has the role that this path would give it; told without reading it. */
function isSettled({ map, first }: Walk, num: number, role: Role): boolean {
  const known = map.of.get(num);
  if (known === undefined) return false;
  return known.some((one) => {
    if (role.kind === 'field') return one.kind === 'field' && (one.field === role.field || (one.field.above ?? NO_FIELD) === role.field);
    // A widget is part of its field.
    if (role.kind === 'annotation') return one.kind === 'field' || (one.kind === 'annotation' && one.page === role.page);
    if (role.kind === 'page-tree') {
      if (first && one.kind === 'page-tree') map.looped = true;
      return one.kind === 'page-tree' || one.kind === 'page';
    }
    return sameRole(one, role);
  });
}

/** The role that an object gets where the path allows for several kinds of object. */
function ownRole(walk: Walk, value: PdfObject, num: number | null, role: Role): Role {
  const { map, document } = walk;
  if (role.kind === 'page-tree') {
    if (!isKind(value, 'dict') || valueAt(document, value, 'Kids') !== null) return role;
    return { kind: 'page', page: ++map.pages };
  }
  // One child or an array of them; content items and references to objects are no elements (14.7.5).
  if (role.kind === 'structure-children' && !isKind(value, 'array')) return ownRole(walk, value, num, ELEMENT);
  if (role.kind === 'structure-element') {
    const type = isKind(value, 'dict') ? asName(valueAt(document, value, 'Type')) : null;
    return isKind(value, 'dict') && type !== 'MCR' && type !== 'OBJR' ? role : CONTENT;
  }
  // A leaf of the parent tree is an element or an array of them.
  if (role.kind === 'structure-leaves' && !isKind(value, 'array')) return CONTENT;
  if (role.kind === 'field') {
    const dictionary = asDict(value);
    return dictionary === null
      ? role
      : { kind: 'field', field: fieldRoleOf(document, dictionary, num, role.field === NO_FIELD ? null : role.field) };
  }
  return role;
}

/** Gives an object a role; null where it had it. One with many roles is shared, and then it is plain content. */
function claim(map: RoleMap, num: number, role: Role, value: PdfObject): Role | null {
  const { of, anchors, fieldNames } = map;
  if (value !== null && num > map.highest) map.highest = num;
  const known = of.get(num);
  const given = known !== undefined && known.length >= MANY_ROLES ? CONTENT : role;
  if (known?.some((one) => sameRole(one, given)) === true) return null;
  if (known === undefined) of.set(num, [given]);
  else known.push(given);
  if (given.kind === 'field') fieldNames.add(given.field.name);
  if (isKind(value, 'dict')) {
    if (FRAME.has(given.kind)) anchors.set(num, 'frame');
    else if (MEMBERS.has(given.kind)) anchors.set(num, 'member');
  }
  return given;
}

function sameRole(a: Role, b: Role): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  if ('page' in a && 'page' in b) return a.page === b.page;
  if ('field' in a && 'field' in b) return a.field.name === b.field.name && a.field.type === b.field.type;
  return true;
}

/** Visits what an object refers to, each entry in the role that the object's own role gives it. */
function expand(walk: Walk, value: PdfObject, role: Role, num: number | null): void {
  if (isKind(value, 'ref')) return step(walk, { value, role, num: null });
  if (num === null) {
    return entries(walk, value, ownRole(walk, value, null, role));
  }
  entries(walk, value, role);
}

function entries(walk: Walk, value: PdfObject, role: Role): void {
  if (isKind(value, 'dict')) {
    const rule = DICTIONARIES[role.kind];
    if (rule !== undefined) {
      for (const [key, item] of value.entries) {
        if (typeof item === 'object' && item !== null) visit(walk, item, rule(key, role, walk, value));
      }
      return;
    }
  } else if (isKind(value, 'array')) {
    const items = ARRAYS[role.kind];
    if (items !== undefined) {
      // Last first: they are taken from the end.
      const shared = items(role);
      for (let i = value.items.length - 1; i >= 0; i--) visit(walk, value.items[i], shared);
      return;
    }
  }
  // What a stream is read with (its length, its filters' parameters) is content, whatever the stream is for.
  const inner = GENERIC.has(role.kind) ? role : CONTENT;
  eachReference(value, (target) => visit(walk, target, inner));
}

type EntryRule = (key: string, role: Role, walk: Walk, holder: PdfDict) => Role;

const plain = (kind: PlainKind): Role => ({ kind });
export const CONTENT: Role = plain('content');
const DRAWN = plain('drawn');
const PRIVATE = plain('private');
const CONTAINER = plain('container');
const CATALOG = plain('catalog');
const PAGE_TREE = plain('page-tree');
const INFO = plain('info');
const SIGNATURE = plain('signature');
const TRAILER: Readonly<Record<string, Role>> = { Info: INFO, ID: INFO, Encrypt: plain('encryption') };
const [ACROFORM, FIELDS, RESOURCES, CATEGORY] = [
  plain('acroform'),
  plain('form-fields'),
  plain('form-resources'),
  plain('resource-category'),
];
const [PERMISSIONS, METADATA, EXTENSIONS] = [plain('permissions'), plain('metadata'), plain('extensions')];
const [ELEMENT, CHILDREN, STRUCTURE_ROOT] = [plain('structure-element'), plain('structure-children'), plain('structure-root')];
const [STRUCTURE_TREE, STRUCTURE_LEAVES] = [plain('structure-tree'), plain('structure-leaves')];
const [STORE, STORE_LIST, STORE_STREAM] = [plain('store'), plain('store-list'), plain('store-stream')];
const [STORE_VRI, STORE_VRI_ENTRY] = [plain('store-vri'), plain('store-vri-entry')];
const NO_FIELD: FieldRole = { name: '', type: null, num: null, direct: null, above: null };

const by = (roles: Readonly<Record<string, Role>>, otherwise: Role): EntryRule => {
  const known = new Map(Object.entries(roles));
  return (key) => known.get(key) ?? otherwise;
};

const DICTIONARIES: { readonly [kind in Role['kind']]?: EntryRule } = {
  catalog: by(
    {
      Pages: PAGE_TREE,
      AcroForm: ACROFORM,
      DSS: STORE,
      Extensions: EXTENSIONS,
      Metadata: METADATA,
      Perms: PERMISSIONS,
      // What is shown at all: a field that is one of these too may not be filled in.
      OCProperties: DRAWN,
      StructTreeRoot: STRUCTURE_ROOT,
    },
    CONTENT,
  ),
  'structure-root': by({ K: CHILDREN, ParentTree: STRUCTURE_TREE, IDTree: STRUCTURE_TREE }, CONTENT),
  'structure-element': by({ K: CHILDREN }, CONTENT),
  'structure-tree': by({ Kids: STRUCTURE_TREE, Nums: STRUCTURE_LEAVES, Names: STRUCTURE_LEAVES }, CONTENT),
  acroform: by({ Fields: FIELDS, DR: RESOURCES }, CONTENT),
  'form-resources': () => CATEGORY,
  'resource-category': () => DRAWN,
  permissions: () => SIGNATURE,
  extensions: () => EXTENSIONS,
  store: by({ Certs: STORE_LIST, CRLs: STORE_LIST, OCSPs: STORE_LIST, VRI: STORE_VRI }, CONTENT),
  'store-vri': () => STORE_VRI_ENTRY,
  'store-vri-entry': by({ Cert: STORE_LIST, CRL: STORE_LIST, OCSP: STORE_LIST, TS: STORE_STREAM }, CONTENT),
  'page-tree': by({ Kids: PAGE_TREE, Resources: DRAWN }, CONTENT),
  page: (key, role) => {
    if (key === 'Annots') return { kind: 'annotations', page: 'page' in role ? role.page : 0 };
    return PAINTED.has(key) ? DRAWN : CONTENT;
  },
  annotation: (key, role, { document }, holder) => {
    if (key === 'AP') return { kind: 'annotation-part', page: 'page' in role ? role.page : 0 };
    return key === 'V' && asName(valueAt(document, holder, 'FT')) === 'Sig' ? SIGNATURE : CONTENT;
  },
  field: (key, role) => {
    if (!('field' in role)) return CONTENT;
    const { field } = role;
    if (key === 'Kids') return { kind: 'field-kids', field };
    if (key === 'AP' || key === 'MK') return { kind: 'appearance', field };
    if (key === 'V') return field.type === 'Sig' ? SIGNATURE : { kind: 'field-value', field };
    return CONTENT;
  },
};

const ARRAYS: { readonly [kind in Role['kind']]?: (role: Role) => Role } = {
  'page-tree': () => PAGE_TREE,
  'form-fields': () => ({ kind: 'field', field: NO_FIELD }),
  'field-kids': (role) => ({ kind: 'field', field: 'field' in role ? role.field : NO_FIELD }),
  annotations: (role) => ({ kind: 'annotation', page: 'page' in role ? role.page : 0 }),
  'structure-children': () => ELEMENT,
  'structure-tree': () => STRUCTURE_TREE,
  'structure-leaves': () => STRUCTURE_LEAVES,
  'store-list': () => STORE_STREAM,
  extensions: () => EXTENSIONS,
};

function resolveNumber(document: PdfDocument, num: number): PdfObject {
  const object = objectOf(document, num);
  return object === undefined || object === null ? null : resolve(document, object.value);
}

/** Roles that all references below an object inherit. */
const GENERIC: ReadonlySet<string> = new Set<Role['kind']>([
  'content',
  'drawn',
  'private',
  'container',
  'encryption',
  'signature',
  'info',
  'field-value',
  'appearance',
  'annotation-part',
]);
const FRAME: ReadonlySet<string> = new Set<Role['kind']>(['catalog', 'page-tree', 'page']);
const MEMBERS: ReadonlySet<string> = new Set<Role['kind']>(['field', 'annotation', 'structure-root', 'structure-element']);
const FORM_KINDS: ReadonlySet<string> = new Set<Role['kind']>(['catalog', 'acroform', 'form-fields', 'field', 'field-kids']);
const PAGE_KINDS: ReadonlySet<string> = new Set<Role['kind']>(['page-tree', 'page', 'annotations', 'annotation']);
const STRUCTURE_KINDS: ReadonlySet<string> = new Set<Role['kind']>(['structure-root', 'structure-element', 'structure-children']);
const PAINTED: ReadonlySet<string> = new Set(['Contents', 'Resources', 'Group', 'Thumb']);
const SECTION_KEYS: ReadonlySet<string> = new Set(['Prev', 'XRefStm', 'W', 'Index', 'Type', 'Size']);
/** An object that more paths of different kinds share may not change at all. */
const MANY_ROLES = 4;
