/** The people of a customer: invited by mail, given a role, removed. Somebody always stays who may change everything. */
import { invitationText } from '../mail/texts.ts';
import { isDuplicate, type Row, type Tx } from '../storage/database.ts';
import { ADMIN, accountAt, insertAccount, type Role, toKeep } from './accounts.ts';
import type { Core } from './core.ts';
import { ServiceFault } from './fault.ts';
import { bareId, randomId } from './ids.ts';
import { mailToAddress } from './messages.ts';
import { place } from './records.ts';

export interface Member {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly since: number;
}

export interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly expiresAt: number;
}

export async function listMembers({ store, vault }: Core, tenant: string): Promise<Member[]> {
  const rows = await store.db
    .selectFrom('accounts')
    .select(['id', 'email_sealed', 'role', 'created_at'])
    .where('tenant_id', '=', tenant)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map(({ id, email_sealed: sealed, role, created_at: since }) => ({
    ...{ id, role, since },
    email: vault.open(sealed, place('accounts', 'email', id)),
  }));
}

/** Those that can still be accepted. */
export async function listInvitations({ store, vault, clock }: Core, tenant: string): Promise<Invitation[]> {
  const rows = await store.db
    .selectFrom('invitations')
    .selectAll()
    .where('tenant_id', '=', tenant)
    .where('expires_at', '>', clock())
    .orderBy('created_at')
    .execute();
  return rows.map((row) => invitationOf(row, vault));
}

/**
 * Invites somebody by a mail with a link, in place of an invitation that they had. Throws `ServiceFault` `duplicate` where they are
 * there already, `conflict` where there are too many.
 */
export async function invite(
  core: Core,
  tenant: string,
  asked: { readonly email: string; readonly role: Role; readonly by: string; readonly language: string },
): Promise<void> {
  const { email, role, by, language } = asked;
  const { store, vault, clock, links } = core;
  const macs = vault.macs('account', email.toLowerCase());
  const account = await accountAt(core, email);
  // Of accounts at other customers nobody is told here; who has one learns it from the link.
  if (account?.tenant_id === tenant) throw new ServiceFault('duplicate', 'This address has an account.');
  const id = `inv_${randomId(16)}`;
  const now = clock();
  const expiresAt = now + INVITATION_LIFE;
  await store.transaction(async (tx) => {
    await tx
      .deleteFrom('invitations')
      .where('tenant_id', '=', tenant)
      .where('email_mac', 'in', [...macs])
      .execute();
    await requireRoom(tx, tenant, now);
    await tx
      .insertInto('invitations')
      .values({
        ...{ id, tenant_id: tenant, role, created_at: now, expires_at: expiresAt },
        email_mac: vault.mac('account', email.toLowerCase()),
        email_sealed: vault.seal(email, place('invitations', 'email', id)),
      })
      .execute();
    const link = `${links.origin}${JOIN}?t=${links.token('invitation', bareId(id), expiresAt)}`;
    // Mails of test mode never leave the house.
    await mailToAddress(tx, core, { tenant, mode: 'live' }, email, invitationText({ by, link, until: expiresAt }, language));
  });
}

async function requireRoom(tx: Tx, tenant: string, now: number): Promise<void> {
  const { members } = await tx
    .selectFrom('accounts')
    .select((row) => row.fn.countAll().as('members'))
    .where('tenant_id', '=', tenant)
    .executeTakeFirstOrThrow();
  const { invited } = await tx
    .selectFrom('invitations')
    .select((row) => row.fn.countAll().as('invited'))
    .where('tenant_id', '=', tenant)
    .where('expires_at', '>', now)
    .executeTakeFirstOrThrow();
  if (Number(members) + Number(invited) >= MOST_MEMBERS)
    throw new ServiceFault('conflict', `There can be ${MOST_MEMBERS} accounts at most.`);
}

/** The invitation that a link leads to; null where it is over, accepted or withdrawn. */
export async function openInvitation({ store, vault, links, clock }: Core, token: string): Promise<Invitation | null> {
  const opened = links.open('invitation', token, clock());
  if (opened === null || opened.expired) return null;
  const row = await store.db.selectFrom('invitations').selectAll().where('id', '=', `inv_${opened.subject}`).executeTakeFirst();
  return row && row.expires_at > clock() ? invitationOf(row, vault) : null;
}

/** Makes the account, once; gives its id. Throws `ServiceFault` `not-found`, `duplicate` where the address has an account. */
export async function acceptInvitation(core: Core, id: string, password: string): Promise<string> {
  const kept = await toKeep(password);
  try {
    return await core.store.transaction(async (tx) => {
      const row = await tx
        .deleteFrom('invitations')
        .where('id', '=', id)
        .where('expires_at', '>', core.clock())
        .returningAll()
        .executeTakeFirst();
      if (!row) throw new ServiceFault('not-found', 'There is no such invitation.');
      const { email } = invitationOf(row, core.vault);
      if (await accountAt({ ...core, db: tx }, email)) throw new ServiceFault('duplicate', 'This address has an account.');
      return insertAccount(tx, core, { tenant: row.tenant_id, email, role: row.role, kept });
    });
  } catch (error) {
    if (isDuplicate(error)) throw new ServiceFault('duplicate', 'This address has an account.');
    throw error;
  }
}

/** Throws `ServiceFault` `not-found`. */
export async function withdrawInvitation({ store }: Core, tenant: string, id: string): Promise<void> {
  const gone = await store.db.deleteFrom('invitations').where('id', '=', id).where('tenant_id', '=', tenant).executeTakeFirst();
  if (Number(gone.numDeletedRows) === 0) throw new ServiceFault('not-found', 'There is no such invitation.');
}

/** Gives somebody else another role. Throws `ServiceFault` `not-found`, `forbidden`, `conflict` for the own account. */
export async function changeRole(core: Core, actor: Actor, id: string, role: Role): Promise<void> {
  await core.store.transaction(async (tx) => {
    await requireOther(tx, core, actor, id);
    await tx.updateTable('accounts').set({ role }).where('id', '=', id).execute();
  });
}

/** Removes somebody else, and ends their sessions. Throws `ServiceFault` `not-found`, `forbidden`, `conflict` for the own account. */
export async function removeMember(core: Core, actor: Actor, id: string): Promise<void> {
  await core.store.transaction(async (tx) => {
    await requireOther(tx, core, actor, id);
    await tx.deleteFrom('sessions').where('account_id', '=', id).execute();
    await tx.deleteFrom('accounts').where('id', '=', id).execute();
  });
}

/** Who changes something of others. */
export interface Actor {
  readonly id: string;
  readonly tenant: string;
}

/** Holds all accounts of the customer: of two who remove each other at once, the second is nobody any more. */
async function requireOther(tx: Tx, { store }: Core, { id: own, tenant }: Actor, id: string): Promise<void> {
  const query = tx.selectFrom('accounts').select(['id', 'role']).where('tenant_id', '=', tenant).orderBy('id');
  const rows = await (store.dialect === 'postgres' ? query.forUpdate() : query).execute();
  if (rows.find((row) => row.id === own)?.role !== ADMIN) throw new ServiceFault('forbidden', 'This account may not change anything.');
  if (rows.every((row) => row.id !== id)) throw new ServiceFault('not-found', 'There is no such account.');
  if (id === own) throw new ServiceFault('conflict', 'Nobody removes themselves: somebody else has to.');
}

const invitationOf = (row: Row<'invitations'>, vault: Core['vault']): Invitation => ({
  id: row.id,
  email: vault.open(row.email_sealed, place('invitations', 'email', row.id)),
  role: row.role,
  expiresAt: row.expires_at,
});

/** Where the link of an invitation leads. */
export const JOIN = '/w/portal/join';
const INVITATION_LIFE = 7 * 24 * 3_600_000;
const MOST_MEMBERS = 100;
