import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeManifest } from '../../src/asic/build.ts';
import { parseManifest } from '../../src/asic/manifest.ts';
import { readAsic } from '../../src/asic/read.ts';
import { concat, equal } from '../../src/base/bytes.ts';
import { sourceOf } from '../../src/base/source.ts';
import { fromUtf8, utf8 } from '../../src/base/text.ts';
import { digest } from '../../src/crypto/digest.ts';
import type { Signer } from '../../src/crypto/signer.ts';
import { preserveContainer, timestampContainer } from '../../src/preserve.ts';
import { type AsicSignOptions, signContainer, signContainerTo, signInContainer } from '../../src/sign-asic.ts';
import { validate } from '../../src/validate.ts';
import { type Conclusion, subIndicationOf } from '../../src/validation/conclusion.ts';
import { readZip, type ZipArchive } from '../../src/zip/archive.ts';
import { readEntry } from '../../src/zip/content.ts';
import { type NewEntry, rewriteZip, writeZip } from '../../src/zip/write.ts';
import { opensslCmsVerify, present } from '../judges/judges.ts';
import { temporaryFolder } from '../support/folder.ts';
import { memoryPki } from '../support/pki.ts';

const OPENSSL = (await present('openssl')) !== null;
const AT = Date.UTC(2026, 5, 1, 12);
const pki = memoryPki({ at: AT });
const keys = new Map<string, Promise<Signer>>();
const signer = (name = 'first'): Promise<Signer> => {
  const made =
    keys.get(name) ??
    pki().then(async (each) => (await each.leaf('P-256', { notBefore: AT - 86_400_000, notAfter: AT + 86_400_000 })).signer);
  keys.set(name, made);
  return made;
};
const options = async (more: Partial<AsicSignOptions> & Pick<AsicSignOptions, 'format'>, key?: string): Promise<AsicSignOptions> => ({
  signer: await signer(key),
  at: AT,
  ...(more.level !== undefined && more.level !== 'B' && { timestamps: (await pki()).timestampAuthority }),
  ...more,
});
const FILES = [
  { name: 'contract.txt', content: utf8('the contract'), mimeType: 'text/plain' },
  { name: 'annex/Mü ß & <1>.txt', content: utf8('the annex') },
];
const judged = async (container: Uint8Array) =>
  validate(container, { at: AT + 60_000, trust: [(await pki()).root], policy: 'dss-6.4-no-revocation' });
const verdictOf = (conclusion: Conclusion): string =>
  [conclusion.indication, subIndicationOf(conclusion)].filter((part) => part !== null).join(' ');
const verdicts = async (container: Uint8Array): Promise<string[]> =>
  (await judged(container)).signatures.map(({ level, conclusion }) => `${level} ${verdictOf(conclusion)}`);
const archiveOf = (bytes: Uint8Array): ZipArchive => {
  const zip = readZip(bytes);
  if (!zip.ok) throw new Error(zip.malformed.reason);
  return zip.value;
};
const fileIn = (bytes: Uint8Array, name: string): Uint8Array => {
  const archive = archiveOf(bytes);
  const entry = archive.byName.get(name);
  const content = entry && readEntry(archive, entry, 1 << 28);
  if (!content?.ok) throw new Error(`no ${name}`);
  return content.value;
};
const names = (bytes: Uint8Array): string[] => archiveOf(bytes).entries.map(({ name }) => name);
const replaced = (bytes: Uint8Array, name: string, content: Uint8Array | null): Uint8Array =>
  concat([...rewriteZip(archiveOf(bytes), content === null ? [] : [{ name, content }], { time: AT, leaveOut: new Set([name]) })]);
const renamed = (bytes: Uint8Array, from: string, to: string): Uint8Array =>
  Uint8Array.from(Buffer.from(Buffer.from(bytes).toString('latin1').replaceAll(from, to), 'latin1'));
const zipOf = (...entries: NewEntry[]): Uint8Array => concat([...writeZip(entries, { time: AT })]);
const mimetype = (type: string): NewEntry => ({ name: 'mimetype', content: utf8(`application/vnd.etsi.${type}+zip`), method: 'stored' });

describe('a container that was signed', () => {
  test.each([
    ['asic-s', 'B', 'CAdES-BASELINE-B PASSED'],
    ['asic-s', 'T', 'CAdES-BASELINE-T PASSED'],
    ['asic-e', 'B', 'CAdES-BASELINE-B PASSED'],
    ['asic-e', 'T', 'CAdES-BASELINE-T PASSED'],
  ] as const)('%s at level %s validates', async (format, level, verdict) => {
    const container = await signContainer(format === 'asic-s' ? FILES.slice(0, 1) : FILES, await options({ format, level }));
    expect(await verdicts(container)).toEqual([verdict]);
    const { signatures, format: found, evidence } = await judged(container);
    expect(found).toBe(format === 'asic-s' ? 'ASiC-S' : 'ASiC-E');
    expect(signatures[0]?.facts).toMatchObject({
      container: found,
      name: format === 'asic-s' ? 'META-INF/signature.p7s' : 'META-INF/signature001.p7s',
    });
    expect(evidence.document.container).toMatchObject({ mimetype: { asRequired: true }, misnamed: [] });
  });

  test('says what it is at a fixed place, and holds its files as they are', async () => {
    const container = await signContainer(FILES, await options({ format: 'asic-e' }));
    expect(fromUtf8(container.subarray(30, 69))).toBe('mimetypeapplication/vnd.etsi.asic-e+zip');
    expect(names(container)).toEqual([
      'mimetype',
      ...FILES.map(({ name }) => name),
      'META-INF/ASiCManifest001.xml',
      'META-INF/signature001.p7s',
    ]);
    for (const { name, content } of FILES) expect(fileIn(container, name)).toEqual(content);
    const { signatures } = await judged(container);
    expect(signatures[0]?.facts.references.map(({ type, name }) => `${type} ${name}`)).toEqual([
      'MESSAGE_DIGEST META-INF/ASiCManifest001.xml',
      'MANIFEST_ENTRY contract.txt',
      'MANIFEST_ENTRY annex/Mü ß & <1>.txt',
    ]);
  });

  test('is written piece by piece from sources', async () => {
    const large = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * i) % 251);
    const pieces: Uint8Array[] = [];
    await signContainerTo(
      { write: (piece) => void pieces.push(piece) },
      [{ name: 'large', content: sourceOf(large) }],
      await options({ format: 'asic-s' }),
    );
    expect(await verdicts(concat(pieces))).toEqual(['CAdES-BASELINE-B PASSED']);
  });

  test.runIf(OPENSSL)('has a signature that openssl verifies', async () => {
    const root = `-----BEGIN CERTIFICATE-----\n${Buffer.from((await pki()).root)
      .toString('base64')
      .replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
    const [single, extended] = [
      await signContainer(FILES.slice(0, 1), await options({ format: 'asic-s' })),
      await signContainer(FILES, await options({ format: 'asic-e' })),
    ];
    for (const [container, signature, content] of [
      [single, 'META-INF/signature.p7s', 'contract.txt'],
      [extended, 'META-INF/signature001.p7s', 'META-INF/ASiCManifest001.xml'],
    ] as const)
      expect(
        await opensslCmsVerify({ signature: fileIn(container, signature), content: fileIn(container, content), caPem: root, at: AT }),
      ).toMatchObject({ good: true });
  });

  const folder = temporaryFolder();
  test('opens with unzip', async () => {
    const path = join(folder, 'a.asice');
    writeFileSync(path, await signContainer(FILES, await options({ format: 'asic-e' })));
    const { status, error } = spawnSync('unzip', ['-t', path]);
    if (!error) expect(status).toBe(0);
  });

  test.each([
    ['two files in ASiC-S', 'asic-s', FILES],
    ['a file in a folder in ASiC-S', 'asic-s', FILES.slice(1)],
    ['no file', 'asic-e', []],
    ['a file in META-INF', 'asic-e', [{ name: 'META-INF/x', content: utf8('x') }]],
    ['a file called mimetype', 'asic-e', [{ name: 'Mimetype', content: utf8('x') }]],
    ['a name that climbs', 'asic-e', [{ name: '../x', content: utf8('x') }]],
    ['a name twice', 'asic-e', [FILES[0], FILES[0]] as typeof FILES],
  ] as const)('is refused for %s', async (_, format, files) => {
    await expect(signContainer(files, await options({ format }))).rejects.toMatchObject({ code: 'bad-option' });
  });
});

describe('a further signature', () => {
  test.each(['asic-s', 'asic-e'] as const)('in %s leaves the earlier one and every other file as they stand', async (format) => {
    const before = await signContainer(format === 'asic-s' ? FILES.slice(0, 1) : FILES, await options({ format }));
    const { format: _, ...more } = await options({ format, level: 'T' }, 'second');
    const after = await signInContainer(before, more);
    expect(await verdicts(after)).toEqual(['CAdES-BASELINE-B PASSED', 'CAdES-BASELINE-T PASSED']);
    const kept = archiveOf(before).entries.filter(({ name }) => name !== 'META-INF/signature.p7s');
    for (const { name, start, end } of kept) {
      const moved = archiveOf(after).byName.get(name);
      expect(moved && equal(after.subarray(moved.start, moved.end), before.subarray(start, end))).toBe(true);
    }
    const third = await signInContainer(after, (({ format: __, ...rest }) => rest)(await options({ format }, 'third')));
    expect(await verdicts(third)).toHaveLength(3);
    expect(new Set((await judged(third)).signatures.map(({ facts }) => facts.signer.certificate)).size).toBe(3);
  });

  test('is refused where there is nothing to sign', async () => {
    const more = { signer: await signer(), at: AT };
    await expect(signInContainer(utf8('no container'), more)).rejects.toMatchObject({ code: 'malformed-input' });
    await expect(
      signInContainer(
        await timestampContainer([{ name: 'a', content: utf8('a') }], {
          timestamps: (await pki()).timestampAuthority,
          format: 'asic-s',
          at: AT,
        }),
        more,
      ),
    ).rejects.toMatchObject({
      code: 'refused',
    });
  });
});

describe('a container that was changed', () => {
  test.each([
    ['a file is another', 'contract.txt', utf8('another contract'), 'FAILED HASH_FAILURE'],
    ['a file is gone', 'contract.txt', null, 'INDETERMINATE SIGNED_DATA_NOT_FOUND'],
    [
      'the manifest is another',
      'META-INF/ASiCManifest001.xml',
      encodeManifest('META-INF/signature001.p7s', 'x', 'SHA-256', []),
      'FAILED HASH_FAILURE',
    ],
    ['the manifest is gone', 'META-INF/ASiCManifest001.xml', null, 'FAILED FORMAT_FAILURE'],
    ['the manifest is no XML', 'META-INF/ASiCManifest001.xml', utf8('<a>'), 'FAILED FORMAT_FAILURE'],
  ] as const)('fails where %s', async (_, name, content, verdict) => {
    const container = replaced(await signContainer(FILES, await options({ format: 'asic-e' })), name, content);
    expect(await verdicts(container)).toEqual([`CAdES-BASELINE-B ${verdict}`]);
  });

  test.each([
    ['a name that climbs', (bytes: Uint8Array) => renamed(bytes, 'zzzzzz.txt', '../zzz.txt')],
    ['the same entry twice', (bytes: Uint8Array) => renamed(bytes, 'zzzzzz.txt', 'yyyyyy.txt')],
  ])('fails where it leads astray: %s', async (_, change) => {
    const astray: NewEntry[] = ['yyyyyy.txt', 'zzzzzz.txt'].map((name) => ({ name, content: utf8('the same') }));
    const add = (container: Uint8Array) => change(concat([...rewriteZip(archiveOf(container), astray, { time: AT })]));
    expect(await verdicts(add(await signContainer(FILES, await options({ format: 'asic-e' }))))).toEqual([
      'CAdES-BASELINE-B FAILED FORMAT_FAILURE',
    ]);
    const { timestampAuthority: timestamps } = await pki();
    const recorded = add(await preserveContainer(FILES, { timestamps, format: 'asic-e', at: AT }));
    expect((await judged(recorded)).evidenceRecords.map(({ conclusion }) => verdictOf(conclusion))).toEqual(['FAILED FORMAT_FAILURE']);
  });

  test('a file that was added is not covered, and said to be', async () => {
    const container = await signContainer(FILES, await options({ format: 'asic-e' }));
    const more = concat([...rewriteZip(archiveOf(container), [{ name: 'added.txt', content: utf8('x') }], { time: AT })]);
    const report = await judged(more);
    const findings = report.signatures.flatMap(({ process }) => process.flatMap((block) => block.findings));
    expect(findings).toContainEqual(expect.objectContaining({ check: 'container-files-all-covered', outcome: 'warn' }));
    const twoFiles = concat([
      ...rewriteZip(
        archiveOf(await signContainer(FILES.slice(0, 1), await options({ format: 'asic-s' }))),
        [{ name: 'added.txt', content: utf8('x') }],
        { time: AT },
      ),
    ]);
    expect(await verdicts(twoFiles)).toEqual(['CAdES-BASELINE-B FAILED FORMAT_FAILURE']);
  });
});

describe('time-stamps and evidence records', () => {
  test('alone in ASiC-S validate, and fail over another file', async () => {
    const timestamps = (await pki()).timestampAuthority;
    const container = await timestampContainer([{ name: 'a.txt', content: utf8('a') }], { timestamps, format: 'asic-s', at: AT });
    expect((await judged(container)).timestamps).toMatchObject([
      { facts: { type: 'container', name: 'META-INF/timestamp.tst' }, conclusion: { indication: 'PASSED' } },
    ]);
    expect((await judged(replaced(container, 'a.txt', utf8('b')))).timestamps.map(({ conclusion }) => verdictOf(conclusion))).toEqual([
      'FAILED HASH_FAILURE',
    ]);
  });

  test.each(['asic-s', 'asic-e'] as const)('evidence records in %s prove since when the files exist', async (format) => {
    const timestamps = (await pki()).timestampAuthority;
    const files = format === 'asic-s' ? FILES.slice(0, 1) : FILES;
    const container = await preserveContainer(files, { timestamps, at: AT, format });
    const report = await judged(container);
    expect(report.evidenceRecords).toMatchObject([
      { conclusion: { indication: 'PASSED' }, provenAt: AT, facts: { origin: 'container', uncovered: [] } },
    ]);
    const changed = await judged(replaced(container, 'contract.txt', utf8('b')));
    expect(changed.evidenceRecords.map(({ conclusion }) => verdictOf(conclusion))).toEqual(['FAILED HASH_FAILURE']);
  });
});

describe('what is not read yet', () => {
  test('is listed and never dropped', async () => {
    const container = zipOf(
      mimetype('asic-e'),
      { name: 'a', content: utf8('a') },
      { name: 'META-INF/signatures0.xml', content: utf8('<x/>') },
      { name: 'META-INF/evidencerecord1.xml', content: utf8('<x/>') },
    );
    const report = await judged(container);
    expect(report.unreadable.map(({ kind, name, malformed }) => [kind, name, malformed.reason])).toEqual([
      ['signature', 'META-INF/signatures0.xml', 'it holds no signature'],
      ['evidence-record', 'META-INF/evidencerecord1.xml', 'an EvidenceRecord element is expected'],
    ]);
  });

  test('tokens that are none are listed too', async () => {
    const container = zipOf(
      mimetype('asic-s'),
      { name: 'a', content: utf8('a') },
      { name: 'META-INF/signature.p7s', content: utf8('x') },
      { name: 'META-INF/timestamp.tst', content: utf8('x') },
      { name: 'META-INF/evidencerecord.ers', content: utf8('x') },
    );
    expect((await judged(container)).unreadable.map(({ kind }) => kind)).toEqual(['signature', 'timestamp', 'evidence-record']);
  });

  test('any other ZIP is no container', async () => {
    await expect(judged(zipOf({ name: 'a', content: utf8('a') }))).rejects.toMatchObject({ code: 'malformed-input' });
  });
});

describe('a manifest', () => {
  const name = fc.stringMatching(/^[a-zA-Z0-9 äß%+&<>"'#?;,.-]{1,20}(\/[a-z%]{1,5})?$/);

  test('is read to what was written, whatever the names', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 5 }), (files) => {
        const listed = files.map((file) => ({ name: file, digest: digest('SHA-256', utf8(file)), mimeType: 'text/"plain"&<' }));
        const read = parseManifest(
          encodeManifest('META-INF/signature001.p7s', 'application/pkcs7-signature', 'SHA-256', listed),
          () => false,
        );
        expect(read.ok && read.value.signedBy).toBe('META-INF/signature001.p7s');
        expect(read.ok && read.value.entries.map((entry) => entry.name)).toEqual(files);
        expect(read.ok && read.value.entries[0]).toMatchObject({ digestAlgorithm: 'SHA-256', mimeType: 'text/"plain"&<' });
      }),
    );
  });

  test.each([
    ['another document element', '<a/>'],
    ['no signature', '<ASiCManifest xmlns="http://uri.etsi.org/02918/v1.2.1#"/>'],
    [
      'two signatures',
      '<ASiCManifest xmlns="http://uri.etsi.org/02918/v1.2.1#"><SigReference URI="a"/><SigReference URI="b"/></ASiCManifest>',
    ],
    ['a document type', '<!DOCTYPE a><ASiCManifest xmlns="http://uri.etsi.org/02918/v1.2.1#"/>'],
  ])('with %s is none', (_, xml) => {
    expect(parseManifest(utf8(xml), () => false).ok).toBe(false);
  });
});

test('changes of a good container give a value, never a throw', async () => {
  const container = await signContainer(FILES, await options({ format: 'asic-e', level: 'T' }));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(container.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }), (changes) => {
      const bytes = container.slice();
      for (const [at, octet] of changes) bytes[at] = octet;
      expect(readAsic(bytes)).toHaveProperty('ok');
    }),
    { numRuns: 300 },
  );
});
