/** Five gigabytes signed and validated in little memory at the speed of the hash. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/folder.ts';
import { STEPS, stream } from './streaming.ts';

const folder = temporaryFolder();
const SIZE = 5 * 2 ** 30;

test('a file of 5 GB is signed and validated, attached and detached, in less than 150 MB', async () => {
  execFileSync(process.execPath, [resolve(import.meta.dirname, '../../scripts/build.ts'), '--out', join(folder, 'dist')]);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const { steps, attached } = await stream(SIZE, join(folder, 'dist'));
  for (const step of STEPS)
    console.log(
      `${step.padEnd(18)} ${steps[step].seconds.toFixed(1).padStart(6)} s ${steps[step].megabytes.toFixed(0).padStart(5)} MB  ${steps[step].result}`,
    );
  expect(attached).toBeGreaterThan(SIZE);
  for (const step of STEPS) expect(steps[step].megabytes, step).toBeLessThan(150);
  for (const step of ['validate-detached', 'validate-attached'] as const) expect(steps[step].result, step).toBe('CAdES-BASELINE-B PASSED');
});
