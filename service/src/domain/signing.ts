/**
 * What a signer does: opens the link, reads, consents, proves by a one-time code who they are, signs or declines. Each step
 * is one transaction that holds the request, so that of two last signers each sees what the other did.
 */
import { randomInt } from 'node:crypto';
import type { Tx } from '../storage/database.ts';
import { sameText } from '../storage/vault.ts';
import { logEvent } from './audit.ts';
import type { Core } from './core.ts';
import { ServiceFault } from './fault.ts';
import { randomId } from './ids.ts';
import { type Channel, mailTo, smsTo } from './messages.ts';
import type { IdentityMethod, RequestRecord, SignerRecord } from './model.ts';
import { notify } from './notices.ts';
import { place, withSigners } from './records.ts';
import { documentOfRequest, heldRequest, isOpen, whoseTurn } from './request.ts';
import { finish } from './requests.ts';
import { inviteTurn, linkOf } from './signers.ts';
import { heldSigner, recordVerification, tooManyFailures } from './verification.ts';

/** From where somebody acts; stands in the log. */
export interface Visitor {
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** What the signing page shows. */
export interface SigningView {
  readonly request: RequestRecord;
  readonly signer: SignerRecord;
  readonly document: {
    readonly id: string;
    readonly name: string;
    readonly mediaType: string;
    readonly pages: number | null;
    readonly sha256: string;
  };
  readonly state: SigningState;
}

/**
 * `identity`: a number, or pictures of face and document, are to be shown; `checking`: somebody looks at them; `login`: the
 * signer logs in at an identity provider; `code`: a one-time code is needed; then `ready`. `viewing`: nothing is asked of them.
 */
export type SigningState =
  | 'not-your-turn'
  | 'viewing'
  | 'identity'
  | 'checking'
  | 'login'
  | 'code'
  | 'ready'
  | 'signed'
  | 'declined'
  | 'verification-failed'
  | 'closed'
  | 'completed';

/** The page of a signer; the first look is logged. Throws `ServiceFault` `not-found`. */
export async function openSigning(core: Core, signerId: string, visitor: Visitor): Promise<SigningView> {
  return core.store.transaction(async (tx) => {
    const { request, signer } = await heldSigner(tx, core, signerId);
    const opened = await tx
      .selectFrom('events')
      .select('sequence')
      .where('request_id', '=', request.id)
      .where('type', '=', 'signer.opened')
      .where('actor', '=', signerId)
      .executeTakeFirst();
    if (!opened) {
      await logEvent(tx, core, request.id, { type: 'signer.opened', actor: signerId, details: { ...visitor } });
      await notify(tx, core, { type: 'signer.opened', at: core.clock(), request, signer });
    }
    const row = await tx
      .selectFrom('documents')
      .select(['id', 'media_type', 'pages', 'sha256'])
      .where('id', '=', request.documentId)
      .executeTakeFirst();
    const { name } = await documentOfRequest(tx, core, request);
    if (!row) throw new ServiceFault('not-found', 'The document is not kept any more.');
    return {
      request,
      signer,
      document: { id: row.id, name, mediaType: row.media_type, pages: row.pages, sha256: row.sha256 },
      state: stateOf(core, request, signer),
    };
  });
}

/** What comes next for a signer. */
export function stateOf(core: Pick<Core, 'clock' | 'identityProvider'>, request: RequestRecord, signer: SignerRecord): SigningState {
  if (request.status === 'failed') return 'closed';
  if (signer.status === 'signed') return request.status === 'completed' ? 'completed' : 'signed';
  if (signer.status === 'declined') return 'declined';
  if (signer.status === 'verification-failed') return 'verification-failed';
  if (signer.role === 'viewer' && (request.status === 'completed' || request.status === 'sealing'))
    return request.status === 'completed' ? 'completed' : 'viewing';
  if (!isOpen(request) || request.expiresAt <= core.clock()) return 'closed';
  if (signer.role === 'viewer') return 'viewing';
  if (!whoseTurn(request).some(({ id }) => id === signer.id)) return 'not-your-turn';
  if (signer.verification === 'verified' || request.level === 'simple') return 'ready';
  if (signer.verification === 'checking') return 'checking';
  if (request.realm.mode === 'live' && core.identityProvider?.methods.includes(signer.method)) return 'login';
  if (isChecked(signer)) return 'identity';
  return signer.details.documentNumber !== undefined && signer.numberShownAt === null ? 'identity' : 'code';
}

/** Whether a document is looked at, and not only its number compared. */
export const isChecked = ({ method }: SignerRecord): boolean => CHECKED.has(method);

/** The way that a one-time code goes to a signer. */
export function codeChannelOf({ details, method, phone }: SignerRecord): Channel {
  return phone === null ? 'email' : (details.codeChannel ?? (method === 'sms-code' ? 'sms' : 'email'));
}

/** Sends a new one-time code; earlier ones hold no more. Throws `ServiceFault` `conflict`, `too-many-requests`. */
export async function sendCode(core: Core, signerId: string): Promise<{ readonly channel: Channel; readonly expiresAt: number }> {
  return core.store.transaction(async (tx) => {
    const { request, signer } = await actingSigner(tx, core, signerId, 'code');
    const channel = codeChannelOf(signer);
    const now = core.clock();
    const recent = await tx
      .selectFrom('codes')
      .select(['id', 'created_at'])
      .where('signer_id', '=', signerId)
      .where('created_at', '>', now - CODE_WINDOW)
      .execute();
    if (recent.length >= CODES_IN_WINDOW)
      throw new ServiceFault('too-many-requests', 'Too many codes were asked for: wait an hour.', { retryAfter: 3600 });
    await tx.updateTable('codes').set({ used_at: now }).where('signer_id', '=', signerId).where('used_at', 'is', null).execute();
    const id = randomId(16);
    const code = String(randomInt(1_000_000)).padStart(6, '0');
    const expiresAt = now + CODE_LIFE;
    await tx
      .insertInto('codes')
      .values({
        id,
        signer_id: signerId,
        channel,
        mac: core.vault.mac('code', `${id} ${code}`),
        tries: 0,
        created_at: now,
        expires_at: expiresAt,
        used_at: null,
      })
      .execute();
    if (channel !== 'email') await smsTo(tx, core, request.realm, signer, code, channel);
    else await mailTo(tx, core, request.realm, signer, 'code', { document: (await documentOfRequest(tx, core, request)).name, code });
    await tx
      .updateTable('signers')
      .set({ verification: 'started' })
      .where('id', '=', signerId)
      .where('verification', '=', 'pending')
      .execute();
    await logEvent(tx, core, request.id, { type: 'signer.code-sent', actor: signerId, details: { channel } });
    return { channel, expiresAt };
  });
}

/** `wrong`: try again; `void`: this code is spent, ask for another one; `locked`: too many wrong codes, the signer is out. */
export type CodeOutcome = 'right' | 'wrong' | 'void' | 'locked';

/** Checks a one-time code: three tries for each, nine for each signer. Throws `ServiceFault` `conflict`. */
export async function checkCode(core: Core, signerId: string, code: string): Promise<CodeOutcome> {
  return core.store.transaction(async (tx) => {
    const { request, signer } = await actingSigner(tx, core, signerId, 'code');
    const now = core.clock();
    const held = await tx
      .selectFrom('codes')
      .selectAll()
      .where('signer_id', '=', signerId)
      .where('used_at', 'is', null)
      .where('expires_at', '>', now)
      .orderBy('created_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (!held) return 'void';
    if (core.vault.macs('code', `${held.id} ${code.replace(/\s+/g, '')}`).some((one) => sameText(held.mac, one))) {
      await tx.updateTable('codes').set({ used_at: now }).where('id', '=', held.id).execute();
      await recordVerification(tx, core, request, signer, { verified: true, identity: null });
      return 'right';
    }
    const tries = held.tries + 1;
    const spent = tries >= TRIES;
    await tx
      .updateTable('codes')
      .set({ tries, ...(spent && { used_at: now }) })
      .where('id', '=', held.id)
      .execute();
    await logEvent(tx, core, request.id, { type: 'signer.code-wrong', actor: signerId, details: { tries } });
    if (await tooManyFailures(tx, signerId)) {
      await recordVerification(tx, core, request, signer, { verified: false, reason: 'wrong-codes', identity: null });
      return 'locked';
    }
    return spent ? 'void' : 'wrong';
  });
}

/** The signer says that they have read the document and want to sign it electronically. Throws `ServiceFault` `conflict`. */
export async function consent(core: Core, signerId: string, visitor: Visitor): Promise<void> {
  await core.store.transaction(async (tx) => {
    const { request, signer } = await actingSigner(tx, core, signerId);
    if (signer.consentedAt !== null) return;
    await tx.updateTable('signers').set({ consented_at: core.clock() }).where('id', '=', signerId).execute();
    await logEvent(tx, core, request.id, { type: 'signer.consented', actor: signerId, details: { ...visitor } });
  });
}

/**
 * The act of signing. Where everybody has signed, the sealing of the document is put down in the same transaction.
 * Repeated, it does nothing. Throws `ServiceFault` `conflict` where something is missing: the turn, the consent, the proof
 * of identity.
 */
export async function signNow(core: Core, signerId: string, visitor: Visitor): Promise<RequestRecord> {
  return core.store.transaction(async (tx) => {
    const found = await heldSigner(tx, core, signerId);
    if (found.signer.status === 'signed') return found.request;
    const { request, signer } = requireActing(core, found);
    if (signer.consentedAt === null) throw new ServiceFault('conflict', 'The signer has not consented yet.', { missing: 'consent' });
    if (request.level !== 'simple' && signer.verification !== 'verified')
      throw new ServiceFault('conflict', 'The signer has not proven who they are.', { missing: 'verification' });
    const at = core.clock();
    await tx.updateTable('signers').set({ status: 'signed', signed_at: at }).where('id', '=', signerId).execute();
    await logEvent(tx, core, request.id, { type: 'signer.signed', actor: signerId, details: { ...visitor } });
    const complete = request.signers.every(({ id, status, role }) => id === signerId || status === 'signed' || role === 'viewer');
    const row = await heldRequest(tx, core, request.id);
    await tx
      .updateTable('requests')
      .set({ status: complete ? 'sealing' : 'started', version: row.version + 1 })
      .where('id', '=', request.id)
      .execute();
    if (complete) {
      await logEvent(tx, core, request.id, { type: 'request.sealing', actor: 'system' });
      await core.jobs.enqueue(tx, { kind: 'seal', data: { request: request.id } });
    }
    const changed = await withSigners(tx, await heldRequest(tx, core, request.id), core.vault);
    await notify(tx, core, {
      type: 'signer.signed',
      at,
      request: changed,
      signer: changed.signers.find(({ id }) => id === signerId) ?? null,
    });
    if (!complete) await inviteTurn(tx, core, changed);
    return changed;
  });
}

/** Mails a new link to a signer whose link has ended. Throws `ServiceFault` `conflict`, `too-many-requests`. */
export async function renewLink(core: Core, signerId: string): Promise<void> {
  await core.store.transaction(async (tx) => {
    const { request, signer } = await actingSigner(tx, core, signerId);
    const hourAgo = core.clock() - CODE_WINDOW;
    const sent = await tx.selectFrom('messages').select('id').where('signer_id', '=', signerId).where('created_at', '>', hourAgo).execute();
    if (sent.length >= MESSAGES_IN_WINDOW)
      throw new ServiceFault('too-many-requests', 'Too many mails were sent: wait an hour.', { retryAfter: 3600 });
    const { name } = await documentOfRequest(tx, core, request);
    await mailTo(tx, core, request.realm, signer, 'invitation', { document: name, link: linkOf(core, signer) });
    await logEvent(tx, core, request.id, { type: 'signer.invited', actor: signerId, details: { again: true } });
  });
}

/** The signer refuses; the request ends with that. Throws `ServiceFault` `conflict`. */
export async function decline(core: Core, signerId: string, reason: string, visitor: Visitor): Promise<RequestRecord> {
  return core.store.transaction(async (tx) => {
    const { request } = await actingSigner(tx, core, signerId);
    const at = core.clock();
    await tx
      .updateTable('signers')
      .set({
        status: 'declined',
        declined_at: at,
        decline_reason_sealed: core.vault.seal(reason, place('signers', 'decline_reason', signerId)),
      })
      .where('id', '=', signerId)
      .execute();
    await logEvent(tx, core, request.id, { type: 'signer.declined', actor: signerId, details: { reason, ...visitor } });
    const row = await heldRequest(tx, core, request.id);
    const changed = await withSigners(tx, row, core.vault);
    const signer = changed.signers.find(({ id }) => id === signerId) ?? null;
    await notify(tx, core, { type: 'signer.declined', at, request: changed, signer });
    return finish(tx, core, row, 'declined', { actor: signerId, signer: signerId });
  });
}

/** Throws `ServiceFault` `conflict` where it is not for this signer to act, or, with `only`, not in this way. */
export async function actingSigner(
  tx: Tx,
  core: Core,
  signerId: string,
  only?: ActingState,
): Promise<{ readonly request: RequestRecord; readonly signer: SignerRecord }> {
  return requireActing(core, await heldSigner(tx, core, signerId), only);
}

function requireActing(core: Core, found: { readonly request: RequestRecord; readonly signer: SignerRecord }, only?: ActingState) {
  const state = stateOf(core, found.request, found.signer);
  if (!isActing(state)) throw new ServiceFault('conflict', CLOSED[state], { state });
  if (only !== undefined && state !== only)
    throw new ServiceFault('conflict', 'Something else comes first, or is done already.', { state });
  return found;
}

const ACTING = ['identity', 'checking', 'login', 'code', 'ready'] as const;
type ActingState = (typeof ACTING)[number];
const isActing = (state: SigningState): state is ActingState => (ACTING as readonly SigningState[]).includes(state);

/** Ways of identification that look at a document, or play it. */
const CHECKED: ReadonlySet<IdentityMethod> = new Set(['video', 'pictures', 'national-eid', 'bank']);

const CLOSED: Readonly<Record<Exclude<SigningState, ActingState>, string>> = {
  'not-your-turn': 'Others sign first.',
  viewing: 'Nothing is asked of who only gets a copy.',
  signed: 'This signer has signed already.',
  completed: 'The document is complete.',
  declined: 'This signer has declined.',
  'verification-failed': 'The identity of this signer could not be proven.',
  closed: 'The request is closed.',
};

const CODE_LIFE = 600_000;
const CODE_WINDOW = 3_600_000;
const CODES_IN_WINDOW = 5;
const TRIES = 3;
const MESSAGES_IN_WINDOW = 8;
