/** A container larger than what is read into memory is signed, validated and extended in its source; the long tests do the same with 5 GB. */
import { expect, test } from 'vitest';
import { stream } from './streaming.ts';

test('a container of 100 MB takes no more memory than a small part of it', async () => {
  const steps = await stream(100 << 20);
  const nothing = steps.get('nothing')?.megabytes ?? 0;
  for (const [step, { megabytes }] of steps) expect(megabytes - nothing, step).toBeLessThan(60);
  for (const step of ['validate asic-s', 'validate asic-e']) expect(steps.get(step)?.result, step).toBe('CAdES-BASELINE-B PASSED');
});
