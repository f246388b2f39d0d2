import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DigestName } from '../../src/crypto/names.ts';
import { issueTimestamp, type KeyAlgorithm } from '../../src/issuing/index.ts';
import { checkTimestampResponse } from '../../src/tsp/check-response.ts';
import { encodeTimestampRequest } from '../../src/tsp/request.ts';
import { parseTimestampResponse } from '../../src/tsp/response.ts';
import { opensslTsVerify } from '../judges/openssl.ts';
import { versionOf } from '../judges/run.ts';
import { pemEncode } from '../support/pem.ts';
import { memoryPki } from '../support/pki.ts';

const AT = Date.UTC(2026, 5, 1, 12, 0, 0, 250);
const pki = memoryPki({ at: AT });
const openssl = await versionOf('openssl', ['version']);
const imprint = createHash('sha256').update('hello').digest();

const answer = async (request: Uint8Array) =>
  issueTimestamp({ issuer: (await pki()).timestampIssuer, request, at: AT, serial: Uint8Array.of(9) });

describe('time-stamps issued here', () => {
  test.each<readonly [DigestName, string]>([
    ['SHA-256', 'sha256'],
    ['SHA-384', 'sha384'],
    ['SHA-512', 'sha512'],
    ['SHA3-256', 'sha3-256'],
  ])('over %s pass the checks of a client', async (digest, node) => {
    const wanted = { imprint: createHash(node).update('hello').digest(), digest, nonce: randomBytes(8) };
    const checked = checkTimestampResponse({ ...wanted, response: await answer(encodeTimestampRequest(wanted)) });
    expect(checked).toMatchObject({ ok: true, token: { tstInfo: { time: AT, accuracy: 1000, serial: '09', ordering: false } } });
  });

  test('leave the certificates out where none are wanted', async () => {
    const request = encodeTimestampRequest({ imprint, digest: 'SHA-256', certReq: false });
    const checked = checkTimestampResponse({ response: await answer(request), imprint, digest: 'SHA-256', nonce: null });
    expect(checked).toMatchObject({ ok: false, reasons: expect.arrayContaining(['no certificate at hand made the token']) });
  });

  test.each<readonly [string, () => Uint8Array, number]>([
    ['a weak digest', () => encodeTimestampRequest({ imprint: randomBytes(20), digest: 'SHA-1' }), 0],
    ['an imprint of another length', () => encodeTimestampRequest({ imprint: randomBytes(20), digest: 'SHA-256' }), 5],
    ['another policy', () => encodeTimestampRequest({ imprint, digest: 'SHA-256', policy: '1.2.3' }), 15],
    ['octets that are no request', () => Uint8Array.of(0x30, 1, 0), 5],
    ['nothing', () => new Uint8Array(), 5],
  ])('are refused for %s', async (_title, request, failure) => {
    expect(parseTimestampResponse(await answer(request()))).toMatchObject({
      ok: true,
      value: { status: 2, failures: [failure], token: null },
    });
  });

  test('any octets as a request get an answer', () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), fc.nat(), fc.nat(255), async (bytes, at, octet) => {
        const request = encodeTimestampRequest({ imprint, digest: 'SHA-256', nonce: Uint8Array.of(1) });
        request[at % request.length] = octet;
        expect(parseTimestampResponse(await answer(bytes)).ok).toBe(true);
        expect(parseTimestampResponse(await answer(request)).ok).toBe(true);
      }),
    ));

  test.skipIf(!openssl).each<KeyAlgorithm>(['P-256', 'P-384', 'RSA-2048'])('by a key %s satisfy openssl', async (algorithm) => {
    const { timestampAuthority, root } = await memory(algorithm)();
    const token = await timestampAuthority.stamp(imprint, 'SHA-256');
    const { good, said } = await opensslTsVerify({ token, digest: imprint, caPem: pemEncode(root), at: AT });
    expect(said).toContain('Verification: OK');
    expect(good).toBe(true);
  });

  // openssl ts knows no RSASSA-PSS and no EdDSA.
  test.each<KeyAlgorithm>(['RSA-PSS', 'RSA-PSS-only', 'brainpoolP256r1', 'Ed25519', 'Ed448', 'ML-DSA-65'])(
    'by a key %s pass the checks of a client',
    async (algorithm) => {
      const { timestampIssuer: issuer } = await memory(algorithm)();
      const wanted = { imprint, digest: 'SHA-256', nonce: randomBytes(8) } as const;
      const response = await issueTimestamp({ issuer, request: encodeTimestampRequest(wanted), at: AT, serial: Uint8Array.of(9) });
      expect(checkTimestampResponse({ ...wanted, response })).toMatchObject({ ok: true });
    },
  );
});

const memory = (tsa: KeyAlgorithm) => memoryPki({ at: AT, algorithms: { tsa } });
