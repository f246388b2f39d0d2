import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat } from '../../src/base/bytes.ts';
import { fromLatin1, latin1 } from '../../src/base/text.ts';
import { add, put, type Update } from '../../src/pdf/append.ts';
import { changeCatalog } from '../../src/pdf/catalog.ts';
import { changesByRevision } from '../../src/pdf/changes.ts';
import { loadObject, openPdf, streamBytes } from '../../src/pdf/document.ts';
import { array, asDict, dict, entry, integer, isKind, name, type PdfObject, ref, withEntries } from '../../src/pdf/object.ts';
import { pageReferences } from '../../src/pdf/page.ts';
import { revisions } from '../../src/pdf/revision.ts';
import { sameObject } from '../../src/pdf/same.ts';
import { objectArbitrary, type Style } from './generate.ts';
import {
  AT,
  appearance,
  changesOf,
  numbers,
  opened,
  set,
  sign,
  signatureDictionary,
  signedPdf,
  store,
  stream,
  text,
  updated,
  withSection,
  xmp,
} from './signed.ts';

const STYLES: readonly Style[] = ['table', 'stream', 'object-stream', 'hybrid'];
const widgets = (...more: PdfObject[]): PdfObject =>
  array([...[AT.text, AT.signed, AT.empty, AT.link, AT.note].map((num) => ref(num)), ...more]);
const fields = (...more: PdfObject[]): PdfObject => array([...[AT.text, AT.signed, AT.empty].map((num) => ref(num)), ...more]);

/** Title, update, and the changes that it is told by: kind and permission. */
const CASES: readonly [string, (update: Update) => void, readonly string[]][] = [
  ['an update that writes an object as it was is no change', (u) => set(u, AT.page, {}), []],
  ['an object that nothing leads to may change', (u) => put(u, ref(AT.unused), text('new')), []],
  ['an object that nothing leads to may be added', (u) => void add(u, text('new')), []],
  ['a signature in a new field needs signing', (u) => void sign(u, 'B'), ['signature-added signing', 'signature-widget signing']],
  [
    'a document time-stamp that shows nothing needs no permission',
    (u) => void sign(u, 'B', {}, { Type: name('DocTimeStamp'), SubFilter: name('ETSI.RFC3161') }),
    ['timestamp-added nothing', 'signature-widget nothing'],
  ],
  [
    'a document time-stamp that covers part of a page is a signature like others',
    (u) =>
      void sign(
        u,
        'B',
        { rectangle: [0, 0, 50, 50], appearance: add(u, appearance('(evil) Tj')) },
        { Type: name('DocTimeStamp'), SubFilter: name('ETSI.RFC3161') },
      ),
    ['timestamp-added signing', 'signature-widget signing'],
  ],
  [
    'an empty signature field needs signing',
    (u) => void sign(u, 'B', { value: null }),
    ['signature-field-added signing', 'signature-widget signing'],
  ],
  [
    'an empty signature field that shows something is an annotation',
    (u) => void sign(u, 'B', { value: null, rectangle: [0, 0, 50, 50], appearance: add(u, appearance('(evil) Tj')) }),
    ['signature-field-added annotation', 'signature-widget annotation'],
  ],
  [
    'an empty field may be signed, with its appearance',
    (u) => set(u, AT.empty, { V: add(u, signatureDictionary()), AP: dict({ N: add(u, appearance('(B) Tj')) }) }),
    ['signature-added signing', 'field-appearance signing'],
  ],
  ['a signature may not be replaced', (u) => set(u, AT.signed, { V: add(u, signatureDictionary()) }), ['signature-changed never']],
  ['a signature may not be taken out', (u) => set(u, AT.signed, { V: undefined }), ['signature-changed never']],
  ['a signature dictionary may not be changed', (u) => set(u, AT.signature, { Reason: text('none') }), ['signature-changed never']],
  [
    'a signed field may not look different',
    (u) => set(u, AT.signed, { AP: dict({ N: add(u, appearance('x')) }) }),
    ['signature-appearance-changed never'],
  ],
  [
    'an empty field that stays empty shows nothing else by itself',
    (u) => set(u, AT.empty, { AP: dict({ N: add(u, appearance('(B) Tj')) }) }),
    ['field-appearance annotation'],
  ],
  [
    'an empty field that stays empty is not filled in',
    (u) => set(u, AT.empty, { BS: dict({ W: integer(9) }) }),
    ['field-filled annotation'],
  ],
  ['a field may not show a signature that was there already', (u) => set(u, AT.empty, { V: ref(AT.signature) }), ['signature-added never']],
  [
    'a second field may not have the name of another',
    (u) => {
      const field = add(u, dict({ FT: name('Sig'), T: text('Name'), V: add(u, signatureDictionary()) }));
      set(u, AT.form, { Fields: fields(field) });
    },
    ['field-added never'],
  ],
  [
    'a signature field may not bring an action',
    (u) => void sign(u, 'B', { entries: { A: dict({ S: name('JavaScript') }) } }),
    ['field-added never', 'widget-added never'],
  ],
  [
    'a text field may not be added',
    (u) => {
      const field = add(u, dict({ FT: name('Tx'), T: text('B'), Subtype: name('Widget'), Rect: numbers(0, 0, 9, 9) }));
      set(u, AT.form, { Fields: fields(field) });
      set(u, AT.page, { Annots: widgets(field) });
    },
    ['field-added never', 'widget-added never'],
  ],
  ['a field may not be removed', (u) => set(u, AT.form, { Fields: array([ref(AT.signed), ref(AT.empty)]) }), ['field-removed never']],
  [
    'a field may not be taken off its page',
    (u) => set(u, AT.page, { Annots: array([ref(AT.signed), ref(AT.empty), ref(AT.link), ref(AT.note)]) }),
    ['widget-removed never'],
  ],
  [
    'a field may be filled in, with its appearance in another object',
    (u) => set(u, AT.text, { V: text('Bob'), AP: dict({ N: add(u, appearance('(Bob) Tj')) }) }),
    ['field-filled form-fill', 'field-appearance form-fill'],
  ],
  [
    'a field may be filled in, with its appearance in the same object',
    (u) => {
      set(u, AT.text, { V: text('Bob') });
      put(u, ref(AT.textAppearance), appearance('(Bob) Tj'));
    },
    ['field-appearance form-fill', 'field-filled form-fill'],
  ],
  [
    'a field that looks different with the same value is drawn over',
    (u) => put(u, ref(AT.textAppearance), appearance('(Bob) Tj')),
    ['field-appearance annotation'],
  ],
  ['a field may be made read-only', (u) => set(u, AT.text, { Ff: integer(1) }), ['field-locked form-fill']],
  ['a field may not get actions', (u) => set(u, AT.text, { AA: dict({}) }), ['field-changed never']],
  ['a field may not be moved', (u) => set(u, AT.text, { Rect: numbers(0, 0, 99, 99) }), ['field-changed never']],
  ['a field that is shown or hidden is an annotation', (u) => set(u, AT.text, { F: integer(6) }), ['field-flags annotation']],
  ['a field may not get others below it', (u) => set(u, AT.text, { Kids: array([]) }), ['field-changed never']],
  ['a field may not become something else', (u) => put(u, ref(AT.text), stream('x')), ['object-changed never']],
  ['a field may not be removed as an object', (u) => put(u, ref(AT.text), null), ['object-removed never']],
  ['the form may not get another entry', (u) => set(u, AT.form, { XFA: text('<xfa/>') }), ['form-changed never']],
  [
    'the form may be written into the catalogue',
    (u) => changeCatalog(u, { AcroForm: dict({ Fields: fields(), SigFlags: integer(3), DR: ref(AT.resources) }) }),
    [],
  ],
  [
    'a field may not be dropped while the form moves',
    (u) => changeCatalog(u, { AcroForm: dict({ Fields: array([]), SigFlags: integer(3), DR: ref(AT.resources) }) }),
    ['field-removed never', 'field-removed never', 'field-removed never'],
  ],
  ['the form may not be removed', (u) => changeCatalog(u, { AcroForm: undefined }), ['form-removed never']],
  [
    'fonts of the form may be added to',
    (u) => set(u, AT.resources, { Font: dict({ F: ref(AT.font), G: ref(AT.font) }) }),
    ['form-resources-added signing'],
  ],
  [
    'fonts of the form may not be replaced',
    (u) => set(u, AT.resources, { Font: dict({ F: add(u, dict({})) }) }),
    ['form-resources-changed never'],
  ],
  [
    'a note is an annotation',
    (u) => set(u, AT.page, { Annots: widgets(add(u, dict({ Subtype: name('FreeText') }))) }),
    ['annotation-added annotation'],
  ],
  ['a note may be changed where annotations may', (u) => set(u, AT.note, { Contents: text('other') }), ['annotation-changed annotation']],
  [
    'a note may be removed where annotations may',
    (u) => set(u, AT.page, { Annots: array([ref(AT.text), ref(AT.signed), ref(AT.empty), ref(AT.link)]) }),
    ['annotation-removed annotation'],
  ],
  [
    'annotations that are put in another order are drawn in another order',
    (u) => set(u, AT.page, { Annots: array([AT.signed, AT.text, AT.empty, AT.link, AT.note].map((num) => ref(num))) }),
    ['annotations-reordered annotation'],
  ],
  ['a note may not become a field', (u) => set(u, AT.note, { Subtype: name('Widget') }), ['annotation-changed never']],
  ['the content of a page may not change', (u) => put(u, ref(AT.contents), stream('BT (Pay 999) Tj ET')), ['object-changed never']],
  ['the content of a page may not be replaced', (u) => set(u, AT.page, { Contents: add(u, stream('x')) }), ['page-changed never']],
  ['a font of a page may not change', (u) => set(u, AT.font, { BaseFont: name('Evil') }), ['object-changed never']],
  ['a page may not be rotated', (u) => set(u, AT.page, { Rotate: integer(90) }), ['page-changed never']],
  [
    'a page may not be added',
    (u) => set(u, AT.pages, { Kids: array([ref(AT.page), add(u, dict({ Type: name('Page') }))]), Count: integer(2) }),
    ['page-added never'],
  ],
  ['a page may not be removed', (u) => set(u, AT.pages, { Kids: array([]), Count: integer(0) }), ['page-removed never']],
  ['a page may not stand twice', (u) => set(u, AT.pages, { Kids: array([ref(AT.page), ref(AT.page)]) }), ['page-moved never']],
  [
    'a page may not be replaced by another',
    (u) => set(u, AT.pages, { Kids: array([add(u, dict({ Type: name('Page') }))]) }),
    ['page-added never', 'page-removed never'],
  ],
  [
    'what pages inherit may not change, whatever page comes with it',
    (u) => set(u, AT.pages, { Kids: array([ref(AT.page), add(u, dict({ Type: name('Page') }))]), Rotate: integer(90) }),
    ['object-changed never'],
  ],
  ['the count of pages may not change alone', (u) => set(u, AT.pages, { Count: integer(2) }), ['object-changed never']],
  ['outlines may not change', (u) => set(u, AT.outlines, { Dest: text('elsewhere') }), ['object-changed never']],
  [
    'an object that was referred to before it was there may not appear',
    (u) => put(u, ref(AT.missing), dict({ Title: text('evil') })),
    ['object-appeared never'],
  ],
  ['metadata may change', (u) => put(u, ref(AT.metadata), xmp('new')), ['metadata nothing']],
  [
    'metadata may not become something else',
    (u) => put(u, ref(AT.metadata), stream('bogus', { Type: name('Metadata'), Subtype: name('XML') })),
    ['metadata-changed never'],
  ],
  [
    'validation material may be added',
    (u) => set(u, AT.store, { OCSPs: array([add(u, stream('an answer'))]) }),
    ['material-added nothing'],
  ],
  [
    'validation material may be added to a list',
    (u) => put(u, ref(AT.certificates), array([ref(AT.certificate), add(u, stream('another'))])),
    ['material-added nothing'],
  ],
  [
    'validation material may come again under another number',
    (u) => changeCatalog(u, { DSS: dict({ Certs: array([add(u, stream('a certificate'))]) }) }),
    ['material-added nothing'],
  ],
  ['validation material may not be removed', (u) => put(u, ref(AT.certificates), array([])), ['material-changed never']],
  ['validation material may not be replaced', (u) => put(u, ref(AT.certificate), stream('another')), ['material-changed never']],
  [
    'a list of validation material may be freed where what it held is in the store still',
    (u) => {
      set(u, AT.store, { Certs: array([add(u, stream('a certificate'))]) });
      put(u, ref(AT.certificates), null);
      put(u, ref(AT.certificate), null);
    },
    ['material-added nothing', 'material-added nothing', 'material-added nothing'],
  ],
  ['the store may not be removed', (u) => changeCatalog(u, { DSS: undefined }), ['material-changed never']],
  ['the store may not become something else', (u) => put(u, ref(AT.store), array([])), ['material-changed never']],
  [
    'a number that nothing used may not be given to the store',
    (u) => {
      put(u, ref(AT.unused), dict({ Certs: ref(AT.certificates), Type: name('DSS') }));
      changeCatalog(u, { DSS: ref(AT.unused) });
    },
    ['material-added nothing', 'object-recycled never'],
  ],
  [
    'extensions may be added',
    (u) => changeCatalog(u, { Extensions: dict({ ESIC: dict({ BaseVersion: name('1.7'), ExtensionLevel: integer(2) }) }) }),
    ['metadata nothing'],
  ],
  ['the version may rise', (u) => changeCatalog(u, { Version: name('2.0') }), ['metadata nothing']],
  ['the version may not fall', (u) => changeCatalog(u, { Version: name('1.3') }), ['catalog-changed never']],
  ['permissions may not be added', (u) => changeCatalog(u, { Perms: dict({ DocMDP: ref(AT.signature) }) }), ['catalog-changed never']],
  ['an action on opening may not be added', (u) => changeCatalog(u, { OpenAction: dict({}) }), ['catalog-changed never']],
];

const told = (bytes: Uint8Array): string[] =>
  changesOf(bytes)
    .map(({ kind, needs }) => `${kind} ${needs}`)
    .sort();

describe('What a revision changed', () => {
  for (const style of STYLES) {
    const base = signedPdf(style);
    it.each(CASES)(`${style}: %s`, (_, change, expected) => {
      expect(told(updated(base, change))).toEqual([...expected].sort());
    });
  }

  it('says where a signature was put and how large it is', () => {
    const [placed] = changesOf(updated(signedPdf(), (u) => void sign(u, 'B', { rectangle: [0, 0, 50, 20] }))).filter(
      ({ kind }) => kind === 'signature-widget',
    );
    expect(placed).toMatchObject({ page: 1, why: "the signature field 'B' was put on the page, 50 by 20 units large" });
  });

  it('is told for each revision against the one before', () => {
    const twice = updated(
      updated(signedPdf(), (u) => void sign(u, 'B')),
      (u) => store(u, 'another'),
    );
    const document = openPdf(twice);
    const found = document.ok ? changesByRevision(document.value, revisions(document.value)) : null;
    expect(found?.map((changes) => changes.map(({ kind }) => kind))).toEqual([
      [],
      ['signature-added', 'signature-widget'],
      ['material-added'],
      [],
    ]);
  });
});

describe('What readers may see differently', () => {
  it('an object stream may not be rewritten: that changes every object in it', () => {
    const base = signedPdf('object-stream');
    const document = opened(base);
    const font = loadObject(document, ref(AT.font));
    const number = font.ok ? (font.value?.container ?? 0) : 0;
    const container = loadObject(document, ref(number));
    const held = container.ok ? (container.value?.value ?? null) : null;
    if (!isKind(held, 'stream')) throw new Error('the font is in no object stream');
    const plain = streamBytes(document, held);
    const other = (plain.ok ? fromLatin1(plain.value) : '').replace('/Helvetica', '/Evilvetic');
    const entries = { Type: name('ObjStm'), N: entry(held.dict, 'N'), First: entry(held.dict, 'First') };
    expect(told(updated(base, (u) => put(u, ref(number), stream(other, entries))))).toEqual(['object-stream-changed never']);
    expect(told(updated(base, (u) => put(u, ref(number), held)))).toEqual([]);
  });

  it.each([
    ['an object that is referred to may not be freed', `${AT.contents} 1\n0000000000 00001 f \n`, ['object-removed never']],
    ['a number that nothing uses may be freed', `${AT.unused} 1\n0000000000 00001 f \n`, []],
    ['what is missing may be freed', `${AT.missing} 1\n0000000000 00001 f \n`, []],
  ])('%s', (_, entries, expected) => {
    expect(told(withSection(signedPdf(), '', () => entries))).toEqual(expected);
  });

  it('a number may not be used again under another generation', () => {
    const bytes = withSection(
      signedPdf(),
      `${AT.contents} 1 obj\n<< /Length 0 >>\nstream\n\nendstream\nendobj\n`,
      (at) => `${AT.contents} 1\n${String(at).padStart(10, '0')} 00001 n \n`,
    );
    expect(told(bytes)).toEqual(['object-recycled never']);
  });

  it('another catalogue is compared with the one before', () => {
    const other = (catalog: string): Uint8Array => {
      const base = signedPdf();
      return withSection(
        base,
        `2500 0 obj\n${catalog}\nendobj\n`,
        (at) => `2500 1\n${String(at).padStart(10, '0')} 00000 n \n`,
        '/Root 2500 0 R ',
      );
    };
    const same = `/AcroForm ${AT.form} 0 R /Outlines ${AT.outlines} 0 R /Metadata ${AT.metadata} 0 R /DSS ${AT.store} 0 R`;
    expect(told(other(`<< /Type /Catalog /Pages 2 0 R ${same} >>`))).toEqual([]);
    expect(told(other(`<< /Type /Catalog /Pages 2 0 R ${same} /OpenAction 5 0 R >>`))).toEqual(['catalog-changed never']);
  });

  it('cross-references that list an object twice are ambiguous', () => {
    const base = signedPdf();
    const bytes = withSection(base, '', () => `${AT.contents} 1\n0000000100 00000 n \n${AT.contents} 1\n0000000200 00000 n \n`);
    expect(told(bytes)).toContain('ambiguous never');
  });

  it('a signed reference to a place behind the signed octets brings no object in', () => {
    const base = signedPdf();
    const place = base.length;
    const signed = withSection(
      base,
      '',
      () =>
        `2000 1\n${String(place + 200).padStart(10, '0')} 00000 n \n${AT.contents} 1\n${String(place + 400).padStart(10, '0')} 00000 n \n`,
    );
    const pad = ' '.repeat(place + 400 - signed.length);
    const bytes = withSection(
      signed,
      `${pad}${AT.contents} 0 obj\n<< /Length 4 >>\nstream\nevil\nendstream\nendobj\n`,
      () => '0 1\n0000000000 65535 f \n',
    );
    expect(changesOf(bytes, 1).map(({ kind, needs }) => `${kind} ${needs}`)).toContain('object-changed never');
  });

  it('a section hidden in the signed octets does not become part of the signed revision', () => {
    const plain = signedPdf();
    const first = opened(plain).sections[0]?.at ?? 0;
    // The signed revision: evil content that nothing lists, a section that lists it, and then the section in force.
    const evil = `${AT.contents} 0 obj\n<< /Length 4 >>\nstream\nevil\nendstream\nendobj\n`;
    const hiddenAt = plain.length + evil.length;
    const signedAt = (hidden: number): number => hiddenAt + hidden;
    const hidden = (previous: string): string =>
      `xref\n${AT.contents} 1\n${String(plain.length).padStart(10, '0')} 00000 n \ntrailer\n<< /Root 1 0 R /Size 3000 /Prev ${previous} >>\n`;
    const own = signedAt(hidden('0000000000').length);
    const section = (at: number, previous: number): string =>
      `xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R /Size 3000 /Prev ${previous} >>\nstartxref\n${at}\n%%EOF\n`;
    const signed = concat([plain, latin1(evil + hidden(String(own).padStart(10, '0')) + section(own, first))]);
    const honest = concat([signed, latin1(section(signed.length, own))]);
    const dishonest = concat([signed, latin1(section(signed.length, hiddenAt))]);
    expect(changesOf(honest, 1)).toEqual([]);
    expect(changesOf(dishonest, 1).map(({ kind, needs }) => `${kind} ${needs}`)).toContain('ambiguous never');
  });

  it.each([
    ['another catalogue, and the one that was', '/Root 2500 0 R /Root 1 0 R ', ['ambiguous never']],
    ['two things about the document', '/Info 5 0 R /Info 6 0 R ', ['ambiguous never']],
    ['fewer objects than the document has', `/Size ${AT.contents} `, ['ambiguous never']],
    ['no object at all', '/Size 0 ', ['ambiguous never']],
    ['fewer objects, but all that are in use', '/Size 2000 ', []],
  ])('the trailer of an update may not say %s', (_, trailer, expected) => {
    expect(told(withSection(signedPdf(), '', () => '0 1\n0000000000 65535 f \n', trailer))).toEqual(expected);
  });

  it('an update whose trailer names no catalogue is ambiguous', () => {
    const base = signedPdf();
    const document = opened(base);
    const tail = `xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 3000 /Prev ${document.sections[0]?.at} >>\nstartxref\n${base.length}\n%%EOF\n`;
    expect(told(concat([base, latin1(tail)]))).toContain('ambiguous never');
  });

  it.each([
    ['the index of another object', `${AT.contents} 0 ${AT.font} 3 `, 1],
    ['an object that is there twice', `${AT.font} 0 ${AT.font} 3 `, 1],
  ])('an object stream of an update is read in one way only: %s', (_, header, index) => {
    const base = signedPdf('stream');
    const font = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>';
    const body = `9  ${font}`;
    const holder = stream(header + body, { Type: name('ObjStm'), N: integer(2), First: integer(header.length) });
    const row = (type: number, second: number, third: number): string => String.fromCharCode(type, second >> 8, second & 255, third);
    const at = base.length;
    const objects = `2500 0 obj\n<< /Type /ObjStm /N 2 /First ${header.length} /Length ${holder.length} >>\nstream\n${header}${body}\nendstream\nendobj\n`;
    const wrong = header.startsWith(String(AT.contents)) ? 1 - index : index;
    const rows = row(2, 2500, wrong) + row(1, at, 0) + row(1, at + objects.length, 0);
    const previous = opened(base).sections[0]?.at;
    const section = `2501 0 obj\n<< /Type /XRef /W [1 2 1] /Index [${AT.font} 1 2500 2] /Root 1 0 R /Size 3000 /Prev ${previous} /Length ${rows.length} >>\nstream\n${rows}\nendstream\nendobj\n`;
    expect(told(concat([base, latin1(`${objects}${section}startxref\n${at + objects.length}\n%%EOF\n`)]))).toContain('ambiguous never');
  });

  it('octets after the last revision are told', () => {
    expect(told(concat([signedPdf(), latin1('\n\n')]))).toEqual([]);
    expect(told(concat([signedPdf(), latin1('9 0 obj (evil) endobj')]))).toEqual(['octets-appended never']);
  });

  it('an appearance that the page uses too may not change with the field', () => {
    const base = updated(signedPdf(), (u) => set(u, AT.page, { Resources: dict({ XObject: dict({ X: ref(AT.textAppearance) }) }) }));
    const filled = updated(base, (u) => {
      set(u, AT.text, { V: text('Bob') });
      put(u, ref(AT.textAppearance), appearance('(Bob) Tj'));
    });
    expect(changesOf(filled, 1).map(({ kind, needs }) => `${kind} ${needs}`)).toContain('object-changed never');
  });

  it('metadata that is content as well may not change', () => {
    const base = updated(signedPdf(), (u) => set(u, AT.outlines, { Also: ref(AT.metadata) }));
    const changed = updated(base, (u) => put(u, ref(AT.metadata), xmp('new')));
    expect(changesOf(changed, 1).map(({ kind, needs }) => `${kind} ${needs}`)).toEqual(['object-changed never']);
  });

  it('pages that came and went are told by their numbers', () => {
    const inserted = updated(signedPdf(), (u) =>
      set(u, AT.pages, { Kids: array([add(u, dict({ Type: name('Page') })), ref(AT.page)]), Count: integer(2) }),
    );
    expect(changesOf(inserted).map(({ kind, page, why }) => [kind, page, why])).toEqual([['page-added', 1, 'page 1 was added']]);
    const first = pageReferences(opened(inserted), 2)?.[0] ?? null;
    const swapped = updated(inserted, (u) => set(u, AT.pages, { Kids: array([ref(AT.page), first]) }));
    expect(changesOf(swapped, 1).map(({ kind, page }) => [kind, page])).toEqual([['page-moved', 1]]);
  });

  it('pages that run in a circle cannot be told', () => {
    const base = updated(signedPdf(), (u) => {
      const node = add(u, dict({ Type: name('Pages'), Kids: array([ref(AT.pages)]) }));
      set(u, AT.pages, { Kids: array([ref(AT.page), node]) });
    });
    expect(
      changesOf(
        updated(base, (u) => set(u, AT.page, {})),
        1,
      ).map(({ kind }) => kind),
    ).toEqual(['damaged']);
  });

  it('cross-references of absurd size are not compared', () => {
    const huge = withSection(signedPdf(), '', () => '0 1\n0000000000 65535 f \n');
    const document = openPdf(huge);
    if (!document.ok) throw new Error('unreadable');
    const [newest, ...older] = document.value.sections;
    if (newest === undefined) throw new Error('no section');
    const range = { form: 'map', first: 0, count: 8_000_000, entries: new Map() } as const;
    const inflated = { ...document.value, sections: [{ ...newest, ranges: [range] }, ...older] };
    expect(changesByRevision(inflated, revisions(inflated))).toBeNull();
  });
});

describe('Any update', () => {
  const styles = fc.constantFrom(...STYLES);
  const bases = new Map(STYLES.map((style) => [style, signedPdf(style)] as const));
  const step = fc.constantFrom('signature', 'timestamp', 'store', 'empty');

  it('that only adds signatures, time-stamps and validation material needs no more than signing', () => {
    fc.assert(
      fc.property(styles, fc.array(step, { minLength: 1, maxLength: 5 }), (style, steps) => {
        let bytes = bases.get(style) ?? signedPdf(style);
        for (const [i, kind] of steps.entries()) {
          bytes = updated(bytes, (u) => {
            if (kind === 'store')
              set(u, AT.store, {
                [i % 2 === 0 ? 'OCSPs' : 'CRLs']: undefined,
                VRI: dict({ [`A${i}`]: dict({ Cert: array([add(u, stream(`${i}`))]) }) }),
              });
            else if (kind === 'timestamp') sign(u, `T${i}`, {}, { Type: name('DocTimeStamp'), SubFilter: name('ETSI.RFC3161') });
            else sign(u, `S${i}`, kind === 'empty' ? { value: null } : { rectangle: [0, 0, 50, 50] });
          });
          if (kind === 'store') break;
        }
        return changesOf(bytes).every(({ needs }) => needs === 'nothing' || needs === 'signing');
      }),
      { numRuns: 60 },
    );
  });

  it('that changes an object of the signed document in any way is never passed over', () => {
    const content = [
      AT.catalog,
      AT.pages,
      AT.page,
      AT.contents,
      AT.font,
      AT.form,
      AT.signed,
      AT.signature,
      AT.outlines,
      AT.resources,
      AT.metadata,
      AT.certificate,
    ];
    fc.assert(
      fc.property(styles, fc.constantFrom(...content), objectArbitrary, fc.boolean(), (style, num, value, signing) => {
        const base = bases.get(style) ?? signedPdf(style);
        const before = openPdf(base);
        const was = before.ok ? before.value.loaded.objects.get(num) : undefined;
        if (was?.ok === true && was.value !== null && sameObject(was.value.value, value)) return true;
        const bytes = updated(base, (u) => {
          if (signing) sign(u, 'B');
          put(u, ref(num), value);
        });
        const document = openPdf(bytes);
        if (!document.ok || document.value.rebuilt) return true;
        const found = changesByRevision(document.value, revisions(document.value))?.flat();
        return found === undefined || found.some(({ needs }) => needs === 'never');
      }),
      { numRuns: 400 },
    );
  });

  it('that changes an entry of any object in use is told', () => {
    const used = Object.values(AT).filter((num) => num !== AT.unused && num !== AT.missing);
    fc.assert(
      fc.property(styles, fc.constantFrom(...used), fc.nat(20), objectArbitrary, (style, num, which, value) => {
        const base = bases.get(style) ?? signedPdf(style);
        const document = opened(base);
        const object = loadObject(document, ref(num));
        const was = object.ok ? (object.value?.value ?? null) : null;
        const held = asDict(was);
        if (was === null || held === null || (!isKind(was, 'dict') && !isKind(was, 'stream'))) return true;
        const key = [...held.entries.keys(), 'Z', 'AA', 'V', 'Kids'][which % (held.entries.size + 4)] ?? 'Z';
        if (key === 'SigFlags' || key === 'Length' || sameObject(value, held.entries.get(key) ?? null)) return true;
        const changedDict = withEntries(held, { [key]: value });
        const is: PdfObject = isKind(was, 'stream') ? { ...was, dict: changedDict } : changedDict;
        const bytes = updated(base, (u) => put(u, ref(num), is));
        const found = openPdf(bytes);
        if (!found.ok || found.value.rebuilt) return true;
        return changesOf(bytes).length > 0;
      }),
      { numRuns: 600 },
    );
  });

  it('that changes one entry of a dictionary of the signed document is never passed over', () => {
    const keyed = [
      [AT.page, 'MediaBox'],
      [AT.page, 'Resources'],
      [AT.page, 'Contents'],
      [AT.page, 'AA'],
      [AT.pages, 'Rotate'],
      [AT.catalog, 'OpenAction'],
      [AT.catalog, 'Names'],
      [AT.catalog, 'OCProperties'],
      [AT.catalog, 'Perms'],
      [AT.form, 'XFA'],
      [AT.form, 'CO'],
      [AT.text, 'A'],
      [AT.text, 'T'],
      [AT.text, 'FT'],
      [AT.text, 'Parent'],
      [AT.signed, 'AP'],
      [AT.signed, 'Rect'],
      [AT.empty, 'Lock'],
      [AT.empty, 'SV'],
    ] as const;
    fc.assert(
      fc.property(styles, fc.constantFrom(...keyed), objectArbitrary, (style, [num, key], value) => {
        const base = bases.get(style) ?? signedPdf(style);
        if (value === null || (typeof value === 'object' && value.kind === 'ref')) return true;
        let unchanged = false;
        const bytes = updated(base, (u) => {
          const before = u.objects.size;
          set(u, num, { [key]: value });
          unchanged = before === u.objects.size;
        });
        return unchanged || changesOf(bytes).some(({ needs }) => needs === 'never');
      }),
      { numRuns: 300 },
    );
  });

  it('with damaged octets is a value, never a throw or a hang', () => {
    const files = STYLES.map((style) =>
      updated(
        updated(signedPdf(style), (u) => void sign(u, 'B')),
        (u) => store(u, 'another'),
      ),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 12 }),
        (file, spots) => {
          const bytes = file.slice();
          for (const [where, octet] of spots) bytes[Math.min(bytes.length - 1, Math.floor(where * bytes.length))] = octet;
          const document = openPdf(bytes);
          if (!document.ok) return true;
          const all = revisions(document.value);
          for (let from = 0; from < all.length; from++) changesByRevision(document.value, all, from);
          return true;
        },
      ),
      { numRuns: 400 },
    );
  });

  it('that puts any objects anywhere is a value, never a throw or a hang', () => {
    const targets = fc.constantFrom(...Object.values(AT));
    fc.assert(
      fc.property(styles, fc.array(fc.tuple(targets, objectArbitrary), { minLength: 1, maxLength: 5 }), (style, puts) => {
        const bytes = updated(bases.get(style) ?? signedPdf(style), (u) => {
          for (const [num, value] of puts) put(u, ref(num), value);
        });
        const document = openPdf(bytes);
        if (document.ok) changesByRevision(document.value, revisions(document.value));
        return true;
      }),
      { numRuns: 300 },
    );
  });
});
