/** What may be odd about the chains, the revocation data and the times of a signature (EN 319 102-1, 5): dimensions of which the first value is the usual one. */

/** Of each scenario few things are odd, so that what it comes to can be told by hand. */
export const DIMENSIONS = {
  format: ['cades', 'pades'],
  /** What is in the document beside the signature. */
  level: ['archived', 'material', 'bare'],
  /** When it is validated; the times are those of `times.ts`. */
  at: ['soon', 'signer-ended', 'tsa-ended', 'ca-ended', 'archivist-ended', 'before', 'at-once'],
  /** CA certificates above the signer, the root among them. */
  depth: ['2', '1', '3', '4'],
  anchor: ['root', 'issuer', 'signer', 'stranger'],
  signer: [
    'usual',
    'ended-before',
    'begins-later',
    'ends-before-stamp',
    'ends-before-data',
    'no-key-usage',
    'no-signing-usage',
    'digital-signature-only',
    'self-signed',
    'is-ca',
    'unknown-critical',
    'no-revocation-available',
    'short-term',
    'no-check',
    'no-identifiers',
    'purpose-of-servers',
    'purpose-of-stamps',
  ],
  ca: [
    'usual',
    'no-basic-constraints',
    'no-ca',
    'path-length',
    'no-certificate-signing',
    'no-crl-signing',
    'no-key-usage',
    'ended-before',
    'ends-soon',
    'begins-later',
    'name-constraints',
    'policy-required',
    'unknown-critical',
    'no-identifiers',
    'no-check',
    'no-revocation-available',
    'other-key',
    'version-1',
  ],
  /** Which of the CAs that is: the issuer of the signer, or the one below the root. */
  place: ['lowest', 'highest'],
  reference: ['present', 'absent', 'other-certificate', 'signer-left-out'],
  claimed: ['inside', 'absent', 'before-validity', 'after-validity', 'after-stamp'],
  revocation: [
    'crl',
    'none',
    'ocsp',
    'ocsp-delegated',
    'ocsp-delegated-checked',
    'ocsp-delegated-revoked',
    'ocsp-delegated-revoked-later',
    'ocsp-delegated-unchecked',
    'ocsp-delegated-twice',
    'ocsp-no-purpose',
    'ocsp-foreign',
    'ocsp-stranger',
    'ocsp-other-issuer',
    'ocsp-other-serial',
    'ocsp-responder-ended',
    'ocsp-responder-ends',
    'ocsp-archive-cutoff',
    'ocsp-late',
    'ocsp-by-signer',
    'ocsp-broken',
    'ocsp-unknown',
    'delta-alone',
    'delta',
    'delta-removes',
    'indirect',
    'indirect-unnamed',
    'indirect-elsewhere',
    'partition',
    'other-partition',
    'ca-only',
    'user-only',
    'attributes-only',
    'some-reasons',
    'crl-other-key',
    'crl-other-issuer',
    'crl-late',
    'crl-late-knows-ended',
    'crl-unknown-critical',
    'crl-broken',
    'older-revoked',
    'older-good',
  ],
  status: [
    'good',
    'before-signing',
    'before-stamp',
    'at-stamp',
    'after-stamp',
    'compromised-earlier',
    'superseded-after',
    'hold-before',
    'hold-after',
    'after-archive',
  ],
  update: ['after', 'before-signing', 'stale', 'after-archive', 'after-validation', 'no-next'],
  caRevocation: ['ocsp', 'crl', 'none', 'before', 'between', 'after', 'after-archive', 'hold', 'stale', 'late'],
  tsa: [
    'usual',
    'no-purpose',
    'other-purpose',
    'more-purposes',
    'not-critical',
    'no-signing-usage',
    'ended-before',
    'begins-later',
    'ends-soon',
    'stranger',
    'left-out',
    'no-reference',
    'other-reference',
  ],
  tsaIssuer: ['root', 'issuing'],
  tsaRevocation: ['ocsp', 'none', 'before', 'compromised-after', 'superseded-after', 'hold', 'late'],
  stamps: [
    'one',
    'none',
    'two',
    'content',
    'content-later',
    'content-after-end',
    'content-after-revocation',
    'early',
    'late',
    'wrong-imprint',
    'broken',
    'second-earlier',
  ],
  archive: [
    'one',
    'two',
    'before-material',
    'out-of-order',
    'wrong-imprint',
    'broken',
    'late',
    'same-authority',
    'authority-ended',
    'authority-ends-soon',
    'authority-revoked-later',
    'authority-revoked-before',
    'authority-unknown-status',
    'authority-stranger',
  ],
  /** What uses SHA-1, or a short key. */
  weak: [
    'nothing',
    'signature',
    'signer-key',
    'signer-certificate',
    'ca-certificate',
    'revocation',
    'stamp',
    'stamp-imprint',
    'tsa-certificate',
    'archive-imprint',
    'archive-stamp',
    'reference',
  ],
  /** When that stops to be reliable; the whole scenario is moved there. */
  sunset: ['before-archive', 'after-archive', 'before-stamp', 'before-signing'],
} as const;

export type Dimension = keyof typeof DIMENSIONS;
export type Choices = { readonly [D in Dimension]: (typeof DIMENSIONS)[D][number] };

export interface Scenario {
  /** What is odd: `at=tsa-ended tsa=no-purpose`. */
  readonly name: string;
  readonly choices: Choices;
}

const AFTER = DIMENSIONS.at.filter((at) => at !== 'before');
const NAMES = Object.keys(DIMENSIONS) as readonly Dimension[];

/** Only the first values. */
export const usual: Choices = Object.fromEntries(NAMES.map((dimension) => [dimension, DIMENSIONS[dimension][0]])) as unknown as Choices;

/** The usual one with some values changed. */
export function scenario(changes: Partial<Choices>): Scenario {
  const name = NAMES.flatMap((dimension) => (changes[dimension] === undefined ? [] : [`${dimension}=${changes[dimension]}`])).join(' ');
  return { name: name || 'usual', choices: { ...usual, ...changes } };
}

/** The scenario of that name; throws where it names what there is not. */
export function named(name: string): Scenario {
  const changes = name.split(' ').map((part) => part.split('=') as [Dimension, string]);
  for (const [dimension, value] of changes)
    if (!DIMENSIONS[dimension]?.some((known) => known === value)) throw new Error(`there is no ${dimension}=${value}`);
  return scenario(Object.fromEntries(changes) as Partial<Choices>);
}

/**
 * The usual one, each single odd value at each time, then pairs of odd values in an order, and at a time, in a format and under as
 * many CAs as the seed chooses.
 */
export function planned(seed: number): readonly Scenario[] {
  const next = randomNumbers(seed);
  const chosen = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)] as T;
  const odd = NAMES.flatMap((dimension) => DIMENSIONS[dimension].slice(1).map((value) => [dimension, value] as const));
  const singles = odd.flatMap(([dimension, value]) => DIMENSIONS.at.map((at) => scenario({ at, [dimension]: value } as Partial<Choices>)));
  const pairs = odd.flatMap(([one, first], i) =>
    odd.slice(i + 1).flatMap(([other, second]) => {
      if (one === other) return [];
      const around = { at: chosen(AFTER), format: chosen(DIMENSIONS.format), depth: chosen(['2', '3']) };
      return [scenario({ ...around, [one]: first, [other]: second } as Partial<Choices>)];
    }),
  );
  const shuffled = pairs
    .map((pair) => [next(), pair] as const)
    .sort(([a], [b]) => a - b)
    .map(([, pair]) => pair);
  return [...new Map([scenario({}), ...singles, ...shuffled.filter(matters)].map((one) => [one.name, one])).values()];
}

/** Scenarios of `odd` odd values each, as the seed chooses them. */
export function mixed(seed: number, count: number, odd: number): readonly Scenario[] {
  const next = randomNumbers(seed);
  const chosen = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)] as T;
  return Array.from({ length: count }, () => {
    const dimensions = Array.from({ length: odd }, () => chosen(NAMES));
    const changes = Object.fromEntries(dimensions.map((dimension) => [dimension, chosen(DIMENSIONS[dimension].slice(1))]));
    return scenario({ at: chosen(AFTER), format: chosen(DIMENSIONS.format), ...changes } as Partial<Choices>);
  });
}

/** A sunset is none where nothing is weak. */
const matters = ({ choices }: Scenario): boolean => choices.weak !== 'nothing' || choices.sunset === usual.sunset;

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
