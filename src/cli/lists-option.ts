/** Trusted lists as `--trusted-lists` names them; what reads them is loaded only then. */
import type { Snapshot } from '../trust/snapshot.ts';
import type { Arguments, Option } from './arguments.ts';

export const LISTS_OPTION: Readonly<Record<string, Option>> = {
  'trusted-lists': { value: 'SNAPSHOT', help: 'trusted lists, as adeskit trust build makes them' },
};

/** The snapshot that `--trusted-lists` names, or undefined. Throws `Fault` `io`, `malformed-input`. */
export async function listsFrom(args: Arguments): Promise<Snapshot | undefined> {
  const path = args.get('trusted-lists');
  return path === undefined ? undefined : (await import('./trust-files.ts')).snapshotAt(path);
}
