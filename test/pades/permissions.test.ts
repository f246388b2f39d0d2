import { describe, expect, it } from 'vitest';
import { allowanceOf, certificationOf, judgeChange, type Lock, locksOf, type Permission } from '../../src/pades/permissions.ts';
import { placesOf } from '../../src/pades/place.ts';
import { readPades } from '../../src/pades/read.ts';
import { add, put, type Update } from '../../src/pdf/append.ts';
import { type Change, change, type Needs, never } from '../../src/pdf/change.ts';
import { signatureFields } from '../../src/pdf/field.ts';
import { addSignatureField } from '../../src/pdf/form.ts';
import { array, dict, integer, name, type PdfObject, ref } from '../../src/pdf/object.ts';
import { revisions } from '../../src/pdf/revision.ts';
import type { SignatureDictionary } from '../../src/pdf/signature.ts';
import { AT, appearance, numbers, opened, set, sign, signatureDictionary, signedPdf, stream, text, updated } from '../pdf/signed.ts';

const NEEDS: readonly Needs[] = ['nothing', 'signing', 'form-fill', 'annotation', 'never'];
/** By permission in force: which of NEEDS are allowed. */
const ALLOWED: readonly [Permission | null, readonly boolean[]][] = [
  [null, [true, true, true, false, false]],
  [1, [true, false, false, false, false]],
  [2, [true, true, true, false, false]],
  [3, [true, true, true, true, false]],
];

const changeOf = (needs: Needs, field: string | null = null): Change => change('kind', '1 0 R', needs, 'something was changed', field);

describe('What a signature allows after itself', () => {
  it.each(ALLOWED)('by certification %s', (certification, allowed) => {
    const allowance = allowanceOf(certification, null, []);
    expect(NEEDS.map((needs) => judgeChange(changeOf(needs), allowance).allowed)).toEqual(allowed);
  });

  it.each([
    [null, 1, 1, 'lock'],
    [null, 3, 3, 'lock'],
    [2, 1, 1, 'lock'],
    [2, 3, 2, 'certification'],
    [3, null, 3, 'certification'],
    [null, null, 2, 'default'],
    [null, 7, 2, 'default'],
  ] as const)('certification %s and a lock with permission %s: the stricter, %s', (certification, permissions, permission, by) => {
    const lock = permissions === null ? null : { action: null, fields: null, permissions };
    expect(allowanceOf(certification, lock, [])).toMatchObject({ permission, by });
  });

  it.each<[Lock, string, boolean]>([
    [{ action: 'All', fields: [] }, 'Name', false],
    [{ action: 'Include', fields: ['Name'] }, 'Name', false],
    [{ action: 'Include', fields: ['Name'] }, 'Name.First', false],
    [{ action: 'Include', fields: ['Name'] }, 'Names', true],
    [{ action: 'Include', fields: ['Name.First'] }, 'Name', true],
    [{ action: 'Exclude', fields: ['Name'] }, 'Name.First', true],
    [{ action: 'Exclude', fields: ['Name'] }, 'Other', false],
  ])('the lock %o and the field %s: %s', (lock, field, allowed) => {
    const allowance = allowanceOf(3, null, [lock]);
    for (const needs of ['signing', 'form-fill', 'annotation'] as const)
      expect(judgeChange(changeOf(needs, field), allowance).allowed).toBe(allowed);
    expect(judgeChange(changeOf('nothing', field), allowance).allowed).toBe(true);
    expect(judgeChange(changeOf('form-fill', null), allowance).allowed).toBe(true);
  });

  it('a change that nothing allows says so, whoever forbids it', () => {
    expect(judgeChange(never('page-changed', '3 0 R', 'a page was changed'), allowanceOf(3, null, []))).toEqual({
      kind: 'page-changed',
      object: '3 0 R',
      allowed: false,
      why: 'a page was changed: no permission covers that',
    });
  });

  it.each([
    [1, 1],
    [2, 2],
    [3, 3],
    [null, 2],
    [9, 2],
  ] as const)('a DocMDP transform with P %s certifies with %s', (permissions, expected) => {
    const parameters = { dict: dict({}), version: null, permissions, action: null, fields: null };
    const references = [{ transformMethod: 'DocMDP', digestMethod: null, parameters }];
    expect(certificationOf({ references } as unknown as SignatureDictionary)).toBe(expected);
  });

  it('locks come from FieldMDP transforms and from the field; an unknown action locks nothing', () => {
    const parameters = { dict: dict({}), version: null, permissions: null, action: 'Include', fields: ['A'] };
    const signature = { references: [{ transformMethod: 'FieldMDP', digestMethod: null, parameters }] } as unknown as SignatureDictionary;
    expect(locksOf(signature, { action: 'Exclude', fields: null, permissions: null })).toEqual([
      { action: 'Include', fields: ['A'] },
      { action: 'Exclude', fields: [] },
    ]);
    expect(locksOf(signature, { action: 'Some', fields: null, permissions: null })).toHaveLength(1);
  });
});

/** A document whose last revision has a signature with a correct byte range. */
function signedWith(references: readonly PdfObject[], field: Readonly<Record<string, PdfObject>> = {}): Uint8Array {
  const draft = updated(signedPdf(), (u) => {
    const value = add(u, signatureDictionary({ ByteRange: numbers(0, 1000000, 1000000, 1000000), Reference: array([...references]) }));
    addSignatureField(u, { name: 'Mine', value, entries: field });
  });
  const mine = signatureFields(opened(draft)).find(({ name: own }) => own === 'Mine')?.signature?.contents;
  if (mine === null || mine === undefined) throw new Error('no signature');
  const range = [0, mine.start, mine.end, draft.length - mine.end].map((value) => String(value).padStart(7, '0'));
  const placed = new TextDecoder('latin1').decode(draft).replace('[0 1000000 1000000 1000000]', `[0 ${range.slice(1).join(' ')}]`);
  return Uint8Array.from(placed, (character) => character.charCodeAt(0));
}

const certified = (permission: number): PdfObject =>
  dict({ TransformMethod: name('DocMDP'), TransformParams: dict({ V: name('1.2'), P: integer(permission) }) });
const fieldsLocked = (...fields: string[]): PdfObject =>
  dict({ TransformMethod: name('FieldMDP'), TransformParams: dict({ Action: name('Include'), Fields: array(fields.map(text)) }) });

const UPDATES: Readonly<Record<string, (update: Update) => void>> = {
  material: (u) => set(u, AT.store, { CRLs: array([add(u, stream('a list'))]) }),
  timestamp: (u) => void sign(u, 'T', {}, { Type: name('DocTimeStamp'), SubFilter: name('ETSI.RFC3161') }),
  signature: (u) => void sign(u, 'B'),
  // What is neither a signature nor a time-stamp may not be shown as one.
  neither: (u) => void sign(u, 'T', {}, { Type: name('Sig'), SubFilter: name('ETSI.RFC3161') }),
  untold: (u) => void sign(u, 'T', {}, { Type: name('Note') }),
  unlike: (u) => void sign(u, 'T', {}, { Type: name('DocTimeStamp') }),
  filled: (u) => set(u, AT.text, { V: text('Bob'), AP: dict({ N: add(u, appearance('(Bob) Tj')) }) }),
  added: (u) => set(u, AT.form, { DA: text('/F 0 Tf') }),
  // Every field of the form may look different then.
  redrawn: (u) => set(u, AT.form, { NeedAppearances: true }),
  note: (u) => set(u, AT.note, { Contents: text('other') }),
  content: (u) => put(u, ref(AT.contents), stream('evil')),
};

describe('A signature and what follows it in a file', () => {
  it.each([
    ['no certification', signedWith([]), ['material', 'timestamp', 'signature', 'filled', 'added', 'redrawn']],
    ['a certification with P 1', signedWith([certified(1)]), ['material', 'timestamp']],
    ['a certification with P 2', signedWith([certified(2)]), ['material', 'timestamp', 'signature', 'filled', 'added', 'redrawn']],
    ['a certification with P 3', signedWith([certified(3)]), ['material', 'timestamp', 'signature', 'filled', 'added', 'redrawn', 'note']],
    ['a transform that locks a field', signedWith([fieldsLocked('Name')]), ['material', 'timestamp', 'signature', 'added']],
    ['a lock of all fields', signedWith([], { Lock: dict({ Action: name('All') }) }), ['material', 'timestamp', 'signature', 'added']],
    [
      'a lock of all but one field',
      signedWith([], { Lock: dict({ Action: name('Exclude'), Fields: array([text('Name')]) }) }),
      ['material', 'timestamp', 'signature', 'filled', 'added'],
    ],
    ['a lock with permission 1', signedWith([], { Lock: dict({ Action: name('All'), P: integer(1) }) }), ['material', 'timestamp']],
  ])('%s', (_, bytes, expected) => {
    const allowed = Object.entries(UPDATES).flatMap(([title, change]) => {
      const place = placeOf(updated(bytes, change));
      expect(place.byteRangeValid).toBe(true);
      expect(place.modifications?.length).toBeGreaterThan(0);
      return place.modifications?.every((one) => one.allowed) === true ? [title] : [];
    });
    expect(allowed).toEqual(expected);
  });

  it.each([
    ['ETSI.RFC3161', 'Sig', 'signature-field'],
    ['ETSI.RFC3161', 'DocTimeStamp', 'timestamp'],
    ['ETSI.CAdES.detached', 'DocTimeStamp', 'signature-field'],
    ['ETSI.CAdES.detached', 'Note', 'signature-field'],
  ])('a dictionary encoded as %s that calls itself %s is read as a %s', (subFilter, type, kind) => {
    const read = readPades(updated(signedPdf(), (u) => void sign(u, 'T', {}, { Type: name(type), SubFilter: name(subFilter) })));
    expect(read).toMatchObject({ ok: true, value: { unreadable: expect.arrayContaining([expect.objectContaining({ kind, name: 'T' })]) } });
  });

  it('nothing after it is no change', () => {
    expect(placeOf(signedWith([]))).toMatchObject({
      modifications: [],
      coversWholeFile: true,
      byteRangeValid: true,
      dictionaryConsistent: true,
    });
  });

  it('octets after the last revision are a change that nothing allows', () => {
    const bytes = Uint8Array.from([...signedWith([certified(3)]), ...new TextEncoder().encode('evil')]);
    expect(placeOf(bytes).modifications).toMatchObject([{ kind: 'octets-appended', allowed: false }]);
  });

  it('a certification binds the signatures after it, not those before', () => {
    const bytes = updated(signedWith([certified(1)]), (u) => void sign(u, 'B'));
    expect(
      placeOf(bytes)
        .modifications?.filter(({ allowed }) => !allowed)
        .map(({ kind }) => kind),
    ).toEqual(['signature-added', 'signature-widget']);
  });

  it('a certification that was put in later does not come before the signature by what it calls covered', () => {
    const bytes = updated(signedWith([]), (u) => {
      sign(u, 'B', {}, { ByteRange: numbers(0, 10, 20, 30), Reference: array([certified(3)]) });
      set(u, AT.note, { Contents: text('other') });
    });
    expect(placeOf(bytes).modifications?.filter(({ allowed }) => !allowed)).toMatchObject([{ kind: 'annotation-changed' }]);
  });

  it('fifty updates are judged once each', () => {
    let bytes = signedWith([]);
    for (let i = 0; i < 50; i++) bytes = updated(bytes, (u) => void sign(u, `S${i}`));
    const { modifications } = placeOf(bytes);
    expect(modifications).toHaveLength(100);
    expect(modifications?.every(({ allowed }) => allowed)).toBe(true);
    expect(revisions(opened(bytes))).toHaveLength(52);
  });
});

function placeOf(bytes: Uint8Array) {
  const document = opened(bytes);
  const placed = signatureFields(document).flatMap(({ name: fieldName, signature, lock }) =>
    signature === null ? [] : [{ fieldName, signature, lock }],
  );
  const place = placesOf(document, placed, true).find(({ fieldName }) => fieldName === 'Mine');
  if (place === undefined) throw new Error('no signature');
  return place;
}
