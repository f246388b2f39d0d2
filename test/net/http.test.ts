import type { LookupFunction } from 'node:net';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../src/base/fault.ts';
import { fromLatin1, utf8 } from '../../src/base/text.ts';
import { encodePem } from '../../src/issuing/pem.ts';
import { httpClient, memoryCache, type NetworkEvent } from '../../src/net/index.ts';
import { servedPki } from '../support/pki.ts';
import { serve, serveProxy } from './server.ts';

const pki = servedPki();

/** Code and message of the fault a promise ends in. */
const faultOf = async (promise: Promise<unknown>): Promise<{ code: string; message: string }> => {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Fault);
  const { code, message } = error as Fault;
  return { code, message };
};

const resolvesTo =
  (address: string): LookupFunction =>
  (_host, _options, callback) =>
    callback(null, [{ address, family: 4 }]);

const local = { allowPrivate: true, retries: 0 } as const;

describe('the HTTP client', () => {
  test('gives status, headers and body, and tells of it', async () => {
    const { url } = await serve((_request, response) => response.writeHead(404, { 'x-a': 'b' }).end('gone'));
    const events: NetworkEvent[] = [];
    const client = httpClient({ ...local, onEvent: (event) => events.push(event) });
    const { status, headers, body } = await client.send({ url: `${url}/a?b=c` });
    expect([status, headers['x-a'], fromLatin1(body)]).toEqual([404, 'b', 'gone']);
    expect(events).toMatchObject([{ url: `${url}/a?b=c`, method: 'GET', outcome: 'answered', status: 404, bytes: 4, reason: null }]);
  });

  test.each([
    ['drip', { timeoutMs: 300 }, 'network', 'took too long'],
    ['slow', { idleTimeoutMs: 150 }, 'network', 'silent for 150 ms'],
    ['slow', { timeoutMs: 150 }, 'network', 'took too long'],
    ['endless', { maximumBytes: 100_000 }, 'limit-exceeded', 'answer longer than 100000 octets'],
    ['drip', { maximumBytes: 100 }, 'limit-exceeded', 'answer longer than 100 octets'],
    ['cut', {}, 'network', 'connection broken off'],
    ['redirect-loop', {}, 'refused', 'more than 3 redirects'],
  ])('a server that is %s, with %o, is %s', async (fault, limits, code, message) => {
    const url = (await pki()).url(`${fault}/ca/root.cer`);
    const found = await faultOf(httpClient({ ...local, ...limits }).send({ url }));
    expect(found).toEqual({ code, message: expect.stringContaining(message) });
    expect(found.message).toContain(url);
  });

  test('ends when the caller gives up', async () => {
    const url = (await pki()).url('slow/ca/root.cer');
    const { code, message } = await faultOf(httpClient({ ...local, signal: AbortSignal.abort() }).send({ url }));
    expect([code, message]).toEqual(['network', expect.stringContaining('given up by the caller')]);
  });

  test.each([
    ['http://127.0.0.1:1/', {}],
    ['http://2130706433:1/', {}],
    ['http://0x7f.1:1/', {}],
    ['http://[::1]:1/', {}],
    ['http://[::ffff:127.0.0.1]:1/', {}],
    ['http://localhost:1/', {}],
    ['http://localhost.:1/', {}],
    ['http://a.localhost:1/', {}],
    ['http://169.254.169.254/latest/meta-data', {}],
    ['http://public.example:1/', { lookup: resolvesTo('127.0.0.1') }],
    ['http://public.example:1/', { lookup: resolvesTo('10.0.0.1') }],
    ['http://other.example:1/', { lookup: resolvesTo('127.0.0.1'), allowPrivate: ['public.example'] }],
    ['file:///etc/passwd', {}],
    ['ldap://ldap.example/cn=x', {}],
    ['http://user:secret@public.example/', {}],
  ])('refuses %s', async (url, options) => {
    const found = await faultOf(httpClient({ retries: 2, ...options }).send({ url }));
    expect(found.code).toBe('refused');
    expect(found.message).not.toContain('secret');
  });

  test.each(['http://127.0.0.1:9/', 'http://localhost:9/', 'http://169.254.169.254/', 'file:///etc/passwd', '//other.example:9/'])(
    'refuses a redirect to %s',
    async (location) => {
      const { url, port } = await serve((_request, response) => response.writeHead(302, { location }).end());
      const client = httpClient({ retries: 0, allowPrivate: [`127.0.0.1:${port}`], lookup: resolvesTo('10.0.0.1') });
      expect((await faultOf(client.send({ url }))).code).toBe('refused');
    },
  );

  test('follows redirects, and keeps what was sent', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/old') return void response.writeHead(301, { location: '/new' }).end();
      request.pipe(response);
    });
    const body = { type: 'text/plain', bytes: utf8('hello') };
    const response = await httpClient(local).send({ url: `${server.url}/old`, body });
    expect([fromLatin1(response.body), response.url]).toEqual(['hello', `${server.url}/new`]);
  });

  test('sends credentials and own headers to the host asked, not to where it redirects', async () => {
    const other = await serve((_request, response) => response.end('other'));
    const first = await serve((_request, response) => response.writeHead(307, { location: `${other.url}/x` }).end());
    const client = httpClient({ ...local, auth: { user: 'u', password: 'pä' }, headers: { 'x-key': 'k' } });
    await client.send({ url: first.url });
    expect(first.requests[0]?.headers).toMatchObject({ authorization: 'Basic dTpww6Q=', 'x-key': 'k' });
    expect(other.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(other.requests[0]?.headers).not.toHaveProperty('x-key');
  });

  test('tries again what passes, not what does not, and nothing that must not be repeated', async () => {
    const flaky = (failures: number) => {
      let count = 0;
      return serve((request, response) => {
        count++;
        if (count > failures) return void response.end('at last');
        if (count === 1) return void request.socket.destroy();
        response.writeHead(503).end();
      });
    };
    const client = httpClient({ allowPrivate: true, retries: 2 });
    const server = await flaky(2);
    expect(fromLatin1((await client.send({ url: server.url })).body)).toBe('at last');
    expect(server.requests).toHaveLength(3);
    const posted = await flaky(1);
    const body = { type: 'text/plain', bytes: utf8('x') };
    expect((await faultOf(client.send({ url: posted.url, body }))).message).toContain('connection broken off');
    expect(posted.requests).toHaveLength(1);
    const absent = await serve((_request, response) => response.writeHead(404).end());
    expect((await client.send({ url: absent.url })).status).toBe(404);
    expect(absent.requests).toHaveLength(1);
  });

  test('goes through a proxy: absolute form for http, a tunnel for https', async () => {
    const leaf = await (await pki()).leaf('P-256', { extensions: [LOOPBACK_NAME] });
    const secure = await serve((_request, response) => response.end('secret'), { key: leaf.privateKeyPem, cert: leaf.chainPem });
    const proxy = await serveProxy(`Basic ${btoa('u:p w')}`);
    const ca = encodePem('CERTIFICATE', (await pki()).root);
    const client = httpClient({ ...local, proxy: proxy.url.replace('//', '//u:p%20w@'), tls: { ca } });
    expect(fromLatin1((await client.send({ url: 'http://public.example/a?b' })).body)).toBe('forwarded http://public.example/a?b');
    expect(fromLatin1((await client.send({ url: `${secure.url}/x` })).body)).toBe('secret');
    expect(proxy.asked).toEqual(['GET http://public.example/a?b', `CONNECT 127.0.0.1:${secure.port}`]);
    expect((await faultOf(httpClient({ ...local, proxy: proxy.url }).send({ url: secure.url }))).message).toContain('407 to CONNECT');
    expect((await faultOf(httpClient({ proxy: proxy.url, retries: 0 }).send({ url: 'http://10.0.0.1/' }))).code).toBe('refused');
  });

  test('checks the certificate of an https server', async () => {
    const leaf = await (await pki()).leaf('P-256', { extensions: [LOOPBACK_NAME] });
    const secure = await serve((_request, response) => response.end('x'), { key: leaf.privateKeyPem, cert: leaf.chainPem });
    const { code, message } = await faultOf(httpClient(local).send({ url: secure.url }));
    expect([code, message]).toEqual(['network', expect.stringMatching(/certificate|issuer/)]);
  });

  test('refuses a redirect from https to http', async () => {
    const leaf = await (await pki()).leaf('P-256', { extensions: [LOOPBACK_NAME] });
    const tls = { key: leaf.privateKeyPem, cert: leaf.chainPem };
    const secure = await serve((_request, response) => response.writeHead(302, { location: 'http://public.example/' }).end(), tls);
    const ca = encodePem('CERTIFICATE', (await pki()).root);
    expect((await faultOf(httpClient({ ...local, tls: { ca } }).send({ url: secure.url }))).message).toContain('from https to http');
  });

  test('refuses a content coding that was not asked for', async () => {
    const { url } = await serve((_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'));
    expect((await faultOf(httpClient(local).send({ url }))).message).toContain('content coding');
  });

  test('keeps fresh answers, asks again conditionally, and keeps nothing that must not be kept', async () => {
    const headers: Record<string, Record<string, string>> = {
      '/fresh': { 'cache-control': 'max-age=60' },
      '/etag': { etag: '"1"' },
      '/never': { 'cache-control': 'no-store', etag: '"1"' },
      '/plain': {},
    };
    const server = await serve((request, response) => {
      if (request.headers['if-none-match'] === '"1"') return void response.writeHead(304).end();
      response.writeHead(200, headers[request.url ?? '']).end('body');
    });
    const events: string[] = [];
    const client = httpClient({ ...local, cache: memoryCache(), onEvent: ({ outcome }) => events.push(outcome) });
    for (const path of Object.keys(headers)) {
      for (const _ of [1, 2]) {
        const { status, body } = await client.send({ url: server.url + path });
        expect([status, fromLatin1(body)]).toEqual([200, 'body']);
      }
    }
    expect(events).toEqual([
      ...['answered', 'from-cache'],
      ...['answered', 'not-modified'],
      ...['answered', 'answered'],
      ...['answered', 'answered'],
    ]);
  });

  test('a cache in memory drops what was used least recently', () => {
    const cache = memoryCache(10);
    const answer = (length: number) => ({ body: new Uint8Array(length), freshUntil: 0, etag: null, lastModified: null });
    cache.put('a', answer(4));
    cache.put('b', answer(4));
    cache.get('a');
    cache.put('c', answer(4));
    cache.put('too big', answer(11));
    expect(['a', 'b', 'c', 'too big'].filter((url) => cache.get(url))).toEqual(['a', 'c']);
  });

  test.each([
    [{ timeout: 5 }, "unknown option 'timeout'"],
    [{ proxy: 'socks5://127.0.0.1:1' }, 'http:// URL is wanted'],
  ])('refuses the options %o', (options, message) => {
    expect(() => httpClient(options as object)).toThrow(message);
  });
});

/** subjectAltName with the address 127.0.0.1. */
const LOOPBACK_NAME = { oid: '2.5.29.17', critical: false, value: Uint8Array.of(0x30, 6, 0x87, 4, 127, 0, 0, 1) };
