/** Customers and their API keys: only the SHA-256 of a key is kept, the key is shown once. */
import { createHash } from 'node:crypto';
import type { NewRow, Store } from '../storage/database.ts';
import { ServiceFault } from './fault.ts';
import { randomId } from './ids.ts';
import type { Mode, Realm } from './model.ts';

export interface KeyHolder {
  readonly realm: Realm;
  readonly keyId: string;
  readonly tier: string;
  /** What an interface keeps with the key. */
  readonly scope: string | null;
  /** Why the customer may not call now, or null. */
  readonly closed: 'suspended' | 'subscription-ended' | null;
  readonly monthlyCalls: number | null;
}

export interface KeyMetadata {
  readonly id: string;
  readonly mode: Mode;
  readonly prefix: string;
  readonly label: string;
  readonly scope: string | null;
  readonly createdAt: number;
}

type Keys = { readonly store: Store; readonly clock: () => number };

export async function createTenant({ store, clock }: Keys, name: string, tier: string): Promise<string> {
  const id = `ten_${randomId(16)}`;
  await store.db.insertInto('tenants').values({ id, name, tier, created_at: clock() }).execute();
  return id;
}

/** A new key: `prefix`, then 32 characters. It cannot be read again later. */
export async function createKey(
  { store, clock }: Keys,
  realm: Realm,
  prefix: string,
  label: string,
  scope: string | null = null,
): Promise<string> {
  const { key, row } = newKey(realm, prefix, label, scope, clock());
  await store.db.insertInto('api_keys').values(row).execute();
  return key;
}

/** A new key in place of all that begin as it does, which end at once. */
export async function replaceKeys({ store, clock }: Keys, realm: Realm, prefix: string, label: string): Promise<string> {
  return store.transaction(async (tx) => {
    const now = clock();
    await tx
      .updateTable('api_keys')
      .set({ revoked_at: now })
      .where('tenant_id', '=', realm.tenant)
      .where('prefix', 'like', `${prefix}%`)
      .where('revoked_at', 'is', null)
      .execute();
    const { key, row } = newKey(realm, prefix, label, null, now);
    await tx.insertInto('api_keys').values(row).execute();
    return key;
  });
}

/** A key of the same kind in place of another, which ends at once. Throws `ServiceFault` `not-found`. */
export async function rotateKey({ store, clock }: Keys, tenant: string, keyId: string): Promise<string> {
  return store.transaction(async (tx) => {
    const now = clock();
    const before = await tx
      .updateTable('api_keys')
      .set({ revoked_at: now })
      .where('tenant_id', '=', tenant)
      .where('id', '=', keyId)
      .where('revoked_at', 'is', null)
      .returningAll()
      .executeTakeFirst();
    if (!before) throw new ServiceFault('not-found', 'There is no such key.');
    const realm = { tenant, mode: before.mode as Mode };
    const { key, row } = newKey(realm, before.prefix.slice(0, -SHOWN), before.label, before.scope, now);
    await tx.insertInto('api_keys').values(row).execute();
    return key;
  });
}

function newKey(realm: Realm, prefix: string, label: string, scope: string | null, now: number) {
  const key = `${prefix}${randomId(32)}`;
  const row: NewRow<'api_keys'> = {
    id: `key_${randomId(16)}`,
    tenant_id: realm.tenant,
    mode: realm.mode,
    prefix: key.slice(0, prefix.length + SHOWN),
    hash: hashOf(key),
    label,
    created_at: now,
    revoked_at: null,
    scope,
  };
  return { key, row };
}

/** Whose key it is, or null. */
export const holderOf = (keys: HolderPorts, key: string): Promise<KeyHolder | null> => holderBy(keys, 'hash', hashOf(key));

/** The holder by the id of a key, or null where the key has ended. */
export const holderOfId = (keys: HolderPorts, id: string): Promise<KeyHolder | null> => holderBy(keys, 'id', id);

type HolderPorts = Pick<Keys, 'store'> & Partial<Keys>;

async function holderBy({ store, clock = Date.now }: HolderPorts, column: 'hash' | 'id', value: string): Promise<KeyHolder | null> {
  const row = await store.db
    .selectFrom('api_keys')
    .innerJoin('tenants', 'tenants.id', 'api_keys.tenant_id')
    .select(['api_keys.id', 'api_keys.tenant_id', 'api_keys.mode', 'api_keys.scope', 'tenants.tier'])
    .select(['tenants.suspended_at', 'tenants.paid_until', 'tenants.monthly_calls'])
    .where(`api_keys.${column}`, '=', value)
    .where('api_keys.revoked_at', 'is', null)
    .executeTakeFirst();
  if (!row) return null;
  const ended = row.paid_until !== null && row.paid_until <= clock();
  return {
    realm: { tenant: row.tenant_id, mode: row.mode as Mode },
    keyId: row.id,
    tier: row.tier,
    scope: row.scope,
    closed: row.suspended_at !== null ? 'suspended' : ended ? 'subscription-ended' : null,
    monthlyCalls: row.monthly_calls,
  };
}

/** The keys that hold, the newest first; `prefix` tells the interface. */
export async function listKeys({ store }: Pick<Keys, 'store'>, tenant: string, prefix: string): Promise<KeyMetadata[]> {
  const rows = await store.db
    .selectFrom('api_keys')
    .select(['id', 'mode', 'prefix', 'label', 'scope', 'created_at'])
    .where('tenant_id', '=', tenant)
    .where('prefix', 'like', `${prefix}%`)
    .where('revoked_at', 'is', null)
    .orderBy('created_at', 'desc')
    .execute();
  return rows.map(({ created_at: createdAt, mode, ...key }) => ({ ...key, mode: mode as Mode, createdAt }));
}

/** Ends a key at once. */
export async function revokeKey({ store, clock }: Keys, tenant: string, keyId: string): Promise<void> {
  await store.db.updateTable('api_keys').set({ revoked_at: clock() }).where('tenant_id', '=', tenant).where('id', '=', keyId).execute();
}

/** How many characters after the prefix stay to be seen. */
const SHOWN = 4;

const hashOf = (key: string): string => createHash('sha256').update(key, 'utf8').digest('hex');
