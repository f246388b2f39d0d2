/** Five gigabytes signed and validated in little memory at the speed of the hash. */
import { expect, test } from 'vitest';
import { STEPS, stream } from './streaming.ts';

const SIZE = 5 * 2 ** 30;

test('a file of 5 GB is signed and validated, attached and detached, in less than 150 MB', async () => {
  const { steps, attached } = await stream(SIZE);
  for (const step of STEPS)
    console.log(
      `${step.padEnd(18)} ${steps[step].seconds.toFixed(1).padStart(6)} s ${steps[step].megabytes.toFixed(0).padStart(5)} MB  ${steps[step].result}`,
    );
  expect(attached).toBeGreaterThan(SIZE);
  for (const step of STEPS) expect(steps[step].megabytes, step).toBeLessThan(150);
  for (const step of ['validate-detached', 'validate-attached'] as const) expect(steps[step].result, step).toBe('CAdES-BASELINE-B PASSED');
});
