/** Certification, field locks, seed values, fields and statements of PAdES signatures: each rule, and what others say of the result. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import type { Fault } from '../../src/base/fault.ts';
import { digest } from '../../src/crypto/digest.ts';
import type { Signer } from '../../src/crypto/signer.ts';
import { addDocumentTimestamp } from '../../src/pades/augment-timestamp.ts';
import { catalogOf, dictAt } from '../../src/pdf/document.ts';
import { signatureFields } from '../../src/pdf/field.ts';
import { addSignatureField } from '../../src/pdf/form.ts';
import { array, dict, entry, hexString, integer, name, type PdfObject } from '../../src/pdf/object.ts';
import { toJson } from '../../src/report/index.ts';
import { type FieldsToLock, type SignOptions, sign } from '../../src/sign.ts';
import { validate } from '../../src/validate.ts';
import { closeJudges, pdfsig, present, pyhankoJudge, qpdfCheck } from '../judges/judges.ts';
import { inFolder } from '../judges/run.ts';
import { faultOf } from '../support/fault.ts';
import { pemEncode } from '../support/pem.ts';
import { memoryPki } from '../support/pki.ts';
import { filled, formPdf, opened, updated, words } from './form-pdf.ts';

const pki = memoryPki();
afterAll(closeJudges);
const NOW = Date.now();
const AT = Math.floor(NOW / 1000) * 1000;
const here = Object.fromEntries(
  await Promise.all((['pdfsig', 'qpdf', 'pyhanko'] as const).map(async (judge) => [judge, await present(judge)])),
);

let key: Promise<Signer> | null = null;
const signer = (): Promise<Signer> => {
  key ??= pki()
    .then((made) => made.leaf('P-256'))
    .then((leaf) => leaf.signer);
  return key;
};
const signed = async (document: Uint8Array, options: Partial<SignOptions> = {}): Promise<Uint8Array> =>
  sign(document, { signer: await signer(), at: AT, ...options });
const stamped = async (document: Uint8Array, options: Partial<SignOptions> = {}): Promise<Uint8Array> =>
  signed(document, { level: 'T', timestamps: (await pki()).timestampAuthority, ...options });
const refusal = async (document: Uint8Array, options: Partial<SignOptions>): Promise<Fault> => faultOf(signed(document, options));

/** What our own change analysis says: the kinds of change after each signature that are not allowed. */
async function forbidden(document: Uint8Array): Promise<string[][]> {
  const report = toJson(await validate(document, { at: AT + 1000, trust: [(await pki()).root] }));
  return report.signatures.map(({ pdf }) => (pdf?.modifications ?? []).filter(({ allowed }) => !allowed).map(({ kind }) => kind));
}

/** Asks the outside judges that are installed; every signature must be intact for them. */
async function judged(document: Uint8Array, { widgets = 1 } = {}): Promise<{ readonly docmdpOk: (boolean | null)[] }> {
  return inFolder({}, async (folder) => {
    const path = join(folder, 'judged.pdf');
    writeFileSync(path, document);
    if (here['qpdf']) expect(await qpdfCheck(path)).toMatchObject({ good: true });
    // pdfsig takes each widget of a field for a field of its own, which is not signed.
    if (here['pdfsig'] && widgets === 1) {
      const { signatures, said } = await pdfsig(path);
      const values = signatures.filter(({ validation }) => validation !== '');
      expect({ said, valid: values.every(({ valid }) => valid), count: values.length > 0 }).toEqual({ said, valid: true, count: true });
    }
    if (!here['pyhanko']) return { docmdpOk: [] };
    const { signatures, error } = await pyhankoJudge({ path, trust: [pemEncode((await pki()).root)] });
    expect(error).toBe(undefined);
    expect(signatures.every((one) => !('error' in one && one.error) && 'intact' in one && one.intact && one.valid)).toBe(true);
    return { docmdpOk: signatures.map((one) => ('docmdpOk' in one ? (one.docmdpOk ?? null) : null)) };
  });
}

describe('a certification', () => {
  test.each([1, 2, 3] as const)('with P %s is told by the signature and by the catalogue, and others read it', async (certify) => {
    const document = await signed(formPdf(), { certify });
    const [report] = toJson(await validate(document, { at: AT + 1000, trust: [(await pki()).root] })).signatures;
    expect(report).toMatchObject({ valid: true, pdf: { certification: certify } });
    const catalog = catalogOf(opened(document));
    const perms = catalog === null ? null : dictAt(opened(document), catalog, 'Perms');
    const held = signatureFields(opened(document)).find(({ signature }) => signature !== null);
    expect(perms === null ? null : entry(perms, 'DocMDP')).toEqual(held?.signatureRef);
    await judged(document);
  });

  test.each([
    [1, 'refused'],
    [2, 'signed'],
    [3, 'signed'],
  ] as const)('with P %s: a further signature is %s', async (certify, outcome) => {
    const certified = await signed(formPdf(), { certify });
    if (outcome === 'refused') {
      expect(await refusal(certified, {})).toMatchObject({
        code: 'refused',
        message: expect.stringMatching(/allows no further signature/),
      });
      expect(await refusal(certified, { field: 'Sign' })).toMatchObject({ code: 'refused' });
      return;
    }
    const twice = await signed(certified, { field: 'Sign', visible: { text: ['second'] } });
    expect(await forbidden(twice)).toEqual([[], []]);
    expect((await judged(twice)).docmdpOk.includes(false)).toBe(false);
  });

  test('keeps what /Perms held, and other entries of the catalogue', async () => {
    const before = catalogOf(opened(formPdf()));
    const after = catalogOf(opened(await signed(formPdf(), { certify: 3 })));
    expect([...(after?.entries.keys() ?? [])].sort()).toEqual([...(before?.entries.keys() ?? []), 'Perms'].sort());
  });

  test.each<[string, (document: Uint8Array) => Promise<Uint8Array>, Partial<SignOptions>, Fault['code'], RegExp]>([
    ['after a signature', (document) => signed(document), { certify: 2 }, 'refused', /first signature of a PDF.*'Signature1'/],
    ['after a certification', (document) => signed(document, { certify: 3 }), { certify: 3 }, 'refused', /certified already/],
    ['after a document time-stamp', (document) => stampedOnly(document), { certify: 1 }, 'refused', /first signature/],
    ['with P 4', async (document) => document, { certify: 4 as 3 }, 'bad-option', /certify is '4'/],
  ])('%s is refused', async (_, prepare, options, code, message) => {
    const fault = await refusal(await prepare(formPdf()), options);
    expect(fault).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  async function stampedOnly(document: Uint8Array): Promise<Uint8Array> {
    const result = await addDocumentTimestamp(opened(document), (await pki()).timestampAuthority);
    return result.read(0, result.size);
  }
});

describe('a lock', () => {
  const cases: readonly [title: string, lock: FieldsToLock, free: readonly string[], locked: readonly string[]][] = [
    ['of all fields', { action: 'all' }, [], ['Name', 'Sum.Net', 'Sum.Gross']],
    ['of one field', { action: 'include', fields: ['Name'] }, ['Sum.Net', 'Sum.Gross'], ['Name']],
    ['of a field with those below it', { action: 'include', fields: ['Sum'] }, ['Name'], ['Sum.Net', 'Sum.Gross']],
    ['of all but some', { action: 'exclude', fields: ['Name', 'Sum.Net'] }, ['Name', 'Sum.Net'], ['Sum.Gross']],
  ];
  test.each(cases)('%s: filling in is allowed in the free ones only, for us and for others', async (_, lock, free, locked) => {
    const document = await signed(formPdf(), { lock });
    for (const field of free) {
      const later = filled(document, field);
      expect([field, await forbidden(later)]).toEqual([field, [[]]]);
      expect([field, (await judged(later)).docmdpOk.includes(false)]).toEqual([field, false]);
    }
    for (const field of locked) {
      const later = filled(document, field);
      expect([field, await forbidden(later)]).toEqual([field, [['field-filled']]]);
      if (here['pyhanko']) expect([field, (await judged(later)).docmdpOk]).toEqual([field, [false]]);
    }
  });

  test('that a field brings is written into the signature, and binds', async () => {
    const lock = dict({ Type: name('SigFieldLock'), Action: name('Include'), Fields: array([words('Name')]) });
    const document = await signed(formPdf({ Lock: lock }), { field: 'Sign' });
    const [field] = signatureFields(opened(document));
    expect(field?.signature?.references).toMatchObject([
      { transformMethod: 'FieldMDP', parameters: { action: 'Include', fields: ['Name'] } },
    ]);
    expect(await forbidden(filled(document, 'Name'))).toEqual([['field-filled']]);
    expect(await forbidden(filled(document, 'Sum.Net'))).toEqual([[]]);
    await judged(document);
  });

  test('with P 1 closes the document (PDF 2.0)', async () => {
    const document = await signed(formPdf(), { lock: { action: 'include', fields: ['Name'], permission: 1 } });
    expect(signatureFields(opened(document)).at(-1)?.lock).toMatchObject({ action: 'Include', permissions: 1 });
    expect(await forbidden(filled(document, 'Sum.Net'))).toEqual([['field-filled']]);
    expect(await refusal(document, {})).toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/closed this PDF.*lock with P 1/),
    });
    await judged(document);
  });

  test('with P 2 or 3 leaves room for further signatures', async () => {
    const document = await signed(formPdf(), { lock: { action: 'include', fields: ['Name'], permission: 2 } });
    expect(await forbidden(await signed(document))).toEqual([[], []]);
  });

  test('keeps others from signing an empty field that it covers', async () => {
    const document = await signed(formPdf(), { lock: { action: 'include', fields: ['Sign'] } });
    const fault = await refusal(document, { field: 'Sign' });
    expect(fault).toMatchObject({ code: 'refused', message: expect.stringMatching(/'Signature1' locked the field 'Sign'/) });
    expect(await forbidden(await signed(document))).toEqual([[], []]);
  });

  test('and a certification may come together', async () => {
    const document = await signed(formPdf(), { certify: 2, lock: { action: 'include', fields: ['Name'] } });
    expect(await forbidden(filled(document, 'Sum.Net'))).toEqual([[]]);
    expect(await forbidden(filled(document, 'Name'))).toEqual([['field-filled']]);
    await judged(document);
  });

  const own = { Lock: dict({ Action: name('All') }) };
  test.each<[string, Uint8Array, Partial<SignOptions>, Fault['code'], RegExp]>([
    ['of a field that is not there', formPdf(), { lock: { action: 'include', fields: ['Nmae'] } }, 'bad-option', /no field named 'Nmae'/],
    ['of nothing', formPdf(), { lock: { action: 'include' } }, 'bad-option', /needs the names/],
    ['of all and of some', formPdf(), { lock: { action: 'all', fields: ['Name'] } }, 'bad-option', /takes no fields/],
    ['of an unknown kind', formPdf(), { lock: { action: 'some' as 'all' } }, 'bad-option', /lock.action is 'some'/],
    ['with P 9', formPdf(), { lock: { action: 'all', permission: 9 as 1 } }, 'bad-option', /lock.permission is '9'/],
    ['on a field with a lock of its own', formPdf(own), { field: 'Sign', lock: { action: 'all' } }, 'refused', /a lock of its own/],
    [
      'with P, on a field that is there',
      formPdf(),
      { field: 'Sign', lock: { action: 'all', permission: 2 } },
      'bad-option',
      /new field only/,
    ],
  ])('%s is refused', async (_, document, options, code, message) => {
    expect(await refusal(document, options)).toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

describe('a seed value', () => {
  type Entries = Readonly<Record<string, PdfObject>>;
  const names = (...values: string[]): PdfObject => array(values.map(name));
  const texts = (...values: string[]): PdfObject => array(values.map(words));
  const flag = (bit: number): PdfObject => integer(1 << (bit - 1));
  const timestamp = (Ff: number): PdfObject => dict({ URL: words('http://tsa.example'), Ff: integer(Ff) });
  const cases: readonly [title: string, seed: Entries, options: Partial<SignOptions>, refused: RegExp | null][] = [
    ['Filter, another', { Filter: name('Other.Sig'), Ff: flag(1) }, {}, /the signature handler Other.Sig/],
    ['Filter, ours', { Filter: name('Adobe.PPKLite'), Ff: flag(1) }, {}, null],
    ['Filter, another as a wish', { Filter: name('Other.Sig') }, {}, null],
    ['SubFilter without ours', { SubFilter: names('adbe.pkcs7.detached'), Ff: flag(2) }, {}, /type 'adbe.pkcs7.detached'/],
    ['SubFilter with ours', { SubFilter: names('adbe.pkcs7.detached', 'ETSI.CAdES.detached'), Ff: flag(2) }, {}, null],
    ['SubFilter as a wish', { SubFilter: names('adbe.pkcs7.detached') }, {}, null],
    ['V of the future', { V: integer(9), Ff: flag(3) }, {}, /version 9/],
    ['V of PDF 2.0', { V: integer(3), Ff: flag(3) }, {}, null],
    ['Reasons, none given', { Reasons: texts('I agree', 'I saw it'), Ff: flag(4) }, {}, /one of the reasons 'I agree' or 'I saw it'/],
    ['Reasons, another given', { Reasons: texts('I agree'), Ff: flag(4) }, { reason: 'Because' }, /one of the reasons 'I agree'/],
    ['Reasons, one of them', { Reasons: texts('I agree'), Ff: flag(4) }, { reason: 'I agree' }, null],
    ['Reasons as a wish', { Reasons: texts('I agree') }, { reason: 'Because' }, null],
    ['no Reasons wanted, one given', { Reasons: texts('.'), Ff: flag(4) }, { reason: 'Because' }, /a signature without reason/],
    ['no Reasons wanted, none given', { Reasons: texts('.'), Ff: flag(4) }, {}, null],
    [
      'DigestMethod, another given',
      { DigestMethod: texts('SHA512'), Ff: flag(7) },
      { digest: 'SHA-256' },
      /a digest by 'SHA-512'.*SHA-256/,
    ],
    ['DigestMethod, chosen by it', { DigestMethod: texts('SHA384', 'SHA512'), Ff: flag(7) }, {}, null],
    ['DigestMethod, weak only', { DigestMethod: texts('SHA1'), Ff: flag(7) }, {}, /a digest by 'SHA-1'/],
    ['DigestMethod as a wish, another given', { DigestMethod: texts('SHA512') }, { digest: 'SHA-256' }, null],
    ['MDP 0 and a certification', { MDP: dict({ P: integer(0) }) }, { certify: 2 }, /does not certify/],
    ['MDP 0', { MDP: dict({ P: integer(0) }) }, {}, null],
    ['MDP 2 and none', { MDP: dict({ P: integer(2) }) }, {}, /a certification: sign with certify 2/],
    ['MDP 2 and another', { MDP: dict({ P: integer(2) }) }, { certify: 3 }, /sign with certify 2/],
    ['MDP 2', { MDP: dict({ P: integer(2) }) }, { certify: 2 }, null],
    ['TimeStamp and level B', { TimeStamp: timestamp(1) }, {}, /a time-stamp \(of http:\/\/tsa.example\): sign at level T/],
    ['TimeStamp as a wish', { TimeStamp: timestamp(0) }, {}, null],
    ['AddRevInfo and level B', { AddRevInfo: true, Ff: flag(6) }, {}, /revocation data.*level LT/],
    ['AddRevInfo as a wish', { AddRevInfo: true }, {}, null],
    ['LegalAttestation in a certification', { LegalAttestation: texts('x'), Ff: flag(5) }, { certify: 2 }, /a legal attestation/],
    ['LockDocument', { LockDocument: name('true'), Ff: flag(8) }, {}, /closes the document/],
    ['LockDocument auto', { LockDocument: name('auto'), Ff: flag(8) }, {}, null],
    ['AppearanceFilter', { AppearanceFilter: words('Stamp'), Ff: flag(9) }, {}, /the appearance 'Stamp'/],
  ];
  test.each(cases)('%s', async (_, seed, options, refused) => {
    const document = formPdf({ SV: dict({ Type: name('SV'), ...seed }) });
    if (refused === null) {
      const result = await signed(document, { field: 'Sign', ...options });
      expect(signatureFields(opened(result))[0]?.signature?.coverage.valid).toBe(true);
    } else
      expect(await refusal(document, { field: 'Sign', ...options })).toMatchObject({
        code: 'refused',
        message: expect.stringMatching(refused),
      });
  });

  test('of another field binds nobody', async () => {
    const document = formPdf({ SV: dict({ Filter: name('Other.Sig'), Ff: flag(1) }) });
    expect(signatureFields(opened(await signed(document))).map(({ signature }) => signature !== null)).toEqual([false, true]);
  });

  test('that asks for a time-stamp is content with level T, and its wish for a digest is followed', async () => {
    const document = formPdf({ SV: dict({ TimeStamp: timestamp(1), DigestMethod: texts('SHA512'), Ff: flag(7) }) });
    const [report] = toJson(await validate(await stamped(document, { field: 'Sign' }), { at: AT + 60_000 })).signatures;
    expect(report).toMatchObject({ digestAlgorithm: 'SHA-512', timestamps: [{ type: 'signature' }] });
  });

  describe('on the certificate', () => {
    const other = async (): Promise<Uint8Array> => (await (await pki()).leaf('P-256')).signer.chain[0];
    const own = async (): Promise<Uint8Array> => (await signer()).chain[0];
    const seeds: readonly [title: string, seed: () => Promise<Entries>, refused: RegExp | null][] = [
      ['Subject, this one', async () => ({ Subject: array([hexString(await other()), hexString(await own())]), Ff: flag(1) }), null],
      ['Subject, another', async () => ({ Subject: array([hexString(await other())]), Ff: flag(1) }), /another signing certificate/],
      ['Subject, another as a wish', async () => ({ Subject: array([hexString(await other())]) }), null],
      ['Issuer, the intermediate', async () => ({ Issuer: array([hexString((await pki()).intermediate)]), Ff: flag(2) }), null],
      ['Issuer, the root', async () => ({ Issuer: array([hexString((await pki()).root)]), Ff: flag(2) }), null],
      ['Issuer, another', async () => ({ Issuer: array([hexString(await other())]), Ff: flag(2) }), /another issuer/],
      ['OID that it lacks', async () => ({ OID: texts('1.2.3.4'), Ff: flag(3) }), /the policy '1.2.3.4'/],
      ['SubjectDN, its name', async () => ({ SubjectDN: array([dict({ CN: words('signer p-256') })]), Ff: flag(4) }), null],
      ['SubjectDN, another name', async () => ({ SubjectDN: array([dict({ CN: words('Ann') })]), Ff: flag(4) }), /another subject/],
      [
        'SubjectDN, half of it',
        async () => ({ SubjectDN: array([dict({ CN: words('Signer P-256'), C: words('XX') })]), Ff: flag(4) }),
        /another subject/,
      ],
      ['KeyUsage that it has', async () => ({ KeyUsage: texts('X1XXXXXXX', '1'), Ff: flag(6) }), null],
      ['KeyUsage that it lacks', async () => ({ KeyUsage: texts('XXXXX1'), Ff: flag(6) }), /the key usage 'XXXXX1'/],
    ];
    test.each(seeds)('%s', async (_, seed, refused) => {
      const document = formPdf({ SV: dict({ Cert: dict(await seed()) }) });
      if (refused === null) expect((await signed(document, { field: 'Sign' })).length).toBeGreaterThan(document.length);
      else expect(await refusal(document, { field: 'Sign' })).toMatchObject({ code: 'refused', message: expect.stringMatching(refused) });
    });
  });
});

describe('a field', () => {
  const PDF = plainPdf({ title: 'Fields', pages: [['one'], ['two']] });
  const box = { x: 40, y: 60, width: 200, height: 80 };

  test('with several widgets shows the signature in each of them, new or there before', async () => {
    const more = [{ page: 2, ...box }];
    const made = await signed(PDF, { visible: { page: 1, ...box, more } });
    expect(signatureFields(opened(made)).map(({ widgets }) => widgets.map(({ dict: of }) => of.entries.has('AP')))).toEqual([[true, true]]);
    await judged(made, { widgets: 2 });
    const empty = updated(PDF, (update) => {
      addSignatureField(update, {
        name: 'Both',
        value: null,
        rectangle: [40, 60, 240, 140],
        more: [{ page: 1, rectangle: [0, 0, 90, 50] }],
      });
    });
    const filledIn = await signed(empty, { field: 'Both', reason: 'Twice' });
    expect(signatureFields(opened(filledIn)).map(({ widgets }) => widgets.map(({ dict: of }) => of.entries.has('AP')))).toEqual([
      [true, true],
    ]);
    expect(await forbidden(await signed(filledIn))).toEqual([[], []]);
    await judged(filledIn, { widgets: 2 });
  });

  test('may stand below others, which are made where they are missing', async () => {
    const first = await signed(PDF, { field: 'Contract.Parties.Buyer' });
    expect(signatureFields(opened(first)).map(({ name: own }) => own)).toEqual(['Contract.Parties.Buyer']);
    await judged(first);
    const prepared = updated(PDF, (update) => void addSignatureField(update, { name: 'Contract.Seller', value: null }));
    const both = await signed(prepared, { field: 'Contract.Buyer' });
    expect(signatureFields(opened(both)).map(({ name: own, signature }) => [own, signature !== null])).toEqual([
      ['Contract.Seller', false],
      ['Contract.Buyer', true],
    ]);
    expect(await forbidden(await signed(both, { field: 'Contract.Seller' }))).toEqual([[], []]);
    await judged(both);
  });

  test('may stand in a form that is signed, where nothing that is there has to change for it', async () => {
    const first = await signed(PDF, { field: 'A.One' });
    expect(await forbidden(await signed(first, { field: 'B.Two' }))).toEqual([[], []]);
    expect(await refusal(first, { field: 'A.Two' })).toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/no new field below one/),
    });
    expect(await refusal(first, { field: 'A' })).toMatchObject({ code: 'refused', message: expect.stringMatching(/already has a field/) });
    expect(await refusal(first, { field: 'A..B' })).toMatchObject({ code: 'bad-option' });
    expect(await refusal(formPdf(), { field: 'Name' })).toMatchObject({ code: 'refused' });
    expect(await refusal(formPdf(), { field: 'Name.Below' })).toMatchObject({ code: 'refused' });
  });

  test('that is read-only is left alone', async () => {
    expect(await refusal(formPdf({ Ff: integer(1) }), { field: 'Sign' })).toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/read-only/),
    });
  });

  test('that is not there yet needs a place to show a picture', async () => {
    expect(await refusal(formPdf(), { field: 'New', visible: { text: ['x'] } })).toMatchObject({
      code: 'bad-option',
      message: expect.stringMatching(/page, x, y/),
    });
  });
});

describe('statements', () => {
  test('policy, commitment, roles and a content time-stamp are signed, and validation tells them', async () => {
    const { timestampAuthority, root } = await pki();
    const policy = {
      id: '1.2.3.4.5',
      digestAlgorithm: 'SHA-256',
      hash: digest('SHA-256', new Uint8Array(3)),
      url: 'http://policy.example',
    } as const;
    const document = await signed(formPdf(), {
      ...{ policy, commitmentTypes: ['1.2.840.113549.1.9.16.6.1'], claimedRoles: ['Chair', 'Vorsitz – ä'] },
      ...{ contentTimestamp: true, timestamps: timestampAuthority },
    });
    const [report] = toJson(await validate(document, { at: AT + 60_000, trust: [root] })).signatures;
    expect(report).toMatchObject({
      valid: true,
      policyId: '1.2.3.4.5',
      commitmentTypes: ['1.2.840.113549.1.9.16.6.1'],
      signerRoles: ['Chair', 'Vorsitz – ä'],
      timestamps: [{ type: 'content', imprintFound: true, imprintIntact: true, signatureIntact: true }],
    });
    await judged(document);
  });

  test('a content time-stamp that is larger than expected gets the room that it needs', async () => {
    const { timestampAuthority } = await pki();
    let asked = 0;
    const verbose = {
      stamp: async (imprint: Uint8Array, name: Parameters<typeof timestampAuthority.stamp>[1]) => {
        asked++;
        return asked === 1 ? new Uint8Array(20_000) : timestampAuthority.stamp(imprint, name);
      },
    };
    await judged(await signed(formPdf(), { contentTimestamp: true, timestamps: verbose }));
    expect(asked).toBe(2);
  });

  test.each<[string, Partial<SignOptions>, RegExp]>([
    ['a reason and a commitment', { reason: 'x', commitmentTypes: ['1.2.3'] }, /a reason or commitment types, not both/],
    ['a content time-stamp without authority', { contentTimestamp: true }, /needs a time-stamp authority/],
  ])('%s: refused', async (_, options, message) => {
    expect(await refusal(formPdf(), options)).toMatchObject({ code: 'bad-option', message: expect.stringMatching(message) });
  });
});
