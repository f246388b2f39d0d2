import { verify, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../src/base/fault.ts';
import { createThrowAwayPki, KEY_ALGORITHMS, startThrowAwayPki, writeThrowAwayPki } from '../../src/issuing/index.ts';
import { openPkcs12 } from '../../src/keys/index.ts';
import { parseCertificate } from '../../src/pki/certificate.ts';
import { answersFor, parseOcspResponse } from '../../src/pki/ocsp.ts';
import { encodeOcspRequest } from '../../src/pki/ocsp-request.ts';
import { verifyOcsp } from '../../src/pki/ocsp-responder.ts';
import { inFolder, run, versionOf } from '../judges/run.ts';
import { pemEncode } from '../support/pem.ts';
import { memoryPki, servedPki } from '../support/pki.ts';

const memory = memoryPki();
const served = servedPki();
const openssl = await versionOf('openssl', ['version']);

const certificateOf = (bytes: Uint8Array) => {
  const parsed = parseCertificate(bytes);
  if (!parsed.ok) throw new Error(parsed.malformed.reason);
  return parsed.value;
};

describe('leaves', () => {
  test.each(KEY_ALGORITHMS())('%s: the key is the certificate’s, and signs', async (algorithm) => {
    const leaf = await (await memory()).leaf(algorithm);
    const certificate = new X509Certificate(leaf.certificate);
    expect(certificate.checkPrivateKey(leaf.privateKey)).toBe(true);
    expect(leaf.signer.chain).toEqual([leaf.certificate, (await memory()).intermediate]);
    const message = Uint8Array.of(1, 2, 3);
    const value = await leaf.signer.sign(message, 'SHA-256');
    if (leaf.signer.scheme === 'EdDSA' || leaf.signer.scheme === 'ECDSA')
      expect(verify(leaf.signer.scheme === 'EdDSA' ? null : 'sha256', message, certificate.publicKey, value)).toBe(true);
  });

  test.skipIf(!openssl).each(KEY_ALGORITHMS().filter((name) => !name.includes('-DSA-')))(
    '%s: openssl takes the path, strictly, and opens the key store',
    async (algorithm) => {
      const { root, intermediate, leaf: make } = await memory();
      const leaf = await make(algorithm);
      const files = {
        'root.pem': pemEncode(root),
        'chain.pem': pemEncode(intermediate),
        'leaf.pem': leaf.certificatePem,
        'leaf.p12': leaf.pkcs12('pass wörd'),
      };
      await inFolder(files, async (folder) => {
        const at = (name: string) => join(folder, name);
        const path = ['verify', '-x509_strict', '-CAfile', at('root.pem'), '-untrusted', at('chain.pem'), at('leaf.pem')];
        expect((await run('openssl', path)).stdout).toContain('leaf.pem: OK');
        const store = await run('openssl', ['pkcs12', '-in', at('leaf.p12'), '-passin', 'pass:pass wörd', '-nodes', '-info']);
        expect(store.stdout).toContain('PRIVATE KEY');
        expect(store.stdout.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
        expect(store.stderr).toMatch(/PBES2, PBKDF2, AES-256-CBC, Iteration 10000, PRF hmacWithSHA256/);
      });
    },
  );

  test('the key store opens with its password only', async () => {
    const leaf = await (await memory()).leaf('P-256');
    const store = leaf.pkcs12('Größe 5');
    expect(openPkcs12(store, 'Größe 5').chain).toEqual(leaf.chain);
    expect(() => openPkcs12(store, 'größe 5')).toThrow(expect.objectContaining({ code: 'wrong-password' }));
  });

  test('are what the options say', async () => {
    const { leaf, clock } = await memory();
    const { certificate } = await leaf('Ed25519', {
      subject: { CN: 'Somebody else' },
      notBefore: 0,
      notAfter: clock() - 1,
      leaveOut: ['2.5.29.14'],
      extensions: [{ oid: '2.5.29.15', critical: false, value: Uint8Array.of(3, 2, 7, 0x80) }],
      issuer: 'root',
    });
    const read = certificateOf(certificate);
    expect(read.subject.text).toBe('CN=Somebody else');
    expect(read.subjectKeyIdentifier).toBeNull();
    expect(read.keyUsage).toEqual(new Set(['digitalSignature']));
    expect(read.issuer.text).toContain('Root CA');
    expect(read.notBefore).toBe(0);
    expect(read.authorityInfoAccess).toBeNull();
  });

  test.each([
    ['an unknown algorithm', () => createThrowAwayPki().then(({ leaf }) => leaf('P-255' as 'P-256'))],
    ['an unknown option', () => createThrowAwayPki({ port: 1 } as object)],
    ['a fixed time and a clock', () => createThrowAwayPki({ at: 0, clock: () => 0 })],
    ['revoking a stranger', async () => (await createThrowAwayPki()).revoke(new Uint8Array(3))],
  ])('%s is refused', async (_title, act) => {
    await expect(act()).rejects.toThrow(expect.objectContaining({ code: 'bad-option' }));
  });
});

describe('a served PKI', () => {
  test('names its own places in certificates', async () => {
    const { leaf, url, caUrl, crlUrl, ocspUrl, intermediate } = await served();
    const read = certificateOf((await leaf()).certificate);
    expect(read.authorityInfoAccess).toMatchObject({ ocsp: [ocspUrl], caIssuers: [caUrl] });
    expect(read.crlDistributionPoints).toMatchObject([{ name: { names: [{ value: crlUrl }] } }]);
    expect(certificateOf(intermediate).crlDistributionPoints).toMatchObject([{ name: { names: [{ value: url('crl/root.crl') }] } }]);
  });

  test.each(['POST', 'GET'])('answers OCSP by %s, for leaves, the intermediate and the authority for time-stamps', async (method) => {
    const pki = await served();
    const leaf = await pki.leaf('P-256', { revoked: { reason: 'privilegeWithdrawn' } });
    const cases = [
      [leaf.certificate, pki.intermediate, 'revoked'],
      [pki.intermediate, pki.root, 'good'],
      [pki.tsa, pki.root, 'good'],
    ] as const;
    for (const [subject, issuer, status] of cases) {
      const asked = { certificate: certificateOf(subject), issuer: certificateOf(issuer) };
      const request = Buffer.from(encodeOcspRequest({ ...asked, nonce: Uint8Array.of(7) }));
      const base64 = encodeURIComponent(request.toString('base64'));
      const answer = await (method === 'GET'
        ? fetch(`${pki.ocspUrl}/${base64}`)
        : fetch(pki.ocspUrl, { method, body: new Uint8Array(request) }));
      const response = parseOcspResponse(new Uint8Array(await answer.arrayBuffer()));
      const basic = response.ok ? response.value.basic : null;
      if (!basic) throw new Error('no answer');
      expect(answersFor(basic, asked.certificate, asked.issuer)).toMatchObject([{ status }]);
      expect([...(basic.nonce ?? [])]).toEqual([7]);
      expect(verifyOcsp(basic, [asked.issuer])).toMatchObject({ value: 'intact' });
    }
  });

  test('forgets a hold that was lifted', async () => {
    const pki = await served();
    const leaf = await pki.leaf();
    const size = async () => (await (await fetch(pki.crlUrl)).arrayBuffer()).byteLength;
    const before = await size();
    pki.revoke(leaf, { reason: 'certificateHold' });
    expect(await size()).toBeGreaterThan(before + 20);
    pki.release(leaf);
    expect(Math.abs((await size()) - before)).toBeLessThan(20);
  });

  test.skipIf(!openssl)('satisfies openssl: CRL downloaded, OCSP asked, before and after a revocation', async () => {
    const pki = await served();
    const leaf = await pki.leaf('P-256');
    const files = { 'root.pem': pemEncode(pki.root), 'chain.pem': pemEncode(pki.intermediate), 'leaf.pem': leaf.certificatePem };
    await inFolder(files, async (folder) => {
      const [root, chain, own] = ['root.pem', 'chain.pem', 'leaf.pem'].map((name) => join(folder, name)) as [string, string, string];
      const ocsp = ['ocsp', '-issuer', chain, '-cert', own, '-url', pki.ocspUrl, '-CAfile', root, '-verify_other', chain];
      const crl = ['verify', '-crl_check', '-crl_download', '-CAfile', root, '-untrusted', chain, own];
      const before = await run('openssl', ocsp);
      expect(before.stdout + before.stderr).toMatch(/Response verify OK/);
      expect(before.stdout).toContain('leaf.pem: good');
      expect((await run('openssl', crl)).stdout).toContain('leaf.pem: OK');
      pki.revoke(leaf, { reason: 'keyCompromise' });
      expect((await run('openssl', ocsp)).stdout).toMatch(/leaf.pem: revoked[\s\S]*Reason: keyCompromise/);
      expect((await run('openssl', crl)).stderr).toContain('certificate revoked');
    });
  });

  test.each([
    ['GET', '/'],
    ['GET', '/ca/other.cer'],
    ['POST', '/ca/root.cer'],
    ['GET', '/crl/../crl/x.crl'],
    ['GET', '/tsa'],
    ['GET', '/ocsp'],
    ['GET', '/ocsp/%zz'],
    ['POST', '/tsa/unheard-of'],
    ['GET', '/constructor/tsa'],
    ['GET', '/__proto__'],
  ])('%s %s is not found', async (method, path) => {
    expect((await fetch((await served()).baseUrl + path, { method })).status).toBe(404);
  });

  test('tells of each request, and leaves nothing open when closed', async () => {
    const seen: string[] = [];
    const pki = await startThrowAwayPki({ onRequest: ({ method, path, status }) => seen.push(`${method} ${path} ${status}`) });
    await (await fetch(pki.caUrl)).arrayBuffer();
    const hanging = fetch(pki.url('slow/tsa')).catch(() => 'ended');
    await pki.close();
    expect(await hanging).toBe('ended');
    expect(seen).toContain('GET /ca/issuing.cer 200');
    const refused = await new Promise((resolve) =>
      connect(pki.port, '127.0.0.1')
        .on('error', () => resolve(true))
        .on('connect', () => resolve(false)),
    );
    expect(refused).toBe(true);
  });

  test('says so when the port is taken', async () => {
    const { port } = await served();
    const error = await startThrowAwayPki({ port }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Fault);
    expect(error).toMatchObject({ code: 'io', message: expect.stringContaining(`cannot listen on 127.0.0.1:${port}`) });
  });
});

describe('a PKI in a folder', () => {
  test('holds the trust anchor, the chain, and keys in both forms, closed to others', async () => {
    await inFolder({}, async (folder) => {
      const pki = await memory();
      const { files, leaves } = await writeThrowAwayPki(pki, join(folder, 'deep/pki'), { algorithms: ['P-256', 'Ed25519'], password: 'p' });
      const at = (name: string) => join(folder, 'deep/pki', name);
      expect(files.map(({ name }) => name)).toEqual([
        ...['root.pem', 'chain.pem', 'tsa.pem', 'ocsp.pem'],
        ...['p-256.key.pem', 'p-256.cert.pem', 'p-256.p12'],
        ...['ed25519.key.pem', 'ed25519.cert.pem', 'ed25519.p12'],
        'README.txt',
      ]);
      expect(readFileSync(at('root.pem'), 'utf8')).toBe(pemEncode(pki.root));
      expect(openPkcs12(readFileSync(at('p-256.p12')), 'p').chain).toEqual(leaves[0]?.chain);
      expect(readFileSync(at('README.txt'), 'utf8')).toContain('ed25519.key.pem');
      if (process.platform !== 'win32') expect(statSync(at('p-256.key.pem')).mode & 0o777).toBe(0o600);
    });
  });

  test('says so when it cannot be written', async () => {
    await inFolder({ file: '' }, async (folder) => {
      await expect(writeThrowAwayPki(await memory(), join(folder, 'file'), { algorithms: [] })).rejects.toThrow(
        expect.objectContaining({ code: 'io' }),
      );
    });
  });
});
