import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { utf8 } from '../../src/base/text.ts';
import type { Signer } from '../../src/crypto/index.ts';
import {
  type CscHandler,
  type CscOffer,
  type CscRequest,
  cscHandler,
  cscListener,
  cscService,
  signerFromKey,
} from '../../src/keys/index.ts';
import { sign } from '../../src/sign.ts';
import { validate } from '../../src/validate.ts';
import { inFolder, run } from '../judges/run.ts';
import { faultOf } from '../support/fault.ts';
import { memoryPki } from '../support/pki.ts';
import { tinyPdf } from './tiny-pdf.ts';

const python = join(import.meta.dirname, '../../.cache/judges/bin/python');
const hasPyhanko = existsSync(python);
if (!hasPyhanko) process.stderr.write('keys: no pyHanko here, its CSC client does not sign\n');
const pki = memoryPki();
const HTTP = { allowPrivate: true };
const TOKEN = 'the-token';
const DIGEST = new Uint8Array(createHash('sha256').update('content').digest());

let server: Server;
let url: string;
let handler: CscHandler;
let now = Date.now();
const asked: string[] = [];
const offers = new Map<string, CscOffer>();

beforeAll(async () => {
  const { leaf } = await pki();
  const of = async (algorithm: 'P-256' | 'P-521' | 'RSA-2048', pss = false): Promise<Signer> => {
    const { privateKey, chain } = await leaf(algorithm);
    return signerFromKey({ key: privateKey, certificates: chain, ...(pss && { scheme: 'RSASSA-PSS' }) });
  };
  offers.set('ec', { signer: await of('P-256'), pin: '1234' });
  offers.set('p521', { signer: await of('P-521'), multisign: 3 });
  offers.set('rsa', { signer: await of('RSA-2048'), pin: '1234', description: 'An RSA key' });
  offers.set('pss', { signer: await of('RSA-2048', true) });
  handler = cscHandler({
    name: 'Test service',
    region: 'DE',
    authenticate: (bearer) => (bearer === TOKEN ? offers : bearer === 'other' ? new Map([['ec', offers.get('ec') as CscOffer]]) : null),
    now: () => now,
  });
  const listener = cscListener(async (request) => {
    asked.push(request.path.split('/csc/')[1] ?? '');
    return handler(request);
  });
  server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

describe.each([1, 2] as const)('version %i, our client against our server', (version) => {
  const service = (token: string = TOKEN) => cscService({ url, version, token, http: HTTP });

  it('tells of itself and its credentials', async () => {
    const at = service();
    expect(await at.info()).toMatchObject({
      specs: version === 1 ? '1.0.4.0' : '2.0.0.2',
      name: 'Test service',
      methods: expect.arrayContaining(['signatures/signHash']),
    });
    expect(await at.credentials()).toEqual(['ec', 'p521', 'pss', 'rsa']);
    expect(await at.credential('ec')).toMatchObject({ enabled: true, authMode: 'explicit', scal: 2, multisign: 100 });
    expect(await at.credential('p521')).toMatchObject({ authMode: 'implicit', multisign: 3 });
    at.close();
  });

  it.each(['ec', 'p521', 'rsa', 'pss'])('%s signs documents that validate', async (credential) => {
    const { root } = await pki();
    const signer = await service().signer({ credential, pin: '1234' });
    for (const [document, more] of [
      [tinyPdf(), {}],
      [utf8('any'), { format: 'cades' as const }],
      [utf8('<a/>'), { format: 'xades' as const, packaging: 'enveloped' as const }],
    ] as const) {
      const signed = await sign(document, { signer, at: Date.now(), ...more } as Parameters<typeof sign>[1]);
      const report = await validate(signed, { trust: [root], at: Date.now(), policy: 'dss-6.4-no-revocation' });
      expect(report.signatures).toMatchObject([{ conclusion: { indication: 'PASSED' } }]);
    }
  });

  it('signatures asked for together go in as few requests as the credential allows', async () => {
    const signer = await service().signer({ credential: 'p521' });
    asked.length = 0;
    const values = await Promise.all(Array.from({ length: 7 }, (_, i) => signer.sign(Uint8Array.of(i), 'SHA-512')));
    expect(new Set(values.map((value) => Buffer.from(value).toString('hex'))).size).toBe(7);
    expect(asked.filter((one) => one.endsWith('signHash'))).toHaveLength(3);
    expect(asked.filter((one) => one.endsWith('authorize'))).toHaveLength(3);
  });

  it.each<[string, () => Promise<unknown>, string, RegExp]>([
    ['a token that is not good', () => service('nobody').credentials(), 'signer-refused', /invalid_token/],
    ['a credential of others', () => service('other').signer({ credential: 'rsa' }), 'signer-refused', /credentialID/],
    ['no PIN', async () => (await service().signer({ credential: 'rsa' })).sign(DIGEST, 'SHA-256'), 'wrong-password', /PIN invalid/],
    [
      'a digest that the key does not sign',
      async () => (await service().signer({ credential: 'ec', sad: 'made-up' })).sign(DIGEST, 'SHA-256'),
      'signer-refused',
      /SAD/,
    ],
    ['an option that is not known', () => service().signer({ credential: 'ec', pinn: '1' } as never), 'bad-option', /pinn/],
  ])('%s is refused, and told', async (_, work, code, message) => {
    expect(await faultOf(work())).toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

it('a server that is not there, or that gives something else, is a fault that names it', async () => {
  expect(await faultOf(cscService({ url: 'http://127.0.0.1:9', token: TOKEN, http: HTTP }).info())).toMatchObject({ code: 'network' });
  expect(await faultOf(cscService({ url: `${url}/other`, token: TOKEN, http: { allowPrivate: false } }).info())).toMatchObject({
    code: 'refused',
  });
  expect(() => cscService({ url: 'x', token: TOKEN })).toThrow(/not a URL/);
  expect(() => cscService({ url: `${url}/csc/v1`, version: 2, token: TOKEN })).toThrow(/of version 1/);
});

it('whatever a service answers, the client gives a value or a fault', async () => {
  let answer = '';
  const hostile = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(answer));
  });
  await new Promise<void>((resolve) => hostile.listen(0, '127.0.0.1', resolve));
  const service = cscService({ url: `http://127.0.0.1:${(hostile.address() as AddressInfo).port}`, token: TOKEN, http: HTTP });
  const { signer } = offers.get('ec') as CscOffer;
  const certificates = fc.constantFrom(
    signer.chain.map((one) => Buffer.from(one).toString('base64')),
    ['AAAA'],
    'x',
    null,
  );
  const told = fc.record(
    {
      credentialIDs: fc.jsonValue(),
      nextPageToken: fc.constantFrom('', 'same'),
      key: fc.oneof(fc.jsonValue(), fc.constant({ algo: ['1.2.840.10045.4.3.2'] })),
      cert: fc.oneof(fc.jsonValue(), fc.record({ certificates })),
      multisign: fc.jsonValue(),
      SAD: fc.jsonValue(),
      signatures: fc.oneof(fc.jsonValue(), fc.constantFrom(['AAAA'], [], ['*'])),
    },
    { requiredKeys: [] },
  );
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          told.map((value) => JSON.stringify(value)),
          fc.string(),
        ),
        async (text) => {
          answer = text;
          const work = [
            service.info(),
            service.credentials(),
            service.signer({ credential: 'x' }).then((one) => one.sign(DIGEST, 'SHA-256')),
          ];
          for (const done of await Promise.allSettled(work))
            if (done.status === 'rejected') expect(done.reason).toMatchObject({ name: 'Fault' });
        },
      ),
      { numRuns: 60 },
    );
  } finally {
    service.close();
    hostile.close();
  }
});

describe('the server', () => {
  const ask = async (
    method: string,
    body: unknown,
    token: string | null = TOKEN,
  ): Promise<{ status: number; answer: Record<string, unknown> }> => {
    const request: CscRequest = {
      method: 'POST',
      path: `/csc/v1/${method}`,
      ...(token !== null && { authorization: `Bearer ${token}` }),
      body: body instanceof Uint8Array ? body : utf8(JSON.stringify(body)),
    };
    const { status, body: answer } = await handler(request);
    return { status, answer: JSON.parse(new TextDecoder().decode(answer)) };
  };
  const hash = [Buffer.from(DIGEST).toString('base64')];
  const SIGN = { hashAlgo: '2.16.840.1.101.3.4.2.1', signAlgo: '1.2.840.10045.4.3.2' };
  const authorize = async (more: object = {}, token = TOKEN): Promise<string> =>
    String((await ask('credentials/authorize', { credentialID: 'ec', numSignatures: 1, hash, PIN: '1234', ...more }, token)).answer['SAD']);

  it('an authorisation serves once, for its digests, its credential and its holder, until it is over', async () => {
    const order = { credentialID: 'ec', hash, ...SIGN };
    const other = [Buffer.alloc(32).toString('base64')];
    expect(await ask('signatures/signHash', { ...order, hash: other, SAD: await authorize() })).toMatchObject({
      status: 400,
      answer: { error_description: /not authorized/ },
    });
    expect((await ask('signatures/signHash', { ...order, SAD: await authorize() }, 'other')).status).toBe(400);
    expect((await ask('signatures/signHash', { ...order, credentialID: 'p521', SAD: await authorize() })).status).toBe(400);
    const SAD = await authorize();
    const both = await Promise.all([1, 2].map(() => ask('signatures/signHash', { ...order, SAD })));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 400]);
    const late = await authorize();
    now += 301_000;
    expect((await ask('signatures/signHash', { ...order, SAD: late })).status).toBe(400);
  });

  it.each<[string, string, unknown, number]>([
    ['no JSON', 'credentials/info', utf8('{'), 400],
    ['a list', 'credentials/info', [], 400],
    ['no such method', 'signatures/timestamp', {}, 501],
    ['too many signatures', 'credentials/authorize', { credentialID: 'p521', numSignatures: 4 }, 400],
    ['fewer digests than signatures', 'credentials/authorize', { credentialID: 'p521', numSignatures: 2, hash }, 400],
    ['an algorithm of another key', 'signatures/signHash', { credentialID: 'ec', hash, SAD: 'x', signAlgo: '1.2.840.113549.1.1.11' }, 400],
    ['a digest of another length', 'signatures/signHash', { credentialID: 'ec', hash: ['AAAA'], SAD: 'x', ...SIGN }, 400],
    ['a digest that is no base64', 'signatures/signHash', { credentialID: 'ec', hash: ['*'], SAD: 'x', ...SIGN }, 400],
  ])('%s is refused', async (_, method, body, status) => {
    expect(await ask(method, body)).toMatchObject({ status, answer: { error: 'invalid_request' } });
  });

  it('asks for a token everywhere but for info', async () => {
    expect((await ask('info', {}, null)).status).toBe(200);
    for (const method of ['credentials/list', 'credentials/info', 'credentials/authorize', 'signatures/signHash'])
      expect((await ask(method, {}, null)).status).toBe(401);
  });

  it('locks a credential after five wrong PINs', async () => {
    const locked = cscHandler({ name: 'x', authenticate: () => offers });
    const attempt = async (PIN: string): Promise<string> => {
      const body = utf8(JSON.stringify({ credentialID: 'ec', numSignatures: 1, PIN }));
      return new TextDecoder().decode(
        (await locked({ method: 'POST', path: '/csc/v1/credentials/authorize', authorization: 'Bearer x', body })).body,
      );
    };
    for (let i = 0; i < 5; i++) expect(await attempt('0000')).toMatch(/PIN invalid/);
    expect(await attempt('1234')).toMatch(/PIN locked/);
  });

  it('answers whatever it is sent', async () => {
    const member = fc.constantFrom(
      'credentialID',
      'hash',
      'hashes',
      'numSignatures',
      'SAD',
      'signAlgo',
      'signAlgoParams',
      'hashAlgo',
      'PIN',
      'authData',
      'maxResults',
      'pageToken',
    );
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom('ec', 'rsa', hash, 1, SIGN.signAlgo));
    const methods = fc.constantFrom('info', 'credentials/list', 'credentials/info', 'credentials/authorize', 'signatures/signHash');
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(1, 2),
        methods,
        fc.oneof(fc.dictionary(member, value), fc.jsonValue(), fc.uint8Array()),
        async (version, method, body) => {
          const octets = body instanceof Uint8Array ? body : utf8(JSON.stringify(body));
          const { status } = await handler({
            method: 'POST',
            path: `/csc/v${version}/${method}`,
            authorization: `Bearer ${TOKEN}`,
            body: octets,
          });
          expect([200, 400]).toContain(status);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe.skipIf(!hasPyhanko)("pyHanko's client", () => {
  it.each(['ec', 'rsa'])('signs a PDF by the key %s through our server, and the signature validates', async (credential) => {
    now = Date.now();
    const { root } = await pki();
    const signed = await inFolder({ 'in.pdf': tinyPdf() }, async (folder) => {
      const out = join(folder, 'out.pdf');
      const ran = await run(python, [
        '-I',
        join(import.meta.dirname, 'csc_sign.py'),
        url,
        'v1',
        credential,
        TOKEN,
        '1234',
        join(folder, 'in.pdf'),
        out,
      ]);
      expect(ran).toMatchObject({ status: 0 });
      return new Uint8Array(await readFile(out));
    });
    const report = await validate(signed, { trust: [root], at: Date.now(), policy: 'dss-6.4-no-revocation' });
    expect(report.signatures).toMatchObject([{ level: 'PAdES-BASELINE-B', conclusion: { indication: 'PASSED' } }]);
  });
});
