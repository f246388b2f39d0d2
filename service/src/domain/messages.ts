/** Messages to signers: written when they become due, sent by a job; in test mode they stay in the outbox. */
import { codeBySms, invitationBySms, type MessageFacts, type MessageKind, type MessageText, messageText } from '../mail/texts.ts';
import type { Tx } from '../storage/database.ts';
import type { Core } from './core.ts';
import { randomId } from './ids.ts';
import type { Channel, Realm, SignerRecord } from './model.ts';
import { place } from './records.ts';

export type { Channel } from './model.ts';

/** Puts a mail to a signer into the outbox, and the job that sends it. */
export async function mailTo(
  tx: Tx,
  core: Core,
  realm: Realm,
  signer: SignerRecord,
  kind: MessageKind,
  facts: Omit<MessageFacts, 'signer'>,
): Promise<void> {
  // Who is known by telephone only gets no mail.
  if (signer.email === '') return;
  const { subject, body } = messageText(kind, { ...facts, signer: signer.name }, signer.locale, signer.role === 'approver');
  await put(tx, core, realm, signer.id, 'email', { to: signer.email, subject, body });
}

/** Sends the link by the way that the signer is to be invited by. */
export async function inviteBy(
  tx: Tx,
  core: Core,
  realm: Realm,
  signer: SignerRecord,
  facts: Omit<MessageFacts, 'signer'> & { readonly link: string },
): Promise<void> {
  const channel = signer.details.invitationChannel ?? 'email';
  if (channel === 'email' || signer.phone === null) return mailTo(tx, core, realm, signer, 'invitation', facts);
  const body = invitationBySms(facts.document, facts.link, signer.locale, signer.role === 'approver');
  await put(tx, core, realm, signer.id, channel, { to: signer.phone, subject: '', body });
}

export async function smsTo(tx: Tx, core: Core, realm: Realm, signer: SignerRecord, code: string, channel: Channel = 'sms'): Promise<void> {
  await put(tx, core, realm, signer.id, channel, { to: signer.phone ?? '', subject: '', body: codeBySms(code, signer.locale) });
}

/** A mail to somebody who signs nothing. */
export const mailToAddress = (tx: Tx, core: Core, realm: Realm, to: string, { subject, body }: MessageText): Promise<void> =>
  put(tx, core, realm, null, 'email', { to, subject, body });

export interface OutboxMessage {
  readonly id: string;
  readonly channel: Channel;
  readonly to: string;
  readonly subject: string;
  readonly body: string;
  readonly createdAt: number;
  readonly sentAt: number | null;
}

/** The newest messages first: of test mode, or of everything where no mail leaves the house; of one customer, or of all. */
export async function readOutbox(
  { store, vault }: Core,
  modes: readonly string[],
  limit: number,
  tenant: string | null = null,
): Promise<OutboxMessage[]> {
  let query = store.db
    .selectFrom('messages')
    .selectAll()
    .where('mode', 'in', [...modes]);
  if (tenant !== null) query = query.where('tenant_id', '=', tenant);
  const rows = await query.orderBy('created_at', 'desc').limit(limit).execute();
  const open = (id: string, column: string, sealed: string): string => vault.open(sealed, place('messages', column, id));
  return rows.map((row) => ({
    id: row.id,
    channel: row.channel as Channel,
    to: open(row.id, 'to', row.to_sealed),
    subject: open(row.id, 'subject', row.subject_sealed),
    body: open(row.id, 'body', row.body_sealed),
    createdAt: row.created_at,
    sentAt: row.sent_at,
  }));
}

async function put(
  tx: Tx,
  { vault, jobs, clock }: Core,
  realm: Realm,
  signerId: string | null,
  channel: Channel,
  message: { readonly to: string; readonly subject: string; readonly body: string },
): Promise<void> {
  const id = `msg_${randomId(16)}`;
  const seal = (column: string, text: string): string => vault.seal(text, place('messages', column, id));
  await tx
    .insertInto('messages')
    .values({
      id,
      tenant_id: realm.tenant,
      mode: realm.mode,
      signer_id: signerId,
      channel,
      to_sealed: seal('to', message.to),
      subject_sealed: seal('subject', message.subject),
      body_sealed: seal('body', message.body),
      created_at: clock(),
      sent_at: null,
    })
    .execute();
  if (realm.mode === 'live') await jobs.enqueue(tx, { kind: 'message', data: { message: id } });
}
