/** ML-DSA and SLH-DSA beside OpenSSL: what it made verifies here, what is made here verifies there (RFC 9881, RFC 9909). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Bytes } from '../../src/base/bytes.ts';
import { latin1 } from '../../src/base/text.ts';
import { candidatesOf, newPool } from '../../src/cms/pool.ts';
import { digest } from '../../src/crypto/digest.ts';
import { answerCrl, answerOcsp, createThrowAwayPki } from '../../src/issuing/index.ts';
import {
  anchorOf,
  encodeOcspRequest,
  parseCertificate,
  parseCrl,
  parseOcspResponse,
  revocationStatus,
  validatePath,
} from '../../src/pki/index.ts';
import { readTimestamp } from '../../src/tsp/read.ts';
import { parseTimestampToken } from '../../src/tsp/token.ts';
import { inFolder, run, versionOf } from '../judges/run.ts';
import { pemEncode } from '../support/pem.ts';
import { must } from './authority.ts';

const AT = Date.UTC(2026, 11, 24);
const FOLDER = join(import.meta.dirname, '../../vectors/post-quantum');
/** `OPENSSL` names the program; before 3.5 it has none of these algorithms. */
const program = process.env['OPENSSL'] ?? 'openssl';
const [, major = 0, minor = 0] = /OpenSSL (\d+)\.(\d+)/.exec((await versionOf(program, ['version'])) ?? '')?.map(Number) ?? [];
const knows = major * 100 + minor >= 305;
if (!knows) process.stderr.write(`${program} is not an OpenSSL from 3.5 on: it does not judge what is made here (OPENSSL names another)\n`);

describe.each(['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87', 'SLH-DSA-SHA2-128s', 'SLH-DSA-SHAKE-128s'])('%s made by OpenSSL', (algorithm) => {
  const file = (name: string): Bytes => new Uint8Array(readFileSync(join(FOLDER, algorithm, name)));
  const certificate = (name: string) => must(parseCertificate(file(`${name}.der`)));
  const [ca, leaf, revoked] = ['ca', 'leaf', 'revoked'].map(certificate) as [
    ReturnType<typeof certificate>,
    ReturnType<typeof certificate>,
    ReturnType<typeof certificate>,
  ];

  test('certificates verify', () => {
    expect(leaf.signatureAlgorithm).toMatchObject({ keyKind: algorithm });
    for (const one of [leaf, revoked]) expect(validatePath({ path: [one], anchor: anchorOf(ca), at: AT })).toMatchObject({ ok: true });
  });

  test('the CRL and the OCSP answer verify and tell', () => {
    const [crl, ocsp] = [must(parseCrl(file('crl.der'))), must(parseOcspResponse(file('ocsp.der')))];
    const good = { status: 'good' };
    const bad = { status: 'revoked', date: Date.UTC(2026, 0, 1), reason: 'keyCompromise' };
    expect(revocationStatus(leaf, ca, [crl], [], AT)).toMatchObject(good);
    expect(revocationStatus(leaf, ca, [], [ocsp], AT)).toMatchObject(good);
    expect(revocationStatus(revoked, ca, [crl], [], AT)).toMatchObject(bad);
    expect(revocationStatus(revoked, ca, [], [ocsp], AT)).toMatchObject(bad);
  });

  test('the time-stamp verifies', () => {
    const token = must(parseTimestampToken(file('stamp.tst')));
    const target = (name: Parameters<typeof digest>[0]): Bytes => digest(name, latin1('hello\n'));
    const reading = readTimestamp(token, target, candidatesOf(newPool(), token.signedData.certificates));
    expect(reading).toMatchObject({ imprint: { intact: true }, content: { intact: true, violations: [] }, signer: { value: 'intact' } });
    expect(reading.signer.references).toHaveLength(1);
    expect(token.tstInfo).toMatchObject({ time: Date.UTC(2026, 10, 23, 12), ordering: true });
  });
});

describe
  .skipIf(!knows)
  .each(['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87', 'SLH-DSA-SHA2-128f', 'SLH-DSA-SHAKE-128f', 'SLH-DSA-SHA2-192s'] as const)(
  '%s made here',
  (algorithm) => {
    test('OpenSSL takes the path with its CRLs, strictly, and the OCSP answer', async () => {
      const pki = await createThrowAwayPki({ algorithms: { ca: algorithm, ocsp: algorithm } });
      const leaf = await pki.leaf(algorithm);
      const request = encodeOcspRequest({
        certificate: must(parseCertificate(leaf.certificate)),
        issuer: must(parseCertificate(pki.intermediate)),
      });
      const files = {
        'root.pem': pemEncode(pki.root),
        'ca.pem': pemEncode(pki.intermediate),
        'crls.pem': pemEncode(await answerCrl(pki, 'root'), 'X509 CRL') + pemEncode(await answerCrl(pki, 'issuing'), 'X509 CRL'),
        'leaf.pem': leaf.certificatePem,
        'ocsp.der': await answerOcsp(pki, request),
      };
      await inFolder(files, async (folder) => {
        const at = (name: string): string => join(folder, name);
        const chain = ['-CAfile', at('root.pem'), '-untrusted', at('ca.pem')];
        const path = await run(program, ['verify', '-x509_strict', '-crl_check_all', '-CRLfile', at('crls.pem'), ...chain, at('leaf.pem')]);
        expect(path.stdout).toContain('leaf.pem: OK');
        const files = [
          '-respin',
          at('ocsp.der'),
          '-issuer',
          at('ca.pem'),
          '-cert',
          at('leaf.pem'),
          '-CAfile',
          at('root.pem'),
          '-verify_other',
          at('ca.pem'),
        ];
        const ocsp = await run(program, ['ocsp', ...files, '-no_nonce']);
        expect(ocsp.stdout).toContain('leaf.pem: good');
        expect(ocsp.stderr).toContain('Response verify OK');
      });
    });
  },
);
