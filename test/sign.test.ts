/** The story of signing: what it keeps, what it refuses, how it makes room (EN 319 142-1). */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainPdf } from '../scripts/plain-pdf.ts';
import { concat, equal } from '../src/base/bytes.ts';
import type { Fault } from '../src/base/fault.ts';
import { fromLatin1, latin1 } from '../src/base/text.ts';
import { parseSignedData } from '../src/cms/signed-data.ts';
import type { Signer } from '../src/crypto/signer.ts';
import { serializeUpdate, startUpdate, updatedBytes } from '../src/pdf/append.ts';
import { openPdf } from '../src/pdf/document.ts';
import { type SignatureField, signatureFields } from '../src/pdf/field.ts';
import { addSignatureField } from '../src/pdf/form.ts';
import { complete, prepare } from '../src/prepare.ts';
import { type SignOptions, sign, signTo } from '../src/sign.ts';
import { generatePdf, recipeArbitrary } from './pdf/generate.ts';
import { faultOf } from './support/fault.ts';
import { memoryPki } from './support/pki.ts';

const pki = memoryPki();
const AT = Date.UTC(2026, 10, 1, 12);
const PDF = plainPdf({ title: 'Agreement', pages: [['# Agreement'], ['second page']] });

let key: Promise<Signer> | null = null;
const signer = (): Promise<Signer> => {
  key ??= pki()
    .then((made) => made.leaf('P-256', { notBefore: AT - 86_400_000, notAfter: AT + 86_400_000 }))
    .then((leaf) => leaf.signer);
  return key;
};
const signed = async (document: Uint8Array, options: Partial<SignOptions> = {}) =>
  sign(document, { signer: await signer(), at: AT, ...options });

function fieldsOf(document: Uint8Array): readonly SignatureField[] {
  const opened = openPdf(document);
  if (!opened.ok) throw new Error(opened.malformed.reason);
  return signatureFields(opened.value);
}

test('the original is a byte-exact prefix of what is signed, whatever style the file is written in', async () => {
  await fc.assert(
    fc.asyncProperty(recipeArbitrary, async (recipe) => {
      const { bytes } = generatePdf(recipe);
      const result = await signed(bytes);
      expect(equal(result.subarray(0, bytes.length), bytes)).toBe(true);
      const [field] = fieldsOf(result);
      expect(field?.signature?.coverage).toMatchObject({ valid: true, coversWholeFile: true });
    }),
    { numRuns: 60 },
  );
});

test('the claimed time is in /M and not in the CMS, and the signer is named by signing-certificate-v2', async () => {
  const [field] = fieldsOf(await signed(PDF, { reason: 'Zustimmung – ja', location: 'Zürich', contact: 'a@example.org', name: 'Ω' }));
  expect(field?.signature).toMatchObject({
    claimedTime: AT,
    subFilter: 'ETSI.CAdES.detached',
    reason: 'Zustimmung – ja',
    location: 'Zürich',
    contactInfo: 'a@example.org',
    name: 'Ω',
  });
  const cms = parseSignedData(field?.signature?.contents?.bytes ?? new Uint8Array(0), { trailing: 'keep' });
  const types = cms.ok ? cms.value.signerInfos[0]?.signedAttributes?.attributes.map(({ type }) => type) : null;
  expect(types?.sort()).toEqual(['1.2.840.113549.1.9.16.2.47', '1.2.840.113549.1.9.3', '1.2.840.113549.1.9.4']);
});

test('several signers sign one after another, each in a field of their own', async () => {
  let document: Uint8Array = PDF;
  for (let i = 0; i < 4; i++) document = await signed(document);
  const fields = fieldsOf(document);
  expect(fields.map(({ name }) => name)).toEqual(['Signature1', 'Signature2', 'Signature3', 'Signature4']);
  expect(fields.every(({ signature }) => signature?.coverage.valid && signature.coversRevision)).toBe(true);
});

test('an empty field that is there is signed, and one that is signed is refused', async () => {
  const opened = openPdf(PDF);
  if (!opened.ok) throw new Error('unreadable');
  const update = startUpdate(opened.value);
  addSignatureField(update, { name: 'Buyer', value: null, rectangle: [50, 50, 250, 120] });
  const withField = updatedBytes(serializeUpdate(update));
  const result = await signed(withField, { field: 'Buyer' });
  expect(fieldsOf(result).map(({ name, signature }) => [name, signature !== null])).toEqual([['Buyer', true]]);
  expect((await faultOf(signed(result, { field: 'Buyer' }))).code).toBe('refused');
});

test('level T signs again with more room where the token is larger than expected, and cuts nothing off', async () => {
  const { timestampAuthority } = await pki();
  let asked = 0;
  const verbose = {
    stamp: async (imprint: Uint8Array, digest: Parameters<typeof timestampAuthority.stamp>[1]) => {
      asked++;
      return asked === 1 ? longEncoding(20_000) : timestampAuthority.stamp(imprint, digest);
    },
  };
  const result = await signed(PDF, { level: 'T', timestamps: verbose });
  expect(asked).toBe(2);
  expect(fieldsOf(result)[0]?.signature?.coverage.valid).toBe(true);
});

describe('what is refused says why', () => {
  const stranger: Signer['sign'] = async () => new Uint8Array(70);
  test.each<[string, () => Promise<unknown>, Fault['code'], RegExp]>([
    ['a certificate that has expired', () => signed(PDF, { at: AT + 2 * 86_400_000 }), 'refused', /expired at 2026-11-02/],
    ['a certificate that is not valid yet', () => signed(PDF, { at: AT - 2 * 86_400_000 }), 'refused', /valid from/],
    ['what is no PDF', () => signed(new Uint8Array(1000)), 'malformed-input', /cannot be read/],
    [
      'a signed PDF whose cross-references are damaged',
      async () => signed(latin1(fromLatin1(await signed(PDF)).replace(/startxref\n\d+\n%%EOF\n$/, 'startxref\n1\n%%EOF\n'))),
      'refused',
      /damaged/,
    ],
    ['level T without an authority', () => signed(PDF, { level: 'T' }), 'bad-option', /time-stamp authority/],
    ['an unknown level', () => signed(PDF, { level: 'XL' as 'T' }), 'bad-option', /XL/],
    ['level LT without an authority', () => signed(PDF, { level: 'LT' }), 'bad-option', /time-stamp authority/],
    ['an unknown option', () => signed(PDF, { reasn: 'x' } as Partial<SignOptions>), 'bad-option', /unknown option 'reasn'/],
    ['a page that is not there', () => signed(PDF, { visible: { page: 9, x: 0, y: 0, width: 9, height: 9 } }), 'bad-option', /no page 9/],
    [
      'a key that is not of the certificate',
      async () => signed(PDF, { signer: { ...(await signer()), sign: stranger } }),
      'signer-refused',
      /does not verify/,
    ],
  ])('%s', async (_, work, code, message) => {
    const fault = await faultOf(work());
    expect(fault.code).toBe(code);
    expect(fault.message).toMatch(message);
  });
});

test('prepare and complete give what sign gives, for a key that answers elsewhere', async () => {
  const own = await signer();
  const waiting = prepare(PDF, { chain: own.chain, scheme: own.scheme, at: AT });
  const result = await complete(PDF, waiting, await own.sign(waiting.toBeSigned, waiting.digest));
  expect(fieldsOf(result)[0]?.signature?.coverage).toMatchObject({ valid: true, coversWholeFile: true });
  expect((await faultOf(complete(PDF.subarray(1), waiting, new Uint8Array(70)))).code).toBe('bad-option');
  expect((await faultOf(complete(PDF, waiting, new Uint8Array(70)))).code).toBe('signer-refused');
});

test('writing to a sink gives the same octets, and nothing where signing fails', async () => {
  const parts: Uint8Array[] = [];
  const sink = { write: (bytes: Uint8Array) => void parts.push(bytes.slice()) };
  await signTo(sink, PDF, { signer: await signer(), at: AT });
  expect(equal(concat(parts).subarray(0, PDF.length), PDF)).toBe(true);
  expect(fieldsOf(concat(parts))).toHaveLength(1);
  parts.length = 0;
  await faultOf(signTo(sink, PDF, { signer: await signer(), at: 0 }));
  expect(parts).toEqual([]);
});

test('a visible signature shows in the field that was asked for, on a turned page too', async () => {
  const visible = { page: 2, x: 40, y: 60, width: 200, height: 80, text: ['Signed', 'for the buyer'] };
  const [field] = fieldsOf(await signed(PDF, { visible }));
  expect(field?.widgets[0]?.rectangle).toEqual([40, 60, 240, 140]);
  expect(field?.widgets[0]?.dict.entries.has('AP')).toBe(true);
});

/** An OCTET STRING of this many octets. */
function longEncoding(length: number): Uint8Array {
  const bytes = new Uint8Array(length + 4);
  bytes.set([0x04, 0x82, length >> 8, length & 0xff]);
  return bytes;
}
