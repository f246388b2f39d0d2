import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, put, type Update } from '../../src/pdf/append.ts';
import { dictAt, itemsAt, type PdfDocument, resolve, valueAt } from '../../src/pdf/document.ts';
import { array, asDict, asInteger, dict, integer, name, type PdfObject, type PdfRef, ref, withEntries } from '../../src/pdf/object.ts';
import { objectArbitrary, type Style } from './generate.ts';
import { AT, appearance, changesOf, numbers, opened, set, sign, signedPdf, text, updated, xmp } from './signed.ts';

const STYLES: readonly Style[] = ['table', 'stream', 'object-stream', 'hybrid'];

/** A signature in a field of no size, which gets no element by itself. */
const signed = (u: Update, entries: Readonly<Record<string, PdfObject>> = { StructParent: integer(1) }): PdfRef =>
  sign(u, 'B', { entries });
const reference = (widget: PdfObject): PdfObject => dict({ Type: name('OBJR'), Obj: widget });
const form = (widget: PdfObject, entries: Readonly<Record<string, PdfObject>> = {}): PdfObject =>
  dict({ Type: name('StructElem'), S: name('Form'), P: ref(AT.document), Pg: ref(AT.page), K: reference(widget), ...entries });
const below = (u: Update, ...more: PdfObject[]): void => set(u, AT.document, { K: array([ref(AT.paragraph), ...more]) });
const parents = (u: Update, ...more: PdfObject[]): void =>
  set(u, AT.parents, { Nums: array([integer(0), ref(AT.parentsOfPage), ...more]) });
const ADDED = ['signature-added signing', 'signature-widget signing'];
const GROWN = [...ADDED, 'structure-element-added signing'];
const REFUSED = 'structure-changed never';

/** Title, update, and the changes that it is told by: kind and permission. */
const CASES: readonly [string, (u: Update) => void, readonly string[]][] = [
  [
    'a new signature field gets an element and an entry in the parent tree',
    (u) => {
      const element = add(u, form(signed(u)));
      below(u, element);
      parents(u, integer(1), element);
      set(u, AT.structure, { ParentTreeNextKey: integer(2) });
    },
    GROWN,
  ],
  [
    'the parent tree may be written anew as a whole, in nodes, and its arrays too',
    (u) => {
      const element = add(u, form(signed(u)));
      below(u, element);
      const first = add(u, dict({ Limits: numbers(0, 0), Nums: array([integer(0), array([ref(AT.paragraph), ref(AT.paragraph)])]) }));
      const second = add(u, dict({ Limits: numbers(1, 7), Nums: array([integer(1), element]) }));
      set(u, AT.structure, { ParentTree: add(u, dict({ Kids: array([first, second]) })), ParentTreeNextKey: integer(2) });
    },
    GROWN,
  ],
  [
    'the element may stand below the root, in front, with a name, a text of its own and an identifier',
    (u) => {
      const element = add(u, form(signed(u), { P: ref(AT.structure), T: text('B'), Alt: text('Signature'), ID: text('q') }));
      set(u, AT.structure, { K: array([element, ref(AT.document)]) });
      set(u, AT.identifiers, { Names: array([text('p'), ref(AT.paragraph), text('q'), element]) });
    },
    GROWN,
  ],
  [
    'an empty field that shows something needs what the field needs',
    (u) => void sign(u, 'B', { value: null, rectangle: [0, 0, 9, 9], appearance: add(u, appearance('(x) Tj')) }),
    ['signature-field-added annotation', 'signature-widget annotation', 'structure-element-added annotation'],
  ],
  [
    'a document time-stamp that shows nothing needs no permission, and neither does its element',
    (u) => below(u, add(u, form(sign(u, 'B', {}, { Type: name('DocTimeStamp'), SubFilter: name('ETSI.RFC3161') })))),
    ['timestamp-added nothing', 'signature-widget nothing', 'structure-element-added nothing'],
  ],
  ['no element may come without a new field', (u) => below(u, add(u, form(ref(AT.signed)))), [REFUSED]],
  ['no element may come for an annotation', (u) => below(u, add(u, form(ref(AT.link)))), [REFUSED]],
  [
    'no element may come for content of a page',
    (u) => {
      signed(u);
      below(u, add(u, form(ref(1), { K: integer(0) })));
    },
    [...ADDED, REFUSED],
  ],
  [
    'an element for a new field has no other content beside',
    (u) => below(u, add(u, form(ref(1), { K: array([reference(signed(u)), integer(0)]) }))),
    [...ADDED, REFUSED],
  ],
  [
    'an element for a new field has no text that is read in place of what it shows',
    (u) => below(u, add(u, form(signed(u), { ActualText: text('Pay 900') }))),
    [...ADDED, REFUSED],
  ],
  ['an element for a new field is of no other type', (u) => below(u, add(u, form(signed(u), { S: name('P') }))), [...ADDED, REFUSED]],
  [
    'an element for a new field has a parent in the signed structure',
    (u) => below(u, add(u, form(signed(u), { P: ref(AT.page) }))),
    [...ADDED, REFUSED],
  ],
  ['an element is an object of its own', (u) => below(u, form(signed(u))), [...ADDED, REFUSED]],
  [
    'an object that was there does not become an element',
    (u) => {
      put(u, ref(AT.unused), form(signed(u)));
      below(u, ref(AT.unused));
    },
    [...ADDED, REFUSED, 'object-recycled never'],
  ],
  [
    'an element may not go',
    (u) => {
      set(u, AT.document, { K: array([add(u, form(signed(u)))]) });
    },
    [...ADDED, REFUSED],
  ],
  ['an element may not stand twice', (u) => below(u, ref(AT.paragraph)), [REFUSED]],
  ['the text read in place of content may not change', (u) => set(u, AT.paragraph, { Alt: text('Pay 900') }), [REFUSED]],
  ['no text may be read in place of content', (u) => set(u, AT.paragraph, { ActualText: text('Pay 900') }), [REFUSED]],
  ['an element may not be of another type', (u) => set(u, AT.paragraph, { S: name('Artifact') }), [REFUSED]],
  [
    'content may not be in another order',
    (u) => set(u, AT.paragraph, { K: array([dict({ Type: name('MCR'), MCID: integer(1) }), integer(0)]) }),
    [REFUSED],
  ],
  ['content may not be in no element', (u) => set(u, AT.paragraph, { K: undefined }), [REFUSED]],
  ['content may not be in an element more', (u) => set(u, AT.document, { K: array([ref(AT.paragraph), integer(0)]) }), [REFUSED]],
  ['roles may not be mapped otherwise', (u) => set(u, AT.roles, { Paragraph: name('Artifact') }), ['object-changed never']],
  ['other roles may not be put in', (u) => set(u, AT.structure, { RoleMap: add(u, dict({ P: name('Artifact') })) }), [REFUSED]],
  ['the structure may not go', (u) => set(u, AT.catalog, { StructTreeRoot: undefined }), ['catalog-changed never']],
  ['another structure may not come', (u) => set(u, AT.catalog, { StructTreeRoot: dict({}) }), ['catalog-changed never']],
  ['content may not lead to another element', (u) => put(u, ref(AT.parentsOfPage), array([ref(AT.document)])), [REFUSED]],
  [
    'an identifier may not lead to another element',
    (u) => set(u, AT.identifiers, { Names: array([text('p'), ref(AT.document)]) }),
    [REFUSED],
  ],
  ['an entry of the parent tree may not go', (u) => set(u, AT.parents, { Nums: array([]) }), [REFUSED]],
  ['an entry of the parent tree may not stand twice', (u) => parents(u, integer(0), array([])), [REFUSED]],
  [
    'an entry of the parent tree may not be outside the limits of its node',
    (u) =>
      set(u, AT.parents, {
        Kids: array([dict({ Limits: numbers(5, 9), Nums: array([integer(0), ref(AT.parentsOfPage)]) })]),
        Nums: undefined,
      }),
    [REFUSED],
  ],
  ['no entry of the parent tree may come without a new field', (u) => parents(u, integer(1), ref(AT.document)), [REFUSED]],
  [
    'an entry of the parent tree is the one that the field tells',
    (u) => {
      const element = add(u, form(signed(u)));
      below(u, element);
      parents(u, integer(2), element);
    },
    [...GROWN, REFUSED],
  ],
];

const dictOfObject = (document: PdfDocument, num: number) => asDict(resolve(document, ref(num))) ?? dict({});
const told = (bytes: Uint8Array): string[] =>
  changesOf(bytes)
    .map(({ kind, needs }) => `${kind} ${needs}`)
    .sort();

describe('The structure of a signed document', () => {
  for (const style of STYLES) {
    const base = signedPdf(style, style === 'table' ? 'one' : 'array');
    it.each(CASES)(`${style}: %s`, (_, change, expected) => {
      expect(told(updated(base, change))).toEqual([...expected].sort());
    });
  }

  it('may grow with each of several signatures', () => {
    let bytes = signedPdf('table', 'array');
    const elements: PdfRef[] = [];
    for (let i = 1; i <= 4; i++) {
      bytes = updated(bytes, (u) => {
        elements.push(add(u, form(sign(u, `S${i}`, { entries: { StructParent: integer(i) } }))));
        below(u, ...elements);
        parents(u, ...elements.flatMap((element, k) => [integer(k + 1), element]));
      });
    }
    expect(changesOf(bytes).filter(({ needs }) => needs !== 'signing')).toEqual([]);
    expect(changesOf(updated(bytes, (u) => below(u, ...elements.slice(1)))).map(({ needs }) => needs)).toContain('never');
    const [first] = elements;
    const renamed = updated(bytes, (u) => set(u, first?.num ?? 0, { Alt: text('another') }));
    expect(changesOf(renamed).map(({ kind }) => kind)).toContain('structure-changed');
  });

  it.each(STYLES)('%s: gets an element for each place where we put a signature, and none for one that shows nothing', (style) => {
    let bytes = signedPdf(style, style === 'table' ? 'one' : 'array');
    const rectangle = [0, 0, 50, 20] as const;
    for (let i = 1; i <= 3; i++)
      bytes = updated(bytes, (u) => void sign(u, `S${i}`, { rectangle, more: [{ page: 0, rectangle: [60, 0, 90, 20] }] }));
    bytes = updated(bytes, (u) => void sign(u, 'none'));
    const found = changesOf(bytes);
    expect(found.filter(({ needs }) => needs !== 'signing')).toEqual([]);
    expect(found.filter(({ kind }) => kind === 'structure-element-added')).toHaveLength(6);
    const document = opened(bytes);
    const [top, tree] = [dictOfObject(document, AT.document), dictOfObject(document, AT.parents)];
    const elements = itemsAt(document, top, 'K')?.slice(1) ?? [];
    const keys = (itemsAt(document, tree, 'Nums') ?? []).slice(2);
    const widgets = elements.map((element) => dictAt(document, asDict(resolve(document, element)) ?? dict({}), 'K'));
    const own = widgets.map((one) =>
      valueAt(document, asDict(one === null ? null : valueAt(document, one, 'Obj')) ?? dict({}), 'StructParent'),
    );
    expect(keys).toEqual(own.flatMap((key, i) => [key, elements[i]]));
    expect(own.map(asInteger)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(asInteger(valueAt(document, dictOfObject(document, AT.structure), 'ParentTreeNextKey'))).toBe(7);
  });

  it.each<[string, (u: Update) => void]>([
    ['claims no accessibility', (u) => put(u, ref(AT.metadata), xmp('old'))],
    ['says nowhere that it is one', (u) => set(u, AT.catalog, { MarkInfo: dict({}) })],
    ['has a damaged parent tree', (u) => put(u, ref(AT.parents), integer(3))],
    ['has a parent tree whose keys do not rise', (u) => parents(u, integer(0), ref(AT.paragraph))],
    ['has a damaged tree of identifiers', (u) => set(u, AT.identifiers, { Names: array([text('p')]) })],
  ])('that %s is left alone', (_, change) => {
    const base = updated(signedPdf('table', 'array'), change);
    const bytes = updated(base, (u) => void sign(u, 'B', { rectangle: [0, 0, 50, 20] }));
    expect(changesOf(bytes, 1).map(({ kind }) => kind)).toEqual(['signature-added', 'signature-widget']);
  });

  it.each<[string, (u: Update) => void]>([
    [
      'in nodes',
      (u) =>
        set(u, AT.parents, {
          Nums: undefined,
          Kids: array([dict({ Limits: numbers(0, 0), Nums: array([integer(0), ref(AT.parentsOfPage)]) })]),
        }),
    ],
    ['of many numbers', (u) => set(u, AT.parents, { Nums: array([integer(0), ref(AT.parentsOfPage), integer(41), ref(AT.paragraph)]) })],
    ['in the root itself', (u) => set(u, AT.structure, { ParentTree: dict({ Nums: array([integer(0), ref(AT.parentsOfPage)]) }) })],
    ['that is missing', (u) => set(u, AT.structure, { ParentTree: undefined, ParentTreeNextKey: undefined })],
  ])('may have a parent tree %s', (_, change) => {
    const base = updated(signedPdf('table', 'array'), change);
    const bytes = updated(base, (u) => void sign(u, 'B', { rectangle: [0, 0, 50, 20] }));
    const needs = changesOf(bytes, 1).map(({ kind }) => kind);
    expect(needs).toEqual(expect.arrayContaining(['signature-added', 'signature-widget', 'structure-element-added']));
    expect(needs.filter((kind) => kind === 'structure-changed')).toEqual([]);
  });

  it('that any other change was made to is never passed over', () => {
    const targets = [AT.structure, AT.document, AT.paragraph, AT.parents, AT.parentsOfPage, AT.identifiers, AT.roles];
    const keys = fc.constantFrom('K', 'P', 'S', 'Pg', 'Alt', 'Nums', 'Names', 'Kids', 'ParentTree', 'IDTree', 'RoleMap', 'A', 'Z');
    const bases = STYLES.map((style) => signedPdf(style, 'array'));
    fc.assert(
      fc.property(
        fc.constantFrom(...bases),
        fc.constantFrom(...targets),
        keys,
        objectArbitrary,
        fc.boolean(),
        (base, num, key, value, signing) => {
          let same = false;
          const bytes = updated(base, (u) => {
            if (signing) signed(u);
            const object = num === AT.parentsOfPage ? null : u;
            if (object === null) put(u, ref(num), value);
            else {
              const before = u.objects.size;
              set(u, num, { [key]: value });
              same = before === u.objects.size;
            }
          });
          // A null, or a reference to nothing, is the same as no entry.
          if (same || value === null || (typeof value === 'object' && value.kind === 'ref')) return true;
          return changesOf(bytes).some(({ needs }) => needs === 'never');
        },
      ),
      { numRuns: 500 },
    );
  });

  it('of any size is compared once for each revision, or said to be too large', () => {
    const many = (count: number): PdfObject =>
      dict({ Nums: array(Array.from({ length: count }, (_, i) => [integer(i), ref(AT.paragraph)]).flat()) });
    let bytes = updated(signedPdf('table', 'array'), (u) => put(u, ref(AT.parents), many(20_000)));
    for (let i = 0; i < 3; i++)
      bytes = updated(bytes, (u) => put(u, ref(AT.parents), withEntries(many(20_000) as never, { Limits: numbers(0, 20_000 + i) })));
    expect(changesOf(bytes, 1)).toEqual([]);
  });
});
