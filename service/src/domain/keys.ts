/** Customers and their API keys: only the SHA-256 of a key is kept, the key is shown once. */
import { createHash } from 'node:crypto';
import type { Store } from '../storage/database.ts';
import { randomId } from './ids.ts';
import type { Mode, Realm } from './model.ts';

export interface KeyHolder {
  readonly realm: Realm;
  readonly keyId: string;
  readonly tier: string;
}

type Keys = { readonly store: Store; readonly clock: () => number };

export async function createTenant({ store, clock }: Keys, name: string, tier: string): Promise<string> {
  const id = `ten_${randomId(16)}`;
  await store.db.insertInto('tenants').values({ id, name, tier, created_at: clock() }).execute();
  return id;
}

/** A new key: `prefix`, then 32 characters. It cannot be read again later. */
export async function createKey({ store, clock }: Keys, realm: Realm, prefix: string, label: string): Promise<string> {
  const key = `${prefix}${randomId(32)}`;
  await store.db
    .insertInto('api_keys')
    .values({
      id: `key_${randomId(16)}`,
      tenant_id: realm.tenant,
      mode: realm.mode,
      prefix: key.slice(0, prefix.length + 4),
      hash: hashOf(key),
      label,
      created_at: clock(),
      revoked_at: null,
    })
    .execute();
  return key;
}

/** Whose key it is, or null. */
export async function holderOf({ store }: Pick<Keys, 'store'>, key: string): Promise<KeyHolder | null> {
  const row = await store.db
    .selectFrom('api_keys')
    .innerJoin('tenants', 'tenants.id', 'api_keys.tenant_id')
    .select(['api_keys.id', 'api_keys.tenant_id', 'api_keys.mode', 'tenants.tier'])
    .where('api_keys.hash', '=', hashOf(key))
    .where('api_keys.revoked_at', 'is', null)
    .executeTakeFirst();
  return row ? { realm: { tenant: row.tenant_id, mode: row.mode as Mode }, keyId: row.id, tier: row.tier } : null;
}

/** Ends a key at once. */
export async function revokeKey({ store, clock }: Keys, tenant: string, keyId: string): Promise<void> {
  await store.db.updateTable('api_keys').set({ revoked_at: clock() }).where('tenant_id', '=', tenant).where('id', '=', keyId).execute();
}

const hashOf = (key: string): string => createHash('sha256').update(key, 'utf8').digest('hex');
