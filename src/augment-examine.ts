/** Before a document is extended to level LT or LTA: it is examined and judged, and waited for where only time is missing (EN 319 102-1, 5.5). */
import type { Examined } from './augment-material.ts';
import { type Problem, problemsOf } from './augment-problems.ts';
import type { Bytes } from './base/bytes.ts';
import { Fault } from './base/fault.ts';
import { type Instant, toIso } from './base/instant.ts';
import type { Source } from './base/source.ts';
import type { Recipient } from './crypto/recipient.ts';
import { type EncodedRevocation, idOf, type RevocationId } from './facts/index.ts';
import type { LongTermOptions } from './long-term.ts';
import { openingOf } from './open-pdf.ts';
import type { TimestampAuthority } from './tsp/timestamp-authority.ts';
import { type ExamineOptions, examine } from './validate.ts';
import { type Evidence, judge, policyByName } from './validation/index.ts';
import { worldOf } from './validation/world.ts';

export type AugmentLevel = 'T' | 'LT' | 'LTA';

export interface AugmentOptions extends LongTermOptions {
  readonly to: AugmentLevel;
  /** Now. What is made while the work goes on (time-stamps, revocation data) may be up to ten minutes younger. */
  readonly at: Instant;
  /** Needed for LTA, and where a signature has no time-stamp yet. */
  readonly timestamps?: TimestampAuthority;
  /** Contents of detached CAdES signatures. With one, its name does not matter. */
  readonly detached?: NonNullable<ExamineOptions['detached']>;
  /** Of an encrypted PDF. */
  readonly password?: string;
  /** Whoever opens it, where it is encrypted for the holders of certificates (`openRecipient` of `adeskit/keys`). */
  readonly recipient?: Recipient;
}

/** A document that may be extended, with all that its validation took. Throws `Fault` as `augment` does. */
export async function examineForStore(source: Source, options: AugmentOptions): Promise<Examined> {
  const { override = false, wait, onProgress } = options;
  let waited = 0;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    onProgress?.({ step: 'examine' });
    const examined = await examineNow(source, options, options.at + waited);
    const problems = problemsOf(examined);
    const mayWait = problems.length > 0 && problems.every(({ kind }) => kind === 'later') && waited < (wait?.maximum ?? 0);
    if (wait && mayWait) {
      const milliseconds = Math.min(pause, wait.maximum - waited);
      onProgress?.({ step: 'wait', milliseconds, because: problems[0]?.text ?? '' });
      await wait.sleep(milliseconds);
      waited += milliseconds;
      continue;
    }
    if (problems.length > 0 && !override) throw faultOf(problems);
    return examined;
  }
}

/** Pieces of each kind, for {@link AugmentStep}. */
export const countsOf = ({ certificates, crls, ocsps }: Readonly<Record<'certificates' | 'crls' | 'ocsps', readonly Bytes[]>>) => ({
  certificates: certificates.length,
  crls: crls.length,
  ocsps: ocsps.length,
});

async function examineNow(source: Source, options: AugmentOptions, at: Instant): Promise<Examined> {
  const { trust = [], trustSource, sources, certificates = [], revocations = [], detached = [] } = options;
  const found = new Map<RevocationId, EncodedRevocation>();
  const keep = <Kept extends EncodedRevocation>(all: readonly Kept[]): readonly Kept[] => {
    for (const one of all) found.set(idOf(one.bytes), one);
    return all;
  };
  keep(revocations);
  const revocationSource = sources?.revocations;
  const evidence = await examine(source, {
    ...{ trust, certificates, revocations, detached },
    ...(trustSource !== undefined && { trustSource }),
    ...openingOf(options),
    sources: {
      ...(sources?.certificates && { certificates: sources.certificates }),
      ...(revocationSource && { revocations: { find: async (...asked) => keep(await revocationSource.find(...asked)) } }),
    },
  });
  const policy = policyByName('default');
  const now = nowOf(evidence, at);
  return { world: worldOf(evidence, policy, now), report: judge(evidence, policy, now), found };
}

/** The time at which everything has been made that was asked for since `at`. */
function nowOf({ document, revocations, statuses }: Evidence, at: Instant): Instant {
  const made = [
    ...[...document.timestamps.values()].map(({ time }) => time),
    ...[...revocations.values()].map(({ producedAt }) => producedAt),
    ...[...statuses.values()].flatMap((each) => each.map(({ thisUpdate }) => thisUpdate ?? at)),
  ];
  return made.reduce((latest, time) => (time > latest && time <= at + DURATION ? time : latest), at);
}

function faultOf(problems: readonly Problem[]): Fault {
  const text = problems.map((problem) => problem.text).join('; ');
  if (problems.some(({ kind }) => kind === 'refused')) return new Fault('refused', `not extended: ${text}`);
  if (problems.some(({ kind }) => kind === 'revocation')) return new Fault('revocation-unavailable', `not extended: ${text}`);
  const due = problems.flatMap((problem) => problem.due ?? []);
  const when = due.length === 0 ? 'when new data is due is not told' : `new data is due at ${toIso(Math.max(...due))}`;
  return new Fault('revocation-unavailable', `TRY_LATER: ${text}: ${when}`);
}

/** Throws `Fault` `bad-option` where there is none. */
export function authorityOf({ timestamps, to }: AugmentOptions): TimestampAuthority {
  if (timestamps !== undefined) return timestamps;
  const why = to === 'LTA' ? 'level LTA' : 'a signature without time-stamp';
  throw new Fault('bad-option', `${why} needs a time-stamp authority (timestamps)`);
}

/** No augmentation takes longer, and no clock differs more. */
const DURATION = 600_000;
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 300_000;
