/** What makes one policy stricter or laxer than another: every setting where they differ, by its effect. */
import { extensionsFor, levelsFor } from './policy.ts';
import { CONSTRAINTS, CONTEXTS, LEVELS, ROLES } from './policy-file-constraints.ts';
import type { AlgorithmSuite, Context, Policy, Role } from './policy-type.ts';

/** One setting where two policies differ. */
export interface PolicyDifference {
  /** For example `timestamp/ca/revocation-available`, `digest SHA-1`, `RSA 2048 bits`. */
  readonly setting: string;
  readonly from: string;
  readonly to: string;
  /** What the second policy is, beside the first; `other`: neither, or both in part. */
  readonly is: 'stricter' | 'laxer' | 'other';
}

/** Every setting in which `b` differs from `a`, by what is in force and not by how it is written. The names do not count. */
export function diffPolicies(a: Policy, b: Policy): readonly PolicyDifference[] {
  return [
    ...levelDifferences(a, b),
    ...algorithmDifferences(a.algorithms, b.algorithms),
    ...listDifferences(a, b),
    ...parameterDifferences(a, b),
  ];
}

/** The level in force for a constraint in a context and role (null: of the token itself). */
export function levelInForce(policy: Policy, id: string, context: Context, role: Role | null): (typeof LEVELS)[number] {
  return levelsFor(policy, context, role ?? undefined)(id) ?? CONSTRAINTS[id]?.otherwise ?? 'fail';
}

/** Grouped: a difference that is the same in every place of a constraint is told once. */
function levelDifferences(a: Policy, b: Policy): PolicyDifference[] {
  return Object.entries(CONSTRAINTS).flatMap(([id, { contexts, roles }]) => {
    const places = contexts.flatMap((context) => (roles.length === 0 ? [null] : roles).map((role) => ({ context, role })));
    const found = places.map(({ context, role }) => {
      const [from, to] = [levelInForce(a, id, context, role), levelInForce(b, id, context, role)];
      return { place: [context, ...(role === null ? [] : [role]), id].join('/'), from, to };
    });
    const differing = found.filter(({ from, to }) => from !== to);
    const kinds = new Set(found.map(({ from, to }) => `${from} ${to}`));
    const told = kinds.size === 1 ? differing.slice(0, 1).map((one) => ({ ...one, place: id })) : differing;
    return told.map(({ place, from, to }) => difference(place, from, to, LEVELS.indexOf(to) - LEVELS.indexOf(from)));
  });
}

function algorithmDifferences(a: AlgorithmSuite, b: AlgorithmSuite): PolicyDifference[] {
  const digests = [...new Set([...Object.keys(a.digests), ...Object.keys(b.digests)])] as (keyof AlgorithmSuite['digests'])[];
  const keys = [...new Set([...a.schemes, ...b.schemes].map(({ scheme, minimumBits }) => `${scheme} ${minimumBits}`))];
  return [
    ...digests.map((name) => endDifference(`digest ${name}`, a.digests[name], b.digests[name])),
    ...keys.map((key) => {
      const [scheme = '', bits = '0'] = key.split(' ');
      return endDifference(`${scheme} from ${bits} bits`, endOfKey(a, scheme, Number(bits)), endOfKey(b, scheme, Number(bits)));
    }),
    afterReview(a, b),
    plain('algorithms never acceptable', a.neverAcceptable, b.neverAcceptable),
  ].filter((one) => one !== null);
}

/** Null: no end; undefined: not acceptable. */
function endOfKey({ schemes }: AlgorithmSuite, scheme: string, bits: number): string | null | undefined {
  const ends = schemes.filter((row) => row.scheme === scheme && row.minimumBits <= bits).map(({ until }) => until);
  if (ends.includes(null)) return null;
  return ends.sort().at(-1);
}

function endDifference(setting: string, a: string | null | undefined, b: string | null | undefined): PolicyDifference | null {
  if (a === b) return null;
  const rank = (end: string | null | undefined): string => (end === undefined ? '' : (end ?? '~'));
  return difference(setting, endWords(a), endWords(b), rank(a) > rank(b) ? 1 : -1);
}

const endWords = (end: string | null | undefined): string =>
  end === undefined ? 'not accepted' : end === null ? 'no end' : `until ${end}`;

function afterReview(a: AlgorithmSuite, b: AlgorithmSuite): PolicyDifference | null {
  const words = ({ reviewed, afterReview: level }: AlgorithmSuite): string =>
    reviewed === null ? 'fail' : level === 'fail' ? 'fail' : `${level} where the end is after ${reviewed}`;
  const lenient = (suite: AlgorithmSuite): boolean => words(suite) !== 'fail';
  return words(a) === words(b)
    ? null
    : difference('expired algorithms', words(a), words(b), lenient(a) === lenient(b) ? 0 : lenient(a) ? 1 : -1);
}

function listDifferences(a: Policy, b: Policy): PolicyDifference[] {
  const places = CONTEXTS.flatMap((context) => ROLES.map((role) => ({ context, role })));
  const tables = places.flatMap(({ context, role }) => [
    sets(
      `${context}/${role} forbidden extensions`,
      extensionsFor(a.forbiddenExtensions, context, role),
      extensionsFor(b.forbiddenExtensions, context, role),
      1,
    ),
    sets(
      `${context}/${role} extensions that need no revocation data`,
      extensionsFor(a.revocationSkip, context, role),
      extensionsFor(b.revocationSkip, context, role),
      -1,
    ),
  ]);
  return [
    sets('acceptable signature policies', a.acceptablePolicies, b.acceptablePolicies, -1),
    sets('critical extensions that may be there', a.supportedCriticalExtensions, b.supportedCriticalExtensions, -1),
    ...tables,
    sets('key usages of a signer', a.signerKeyUsage, b.signerKeyUsage, -1),
  ].filter((one) => one !== null);
}

/** `more`: whether a longer list is stricter (1) or laxer (-1). */
function sets(setting: string, a: readonly string[], b: readonly string[], more: 1 | -1): PolicyDifference | null {
  const [added, removed] = [b.filter((one) => !a.includes(one)), a.filter((one) => !b.includes(one))];
  if (added.length === 0 && removed.length === 0) return null;
  const direction = added.length === 0 ? -more : removed.length === 0 ? more : 0;
  return difference(
    setting,
    removed.length === 0 ? 'without' : removed.join(', '),
    added.length === 0 ? 'without' : added.join(', '),
    direction,
  );
}

function parameterDifferences(a: Policy, b: Policy): PolicyDifference[] {
  const age = (policy: Policy): number => policy.freshness.maximumAge ?? Number.POSITIVE_INFINITY;
  const hours = (ms: number): string => (ms === Number.POSITIVE_INFINITY ? 'by nextUpdate' : `${ms / 3_600_000} h`);
  const { withoutNextUpdate: least } = a.freshness;
  const { withoutNextUpdate: most } = b.freshness;
  return [
    age(a) === age(b) ? null : difference('age of revocation data', hours(age(a)), hours(age(b)), age(a) > age(b) ? 1 : -1),
    least === most ? null : difference('age of revocation data without nextUpdate', hours(least), hours(most), least > most ? 1 : -1),
    a.revokedBy === b.revokedBy ? null : difference('data that says revoked', a.revokedBy, b.revokedBy, b.revokedBy === 'any' ? 1 : -1),
    a.timestampDelay === b.timestampDelay
      ? null
      : difference('delay of a time-stamp', hours(a.timestampDelay), hours(b.timestampDelay), a.timestampDelay > b.timestampDelay ? 1 : -1),
    ...(Object.keys(a.past) as (keyof Policy['past'])[]).map((rule) =>
      a.past[rule] === b.past[rule] ? null : difference(`past: ${rule}`, String(a.past[rule]), String(b.past[rule]), 0),
    ),
  ].filter((one) => one !== null);
}

const plain = (setting: string, from: string, to: string): PolicyDifference | null =>
  from === to ? null : difference(setting, from, to, 0);

const difference = (setting: string, from: string, to: string, direction: number): PolicyDifference => ({
  setting,
  from,
  to,
  is: direction > 0 ? 'stricter' : direction < 0 ? 'laxer' : 'other',
});
