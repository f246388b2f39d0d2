import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { der } from '../../src/asn1/index.ts';
import { type Bytes, equal } from '../../src/base/bytes.ts';
import { latin1 } from '../../src/base/text.ts';
import { encodeSignedData } from '../../src/cms/build.ts';
import { extension, type LeafOptions, type ThrowAwayServer } from '../../src/issuing/index.ts';
import { certificatesIn } from '../../src/net/aia.ts';
import { httpCertificateSource, httpCrlSource, httpOcspSource, httpRevocationSource, type NetworkEvent } from '../../src/net/index.ts';
import { type Certificate, parseCertificate } from '../../src/pki/certificate.ts';
import { findInCrl, parseCrl, verifyCrl } from '../../src/pki/crl.ts';
import { answersFor, parseOcspResponse } from '../../src/pki/ocsp.ts';
import { inFolder, run, versionOf } from '../judges/run.ts';
import { pemEncode } from '../support/pem.ts';
import { servedPki } from '../support/pki.ts';
import { serve } from './server.ts';

const pki = servedPki();
const openssl = await versionOf('openssl', ['version']);

const read = (bytes: Bytes): Certificate => {
  const parsed = parseCertificate(bytes);
  if (!parsed.ok) throw new Error(parsed.malformed.reason);
  return parsed.value;
};

/** A leaf that names these places, its issuer, and what the source told. */
async function asked(places: (at: ThrowAwayServer) => LeafOptions['publishedAt']) {
  const at = await pki();
  const publishedAt = places(at);
  const leaf = await at.leaf('P-256', publishedAt ? { publishedAt } : {});
  const told: NetworkEvent[] = [];
  const options = { allowPrivate: true, retries: 0, timeoutMs: 500, onEvent: (event: NetworkEvent) => told.push(event) };
  const reason = (): string => told.map((event) => event.reason ?? '').join(' ');
  return { at, leaf, certificate: read(leaf.certificate), issuer: read(at.intermediate), options, told, reason };
}

describe('OCSP over HTTP', () => {
  test.each([
    ['good', null, 'good'],
    ['revoked', { reason: 'keyCompromise' }, 'revoked'],
    ['on hold', { reason: 'certificateHold' }, 'revoked'],
  ] as const)('tells of a certificate that is %s', async (_title, revocation, status) => {
    const { at, leaf, certificate, issuer, options } = await asked(() => undefined);
    if (revocation) at.revoke(leaf, revocation);
    const [found] = await httpOcspSource(options).find(certificate, issuer);
    const response = parseOcspResponse(found?.bytes ?? new Uint8Array());
    const answer = response.ok && response.value.basic && answersFor(response.value.basic, certificate, issuer)[0];
    expect(answer).toMatchObject({ status, reason: revocation?.reason ?? null });
  });

  test.each([
    ['ocsp/wrong-nonce', 'the nonce is not the one sent'],
    ['ocsp/other-certificate', 'about another certificate'],
    ['ocsp/try-later', 'answered tryLater'],
    ['ocsp/unauthorized', 'answered unauthorized'],
    ['ocsp/garbage', 'not an OCSP response'],
    ['html/ocsp', 'not an OCSP response'],
    ['500/ocsp', 'status 500'],
    ['slow/ocsp', 'took too long'],
    ['endless/ocsp', 'answer longer than'],
    ['cut/ocsp', 'connection broken off'],
  ])('gives nothing for %s, and tells why: %s', async (path, reason) => {
    const { certificate, issuer, options, reason: said } = await asked(({ url }) => ({ ocsp: url(path) }));
    expect(await httpOcspSource(options).find(certificate, issuer)).toEqual([]);
    expect(said()).toContain(reason);
  });

  test.each(['ocsp/no-nonce', 'ocsp/expired', 'ocsp/unknown', 'ocsp/broken', 'ocsp/wrong-responder', 'ocsp/direct'])(
    'gives on what %s answers: judging it is not its office',
    async (path) => {
      const { certificate, issuer, options } = await asked(({ url }) => ({ ocsp: url(path) }));
      expect(await httpOcspSource(options).find(certificate, issuer)).toMatchObject([{ kind: 'ocsp' }]);
    },
  );

  test('asks no private address unless that is allowed', async () => {
    const { certificate, issuer, options, reason } = await asked(() => undefined);
    expect(await httpRevocationSource({ ...options, allowPrivate: false }).find(certificate, issuer)).toEqual([]);
    expect(reason()).toContain('not a public address');
  });
});

describe('CRLs over HTTP', () => {
  test('fetches the one a certificate names', async () => {
    const { at, leaf, certificate, issuer, options } = await asked(() => undefined);
    at.revoke(leaf, { reason: 'superseded' });
    const [found] = await httpCrlSource(options).find(certificate, issuer);
    const crl = parseCrl(found?.bytes ?? new Uint8Array());
    if (!crl.ok) throw new Error(crl.malformed.reason);
    expect(verifyCrl(crl.value, issuer)).toBe('intact');
    expect(findInCrl(crl.value, certificate.serial)).toMatchObject({ value: { reason: 'superseded' } });
  });

  test('takes PEM too', async () => {
    const at = await pki();
    const bytes = new Uint8Array(await (await fetch(at.crlUrl)).arrayBuffer());
    const server = await serve((_request, response) => response.end(pemEncode(bytes, 'X509 CRL')));
    const { certificate, issuer, options } = await asked(() => ({ crl: server.url }));
    expect(await httpCrlSource(options).find(certificate, issuer)).toEqual([{ kind: 'crl', bytes }]);
  });

  test.each([
    ['html/x', 'not a CRL'],
    ['ca/issuing.cer', 'not a CRL'],
    ['crl/nothing.crl', 'status 404'],
    ['slow/crl/issuing.crl', 'took too long'],
    ['drip/crl/issuing.crl', 'took too long'],
    ['redirect-loop/crl/issuing.crl', 'more than 3 redirects'],
  ])('gives nothing for %s, and tells why: %s', async (path, reason) => {
    const { certificate, issuer, options, reason: said } = await asked(({ url }) => ({ crl: url(path) }));
    expect(await httpCrlSource(options).find(certificate, issuer)).toEqual([]);
    expect(said()).toContain(reason);
  });

  test('one download serves all who ask at a time', async () => {
    const { certificate, issuer, options, told } = await asked(() => undefined);
    const source = httpCrlSource(options);
    const found = await Promise.all([1, 2, 3].map(() => source.find(certificate, issuer)));
    expect(found.flat()).toHaveLength(3);
    expect(told).toHaveLength(1);
  });

  test('stands in where no responder answers, or comes first where that is wanted', async () => {
    const places = ({ url, crlUrl }: ThrowAwayServer) => ({ ocsp: url('500/ocsp'), crl: crlUrl });
    const { certificate, issuer, options } = await asked(places);
    expect(await httpRevocationSource(options).find(certificate, issuer)).toMatchObject([{ kind: 'crl' }]);
    const both = await asked(() => undefined);
    expect(await httpRevocationSource(both.options).find(both.certificate, both.issuer)).toMatchObject([{ kind: 'ocsp' }]);
    expect(await httpRevocationSource(both.options, 'crl').find(both.certificate, both.issuer)).toMatchObject([{ kind: 'crl' }]);
  });

  test('a certificate that names a thousand places makes few requests', async () => {
    const at = await pki();
    const many = Array.from({ length: 1000 }, (_, i) => at.url(`404/${i}`));
    const extensions = [extension.crlDistributionPoints(many), extension.authorityInfoAccess({ ocsp: many, caIssuers: many })];
    const certificate = read((await at.leaf('P-256', { extensions })).certificate);
    const told: NetworkEvent[] = [];
    const options = { allowPrivate: true, retries: 0, onEvent: (event: NetworkEvent) => told.push(event) };
    await httpRevocationSource(options).find(certificate, read(at.intermediate));
    await httpCertificateSource(options).issuersOf(certificate);
    expect(told.filter(({ outcome }) => outcome === 'answered').length).toBeLessThan(20);
  });
});

describe("issuers' certificates over HTTP", () => {
  test('fetches the issuer', async () => {
    const { at, certificate, options } = await asked(() => undefined);
    expect(await httpCertificateSource(options).issuersOf(certificate)).toEqual([at.intermediate]);
  });

  test('reads DER, PEM with one or many, and certs-only CMS', async () => {
    const { root, intermediate, tsa } = await pki();
    const bundle = encodeSignedData({ digestAlgorithms: [], certificates: [root, intermediate], signerInfos: [] });
    expect(certificatesIn(root)).toEqual([root]);
    expect(certificatesIn(latin1(`text\n${pemEncode(root)}${pemEncode(tsa)}`))).toEqual([root, tsa]);
    expect(certificatesIn(bundle)).toHaveLength(2);
    expect(certificatesIn(bundle).some((bytes) => equal(bytes, intermediate))).toBe(true);
    expect(certificatesIn(der.sequence())).toEqual([]);
    expect(certificatesIn(latin1('-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----'))).toEqual([]);
  });

  test.skipIf(!openssl)('reads the bundle that openssl crl2pkcs7 makes', async () => {
    const { root, intermediate } = await pki();
    await inFolder({ 'chain.pem': pemEncode(root) + pemEncode(intermediate) }, async (folder) => {
      const out = join(folder, 'chain.p7c');
      await run('openssl', ['crl2pkcs7', '-nocrl', '-certfile', join(folder, 'chain.pem'), '-outform', 'DER', '-out', out]);
      expect(certificatesIn(readFileSync(out))).toHaveLength(2);
    });
  });

  test('never throws on other octets', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(certificatesIn(bytes)).toEqual([]);
      }),
    ));

  test.each(['html/x', '404/x', 'slow/x', 'endless/x', 'crl/issuing.crl'])('gives nothing for %s', async (path) => {
    const { certificate, options } = await asked(({ url }) => ({ caIssuers: url(path) }));
    expect(await httpCertificateSource(options).issuersOf(certificate)).toEqual([]);
  });
});
