/** Who is signed in to the portal: a token that only the browser has, of which a hash is kept until it ends. */
import { createHash, randomBytes } from 'node:crypto';
import type { Account } from './accounts.ts';
import type { Core } from './core.ts';
import { place } from './records.ts';

export interface Session {
  readonly id: string;
  readonly account: Account & { readonly email: string };
}

type Sessions = Pick<Core, 'store' | 'clock'>;

/** A session for an account; gives its token. What is over is swept out. */
export async function openSession({ store, clock }: Sessions, account: string): Promise<string> {
  const now = clock();
  const token = randomBytes(32).toString('base64url');
  await store.transaction(async (tx) => {
    await tx
      .deleteFrom('sessions')
      .where((row) => row.or([row('created_at', '<=', now - SESSION_LIFE), row('seen_at', '<=', now - SESSION_PAUSE)]))
      .execute();
    await tx
      .insertInto('sessions')
      .values({ id: idOf(token), account_id: account, created_at: now, seen_at: now })
      .execute();
  });
  return token;
}

/** Null for what is no session, or is over: after half a day, or an hour in which nothing was asked. */
export async function readSession(
  { store, vault, clock }: Pick<Core, 'store' | 'vault' | 'clock'>,
  token: string,
): Promise<Session | null> {
  const now = clock();
  const row = await store.db
    .selectFrom('sessions')
    .innerJoin('accounts', 'accounts.id', 'sessions.account_id')
    .select(['sessions.id', 'sessions.seen_at', 'accounts.id as account', 'accounts.tenant_id', 'accounts.role', 'accounts.email_sealed'])
    .where('sessions.id', '=', idOf(token))
    .where('sessions.created_at', '>', now - SESSION_LIFE)
    .where('sessions.seen_at', '>', now - SESSION_PAUSE)
    .executeTakeFirst();
  if (!row) return null;
  if (row.seen_at + SEEN_STEP < now) await store.db.updateTable('sessions').set({ seen_at: now }).where('id', '=', row.id).execute();
  const email = vault.open(row.email_sealed, place('accounts', 'email', row.account));
  return { id: row.id, account: { id: row.account, tenant: row.tenant_id, role: row.role, email } };
}

export async function endSession({ store }: Pick<Sessions, 'store'>, id: string): Promise<void> {
  await store.db.deleteFrom('sessions').where('id', '=', id).execute();
}

const idOf = (token: string): string => createHash('sha256').update(token, 'utf8').digest('hex');

export const SESSION_LIFE = 12 * 3_600_000;
const SESSION_PAUSE = 3_600_000;
/** That somebody is there is written down once a minute. */
const SEEN_STEP = 60_000;
