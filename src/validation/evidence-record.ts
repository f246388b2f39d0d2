/** Validation of evidence records (EN 319 102-1, 5.7; RFC 4998, 5.3; RFC 6283, 4.3): what a renewed chain of archive time-stamps proves. */
import type { Instant } from '../base/instant.ts';
import type { AnyId, EvidenceRecordFacts, ReferenceFacts, TimestampId } from '../facts/index.ts';
import { type Block, runBlock } from './check.ts';
import { type Conclusion, failed, indeterminate, isPassed, passed } from './conclusion.ts';
import { type AlgorithmVerdict, algorithmDetail, weakestAlgorithm, weaknessOf } from './cryptographic-constraints.ts';
import { nothingProven, prove } from './existence.ts';
import { levelsFor } from './policy.ts';
import type { BlockResult } from './report.ts';
import { proofOf, type TimestampResult, validateTimestamp } from './timestamp.ts';
import type { World } from './world.ts';

export interface JudgedEvidenceRecord {
  readonly facts: EvidenceRecordFacts;
  readonly conclusion: Conclusion;
  /** Time of the first archive time-stamp where all are good; null else: then nothing is proven. */
  readonly provenAt: Instant | null;
  readonly timestamps: readonly TimestampResult[];
  readonly process: readonly BlockResult[];
}

/** Every archive time-stamp is judged by what the next one proves of it, the last one as it is now. */
export function validateEvidenceRecord(facts: EvidenceRecordFacts, world: World): JudgedEvidenceRecord {
  const timestamps = judgeArchiveTimestamps(facts, world);
  const first = timestamps[0]?.facts.time ?? null;
  const good = timestamps.length > 0 && timestamps.every(({ conclusion }) => isPassed(conclusion));
  const held: RecordCase = { facts, timestamps, time: good && first !== null ? first : world.at, world };
  const result = runBlock(RECORD, held, levelsFor(world.policy, 'timestamp'), facts.id);
  const provenAt = isPassed(result.conclusion) ? first : null;
  const process = [...timestamps.flatMap((one) => one.process), result];
  return { facts, conclusion: result.conclusion, provenAt, timestamps, process };
}

/** What the record proves to have existed at `provenAt`. */
export const proofOfRecord = ({ facts, provenAt }: JudgedEvidenceRecord): readonly AnyId[] => (provenAt === null ? [] : facts.covers);

/** Ids of the time-stamps that belong to evidence records, and to nothing else. */
export const timestampsOfRecords = ({ evidence }: World): ReadonlySet<TimestampId> =>
  new Set((evidence.document.evidenceRecords ?? []).flatMap(({ timestamps }) => timestamps));

/** Oldest first; each with proofs of its own. */
function judgeArchiveTimestamps({ timestamps }: EvidenceRecordFacts, world: World): readonly TimestampResult[] {
  const known = timestamps.flatMap((id) => world.evidence.document.timestamps.get(id) ?? []);
  const judged: TimestampResult[] = [];
  let next: TimestampResult | null = null;
  for (const facts of known.toReversed()) {
    const covered: readonly AnyId[] = next ? [facts.id, ...proofOf(next)] : [];
    const existence = next && isPassed(next.conclusion) ? prove(nothingProven, covered, next.facts.time) : nothingProven;
    next = validateTimestamp(facts, { ...world, existence, serves: new Map() });
    judged.push(next);
  }
  return judged.reverse();
}

interface RecordCase {
  readonly facts: EvidenceRecordFacts;
  readonly timestamps: readonly TimestampResult[];
  readonly time: Instant;
  readonly world: World;
}

const notPassed = ({ timestamps }: RecordCase): Conclusion =>
  timestamps.find(({ conclusion }) => !isPassed(conclusion))?.conclusion ?? passed;

/** Of a group only one object need be at hand: the digests of the others prove nothing, and disprove nothing. */
const objectsOf = ({ references }: EvidenceRecordFacts): readonly ReferenceFacts[] =>
  references.filter(({ type }) => type !== 'EVIDENCE_RECORD_ORPHAN_REFERENCE');

function weakDigest({ facts, time, world }: RecordCase): AlgorithmVerdict | null {
  const entries = facts.references.map(({ digestAlgorithm }) => ({ subject: facts.id, use: { digestOnly: digestAlgorithm } }));
  return weakestAlgorithm(entries, world.policy.algorithms, time);
}

const RECORD: Block<RecordCase> = {
  name: 'evidence-record',
  clause: '5.7',
  checks: [
    {
      id: 'container-entries-sound',
      clause: 'APPNOTE 6.3, 4.4.17',
      applies: ({ facts }) => facts.origin === 'container',
      holds: ({ world }) => (world.evidence.document.container?.problems ?? []).length === 0,
      otherwise: failed('FORMAT_FAILURE'),
      with: ({ world }) => ({ problem: world.evidence.document.container?.problems[0] ?? '' }),
    },
    {
      id: 'archive-objects-found',
      clause: 'RFC 4998, 5.3',
      holds: ({ facts }) => objectsOf(facts).length > 0 && objectsOf(facts).every(({ found }) => found),
      otherwise: indeterminate('SIGNED_DATA_NOT_FOUND'),
    },
    {
      id: 'archive-objects-intact',
      clause: 'RFC 4998, 5.3',
      holds: ({ facts }) => objectsOf(facts).every(({ intact }) => intact),
      otherwise: failed('HASH_FAILURE'),
    },
    {
      id: 'archive-group-known',
      clause: 'RFC 4998, 4.3',
      level: 'warn',
      holds: ({ facts }) => objectsOf(facts).length === facts.references.length,
      otherwise: indeterminate('SIGNED_DATA_NOT_FOUND'),
      with: ({ facts }) => ({ references: facts.references.length - objectsOf(facts).length }),
    },
    {
      id: 'archive-files-covered',
      clause: 'EN 319 162-1, 4',
      level: 'warn',
      holds: ({ facts }) => facts.uncovered.length === 0,
      otherwise: failed('FORMAT_FAILURE'),
      with: ({ facts }) => ({ files: facts.uncovered.length, first: facts.uncovered[0] ?? '' }),
    },
    {
      id: 'archive-timestamps-present',
      clause: 'RFC 4998, 5.1',
      holds: ({ facts, timestamps }) => timestamps.length > 0 && timestamps.length === facts.timestamps.length,
      otherwise: failed('FORMAT_FAILURE'),
    },
    {
      id: 'archive-timestamps-valid',
      clause: 'RFC 4998, 5.3',
      holds: (held) => isPassed(notPassed(held)),
      otherwise: notPassed,
    },
    {
      id: 'archive-digests-reliable',
      clause: 'RFC 4998, 5.3',
      holds: (held) => weakDigest(held)?.outcome !== 'fail',
      otherwise: (held) => weaknessOf(weakDigest(held), held.world.policy.algorithms),
      with: (held) => algorithmDetail(weakDigest(held)),
    },
  ],
};
