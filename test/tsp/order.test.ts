/** Accuracy, ordering and extensions of time-stamps: what they say, what is made of it (RFC 3161, 2.4.2). */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { der } from '../../src/asn1/index.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import { encodeAttribute } from '../../src/cms/attribute.ts';
import { encodeIssuerAndSerial, encodeSignedData, encodeSignerInfo } from '../../src/cms/build.ts';
import { encodeSigningCertificate } from '../../src/cms/ess.ts';
import { ATTRIBUTE, CONTENT } from '../../src/cms/oid.ts';
import { candidatesOf, newPool } from '../../src/cms/pool.ts';
import { encodeDigestAlgorithm } from '../../src/crypto/algorithm.ts';
import { digest } from '../../src/crypto/digest.ts';
import { issueTimestampToken } from '../../src/issuing/index.ts';
import { type Certificate, parseCertificate } from '../../src/pki/certificate.ts';
import { checkTimestampResponse } from '../../src/tsp/check-response.ts';
import { type StampedTime, timeOrder } from '../../src/tsp/order.ts';
import { readTimestamp } from '../../src/tsp/read.ts';
import { encodeTimestampResponse } from '../../src/tsp/response.ts';
import { encodeTstInfo, parseTimestampToken } from '../../src/tsp/token.ts';
import { memoryPki } from '../support/pki.ts';

const pki = memoryPki();
const AT = Date.UTC(2026, 10, 23, 12);
const IMPRINT = new Uint8Array(32).fill(7);

/** A token over this TSTInfo, rightly signed. */
async function tokenOver(info: Bytes): Promise<Bytes> {
  const { key, certificate } = (await pki()).timestampIssuer;
  const parsed = parseCertificate(certificate);
  if (!parsed.ok) throw new Error(parsed.malformed.reason);
  const signedAttributes = der.setOf(
    encodeAttribute(ATTRIBUTE.contentType, der.oid(CONTENT.timestampInfo)),
    encodeAttribute(ATTRIBUTE.messageDigest, der.octetString(digest('SHA-256', info))),
    encodeSigningCertificate('SHA-256', parsed.value),
  );
  const digestAlgorithm = encodeDigestAlgorithm('SHA-256');
  const signerInfo = encodeSignerInfo({
    issuerAndSerial: encodeIssuerAndSerial(parsed.value.issuer.bytes, parsed.value.serial),
    digestAlgorithm,
    signedAttributes,
    signatureAlgorithm: key.algorithm,
    signature: await key.sign(signedAttributes),
  });
  const parts = { contentType: CONTENT.timestampInfo, content: info, digestAlgorithms: [digestAlgorithm], certificates: [certificate] };
  return encodeSignedData({ ...parts, signerInfos: [signerInfo] });
}

/** TSTInfo with further members behind the time. */
function infoWith(...members: readonly Bytes[]): Bytes {
  const plain = encodeTstInfo({ policy: '1.2.3', digest: 'SHA-256', imprint: IMPRINT, serial: Uint8Array.of(9), time: AT });
  return der.sequence(plain.subarray(2), ...members);
}

const accuracy = (...members: readonly Bytes[]): Bytes => der.sequence(...members);
const extensions = (...all: readonly Bytes[]): Bytes => der.context(1, ...all);
const extension = (oid: string, critical: boolean): Bytes =>
  der.sequence(der.oid(oid), ...(critical ? [der.boolean(true)] : []), der.octetString(der.NULL));

describe('accuracy', () => {
  test.each<[string, Bytes, number | string]>([
    ['seconds', accuracy(der.integer(2)), 2000],
    ['seconds and milliseconds', accuracy(der.integer(1), der.integer(500, 0x80)), 1500],
    ['microseconds, rounded up', accuracy(der.integer(100, 0x81)), 1],
    ['all of them', accuracy(der.integer(1), der.integer(500, 0x80), der.integer(100, 0x81)), 1501],
    ['nothing, which is zero', accuracy(), 0],
    ['less than nothing', accuracy(der.encode(0x02, Uint8Array.of(0xff))), 'a negative number'],
    ['milliseconds below zero', accuracy(der.encode(0x80, Uint8Array.of(0xff))), 'a negative number'],
    ['members the other way round', accuracy(der.integer(1, 0x81), der.integer(1, 0x80)), 'unexpected further value'],
  ])('%s', async (_title, member, expected) => {
    const token = parseTimestampToken(await tokenOver(infoWith(member)));
    expect(token.ok ? token.value.tstInfo.accuracy : token.malformed.reason).toEqual(expected);
  });

  test('what is written is read, to the microsecond and rounded up', async () => {
    const issuer = (await pki()).timestampIssuer;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5_000_000 }), async (micros) => {
        const parts = {
          digest: 'SHA-256',
          imprint: IMPRINT,
          nonce: null,
          certificates: 'left out',
          at: AT,
          serial: Uint8Array.of(1),
        } as const;
        const token = parseTimestampToken(await issueTimestampToken({ issuer: { ...issuer, accuracy: micros / 1000 }, ...parts }));
        expect(token.ok && token.value.tstInfo.accuracy).toBe(Math.ceil(micros / 1000));
      }),
      { numRuns: 50 },
    );
  });
});

describe('critical extensions', () => {
  test.each<[string, readonly Bytes[], readonly string[]]>([
    ['none', [], []],
    ['one that may be passed over', [extensions(extension('1.2.3', false))], []],
    ['the statement of a qualified authority', [extensions(extension('1.3.6.1.5.5.7.1.3', true))], []],
    ['one that nobody knows', [extensions(extension('1.2.3', true), extension('1.2.4', false))], ['1.2.3']],
  ])('%s', async (_title, members, unknown) => {
    const bytes = await tokenOver(infoWith(...members));
    const token = parseTimestampToken(bytes);
    if (!token.ok) throw new Error(token.malformed.reason);
    expect(token.value.tstInfo.unknownCritical).toEqual(unknown);
    const reading = readTimestamp(token.value, () => IMPRINT, candidatesOf(newPool(), token.value.signedData.certificates));
    expect(reading.problems.filter((problem) => problem.includes('critical'))).toHaveLength(unknown.length);
    const response = encodeTimestampResponse({ status: 'granted', token: bytes });
    expect(checkTimestampResponse({ response, imprint: IMPRINT, digest: 'SHA-256', nonce: null }).ok).toBe(unknown.length === 0);
  });
});

describe('the order of two time-stamps', () => {
  const [one, other] = [Uint8Array.of(1), Uint8Array.of(2)].map((bytes) => ({ bytes }) as Certificate) as [Certificate, Certificate];
  const stamp = (time: number, more: Partial<StampedTime['tstInfo']> = {}, authority: Certificate | null = one): StampedTime => ({
    tstInfo: { time, accuracy: null, ordering: false, ...more },
    authority,
  });
  test.each<[string, StampedTime, StampedTime, ReturnType<typeof timeOrder>]>([
    ['without accuracies, times tell', stamp(1), stamp(2), 'before'],
    ['equal times tell nothing', stamp(1), stamp(1), 'unsure'],
    ['times as far apart as both accuracies tell nothing', stamp(0, { accuracy: 400 }), stamp(1000, { accuracy: 600 }, other), 'unsure'],
    ['times further apart do', stamp(0, { accuracy: 400 }), stamp(1001, { accuracy: 600 }, other), 'before'],
    ['one accuracy counts as well', stamp(0), stamp(500, { accuracy: 600 }, other), 'unsure'],
    [
      'an authority that orders them: times tell',
      stamp(0, { accuracy: 900, ordering: true }),
      stamp(1, { accuracy: 900, ordering: true }),
      'before',
    ],
    [
      'two authorities that order their own',
      stamp(0, { accuracy: 900, ordering: true }),
      stamp(1, { accuracy: 900, ordering: true }, other),
      'unsure',
    ],
    ['only one of the two says so', stamp(0, { accuracy: 900, ordering: true }), stamp(1, { accuracy: 900 }), 'unsure'],
    [
      'an authority that is not known',
      stamp(0, { accuracy: 9, ordering: true }, null),
      stamp(1, { accuracy: 9, ordering: true }, null),
      'unsure',
    ],
  ])('%s', (_title, first, second, expected) => {
    expect(timeOrder(first, second)).toBe(expected);
    const mirrored = { before: 'after', after: 'before', unsure: 'unsure' } as const;
    expect(timeOrder(second, first)).toBe(mirrored[expected]);
  });
});
