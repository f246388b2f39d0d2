/** A signed document for tests of what changed after it: a form, annotations, shared resources; and updates of it. */
import type { Bytes } from '../../src/base/bytes.ts';
import { concat } from '../../src/base/bytes.ts';
import { latin1 } from '../../src/base/text.ts';
import { add, currentDict, put, serializeUpdate, startUpdate, type Update, updatedBytes } from '../../src/pdf/append.ts';
import { changeCatalog, currentCatalog } from '../../src/pdf/catalog.ts';
import type { Change } from '../../src/pdf/change.ts';
import { changesByRevision } from '../../src/pdf/changes.ts';
import { openPdf, type PdfDocument } from '../../src/pdf/document.ts';
import { addSignatureField, type NewSignatureField } from '../../src/pdf/form.ts';
import {
  array,
  dict,
  hexString,
  integer,
  literalString,
  name,
  type PdfDict,
  type PdfObject,
  type PdfRef,
  type PdfStream,
  ref,
  streamOf,
  withEntries,
} from '../../src/pdf/object.ts';
import { revisions } from '../../src/pdf/revision.ts';
import { generatePdf, type Style } from './generate.ts';

/** Object numbers of the document. */
export const AT = {
  catalog: 1,
  pages: 2,
  page: 3,
  contents: 1001,
  font: 1002,
  form: 1003,
  text: 1004,
  textAppearance: 1005,
  signed: 1006,
  signature: 1007,
  empty: 1008,
  link: 1009,
  note: 1010,
  outlines: 1011,
  metadata: 1012,
  store: 1013,
  certificate: 1014,
  resources: 1015,
  certificates: 1016,
  /** Nothing leads to it. */
  unused: 1017,
  /** Of a tagged document: its structure, a Document with one paragraph, and the trees that lead to them. */
  structure: 1020,
  document: 1021,
  paragraph: 1022,
  parents: 1023,
  parentsOfPage: 1024,
  identifiers: 1025,
  roles: 1026,
  /** Referred to by the outlines, and not there. */
  missing: 1999,
} as const;

export const text = (value: string): PdfObject => literalString(latin1(value));
export const numbers = (...values: number[]): PdfObject => array(values.map(integer));
export const stream = (content: string, entries: Readonly<Record<string, PdfObject>> = {}): PdfStream =>
  streamOf(dict(entries), latin1(content));
export const appearance = (content: string): PdfStream =>
  stream(content, {
    Type: name('XObject'),
    Subtype: name('Form'),
    BBox: numbers(0, 0, 10, 10),
    Resources: dict({ Font: dict({ F: ref(AT.font) }) }),
  });
export const xmp = (content: string): PdfStream =>
  stream(`<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">${content}</x:xmpmeta>`, {
    Type: name('Metadata'),
    Subtype: name('XML'),
  });
const widget = (title: string, type: string, entries: Readonly<Record<string, PdfObject>>): PdfDict =>
  dict({
    Type: name('Annot'),
    Subtype: name('Widget'),
    FT: name(type),
    T: text(title),
    Rect: numbers(10, 10, 60, 30),
    F: integer(4),
    P: ref(AT.page),
    ...entries,
  });
export const signatureDictionary = (entries: Readonly<Record<string, PdfObject>> = {}): PdfDict =>
  dict({
    Type: name('Sig'),
    Filter: name('Adobe.PPKLite'),
    SubFilter: name('ETSI.CAdES.detached'),
    ByteRange: numbers(0, 1, 2, 3),
    Contents: hexString(new Uint8Array(4)),
    ...entries,
  });

/** Objects of the structure: the text of the page is its paragraph, and /K of the Document is an array or its only child. */
const structure = (children: 'array' | 'one'): readonly [number, PdfObject][] => [
  [
    AT.structure,
    dict({
      Type: name('StructTreeRoot'),
      K: ref(AT.document),
      ParentTree: ref(AT.parents),
      ParentTreeNextKey: integer(1),
      IDTree: ref(AT.identifiers),
      RoleMap: ref(AT.roles),
    }),
  ],
  [
    AT.document,
    dict({
      Type: name('StructElem'),
      S: name('Document'),
      P: ref(AT.structure),
      K: children === 'one' ? ref(AT.paragraph) : array([ref(AT.paragraph)]),
    }),
  ],
  [
    AT.paragraph,
    dict({
      S: name('P'),
      P: ref(AT.document),
      Pg: ref(AT.page),
      K: array([integer(0), dict({ Type: name('MCR'), MCID: integer(1) })]),
      Alt: text('Pay 100'),
      ID: text('p'),
    }),
  ],
  [AT.parents, dict({ Nums: array([integer(0), ref(AT.parentsOfPage)]) })],
  [AT.parentsOfPage, array([ref(AT.paragraph), ref(AT.paragraph)])],
  [AT.identifiers, dict({ Names: array([text('p'), ref(AT.paragraph)]) })],
  [AT.roles, dict({ Paragraph: name('P') })],
];

/** One page with text, a filled text field, a signed and an empty signature field, a link, a note, outlines, metadata and a security store. */
export function signedPdf(style: Style = 'table', tagged: 'array' | 'one' | null = null): Bytes {
  const objects = new Map<number, PdfObject>([
    [
      AT.page,
      dict({
        Type: name('Page'),
        Parent: ref(AT.pages),
        Contents: ref(AT.contents),
        Resources: dict({ Font: dict({ F: ref(AT.font) }) }),
        Annots: array([AT.text, AT.signed, AT.empty, AT.link, AT.note].map((num) => ref(num))),
        ...(tagged && { StructParents: integer(0) }),
      }),
    ],
    [AT.contents, stream('BT /F 12 Tf (Pay 100) Tj ET')],
    [AT.font, dict({ Type: name('Font'), Subtype: name('Type1'), BaseFont: name('Helvetica') })],
    [AT.form, dict({ Fields: array([AT.text, AT.signed, AT.empty].map((num) => ref(num))), SigFlags: integer(3), DR: ref(AT.resources) })],
    [AT.text, widget('Name', 'Tx', { V: text('Ann'), AP: dict({ N: ref(AT.textAppearance) }) })],
    [AT.textAppearance, appearance('(Ann) Tj')],
    [AT.signed, widget('Signed', 'Sig', { V: ref(AT.signature) })],
    [AT.signature, signatureDictionary()],
    [AT.empty, widget('Empty', 'Sig', {})],
    [AT.link, dict({ Type: name('Annot'), Subtype: name('Link'), Rect: numbers(0, 0, 5, 5), Dest: array([ref(AT.page), name('Fit')]) })],
    [AT.note, dict({ Type: name('Annot'), Subtype: name('Text'), Rect: numbers(0, 0, 5, 5), Contents: text('a note') })],
    [AT.outlines, dict({ First: ref(AT.missing), Dest: array([ref(AT.page), name('Fit')]) })],
    [AT.metadata, xmp(tagged ? '<pdfuaid:part>1</pdfuaid:part>' : 'old')],
    [AT.store, dict({ Type: name('DSS'), Certs: ref(AT.certificates) })],
    [AT.certificates, array([ref(AT.certificate)])],
    [AT.certificate, stream('a certificate')],
    [AT.resources, dict({ Font: dict({ F: ref(AT.font) }) })],
    [AT.unused, dict({ Left: text('over') })],
    ...(tagged ? structure(tagged) : []),
  ]);
  const catalog = {
    AcroForm: ref(AT.form),
    Outlines: ref(AT.outlines),
    Metadata: ref(AT.metadata),
    DSS: ref(AT.store),
    ...(tagged && { StructTreeRoot: ref(AT.structure), MarkInfo: dict({ Marked: true }) }),
  };
  return generatePdf({ style, pages: 1, revisions: [[integer(1)]], catalog, objects }).bytes;
}

export function opened(bytes: Bytes): PdfDocument {
  const document = openPdf(bytes);
  if (!document.ok) throw new Error(document.malformed.reason);
  return document.value;
}

/** The document with one more revision. */
export function updated(bytes: Bytes, change: (update: Update) => void): Bytes {
  const update = startUpdate(opened(bytes));
  change(update);
  return updatedBytes(serializeUpdate(update));
}

/** Sets entries of an object that is a dictionary. */
export function set(update: Update, num: number, entries: Readonly<Record<string, PdfObject | undefined>>): void {
  const now = currentDict(update, ref(num));
  if (now === null) throw new Error(`object ${num} is no dictionary`);
  put(update, ref(num), withEntries(now, entries));
}

export function sign(
  update: Update,
  title: string,
  field: Partial<NewSignatureField> = {},
  entries: Readonly<Record<string, PdfObject>> = {},
): PdfRef {
  return addSignatureField(update, { name: title, value: add(update, signatureDictionary(entries)), ...field });
}

/** Adds a certificate to the store, in a list of its own. */
export function store(update: Update, content: string): void {
  const dss = currentDict(update, currentCatalog(update).entries.get('DSS'));
  const listed = dss === null ? null : dss.entries.get('Certs');
  const held = [ref(AT.certificate)];
  changeCatalog(update, {
    DSS: add(update, dict({ Certs: array([...(listed === undefined ? [] : held), add(update, stream(content))]) })),
  });
}

/** The octets of the document with a hand-made section after them; `objects` are written as they are, and so are the entries of the `trailer`. */
export function withSection(bytes: Bytes, objects: string, entries: (offset: number) => string, trailer = ''): Bytes {
  const document = opened(bytes);
  const previous = document.sections[0]?.at ?? 0;
  const at = bytes.length + objects.length;
  const own = ['/Root 1 0 R', '/Size 3000'].filter((entry) => !trailer.includes(entry.slice(0, 5))).join(' ');
  const tail = `xref\n${entries(bytes.length)}trailer\n<< ${own} /Prev ${previous} ${trailer}>>\nstartxref\n${at}\n%%EOF\n`;
  return concat([bytes, latin1(objects + tail)]);
}

/** What the revisions after the first changed, all in one list. */
export function changesOf(bytes: Bytes, from = 0): readonly Change[] {
  const document = opened(bytes);
  const found = changesByRevision(document, revisions(document), from);
  if (found === null) throw new Error('too much to compare');
  return found.flat();
}
