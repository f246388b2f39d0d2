/** People who look after a customer's keys and webhooks: their e-mail address and a password, of which only a hash is kept (scrypt, RFC 7914). */
import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Queries } from '../storage/database.ts';
import type { Core } from './core.ts';
import { ServiceFault } from './fault.ts';
import { randomId } from './ids.ts';
import { place } from './records.ts';

/** Who may change things, and who may look. */
export const ADMIN = 'api_admin';
export const ROLES = [ADMIN, 'viewer'] as const;
export type Role = (typeof ROLES)[number];

export interface Account {
  readonly id: string;
  readonly tenant: string;
  /** One of {@link ROLES}. */
  readonly role: string;
}

export interface SignedIn extends Account {
  /** Another one after a change of the password. */
  readonly proof: string;
}

/** Throws `ServiceFault` `duplicate` where the address has an account. */
export async function createAccount(
  core: Pick<Core, 'store' | 'vault' | 'clock'>,
  { tenant, email, password, role }: { readonly tenant: string; readonly email: string; readonly password: string; readonly role: string },
): Promise<string> {
  if (await accountAt(core, email)) throw new ServiceFault('duplicate', 'This address has an account.');
  return insertAccount(core.store.db, core, { tenant, email, role, kept: await toKeep(password) });
}

/** `kept`: what is kept of the password. */
export async function insertAccount(
  db: Queries,
  { vault, clock }: Pick<Core, 'vault' | 'clock'>,
  { tenant, email, role, kept }: { readonly tenant: string; readonly email: string; readonly role: string; readonly kept: string },
): Promise<string> {
  const id = `acc_${randomId(16)}`;
  await db
    .insertInto('accounts')
    .values({
      id,
      tenant_id: tenant,
      role,
      email_mac: vault.mac('account', email.toLowerCase()),
      email_sealed: vault.seal(email, place('accounts', 'email', id)),
      password: kept,
      created_at: clock(),
    })
    .execute();
  return id;
}

/**
 * Null for a wrong address as for a wrong password, after the same time. Throws `ServiceFault` `too-many-requests`: tries are
 * counted by what is tried, at whichever door and from wherever, also for addresses that nobody has. The right password is no try.
 */
export async function signIn(core: Core, email: string, password: string): Promise<SignedIn | null> {
  // Counted before it is looked at, so that many at once are no way around the limit.
  const uncount = await countTry(core, email);
  const row = await accountAt(core, email);
  const right = await isRight(password, row?.password ?? `${NOBODY} ${NOBODY}`);
  if (row && right) await uncount();
  return row && right ? { id: row.id, tenant: row.tenant_id, role: row.role, proof: proofOf(row.password) } : null;
}

/** An address may have been written down under an earlier key. */
export const accountAt = ({ store, vault, db = store.db }: Pick<Core, 'store' | 'vault'> & { readonly db?: Queries }, email: string) =>
  db
    .selectFrom('accounts')
    .selectAll()
    .where('email_mac', 'in', [...vault.macs('account', email.toLowerCase())])
    .executeTakeFirst();

/** Gives what takes the try back. */
async function countTry({ store, vault, clock }: Core, email: string): Promise<() => Promise<void>> {
  const startedAt = Math.floor(clock() / MINUTE) * MINUTE;
  const keyId = vault.mac('tries', email.toLowerCase());
  const { count } = await store.db
    .insertInto('rate_windows')
    .values({ key_id: keyId, started_at: startedAt, count: 1 })
    .onConflict((conflict) =>
      conflict.columns(['key_id', 'started_at']).doUpdateSet((set) => ({ count: set('rate_windows.count', '+', 1) })),
    )
    .returning('count')
    .executeTakeFirstOrThrow();
  if (count > TRIES_A_MINUTE)
    throw new ServiceFault('too-many-requests', 'Too many tries to sign in: wait a minute.', { retryAfter: MINUTE / 1000 });
  return async () => {
    await store.db
      .updateTable('rate_windows')
      .set((set) => ({ count: set('count', '-', 1) }))
      .where('key_id', '=', keyId)
      .where('started_at', '=', startedAt)
      .execute();
  };
}

/** False where the password before is wrong. All sessions of the account but `session` end. */
export async function changePassword(
  { store }: Pick<Core, 'store'>,
  id: string,
  passwords: { readonly before: string; readonly after: string },
  session: string,
): Promise<boolean> {
  const row = await store.db.selectFrom('accounts').select('password').where('id', '=', id).executeTakeFirst();
  if (!row || !(await isRight(passwords.before, row.password))) return false;
  const password = await toKeep(passwords.after);
  await store.transaction(async (tx) => {
    await tx.updateTable('accounts').set({ password }).where('id', '=', id).execute();
    await tx.deleteFrom('sessions').where('account_id', '=', id).where('id', '!=', session).execute();
  });
  return true;
}

/** Null where there is no such account any more, or its password is another one since `proof` was given. */
export async function readAccount({ store }: Pick<Core, 'store'>, id: string, proof: string): Promise<Account | null> {
  const row = await store.db.selectFrom('accounts').selectAll().where('id', '=', id).executeTakeFirst();
  return row && proofOf(row.password) === proof ? { id: row.id, tenant: row.tenant_id, role: row.role } : null;
}

const proofOf = (kept: string): string => createHash('sha256').update(kept, 'utf8').digest('base64url').slice(0, 16);

/** Salt and hash. */
export async function toKeep(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `${salt.toString('base64')} ${(await hashed(password, salt)).toString('base64')}`;
}

async function isRight(password: string, kept: string): Promise<boolean> {
  const [salt = '', hash = ''] = kept.split(' ');
  const given = await hashed(password, Buffer.from(salt, 'base64'));
  const right = Buffer.from(hash, 'base64');
  return right.length === given.length && timingSafeEqual(right, given);
}

const derive = promisify(scrypt) as (password: string, salt: Buffer, length: number) => Promise<Buffer>;
const hashed = (password: string, salt: Buffer): Promise<Buffer> => derive(password.normalize('NFKC').slice(0, 1024), salt, 32);
const NOBODY = Buffer.alloc(16).toString('base64');
const MINUTE = 60_000;
const TRIES_A_MINUTE = 10;
