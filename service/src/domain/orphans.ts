/** Blobs that no row names: written before their transaction died, or left when a process ended between a row and its blob. */
import { ownerOf } from '../blobs/blobs.ts';
import type { Core } from './core.ts';
import { blobsOf } from './records.ts';

/** Removes what nobody has named for a day; gives the number. Any number of processes may do so at once. */
export async function removeOrphans(core: Core): Promise<number> {
  const before = core.clock() - SAFE_AGE;
  let waiting: string[] = [];
  let removed = 0;
  const look = async (): Promise<void> => {
    const named = await namedAmong(core, waiting);
    for (const name of waiting.filter((one) => !named.has(one))) {
      await core.blobs.remove(name);
      removed++;
    }
    waiting = [];
  };
  for await (const { name, at } of core.blobs.list()) {
    if (at > before) continue;
    waiting.push(name);
    if (waiting.length >= BATCH) await look();
  }
  await look();
  return removed;
}

/** All names that the owners of these blobs know. */
async function namedAmong({ store: { db } }: Core, names: readonly string[]): Promise<ReadonlySet<string>> {
  const owners = names.flatMap((name) => ownerOf(name) ?? []);
  if (owners.length === 0) return new Set();
  const documents = await db.selectFrom('documents').select(['blob', 'preview_blob']).where('id', 'in', owners).execute();
  const requests = await db.selectFrom('requests').select('sealed_files').where('id', 'in', owners).execute();
  const evidence = await db.selectFrom('evidence').select('blob').where('id', 'in', owners).execute();
  return new Set([
    ...documents.flatMap((row) => [row.blob, row.preview_blob ?? []].flat()),
    ...requests.flatMap(blobsOf),
    ...evidence.map(({ blob }) => blob),
  ]);
}

/** Longer than anything takes between a blob and its row. */
const SAFE_AGE = 24 * 3_600_000;
const BATCH = 500;
