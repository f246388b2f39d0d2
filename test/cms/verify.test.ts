import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { der } from '../../src/asn1/index.ts';
import { type Bytes, concat } from '../../src/base/bytes.ts';
import { utf8 } from '../../src/base/text.ts';
import { encodeAlgorithmProtection, encodeContentType, encodeMessageDigest, encodeSigningTime } from '../../src/cades/attributes.ts';
import { encodeAttribute } from '../../src/cms/attribute.ts';
import { encodeSignerInfo } from '../../src/cms/build.ts';
import { contentOf } from '../../src/cms/content.ts';
import { ATTRIBUTE, CONTENT } from '../../src/cms/oid.ts';
import { parseSignerInfo, type SignerInfo } from '../../src/cms/signer-info.ts';
import { checkContent, checkValue } from '../../src/cms/verify.ts';
import { encodeDigestAlgorithm, encodeSignatureAlgorithm } from '../../src/crypto/algorithm.ts';
import { digest } from '../../src/crypto/digest.ts';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
const content = utf8('content');
const sha256 = encodeDigestAlgorithm('SHA-256');
const ecdsa = encodeSignatureAlgorithm('ECDSA', 'SHA-256');

const contentType = encodeContentType(CONTENT.data);
const messageDigest = encodeMessageDigest(digest('SHA-256', content));
const time = encodeSigningTime(1_700_000_000_000);

/** A SignerInfo whose signed attributes are written as `written` but signed over `signed`. */
function signerInfo(signed: Bytes, written = signed, digestAlgorithm = sha256, unsignedAttributes: Bytes[] = []): SignerInfo {
  const bytes = encodeSignerInfo({
    issuerAndSerial: der.sequence(der.sequence(), der.integer(1)),
    digestAlgorithm,
    signedAttributes: written,
    signatureAlgorithm: ecdsa,
    signature: new Uint8Array(sign('sha256', signed, privateKey)),
    unsignedAttributes,
  });
  const parsed = parseSignerInfo(bytes);
  if (!parsed.ok) throw new Error(parsed.malformed.reason);
  return parsed.value;
}

const check = (...attributes: Bytes[]) => checkContent(signerInfo(der.setOf(...attributes)), CONTENT.data, contentOf(content));

describe('attributes that a signature must and must not have', () => {
  test('content-type and message-digest suffice', () => {
    expect(check(contentType, messageDigest)).toMatchObject({
      found: true,
      intact: true,
      violations: [],
      problems: [],
      contentType: CONTENT.data,
    });
  });

  test.each([
    ['no content-type', [messageDigest], /content-type attribute is missing/],
    ['no message-digest', [contentType], /message-digest attribute is missing/],
    ['another content-type', [encodeContentType('1.2.3'), messageDigest], /another type than eContentType/],
    ['content-type twice', [contentType, encodeContentType('1.2.3'), messageDigest], /content-type attribute occurs more than once/],
    [
      'two values',
      [contentType, encodeAttribute(ATTRIBUTE.messageDigest, der.octetString(content), der.octetString(spki))],
      /exactly one value/,
    ],
    [
      'message-digest of another type',
      [contentType, encodeAttribute(ATTRIBUTE.messageDigest, der.integer(1))],
      /exactly one value of its type/,
    ],
    ['signing-time twice', [contentType, messageDigest, time, encodeSigningTime(0)], /signing-time attribute has not exactly one value/],
    ['signing-time without a value', [contentType, messageDigest, encodeAttribute(ATTRIBUTE.signingTime)], /signing-time/],
    ['a signed countersignature', [contentType, messageDigest, encodeAttribute(ATTRIBUTE.counterSignature, der.NULL)], /countersignature/],
    [
      'protection of other algorithms',
      [contentType, messageDigest, encodeAlgorithmProtection(encodeDigestAlgorithm('SHA-1'), ecdsa)],
      /algorithm protection/,
    ],
  ] as [string, Bytes[], RegExp][])('%s is a violation', (_, attributes, reason) => {
    expect(check(...attributes).violations.join()).toMatch(reason);
  });

  test('an attribute that must be signed is a violation among the unsigned ones', () => {
    const info = signerInfo(der.setOf(contentType, messageDigest), undefined, undefined, [time]);
    expect(checkContent(info, CONTENT.data, contentOf(content)).violations).toEqual(['the signing-time attribute must be a signed one']);
  });

  test('protection of the same algorithms is none, with or without NULL', () => {
    expect(check(contentType, messageDigest, encodeAlgorithmProtection(sha256, ecdsa)).violations).toEqual([]);
    const withNull = der.sequence(der.oid('2.16.840.1.101.3.4.2.1'), der.NULL);
    expect(check(contentType, messageDigest, encodeAlgorithmProtection(withNull, ecdsa)).violations).toEqual([]);
  });

  test('a countersignature has no content-type attribute', () => {
    expect(checkContent(signerInfo(der.setOf(messageDigest)), null, contentOf(content)).violations).toEqual([]);
    expect(checkContent(signerInfo(der.setOf(messageDigest, contentType)), null, contentOf(content)).violations).toHaveLength(1);
  });

  test('digests that disagree between the two algorithms are told', () => {
    const info = signerInfo(
      der.setOf(contentType, encodeMessageDigest(digest('SHA-512', content))),
      undefined,
      encodeDigestAlgorithm('SHA-512'),
    );
    const result = checkContent(info, CONTENT.data, contentOf(content));
    expect(result).toMatchObject({ intact: true, digestAlgorithm: 'SHA-512' });
    expect(result.problems.join()).toMatch(/RFC 8933/);
  });

  test('a content that is not at hand is not found, and never intact', () => {
    expect(checkContent(signerInfo(der.setOf(contentType, messageDigest)), CONTENT.data, null)).toMatchObject({
      found: false,
      intact: false,
    });
  });

  test('an unknown digest is not found', () => {
    const info = signerInfo(der.setOf(contentType, messageDigest), undefined, der.sequence(der.oid('1.2.3')));
    expect(checkContent(info, CONTENT.data, contentOf(content))).toMatchObject({ digestAlgorithm: null, found: false, intact: false });
  });
});

describe('the value is over the DER of the signed attributes (RFC 5652, 5.4)', () => {
  const sorted = der.setOf(contentType, messageDigest, time);
  const members = [contentType, messageDigest, time];
  const reversed = der.encode(0x31, ...[...members].reverse());
  const orders = [der.encode(0x31, ...members), reversed].filter((one) => Buffer.compare(one, sorted) !== 0);
  const unsorted = orders[0] ?? reversed;
  const padded = concat([Uint8Array.of(0x31, 0x82, 0, sorted[1] as number), sorted.subarray(2)]);

  test.each([
    ['sorted and signed so', sorted, sorted, true, 'intact'],
    ['written unsorted, signed over the DER', sorted, unsorted, false, 'intact'],
    ['written unsorted, signed as written', unsorted, unsorted, false, 'broken'],
    ['written with a padded length, signed over the DER', sorted, padded, false, 'intact'],
    ['written with a padded length, signed as written', padded, padded, false, 'broken'],
  ] as [string, Bytes, Bytes, boolean, string][])('%s', (_, signed, written, isDer, value) => {
    const info = signerInfo(signed, written);
    expect(info.signedAttributes?.isDer).toBe(isDer);
    expect(checkValue(info, spki, null).value).toBe(value);
  });
});
