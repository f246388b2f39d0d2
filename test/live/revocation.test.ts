/** Revocation over HTTP from the throw-away PKI, right and wrong in every way: an answer that is soft, missing or forged is never good. */
import { beforeAll, describe, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import type { Leaf, LeafOptions, ThrowAwayServer } from '../../src/issuing/index.ts';
import { httpClient, httpCrlSource, httpOcspSource, httpRevocationSource, type NetworkEvent } from '../../src/net/index.ts';
import { type Certificate, parseCertificate } from '../../src/pki/certificate.ts';
import { parseCrl } from '../../src/pki/crl.ts';
import { parseOcspResponse } from '../../src/pki/ocsp.ts';
import { anchorOf, validatePath } from '../../src/pki/path.ts';
import { revocationBy } from '../../src/pki/path-revocation.ts';
import { revocationStatus } from '../../src/pki/revocation.ts';
import { toJson } from '../../src/report/index.ts';
import { sign } from '../../src/sign.ts';
import { validate } from '../../src/validate.ts';
import { serve } from '../net/server.ts';
import { servedPki } from '../support/pki.ts';

const pki = servedPki();
let PDF: Bytes;
beforeAll(() => {
  PDF = plainPdf({ title: 'Agreement', pages: [['# Agreement']] });
});

const read = (bytes: Bytes): Certificate => {
  const parsed = parseCertificate(bytes);
  if (!parsed.ok) throw new Error(parsed.malformed.reason);
  return parsed.value;
};

type Places = NonNullable<LeafOptions['publishedAt']>;
type Verdict = readonly [indication: string, subIndication: string | null];

interface Outcome {
  /** Of the signature, by `validate`. */
  readonly verdict: Verdict;
  /** Of the certificate, by the functions of `pki` over what the sources found. */
  readonly status: string;
  /** The path with that revocation: `valid`, or the code of the failure. */
  readonly path: string;
  /** What the sources told, in words. */
  readonly told: string;
}

/** A fresh leaf that names these places, signs, and is validated over the network; `between`: what happens after signing. */
async function outcomeOf(
  places: (at: ThrowAwayServer) => Places,
  between: (at: ThrowAwayServer, leaf: Leaf) => void | Promise<void> = () => {},
  options: {
    readonly source?: typeof httpRevocationSource;
    readonly allowPrivate?: readonly string[];
    readonly earlier?: number;
  } = {},
): Promise<Outcome> {
  const at = await pki();
  const leaf = await at.leaf('P-256', { publishedAt: places(at) });
  const now = Date.now() - (options.earlier ?? 0);
  const signed = await sign(PDF, { signer: leaf.signer, at: now });
  await between(at, leaf);
  const told: NetworkEvent[] = [];
  const client = httpClient({
    allowPrivate: options.allowPrivate ?? true,
    retries: 0,
    timeoutMs: 700,
    maximumBytes: 100_000,
    onEvent: (event) => told.push(event),
  });
  const source = (options.source ?? httpRevocationSource)({ client });
  const report = await validate(signed, { at: options.earlier ? now : Date.now(), trust: [at.root], sources: { revocations: source } });
  const [signature] = toJson(report).signatures;
  const { status, path } = await statusOf(at, leaf, source);
  client.close();
  return {
    verdict: [signature?.indication ?? 'none', signature?.subIndication ?? null],
    status,
    path,
    told: told.map(({ reason }) => reason ?? '').join('; '),
  };
}

async function statusOf(at: ThrowAwayServer, leaf: Leaf, source: ReturnType<typeof httpRevocationSource>) {
  const [certificate, issuer, root] = [leaf.certificate, at.intermediate, at.root].map(read) as [Certificate, Certificate, Certificate];
  const found = [...(await source.find(certificate, issuer)), ...(await source.find(issuer, root))];
  const crls = found.filter(({ kind }) => kind === 'crl').flatMap(({ bytes }) => readOnes(parseCrl(bytes)));
  const ocsps = found.filter(({ kind }) => kind === 'ocsp').flatMap(({ bytes }) => readOnes(parseOcspResponse(bytes)));
  const now = Date.now();
  const { status } = revocationStatus(certificate, issuer, crls, ocsps, now, { trusts: () => false });
  const result = validatePath({
    path: [certificate, issuer],
    anchor: anchorOf(root),
    at: now,
    revocation: revocationBy({ crls, ocsps, candidates: [], at: now }),
  });
  return { status, path: result.ok ? 'valid' : result.failure.code };
}

const readOnes = <T>(parsed: { ok: true; value: T } | { ok: false }): T[] => (parsed.ok ? [parsed.value] : []);

const ocsp =
  (path: string) =>
  (at: ThrowAwayServer): Places => ({ ocsp: at.url(path) });
const crl =
  (path: string) =>
  (at: ThrowAwayServer): Places => ({ crl: at.url(path) });

const PASSED: Verdict = ['TOTAL_PASSED', null];
/** EN 319 102-1, 5.2.6.4: no revocation data that can be accepted. */
const NOT_TOLD: Verdict = ['INDETERMINATE', 'CERTIFICATE_CHAIN_GENERAL_FAILURE'];

describe('answers that are as they should be', () => {
  test.each<[string, (at: ThrowAwayServer) => Places]>([
    ['OCSP by an appointed responder', ocsp('ocsp')],
    ['OCSP by the CA itself', ocsp('ocsp/direct')],
    ['OCSP made in advance, without a nonce', ocsp('ocsp/no-nonce')],
    ['a CRL', crl('crl/issuing.crl')],
    ['a redirect on the way', crl('redirect/crl/issuing.crl')],
    ['no answer by OCSP, then a CRL', (at) => ({ ocsp: at.url('500/ocsp'), crl: at.url('crl/issuing.crl') })],
  ])('%s: passed', async (_title, places) => {
    expect(await outcomeOf(places)).toMatchObject({ verdict: PASSED, status: 'good', path: 'valid' });
  });
});

test.each([
  ['seconds', 5_000, PASSED],
  ['hours', 5 * 3_600_000, NOT_TOLD],
] as const)('an answer made %s after the time of validation', async (_title, earlier, verdict) => {
  const { verdict: found } = await outcomeOf(ocsp('ocsp'), undefined, { earlier });
  expect(found).toEqual(verdict);
});

describe('certificates that are revoked', () => {
  test.each([
    ['revoked since before the signature', 'keyCompromise', ['INDETERMINATE', 'REVOKED_NO_POE']],
    ['on hold', 'certificateHold', ['INDETERMINATE', 'TRY_LATER']],
  ] as const)('%s, by OCSP and by CRL alike', async (_title, reason, verdict) => {
    const revoke = (at: ThrowAwayServer, leaf: Leaf): void => at.revoke(leaf, { reason, at: Date.now() - 60_000 });
    for (const places of [ocsp('ocsp'), crl('crl/issuing.crl')])
      expect(await outcomeOf(places, revoke)).toMatchObject({ verdict, status: 'revoked', path: 'revoked' });
  });

  test('a hold that was lifted is over', async () => {
    const lifted = (at: ThrowAwayServer, leaf: Leaf): void => {
      at.revoke(leaf, { reason: 'certificateHold' });
      at.release(leaf);
    };
    expect(await outcomeOf(ocsp('ocsp'), lifted)).toMatchObject({ verdict: PASSED, status: 'good' });
  });
});

describe('answers that say nothing are never good', () => {
  test.each<[string, (at: ThrowAwayServer) => Places, string]>([
    ['no place named', () => ({}), ''],
    ['the responder does not know the certificate', ocsp('ocsp/unknown'), ''],
    ['the responder asks to try later', ocsp('ocsp/try-later'), 'tryLater'],
    ['the responder is not responsible', ocsp('ocsp/unauthorized'), 'unauthorized'],
    ['the answer is about another certificate', ocsp('ocsp/other-certificate'), 'another certificate'],
    ['another nonce comes back', ocsp('ocsp/wrong-nonce'), 'the nonce is not the one sent'],
    ['garbage', ocsp('ocsp/garbage'), 'not an OCSP response'],
    ['a web page in place of an answer', ocsp('html/ocsp'), 'not an OCSP response'],
    ['a web page in place of a CRL', crl('html/crl/issuing.crl'), 'not a CRL'],
    ['an error of the server', ocsp('500/ocsp'), 'status 500'],
    ['nothing there', crl('404/crl/issuing.crl'), 'status 404'],
    ['a responder that is silent', ocsp('slow/ocsp'), 'took too long'],
    ['a list that comes an octet at a time', crl('drip/crl/issuing.crl'), 'took too long'],
    ['an answer without end', ocsp('endless/ocsp'), 'longer than'],
    ['an answer that is cut', crl('cut/crl/issuing.crl'), ''],
    ['redirects in a circle', crl('redirect-loop/crl/issuing.crl'), 'redirects'],
  ])('%s', async (_title, places, reason) => {
    const outcome = await outcomeOf(places);
    expect(outcome).toMatchObject({ verdict: NOT_TOLD, status: 'unknown', path: 'revocation-unknown' });
    expect(outcome.told).toContain(reason);
  });

  test('a responder that is down', async () => {
    const outcome = await outcomeOf(() => ({ ocsp: 'http://127.0.0.1:1/ocsp' }));
    expect(outcome).toMatchObject({ verdict: NOT_TOLD, status: 'unknown', path: 'revocation-unknown' });
    expect(outcome.told).toContain('connection refused');
  });
});

describe('answers that are not to be believed are never good', () => {
  test.each<[string, (at: ThrowAwayServer) => Places, Verdict]>([
    ['a CRL that has expired', crl('crl/expired/issuing.crl'), NOT_TOLD],
    ['an OCSP answer that has expired', ocsp('ocsp/expired'), NOT_TOLD],
    ['OCSP by a responder that nobody appointed', ocsp('ocsp/wrong-responder'), NOT_TOLD],
    ['OCSP with a signature that is wrong', ocsp('ocsp/broken'), NOT_TOLD],
    ['a CRL with a signature that is wrong', crl('crl/broken/issuing.crl'), NOT_TOLD],
    ['a CRL by another key', crl('crl/wrong-key/issuing.crl'), NOT_TOLD],
    ['the CRL of another authority', crl('crl/root.crl'), NOT_TOLD],
  ])('%s', async (_title, places, verdict) => {
    expect(await outcomeOf(places)).toMatchObject({ verdict, status: 'unknown', path: 'revocation-unknown' });
  });

  test('an answer recorded before the revocation and replayed is passed over: its nonce is of another day', async () => {
    let recorded: Uint8Array | null = null;
    const at = await pki();
    const replaying = await serve(async (request, response) => {
      const parts: Uint8Array[] = [];
      for await (const part of request as AsyncIterable<Uint8Array>) parts.push(part);
      recorded ??= new Uint8Array(await (await fetch(at.ocspUrl, { method: 'POST', body: Buffer.concat(parts) })).arrayBuffer());
      response.writeHead(200, { 'content-type': 'application/ocsp-response' }).end(recorded);
    });
    const record = async (_at: ThrowAwayServer, leaf: Leaf): Promise<void> => {
      const client = httpClient({ allowPrivate: true });
      await httpOcspSource({ client }).find(read(leaf.certificate), read(at.intermediate));
      client.close();
      expect(recorded).not.toBeNull();
      at.revoke(leaf, { reason: 'keyCompromise' });
    };
    const outcome = await outcomeOf(() => ({ ocsp: replaying.url }), record);
    expect(outcome).toMatchObject({ verdict: NOT_TOLD, status: 'unknown', path: 'revocation-unknown' });
    expect(outcome.told).toContain('the nonce is not the one sent');
  });

  test('a revocation that only the CRL tells counts', async () => {
    const at = await pki();
    const both: typeof httpRevocationSource = (options) => {
      const [one, other] = [httpOcspSource(options), httpCrlSource(options)];
      return {
        find: async (certificate, issuer) => [...(await one.find(certificate, issuer)), ...(await other.find(certificate, issuer))],
      };
    };
    const stale = await serve((_request, response) => response.writeHead(500).end());
    const outcome = await outcomeOf(
      () => ({ ocsp: stale.url, crl: at.crlUrl }),
      (_at, leaf) => at.revoke(leaf, { reason: 'keyCompromise', at: Date.now() - 60_000 }),
      { source: both },
    );
    expect(outcome).toMatchObject({ verdict: ['INDETERMINATE', 'REVOKED_NO_POE'], status: 'revoked' });
  });
});

describe('places that must not be asked', () => {
  test('a certificate that names a private address is not followed there', async () => {
    const outcome = await outcomeOf(ocsp('ocsp'), undefined, { allowPrivate: [] });
    expect(outcome).toMatchObject({ verdict: NOT_TOLD, status: 'unknown', path: 'revocation-unknown' });
    expect(outcome.told).toMatch(/127\.0\.0\.1.*not public|not a public/);
  });

  test.each([
    'http://169.254.169.254/latest/meta-data',
    'http://[::1]:9/',
    'http://localhost:9/',
    'http://10.0.0.1/',
    'file:///etc/passwd',
  ])('a redirect to %s is refused', async (target) => {
    const redirecting = await serve((_request, response) => response.writeHead(307, { location: target }).end());
    const outcome = await outcomeOf(() => ({ crl: `${redirecting.url}/list.crl` }), undefined, {
      allowPrivate: [new URL(redirecting.url).host],
    });
    expect(outcome).toMatchObject({ verdict: NOT_TOLD, status: 'unknown', path: 'revocation-unknown' });
    expect(redirecting.requests.length).toBeGreaterThan(0);
    expect(outcome.told).toMatch(/not public|not a public|no web address|private/);
  });

  test('a redirect to another server on this machine never reaches it', async () => {
    const at = await pki();
    const secret = await serve((_request, response) => response.end('secret'));
    const redirecting = await serve((_request, response) => response.writeHead(302, { location: secret.url }).end());
    const hosts = [new URL(redirecting.url).host, new URL(at.baseUrl).host];
    const outcome = await outcomeOf(() => ({ crl: redirecting.url, ocsp: redirecting.url }), undefined, { allowPrivate: hosts });
    expect(outcome).toMatchObject({ verdict: NOT_TOLD, status: 'unknown' });
    expect(secret.requests).toEqual([]);
  });
});

test('an endless list is left after as many octets as are allowed', async () => {
  const received: number[] = [];
  const endless = await serve((_request, response) => {
    const chunk = new Uint8Array(65_536);
    let sent = 0;
    const more = (): void => {
      while (!response.destroyed && response.write(chunk)) sent += chunk.length;
      sent += chunk.length;
    };
    response.on('drain', more).on('close', () => received.push(sent));
    more();
  });
  const outcome = await outcomeOf(() => ({ ocsp: endless.url }));
  expect(outcome).toMatchObject({ verdict: NOT_TOLD, status: 'unknown' });
  expect(Math.max(...received)).toBeLessThan(20_000_000);
});
