/** The story of augmentation: what it adds, what it refuses, what it waits for (EN 319 142-1, 6.3; EN 319 102-1, 5.5.4). */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainPdf } from '../scripts/plain-pdf.ts';
import { type AugmentOptions, type AugmentStep, augment, augmentTo } from '../src/augment.ts';
import { concat, equal } from '../src/base/bytes.ts';
import type { Fault } from '../src/base/fault.ts';
import { sourceOf } from '../src/base/source.ts';
import { toHex } from '../src/base/text.ts';
import { digest } from '../src/crypto/digest.ts';
import { idOf } from '../src/facts/index.ts';
import type { LeafOptions } from '../src/issuing/leaf.ts';
import { httpCertificateSource, httpRevocationSource } from '../src/net/index.ts';
import { addSecurityStore } from '../src/pades/augment-store.ts';
import { addDocumentTimestamp } from '../src/pades/augment-timestamp.ts';
import { catalogOf, dictAt, openPdf, type PdfDocument, valueAt } from '../src/pdf/document.ts';
import { readSecurityStore, type SecurityStore } from '../src/pdf/dss.ts';
import { signatureFields } from '../src/pdf/field.ts';
import { asInteger, literalString, name } from '../src/pdf/object.ts';
import { revisions } from '../src/pdf/revision.ts';
import { sign } from '../src/sign.ts';
import { validate } from '../src/validate.ts';
import { generatePdf, recipeArbitrary } from './pdf/generate.ts';
import { faultOf } from './support/fault.ts';
import { servedPki } from './support/pki.ts';

/** The PKI lives at this time, which tests move on. */
let now = Date.UTC(2026, 9, 1, 12);
const later = (milliseconds: number): number => {
  now += milliseconds;
  return now;
};
const pki = servedPki({ clock: () => now });

const HTTP = { allowPrivate: true, retries: 0 };
const SOURCES = { certificates: httpCertificateSource(HTTP), revocations: httpRevocationSource(HTTP) };
const PDF = plainPdf({ title: 'Agreement', pages: [['# Agreement'], ['second page']] });
const DAY = 86_400_000;

const signed = async (options: LeafOptions = {}, document: Uint8Array = PDF, level: 'B' | 'T' = 'T') => {
  const { leaf, timestampAuthority: timestamps } = await pki();
  const { signer } = await leaf('P-256', options);
  return sign(document, { signer, at: now, level, timestamps });
};
const extend = async (document: Uint8Array, options: Partial<AugmentOptions> = {}) => {
  const { root, timestampAuthority: timestamps } = await pki();
  return augment(document, { to: 'LT', at: now, trust: [root], sources: SOURCES, timestamps, ...options });
};
const judged = async (document: Uint8Array) => validate(document, { at: now, trust: [(await pki()).root] });
const levels = async (document: Uint8Array) =>
  (await judged(document)).signatures.map(({ level, conclusion }) => [level, conclusion.indication]);

function opened(document: Uint8Array): PdfDocument {
  const pdf = openPdf(document);
  if (!pdf.ok) throw new Error(pdf.malformed.reason);
  return pdf.value;
}
function storeOf(document: Uint8Array): SecurityStore {
  const store = readSecurityStore(opened(document));
  if (store === null) throw new Error('no security store');
  return store;
}
const contentsOf = (document: Uint8Array) =>
  signatureFields(opened(document)).map(({ signature }) => signature?.contents?.bytes ?? new Uint8Array(0));
const idsOf = ({ certificates, crls, ocsps }: SecurityStore) =>
  [...certificates, ...crls, ...ocsps].map(({ bytes }) => (bytes.ok ? idOf(bytes.value) : 'unreadable'));

test('the document is a byte-exact prefix of what is extended, whatever style the file is written in', async () => {
  await fc.assert(
    fc.asyncProperty(recipeArbitrary, async (recipe) => {
      const before = await signed({}, generatePdf(recipe).bytes, 'B');
      const after = await extend(before, { to: 'LTA' });
      expect(equal(after.subarray(0, before.length), before)).toBe(true);
      const [old, pdf] = [opened(before), opened(after)];
      // A time-stamp, the store, a time-stamp: each a revision in the file's own style.
      expect(revisions(pdf).length).toBe(revisions(old).length + 3);
      expect(pdf.sections[0]?.kind).toBe(old.sections[0]?.kind);
      expect(signatureFields(pdf).map(({ signature }) => signature?.coverage.valid)).toEqual([true, true, true]);
      expect(await levels(after)).toEqual([['PAdES-BASELINE-LTA', 'PASSED']]);
    }),
    { numRuns: 15 },
  );
});

test('a file without time-stamp gets a document time-stamp, one with a time-stamp stays as it is', async () => {
  const stamped = await extend(await signed({}, PDF, 'B'), { to: 'T' });
  expect(await levels(stamped)).toEqual([['PAdES-BASELINE-T', 'INDETERMINATE']]);
  const [field] = signatureFields(opened(stamped)).slice(-1);
  expect(field?.name).toBe('Timestamp1');
  expect(field?.signature).toMatchObject({ type: 'DocTimeStamp', subFilter: 'ETSI.RFC3161', claimedTime: null });
  expect(field?.widgets[0]?.rectangle).toEqual([0, 0, 0, 0]);
  expect(equal(await extend(stamped, { to: 'T' }), stamped)).toBe(true);
});

test('what is there already is not added again', async () => {
  const longTerm = await extend(await signed());
  expect(equal(await extend(longTerm), longTerm)).toBe(true);
  const archived = await extend(longTerm, { to: 'LTA' });
  const ids = idsOf(storeOf(archived));
  expect(new Set(ids).size).toBe(ids.length);
});

test('renewal adds newer revocation data for the last time-stamp, then another one', async () => {
  const archived = await extend(await signed(), { to: 'LTA' });
  const before = storeOf(archived);
  later(3 * DAY);
  const renewed = await extend(archived, { to: 'LTA' });
  const after = storeOf(renewed);
  expect(idsOf(after)).toEqual(expect.arrayContaining(idsOf(before)));
  expect(after.certificates.length).toBe(before.certificates.length);
  expect(after.ocsps.length).toBe(before.ocsps.length + 1);
  expect(await levels(renewed)).toEqual([['PAdES-BASELINE-LTA', 'PASSED']]);
});

test('every signature of the file is extended, those of others too', async () => {
  const two = await signed({ publishedAt: {} }, await signed({ subject: { CN: 'First' } }, PDF, 'B'), 'T');
  expect((await faultOf(extend(two))).code).toBe('revocation-unavailable');
  const both = await extend(await signed({}, await signed({}, PDF, 'B'), 'T'));
  expect(await levels(both)).toEqual([
    ['PAdES-BASELINE-LT', 'PASSED'],
    ['PAdES-BASELINE-LT', 'PASSED'],
  ]);
});

test('a signer whose certificate never has revocation data needs none', async () => {
  const noRevAvail = { oid: '2.5.29.56', critical: false, value: Uint8Array.of(5, 0) };
  const longTerm = await extend(await signed({ publishedAt: {}, extensions: [noRevAvail] }));
  expect((await judged(longTerm)).signatures[0]?.conclusion).toEqual({ indication: 'PASSED' });
  // The issuing CA's and the time-stamping authority's.
  expect(storeOf(longTerm).ocsps).toHaveLength(2);
});

describe('revocation data comes from where there is some', () => {
  test('from the CRL where the OCSP responder is down', async () => {
    const { url, crlUrl } = await pki();
    const longTerm = await extend(await signed({ publishedAt: { ocsp: url('500/ocsp'), crl: crlUrl } }));
    expect(storeOf(longTerm)).toMatchObject({ crls: [{}], ocsps: [{}, {}] });
    expect(await levels(longTerm)).toEqual([['PAdES-BASELINE-LT', 'PASSED']]);
  });

  test('from the caller, without any network', async () => {
    const { url, crlUrl, root } = await pki();
    const document = await signed({ publishedAt: { crl: crlUrl } });
    const revocations = await Promise.all(
      [crlUrl, url('crl/root.crl')].map(async (place) => {
        const bytes = new Uint8Array(await (await fetch(place)).arrayBuffer());
        return { kind: 'crl', bytes } as const;
      }),
    );
    const longTerm = await augment(document, { to: 'LT', at: now, trust: [root], revocations });
    expect(storeOf(longTerm)).toMatchObject({ crls: [{}, {}], ocsps: [] });
    expect(await levels(longTerm)).toEqual([['PAdES-BASELINE-LT', 'PASSED']]);
  });
});

describe('what is refused says why, and an override goes on', () => {
  test.each<[string, () => Promise<Uint8Array>, Partial<AugmentOptions>, Fault['code'], RegExp]>([
    [
      'a certificate that was revoked before the signature',
      () => signed({ subject: { CN: 'Eve' }, revoked: { reason: 'keyCompromise', at: now - DAY } }),
      {},
      'refused',
      /field 'Signature1': the certificate of CN=Eve was revoked at 2026-\S+ \(keyCompromise\)/,
    ],
    [
      'a certificate on hold',
      () => signed({ revoked: { reason: 'certificateHold', at: now - DAY } }),
      {},
      'revocation-unavailable',
      /^TRY_LATER: .* is on hold: new data is due at 2026-/,
    ],
    [
      'no OCSP and no CRL to be had',
      async () => {
        const { url } = await pki();
        return signed({ subject: { CN: 'Ada' }, publishedAt: { ocsp: url('500/ocsp'), crl: url('404/crl/issuing.crl') } });
      },
      {},
      'revocation-unavailable',
      /no revocation data for the certificate of CN=Ada/,
    ],
    [
      'an OCSP answer by the wrong key',
      async () => signed({ publishedAt: { ocsp: (await pki()).url('ocsp/wrong-responder') } }),
      {},
      'revocation-unavailable',
      /can be used \(failed: responder-authorised\)/,
    ],
    ['no trust', () => signed(), { trust: [] }, 'refused', /chain ends at .*Root CA.*, which is not trusted/],
  ])('%s', async (_, make, options, code, message) => {
    const document = await make();
    const fault = await faultOf(extend(document, options));
    expect(fault.message).toMatch(message);
    expect(fault.code).toBe(code);
    const forced = await extend(document, { ...options, override: true });
    expect(equal(forced.subarray(0, document.length), document)).toBe(true);
    expect(storeOf(forced).certificates.length).toBeGreaterThan(3);
  });

  test.each<[string, () => Promise<unknown>, Fault['code'], RegExp]>([
    ['a file without a signature', () => extend(PDF), 'refused', /no signature found/],
    ['what is no PDF', () => extend(new Uint8Array(1000)), 'malformed-input', /cannot be read/],
    ['level LTA without an authority', async () => augment(await signed(), { to: 'LTA', at: now }), 'bad-option', /LTA needs/],
    ['an unknown level', async () => extend(await signed(), { to: 'B' as 'T' }), 'bad-option', /level 'B'/],
    ['an unknown option', async () => extend(await signed(), { tsa: 1 } as object), 'bad-option', /unknown option 'tsa'/],
    [
      'a signature that is broken',
      async () => {
        const broken = (await signed({}, PDF, 'T')).slice();
        broken[200] = (broken[200] as number) ^ 1;
        return extend(broken);
      },
      'refused',
      /TOTAL_FAILED/,
    ],
  ])('%s', async (_, work, code, message) => {
    const fault = await faultOf(work());
    expect(fault.message).toMatch(message);
    expect(fault.code).toBe(code);
  });

  test('a certificate that was revoked after the signature is no obstacle', async () => {
    const { leaf, revoke, timestampAuthority: timestamps } = await pki();
    const { signer } = await leaf('P-256');
    const document = await sign(PDF, { signer, at: now, level: 'T', timestamps });
    revoke(signer.chain[0], { at: later(DAY) });
    expect(await levels(await extend(document))).toEqual([['PAdES-BASELINE-LT', 'PASSED']]);
  });
});

describe('revocation data from before the signature', () => {
  const withOldCrl = async () => {
    const { crlUrl } = await pki();
    const crl = { kind: 'crl', bytes: new Uint8Array(await (await fetch(crlUrl)).arrayBuffer()) } as const;
    const due = new Date(now + 7 * DAY).toISOString().slice(0, 10);
    const { revocations: live } = SOURCES;
    let fresh = false;
    const revocations: typeof live = {
      find: async (certificate, issuer) => (fresh || !certificate.subject.text.includes('Late') ? live.find(certificate, issuer) : [crl]),
    };
    later(3_600_000);
    const document = await signed({ subject: { CN: 'Late' }, publishedAt: { crl: crlUrl } });
    return { document, due, sources: { ...SOURCES, revocations }, freshen: () => (fresh = true) };
  };

  test('cannot tell of a revocation in between: try later, and when', async () => {
    const { document, due, sources } = await withOldCrl();
    const fault = await faultOf(extend(document, { sources }));
    expect(fault.code).toBe('revocation-unavailable');
    expect(fault.message).toMatch(/^TRY_LATER: .*CN=Late is from 2026-\S+, before the signature time/);
    expect(fault.message).toContain(`new data is due at ${due}`);
    expect(storeOf(await extend(document, { sources, override: true })).crls).toHaveLength(1);
  });

  test('is waited for, as long as the caller says', async () => {
    const { document, sources, freshen } = await withOldCrl();
    const slept: number[] = [];
    const steps: AugmentStep['step'][] = [];
    const sleep = async (milliseconds: number): Promise<void> => {
      slept.push(milliseconds);
      later(milliseconds);
      if (slept.length === 3) freshen();
    };
    const onProgress = ({ step }: AugmentStep) => void steps.push(step);
    const fault = await faultOf(extend(document, { sources, wait: { maximum: 5000, sleep } }));
    expect(fault.message).toMatch(/^TRY_LATER/);
    expect(slept).toEqual([2000, 3000]);
    const longTerm = await extend(document, { sources, wait: { maximum: 60_000, sleep }, onProgress });
    expect(steps).toEqual(['examine', 'wait', 'examine', 'store']);
    expect(await levels(longTerm)).toEqual([['PAdES-BASELINE-LT', 'PASSED']]);
  });
});

describe('the VRI dictionary', () => {
  test('is written where it is asked for, with its time, and stays where it is not', async () => {
    const document = await signed();
    const plain = await extend(document);
    expect(storeOf(plain).vri.size).toBe(0);
    const written = await extend(plain, { vri: 'write' });
    const [contents] = contentsOf(written);
    const key = toHex(digest('SHA-1', contents ?? new Uint8Array(0))).toUpperCase();
    const entry = storeOf(written).vri.get(key);
    expect(entry).toMatchObject({ created: expect.stringMatching(/^D:20261\d/), timestamp: null });
    expect(entry?.certificates.length).toBeGreaterThanOrEqual(4);
    expect(entry?.ocsps).toHaveLength(3);
    expect(idsOf(storeOf(written))).toEqual(idsOf(storeOf(plain)));
    later(DAY);
    const archived = await extend(written, { to: 'LTA' });
    const kept = storeOf(archived).vri.get(key);
    expect(kept).toMatchObject({ created: entry?.created });
    expect(kept?.ocsps.map(({ key: stream }) => stream)).toEqual(entry?.ocsps.map(({ key: stream }) => stream));
    later(DAY);
    const renewed = storeOf(await extend(archived, { to: 'LTA', vri: 'write' }));
    expect(renewed.vri.size).toBe(2);
    expect(renewed.vri.get(key)?.ocsps.length).toBeGreaterThanOrEqual(3);
  });
});

describe('the pieces', () => {
  const nothing = { certificates: [], crls: [], ocsps: [] };

  test('a store without anything new is no update', () => {
    const document = opened(PDF);
    expect(addSecurityStore(document, nothing, { at: now })).toBe(document.source);
  });

  test.each(['direct', 'indirect'] as const)('entries of a %s store that we do not know stay', async (kind) => {
    const certificate = (await pki()).root;
    const first = addSecurityStore(opened(PDF), { ...nothing, certificates: [certificate] }, { at: now });
    const bytes = first.read(0, first.size);
    if (kind === 'indirect') expect(storeOf(bytes).ref).not.toBeNull();
    const more = { ...nothing, certificates: [certificate, certificate, (await pki()).intermediate] };
    const again = addSecurityStore(opened(bytes), more, { at: now });
    const store = storeOf(again.read(0, again.size));
    expect(idsOf(store)).toEqual([certificate, (await pki()).intermediate].map(idOf));
    expect(store.certificates[0]?.ref).toEqual(storeOf(bytes).certificates[0]?.ref);
  });

  test.each([
    ['1.7', {}, [5, 2]],
    ['1.7, told by the catalogue to be 2.0', { Version: name('2.0') }, null],
  ])('a PDF %s tells of the extensions that it needs', async (_, catalog, expected) => {
    const { bytes } = generatePdf({ style: 'table', pages: 1, revisions: [[]], catalog });
    const stamped = await addDocumentTimestamp(opened(bytes), (await pki()).timestampAuthority);
    const pdf = opened(stamped.read(0, stamped.size));
    const declared = dictAt(pdf, catalogOf(pdf) as never, 'Extensions');
    const levelOf = (prefix: string) => declared && asInteger(valueAt(pdf, dictAt(pdf, declared, prefix) as never, 'ExtensionLevel'));
    expect(declared && ['ADBE', 'ESIC'].map(levelOf)).toEqual(expected);
  });

  test('a token that does not fit is asked for again with more room, never cut off', async () => {
    const { timestampAuthority } = await pki();
    const asked: string[] = [];
    const long = {
      digests: ['SHA-512'] as const,
      stamp: async (imprint: Uint8Array, name: 'SHA-512') => {
        asked.push(toHex(imprint));
        return asked.length === 1 ? new Uint8Array(20_000) : timestampAuthority.stamp(imprint, name);
      },
    };
    const stamped = await addDocumentTimestamp(opened(PDF), long as never);
    expect(new Set(asked).size).toBe(2);
    const [field] = signatureFields(opened(stamped.read(0, stamped.size)));
    expect(field?.signature?.contents?.bytes).toHaveLength(20_512);
    const growing = { stamp: async () => new Uint8Array(9000 + 9000 * asked.push('')) };
    expect((await faultOf(addDocumentTimestamp(opened(PDF), growing))).code).toBe('timestamp-refused');
  });

  test('a field name that is taken is passed over, one that was asked for is refused', async () => {
    const { timestampAuthority: timestamps } = await pki();
    const once = await addDocumentTimestamp(opened(PDF), timestamps, { field: 'Timestamp1' });
    const bytes = once.read(0, once.size);
    const twice = await addDocumentTimestamp(opened(bytes), timestamps);
    expect(signatureFields(opened(twice.read(0, twice.size))).map(({ name: field }) => field)).toEqual(['Timestamp1', 'Timestamp2']);
    expect((await faultOf(addDocumentTimestamp(opened(bytes), timestamps, { field: 'Timestamp1' }))).code).toBe('refused');
  });
});

test('a large document is read piece by piece and written to a sink, or nothing is', async () => {
  const padding = new Array(40).fill(literalString(new Uint8Array(1 << 17).fill(0x41)));
  const { bytes } = generatePdf({ style: 'table', pages: 1, revisions: [padding] });
  const document = await signed({}, bytes, 'B');
  const source = sourceOf(document);
  let longest = 0;
  const counting = {
    size: source.size,
    read: (offset: number, length: number) => {
      longest = Math.max(longest, length);
      // A copy: octets that are not already in memory as a whole.
      return source.read(offset, length).slice();
    },
  };
  const { root, timestampAuthority: timestamps } = await pki();
  const parts: Uint8Array[] = [];
  const sink = { write: (part: Uint8Array) => void parts.push(part.slice()) };
  const options = { to: 'LTA', at: now, trust: [root], sources: SOURCES, timestamps } as const;
  await augmentTo(sink, counting, options);
  expect(longest).toBeLessThanOrEqual(1 << 20);
  expect(await levels(concat(parts))).toEqual([['PAdES-BASELINE-LTA', 'PASSED']]);
  parts.length = 0;
  await faultOf(augmentTo(sink, counting, { ...options, trust: [] }));
  expect(parts).toEqual([]);
});
