/** A file larger than what is read into memory is signed and validated in its source; the long tests do the same with 5 GB. */
import { expect, test } from 'vitest';
import { STEPS, stream } from './streaming.ts';

test('a file of 100 MB takes no more memory than a small part of it', async () => {
  const { steps, attached } = await stream(100 << 20);
  expect(attached).toBeGreaterThan(100 << 20);
  for (const step of STEPS) expect(steps[step].megabytes - steps.nothing.megabytes, step).toBeLessThan(50);
  for (const step of ['validate-detached', 'validate-attached'] as const) expect(steps[step].result, step).toBe('CAdES-BASELINE-B PASSED');
});
