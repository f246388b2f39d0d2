/** The policies that come with the engine, and how a check finds its level in one (EN 319 102-1, 5.1.4). */
import { Fault } from '../base/fault.ts';
import type { Level, Levels } from './check.ts';
import { defaultPolicy } from './policy-default.ts';
import { dssPolicy, dssPolicyNoRevocation } from './policy-dss.ts';
import { euQesPolicy } from './policy-eu-qes.ts';
import type { Context, Policy, Role } from './policy-type.ts';

export type { AlgorithmRow, AlgorithmSuite, Context, Freshness, PastRules, Policy, Role } from './policy-type.ts';

/** By name. */
export const policies: ReadonlyMap<string, Policy> = new Map(
  [defaultPolicy, euQesPolicy, dssPolicy, dssPolicyNoRevocation].map((policy) => [policy.name, policy]),
);

/** The built-in policy of that name; throws `bad-option` where there is none. */
export function policyByName(name: string): Policy {
  const policy = policies.get(name);
  if (!policy) throw new Fault('bad-option', `no policy is called '${name}' (known: ${[...policies.keys()].join(', ')})`);
  return policy;
}

/** Levels of a policy for the checks on a token of this kind, or on a certificate of this role in its chain. */
export function levelsFor(policy: Policy, context: Context, role?: Role): Levels {
  const tables = LEVELS.get(policy) ?? new Map<string, Levels>();
  LEVELS.set(policy, tables);
  const key = `${context}/${role ?? ''}`;
  const known = tables.get(key) ?? remembering(lookup(policy, context, role));
  tables.set(key, known);
  return known;
}

function lookup({ levels }: Policy, context: Context, role?: Role): Levels {
  const look = (key: string): Level | undefined => (Object.hasOwn(levels, key) ? levels[key] : undefined);
  if (!role) return (check) => look(`${context}/${check}`) ?? look(check);
  return (check) => look(`${context}/${role}/${check}`) ?? look(`${context}/${check}`) ?? look(`${role}/${check}`) ?? look(check);
}

/** There are as many checks as this engine has, so what is remembered is bounded. */
function remembering(levels: Levels): Levels {
  const known = new Map<string, Level | undefined>();
  return (check) => {
    if (known.has(check)) return known.get(check);
    const level = levels(check);
    known.set(check, level);
    return level;
  };
}

/** Policies are data that nobody changes. */
const LEVELS = new WeakMap<Policy, Map<string, Levels>>();

/** The extensions that a policy names for a context and role. */
export const extensionsFor = (table: Readonly<Record<string, readonly string[]>>, context: Context, role: Role): readonly string[] =>
  table[`${context}/${role}`] ?? table[role] ?? [];
