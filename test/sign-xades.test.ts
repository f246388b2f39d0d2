/** XAdES signed and extended to every level in every packaging, held against outside judges, the schemas and our own validation (EN 319 132-1, 6). */
import { describe, expect, test } from 'vitest';
import { augment } from '../src/augment.ts';
import { utf8 } from '../src/base/text.ts';
import type { KeyAlgorithm } from '../src/issuing/index.ts';
import { httpCertificateSource, httpRevocationSource } from '../src/net/index.ts';
import { parseCertificate } from '../src/pki/certificate.ts';
import { countersign, type Packaging, sign, signParallel } from '../src/sign.ts';
import { validate } from '../src/validate.ts';
import { hasSchemas, libxmlVerify, schemaVerdict, xmlsec, xmlsecVerify } from './judges/xml.ts';
import { servedPki } from './support/pki.ts';

if (xmlsec === null) console.warn('xmlsec1 is not installed: its cells are not judged');
if (!hasSchemas) console.warn('xmllint or the schemas are absent: nothing is held against them');

const pki = servedPki();
const HTTP = { allowPrivate: true, retries: 0 };
const SOURCES = { certificates: httpCertificateSource(HTTP), revocations: httpRevocationSource(HTTP) };
const CONTENT = utf8(
  '<?xml version="1.0"?><!-- b --><a:a xmlns:a="urn:a" xmlns="urn:d" xml:lang="de"><b Id="b">zw&ouml;lf</b><c/></a:a>'.replace(
    '&ouml;',
    'ö',
  ),
);

const ALGORITHMS: readonly KeyAlgorithm[] = ['RSA-2048', 'RSA-PSS', 'P-256', 'P-384', 'brainpoolP256r1', 'Ed25519'];
const LACKS: readonly KeyAlgorithm[] = ['RSA-PSS', 'Ed25519'];
const LEVELS = ['B', 'T', 'LT', 'LTA'] as const;
const PACKAGINGS: readonly Packaging[] = ['enveloped', 'enveloping', 'detached', 'internally-detached'];

describe.each(ALGORITHMS)('%s', (algorithm) => {
  test.each(PACKAGINGS)('%s: each level passes here, with an outside judge, and against the schemas', async (packaging) => {
    const { leaf, root, timestampAuthority: timestamps } = await pki();
    const { signer } = await leaf(algorithm);
    const isDetached = packaging === 'detached';
    for (const level of LEVELS) {
      const xml = await sign(CONTENT, {
        ...{ format: 'xades', packaging, signer, at: Date.now(), level },
        ...(isDetached && { name: 'content.xml' }),
        ...(level !== 'B' && { timestamps }),
        ...((level === 'LT' || level === 'LTA') && { trust: [root], sources: SOURCES }),
      });
      const report = await validate(xml, {
        ...{ at: Date.now() + 2000, trust: [root] },
        ...(isDetached && { detached: [{ bytes: CONTENT }] }),
        ...(level !== 'LT' && level !== 'LTA' && { sources: SOURCES }),
      });
      expect(report.unreadable).toEqual([]);
      expect(report.signatures.map((one) => [one.level, one.conclusion])).toEqual([[`XAdES-BASELINE-${level}`, { indication: 'PASSED' }]]);
      const question = { xml, publicKeyPem: publicKeyPem(signer.chain[0]), ...(isDetached && { files: { 'content.xml': CONTENT } }) };
      if (xmlsec !== null && !LACKS.includes(algorithm)) {
        const verdict = await xmlsecVerify(question);
        expect({ ...verdict, level }).toMatchObject({ good: true });
      } else if (LACKS.includes(algorithm)) expect(await libxmlVerify(question)).toMatchObject({ good: true });
      if (hasSchemas) expect(await schemaVerdict(signatureIn(xml))).toMatchObject({ good: true });
    }
  });
});

test.each(PACKAGINGS)(
  '%s: each level by augmentation of the one before, and renewal, keep what is there octet for octet',
  async (packaging) => {
    const { leaf, root, timestampAuthority: timestamps } = await pki();
    const { signer } = await leaf('P-256');
    const detached = packaging === 'detached' ? [{ name: 'n', bytes: CONTENT }] : [];
    let xml = await sign(CONTENT, { format: 'xades', packaging, signer, at: Date.now(), ...(packaging === 'detached' && { name: 'n' }) });
    for (const to of ['T', 'LT', 'LTA', 'LTA'] as const) {
      const before = Buffer.from(xml).toString();
      xml = await augment(xml, { to, at: Date.now(), trust: [root], sources: SOURCES, timestamps, detached });
      const after = Buffer.from(xml).toString();
      const common = [...before].findIndex((character, i) => after[i] !== character);
      // One piece was put in.
      expect(after.endsWith(before.slice(common)) && after.startsWith(before.slice(0, common))).toBe(true);
    }
    const report = await validate(xml, { at: Date.now() + 2000, trust: [root], detached });
    expect(report.signatures.map(({ level, conclusion }) => [level, conclusion.indication])).toEqual([['XAdES-BASELINE-LTA', 'PASSED']]);
    expect(report.signatures[0]?.timestamps.map(({ facts, conclusion }) => [facts.type, conclusion.indication])).toEqual([
      ['signature', 'PASSED'],
      ['archive', 'PASSED'],
      ['archive', 'PASSED'],
    ]);
  },
);

test('two signatures and a counter-signature reach LTA together, each with what it needs', async () => {
  const { leaf, root, timestampAuthority: timestamps } = await pki();
  const [first, second] = [(await leaf('RSA-2048')).signer, (await leaf('P-384')).signer];
  const common = { format: 'xades', at: Date.now(), timestamps } as const;
  let xml = await sign(CONTENT, { ...common, signer: first, level: 'T' });
  xml = await signParallel(xml, { ...common, signer: second });
  xml = await countersign(xml, { ...common, signer: second, signature: 0, level: 'T' });
  for (let round = 0; round < 2; round++) {
    xml = await augment(xml, { to: 'LTA', at: Date.now(), trust: [root], sources: SOURCES, timestamps });
    const report = await validate(xml, { at: Date.now() + 2000, trust: [root] });
    expect(report.unreadable).toEqual([]);
    expect(report.signatures.map(({ conclusion }) => conclusion.indication)).toEqual(['PASSED', 'PASSED', 'PASSED']);
    // What the countersigned signature carries is that one's, not the counter-signature's own.
    expect(report.signatures.map(({ level }) => level)).toEqual(['LTA', 'T', 'LTA'].map((level) => `XAdES-BASELINE-${level}`));
  }
});

function signatureIn(xml: Uint8Array): string {
  const text = Buffer.from(xml).toString();
  return text.slice(text.indexOf('<ds:Signature '), text.lastIndexOf('</ds:Signature>') + '</ds:Signature>'.length);
}

function publicKeyPem(certificate: Uint8Array): string {
  const parsed = parseCertificate(certificate);
  if (!parsed.ok) throw new Error(parsed.malformed.reason);
  const base64 = Buffer.from(parsed.value.spki).toString('base64').replace(/.{64}/g, '$&\n');
  return `-----BEGIN PUBLIC KEY-----\n${base64}\n-----END PUBLIC KEY-----\n`;
}
