/** Time-stamp validation (EN 319 102-1, 5.4). */
import type { SignatureFacts, TimestampFacts, TimestampId } from '../facts/index.ts';
import { type BasicResult, validateBasic } from './basic-signature.ts';
import type { Evidence } from './evidence.ts';
import type { World } from './world.ts';

export interface TimestampResult extends BasicResult {
  readonly facts: TimestampFacts;
}

export const validateTimestamp = (facts: TimestampFacts, world: World): TimestampResult => ({
  facts,
  ...validateBasic({ context: 'timestamp', facts }, world),
});

/** Newest first: the outermost proof is judged before what it protects (5.6.3.4). Equal times: the later in the document first. */
export function outermostFirst(evidence: Evidence): readonly TimestampFacts[] {
  const inOrder = [...evidence.document.timestamps.values()];
  return inOrder
    .map((facts, place) => ({ facts, place }))
    .sort((a, b) => b.facts.time - a.facts.time || b.place - a.place)
    .map(({ facts }) => facts);
}

/** The time-stamps of a signature, in document order; ids that name none are passed over. */
export const timestampsOf = (signature: SignatureFacts, results: ReadonlyMap<TimestampId, TimestampResult>): readonly TimestampResult[] =>
  signature.timestamps.flatMap((id) => results.get(id) ?? []);
