/** Whatever fuzzing once found stays found: each of its inputs is tried again. */
import { expect, test } from 'vitest';
import { findings } from '../../fuzz/findings.ts';
import { load } from '../../fuzz/load.ts';
import { TARGETS, targetOf } from '../../fuzz/targets.ts';
import { tryAgain } from '../../fuzz/trial.ts';

const NO_SEEDS = { signers: [], genuine: new Map<string, readonly Uint8Array[]>(), doubtful: new Set<string>() };

test.each(findings().map((found) => [`${found.parser}/${found.name}`, found] as const))('%s holds now', (_name, found) => {
  const target = targetOf(found.parser);
  expect(target).not.toBeNull();
  if (target) expect(tryAgain({ target, facts: NO_SEEDS }, found.input)).toBeNull();
});

test.each(TARGETS.map((target) => [target.name, target] as const))('the seeds made here hold for %s', async (_name, target) => {
  const loaded = await load({ ...target, seeds: [] });
  expect(loaded.seeds.length).toBeGreaterThan(0);
  expect(loaded.seeds.map((seed) => tryAgain(loaded, seed))).toEqual(loaded.seeds.map(() => null));
});
