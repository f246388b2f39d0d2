/** The policy that an argument names: one of the engine, or a file. */

import { type Policy, policies } from '../validation/policy.ts';
import { readPolicy } from '../validation/policy-file.ts';
import { Usage } from './arguments.ts';
import { aboutFile, filesAt, readBytes } from './files.ts';

/** A name of the engine first, so that no file in the folder at hand changes what a name means. Throws `Usage`, `Fault`. */
export function policyFrom(nameOrFile: string): Policy {
  const known = policies.get(nameOrFile);
  if (known) return known;
  return policyFile(nameOrFile);
}

/** Throws `Fault` that names the file. */
export function policyFile(path: string): Policy {
  if (/^[\w.-]+$/.test(path) && !exists(path)) {
    throw new Usage(`'${path}' is neither a policy (${[...policies.keys()].join(', ')}) nor a file`);
  }
  try {
    return readPolicy(readBytes(path));
  } catch (error) {
    throw aboutFile(path, error);
  }
}

function exists(path: string): boolean {
  try {
    return filesAt(path).length > 0;
  } catch {
    return false;
  }
}
