/** The time at which each certificate of a path is checked, and algorithms that were strong enough then (RFC 5280, 6.1; TS 119 312). */
import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { verifyCertificate } from '../../src/index.ts';
import { encodeName, extension, generateKey, issueCertificate, issuingKey } from '../../src/issuing/index.ts';
import { anchorOf, type Certificate, type PathOptions, parseCertificate, validatePath } from '../../src/pki/index.ts';

const YEAR = 365 * 86_400_000;
const NOW = Date.UTC(2026, 0, 1);

interface Made {
  readonly root: Certificate;
  readonly issuing: Certificate;
  readonly leaf: Certificate;
}

/** An issuing CA that ended a year ago, and a leaf that it issued before and that goes on. */
async function made(algorithm: 'P-256' | 'RSA-1024' = 'P-256'): Promise<Made> {
  const fresh = () => (algorithm === 'P-256' ? generateKey('P-256') : generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey);
  const keys = await Promise.all([fresh(), fresh(), fresh()]);
  const [rootKey, issuingKeyPair, leafKey] = keys.map((key) => issuingKey(key));
  if (!rootKey || !issuingKeyPair || !leafKey) throw new Error('no keys');
  const ca = [extension.basicConstraints(true), extension.keyUsage('keyCertSign', 'cRLSign')];
  const root = await issueCertificate({
    ...{ subject: encodeName({ CN: 'Root' }), issuer: 'self', publicKey: rootKey.publicKey, serial: Uint8Array.of(1), key: rootKey },
    ...{ notBefore: NOW - 10 * YEAR, notAfter: NOW + 10 * YEAR, extensions: ca },
  });
  const issuing = await issueCertificate({
    ...{ subject: encodeName({ CN: 'Issuing' }), issuer: encodeName({ CN: 'Root' }), publicKey: issuingKeyPair.publicKey },
    ...{ serial: Uint8Array.of(2), key: rootKey, notBefore: NOW - 5 * YEAR, notAfter: NOW - YEAR, extensions: ca },
  });
  const leaf = await issueCertificate({
    ...{ subject: encodeName({ CN: 'Leaf' }), issuer: encodeName({ CN: 'Issuing' }), publicKey: leafKey.publicKey },
    ...{ serial: Uint8Array.of(3), key: issuingKeyPair, notBefore: NOW - 2 * YEAR, notAfter: NOW + YEAR, extensions: [] },
  });
  const [a, b, c] = [root, issuing, leaf].map((der) => {
    const parsed = parseCertificate(der);
    if (!parsed.ok) throw new Error(parsed.malformed.reason);
    return parsed.value;
  });
  return { root: a as Certificate, issuing: b as Certificate, leaf: c as Certificate };
}

const checked = ({ root, issuing, leaf }: Made, options: Partial<PathOptions>) => {
  const result = validatePath({ path: [leaf, issuing], anchor: anchorOf(root), at: NOW, ...options });
  return result.ok ? 'valid' : result.failures.map(({ code, index }) => `${code} ${index}`).join(', ');
};

test('by the shell model every certificate must be valid now, by the chain model an issuer when it issued', async () => {
  const pki = await made();
  expect(checked(pki, {})).toBe('expired 1');
  expect(checked(pki, { model: 'shell' })).toBe('expired 1');
  expect(checked(pki, { model: 'chain' })).toBe('valid');
  expect(checked(pki, { model: 'chain', at: NOW + 2 * YEAR })).toBe('expired 0');
  expect(checked(pki, { model: 'chain', at: NOW - 3 * YEAR })).toBe('not-yet-valid 0');
});

test('algorithms are asked about for each certificate at the time of its check', async () => {
  const pki = await made();
  const asked: [string | null, number | null, number][] = [];
  const note: PathOptions['algorithms'] = ({ scheme, keyBits }, at) => {
    asked.push([scheme, keyBits, at]);
    return null;
  };
  expect(checked(pki, { model: 'chain', algorithms: note })).toBe('valid');
  expect(asked).toEqual([
    ['ECDSA', 256, pki.leaf.notBefore],
    ['ECDSA', 256, NOW],
  ]);
  expect(checked(pki, { model: 'chain', algorithms: (_, at) => (at === NOW ? 'weak by now' : null) })).toBe('algorithm-too-weak 0');
});

test('a report on a certificate names an algorithm that is not accepted any more', async () => {
  const { root, issuing, leaf } = await made('RSA-1024');
  const report = await verifyCertificate(leaf.bytes, { at: NOW, trust: [root.bytes], chain: [issuing.bytes], model: 'chain' });
  expect(report.failures.map(({ code, what }) => [code, what])).toContainEqual([
    'algorithm-too-weak',
    expect.stringMatching(/RSA, 1024 bits/),
  ]);
});
