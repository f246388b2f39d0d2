/** The story of validation on documents that we sign and then treat badly (EN 319 102-1). */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainPdf } from '../scripts/plain-pdf.ts';
import { concat } from '../src/base/bytes.ts';
import { Fault } from '../src/base/fault.ts';
import { latin1 } from '../src/base/text.ts';
import { answerCrl } from '../src/issuing/index.ts';
import { add, put, serializeUpdate, startUpdate, updatedBytes } from '../src/pdf/append.ts';
import { changeCatalog } from '../src/pdf/catalog.ts';
import { catalogOf, catalogRef, openPdf, type PdfDocument } from '../src/pdf/document.ts';
import { addSignatureField } from '../src/pdf/form.ts';
import { array, dict, integer, name, raw, streamOf, withEntries } from '../src/pdf/object.ts';
import { pageAt } from '../src/pdf/page.ts';
import { isGood, toJson } from '../src/report/index.ts';
import { type SignOptions, sign } from '../src/sign.ts';
import { type ValidateOptions, validate } from '../src/validate.ts';
import { memoryPki } from './support/pki.ts';

const pki = memoryPki();
const AT = Date.now();
const PDF = plainPdf({ title: 'Agreement', pages: [['# Agreement', 'of two parties'], ['second page']] });

async function signed(document: Uint8Array = PDF, options: Partial<SignOptions> = {}): Promise<Uint8Array> {
  const { signer } = await (await pki()).leaf('P-256');
  return sign(document, { signer, at: AT, ...options });
}

let crls: Promise<Uint8Array[]> | null = null;

/** Offline, with the CRLs of both authorities. */
async function judged(document: Uint8Array, options: Partial<ValidateOptions> = {}) {
  const made = await pki();
  crls ??= Promise.all([answerCrl(made, 'root'), answerCrl(made, 'issuing')]);
  const revocations = (await crls).map((bytes) => ({ kind: 'crl' as const, bytes }));
  return validate(document, { at: AT, trust: [made.root], revocations, ...options });
}

describe('a document that we signed', () => {
  test('passes at levels B and T, and says so in JSON', async () => {
    const { timestampAuthority } = await pki();
    for (const [level, name] of [
      ['B', 'PAdES-BASELINE-B'],
      ['T', 'PAdES-BASELINE-T'],
    ] as const) {
      const report = await judged(await signed(PDF, { level, timestamps: timestampAuthority }));
      expect(isGood(report)).toBe(true);
      expect(toJson(report).signatures).toMatchObject([
        {
          level: name,
          indication: 'TOTAL_PASSED',
          signatureIntact: true,
          valid: true,
          pdf: { coversWholeFile: true, byteRangeValid: true, modifications: [] },
        },
      ]);
    }
  });

  test('passes for every one of several signers, each of whom sees the later ones as allowed', async () => {
    const twice = await signed(await signed());
    const report = await judged(await signed(twice));
    expect(report.signatures.map(({ conclusion }) => conclusion.indication)).toEqual(['PASSED', 'PASSED', 'PASSED']);
    expect(report.signatures.map(({ facts }) => facts.pdf?.modifications?.every(({ allowed }) => allowed))).toEqual([true, true, true]);
    expect(isGood(report)).toBe(true);
  });

  test('reads the same from a Buffer as from a Uint8Array', async () => {
    const document = await signed();
    expect(toJson(await judged(Buffer.from(document)))).toEqual(toJson(await judged(document)));
  });

  test('has no verdict without trust, and none without revocation data', async () => {
    const document = await signed();
    expect((await judged(document, { trust: [] })).signatures[0]?.conclusion).toEqual({
      indication: 'INDETERMINATE',
      because: 'NO_CERTIFICATE_CHAIN_FOUND',
    });
    expect((await judged(document, { revocations: [] })).signatures[0]?.conclusion.indication).toBe('INDETERMINATE');
  });
});

test('no octet of the signed ranges can change without the signature failing', async () => {
  const document = await signed();
  const { facts } = (await judged(document)).signatures[0] ?? {};
  const [, gapStart = 0, gapEnd = 0] = facts?.pdf?.byteRange ?? [];
  await fc.assert(
    fc.asyncProperty(fc.nat(document.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      fc.pre(at < gapStart || at >= gapEnd);
      const changed = document.slice();
      changed[at] = (changed[at] ?? 0) ^ flip;
      expect(await verdictOf(changed)).not.toBe('good');
    }),
    { numRuns: 300 },
  );
});

test('no change inside the CMS makes another verdict good but the padding after it', async () => {
  const document = await signed();
  const { facts } = (await judged(document)).signatures[0] ?? {};
  const [, gapStart = 0] = facts?.pdf?.byteRange ?? [];
  await fc.assert(
    fc.asyncProperty(fc.nat(2 * 1200), fc.constantFrom(...latin1('0123456789abcdef')), async (offset, digit) => {
      const at = gapStart + 1 + offset;
      fc.pre(document[at] !== digit);
      const changed = document.slice();
      changed[at] = digit;
      // What the CMS does not sign (the certificates' order, versions) may change; then the same signature still holds.
      const verdict = await verdictOf(changed);
      if (verdict === 'good') expect((await judged(changed)).signatures[0]?.facts.signer.certificate).toBe(facts?.signer.certificate);
    }),
    { numRuns: 200 },
  );
});

describe('what was appended after signing', () => {
  const updates: [string, (document: PdfDocument) => Uint8Array, boolean][] = [
    ['a changed page content', (document) => changedPage(document, { Contents: undefined }), false],
    [
      'a further annotation',
      (document) =>
        changedPage(document, {
          Annots: array([dict({ Type: name('Annot'), Subtype: name('Square'), Rect: array([0, 0, 9, 9].map(integer)) })]),
        }),
      false,
    ],
    ['an action on opening', (document) => changedCatalog(document, { OpenAction: dict({ S: name('JavaScript') }) }), false],
    [
      'another page tree',
      (document) => changedCatalog(document, { Pages: dict({ Type: name('Pages'), Kids: array([]), Count: integer(0) }) }),
      false,
    ],
    ['metadata', (document) => changedCatalog(document, { Metadata: undefined }), true],
  ];
  test.each(updates)('%s is named and judged', async (_, update, allowed) => {
    const opened = openPdf(await signed());
    if (!opened.ok) throw new Error(opened.malformed.reason);
    const report = await judged(update(opened.value));
    expect(isGood(report)).toBe(allowed);
    expect(report.signatures[0]?.facts.pdf?.coversWholeFile).toBe(false);
    if (!allowed) expect(report.signatures[0]?.facts.pdf?.modifications?.filter((one) => !one.allowed)).not.toEqual([]);
  });

  test('octets that belong to no revision are not covered', async () => {
    const report = await judged(concat([await signed(), latin1('\n%more')]));
    expect(report.signatures[0]?.facts.pdf?.coversWholeFile).toBe(false);
  });
});

test.each([
  ['is no dictionary', integer(1)],
  ['cannot be read', raw(latin1('<< /Type /Sig /Contents <zz> >>'), 'broken')],
])('a signature field whose value %s is told, and never good beside a good signature', async (_, value) => {
  const opened = openPdf(PDF);
  if (!opened.ok) throw new Error(opened.malformed.reason);
  const update = startUpdate(opened.value);
  addSignatureField(update, { name: 'Broken', value: add(update, value) });
  const report = await judged(await signed(updatedBytes(serializeUpdate(update))));
  expect(report.signatures.map(({ conclusion }) => conclusion.indication)).toEqual(['PASSED']);
  expect(report.unreadable).toMatchObject([{ kind: 'signature', name: 'Broken' }]);
  expect(isGood(report)).toBe(false);
});

describe('what cannot be validated is a fault with one clear line', () => {
  test.each<[string, Uint8Array, Fault['code'], RegExp]>([
    ['nothing', new Uint8Array(), 'malformed-input', /no format that is known/],
    ['plain text', latin1('hello'), 'malformed-input', /no format that is known/],
    ['XML cut off', latin1('<a>'), 'malformed-input', /cannot be read/],
    ['a cut-off ZIP file', latin1('PK\x03\x04zip'), 'malformed-input', /cannot be read/],
    ['JSON', latin1('{}'), 'unsupported', /JAdES/],
    ['a truncated PDF', PDF.subarray(0, 40), 'malformed-input', /cannot be read/],
  ])('%s', async (_, document, code, message) => {
    const error = await judged(document).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(Fault);
    expect((error as Fault).code).toBe(code);
    expect((error as Fault).message).toMatch(message);
  });

  test('a PDF without signature gives an empty report, which is not good', async () => {
    const report = await judged(PDF);
    expect(report.signatures).toEqual([]);
    expect(isGood(report)).toBe(false);
  });
});

const XMP = '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"></x:xmpmeta><?xpacket end="w"?>';

async function verdictOf(document: Uint8Array): Promise<'good' | 'not good' | 'unreadable'> {
  try {
    return isGood(await judged(document)) ? 'good' : 'not good';
  } catch (error) {
    if (error instanceof Fault) return 'unreadable';
    throw error;
  }
}

function changedPage(document: PdfDocument, entries: Parameters<typeof withEntries>[1]): Uint8Array {
  const update = startUpdate(document);
  const page = pageAt(document, 0);
  if (!page.ok || page.value.ref === null) throw new Error('no page');
  put(update, page.value.ref, withEntries(page.value.dict, entries));
  return updatedBytes(serializeUpdate(update));
}

function changedCatalog(document: PdfDocument, entries: Parameters<typeof withEntries>[1]): Uint8Array {
  const update = startUpdate(document);
  if (entries['Metadata'] === undefined && 'Metadata' in entries)
    changeCatalog(update, { Metadata: add(update, streamOf(dict({ Type: name('Metadata'), Subtype: name('XML') }), latin1(XMP))) });
  else put(update, catalogRef(document) ?? add(update, null), withEntries(catalogOf(document) ?? dict({}), entries));
  return updatedBytes(serializeUpdate(update));
}
