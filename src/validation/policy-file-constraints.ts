/** The constraints that a policy may give a level to (EN 319 102-1, 5.1.4), where each applies, and the checks that nothing relaxes. */
import type { Level } from './check.ts';
import { defaultPolicy } from './policy-default.ts';
import { dssPolicy } from './policy-dss.ts';
import type { Context, Role } from './policy-type.ts';

export const LEVELS: readonly Level[] = ['ignore', 'inform', 'warn', 'fail'];
export const CONTEXTS: readonly Context[] = ['signature', 'counter-signature', 'timestamp', 'revocation'];
export const ROLES: readonly Role[] = ['signer', 'ca'];

/** Where a constraint can apply, and its level where a policy says nothing of it. */
export interface Constraint {
  readonly contexts: readonly Context[];
  /** Empty: it is about the token itself, not about a certificate. */
  readonly roles: readonly Role[];
  readonly otherwise: Level;
}

const SIGNATURES: readonly Context[] = ['signature', 'counter-signature'];
const TOKENS: readonly Context[] = ['signature', 'counter-signature', 'timestamp'];
const of = (contexts: readonly Context[], roles: readonly Role[], otherwise: Level = 'fail'): Constraint => ({
  contexts,
  roles,
  otherwise,
});

const KNOWN: Readonly<Record<string, Constraint>> = {
  'later-changes-allowed': of(['signature', 'timestamp'], []),
  'byte-range-ends-with-revision': of(['signature', 'timestamp'], []),
  'later-changes-known': of(['signature', 'timestamp'], []),
  'signing-certificate-digest-present': of(TOKENS, []),
  'signing-certificate-digest-match': of(TOKENS, []),
  'signing-certificate-issuer-serial-match': of(TOKENS, [], 'warn'),
  'signature-policy-acceptable': of(SIGNATURES, []),
  'signature-policy-available': of(SIGNATURES, [], 'inform'),
  'signature-policy-stored': of(SIGNATURES, [], 'ignore'),
  'signature-policy-digest-known': of(SIGNATURES, [], 'warn'),
  'signature-policy-digest-match': of(SIGNATURES, []),
  'not-self-signed': of(CONTEXTS, ['signer']),
  'key-usage': of(CONTEXTS, ['signer']),
  'key-usage-allows-signing': of(TOKENS, ['signer']),
  'issuer-access-present': of(CONTEXTS, ['signer'], 'ignore'),
  'path-constraints': of(CONTEXTS, ROLES),
  'authority-key-identifier-present': of(CONTEXTS, ROLES, 'warn'),
  'subject-key-identifier-present': of(CONTEXTS, ['ca']),
  'no-rev-avail-consistent': of(CONTEXTS, ROLES),
  'critical-extensions-supported': of(CONTEXTS, ROLES),
  'extensions-allowed': of(CONTEXTS, ROLES),
  'revocation-access-present': of(CONTEXTS, ROLES, 'ignore'),
  'revocation-available': of(CONTEXTS, ROLES),
  'revocation-acceptable': of(CONTEXTS, ROLES),
  'ca-within-validity': of(CONTEXTS, ['ca']),
  'revocation-issuer-within-validity': of(CONTEXTS, ['signer']),
  'revocation-fresh': of(CONTEXTS, ROLES),
  'responder-authorised': of(['revocation'], []),
  'revocation-not-in-future': of(['revocation'], []),
  'revocation-certificate-hash-match': of(['revocation'], []),
  'revocation-not-self-issued': of(['revocation'], []),
  'structure-conforms': of(TOKENS, [], 'warn'),
  'signing-certificate-reference-present': of(TOKENS, [], 'warn'),
  'signing-certificate-reference-unique': of(TOKENS, [], 'warn'),
  'signing-certificate-references-in-chain': of(TOKENS, [], 'warn'),
  'signing-time-present': of(SIGNATURES, []),
  'signing-time-within-validity': of(SIGNATURES, []),
  'content-timestamp-valid': of(SIGNATURES, [], 'warn'),
  'timestamp-after-issuance': of(['timestamp'], []),
  'timestamp-extensions-known': of(['timestamp'], []),
  'tsa-name-match': of(['timestamp'], [], 'warn'),
  'reference-digest-algorithm': of(TOKENS, [], 'warn'),
  'imprint-digest-algorithm': of(['timestamp'], []),
  'timestamp-valid': of(SIGNATURES, [], 'warn'),
  'timestamps-intact': of(['signature'], []),
  'timestamp-order': of(SIGNATURES, []),
  'timestamp-delay': of(SIGNATURES, [], 'ignore'),
  'certificate-qualified': of(SIGNATURES, [], 'ignore'),
  'key-in-qualified-device': of(SIGNATURES, [], 'ignore'),
  'evidence-record-valid': of(SIGNATURES, [], 'warn'),
  'past-path-valid': of(CONTEXTS, []),
  'past-certificate-proven': of(CONTEXTS, ROLES),
};

/** By id. One that only a policy of the engine names may stand in every place. */
export const CONSTRAINTS: Readonly<Record<string, Constraint>> = {
  ...Object.fromEntries(
    [defaultPolicy, dssPolicy]
      .flatMap(({ levels }) => Object.keys(levels))
      .map((key) => [key.split('/').at(-1) ?? key, of(CONTEXTS, ROLES)]),
  ),
  ...KNOWN,
};

/** What is wrong with a key of `levels`, or null. */
export function levelKeyProblem(key: string): string | null {
  const parts = key.split('/');
  const id = parts.pop() ?? '';
  if (!Object.hasOwn(CONSTRAINTS, id)) return `no constraint is called '${id}': ${UNKNOWN}`;
  const [context, role] = parts.length === 2 ? parts : CONTEXTS.includes(parts[0] as Context) ? [parts[0]] : [undefined, parts[0]];
  if (parts.length > 2) return 'may name a context and a role before the constraint, and nothing else';
  if (context !== undefined && !CONTEXTS.includes(context as Context)) return `'${context}' is no context (${CONTEXTS.join(', ')})`;
  if (role !== undefined && !ROLES.includes(role as Role))
    return `'${role}' is neither a context (${CONTEXTS.join(', ')}) nor a role (${ROLES.join(', ')})`;
  const constraint = CONSTRAINTS[id] as Constraint;
  if (context !== undefined && !constraint.contexts.includes(context as Context))
    return `'${id}' is not asked for in the context '${context}'`;
  if (role !== undefined && !constraint.roles.includes(role as Role)) return `'${id}' is not asked of a certificate in the role '${role}'`;
  return null;
}

/** Every key that `levels` may have, the shortest first. */
export const levelKeys = (): string[] =>
  Object.entries(CONSTRAINTS).flatMap(([id, { contexts, roles }]) => [
    id,
    ...roles.map((role) => `${role}/${id}`),
    ...contexts.flatMap((context) => [`${context}/${id}`, ...roles.map((role) => `${context}/${role}/${id}`)]),
  ]);

const UNKNOWN = 'only constraints have a level; integrity, cryptography, revocation and the chain to trust cannot be relaxed';
