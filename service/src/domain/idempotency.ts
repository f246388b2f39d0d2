/** A request that is sent twice does its work once: the key stands in the transaction that does the work. */
import { createHash } from 'node:crypto';
import { isDuplicate, type Tx } from '../storage/database.ts';
import { inRealm } from '../storage/realm.ts';
import type { Core } from './core.ts';
import { ServiceFault } from './fault.ts';
import type { Realm } from './model.ts';

export interface Once {
  readonly key: string;
  /** What was asked for, see {@link fingerprintOf}. */
  readonly fingerprint: string;
  /** Whether the same request again is answered as the first; default: as the settings say. */
  readonly replay?: boolean;
}

/** The same request gives the same text. */
export function fingerprintOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}\n`).update(part);
  return hash.digest('hex');
}

/** Takes the key for `resource`. Throws `ServiceFault` `duplicate` where it is taken. */
export async function takeKey(tx: Tx, { clock }: Pick<Core, 'clock'>, realm: Realm, once: Once | null, resource: string): Promise<void> {
  if (once === null) return;
  await tx
    .insertInto('idempotency')
    .values({
      tenant_id: realm.tenant,
      mode: realm.mode,
      key: once.key,
      fingerprint: once.fingerprint,
      resource,
      created_at: clock(),
    })
    .execute();
}

/**
 * Runs the work; where the key was taken before, gives the resource of the first request if that was the same one and
 * replay is switched on, else throws `ServiceFault` `duplicate`.
 */
export async function onceOnly<T>(
  core: Core,
  realm: Realm,
  once: Once | null,
  work: () => Promise<T>,
  again: (resource: string) => Promise<T>,
): Promise<T> {
  if (once === null) return work();
  const before = await earlier(core, realm, once);
  if (before !== null) return repeat(core, once, before, again);
  try {
    return await work();
  } catch (error) {
    const found = isDuplicate(error) ? await earlier(core, realm, once) : null;
    if (found === null) throw error;
    return repeat(core, once, found, again);
  }
}

/** Keeps what the first request was answered with. */
export async function keepAnswer({ store, vault }: Core, realm: Realm, { key }: Once, answer: string): Promise<void> {
  await inRealm(store.db, realm)
    .updateTable('idempotency')
    .set({ answer_sealed: vault.seal(answer, answerPlace(realm, key)) })
    .where('key', '=', key)
    .where('answer_sealed', 'is', null)
    .execute();
}

/** What the first request was answered with, or null. Throws `ServiceFault` `duplicate` where that was another one. */
export async function keptAnswer({ store, vault }: Core, realm: Realm, { key, fingerprint }: Once): Promise<string | null> {
  const row = await inRealm(store.db, realm)
    .selectFrom('idempotency')
    .select(['fingerprint', 'answer_sealed', 'resource'])
    .where('key', '=', key)
    .executeTakeFirst();
  if (!row) return null;
  if (row.fingerprint !== fingerprint)
    throw new ServiceFault('duplicate', 'This idempotency key was used before, for another request.', { resource: row.resource });
  return row.answer_sealed === null ? null : vault.open(row.answer_sealed, answerPlace(realm, key));
}

const answerPlace = ({ tenant }: Realm, key: string): string => `answer ${tenant} ${key}`;

interface Earlier {
  readonly fingerprint: string;
  readonly resource: string;
}

async function earlier({ store }: Core, realm: Realm, { key }: Once): Promise<Earlier | null> {
  const row = await inRealm(store.db, realm)
    .selectFrom('idempotency')
    .select(['fingerprint', 'resource'])
    .where('key', '=', key)
    .executeTakeFirst();
  return row ?? null;
}

function repeat<T>({ settings }: Core, once: Once, before: Earlier, again: (resource: string) => Promise<T>): Promise<T> {
  if ((once.replay ?? settings.idempotencyReplay) && before.fingerprint === once.fingerprint) return again(before.resource);
  throw new ServiceFault('duplicate', `This idempotency key was used before, for ${before.resource}.`, { resource: before.resource });
}
