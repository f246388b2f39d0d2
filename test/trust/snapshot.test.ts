import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Bytes } from '../../src/base/bytes.ts';
import { toHex } from '../../src/base/text.ts';
import { digest } from '../../src/crypto/digest.ts';
import type { Leaf } from '../../src/issuing/leaf.ts';
import { parseCertificate } from '../../src/pki/certificate.ts';
import {
  allSources,
  anchorsSource,
  type BuildOptions,
  buildSnapshot,
  type ListFile,
  openSnapshot,
  type Snapshot,
  sharedOctets,
} from '../../src/trust/index.ts';
import { memoryPki } from '../support/pki.ts';
import { type ListToWrite, SIGNED_AT, type StateToWrite, signedList } from '../support/trusted-list.ts';

const pki = memoryPki({ at: Date.UTC(2024, 0, 15) });
const at = SIGNED_AT;
const granted: StateToWrite = { status: 'granted', from: '2020-01-01T00:00:00Z', additional: ['ForeSignatures'] };
let europe: Leaf;
let next: Leaf;
let austria: Leaf;
let belgium: Leaf;
let ca: Bytes;

beforeAll(async () => {
  const { leaf, intermediate } = await pki();
  ca = intermediate;
  [europe, next, austria, belgium] = (await Promise.all(['EU', 'EU 2', 'AT', 'BE'].map((CN) => leaf('P-256', { subject: { CN } })))) as [
    Leaf,
    Leaf,
    Leaf,
    Leaf,
  ];
});

const file = (name: string, bytes: Bytes): ListFile => ({ name, bytes, fetchedAt: null });

const lotl = async (more: Partial<ListToWrite> = {}, signer = europe): Promise<ListFile> => {
  const pointers = [
    { territory: 'EU', location: 'https://lists.example/eu.xml', signers: [signer.certificate], ofLists: true },
    { territory: 'AT', location: 'https://lists.example/at.xml', signers: [austria.certificate] },
    { territory: 'BE', location: 'https://lists.example/be.xml', signers: [belgium.certificate] },
  ];
  return file(`EU-${more.sequence ?? 1}.xml`, await signedList({ territory: 'EU', pointers, ...more }, signer.signer));
};

const national = async (territory: string, signer: Leaf, more: Partial<ListToWrite> = {}): Promise<ListFile> =>
  file(`${territory}.xml`, await signedList({ territory, services: [{ certificate: ca, states: [granted] }], ...more }, signer.signer));

const build = (files: readonly ListFile[], more: Partial<BuildOptions> = {}) =>
  buildSnapshot(files, { at, signers: [europe.certificate], ...more });

const told = (built: ReturnType<typeof build>) => ({
  lotl: built.collected.lotl?.list.sequence ?? null,
  lists: built.collected.lists.map(({ territory, list }) => `${territory} ${list.sequence}`),
  refused: built.collected.refused.map(({ name, reason }) => `${name}: ${reason}`),
});

function opened(built: { readonly bytes: Bytes | null }): Snapshot {
  const read = openSnapshot(built.bytes ?? new Uint8Array());
  if (!read.ok) throw new Error(read.malformed.reason);
  return read.value;
}

describe('a snapshot', () => {
  test('holds the lists that the signers of the list of lists name, and finds their services', async () => {
    const built = build([await lotl(), await national('AT', austria), await national('BE', belgium)]);
    expect(told(built)).toEqual({ lotl: 1, lists: ['AT 1', 'BE 1'], refused: [] });
    const parsed = parseCertificate(ca);
    if (!parsed.ok) throw new Error();
    const { services, anchor } = opened(built).find(parsed.value);
    expect(services.map(({ territory }) => territory)).toEqual(['AT', 'BE']);
    expect(anchor?.sunset).toBe(Date.UTC(2024, 6, 1));
  });

  test('is the same for the same lists, and named by its content', async () => {
    const files = [await lotl(), await national('AT', austria)];
    const [one, other] = [build(files), build(files)];
    expect(one.bytes).toEqual(other.bytes);
    expect(opened(one).id).toBe(toHex(digest('SHA-256', (one.bytes ?? new Uint8Array()).subarray(56))));
  });

  test('keeps the original octets of each list', async () => {
    const austrian = await national('AT', austria);
    const snapshot = opened(build([await lotl(), austrian]));
    const stored = snapshot.stored.find(({ territory }) => territory === 'AT');
    expect(stored && snapshot.original(stored)).toEqual(austrian.bytes);
    expect(snapshot.head.missing).toEqual(['BE']);
  });

  test('is read by another thread from the same octets', async () => {
    const { bytes } = build([await lotl(), await national('AT', austria)]);
    const shared = sharedOctets(bytes ?? new Uint8Array());
    expect(shared.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(openSnapshot(shared)).toMatchObject({ ok: true, value: { size: 1 } });
  });

  test('is not taken from any file with a right hash', () => {
    const files = ['', '{}', '[]', 'null', '{"at":1,"lists":[null]}'].map((head) => {
      const json = new TextEncoder().encode(head);
      const rest = Uint8Array.of(0, 0, 0, json.length, ...json);
      return Uint8Array.of(...new TextEncoder().encode('adeskit trusted lists 1\n'), ...digest('SHA-256', rest), ...rest);
    });
    expect(files.map((bytes) => openSnapshot(bytes).ok)).toEqual(files.map(() => false));
  });

  test('is shared by threads without a copy', async () => {
    const { bytes } = build([await lotl(), await national('AT', austria)]);
    const shared = sharedOctets(bytes ?? new Uint8Array());
    const code = `import { parentPort, workerData } from 'node:worker_threads';
      const { openSnapshot } = await import(workerData.trust);
      const opened = openSnapshot(workerData.shared);
      parentPort.postMessage([opened.ok, opened.value.service(0).territory, workerData.shared.buffer instanceof SharedArrayBuffer]);`;
    const trust = new URL('../../src/trust/index.ts', import.meta.url).href;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), { workerData: { shared, trust } });
    const [message] = await once(worker, 'message');
    expect(message).toEqual([true, 'AT', true]);
  });

  test('with any octet changed is refused as a whole', async () => {
    const { bytes } = build([await lotl(), await national('AT', austria)]);
    const whole = bytes ?? new Uint8Array();
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (place, difference) => {
        const changed = whole.slice();
        changed[place] = (changed[place] ?? 0) ^ difference;
        return !openSnapshot(changed).ok;
      }),
      { numRuns: 50 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => !openSnapshot(octets).ok));
  });

  test('ends trust in a service that was withdrawn', async () => {
    const states: StateToWrite[] = [{ ...granted, status: 'withdrawn', from: '2023-05-01T00:00:00Z' }, granted];
    const snapshot = opened(build([await lotl(), await national('AT', austria, { services: [{ certificate: ca, states }] })]));
    const parsed = parseCertificate(ca);
    if (!parsed.ok) throw new Error();
    expect(snapshot.find(parsed.value).anchor).toMatchObject({ sunset: Date.UTC(2023, 4, 1) });
    expect(allSources([snapshot, anchorsSource([ca])]).find(parsed.value).anchor).toEqual({ source: 'given', sunset: null });
  });
});

test('a list may be used until it is to be replaced, unless stale ones were accepted', async () => {
  const parsed = parseCertificate(ca);
  if (!parsed.ok) throw new Error();
  const sunset = async (nextUpdate: string | null, ofLotl: string | null, acceptStale = false) =>
    opened(build([await lotl({ nextUpdate: ofLotl }), await national('AT', austria, { nextUpdate })], { acceptStale })).find(parsed.value)
      .anchor?.sunset;
  expect(await sunset('2024-03-01T00:00:00Z', '2024-05-01T00:00:00Z')).toBe(Date.UTC(2024, 2, 1));
  expect(await sunset('2024-08-01T00:00:00Z', '2024-05-01T00:00:00Z')).toBe(Date.UTC(2024, 4, 1));
  expect(await sunset(null, '2024-05-01T00:00:00Z')).toBe(Date.UTC(2024, 4, 1));
  expect(await sunset(null, null)).toBeNull();
  expect(await sunset('2024-03-01T00:00:00Z', '2024-05-01T00:00:00Z', true)).toBeNull();
});

describe('lists are refused by name', () => {
  test.for([
    ['past the next update', { nextUpdate: '2024-01-19T00:00:00Z' }, 'AT: stale'],
    ['not issued yet', { issued: '2024-02-01T00:00:00Z' }, 'AT: not-yet-issued'],
    ['of an old version', { version: 4 }, 'AT: version'],
  ] as const)('%s', async ([, more, refused]) => {
    expect(told(build([await lotl(), await national('AT', austria, more)]))).toMatchObject({ lists: [], refused: [refused] });
  });

  test('signed by the signer of another list', async () => {
    expect(told(build([await lotl(), await national('AT', belgium)]))).toMatchObject({ lists: [], refused: ['AT: wrong-signer'] });
  });

  test('all of them, where the list of lists is signed by somebody else', async () => {
    const built = build([await lotl({}, next), await national('AT', austria)]);
    expect(told(built)).toMatchObject({ lotl: null, lists: [], refused: ['EU-1.xml: wrong-signer', 'AT: no-list-of-lists'] });
    expect(built.bytes).toBeNull();
  });

  test('without a list of lists, where they are not signed by a given signer', async () => {
    const austrian = await national('AT', austria);
    expect(told(build([austrian]))).toMatchObject({ lists: [], refused: ['AT: wrong-signer'] });
    expect(told(build([austrian], { signers: [austria.certificate] }))).toMatchObject({ lists: ['AT 1'], refused: [] });
  });

  test('but a stale one is in where that was asked for, and said so', async () => {
    const built = build([await lotl(), await national('AT', austria, { nextUpdate: '2024-01-19T00:00:00Z' })], { acceptStale: true });
    expect(opened(built).lists).toMatchObject({ staleAccepted: true, accepted: [{ territory: 'AT', stale: true }] });
  });

  test('and a closed one has no next update', async () => {
    expect(told(build([await lotl(), await national('AT', austria, { nextUpdate: null })]))).toMatchObject({ lists: ['AT 1'] });
  });
});

describe('pivots', () => {
  const informationUris = ['https://lists.example/eu-lotl-pivot-2.xml'];

  test('hand over from signer to signer', async () => {
    const pivot = file(
      'pivot.xml',
      await signedList(
        {
          territory: 'EU',
          sequence: 2,
          informationUris,
          pointers: [{ territory: 'EU', location: 'https://lists.example/eu.xml', signers: [next.certificate], ofLists: true }],
        },
        europe.signer,
      ),
    );
    const current = await lotl({ sequence: 3, informationUris }, next);
    expect(told(build([current, pivot]))).toEqual({ lotl: 3, lists: [], refused: [] });
    expect(told(build([current]))).toMatchObject({ lotl: null, refused: ['EU-3.xml: pivot'] });
  });

  test('that somebody else signed hand over nothing', async () => {
    const pivot = file(
      'pivot.xml',
      await signedList(
        {
          territory: 'EU',
          sequence: 2,
          informationUris,
          pointers: [{ territory: 'EU', location: 'https://lists.example/eu.xml', signers: [next.certificate], ofLists: true }],
        },
        next.signer,
      ),
    );
    expect(told(build([await lotl({ sequence: 3, informationUris }, next), pivot])).lotl).toBeNull();
  });
});

describe('the last good snapshot', () => {
  const lastGood = async (more: Partial<ListToWrite> = {}) =>
    opened(build([await lotl({ sequence: 5 }), await national('AT', austria, { sequence: 7, ...more })]));

  test('is never gone back behind', async () => {
    const previous = await lastGood();
    const built = build([await lotl({ sequence: 5 }), await national('AT', austria, { sequence: 6 })], { previous });
    expect(told(built)).toMatchObject({ lists: ['AT 7'], refused: ['AT: rolled-back'] });
    expect(opened(built).lists.accepted[0]?.kept).toContain('rolled-back');
  });

  test('serves where a newer list of lists is gone back behind it', async () => {
    const built = build([await lotl({ sequence: 4 }), await national('AT', austria, { sequence: 8 })], { previous: await lastGood() });
    expect(told(built)).toMatchObject({ lotl: 5, lists: ['AT 8'], refused: ['EU-4.xml: rolled-back'] });
  });

  test('serves where a newer list cannot be verified, and only until its own next update', async () => {
    const altered = await national('AT', belgium, { sequence: 8 });
    const previous = await lastGood({ nextUpdate: '2024-02-01T00:00:00Z' });
    const files = [await lotl({ sequence: 5 }), altered];
    expect(told(build(files, { previous }))).toMatchObject({ lists: ['AT 7'], refused: ['AT: wrong-signer'] });
    expect(told(build(files, { previous, at: Date.UTC(2024, 1, 2) }))).toMatchObject({
      lists: [],
      refused: ['AT: wrong-signer', 'AT: stale'],
    });
  });
});

const vectors = join(process.env['ADESKIT_VECTORS'] ?? join(import.meta.dirname, '../../../shared/vectors'), 'tsl');
const there = existsSync(join(vectors, 'manifest.json'));
if (!there) process.stderr.write(`vectors: ${vectors} is not here (ADESKIT_VECTORS names another folder)\n`);

describe.skipIf(!there)('the cached lists of Europe', () => {
  const manifest = () => JSON.parse(readFileSync(join(vectors, 'manifest.json'), 'utf8'));
  const files = (): ListFile[] =>
    [...manifest().lotlCacheAggregate.files, 'EU.xml'].map((name: string) =>
      file(name, new Uint8Array(gunzipSync(readFileSync(join(vectors, `lists/dss__dss-tsl-validation__lotlCache__${name}.gz`))))),
    );
  const options = { at: Date.UTC(2019, 8, 5), signers: [], selfNamed: true };

  test('give what the oracle counts, with the one that is past its next update', () => {
    const expected = manifest().lotlCacheAggregate;
    const without = build(files(), options);
    expect(without.collected.refused.map(({ name, reason }) => `${name}: ${reason}`)).toEqual(['NL: stale']);
    const snapshot = opened(build(files(), { ...options, acceptStale: true }));
    const services = Array.from({ length: snapshot.size }, (_, number) => snapshot.service(number));
    const present = services.flatMap(({ states }) => states[0] ?? []);
    const count = (values: readonly string[]) =>
      Object.fromEntries(Object.entries(Object.groupBy(values, (value) => value)).map(([value, all]) => [value, all?.length]));
    const caQc = present.filter(({ type, status }) => type.endsWith('/CA/QC') && status.endsWith('/granted'));
    const certificates = new Set(
      caQc.flatMap((state) => state.certificates.map((number) => toHex(digest('SHA-256', snapshot.certificate(number))))),
    );
    expect({
      providers: snapshot.head.counts.providers,
      services: services.length,
      history: snapshot.head.counts.states - services.length,
      byType: count(present.map(({ type }) => type)),
      byStatus: count(present.map(({ status }) => status)),
      granted: caQc.length,
      certificates: [...certificates].sort(),
    }).toEqual({
      providers: expected.trustServiceProviders,
      services: expected.services,
      history: expected.historyEntries,
      byType: expected.servicesByType,
      byStatus: expected.servicesByStatus,
      granted: expected.caQcGrantedServices,
      certificates: expected.caQcGrantedCertSha256,
    });
  });

  test('are all refused as stale today', () => {
    const built = build(files(), { ...options, at: Date.UTC(2026, 10, 22) });
    expect(new Set(built.collected.refused.map(({ reason }) => reason))).toEqual(new Set(['stale']));
    expect([built.bytes, built.collected.refused.length]).toEqual([null, 29]);
  });
});
