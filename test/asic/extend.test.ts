/** Containers extended to every level and renewed: what is signed or time-stamped keeps every octet (EN 319 162-1, 4 and annex A). */
import { describe, expect, test } from 'vitest';
import { encodeManifest } from '../../src/asic/build.ts';
import { parseManifest } from '../../src/asic/manifest.ts';
import { type AugmentOptions, augment, augmentTo } from '../../src/augment.ts';
import { concat } from '../../src/base/bytes.ts';
import { sourceOf } from '../../src/base/source.ts';
import { utf8 } from '../../src/base/text.ts';
import { digest } from '../../src/crypto/digest.ts';
import { preserveContainer, timestampContainer } from '../../src/preserve.ts';
import { signContainer, signInContainer } from '../../src/sign-asic.ts';
import { validate } from '../../src/validate.ts';
import { rewriteZip, writeZip } from '../../src/zip/write.ts';
import { servedPki } from '../support/pki.ts';
import { archiveOf, changedIn, FILES, fileIn, namesIn, SOURCES, verdictOf, verdictsOf } from './containers.ts';

/** The PKI lives at this time, which tests move on. */
let now = Date.UTC(2026, 9, 1, 12);
const later = (milliseconds: number): number => {
  now += milliseconds;
  return now;
};
const pki = servedPki({ clock: () => now });
const HOUR = 3_600_000;

type Format = 'asic-s' | 'asic-e';
const filesFor = (format: Format) => (format === 'asic-s' ? FILES.slice(0, 1) : FILES);
const signed = async (format: Format, level: 'B' | 'T' = 'B', files: typeof FILES | undefined = undefined) => {
  const { leaf, timestampAuthority: timestamps } = await pki();
  const { signer } = await leaf('P-256');
  return signContainer(files ?? filesFor(format), { format, signer, at: now, level, timestamps });
};
const extend = async (document: Uint8Array, to: AugmentOptions['to'], more: Partial<AugmentOptions> = {}) => {
  const { root, timestampAuthority: timestamps } = await pki();
  later(2000);
  return augment(document, { to, at: now, trust: [root], sources: SOURCES, timestamps, ...more });
};
/** Without a network: what is not in the container is not there. */
const judged = async (document: Uint8Array, at = later(2000)) => validate(document, { at, trust: [(await pki()).root] });
const levels = async (document: Uint8Array) => verdictsOf(await judged(document));
const SIGNATURE = { 'asic-s': 'META-INF/signature.p7s', 'asic-e': 'META-INF/signature001.p7s' } as const;
const NEWEST = 'META-INF/ASiCArchiveManifest.xml';

describe.each(['asic-s', 'asic-e'] as const)('%s', (format) => {
  test('is extended level by level, and the file of the signature alone changes', async () => {
    const b = await signed(format);
    const t = await extend(b, 'T');
    expect(changedIn(b, t)).toEqual([SIGNATURE[format]]);
    const lt = await extend(t, 'LT');
    expect(changedIn(t, lt)).toEqual([SIGNATURE[format]]);
    expect(await levels(lt)).toEqual(['CAdES-BASELINE-LT PASSED']);
    const lta = await extend(lt, 'LTA');
    // The newest revocation data for its time-stamp goes in before the archive closes over it.
    expect(changedIn(lt, lta)).toEqual([SIGNATURE[format]]);
    expect(await levels(lta)).toEqual(['CAdES-BASELINE-LTA PASSED']);
    expect(namesIn(lta).filter((name) => !namesIn(lt).includes(name))).toEqual(
      format === 'asic-s' ? [] : [NEWEST, 'META-INF/timestamp001.tst'],
    );
  });

  test('is extended in one go, and at its level nothing changes', async () => {
    const lt = await extend(await signed(format, 'T'), 'LT');
    expect(await extend(lt, 'T')).toEqual(lt);
    expect(await levels(await extend(await signed(format), 'LTA'))).toEqual(['CAdES-BASELINE-LTA PASSED']);
  });

  test('is renewed before its time-stamp ages, and again', async () => {
    const first = await extend(await signed(format), 'LTA');
    later(HOUR);
    const second = await extend(first, 'LTA');
    later(HOUR);
    const third = await extend(second, 'LTA');
    const report = await judged(third);
    expect(verdictsOf(report)).toEqual(['CAdES-BASELINE-LTA PASSED']);
    const stamps = report.signatures.flatMap(({ timestamps }) => timestamps);
    expect(stamps.map(({ conclusion }) => verdictOf(conclusion))).toEqual(stamps.map(() => 'PASSED'));
    expect(stamps).toHaveLength(4);
    expect(changedIn(first, third).filter((name) => name.endsWith('.p7s'))).toEqual(format === 'asic-s' ? [SIGNATURE[format]] : []);
  });

  test('by several signers is extended for each', async () => {
    const { leaf } = await pki();
    const { signer } = await leaf('P-384');
    const both = await signInContainer(await signed(format), { signer, at: now });
    expect(await levels(await extend(both, 'LTA'))).toEqual(['CAdES-BASELINE-LTA PASSED', 'CAdES-BASELINE-LTA PASSED']);
  });

  test('that holds an archive takes a further signature, which leaves it whole', async () => {
    const { leaf, timestampAuthority: timestamps } = await pki();
    const { signer } = await leaf('P-384');
    const archived = await extend(await signed(format), 'LTA');
    const further = await signInContainer(archived, { signer, at: later(2000), level: 'T', timestamps });
    expect((await levels(further))[0]).toBe('CAdES-BASELINE-LTA PASSED');
    expect(await levels(await extend(further, 'LTA'))).toEqual(['CAdES-BASELINE-LTA PASSED', 'CAdES-BASELINE-LTA PASSED']);
  });

  test('is written piece by piece, the same octets', async () => {
    const { root, timestampAuthority: timestamps } = await pki();
    const lt = await extend(await signed(format, 'T'), 'LT');
    const pieces: Uint8Array[] = [];
    await augmentTo({ write: (piece) => void pieces.push(piece.slice()) }, sourceOf(lt), {
      ...{ to: 'LT', at: now, trust: [root], sources: SOURCES, timestamps },
    });
    expect(concat(pieces)).toEqual(lt);
  });

  test('is refused where revocation data is missing, and says for what', async () => {
    await expect(extend(await signed(format, 'T'), 'LT', { sources: {} })).rejects.toMatchObject({
      code: 'revocation-unavailable',
      message: expect.stringContaining(`the signature in ${SIGNATURE[format]}`) as string,
    });
  });
});

describe('the archive of ASiC-E', () => {
  test('lists every file; the newest manifest has the name without number, the one before moves and is the root', async () => {
    const first = await extend(await signed('asic-e'), 'LTA');
    const second = await extend(first, 'LTA');
    expect(fileIn(second, 'META-INF/ASiCArchiveManifest001.xml')).toEqual(fileIn(first, NEWEST));
    const manifest = parseManifest(fileIn(second, NEWEST), (name) => namesIn(second).includes(name));
    if (!manifest.ok) throw new Error(manifest.malformed.reason);
    expect(manifest.value.signedBy).toBe('META-INF/timestamp002.tst');
    const own = new Set(['mimetype', NEWEST, 'META-INF/timestamp002.tst']);
    expect(manifest.value.entries.map(({ name }) => name).sort()).toEqual(
      namesIn(second)
        .filter((name) => !own.has(name))
        .sort(),
    );
    expect(manifest.value.entries.filter(({ isRootFile }) => isRootFile).map(({ name }) => name)).toEqual([
      'META-INF/ASiCArchiveManifest001.xml',
    ]);
    // What the first time-stamp needs later stands in it, since it was the youngest then.
    expect(changedIn(first, second).sort()).toEqual([NEWEST, 'META-INF/timestamp001.tst'].sort());
  });

  test('fails where a file that it lists changes', async () => {
    const archived = await extend(await signed('asic-e'), 'LTA');
    const other = concat([
      ...rewriteZip(archiveOf(archived), [{ name: 'contract.txt', content: utf8('another') }], {
        time: now,
        leaveOut: new Set(['contract.txt']),
      }),
    ]);
    expect(await levels(other)).toEqual([expect.stringContaining('FAILED HASH_FAILURE')]);
  });

  test('a signature that another one is over does not change: what it lacks goes nowhere, and that is refused', async () => {
    const b = await signed('asic-e');
    const manifest = encodeManifest('META-INF/signature009.p7s', 'x', 'SHA-256', [
      { name: SIGNATURE['asic-e'], digest: digest('SHA-256', fileIn(b, SIGNATURE['asic-e'])) },
    ]);
    const listed = concat([...rewriteZip(archiveOf(b), [{ name: 'META-INF/ASiCManifest009.xml', content: manifest }], { time: now })]);
    await expect(extend(listed, 'T')).rejects.toMatchObject({ code: 'refused' });
  });
});

test('a new file never takes a name that a manifest speaks of, whether such a file is there or not', async () => {
  const { leaf, timestampAuthority: timestamps } = await pki();
  const { signer } = await leaf('P-256');
  const dangling = encodeManifest('META-INF/timestamp001.tst', 'x', 'SHA-256', [
    { name: 'META-INF/signature002.p7s', digest: digest('SHA-256', utf8('gone')) },
  ]);
  const container = concat([
    ...rewriteZip(archiveOf(await signed('asic-e')), [{ name: 'META-INF/ASiCArchiveManifest001.xml', content: dangling }], { time: now }),
  ]);
  const further = await signInContainer(container, { signer, at: now, level: 'T', timestamps });
  expect(namesIn(further)).toContain('META-INF/signature003.p7s');
  expect(namesIn(further)).not.toContain('META-INF/signature002.p7s');
  expect(namesIn(await extend(await signed('asic-e'), 'LTA'))).toContain('META-INF/timestamp001.tst');
});

describe('containers without signature', () => {
  test.each(['asic-s', 'asic-e'] as const)('a time-stamp alone in %s is archived and renewed', async (format) => {
    const { timestampAuthority: timestamps } = await pki();
    const container = await timestampContainer(filesFor(format), { timestamps, format, at: now });
    const verdicts = async (document: Uint8Array) =>
      (await judged(document)).timestamps.map(({ facts, conclusion }) => `${facts.type} ${verdictOf(conclusion)}`);
    const first = await extend(container, 'LTA');
    expect(await verdicts(first)).toEqual(['container PASSED', 'container PASSED']);
    later(HOUR);
    const second = await extend(first, 'LTA');
    expect(await verdicts(second)).toEqual(['container PASSED', 'container PASSED', 'container PASSED']);
    expect(changedIn(container, second)).toEqual(namesIn(container).filter((name) => name.endsWith('.tst')));
  });

  test('evidence records are renewed, not extended', async () => {
    const { timestampAuthority: timestamps } = await pki();
    const container = await preserveContainer(FILES, { timestamps, format: 'asic-e', at: now });
    await expect(extend(container, 'LTA')).rejects.toMatchObject({ code: 'refused' });
  });

  test('any other ZIP is refused', async () => {
    const plain = concat([...writeZip([{ name: 'a', content: utf8('a') }], { time: now })]);
    await expect(extend(plain, 'LTA')).rejects.toMatchObject({ code: 'malformed-input' });
  });
});
