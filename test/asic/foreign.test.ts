/** Containers of others, extended and signed by one more: whatever they hold keeps its verdict (EN 319 162-1). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { augment } from '../../src/augment.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import { Fault } from '../../src/base/fault.ts';
import { signInContainer } from '../../src/sign-asic.ts';
import { examine } from '../../src/validate.ts';
import { memoryPki } from '../support/pki.ts';
import { changedIn } from './containers.ts';

const vectors = process.env['ADESKIT_VECTORS'] ?? join(import.meta.dirname, '../../../shared/vectors');
const present = existsSync(join(vectors, 'dss/manifest.json'));
const pki = memoryPki();

test.skipIf(present)('the vectors are not there: set ADESKIT_VECTORS', () => expect(present).toBe(false));

interface Case {
  readonly file: string;
  readonly format: string;
}

describe.skipIf(!present)('containers of others', () => {
  const cases: readonly Case[] = present ? JSON.parse(readFileSync(join(vectors, 'dss/manifest.json'), 'utf8')).cases : [];
  const own = cases.filter(({ format }) => /^ASiC-.-CAdES$/.test(format));

  test('extended to LTA, renewed and signed by one more, they keep every signature, time-stamp and record as it was', {
    timeout: 300_000,
  }, async () => {
    const { timestampAuthority: timestamps, leaf } = await pki();
    const { signer } = await leaf('P-256');
    const outcomes = { extended: 0, cosigned: 0, refused: 0 };
    for (const { file } of own) {
      const original = new Uint8Array(readFileSync(join(vectors, 'dss', file)));
      const before = await told(original).catch(() => null);
      if (before === null) continue;
      const keeps = async (container: Bytes): Promise<void> => {
        const after = await told(container);
        for (const kind of ['signatures', 'stamps', 'records'] as const)
          expect(after[kind], file).toEqual(expect.arrayContaining(before[kind]));
        for (const stamp of after.stamps.filter((one) => !before.stamps.includes(one))) expect(stamp, file).toMatch(/intact,true true/);
        // Data files, manifests and records: every one is there, some under another name.
        const changed = changedIn(original, container).filter((name) => !/\.(p7[sm]|tst)$|ASiCArchiveManifest\.xml$/.test(name));
        expect(changed, file).toEqual([]);
      };
      let container: Bytes = original;
      for (let round = 0; round < 2; round++) {
        const step = await augment(container, { to: 'LTA', at: Date.now(), override: true, timestamps }).catch((error: unknown) => error);
        if (step instanceof Fault) {
          expect(['refused', 'malformed-input', 'unsupported'], `${file}: ${step.message}`).toContain(step.code);
          outcomes.refused++;
          break;
        }
        if (!(step instanceof Uint8Array)) throw step;
        container = step;
        outcomes.extended++;
        await keeps(container);
      }
      const cosigned = await signInContainer(container, { signer, at: Date.now() }).catch((error: unknown) => error);
      if (cosigned instanceof Fault) continue;
      if (!(cosigned instanceof Uint8Array)) throw cosigned;
      outcomes.cosigned++;
      await keeps(cosigned);
    }
    console.log(`containers of others: ${own.length}, ${JSON.stringify(outcomes)}`);
    expect(outcomes.extended).toBeGreaterThan(60);
    expect(outcomes.cosigned).toBeGreaterThan(20);
  });
});

interface State {
  readonly value: string;
  readonly references: readonly { readonly found: boolean; readonly intact: boolean }[];
}

async function told(container: Bytes) {
  const { document } = await examine(container);
  const state = ({ value, references }: State) => [value, ...references.map(({ found, intact }) => `${found} ${intact}`)].join();
  return {
    signatures: document.signatures.map((one) => `${one.signer.certificate} ${one.claimedTime} ${state(one)}`),
    stamps: [...document.timestamps.values()].map((one) => `${one.type} ${one.time} ${one.serial} ${state(one)} ${one.structureProblems}`),
    records: (document.evidenceRecords ?? []).map(({ references }) => state({ value: 'record', references })),
  };
}
