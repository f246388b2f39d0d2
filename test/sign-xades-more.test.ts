/** XAdES: what a signature states, parallel and counter-signatures, documents of every encoding, documents that others signed. */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { augment } from '../src/augment.ts';
import { utf8 } from '../src/base/text.ts';
import { contentOf } from '../src/cms/content.ts';
import type { DocumentFacts } from '../src/facts/index.ts';
import { complete, encodePrepared, prepare, readPrepared } from '../src/prepare.ts';
import { countersign, sign, signParallel, type XadesSignOptions } from '../src/sign.ts';
import { readXmlDocument } from '../src/xades/document.ts';
import { parseXml } from '../src/xml/parse.ts';
import { inFolder, run } from './judges/run.ts';
import { hasSchemas, schemaVerdict, xmlsec, xmlsecVerify } from './judges/xml.ts';
import { faultOf } from './support/fault.ts';
import { memoryPki } from './support/pki.ts';

const pki = memoryPki();
const AT = Date.now();
const XML = utf8('<a xmlns="urn:a"><b Id="x">1</b><b Id="y">2</b></a>');

async function common(): Promise<Omit<XadesSignOptions, 'packaging'> & { readonly format: 'xades' }> {
  const { leaf, timestampAuthority: timestamps } = await pki();
  const { signer } = await leaf('P-256');
  return { format: 'xades', signer, at: AT, timestamps };
}

function factsOf(xml: Uint8Array, files: readonly Uint8Array[] = []): DocumentFacts {
  const facts = readXmlDocument(
    xml,
    files.map((bytes) => ({ name: null, content: contentOf(bytes) })),
  );
  if (!facts.ok) throw new Error(facts.malformed.reason);
  return facts.value;
}

/** Each signature: whether its value and all its references are intact, and how many time-stamps are over it. */
const told = (xml: Uint8Array, files: readonly Uint8Array[] = []): string[] =>
  factsOf(xml, files).signatures.map(
    ({ value, references, timestamps }) =>
      `${value} ${references.every(({ intact }) => intact) ? 'intact' : 'broken'}${timestamps.length > 0 ? ` +${timestamps.length}` : ''}`,
  );

test('everything that a signer states is signed, read back, and as the schemas have it', async () => {
  const xml = await sign(XML, {
    ...(await common()),
    packaging: 'internally-detached',
    element: 'x',
    files: [{ name: 'naïve file.txt', content: utf8('file'), mimeType: 'text/plain' }],
    policy: { id: '1.2.3.4', digestAlgorithm: 'SHA-256', hash: new Uint8Array(32), url: 'https://example.com/policy', notice: 'Ä <note>' },
    commitmentTypes: ['1.2.840.113549.1.9.16.6.1', { id: 'http://uri.etsi.org/01903/v1.2.2#ProofOfApproval', references: [1] }],
    claimedRoles: ['buyer & <owner>', '株主'],
    productionPlace: { city: 'Köln', streetAddress: 'Dom 1', postalCode: '50667', country: 'DE' },
    contentTimestamp: 'each',
    digest: 'SHA3-384',
  });
  const { signatures, timestamps } = factsOf(xml, [utf8('file')]);
  expect(signatures).toMatchObject([
    {
      value: 'intact',
      claimedTime: Math.floor(AT / 1000) * 1000,
      policy: { id: '1.2.3.4', url: 'https://example.com/policy', digestAlgorithm: 'SHA-256' },
      commitmentTypes: ['1.2.840.113549.1.9.16.6.1', 'http://uri.etsi.org/01903/v1.2.2#ProofOfApproval'],
      claimedRoles: ['buyer & <owner>', '株主'],
      productionPlace: expect.stringContaining('Köln'),
      references: [{ intact: true, digestAlgorithm: 'SHA3-384' }, { name: 'na%C3%AFve%20file.txt', intact: true }, { intact: true }],
      structureProblems: [],
    },
  ]);
  expect([...timestamps.values()].map(({ type, references }) => [type, references[0]?.intact])).toEqual([
    ['content', true],
    ['content', true],
  ]);
  const text = Buffer.from(xml).toString();
  expect(text.match(/<xades:DataObjectFormat /g)).toHaveLength(2);
  const signature = text.slice(text.indexOf('<ds:Signature '), text.indexOf('</ds:Signature>') + 15);
  if (hasSchemas) expect(await schemaVerdict(signature)).toMatchObject({ good: true });
});

test.each(['exclusive', 'c14n-1.0', 'c14n-1.1'] as const)(
  'parallel and counter-signatures leave all others intact: %s',
  async (canonicalization) => {
    const options = { ...(await common()), canonicalization };
    const first = await sign(XML, { ...options, level: 'T' });
    const second = await signParallel(first, options);
    const countered = await countersign(second, { ...options, signature: 0, level: 'T' });
    const again = await countersign(countered, { ...options, signature: 1 });
    expect(told(again)).toEqual(['intact intact +1', 'intact intact +1', 'intact intact', 'intact intact']);
    // One inside the other, each after the one whose value it signs; then the parallel one.
    const { signatures } = factsOf(again);
    const parents = signatures.map(({ counterSignatureOf }) => signatures.findIndex(({ id }) => id === counterSignatureOf));
    expect(parents).toEqual([-1, 0, 1, -1]);
  },
);

test('a parallel signature is over the same elements and files', async () => {
  const options = await common();
  const files = [{ name: 'f', content: utf8('file') }];
  const first = await sign(XML, { ...options, packaging: 'internally-detached' as const, element: 'y', files });
  const second = await signParallel(first, { ...options, files });
  expect(told(second, [utf8('file')])).toEqual(['intact intact', 'intact intact']);
  expect(factsOf(second, [utf8('file')]).signatures[1]?.references.map(({ name }) => name)).toMatchObject(['#y', 'f', expect.anything()]);
  expect(await faultOf(signParallel(first, options))).toMatchObject({ code: 'bad-option', message: expect.stringContaining("'f'") });
});

test('where nothing can stand beside a signature it is said', async () => {
  const options = await common();
  const cases: [Uint8Array, RegExp][] = [
    [await sign(XML, { ...options, alone: true }), /covers the place/],
    [await sign(XML, { ...options, packaging: 'enveloping' as const }), /whole document/],
    [XML, /no signature/],
  ];
  for (const [xml, message] of cases)
    expect(await faultOf(signParallel(xml, options))).toMatchObject({ code: 'refused', message: expect.stringMatching(message) });
  const over = await sign(await sign(XML, options), { ...options, alone: true });
  expect(told(over)).toEqual(['intact intact', 'intact intact']);
  const { timestampAuthority: timestamps } = await pki();
  expect(await faultOf(augment(over, { to: 'T', at: AT, timestamps }))).toMatchObject({ code: 'refused' });
});

test.each([
  ['UTF-8 with a byte order mark', (text: string) => Buffer.from(`\ufeff${text}`)],
  ['UTF-16LE', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['UTF-16BE', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
  ['ISO-8859-1', (text: string) => Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${text}`, 'latin1')],
])('a document in %s stays in it, octet for octet', async (_, encoded) => {
  const options = await common();
  for (const text of ['<é a="ü">ö\r\n<!--ß--></é><!-- end -->', '<é/>']) {
    const document = new Uint8Array(encoded(text));
    const xml = await sign(document, { ...options, level: 'T' });
    expect(told(xml)).toEqual(['intact intact +1']);
    expect(told(await signParallel(xml, options))).toEqual(['intact intact +1', 'intact intact']);
    const kept = [...document].findIndex((octet, i) => xml[i] !== octet);
    if (!text.endsWith('/>')) expect(Buffer.from(xml).subarray(-(document.length - kept))).toEqual(Buffer.from(document).subarray(kept));
  }
});

test('any XML that can be read is signed and found intact; any octets too', async () => {
  const options = await common();
  const name = fc.constantFrom('a', 'b:c', 'd');
  const { tree } = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc
      .tuple(name, fc.array(fc.oneof({ maxDepth: 3 }, fc.stringMatching(/^[a-zé&#x;0-9 ]{0,9}$/), tie('tree')), { maxLength: 3 }))
      .map(([tag, content]) => `<${tag} xmlns:b="urn:${tag}">${content.join('')}</${tag}>`),
  }));
  await fc.assert(
    fc.asyncProperty(
      tree,
      fc.constantFrom('enveloped' as const, 'enveloping' as const, 'internally-detached' as const),
      async (text, packaging) => {
        const document = utf8(text);
        if (!parseXml(document).ok) return;
        expect(told(await sign(document, { ...options, packaging }))).toEqual(['intact intact']);
        if (packaging === 'enveloping')
          expect(told(await sign(document, { ...options, packaging, embed: 'xml' as const }))).toEqual(['intact intact']);
      },
    ),
    { numRuns: 60 },
  );
  await fc.assert(
    fc.asyncProperty(fc.uint8Array(), async (octets) => {
      expect(told(await sign(octets, { ...options, packaging: 'enveloping' as const }))).toEqual(['intact intact']);
    }),
    { numRuns: 20 },
  );
});

test.each(['enveloped', 'enveloping', 'internally-detached', 'detached'] as const)('%s in two halves, through JSON', async (packaging) => {
  const { signer, timestamps } = await common();
  const { chain, scheme } = signer;
  const name = packaging === 'detached' ? { name: 'n' } : {};
  const prepared = prepare(XML, { format: 'xades', chain, scheme, at: AT, packaging, ...name, claimedRoles: ['r'] });
  const read = readPrepared(encodePrepared(prepared));
  const value = await signer.sign(read.toBeSigned, read.digest);
  const xml = await complete(XML, read, value, timestamps && { timestamps });
  expect(told(xml, [XML])).toEqual(['intact intact +1']);
  expect(await faultOf(complete(utf8('<a/>'), read, value))).toMatchObject({ code: 'bad-option' });
  expect(await faultOf(complete(XML, read, value.slice(0, -1)))).toMatchObject({ code: 'signer-refused' });
});

test('keys and digests without a standardised URI are refused by name', async () => {
  const { leaf } = await pki();
  const { signer } = await leaf('ML-DSA-65');
  expect(await faultOf(sign(XML, { format: 'xades', signer, at: AT }))).toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('ML-DSA-65'),
  });
  expect(await faultOf(sign(XML, { ...(await common()), digest: 'SHA-512/256' }))).toMatchObject({ code: 'unsupported' });
});

test.skipIf(xmlsec === null)('what xmlsec1 signs, with and without properties, is extended', async () => {
  const { timestampAuthority: timestamps } = await pki();
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  for (const id of ['', ' Id="s"']) {
    const template = `<r>text<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"${id}><SignedInfo><CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/><SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><Reference URI=""><Transforms><Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/></Transforms><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue/></Reference></SignedInfo><SignatureValue/><KeyInfo><KeyValue/></KeyInfo></Signature></r>`;
    const signed = await inFolder({ 'in.xml': template, 'key.pem': key }, async (folder) => {
      await run('xmlsec1', [
        '--sign',
        '--privkey-pem',
        join(folder, 'key.pem'),
        '--output',
        join(folder, 'out.xml'),
        join(folder, 'in.xml'),
      ]);
      return new Uint8Array(readFileSync(join(folder, 'out.xml')));
    });
    expect(told(signed)).toEqual(['intact intact']);
    const extended = await augment(signed, { to: 'LTA', at: AT, timestamps, override: true });
    expect(told(extended)).toEqual(['intact intact +2']);
    const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(await xmlsecVerify({ xml: extended, publicKeyPem })).toMatchObject({ good: true });
  }
});

const vectors = process.env['ADESKIT_VECTORS'] ?? resolve('../shared/vectors');
const foreign = join(vectors, 'dss/manifest.json');
if (!existsSync(foreign)) console.warn(`${foreign} is absent: no documents of others are extended`);

interface Case {
  readonly file: string;
  readonly format?: string;
  readonly detached?: readonly { readonly file?: string; readonly text?: string }[];
}

test.skipIf(!existsSync(foreign))('documents of others keep whatever was intact', { timeout: 300_000 }, async () => {
  const { timestampAuthority: timestamps } = await pki();
  const { cases } = JSON.parse(readFileSync(foreign, 'utf8')) as { cases: Case[] };
  const counts = { extended: 0, refused: 0 };
  for (const { file, format = '', detached = [] } of cases.filter((_, i) => i % 3 === 0)) {
    if (!/XAdES|XML/i.test(format) || format.startsWith('ASiC') || detached.some((one) => one.file === undefined && one.text === undefined))
      continue;
    const bytes = new Uint8Array(readFileSync(join(vectors, 'dss', file)));
    const files = detached.map((one) => (one.file ? new Uint8Array(readFileSync(join(vectors, 'dss', one.file))) : utf8(one.text ?? '')));
    const before = readXmlDocument(
      bytes,
      files.map((content) => ({ name: null, content: contentOf(content) })),
    );
    if (!before.ok || before.value.signatures.length === 0) continue;
    try {
      const options = { to: 'LTA', at: AT, timestamps, override: true, detached: files.map((content) => ({ bytes: content })) } as const;
      const after = factsOf(await augment(bytes, options), files);
      const intact = (facts: DocumentFacts) =>
        facts.signatures.map(({ value, references }) => [value, references.map((one) => one.intact)]);
      expect({ file, now: intact(after) }).toEqual({ file, now: intact(before.value) });
      const fine = ({ timestamps: all }: DocumentFacts) => [...all.values()].filter(({ references }) => references[0]?.intact).length;
      expect(fine(after)).toBeGreaterThan(fine(before.value));
      counts.extended++;
    } catch (error) {
      if (!['refused', 'unsupported', 'bad-option'].includes((error as { code?: string }).code ?? '')) throw error;
      counts.refused++;
    }
  }
  expect(counts.extended).toBeGreaterThan(30);
  expect(counts.refused).toBeLessThan(counts.extended / 3);
});
