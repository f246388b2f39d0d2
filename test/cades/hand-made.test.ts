/** Signatures that no honest signer writes, each with a value that verifies: what RFC 5652 and EN 319 122-1 say of them decides (EN 319 102-1, 5.2.3 to 5.2.8). */
import { describe, expect, test } from 'vitest';
import { der } from '../../src/asn1/index.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import { utf8 } from '../../src/base/text.ts';
import { archiveV3Parts, hashIndexOf } from '../../src/cades/archive.ts';
import { encodeContentType, encodeMessageDigest, encodeSigningTime } from '../../src/cades/attributes.ts';
import { encodeSignaturePolicy } from '../../src/cades/policy.ts';
import { encodeAttribute } from '../../src/cms/attribute.ts';
import { addUnsignedAttribute, encodeIssuerAndSerial, encodeSignedData, encodeSignerInfo } from '../../src/cms/build.ts';
import { contentOf } from '../../src/cms/content.ts';
import { encodeSigningCertificate } from '../../src/cms/ess.ts';
import { ATTRIBUTE, CONTENT } from '../../src/cms/oid.ts';
import { parseSignedData, type SignedData } from '../../src/cms/signed-data.ts';
import { encodeDigestAlgorithm, encodeSignatureAlgorithm } from '../../src/crypto/algorithm.ts';
import { digest } from '../../src/crypto/digest.ts';
import { createRecords } from '../../src/evidence-record/build.ts';
import { answerCrl, type Leaf } from '../../src/issuing/index.ts';
import { type Certificate, parseCertificate } from '../../src/pki/certificate.ts';
import { validate } from '../../src/validate.ts';
import { subIndicationOf } from '../../src/validation/conclusion.ts';
import { memoryPki } from '../support/pki.ts';

const NOW = Date.UTC(2026, 5, 1);
const pki = memoryPki({ at: NOW });
const DATA = utf8('What is signed.\n');
const sha256 = encodeDigestAlgorithm('SHA-256');
const hash = (...parts: Bytes[]): Bytes => digest('SHA-256', ...parts);

let made: Promise<{ leaf: Leaf; other: Leaf; crls: Bytes[] }> | null = null;
const world = () => {
  made ??= (async () => {
    const its = await pki();
    const crls = [await answerCrl(its, 'issuing'), await answerCrl(its, 'root')];
    return { leaf: await its.leaf(), other: await its.leaf(), crls };
  })();
  return made;
};

function certificateOf(bytes: Bytes): Certificate {
  const parsed = parseCertificate(bytes);
  if (!parsed.ok) throw new Error(parsed.malformed.reason);
  return parsed.value;
}

interface Parts {
  /** Beside content-type, message-digest and signing-certificate. */
  readonly signed?: readonly Bytes[];
  readonly signingTime?: Bytes;
  /** Whose certificate the SignerIdentifier names. */
  readonly named?: Bytes;
  readonly certificates?: readonly Bytes[];
  unsigned?(value: Bytes): Promise<readonly Bytes[]>;
}

async function signature(parts: Parts = {}): Promise<Bytes> {
  const { leaf, other, crls } = await world();
  const { intermediate } = await pki();
  const { issuer, serial } = certificateOf(parts.named ?? leaf.certificate);
  const signedAttributes = der.setOf(
    encodeContentType(CONTENT.data),
    encodeMessageDigest(hash(DATA)),
    encodeSigningCertificate('SHA-256', certificateOf(leaf.certificate)),
    parts.signingTime ?? encodeSigningTime(NOW),
    ...(parts.signed ?? []),
  );
  const value = await leaf.signer.sign(signedAttributes, 'SHA-256');
  const info = encodeSignerInfo({
    issuerAndSerial: encodeIssuerAndSerial(issuer.bytes, serial),
    digestAlgorithm: sha256,
    signedAttributes,
    signatureAlgorithm: encodeSignatureAlgorithm('ECDSA', 'SHA-256'),
    signature: value,
    unsignedAttributes: (await parts.unsigned?.(value)) ?? [],
  });
  const certificates = parts.certificates ?? [leaf.certificate, other.certificate, intermediate];
  return encodeSignedData({ digestAlgorithms: [sha256], content: DATA, certificates, revocationInfos: crls, signerInfos: [info] });
}

async function judged(cms: Bytes) {
  const { root } = await pki();
  const { signatures } = await validate(cms, { at: NOW + 3_600_000, trust: [root] });
  const [first] = signatures;
  if (!first) throw new Error('no signature');
  return { first, verdict: subIndicationOf(first.conclusion) ?? first.conclusion.indication };
}

const stamp = async (over: Bytes): Promise<Bytes> => (await pki()).timestampAuthority.stamp(hash(over), 'SHA-256');
const policy = (octet: number): Bytes =>
  encodeSignaturePolicy({ id: '1.2.3.4', digestAlgorithm: 'SHA-256', hash: new Uint8Array(32).fill(octet) });

describe('who signed and what was stated', () => {
  test.each<[string, () => Promise<Parts> | Parts, string]>([
    ['nothing odd', () => ({}), 'PASSED'],
    [
      'a SignerIdentifier that names another certificate, which is there',
      async () => ({ named: (await world()).other.certificate }),
      'NO_SIGNING_CERTIFICATE_FOUND',
    ],
    [
      'a SignerIdentifier that names none that is there',
      async () => ({
        named: (await world()).other.certificate,
        certificates: [(await world()).leaf.certificate, (await pki()).intermediate],
      }),
      'NO_SIGNING_CERTIFICATE_FOUND',
    ],
    ['a signature policy', () => ({ signed: [policy(1)] }), 'PASSED'],
    [
      'a signature policy that cannot be read',
      () => ({ signed: [encodeAttribute(ATTRIBUTE.signaturePolicy, der.integer(1))] }),
      'POLICY_PROCESSING_ERROR',
    ],
    ['two signature policies', () => ({ signed: [policy(1), policy(2)] }), 'POLICY_PROCESSING_ERROR'],
    ['a signature policy without a value', () => ({ signed: [encodeAttribute(ATTRIBUTE.signaturePolicy)] }), 'POLICY_PROCESSING_ERROR'],
    [
      'a signing time that is none',
      () => ({ signingTime: encodeAttribute(ATTRIBUTE.signingTime, der.utf8String('now')) }),
      'SIG_CRYPTO_FAILURE',
    ],
  ])('%s', async (_, parts, verdict) => {
    expect((await judged(await signature(await parts()))).verdict).toBe(verdict);
  });
});

describe('levels', () => {
  const store = encodeAttribute(ATTRIBUTE.signaturePolicyStore, der.sequence(der.oid('1.2.3'), der.octetString(DATA)));
  test.each<[string, Parts, string]>([
    ['a policy store beside a policy', { signed: [policy(1)], unsigned: async () => [store] }, 'CAdES-BASELINE-B'],
    ['a policy store without a policy', { unsigned: async () => [store] }, 'CAdES-BES'],
  ])('%s', async (_, parts, level) => {
    expect((await judged(await signature(parts))).first.level).toBe(level);
  });
});

describe('time-stamps', () => {
  test('one over the content counts as a signed attribute alone', async () => {
    const contentTimestamp = encodeAttribute(ATTRIBUTE.contentTimestamp, await stamp(DATA));
    const where = async (parts: Parts) => (await judged(await signature(parts))).first.timestamps.map(({ facts }) => facts.type);
    expect(await where({ signed: [contentTimestamp] })).toEqual(['content']);
    expect(await where({ unsigned: async () => [contentTimestamp] })).toEqual([]);
  });

  /** An archive time-stamp of version 3 over the signature without further attributes; `indexes` stand in its token. */
  const archived = async (over: 'index' | 'no index', indexes: (index: Bytes) => readonly Bytes[]): Promise<string> => {
    const cms = await signature();
    const signedData = parsedOf(cms);
    const info = signedData.signerInfos[0] as SignedData['signerInfos'][number];
    const index = hashIndexOf('SHA-256', signedData, info);
    const parts = archiveV3Parts(signedData, info, 'SHA-256', index, contentOf(DATA)) ?? [];
    const token = await (await pki()).timestampAuthority.stamp(hash(...parts.slice(0, over === 'index' ? undefined : -1)), 'SHA-256');
    const attribute = indexes(index).reduce((all, each) => addUnsignedAttribute(all, 0, each), token);
    const { first } = await judged(addUnsignedAttribute(cms, 0, encodeAttribute(ATTRIBUTE.archiveTimestampV3, attribute)));
    const [{ found, intact } = { found: false, intact: false }] = first.timestamps[0]?.facts.references ?? [];
    return `${found ? 'found' : 'missing'}, ${intact ? 'intact' : 'broken'}`;
  };

  test.each<[string, 'index' | 'no index', (index: Bytes) => readonly Bytes[], string]>([
    ['with its index', 'index', (index) => [encodeAttribute(ATTRIBUTE.hashIndexV3, index)], 'found, intact'],
    ['without any index, whatever it is over', 'no index', () => [], 'found, broken'],
    ['with two values of the index', 'index', (index) => [encodeAttribute(ATTRIBUTE.hashIndexV3, index, index)], 'found, broken'],
  ])('an archive time-stamp %s', async (_, over, indexes, imprint) => {
    expect(await archived(over, indexes)).toBe(imprint);
  });
});

describe('an evidence record in a signature is over all that stands beside it', () => {
  const unknown = (cms: Bytes): Bytes => addUnsignedAttribute(cms, 0, encodeAttribute('1.2.3.4', der.integer(1)));
  const recorded = async (cms: Bytes): Promise<Bytes> => {
    const [record] = await createRecords([[contentOf(cms)]], { timestamps: (await pki()).timestampAuthority });
    return addUnsignedAttribute(cms, 0, encodeAttribute(ATTRIBUTE.internalEvidenceRecord, record as Bytes));
  };
  test.each<[string, (cms: Bytes) => Promise<Bytes>, string[]]>([
    ['alone', recorded, ['PASSED']],
    ['with an attribute before', async (cms) => recorded(unknown(cms)), ['PASSED']],
    ['with an attribute that was put there after', async (cms) => unknown(await recorded(cms)), ['HASH_FAILURE']],
  ])('%s', async (_, made, verdicts) => {
    const { root } = await pki();
    const { evidenceRecords } = await validate(await made(await signature()), { at: NOW + 3_600_000, trust: [root] });
    expect(evidenceRecords.map(({ conclusion }) => subIndicationOf(conclusion) ?? conclusion.indication)).toEqual(verdicts);
  });
});

function parsedOf(cms: Bytes): SignedData {
  const parsed = parseSignedData(cms);
  if (!parsed.ok) throw new Error(parsed.malformed.reason);
  return parsed.value;
}
