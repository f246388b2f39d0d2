/** Containers of five gigabytes in little memory at the speed of the hash. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/folder.ts';
import { stream } from './streaming.ts';

const folder = temporaryFolder();

test('a container of 5 GB is signed, validated, signed again and extended in less than 150 MB', async () => {
  execFileSync(process.execPath, [resolve(import.meta.dirname, '../../scripts/build.ts'), '--out', join(folder, 'dist')]);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const steps = await stream(5 * 2 ** 30, join(folder, 'dist'));
  for (const [step, { seconds, megabytes, result }] of steps)
    console.log(`${step.padEnd(18)} ${seconds.toFixed(1).padStart(6)} s ${megabytes.toFixed(0).padStart(5)} MB  ${result}`);
  for (const [step, { megabytes }] of steps) expect(megabytes, step).toBeLessThan(150);
  for (const step of ['validate asic-s', 'validate asic-e']) expect(steps.get(step)?.result, step).toBe('CAdES-BASELINE-B PASSED');
});
