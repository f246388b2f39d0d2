/** A policy as a JSON file: read strictly, so that a slip of the pen never relaxes anything, and written so that it reads the same (EN 319 102-1, 5.1.4). */
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { fromUtf8 } from '../base/text.ts';
import type { DigestName, SchemeName } from '../crypto/names.ts';
import { DIGESTS, SIGNATURES } from '../crypto/table.ts';
import { KEY_USAGES } from '../pki/extensions.ts';
import {
  day,
  flag,
  list,
  type MemberShapes,
  Misshapen,
  matching,
  members,
  nullable,
  oneOf,
  optional,
  record,
  type Shape,
  text,
  whole,
} from './plain-shape.ts';
import { policies, policyByName } from './policy.ts';
import { CONTEXTS, LEVELS, levelKeyProblem, levelKeys, ROLES } from './policy-file-constraints.ts';
import { relaxation } from './policy-file-floor.ts';
import type { AlgorithmRow, AlgorithmSuite, Freshness, PastRules, Policy } from './policy-type.ts';

/**
 * Reads a policy file. With `extends` it names a policy of the engine, and only what differs is told: levels key by key,
 * members of `algorithms` one by one, every other member as a whole. Without it everything must be told.
 *
 * @throws Fault `malformed-input` that names the place in the file and what is allowed there;
 *   `refused` where the file relaxes integrity or cryptography
 */
export function readPolicy(file: Bytes | string): Policy {
  const json = jsonOf(file);
  try {
    const { $schema: _, description: __, extends: base, adeskitPolicy: ___, ...told } = FILE.read(json, '');
    const policy = base === undefined ? POLICY.read(told, '') : onTopOf(policyByName(base), told);
    refuseRelaxed(policy);
    return policy;
  } catch (error) {
    if (error instanceof Misshapen) throw new Fault('malformed-input', `this policy cannot be read: ${error.message}`);
    throw error;
  }
}

/** The policy as a file that {@link readPolicy} reads, with everything told. Throws as it does. */
export function writePolicy(policy: Policy): string {
  const written = { adeskitPolicy: VERSION, ...(POLICY.write(policy) as object) };
  readPolicy(JSON.stringify(written));
  return `${JSON.stringify(written, null, 2)}\n`;
}

/** The published JSON Schema (2020-12) of policy files. */
export const policySchema = (): object => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Validation policy of adeskit',
  description: 'Levels of constraints, algorithms and parameters of the validation of signatures by ETSI EN 319 102-1',
  ...FILE.schema,
  if: { required: ['extends'] },
  else: { required: Object.keys(MEMBERS) },
});

/**
 * Throws `refused` where a policy, whatever it came from, relaxes what must not be relaxed.
 */
export function refuseRelaxed({ algorithms }: Policy): void {
  const found = relaxation(algorithms);
  if (found) throw new Fault('refused', `this policy is refused: ${found.path}: ${found.reason}`);
}

function jsonOf(file: Bytes | string): unknown {
  const written = typeof file === 'string' ? file : fromUtf8(file);
  if (written === null) throw new Fault('malformed-input', 'this policy cannot be read: it is not UTF-8');
  try {
    return JSON.parse(written.startsWith('\uFEFF') ? written.slice(1) : written);
  } catch (cause) {
    throw new Fault('malformed-input', `this policy cannot be read: it is not JSON (${(cause as Error).message})`, { cause });
  }
}

function onTopOf(base: Policy, { levels, algorithms, ...whole }: Told): Policy {
  return {
    ...base,
    ...whole,
    levels: { ...base.levels, ...levels },
    algorithms: { ...base.algorithms, ...algorithms },
  };
}

/** What a file holds: for one with `extends` every part may be left out. */
type Told = Partial<Omit<Policy, 'algorithms'>> & { readonly name: string; readonly algorithms?: Partial<AlgorithmSuite> };
interface PolicyFile extends Told {
  readonly $schema?: string;
  readonly adeskitPolicy: 1;
  readonly description?: string;
  readonly extends?: string;
}

const VERSION = 1;

const oid = matching(/^[0-2](\.(0|[1-9]\d*))+$/, 'an object identifier such as 2.5.29.15');
const level = oneOf(LEVELS);
const digests: readonly DigestName[] = DIGESTS.map(({ name }) => name);
const schemes: readonly SchemeName[] = [...new Set(SIGNATURES.map(({ scheme }) => scheme))].filter((scheme) => scheme !== 'HMAC');

const keysOf = (allowed: readonly string[], problem = (key: string): string => `'${key}' is not one of ${allowed.join(', ')}`) => ({
  schema: { enum: allowed },
  problem: (key: string) => (allowed.includes(key) ? null : problem(key)),
});
const contextAndRole = CONTEXTS.flatMap((context) => ROLES.map((role) => `${context}/${role}`));

const SUITE: MemberShapes<AlgorithmSuite> = {
  digests: record(nullable(day), keysOf(digests)) as Shape<AlgorithmSuite['digests']>,
  schemes: list(members<AlgorithmRow>({ scheme: oneOf(schemes), minimumBits: whole(0, 65_536), until: nullable(day) })),
  reviewed: nullable(day),
  afterReview: level,
  neverAcceptable: oneOf(['CRYPTO_CONSTRAINTS_FAILURE', 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE']),
};

const MEMBERS: MemberShapes<Policy> = {
  name: matching(/^[^\p{Cc}]{1,200}$/u, 'a name of 1 to 200 characters in one line'),
  levels: record(level, { schema: { enum: levelKeys() }, problem: levelKeyProblem }),
  algorithms: members<AlgorithmSuite>(SUITE),
  acceptablePolicies: list(
    matching(
      /^(NO_POLICY|ANY_POLICY|IMPLICIT_POLICY|[0-2](\.\d+)+|[A-Za-z][A-Za-z0-9+.-]*:\S+)$/,
      'NO_POLICY, ANY_POLICY, IMPLICIT_POLICY, an object identifier or a URI',
    ),
  ),
  supportedCriticalExtensions: list(oid),
  forbiddenExtensions: record(list(oid), keysOf([...ROLES, ...contextAndRole])),
  revocationSkip: record(list(oid), keysOf(contextAndRole)),
  signerKeyUsage: list(oneOf(KEY_USAGES)),
  freshness: members<Freshness>({ maximumAge: nullable(whole(0)), withoutNextUpdate: whole(0) }),
  revokedBy: oneOf(['any', 'latest']),
  timestampDelay: whole(0),
  past: members<PastRules>({ everySignature: flag, everyReason: flag, revocationDataProven: flag }),
};

const allOptional = <T extends object>(shapes: MemberShapes<T>): MemberShapes<Partial<T>> =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, optional(shape as Shape<unknown>)])) as MemberShapes<Partial<T>>;

const POLICY = members<Policy>(MEMBERS);
const FILE = members<PolicyFile>({
  $schema: optional(text),
  adeskitPolicy: oneOf([VERSION]),
  description: optional(text),
  extends: optional(oneOf([...policies.keys()])),
  ...allOptional(MEMBERS),
  name: MEMBERS.name,
  algorithms: optional(members<Partial<AlgorithmSuite>>(allOptional(SUITE))),
});
