/** Old forms of CAdES, made here by the rules of their time: types C, X, XL and A, archive time-stamps of each version with each hash index (TS 101 733; RFC 3126; EN 319 122-1, annex A). */
import { describe, expect, test } from 'vitest';
import { der } from '../../src/asn1/index.ts';
import { type Bytes, concat } from '../../src/base/bytes.ts';
import { utf8 } from '../../src/base/text.ts';
import { encodeCertificateValues, encodeRevocationValues } from '../../src/cades/material.ts';
import { type Attribute, encodeAttribute } from '../../src/cms/attribute.ts';
import { addMaterial, addUnsignedAttribute } from '../../src/cms/build.ts';
import { ATTRIBUTE } from '../../src/cms/oid.ts';
import { parseSignedData, type SignedData } from '../../src/cms/signed-data.ts';
import type { SignerInfo } from '../../src/cms/signer-info.ts';
import { encodeDigestAlgorithm } from '../../src/crypto/algorithm.ts';
import { digest } from '../../src/crypto/digest.ts';
import { answerCrl } from '../../src/issuing/index.ts';
import { sign } from '../../src/sign.ts';
import { validate } from '../../src/validate.ts';
import { memoryPki } from '../support/pki.ts';

let now = Date.UTC(2026, 0, 1);
const pki = memoryPki({ clock: () => now });
const CONTENT = utf8('What was signed long ago.\n');
/** Each time-stamp is an hour after the one before. */
async function stamp(over: Bytes): Promise<Bytes> {
  now += 3_600_000;
  return (await pki()).timestampAuthority.stamp(digest('SHA-256', over), 'SHA-256');
}

function parsed(cms: Bytes): { readonly signedData: SignedData; readonly info: SignerInfo } {
  const result = parseSignedData(cms);
  const info = result.ok ? result.value.signerInfos[0] : undefined;
  if (!result.ok || !info) throw new Error('unreadable');
  return { signedData: result.value, info };
}

const detachedCms = ['attached', 'detached'] as const;
async function typeT(packaging: (typeof detachedCms)[number]): Promise<Bytes> {
  const { leaf, timestampAuthority: timestamps } = await pki();
  const { signer } = await leaf();
  return sign(CONTENT, { format: 'cades', packaging, signer, at: now, level: 'T', timestamps });
}

const otherHash = (value: Bytes): Bytes => der.sequence(encodeDigestAlgorithm('SHA-256'), der.octetString(digest('SHA-256', value)));

/** Certificates and revocation data of the signer and the authority. */
async function material(): Promise<{ certificates: Bytes[]; crls: Bytes[] }> {
  const made = await pki();
  return {
    certificates: [made.intermediate, made.root],
    crls: [await answerCrl(made, 'issuing'), await answerCrl(made, 'root')],
  };
}

type Step = (cms: Bytes) => Promise<Bytes>;
const adding =
  (attribute: (cms: Bytes) => Promise<Bytes> | Bytes): Step =>
  async (cms) =>
    addUnsignedAttribute(cms, 0, await attribute(cms));

/** A reference without IssuerSerial, as the production allows. */
const certificateReferences = adding(async () =>
  encodeAttribute(
    ATTRIBUTE.certificateReferences,
    der.sequence(...(await material()).certificates.map((one) => der.sequence(otherHash(one)))),
  ),
);
const revocationReferences = adding(async () => {
  const ids = (await material()).crls.map((crl) => der.sequence(otherHash(crl)));
  return encodeAttribute(ATTRIBUTE.revocationReferences, der.sequence(der.sequence(der.context(0, der.sequence(der.sequence(...ids))))));
});
const certificateValues = adding(async () => encodeCertificateValues((await material()).certificates));
const revocationValues = adding(async () => encodeRevocationValues((await material()).crls, []));

const inner = ({ type, values }: Attribute): Bytes => concat([der.oid(type), der.setOf(...values)]);
const attributesOf = (info: SignerInfo, types: readonly string[]): Bytes[] =>
  types.flatMap((type) => info.unsignedAttributes.filter((one) => one.type === type).map(inner));
const REFERENCES = [ATTRIBUTE.certificateReferences, ATTRIBUTE.revocationReferences];

const referencesTimestamp = adding(async (cms) => {
  const over = concat(attributesOf(parsed(cms).info, REFERENCES));
  return encodeAttribute(ATTRIBUTE.referencesTimestamp, await stamp(over));
});
const signatureAndReferences = adding(async (cms) => {
  const { info } = parsed(cms);
  const over = concat([info.signature, ...attributesOf(info, [ATTRIBUTE.signatureTimestamp, ...REFERENCES])]);
  return encodeAttribute(ATTRIBUTE.signatureAndReferencesTimestamp, await stamp(over));
});

const archiveV1 = (kept: 'bare' | 'whole') =>
  adding(async (cms) => {
    const { info } = parsed(cms);
    const signed = info.signedAttributes;
    const order = [
      ...[ATTRIBUTE.signatureTimestamp, ...REFERENCES, ATTRIBUTE.certificateValues, ATTRIBUTE.revocationValues],
      ...[ATTRIBUTE.signatureAndReferencesTimestamp, ATTRIBUTE.referencesTimestamp, ATTRIBUTE.archiveTimestamp],
    ];
    const attributes = kept === 'whole' ? [signed?.toBeSigned ?? CONTENT] : (signed?.attributes ?? []).map(({ bytes }) => bytes);
    const over = concat([CONTENT, ...attributes, info.signature, ...attributesOf(info, order)]);
    return encodeAttribute(ATTRIBUTE.archiveTimestamp, await stamp(over));
  });

const archiveV2 = (kept: 'bare' | 'whole') =>
  adding(async (cms) => {
    const { signedData, info } = parsed(cms);
    const { encapContentInfo, certificates, crls } = signedData.components;
    const unsigned = info.unsignedAttributes.map(({ bytes }) => bytes);
    const over = concat([
      encapContentInfo.read(0, encapContentInfo.size),
      ...(signedData.encapsulated === null ? [CONTENT] : []),
      ...[certificates, crls, ...info.components.slice(0, 6)],
      ...(kept === 'whole' ? [der.encode(0xa1, ...unsigned)] : unsigned),
    ]);
    return encodeAttribute(ATTRIBUTE.archiveTimestampV2, await stamp(over));
  });

const archiveV3 = (version: 1 | 2 | 3, algorithm: 'stated' | 'left out' = 'stated') =>
  adding(async (cms) => {
    const { signedData, info } = parsed(cms);
    const hash = (...parts: Bytes[]): Bytes => der.octetString(digest('SHA-256', ...parts));
    const ofAttribute = (one: Attribute): Bytes[] =>
      version === 1 ? [hash(one.bytes)] : one.values.map((value) => hash(der.oid(one.type), value));
    const index = der.sequence(
      ...(algorithm === 'stated' ? [encodeDigestAlgorithm('SHA-256')] : []),
      der.sequence(...signedData.certificates.map((one) => hash(one))),
      der.sequence(...signedData.revocationInfos.map(({ bytes }) => hash(bytes))),
      der.sequence(...info.unsignedAttributes.flatMap(ofAttribute)),
    );
    const over = [der.oid(signedData.contentType), digest('SHA-256', CONTENT), ...info.components.slice(0, 6), index];
    const types = { 1: ATTRIBUTE.hashIndex, 2: ATTRIBUTE.hashIndexV2, 3: ATTRIBUTE.hashIndexV3 };
    const token = addUnsignedAttribute(await stamp(concat(over)), 0, encodeAttribute(types[version], index));
    return encodeAttribute(ATTRIBUTE.archiveTimestampV3, token);
  });

const inSignedData: Step = async (cms) => {
  const { certificates, crls } = await material();
  return addMaterial(cms, certificates, crls);
};

const C: Step[] = [certificateReferences, revocationReferences];
const VALUES: Step[] = [certificateValues, revocationValues];
const STAMPED = ['signature'];
const cases: [name: string, steps: Step[], level: string, timestamps: string[]][] = [
  ['C: references', C, 'CAdES-C', STAMPED],
  ['X type 1', [...C, signatureAndReferences], 'CAdES-X', [...STAMPED, 'validation-data']],
  ['X type 2', [...C, referencesTimestamp], 'CAdES-X', [...STAMPED, 'validation-data']],
  ['XL type 1', [...C, signatureAndReferences, ...VALUES], 'CAdES-XL', [...STAMPED, 'validation-data']],
  ['XL type 2', [...C, referencesTimestamp, ...VALUES], 'CAdES-XL', [...STAMPED, 'validation-data']],
  ...(['bare', 'whole'] as const).flatMap((kept): [string, Step[], string, string[]][] => [
    [`A, version 1, ${kept}`, [...C, ...VALUES, archiveV1(kept)], 'CAdES-A', [...STAMPED, 'archive']],
    [
      `A, version 1 twice, ${kept}`,
      [...C, signatureAndReferences, ...VALUES, archiveV1(kept), archiveV1(kept)],
      'CAdES-A',
      [...STAMPED, 'validation-data', 'archive', 'archive'],
    ],
    [`A, version 2, ${kept}`, [...C, ...VALUES, archiveV2(kept)], 'CAdES-A', [...STAMPED, 'archive']],
    [`A, version 2 twice, ${kept}`, [...VALUES, archiveV2(kept), archiveV2(kept)], 'CAdES-A', [...STAMPED, 'archive', 'archive']],
  ]),
  ['A, version 2 over version 1', [...C, ...VALUES, archiveV1('bare'), archiveV2('bare')], 'CAdES-A', [...STAMPED, 'archive', 'archive']],
  ['A, version 3 over version 2', [...C, ...VALUES, archiveV2('whole'), archiveV3(3)], 'CAdES-A', [...STAMPED, 'archive', 'archive']],
  ['A, version 3, first index', [inSignedData, archiveV3(1)], 'CAdES-BASELINE-LTA', [...STAMPED, 'archive']],
  ['A, version 3, first index without algorithm', [inSignedData, archiveV3(1, 'left out')], 'CAdES-BASELINE-LTA', [...STAMPED, 'archive']],
  ['A, version 3, second index', [inSignedData, archiveV3(2)], 'CAdES-BASELINE-LTA', [...STAMPED, 'archive']],
  [
    'A, version 3, third index, twice',
    [inSignedData, archiveV3(3), archiveV3(3)],
    'CAdES-BASELINE-LTA',
    [...STAMPED, 'archive', 'archive'],
  ],
];

describe.each(detachedCms)('%s', (packaging) => {
  const contents = packaging === 'detached' ? [{ bytes: CONTENT }] : [];

  test.each(cases)('%s', async (_, steps, level, timestamps) => {
    let cms = await typeT(packaging);
    for (const step of steps) cms = await step(cms);
    now += 3_600_000;
    const report = await validate(cms, { at: now, trust: [(await pki()).root], policy: 'dss-6.4', detached: contents });
    const [signature] = report.signatures;
    expect(signature?.timestamps.map(({ facts }) => [facts.type, facts.references.map(({ found, intact }) => found && intact)])).toEqual(
      timestamps.map((type) => [type, [true]]),
    );
    expect(signature?.facts.structureProblems).toEqual([]);
    expect(signature?.level).toBe(level);
    expect(signature?.facts.value).toBe('intact');
  });
});

describe('an archive time-stamp no longer fits', () => {
  const later = adding(() => encodeAttribute(ATTRIBUTE.certificateValues, der.sequence()));
  test.each<[string, Step, Step, boolean]>([
    ['version 1, where an attribute that it is over is added later', archiveV1('bare'), later, false],
    ['version 2, where any attribute is added later', archiveV2('whole'), adding(() => encodeAttribute('1.2.3.4', der.NULL)), false],
    [
      'version 2, where a certificate is added later',
      archiveV2('whole'),
      async (cms) => addMaterial(cms, [(await pki()).tsa, (await pki()).root], []),
      false,
    ],
    ['version 1 still does, where another attribute is added', archiveV1('bare'), adding(() => encodeAttribute('1.2.3.4', der.NULL)), true],
    ['version 3 still does, where any attribute is added', archiveV3(3), later, true],
  ])('%s', async (_, archive, change, intact) => {
    const cms = await change(await archive(await typeT('attached')));
    const report = await validate(cms, { at: now + 3_600_000, trust: [(await pki()).root], policy: 'dss-6.4' });
    const stamps = report.signatures[0]?.timestamps.filter(({ facts }) => facts.type === 'archive');
    expect(stamps?.map(({ facts }) => facts.references[0]?.intact)).toEqual([intact]);
  });
});
