/** The times of a scenario: everything is told from the moment of signing. */
import type { Instant } from '../../src/base/instant.ts';
import type { Choices } from './choices.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const YEAR = 365 * DAY;

export interface Times {
  readonly signed: Instant;
  /** Of the signature time-stamp. */
  readonly stamped: Instant;
  /** When the revocation data says that it was made. */
  readonly updated: Instant;
  readonly archived: Instant;
  /** Of the second archive time-stamp. */
  readonly renewed: Instant;
  /** Validation. */
  readonly at: Instant;
  readonly signer: Validity;
  readonly tsa: Validity;
  readonly archivist: Validity;
}

export interface Validity {
  readonly notBefore: Instant;
  readonly notAfter: Instant;
}

export function timesOf(choices: Choices): Times {
  const signed = signedAt(choices);
  const archived = signed + ARCHIVED[choices.archive];
  const at = signed + VALIDATED[choices.at];
  return {
    signed,
    stamped: signed + STAMPED[choices.stamps],
    updated: choices.update === 'after-validation' ? at + DAY : signed + UPDATED[choices.update],
    archived,
    renewed: signed + 3 * YEAR - 30 * DAY,
    at,
    signer: around(signed, SIGNER[choices.signer] ?? [-YEAR, YEAR]),
    tsa: around(signed, TSA[choices.tsa] ?? [-3 * YEAR, 3 * YEAR]),
    archivist: around(signed, ARCHIVIST[choices.archive] ?? [-YEAR, 10 * YEAR]),
  };
}

export const around = (signed: Instant, [before, after]: readonly [number, number]): Validity => ({
  notBefore: signed + before,
  notAfter: signed + after,
});

function signedAt({ weak, sunset }: Choices): Instant {
  if (weak === 'nothing') return Date.UTC(2022, 2, 1, 10);
  return (weak === 'signer-key' ? END_OF_RSA_1024 : END_OF_SHA_1) + SUNSET[sunset];
}

const END_OF_SHA_1 = Date.UTC(2012, 7, 1);
const END_OF_RSA_1024 = Date.UTC(2019, 9, 1);
/** From the end of the algorithm to the signature. */
const SUNSET: Readonly<Record<Choices['sunset'], number>> = {
  'before-archive': -15 * DAY,
  'after-archive': -40 * DAY,
  'before-stamp': -HOUR / 2,
  'before-signing': 15 * DAY,
};

const STAMPED: Readonly<Record<Choices['stamps'], number>> = {
  one: HOUR,
  none: HOUR,
  two: HOUR,
  content: HOUR,
  'content-later': HOUR,
  'content-after-end': HOUR,
  'content-after-revocation': HOUR,
  early: -2 * YEAR,
  late: YEAR + 10 * DAY,
  'wrong-imprint': HOUR,
  broken: HOUR,
  'second-earlier': HOUR,
};

const ARCHIVED: Readonly<Record<Choices['archive'], number>> = {
  one: 30 * DAY,
  two: 30 * DAY,
  'before-material': 30 * DAY,
  'out-of-order': HOUR / 2,
  'wrong-imprint': 30 * DAY,
  broken: 30 * DAY,
  late: YEAR + 20 * DAY,
  'same-authority': 30 * DAY,
  'authority-ended': 30 * DAY,
  'authority-ends-soon': 30 * DAY,
  'authority-revoked-later': 30 * DAY,
  'authority-revoked-before': 30 * DAY,
  'authority-unknown-status': 30 * DAY,
  'authority-stranger': 30 * DAY,
};

const VALIDATED: Readonly<Record<Choices['at'], number>> = {
  soon: 60 * DAY,
  'signer-ended': 2 * YEAR,
  'tsa-ended': 4 * YEAR,
  'ca-ended': 7 * YEAR,
  'archivist-ended': 11 * YEAR,
  before: -YEAR - 30 * DAY,
  'at-once': 2 * DAY,
};

const UPDATED: Readonly<Record<Exclude<Choices['update'], 'after-validation'>, number>> = {
  after: DAY,
  'before-signing': -3 * DAY,
  stale: -40 * DAY,
  'after-archive': 45 * DAY,
  'no-next': DAY,
};

type Validities = Readonly<Record<string, readonly [before: number, after: number]>>;
const SIGNER: Validities = {
  'ended-before': [-YEAR, -DAY],
  'begins-later': [DAY / 2, YEAR],
  'ends-before-stamp': [-YEAR, HOUR / 2],
  'ends-before-data': [-YEAR, DAY / 2],
};
const TSA: Validities = { 'ended-before': [-YEAR, -DAY], 'begins-later': [10 * DAY, YEAR], 'ends-soon': [-YEAR, 2 * HOUR] };
const ARCHIVIST: Validities = { 'authority-ended': [-YEAR, DAY], 'authority-ends-soon': [-YEAR, 45 * DAY] };
