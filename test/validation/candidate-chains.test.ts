/** The next prospective chain where one fails (EN 319 102-1, 5.2.6.4), with a CA that two roots have certified. */
import { describe, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { augment } from '../../src/augment.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import { idOf } from '../../src/facts/index.ts';
import { type Authority, certify, createAuthority, currentCrl, setRevocation } from '../../src/issuing/authority.ts';
import { answerCrl, createThrowAwayPki, extension, generateKey } from '../../src/issuing/index.ts';
import { toJson } from '../../src/report/json.ts';
import { sign } from '../../src/sign.ts';
import { examine, validate } from '../../src/validate.ts';
import { judge, policyByName, readEvidence, verifyEvidence, writeEvidence } from '../../src/validation/index.ts';

const day = 86_400_000;
const AT = Date.UTC(2026, 5, 1);
const DOCUMENT = plainPdf({ title: 'Agreement', pages: [['# Agreement']] });

const newRoot = async (name: string): Promise<Authority> =>
  createAuthority({
    name: { CN: name },
    privateKey: await generateKey('P-256'),
    notBefore: AT - 900 * day,
    notAfter: AT + 900 * day,
    pathLength: null,
    publishedAt: {},
    issuer: null,
    pss: false,
  });

/** The issuing CA is certified by the root of the PKI and, for less long so that this comes second, by other roots. */
async function crossed(roots = 1) {
  const clock = { now: AT };
  const pki = await createThrowAwayPki({ clock: () => clock.now });
  const { authority } = pki.authorities.issuing;
  const others: { readonly root: Authority; readonly cross: Bytes }[] = [];
  for (let i = 0; i < roots; i++) {
    const root = await newRoot(`Other root ${i}`);
    const cross = await certify(root, {
      name: authority.name,
      publicKey: authority.key.publicKey,
      notBefore: AT - 300 * day,
      notAfter: AT + (300 - i) * day,
      extensions: [extension.basicConstraints(true), extension.keyUsage('keyCertSign', 'cRLSign')],
    });
    others.push({ root, cross });
  }
  const leaf = await pki.leaf('P-256', { notBefore: AT - day });
  const document = await sign(DOCUMENT, { signer: leaf.signer, at: AT, level: 'T', timestamps: pki.timestampAuthority });
  const crls = async (at = AT) => [
    { kind: 'crl' as const, bytes: await answerCrl(pki, 'root') },
    { kind: 'crl' as const, bytes: await answerCrl(pki, 'issuing') },
    ...(await Promise.all(others.map(async ({ root }) => ({ kind: 'crl' as const, bytes: await currentCrl(root, at, at + 7 * day) })))),
  ];
  return { clock, pki, leaf, document, crls, others, trust: [pki.root, ...others.map(({ root }) => root.certificate)] };
}

type Crossed = Awaited<ReturnType<typeof crossed>>;

const judged = async ({ document, crls, others, trust }: Crossed, at = AT) => {
  const options = { trust, certificates: others.map(({ cross }) => cross), revocations: await crls(at) };
  const { signatures } = await validate(document, { at, ...options });
  const [signature] = signatures;
  return {
    concluded: signature?.conclusion.indication === 'PASSED' ? 'PASSED' : signature?.conclusion.because,
    chain: signature?.chain.map(({ fingerprint }) => fingerprint),
    stamps: signature?.timestamps.map(({ conclusion }) => conclusion.indication),
  };
};

const idsOf = (...all: readonly (Bytes | undefined)[]): string[] => all.map((one) => (one ? idOf(one) : ''));

describe('a signature under a CA that two roots have certified', () => {
  test('is judged under the likelier chain where that is good', async () => {
    const its = await crossed();
    const { leaf, pki } = its;
    expect(await judged(its)).toMatchObject({ concluded: 'PASSED', chain: idsOf(leaf.certificate, pki.intermediate, pki.root) });
  });

  test('passes under the other chain where the certificate of the CA was revoked', async () => {
    const its = await crossed();
    its.pki.revoke(its.pki.intermediate, { at: AT - 10 * day, reason: 'cessationOfOperation' });
    const { leaf, others } = its;
    expect(await judged(its)).toMatchObject({
      concluded: 'PASSED',
      chain: idsOf(leaf.certificate, others[0]?.cross, others[0]?.root.certificate),
      stamps: ['PASSED'],
    });
  });

  test('fails as the first chain says where every one is revoked', async () => {
    const its = await crossed();
    its.pki.revoke(its.pki.intermediate, { at: AT - 10 * day });
    for (const { root, cross } of its.others) setRevocation(root, cross, { at: AT - 10 * day, reason: 'unspecified' });
    const { leaf, pki } = its;
    expect(await judged(its)).toMatchObject({ concluded: 'REVOKED_CA_NO_POE', chain: idsOf(leaf.certificate, pki.intermediate, pki.root) });
  });

  test('fails where the signer itself was revoked, whatever the chain', async () => {
    const its = await crossed();
    its.pki.revoke(its.leaf, { at: AT - day / 2 });
    expect((await judged(its)).concluded).toBe('REVOKED_NO_POE');
  });

  test.each([
    [3, 'PASSED'],
    [4, 'PASSED'],
    [5, 'REVOKED_CA_NO_POE'],
  ])('with %i more revoked before a good one: %s; a few chains are tried', async (revoked, expected) => {
    const its = await crossed(revoked + 1);
    its.pki.revoke(its.pki.intermediate, { at: AT - 10 * day });
    for (const { root, cross } of its.others.slice(0, revoked - 1))
      setRevocation(root, cross, { at: AT - 10 * day, reason: 'unspecified' });
    expect((await judged(its)).concluded).toBe(expected);
  });

  test('is extended to LT with what the chain that passes needs, and passes offline', async () => {
    const its = await crossed();
    its.pki.revoke(its.pki.intermediate, { at: AT - 10 * day });
    const { trust, others } = its;
    const revocations = await its.crls();
    const sources = { revocations: { find: async () => revocations } };
    const extended = await augment(its.document, { to: 'LT', at: AT, trust, certificates: others.map(({ cross }) => cross), sources });
    const [signature] = (await validate(extended, { at: AT, trust })).signatures;
    expect([signature?.level, signature?.conclusion.indication]).toEqual(['PAdES-BASELINE-LT', 'PASSED']);
    expect(signature?.chain.map(({ fingerprint }) => fingerprint)).toContain(idsOf(others[0]?.cross)[0]);
  });

  test('is judged the same from stored evidence, which holds every candidate and bears it out', async () => {
    const its = await crossed();
    its.pki.revoke(its.pki.intermediate, { at: AT - 10 * day });
    const options = { trust: its.trust, certificates: its.others.map(({ cross }) => cross), revocations: await its.crls() };
    const evidence = await examine(its.document, options);
    const stored = readEvidence(writeEvidence(evidence));
    if (!stored.ok) throw new Error(stored.malformed.reason);
    expect(evidence.chains.get(idOf(its.leaf.certificate))?.others).toHaveLength(1);
    const policy = policyByName('default');
    expect(toJson(judge(stored.value, policy, AT))).toEqual(toJson(judge(evidence, policy, AT)));
    expect(verifyEvidence(stored.value)).toEqual([]);
  });
});
