/** ASiC containers with XAdES, signed, extended and continued (EN 319 162-1, 4.3.3.3 and 4.4.3). */
import { expect, test } from 'vitest';
import { openContainer } from '../src/asic/container.ts';
import { augment } from '../src/augment.ts';
import { utf8 } from '../src/base/text.ts';
import { httpCertificateSource, httpRevocationSource } from '../src/net/index.ts';
import { signContainer, signInContainer } from '../src/sign-asic.ts';
import { validate } from '../src/validate.ts';
import { readEntry } from '../src/zip/content.ts';
import { hasSchemas, schemaVerdict } from './judges/xml.ts';
import { faultOf } from './support/fault.ts';
import { servedPki } from './support/pki.ts';

const pki = servedPki();
const HTTP = { allowPrivate: true, retries: 0 };
const SOURCES = { certificates: httpCertificateSource(HTTP), revocations: httpRevocationSource(HTTP) };
const FILES = [
  { name: 'a b.txt', content: utf8('one'), mimeType: 'text/plain' },
  { name: 'folder/ü.xml', content: utf8('<two/>') },
];

async function told(container: Uint8Array): Promise<string[]> {
  const { root } = await pki();
  const report = await validate(container, { at: Date.now() + 2000, trust: [root], sources: SOURCES });
  expect(report.unreadable).toEqual([]);
  return report.signatures.map(({ facts, level, conclusion }) => `${facts.container} ${level} ${conclusion.indication}`);
}

test.each([
  ['asic-s', 'ASiC-S', FILES.slice(0, 1)],
  ['asic-e', 'ASiC-E', FILES],
] as const)('%s: every level at once, and each from the one before', async (format, name, files) => {
  const { leaf, root, timestampAuthority: timestamps } = await pki();
  const { signer } = await leaf('P-256');
  const common = { format, signature: 'xades', signer, timestamps, trust: [root], sources: SOURCES } as const;
  for (const level of ['B', 'T', 'LT', 'LTA'] as const)
    expect(await told(await signContainer(files, { ...common, at: Date.now(), level }))).toEqual([
      `${name} XAdES-BASELINE-${level} PASSED`,
    ]);
  let container = await signContainer(files, { ...common, at: Date.now() });
  for (const to of ['T', 'LT', 'LTA', 'LTA'] as const) {
    container = await augment(container, { to, at: Date.now(), trust: [root], sources: SOURCES, timestamps });
    expect(await told(container)).toEqual([`${name} XAdES-BASELINE-${to} PASSED`]);
  }
  const { format: _, ...further } = common;
  const again = await signInContainer(container, { ...further, at: Date.now() });
  expect(await told(again)).toEqual([`${name} XAdES-BASELINE-LTA PASSED`, `${name} XAdES-BASELINE-B PASSED`]);
});

test('what is in the container is as the standard and the schemas have it', async () => {
  const { leaf } = await pki();
  const { signer } = await leaf('P-256');
  const container = openContainer(await signContainer(FILES, { format: 'asic-e', signature: 'xades', signer, at: Date.now() }));
  if (!container.ok) throw new Error(container.malformed.reason);
  const { archive, misnamed, mimetype, xmlSignatures } = container.value;
  expect([...archive.byName.keys()]).toEqual([
    'mimetype',
    'a b.txt',
    'folder/ü.xml',
    'META-INF/signatures001.xml',
    'META-INF/manifest.xml',
  ]);
  expect({ misnamed, mimetype, xmlSignatures }).toEqual({
    misnamed: [],
    mimetype: { content: 'application/vnd.etsi.asic-e+zip', asRequired: true },
    xmlSignatures: ['META-INF/signatures001.xml'],
  });
  const entry = archive.byName.get('META-INF/signatures001.xml');
  const octets = entry && readEntry(archive, entry, 1 << 20);
  const text = octets?.ok ? Buffer.from(octets.value).toString() : '';
  expect(text).toMatch(/<asic:XAdESSignatures xmlns:asic="http:\/\/uri.etsi.org\/02918\/v1.2.1#"><ds:Signature /);
  expect(text).toMatch(/URI="a%20b.txt".*URI="folder\/%C3%BC.xml"/s);
  if (hasSchemas) expect(await schemaVerdict(/<ds:Signature .*<\/ds:Signature>/s.exec(text)?.[0] ?? '')).toMatchObject({ good: true });
});

test('what cannot stand in a container is refused', async () => {
  const { leaf } = await pki();
  const { signer } = await leaf('P-256');
  const options = { signature: 'xades', signer, at: Date.now() } as const;
  expect(await faultOf(signContainer(FILES, { ...options, format: 'asic-s' }))).toMatchObject({ code: 'bad-option' });
  expect(await faultOf(signContainer([], { ...options, format: 'asic-e' }))).toMatchObject({ code: 'bad-option' });
  const cades = await signContainer(FILES.slice(0, 1), { format: 'asic-s', signer, at: Date.now() });
  expect(await faultOf(signInContainer(cades, options))).toMatchObject({ code: 'refused' });
});
