import { describe, expect, test } from 'vitest';
import type { Bytes } from '../../src/base/bytes.ts';
import type { DocumentFacts } from '../../src/facts/index.ts';
import { idOf } from '../../src/facts/index.ts';
import { answerCrl, answerOcsp, type CrlVariant, createThrowAwayPki, type OcspVariant } from '../../src/issuing/index.ts';
import { encodeOcspRequest, parseCertificate } from '../../src/pki/index.ts';
import { type ExamineOptions, examineFacts } from '../../src/validation/examine.ts';
import { judge } from '../../src/validation/judge.ts';
import { policyByName } from '../../src/validation/policy.ts';
import { encodeCertificate, keyNumber } from '../pki/authority.ts';
import { memoryPki } from '../support/pki.ts';
import { AT, evidenceOf, scene } from './scene.ts';

const pki = memoryPki({ at: AT });

const read = (der: Bytes) => {
  const parsed = parseCertificate(der);
  if (!parsed.ok) throw new Error(parsed.malformed.reason);
  return parsed.value;
};

/** Facts of a document with one signature by `leaf`. */
function document(
  leaf: Bytes,
  certificates: readonly Bytes[],
  revocations: readonly { kind: 'crl' | 'ocsp'; bytes: Bytes }[] = [],
): DocumentFacts {
  const base = evidenceOf(scene()).document;
  const id = idOf(leaf);
  const signer = {
    certificate: id,
    references: [{ attribute: 'signing-certificate-v2', digestAlgorithm: 'SHA-256', matches: id, issuerSerial: 'absent' }] as const,
  };
  return {
    ...base,
    signatures: base.signatures.map((one) => ({ ...one, signer })),
    certificates: new Map([leaf, ...certificates].map((der) => [idOf(der), der])),
    revocations: new Map(revocations.map((one) => [idOf(one.bytes), one])),
  };
}

const concluded = async (facts: DocumentFacts, options: ExamineOptions): Promise<string> => {
  const evidence = await examineFacts(facts, options);
  const conclusion = judge(evidence, policyByName('default'), AT).signatures[0]?.conclusion;
  return conclusion?.indication === 'PASSED' ? 'PASSED' : `${conclusion?.because}`;
};

async function material(crl: CrlVariant = 'right', ocsp: OcspVariant = 'right') {
  const { leaf, root, intermediate, ...more } = await pki();
  const signer = await leaf('P-256', { notBefore: AT - 900 * 86_400_000 });
  const all = { leaf, root, intermediate, ...more };
  const request = encodeOcspRequest({ certificate: read(signer.certificate), issuer: read(intermediate) });
  return {
    root,
    intermediate,
    signer: signer.certificate,
    crls: [
      { kind: 'crl', bytes: await answerCrl(all, 'root', crl) },
      { kind: 'crl', bytes: await answerCrl(all, 'issuing', crl) },
    ] as const,
    ocsp: { kind: 'ocsp', bytes: await answerOcsp(all, request, ocsp) } as const,
  };
}

describe('evidence', () => {
  test('holds a chain to the anchor, leaf first, with every signature checked', async () => {
    const { root, intermediate, signer } = await material();
    const evidence = await examineFacts(document(signer, [intermediate]), { trust: [root] });
    const links = evidence.chains.get(idOf(signer))?.links ?? [];
    expect(links.map(({ certificate }) => certificate)).toEqual([signer, intermediate, root].map(idOf));
    expect(links.map(({ issued }) => issued)).toEqual(['intact', 'intact', 'intact']);
    expect(links[0]?.algorithm).toMatchObject({ scheme: 'ECDSA', digest: 'SHA-256', keyBits: 256 });
    expect(evidence.exhausted).toEqual([]);
  });

  test('does not depend on the order of the certificates', async () => {
    const { root, intermediate, signer, crls } = await material();
    const other = await createThrowAwayPki({ at: AT });
    const orders = [
      [intermediate, root, other.root, other.intermediate],
      [other.intermediate, other.root, root, intermediate],
    ];
    const found = await Promise.all(orders.map((order) => examineFacts(document(signer, order, crls), { trust: [root] })));
    expect(found[0]?.chains).toEqual(found[1]?.chains);
    expect(found[0]?.statuses).toEqual(found[1]?.statuses);
  });

  test.each<[string, CrlVariant, string]>([
    ['that are right', 'right', 'PASSED'],
    ['past their next update', 'expired', 'TRY_LATER'],
    ['by another key', 'wrong-key', 'CERTIFICATE_CHAIN_GENERAL_FAILURE'],
    ['with a spoilt signature', 'broken', 'CERTIFICATE_CHAIN_GENERAL_FAILURE'],
  ])('on CRLs %s', async (_title, variant, expected) => {
    const { root, intermediate, signer, crls } = await material(variant);
    expect(await concluded(document(signer, [intermediate], crls), { trust: [root] })).toBe(expected);
  });

  test.each<[string, OcspVariant, string]>([
    ['by the delegated responder', 'right', 'PASSED'],
    ['by the authority itself', 'direct', 'PASSED'],
    ['past its next update', 'expired', 'TRY_LATER'],
    ['about another certificate', 'other-certificate', 'CERTIFICATE_CHAIN_GENERAL_FAILURE'],
    ['by a responder that nobody appointed', 'wrong-responder', 'CERTIFICATE_CHAIN_GENERAL_FAILURE'],
    ['with a spoilt signature', 'broken', 'CERTIFICATE_CHAIN_GENERAL_FAILURE'],
    ['that does not know the certificate', 'unknown', 'CERTIFICATE_CHAIN_GENERAL_FAILURE'],
    ['that is none', 'try-later', 'CERTIFICATE_CHAIN_GENERAL_FAILURE'],
    ['that cannot be read', 'garbage', 'CERTIFICATE_CHAIN_GENERAL_FAILURE'],
  ])('on an OCSP response %s', async (_title, variant, expected) => {
    const { root, intermediate, signer, crls, ocsp } = await material('right', variant);
    expect(await concluded(document(signer, [intermediate], [crls[0], ocsp]), { trust: [root] })).toBe(expected);
  });

  test('tells of what could not be read', async () => {
    const { root, signer } = await material();
    const garbage = Uint8Array.of(1, 2, 3);
    const evidence = await examineFacts(document(signer, [garbage], [{ kind: 'crl', bytes: garbage }]), { trust: [root] });
    expect(evidence.unreadable.map(({ kind }) => kind)).toEqual(['certificate', 'revocation']);
  });

  test('trusts an end-entity certificate for what it signed, and as no issuer', async () => {
    const { signer, intermediate, root } = await material();
    expect(await concluded(document(signer, []), { trust: [signer] })).toBe('PASSED');
    const evidence = await examineFacts(document(signer, [intermediate, root]), { trust: [signer] });
    expect(evidence.anchors.get(idOf(signer))?.issues).toBe(false);
    expect((await examineFacts(document(signer, []), { trust: [root] })).anchors.get(idOf(root))?.issues).toBe(true);
  });

  test('shows who issued a certificate although an end-entity certificate that is trusted issues nothing', async () => {
    const [key, leafKey] = [keyNumber(0), keyNumber(1)];
    const issuer = encodeCertificate({ subject: 'CN=issuer', key, issuer: 'CN=issuer', issuerKey: key });
    const leaf = encodeCertificate({ subject: 'CN=leaf', key: leafKey, issuer: 'CN=issuer', issuerKey: key });
    const [untrusted, trusted] = await Promise.all([[], [issuer]].map((trust) => examineFacts(document(leaf, [issuer]), { trust })));
    expect(trusted?.chains.get(idOf(leaf))?.links.map(({ certificate }) => certificate)).toEqual([leaf, issuer].map(idOf));
    expect(trusted?.chains).toEqual(untrusted?.chains);
    expect(await concluded(document(leaf, [issuer]), { trust: [issuer] })).toBe('NO_CERTIFICATE_CHAIN_FOUND');
  });

  test('asks sources for what is missing', async () => {
    const { root, intermediate, signer, crls } = await material();
    const asked: string[] = [];
    const sources = {
      certificates: {
        issuersOf: async () => {
          asked.push('issuer');
          return [intermediate];
        },
      },
      revocations: {
        find: async () => {
          asked.push('revocation');
          return crls;
        },
      },
    };
    expect(await concluded(document(signer, []), { trust: [root], sources })).toBe('PASSED');
    expect(asked).toEqual(['issuer', 'revocation', 'revocation']);
  });

  test('refuses an option that it does not know', async () => {
    const options = { trust: [], trusted: [] } as ExamineOptions;
    await expect(examineFacts(evidenceOf(scene()).document, options)).rejects.toThrow("unknown option 'trusted'");
  });

  test.each<[string, ExamineOptions['limits']]>([
    ['signature checks', { signatureChecks: 1 }],
    ['certificates', { certificates: 2 }],
    ['searched octets', { searchedOctets: 100 }],
    ['fetches', { fetches: 0 }],
  ])('that ran out of %s is never good', async (name, limits) => {
    const { root, intermediate, signer, crls } = await material();
    const sources = { revocations: { find: async () => [] } };
    const options = { trust: [root], sources, ...(limits && { limits }) };
    const facts = document(signer, [intermediate], crls);
    expect((await examineFacts(facts, options)).exhausted).toContain(name);
    expect(await concluded(facts, options)).not.toBe('PASSED');
  });
});
