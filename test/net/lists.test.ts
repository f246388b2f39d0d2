import type { RequestListener, ServerResponse } from 'node:http';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Bytes } from '../../src/base/bytes.ts';
import type { Leaf } from '../../src/issuing/leaf.ts';
import { fetchLists, type HttpOptions, httpClient, memoryCache } from '../../src/net/index.ts';
import { buildSnapshot, openSnapshot } from '../../src/trust/index.ts';
import { memoryPki } from '../support/pki.ts';
import { SIGNED_AT, signedList } from '../support/trusted-list.ts';
import { serve } from './server.ts';

const pki = memoryPki({ at: Date.UTC(2024, 0, 15) });
let europe: Leaf;
let austria: Leaf;
let belgium: Leaf;
let ca: Bytes;

beforeAll(async () => {
  const { leaf, intermediate } = await pki();
  ca = intermediate;
  [europe, austria, belgium] = (await Promise.all(['EU', 'AT', 'BE'].map((CN) => leaf('P-256', { subject: { CN } })))) as [
    Leaf,
    Leaf,
    Leaf,
  ];
});

const national = (territory: string, signer: Leaf, sequence = 1) =>
  signedList(
    { territory, sequence, services: [{ certificate: ca, states: [{ status: 'granted', from: '2020-01-01T00:00:00Z' }] }] },
    signer.signer,
  );

type Answer = (response: ServerResponse) => void;

/** A server of a list of lists, of an Austrian list and of a Belgian one that does as told; gives what was fetched and built. */
async function europeWith(belgian: Answer, options: Partial<HttpOptions> = {}, more: { readonly maximumBytes?: number } = {}) {
  const lists = new Map<string, Answer>([['/be.xml', belgian]]);
  const listener: RequestListener = (request, response) => {
    const answer = lists.get(request.url ?? '');
    if (answer) answer(response);
    else response.writeHead(404).end();
  };
  const { url, requests } = await serve(listener);
  const austrian = await national('AT', austria);
  const pointers = [
    { territory: 'AT', location: `${url}/at.xml`, signers: [austria.certificate] },
    { territory: 'BE', location: `${url}/be.xml`, signers: [belgium.certificate] },
  ];
  const lotl = await signedList({ territory: 'EU', pointers }, europe.signer);
  lists.set('/at.xml', (response) => response.setHeader('etag', '"1"').end(austrian));
  lists.set('/eu.xml', (response) => response.end(lotl));
  const client = httpClient({ allowPrivate: ['127.0.0.1'], retries: 0, idleTimeoutMs: 300, timeoutMs: 3000, ...options });
  const signers = [europe.certificate];
  const load = async () => {
    const fetched = await fetchLists({ client, lotl: `${url}/eu.xml`, signers, at: SIGNED_AT, ...more });
    const built = buildSnapshot(fetched.files, { at: SIGNED_AT, signers, unavailable: fetched.unavailable });
    return {
      lists: built.collected.lists.map(({ territory }) => territory),
      refused: built.collected.refused.map(({ name, reason }) => `${name.replace(url, '')}: ${reason}`),
      bytes: built.bytes,
      files: fetched.files,
    };
  };
  return { load, requests, url };
}

describe('lists from a server', () => {
  test('are fetched, verified and built', async () => {
    const belgian = await national('BE', belgium);
    const { load } = await europeWith((response) => response.end(belgian));
    expect(await load()).toMatchObject({ lists: ['AT', 'BE'], refused: [] });
  });

  test.for([
    ['that is slow', () => {}, 'BE: unavailable'],
    [
      'that never ends',
      (response: ServerResponse) => {
        const more = setInterval(() => response.write('<'.repeat(65536)), 1);
        response.on('close', () => clearInterval(more));
      },
      'BE: unavailable',
    ],
    ['that is too large', (response: ServerResponse) => response.end('x'.repeat(2_000_000)), 'BE: unavailable'],
    ['that redirects to itself', (response: ServerResponse) => response.writeHead(302, { location: '/be.xml' }).end(), 'BE: unavailable'],
    [
      'that leads to an address of the machine itself',
      (response: ServerResponse) => response.writeHead(302, { location: 'http://[::1]:1/be.xml' }).end(),
      'BE: unavailable',
    ],
    ['that is not there', (response: ServerResponse) => response.writeHead(500).end(), 'BE: unavailable'],
    ['that is corrupt', (response: ServerResponse) => response.end('<TrustServiceStatusList'), '/be.xml: unreadable'],
  ] as const)('of which one comes from a server %s leave that one out', async ([, belgian, reason]) => {
    const { load } = await europeWith(belgian, {}, { maximumBytes: 1_000_000 });
    expect(await load()).toMatchObject({ lists: ['AT'], refused: [reason] });
  });

  test('of which one was altered on the way leave that one out', async () => {
    const belgian = await national('BE', belgium);
    const text = new TextDecoder().decode(belgian).replace('Svcstatus/granted', 'Svcstatus/withdrawn');
    const { load } = await europeWith((response) => response.end(text));
    expect(await load()).toMatchObject({ lists: ['AT'], refused: ['BE: altered'] });
  });

  test('are asked for again with what is kept of them', async () => {
    const belgian = await national('BE', belgium);
    const { load, requests } = await europeWith((response) => response.setHeader('etag', '"be"').end(belgian), { cache: memoryCache() });
    await load();
    await load();
    expect(requests.filter(({ url, headers }) => url === '/be.xml' && headers['if-none-match'] === '"be"')).toHaveLength(1);
  });

  test('that were rolled back leave the last good one in force', async () => {
    let belgian = await national('BE', belgium, 9);
    const { load } = await europeWith((response) => response.end(belgian));
    const first = openSnapshot((await load()).bytes ?? new Uint8Array());
    if (!first.ok) throw new Error(first.malformed.reason);
    belgian = await national('BE', belgium, 8);
    const { files } = await load();
    const again = buildSnapshot(files, { at: SIGNED_AT, signers: [europe.certificate], previous: first.value });
    expect(again.collected.lists.map(({ territory, list }) => `${territory} ${list.sequence}`)).toEqual(['AT 1', 'BE 9']);
    expect(again.collected.refused).toMatchObject([{ name: 'BE', reason: 'rolled-back' }]);
  });

  test('are not asked for where the list of lists is signed by somebody else', async () => {
    const pointers = [{ territory: 'AT', location: 'http://127.0.0.1:1/at.xml', signers: [austria.certificate] }];
    const lotl = await signedList({ territory: 'EU', pointers }, belgium.signer);
    const { url, requests } = await serve((_, response) => response.end(lotl));
    const client = httpClient({ allowPrivate: ['127.0.0.1'], retries: 0 });
    const fetched = await fetchLists({ client, lotl: `${url}/eu.xml`, signers: [europe.certificate], at: SIGNED_AT });
    expect([fetched.files.length, fetched.unavailable, requests.length]).toEqual([1, [], 1]);
  });
});
