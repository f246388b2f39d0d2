/** People who look after a customer's keys and webhooks: their e-mail address and a password, of which only a hash is kept (scrypt, RFC 7914). */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Core } from './core.ts';
import { randomId } from './ids.ts';
import { place } from './records.ts';

export interface Account {
  readonly id: string;
  readonly tenant: string;
  /** `api_admin` may change things; others may look. */
  readonly role: string;
}

export async function createAccount(
  { store, vault, clock }: Core,
  account: { readonly tenant: string; readonly email: string; readonly password: string; readonly role: string },
): Promise<string> {
  const id = `acc_${randomId(16)}`;
  await store.db
    .insertInto('accounts')
    .values({
      id,
      tenant_id: account.tenant,
      role: account.role,
      email_mac: vault.mac('account', account.email.toLowerCase()),
      email_sealed: vault.seal(account.email, place('accounts', 'email', id)),
      password: await toKeep(account.password),
      created_at: clock(),
    })
    .execute();
  return id;
}

/** Null for a wrong address as for a wrong password, after the same time. */
export async function signIn({ store, vault }: Core, email: string, password: string): Promise<Account | null> {
  const row = await store.db
    .selectFrom('accounts')
    .selectAll()
    .where('email_mac', '=', vault.mac('account', email.toLowerCase()))
    .executeTakeFirst();
  const right = await isRight(password, row?.password ?? `${NOBODY} ${NOBODY}`);
  return row && right ? { id: row.id, tenant: row.tenant_id, role: row.role } : null;
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

/** Null where there is no such account any more. */
export async function readAccount({ store }: Pick<Core, 'store'>, id: string): Promise<Account | null> {
  const row = await store.db.selectFrom('accounts').select(['id', 'tenant_id', 'role']).where('id', '=', id).executeTakeFirst();
  return row ? { id: row.id, tenant: row.tenant_id, role: row.role } : null;
}

async function toKeep(password: string): Promise<string> {
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
