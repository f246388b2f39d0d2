/** Signers: added, invited, reminded. */
import type { NewRow, Tx } from '../storage/database.ts';
import { logEvent } from './audit.ts';
import type { Core } from './core.ts';
import { ServiceFault } from './fault.ts';
import { type Once, onceOnly, takeKey } from './idempotency.ts';
import { bareId, randomId } from './ids.ts';
import { signingUrl } from './links.ts';
import { type Channel, inviteBy, mailTo } from './messages.ts';
import type { IdentityMethod, Realm, RequestRecord, Role, SignerDetails, SignerRecord, Simulation } from './model.ts';
import { place, withSigners } from './records.ts';
import { documentOfRequest, MOST_SIGNERS, ownRequest, readRequest, whoseTurn } from './request.ts';

export interface NewSigner {
  readonly name: string;
  readonly email: string;
  readonly phone: string | null;
  readonly method: IdentityMethod;
  readonly country: string | null;
  readonly locale: string | null;
  readonly order: number | null;
  /** Test mode only. */
  readonly simulation: Simulation | null;
  readonly simulatedDocument: string | null;
  /** Default: `signer`. */
  readonly role?: Role;
  readonly details?: SignerDetails;
}

/** Adds a signer while nobody has signed. Throws `ServiceFault` `not-found`, `conflict`, `invalid`, `duplicate`. */
export async function addSigner(core: Core, realm: Realm, requestId: string, signer: NewSigner, once: Once | null): Promise<SignerRecord> {
  requireMethod(core, realm, signer, 'identity_verification.method');
  await readRequest(core, realm, requestId);
  return onceOnly(
    core,
    realm,
    once,
    () => add(core, realm, requestId, signer, once),
    async (id) => signerIn(await readRequest(core, realm, requestId), id),
  );
}

/** Throws `ServiceFault` `not-found`. */
export function signerIn(request: RequestRecord, id: string): SignerRecord {
  const signer = request.signers.find((one) => one.id === id);
  if (!signer) throw new ServiceFault('not-found', 'There is no such signer in this request.');
  return signer;
}

export interface Reminder {
  readonly channel: Channel | 'both';
  readonly note: string | null;
  readonly once: Once | null;
}

export const MOST_REMINDERS = 3;
const REMINDER_PAUSE = 24 * 3_600_000;

/** Reminds a signer whose turn it is. Throws `ServiceFault` `not-found`, `conflict`, `reminder-limit`, `invalid`, `duplicate`. */
export async function remind(core: Core, realm: Realm, requestId: string, signerId: string, reminder: Reminder): Promise<SignerRecord> {
  await readRequest(core, realm, requestId);
  return onceOnly(
    core,
    realm,
    reminder.once,
    () => remindNow(core, realm, requestId, signerId, reminder),
    async (id) => signerIn(await readRequest(core, realm, requestId), id),
  );
}

async function remindNow(
  core: Core,
  realm: Realm,
  requestId: string,
  signerId: string,
  { channel, note, once }: Reminder,
): Promise<SignerRecord> {
  return core.store.transaction(async (tx) => {
    const request = await withSigners(tx, await ownRequest(tx, core, realm, requestId), core.vault);
    const signer = signerIn(request, signerId);
    const now = core.clock();
    if (request.status !== 'pending' && request.status !== 'started')
      throw new ServiceFault('conflict', `The request is ${request.status}: nobody can be reminded.`, { status: request.status });
    if (!whoseTurn(request).some(({ id }) => id === signerId))
      throw new ServiceFault('conflict', 'This signer cannot sign now: signed already, or it is not their turn.', {
        status: signer.status,
      });
    if (signer.remindersSent >= MOST_REMINDERS)
      throw new ServiceFault('reminder-limit', `This signer has had ${MOST_REMINDERS} reminders.`, { limit: MOST_REMINDERS });
    const due = (signer.lastRemindedAt ?? 0) + REMINDER_PAUSE;
    if (due > now)
      throw new ServiceFault('reminder-limit', 'A signer is reminded once in 24 hours.', { retryAfter: Math.ceil((due - now) / 1000) });
    if (channel !== 'email' && signer.phone === null)
      throw new ServiceFault('invalid', 'This signer has no telephone number.', { field: 'channel' });
    await takeKey(tx, core, realm, once, signerId);
    const changes = { reminders_sent: signer.remindersSent + 1, last_reminded_at: now };
    await tx.updateTable('signers').set(changes).where('id', '=', signerId).execute();
    const { name } = await documentOfRequest(tx, core, request);
    await mailTo(tx, core, realm, signer, 'reminder', {
      document: name,
      link: linkOf(core, signer),
      note,
      until: request.expiresAt,
    });
    await logEvent(tx, core, requestId, { type: 'signer.reminded', actor: 'api', details: { signer: signerId, channel } });
    return { ...signer, remindersSent: changes.reminders_sent, lastRemindedAt: now };
  });
}

/** Invites everybody whose turn it is and who was not invited yet; plays the simulated ones. */
export async function inviteTurn(tx: Tx, core: Core, request: RequestRecord): Promise<void> {
  const invited = await tx
    .selectFrom('events')
    .select('actor')
    .where('request_id', '=', request.id)
    .where('type', '=', 'signer.invited')
    .execute();
  const already = new Set(invited.map(({ actor }) => actor));
  const { name } = await documentOfRequest(tx, core, request);
  for (const signer of whoseTurn(request)) {
    if (already.has(signer.id)) continue;
    if (!request.headless)
      await inviteBy(tx, core, request.realm, signer, { document: name, link: linkOf(core, signer), until: request.expiresAt });
    await logEvent(tx, core, request.id, { type: 'signer.invited', actor: signer.id });
    if (signer.simulation !== null && signer.simulation !== 'never-acts')
      await core.jobs.enqueue(tx, { kind: 'simulate', data: { request: request.id, signer: signer.id } });
  }
}

/** A signer as a row, personal data encrypted. */
export function signerRow(
  { vault, clock }: Core,
  realm: Realm,
  signer: NewSigner,
  requestId: string,
  position: number,
  turn: number,
): NewRow<'signers'> {
  const id = `sgn_${randomId(12)}`;
  const seal = (column: string, text: string): string => vault.seal(text, place('signers', column, id));
  return {
    id,
    request_id: requestId,
    tenant_id: realm.tenant,
    mode: realm.mode,
    position,
    turn,
    name_sealed: seal('name', signer.name),
    email_sealed: seal('email', signer.email),
    phone_sealed: signer.phone === null ? null : seal('phone', signer.phone),
    locale: signer.locale,
    method: signer.method,
    country: signer.country,
    status: 'waiting',
    verification: 'pending',
    verified_at: null,
    identity_sealed: null,
    consented_at: null,
    signed_at: null,
    declined_at: null,
    decline_reason_sealed: null,
    reminders_sent: 0,
    last_reminded_at: null,
    seal: null,
    simulation: realm.mode === 'test' ? signer.simulation : null,
    simulated_document_sealed:
      realm.mode === 'test' && signer.simulatedDocument !== null ? seal('simulated_document', signer.simulatedDocument) : null,
    code_failures: 0,
    role: signer.role ?? 'signer',
    number_shown_at: null,
    details_sealed: signer.details === undefined ? null : seal('details', JSON.stringify(signer.details)),
    created_at: clock(),
  };
}

/** Throws `ServiceFault` where a way of identification cannot be gone. */
export function requireMethod({ settings }: Core, realm: Realm, { method, phone }: NewSigner, field: string): void {
  if (method === 'sms-code' && phone === null) throw new ServiceFault('invalid', 'A code by SMS needs a telephone number.', { field });
  if (realm.mode === 'live' && !settings.liveMethods.includes(method))
    throw new ServiceFault('unavailable', 'No provider for this way of identification is configured.', { field });
}

/** Where the signer goes, with a token that holds for a while. */
export const linkOf = ({ links, clock }: Pick<Core, 'links' | 'clock'>, signer: Pick<SignerRecord, 'id'>): string =>
  signingUrl(links, `s/${bareId(signer.id)}`, bareId(signer.id), clock());

async function add(core: Core, realm: Realm, requestId: string, signer: NewSigner, once: Once | null): Promise<SignerRecord> {
  return core.store.transaction(async (tx) => {
    const row = await ownRequest(tx, core, realm, requestId);
    if (row.status !== 'pending')
      throw new ServiceFault('conflict', `The request is ${row.status}: signers are added while it is pending.`, { status: row.status });
    const request = await withSigners(tx, row, core.vault);
    if (request.signers.length >= MOST_SIGNERS)
      throw new ServiceFault('invalid', `A request has ${MOST_SIGNERS} signers at most.`, { field: 'signers', limit: MOST_SIGNERS });
    const last = Math.max(0, ...request.signers.map(({ turn }) => turn));
    const turn = request.ordering === 'parallel' ? 0 : (signer.order ?? last + 1);
    const added = signerRow(core, realm, signer, requestId, request.signers.length, turn);
    await takeKey(tx, core, realm, once, added.id);
    await tx.insertInto('signers').values(added).execute();
    await tx
      .updateTable('requests')
      .set({ version: row.version + 1 })
      .where('id', '=', requestId)
      .execute();
    await logEvent(tx, core, requestId, {
      type: 'signer.added',
      actor: 'api',
      details: { signer: added.id, name: signer.name, email: signer.email },
    });
    const changed = await withSigners(tx, row, core.vault);
    await inviteTurn(tx, core, changed);
    return signerIn(changed, added.id);
  });
}
