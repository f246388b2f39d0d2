/** The Fault that work ends with; anything else fails the test. */
import { Fault } from '../../src/base/fault.ts';

export async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Fault)) throw new Error(`a Fault was expected, not ${String(error)}`);
  return error;
}
