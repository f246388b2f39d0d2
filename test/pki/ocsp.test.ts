/** OCSP: requests, responses and who signed them (RFC 6960). */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { der } from '../../src/asn1/index.ts';
import { Fault } from '../../src/base/fault.ts';
import { digest } from '../../src/crypto/digest.ts';
import {
  answersFor,
  certHashOf,
  encodeOcspRequest,
  isAbout,
  parseOcspRequest,
  parseOcspResponse,
  responderRight,
  verifyOcsp,
} from '../../src/pki/index.ts';
import * as make from './authority.ts';

const caKey = make.keyNumber(0);
const ca = make.root('CN=CA', caKey);
const target = make.makeCertificate({ subject: 'CN=Target', key: make.keyNumber(1), issuer: 'CN=CA', issuerKey: caKey, serial: 77 });
const sibling = make.makeCertificate({ subject: 'CN=Sibling', key: make.keyNumber(1), issuer: 'CN=CA', issuerKey: caKey, serial: 78 });
const responderKey = make.keyNumber(2);
const responder = (extensions: readonly Uint8Array[], issuerKey = caKey, issuer = 'CN=CA') =>
  make.makeCertificate({ subject: 'CN=Responder', key: responderKey, issuer, issuerKey, serial: 5, extensions });
const delegated = responder([make.extendedKeyUsage('1.3.6.1.5.5.7.3.9')]);
const basicOf = (bytes: Uint8Array) => {
  const { basic } = make.must(parseOcspResponse(bytes));
  if (!basic) throw new Error('no answer');
  return basic;
};

test('an answer is read with its times, reason and extensions', () => {
  const hash = der.sequence(der.sequence(der.oid('2.16.840.1.101.3.4.2.1')), der.octetString(digest('SHA-256', target.bytes)));
  const basic = basicOf(
    make.encodeOcsp({
      responder: ca,
      responderKey: caKey,
      by: 'key',
      extensions: [make.extension('1.3.6.1.5.5.7.48.1.2', der.octetString(Uint8Array.of(1, 2, 3)))],
      singles: [
        { certificate: sibling, issuer: ca },
        {
          certificate: target,
          issuer: ca,
          status: make.revokedOn(make.DAY0, 4),
          nextUpdate: null,
          extensions: [
            make.extension('1.3.6.1.5.5.7.48.1.6', der.generalizedTime(make.DAY0 - make.DAY)),
            make.extension('1.3.36.8.3.13', hash),
          ],
        },
      ],
    }),
  );
  expect(basic.nonce).toEqual(Uint8Array.of(1, 2, 3));
  const [answer, ...more] = answersFor(basic, target, ca);
  expect(more).toEqual([]);
  expect(answer).toMatchObject({
    status: 'revoked',
    revocationDate: make.DAY0,
    reason: 'superseded',
    nextUpdate: null,
    archiveCutoff: make.DAY0 - make.DAY,
  });
  expect(answer && [certHashOf(answer, target), certHashOf(answer, sibling)]).toEqual(['match', 'mismatch']);
  expect(verifyOcsp(basic, [ca])).toEqual({ value: 'intact', signer: ca, responderIdMatches: true });
});

test('an answer is about one serial number of one issuer', () => {
  const basic = basicOf(make.encodeOcsp({ responder: ca, responderKey: caKey, singles: [{ certificate: target, issuer: ca }] }));
  const id = basic.responses[0]?.certId;
  if (!id) throw new Error('no answer');
  expect(isAbout(id, target, ca)).toBe(true);
  expect(isAbout(id, sibling, ca)).toBe(false);
  expect(isAbout(id, target, make.root('CN=CA', make.keyNumber(3)))).toBe(false);
  expect(isAbout(id, target, make.root('CN=Other', caKey))).toBe(false);
});

describe('by what right a responder answers', () => {
  const cases: [string, Parameters<typeof responderRight>[0], ReturnType<typeof responderRight>][] = [
    ['the issuer itself', ca, 'issuer'],
    ['a certificate for OCSP signing from the issuer', delegated, 'delegated'],
    ['one without that purpose', responder([]), null],
    ['one with the any purpose', responder([make.extendedKeyUsage('2.5.29.37.0')]), null],
    ['one that another CA of that name signed', responder([make.extendedKeyUsage('1.3.6.1.5.5.7.3.9')], make.keyNumber(4)), null],
    ['one of another CA', responder([make.extendedKeyUsage('1.3.6.1.5.5.7.3.9')], caKey, 'CN=Elsewhere'), null],
    ['one whose key is not for signing', responder([make.extendedKeyUsage('1.3.6.1.5.5.7.3.9'), make.keyUsage(0b0010_0000)]), null],
  ];
  test.each(cases)('%s', (_, signer, right) => expect(responderRight(signer, ca)).toBe(right));
});

test('the signer is found among the certificates of the response, also behind wrong ones', () => {
  const shape = { responder: delegated, responderKey, singles: [{ certificate: target, issuer: ca }], certificates: [sibling, delegated] };
  expect(verifyOcsp(basicOf(make.encodeOcsp(shape)), [])).toMatchObject({ value: 'intact', responderIdMatches: true });
  expect(verifyOcsp(basicOf(make.encodeOcsp({ ...shape, certificates: [] })), [ca])).toEqual({
    value: 'no-key',
    signer: null,
    responderIdMatches: false,
  });
  expect(verifyOcsp(basicOf(make.encodeOcsp({ ...shape, responderKey: caKey })), []).value).toBe('broken');
});

test('a responder that is not the one it names is told', () => {
  const basic = basicOf(make.encodeOcsp({ responder: delegated, responderKey: caKey, singles: [{ certificate: target, issuer: ca }] }));
  expect(verifyOcsp(basic, [ca])).toEqual({ value: 'intact', signer: ca, responderIdMatches: false });
});

test('responses without an answer have a status', () => {
  const status = (code: number) => der.sequence(der.integer(code, 0x0a));
  expect(parseOcspResponse(status(6))).toMatchObject({ ok: true, value: { status: 'unauthorized', basic: null } });
  expect(parseOcspResponse(status(3))).toMatchObject({ ok: true, value: { status: 'tryLater', basic: null } });
  expect(parseOcspResponse(status(0)).ok).toBe(false);
  expect(parseOcspResponse(status(4)).ok).toBe(false);
});

test('a bare basic response is read like a whole one', () => {
  const whole = make.makeOcsp({ responder: ca, responderKey: caKey, singles: [{ certificate: target, issuer: ca }] });
  const bare = make.must(parseOcspResponse(whole.basic?.bytes ?? new Uint8Array()));
  expect(bare.status).toBe('successful');
  expect(bare.basic?.tbs).toEqual(whole.basic?.tbs);
});

test('a request names the certificate, and brings its nonce', () => {
  const nonce = Uint8Array.from({ length: 32 }, (_, i) => i);
  const request = make.must(parseOcspRequest(encodeOcspRequest({ certificate: target, issuer: ca, nonce, digest: 'SHA-256' })));
  expect(request.nonce).toEqual(nonce);
  expect(request.certIds).toHaveLength(1);
  expect(request.certIds.every((id) => isAbout(id, target, ca) && id.digest === 'SHA-256')).toBe(true);
  expect(make.must(parseOcspRequest(encodeOcspRequest({ certificate: target, issuer: ca }))).nonce).toBeNull();
  expect(() => encodeOcspRequest({ certificate: target, issuer: ca, nonce: new Uint8Array(129) })).toThrow(Fault);
});

test('mutated responses give a value', () => {
  const bytes = make.encodeOcsp({
    responder: delegated,
    responderKey,
    certificates: [delegated],
    extensions: [make.extension('1.3.6.1.5.5.7.48.1.2', der.octetString(Uint8Array.of(1, 2, 3)))],
    singles: [{ certificate: target, issuer: ca, status: make.revokedOn(make.DAY0, 1) }],
  });
  const change = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const mutated = bytes.slice();
      for (const [place, octet] of changes) mutated[place] = octet;
      const response = parseOcspResponse(mutated);
      if (!response.ok || !response.value.basic) return;
      expect(Array.isArray(answersFor(response.value.basic, target, ca))).toBe(true);
      expect(['intact', 'broken', 'unsupported', 'no-key']).toContain(verifyOcsp(response.value.basic, [ca]).value);
    }),
    { numRuns: 1500 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (random) => void [parseOcspResponse(random), parseOcspRequest(random)]),
    { numRuns: 300 },
  );
});
