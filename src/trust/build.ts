/** From files to a snapshot, and back to the lists that a snapshot holds. */
import type { Bytes } from '../base/bytes.ts';
import { type AcceptedList, type CollectedLists, type CollectOptions, collectLists, type ListFile } from './collect.ts';
import { parseTrustedList } from './list.ts';
import type { Snapshot } from './snapshot.ts';
import { writeSnapshot } from './snapshot-write.ts';
import type { RefusedList } from './trust-source.ts';

export interface BuildOptions extends Omit<CollectOptions, 'previous'> {
  /** The last good snapshot: no list goes back behind it, and it serves where a newer one is refused. */
  readonly previous?: Snapshot;
  /** What could not be fetched: told with what was refused. */
  readonly unavailable?: readonly RefusedList[];
}

export interface BuiltSnapshot {
  readonly collected: CollectedLists;
  /** Null where nothing was accepted, or the list of lists was refused: no snapshot is better than an empty one. */
  readonly bytes: Bytes | null;
}

/** Checks all lists and writes those that hold. */
export function buildSnapshot(files: readonly ListFile[], { previous, unavailable = [], ...options }: BuildOptions): BuiltSnapshot {
  const sorted = collectLists(files, { ...options, ...(previous !== undefined && { previous: listsOf(previous) }) });
  const collected = { ...sorted, refused: [...unavailable, ...sorted.refused] };
  const nothing = collected.lists.length === 0;
  const { at, signers, acceptStale = false } = options;
  return { collected, bytes: nothing ? null : writeSnapshot(collected, { at, signers, acceptStale }) };
}

/** The lists of a snapshot, read again from their original octets. */
export function listsOf(snapshot: Snapshot): AcceptedList[] {
  return snapshot.stored.flatMap((stored) => {
    const bytes = snapshot.original(stored);
    const read = bytes === null ? null : parseTrustedList(bytes);
    if (bytes === null || read === null || !read.ok) return [];
    const { territory, name, sha256, signer, fetchedAt, stale, kept, ofLists } = stored;
    return [{ territory, name, bytes, list: read.value.list, sha256, signer, fetchedAt, stale, kept, ofLists }];
  });
}
