/** Proofs of existence (EN 319 102-1, 5.6.2.3): for each object the earliest instant at which it is proven to have existed. */
import type { Instant } from '../base/instant.ts';
import type { AnyId } from '../facts/index.ts';

/** Objects that are not in the map are known from the validation time on only. */
export type Existence = ReadonlyMap<AnyId, Instant>;

export const nothingProven: Existence = new Map();

/** The earliest instant at which `id` is proven to have existed: `at` (the validation time) where nothing proves more. */
export const earliest = (existence: Existence, id: AnyId, at: Instant): Instant => Math.min(existence.get(id) ?? at, at);

/** Whether `id` is proven to have existed at `by` or before. */
export const existedBy = (existence: Existence, id: AnyId, by: Instant, at: Instant): boolean => earliest(existence, id, at) <= by;

/** What is known after a good time-stamp at `time` over `covered`; earlier proofs stay. */
export function prove(existence: Existence, covered: readonly AnyId[], time: Instant): Existence {
  const proven = new Map(existence);
  addProof(proven, covered, time);
  return proven;
}

/** As `prove`, in place, and says whether anything new is proven: many time-stamps over much cost no copy each. */
export function addProof(existence: Map<AnyId, Instant>, covered: readonly AnyId[], time: Instant): boolean {
  let added = false;
  for (const id of covered) {
    const known = existence.get(id);
    if (known !== undefined && known <= time) continue;
    existence.set(id, time);
    added = true;
  }
  return added;
}
