/** Revocation: what CRLs and OCSP responses say at a time (RFC 5280, 6.3; RFC 6960). */
import { describe, expect, test } from 'vitest';
import { der } from '../../src/asn1/index.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import {
  anchorOf,
  type Certificate,
  type Crl,
  crlEdge,
  findPath,
  type OcspResponse,
  ocspEdge,
  revocationBy,
  revocationStatus,
} from '../../src/pki/index.ts';
import * as make from './authority.ts';

const caKey = make.keyNumber(0);
const ca = make.root('CN=CA', caKey);
const at = make.DAY0 + 2 * make.DAY;
const leaf = (extensions: readonly Bytes[] = []): Certificate =>
  make.makeCertificate({ subject: 'CN=Leaf', key: make.keyNumber(1), issuer: 'CN=CA', issuerKey: caKey, serial: 77, extensions });
const target = leaf();
const crl = (change: Partial<make.CrlShape> = {}): Crl => make.makeCrl({ issuer: 'CN=CA', issuerKey: caKey, ...change });
const listed = [make.crlEntry(77, make.DAY0, make.reasonCode(1))];
const idp = (...fields: readonly Bytes[]): Bytes => make.extension('2.5.29.28', der.sequence(...fields), true);
const flag = (number: number): Bytes => der.implicit(number, Uint8Array.of(0xff));
const at1 = (location: string): Bytes => der.context(0, der.context(0, make.uri(location)));
const points = (...list: readonly Bytes[]): Bytes => make.extension('2.5.29.31', der.sequence(...list.map((point) => der.sequence(point))));
const number = (value: number): Bytes => make.extension('2.5.29.20', der.integer(value));
const base = (value: number): Bytes => make.extension('2.5.29.27', der.integer(value), true);
const ocsp = (change: Partial<make.SingleShape> = {}, response: Partial<make.OcspShape> = {}): OcspResponse =>
  make.makeOcsp({ responder: ca, responderKey: caKey, singles: [{ certificate: target, issuer: ca, ...change }], ...response });

const status = (certificate: Certificate, crls: readonly Crl[], ocsps: readonly OcspResponse[] = []): string =>
  revocationStatus(certificate, ca, crls, ocsps, at).status;

describe('a CRL', () => {
  const rsn = (bits: number): Bytes => der.encode(0x83, Uint8Array.of(1, bits));
  const cases: [string, Certificate, Crl[], string][] = [
    ['that does not list the certificate vouches for it', target, [crl()], 'good'],
    ['that lists it revokes it', target, [crl({ entries: listed })], 'revoked'],
    ['of another issuer says nothing', target, [crl({ issuer: 'CN=Other' })], 'unknown'],
    ['that another key signed says nothing', target, [crl({ issuerKey: make.keyNumber(3) })], 'unknown'],
    ['from after the time says nothing', target, [crl({ thisUpdate: at + 1000 })], 'unknown'],
    ['that is no longer current says nothing', target, [crl({ nextUpdate: at - 1000 })], 'unknown'],
    ['without a next one is current', target, [crl({ nextUpdate: null })], 'good'],
    [
      'with an unknown critical extension says nothing',
      target,
      [crl({ extensions: [make.extension('1.2.3', der.NULL, true)] })],
      'unknown',
    ],
    ['for users vouches for users', leaf([make.basicConstraints(false)]), [crl({ extensions: [idp(flag(1))] })], 'good'],
    ['for users says nothing of CAs', leaf([make.basicConstraints(true)]), [crl({ extensions: [idp(flag(1))] })], 'unknown'],
    ['for CAs says nothing of users', target, [crl({ extensions: [idp(flag(2))] })], 'unknown'],
    ['for attribute certificates says nothing', target, [crl({ extensions: [idp(flag(5))] })], 'unknown'],
    [
      'of another distribution point says nothing',
      leaf([points(at1('http://a/1'))]),
      [crl({ extensions: [idp(at1('http://a/2'))] })],
      'unknown',
    ],
    ['of the distribution point vouches', leaf([points(at1('http://a/1'))]), [crl({ extensions: [idp(at1('http://a/1'))] })], 'good'],
    ['for some reasons does not suffice', target, [crl({ extensions: [idp(rsn(0b0110_0000))] })], 'unknown'],
    ['for some reasons revokes all the same', target, [crl({ extensions: [idp(rsn(0b0110_0000))], entries: listed })], 'revoked'],
    [
      'and another together cover every reason',
      target,
      [crl({ extensions: [idp(rsn(0b0110_0000))] }), crl({ extensions: [idp(der.encode(0x83, Uint8Array.of(7, 0b0001_1111, 0x80)))] })],
      'good',
    ],
    [
      'with a later change of it revokes',
      target,
      [crl({ extensions: [number(5)] }), crl({ extensions: [number(6), base(5)], entries: listed })],
      'revoked',
    ],
    [
      'with a later change that takes it off vouches',
      target,
      [
        crl({ extensions: [number(5)], entries: [make.crlEntry(77, make.DAY0, make.reasonCode(6))] }),
        crl({ extensions: [number(6), base(5)], entries: [make.crlEntry(77, make.DAY0, make.reasonCode(8))] }),
      ],
      'good',
    ],
    [
      'is not continued by a change of a later one',
      target,
      [crl({ extensions: [number(5)] }), crl({ extensions: [number(8), base(7)], entries: listed })],
      'good',
    ],
    ['of changes alone says nothing', target, [crl({ extensions: [number(6), base(5)] })], 'unknown'],
    [
      'counts for nothing where there is no status',
      leaf([make.extension('2.5.29.56', der.NULL)]),
      [crl({ entries: listed })],
      'not-needed',
    ],
  ];
  test.each(cases)('%s', (_, certificate, crls, expected) => expect(status(certificate, crls)).toBe(expected));

  test('is of no use where the issuer may not sign CRLs', () => {
    const mute = make.root('CN=CA', caKey, [make.basicConstraints(true), make.keyUsage(0b0000_0100)]);
    expect(revocationStatus(target, mute, [crl()], [], at).status).toBe('unknown');
  });

  test('of another issuer counts where the certificate names it, it is indirect and its signer is trusted', () => {
    const signer = make.makeCertificate({ subject: 'CN=Lists', key: make.keyNumber(2), issuer: 'CN=CA', issuerKey: caKey, serial: 3 });
    const certificate = leaf([points(der.encode(0xa2, make.directory('CN=Lists')))]);
    const entry = make.crlEntry(77, make.DAY0, make.extension('2.5.29.29', der.sequence(make.directory('CN=CA')), true));
    const indirect = crl({ issuer: 'CN=Lists', issuerKey: make.keyNumber(2), extensions: [idp(flag(4))], entries: [entry] });
    const ask = (trusted: boolean) =>
      revocationStatus(certificate, ca, [indirect], [], at, { candidates: [signer], trusts: () => trusted }).status;
    expect([ask(true), ask(false)]).toEqual(['revoked', 'unknown']);
    expect(revocationStatus(target, ca, [indirect], [], at, { candidates: [signer], trusts: () => true }).status).toBe('unknown');
  });

  test('as an edge tells what it says whatever the time', () => {
    expect(crlEdge(crl({ entries: listed, nextUpdate: make.DAY0 + 2 * make.DAY }), target, ca)).toMatchObject({
      applies: true,
      status: 'revoked',
      date: make.DAY0,
      reason: 'keyCompromise',
      problem: null,
      value: 'intact',
      right: 'issuer',
    });
    expect(crlEdge(crl({ issuer: 'CN=Other' }), target, ca)).toMatchObject({ applies: false, status: 'unknown', value: 'no-key' });
  });
});

describe('an OCSP response', () => {
  const responderKey = make.keyNumber(2);
  const responder = make.makeCertificate({
    subject: 'CN=R',
    key: responderKey,
    issuer: 'CN=CA',
    issuerKey: caKey,
    serial: 4,
    notAfter: at + make.DAY,
    extensions: [make.extendedKeyUsage('1.3.6.1.5.5.7.3.9')],
  });
  const other = make.makeCertificate({ subject: 'CN=R', key: responderKey, issuer: 'CN=CA', issuerKey: caKey, serial: 4 });
  const expired = make.makeCertificate({
    subject: 'CN=R',
    key: responderKey,
    issuer: 'CN=CA',
    issuerKey: caKey,
    serial: 4,
    notAfter: at - make.DAY,
    extensions: [make.extendedKeyUsage('1.3.6.1.5.5.7.3.9')],
  });
  const by = (certificate: Certificate) => ({ responder: certificate, responderKey, certificates: [certificate] });
  const wrongHash = make.extension(
    '1.3.36.8.3.13',
    der.sequence(der.sequence(der.oid('2.16.840.1.101.3.4.2.1')), der.octetString(new Uint8Array(32))),
  );
  const cases: [string, OcspResponse, string][] = [
    ['of the issuer vouches', ocsp(), 'good'],
    ['revokes', ocsp({ status: make.revokedOn(make.DAY0, 1) }), 'revoked'],
    ['may not know', ocsp({ status: make.UNKNOWN }), 'unknown'],
    ['of an appointed responder vouches', ocsp({}, by(responder)), 'good'],
    ['of a responder without the purpose says nothing', ocsp({}, by(other)), 'unknown'],
    ['of an expired responder says nothing', ocsp({}, by(expired)), 'unknown'],
    ['that another key signed says nothing', ocsp({}, { responderKey: make.keyNumber(6) }), 'unknown'],
    ['that is no longer current says nothing', ocsp({ nextUpdate: at - 1000 }), 'unknown'],
    ['from after the time says nothing', ocsp({ thisUpdate: at + 1000 }), 'unknown'],
    ['from before the certificate says nothing', ocsp({}, { producedAt: make.DAY0 - 1000 }), 'unknown'],
    ['about a certificate of another digest says nothing', ocsp({ extensions: [wrongHash] }), 'unknown'],
    ['with an unknown critical extension says nothing', ocsp({ extensions: [make.extension('1.2.3', der.NULL, true)] }), 'unknown'],
    ['about another certificate says nothing', ocsp({ certificate: ca }), 'unknown'],
  ];
  test.each(cases)('%s', (_, response, expected) => expect(status(target, [], [response])).toBe(expected));

  test('and a CRL: whichever revokes, revokes', () => {
    expect(status(target, [crl({ entries: listed })], [ocsp()])).toBe('revoked');
    expect(status(target, [crl()], [ocsp({ status: make.revokedOn(make.DAY0) })])).toBe('revoked');
    expect(status(target, [crl({ issuer: 'CN=Other' })], [ocsp()])).toBe('good');
  });

  test('as an edge tells who answers by what right', () => {
    expect(ocspEdge(ocsp({}, by(responder)), target, ca)).toMatchObject({
      applies: true,
      status: 'good',
      right: 'delegated',
      value: 'intact',
      responderIdMatches: true,
      certHash: 'absent',
    });
    expect(ocspEdge(ocsp({ certificate: ca }), target, ca)).toMatchObject({ applies: false, single: null });
  });

  test('older than allowed says nothing', () => {
    expect(revocationStatus(target, ca, [crl()], [ocsp()], at, { maximumAge: make.DAY / 2 }).status).toBe('unknown');
  });
});

test('along a path, the signer of a CRL needs a path of its own to the same anchor', () => {
  const lists = make.keyNumber(5);
  const signer = make.makeCertificate({
    subject: 'CN=CA',
    key: lists,
    issuer: 'CN=CA',
    issuerKey: caKey,
    serial: 3,
    extensions: [make.keyUsage(0b0000_0010)],
  });
  const stranger = make.makeCertificate({ subject: 'CN=CA', key: lists, issuer: 'CN=CA', issuerKey: make.keyNumber(6), serial: 3 });
  const ask = (candidate: Certificate) => {
    const revocation = revocationBy({ crls: [crl({ issuerKey: lists })], ocsps: [], candidates: [candidate], at });
    return findPath({ target, anchors: [anchorOf(ca)], candidates: [candidate], at, revocation });
  };
  expect(ask(signer)).toMatchObject({ ok: true });
  expect(ask(stranger)).toMatchObject({ ok: false, failure: { code: 'revocation-unknown' } });
});
