import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { der } from '../../src/asn1/index.ts';
import { concat } from '../../src/base/bytes.ts';
import { utf8 } from '../../src/base/text.ts';
import { newPool } from '../../src/cms/pool.ts';
import { digest } from '../../src/crypto/digest.ts';
import { checkTimestampResponse } from '../../src/tsp/check-response.ts';
import { describeTimestamp } from '../../src/tsp/read.ts';
import { encodeTimestampRequest, parseTimestampRequest } from '../../src/tsp/request.ts';
import {
  describeStatus,
  encodeTimestampResponse,
  FAILURES,
  isGranted,
  PKI_STATUS,
  type PkiFailure,
  parseTimestampResponse,
} from '../../src/tsp/response.ts';
import { encodeTstInfo, parseTimestampToken } from '../../src/tsp/token.ts';
import { accepts, hasOpenssl, openssl, Workshop } from '../cms/openssl.ts';
import { answer, TSA_USAGE } from './authority.ts';

const data = utf8('time-stamped');
const imprint = digest('SHA-256', data);
const nonce = Uint8Array.of(0x91, 2, 3, 4, 5, 6, 7, 8);

describe('requests', () => {
  test('what is written is read again', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 16 }),
        fc.boolean(),
        fc.constantFrom(undefined, '1.2.3.4'),
        (number, certReq, policy) => {
          const request = encodeTimestampRequest({ imprint, digest: 'SHA-256', nonce: number, certReq, ...(policy ? { policy } : {}) });
          const read = parseTimestampRequest(request);
          expect(read).toMatchObject({
            ok: true,
            value: { imprint: { digest: 'SHA-256', hash: imprint }, certReq, policy: policy ?? null },
          });
        },
      ),
    );
  });

  test('an unknown option is refused', () => {
    expect(() => encodeTimestampRequest({ imprint, digest: 'SHA-256', certreq: true } as never)).toThrow(/unknown option 'certreq'/);
  });
});

describe('responses', () => {
  test.each(PKI_STATUS.map((status, number) => [status, number] as const))('%s is status %i', (status, number) => {
    const read = parseTimestampResponse(encodeTimestampResponse({ status, text: 'Grüße' }));
    expect(read).toMatchObject({ ok: true, value: { status: number, statusTexts: ['Grüße'], failures: [], token: null } });
    if (read.ok) expect([isGranted(read.value), describeStatus(read.value)]).toEqual([number < 2, `${status}, Grüße`]);
  });

  test.each(Object.entries(FAILURES))('%s is bit %i', (name, bit) => {
    const read = parseTimestampResponse(encodeTimestampResponse({ status: 'rejection', failure: name as PkiFailure }));
    expect(read).toMatchObject({ ok: true, value: { failures: [bit] } });
    if (read.ok) expect(describeStatus(read.value)).toContain(`(${name})`);
  });

  test('a refusal tells what the authority says', () => {
    const response = encodeTimestampResponse({ status: 'rejection', failure: 'unacceptedPolicy', text: 'not this one' });
    const result = checkTimestampResponse({ response, imprint, digest: 'SHA-256', nonce: null });
    expect(result).toMatchObject({ ok: false, refused: true });
    if (!result.ok) expect(result.reasons.join()).toMatch(/rejection.*unacceptedPolicy.*not this one/);
  });

  test('any octets are read or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (octets) => {
        expect(checkTimestampResponse({ response: octets, imprint, digest: 'SHA-256', nonce: null }).ok).toBe(false);
        expect(typeof parseTimestampRequest(octets).ok).toBe('boolean');
      }),
    );
  });
});

if (!hasOpenssl()) test('openssl is not installed: no authority to ask', () => expect(true).toBe(true));
else
  describe('a token of openssl ts', () => {
    const workshop = new Workshop();
    afterAll(() => workshop.close());
    const key = workshop.key('tsa', 'RSA', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'], TSA_USAGE);
    const request = encodeTimestampRequest({ imprint, digest: 'SHA-256', nonce });
    const response = answer(workshop, key, request);
    const expected = { response, imprint, digest: 'SHA-256', nonce } as const;

    test('openssl reads our request', () => {
      const text = openssl('ts', '-query', '-in', workshop.write('q.tsq', request), '-text').toString();
      expect(text).toMatch(/Hash Algorithm: sha256[\s\S]*Nonce: 0x9102030405060708[\s\S]*Certificate required: yes/);
    });

    test('answers the request', () => {
      const result = checkTimestampResponse(expected);
      expect(result).toMatchObject({
        ok: true,
        signer: { bytes: key.chain[0] },
        token: { tstInfo: { policy: '1.2.3.4.1', accuracy: 1501, ordering: true } },
      });
    });

    test('is described with its imprint, signer and name', () => {
      const result = checkTimestampResponse(expected);
      if (!result.ok) throw new Error(result.reasons.join());
      const pool = newPool();
      const described = describeTimestamp(result.token, (name) => digest(name, data), pool, 'file.txt');
      expect(described).toMatchObject({
        references: [{ type: 'MESSAGE_IMPRINT', name: 'file.txt', digestAlgorithm: 'SHA-256', found: true, intact: true }],
        value: 'intact',
        tsaNameMatches: true,
        signer: {
          certificate: result.signer.fingerprint,
          references: [{ attribute: 'signing-certificate-v2', matches: result.signer.fingerprint }],
        },
        structureProblems: [],
      });
      expect(pool.certificates.size).toBe(2);
      expect(describeTimestamp(result.token, () => null, pool)).toMatchObject({
        id: `${described.id}-2`,
        references: [{ found: false, intact: false }],
      });
    });

    const certificateOnly = workshop.key('other', 'RSA', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']);
    const loose = workshop.key(
      'loose',
      'RSA',
      ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
      'extendedKeyUsage=timeStamping,emailProtection',
    );

    test.each([
      ['another imprint', { ...expected, imprint: digest('SHA-256', utf8('other')) }, /imprint/],
      ['another digest', { ...expected, digest: 'SHA-512' as const }, /imprint/],
      ['another nonce', { ...expected, nonce: Uint8Array.of(1) }, /nonce/],
      ['another policy', { ...expected, policy: '1.2.3.4.5' }, /policy 1.2.3.4.1 instead/],
      ['a broken value', { ...expected, response: flipped(response) }, /signature of the token is broken/],
      ['octets after it', { ...expected, response: concat([response, Uint8Array.of(0)]) }, /not a time-stamp response/],
    ])('is refused for %s', (_, options, reason) => {
      const result = checkTimestampResponse(options);
      expect(result).toMatchObject({ ok: false, refused: false });
      if (!result.ok) expect(result.reasons.join()).toMatch(reason);
    });

    test('is refused without its certificate, and taken with one supplied', () => {
      const bare = answer(workshop, key, encodeTimestampRequest({ imprint, digest: 'SHA-256', nonce, certReq: false }));
      expect(checkTimestampResponse({ ...expected, response: bare })).toMatchObject({
        ok: false,
        reasons: [expect.stringMatching(/no certificate/)],
      });
      expect(checkTimestampResponse({ ...expected, response: bare, certificates: [certificateOnly.chain[0], key.chain[0]] }).ok).toBe(true);
    });

    test('is refused where the certificate is for more than time-stamping', () => {
      // openssl ts does not sign with such a certificate, openssl cms does.
      const info = encodeTstInfo({ policy: '1.2.3', digest: 'SHA-256', imprint, serial: Uint8Array.of(7), time: 1_760_000_000_250, nonce });
      const file = workshop.write('tst-info', info);
      const token = new Uint8Array(
        openssl(
          'cms',
          '-sign',
          '-binary',
          '-nodetach',
          '-cades',
          '-econtent_type',
          '1.2.840.113549.1.9.16.1.4',
          '-in',
          file,
          '-outform',
          'DER',
          '-signer',
          loose.certificateFile,
          '-inkey',
          loose.keyFile,
        ),
      );
      expect(parseTimestampToken(token)).toMatchObject({
        ok: true,
        value: { tstInfo: { time: 1_760_000_000_250, serial: '07', accuracy: null } },
      });
      const result = checkTimestampResponse({ ...expected, response: encodeTimestampResponse({ status: 'granted', token }) });
      if (result.ok) throw new Error('accepted');
      expect(result.reasons).toEqual([expect.stringMatching(/further extended key usages/), expect.stringMatching(/not critical/)]);
    });

    test('openssl takes our response as its own', () => {
      const result = checkTimestampResponse(expected);
      if (!result.ok) throw new Error(result.reasons.join());
      const again = workshop.write('again.tsr', encodeTimestampResponse({ status: 'granted', token: result.token.bytes }));
      expect(accepts('ts', '-verify', '-in', again, '-data', workshop.write('data', data), '-CAfile', workshop.ca)).toBe(true);
    });
  });

describe('TSTInfo', () => {
  test('another SignedData is no token', () => {
    expect(parseTimestampToken(der.sequence(der.oid('1.2.3')))).toMatchObject({ ok: false });
  });
});

/** The response with its last octet, in the signature value, changed. */
function flipped(response: Uint8Array): Uint8Array {
  const copy = response.slice();
  copy[copy.length - 1] = (copy[copy.length - 1] as number) ^ 1;
  return copy;
}
