/** A signer shows who they are: the number that the sender knows, pictures of face and document; an identity check judges them. */
import type { Tx } from '../storage/database.ts';
import { logEvent } from './audit.ts';
import type { Core, PendingCheck, PictureKind, Pictures } from './core.ts';
import { keepEvidence, PICTURE_KINDS, picturesOf } from './evidence.ts';
import { ServiceFault } from './fault.ts';
import { randomId } from './ids.ts';
import type { RequestRecord, SignerRecord, VerificationOutcome } from './model.ts';
import { place } from './records.ts';
import { actingSigner, isChecked, stateOf } from './signing.ts';
import { heldSigner, recordVerification, tooManyFailures } from './verification.ts';

/** `named`: the number was right, something else comes next; `locked`: it was wrong too often. */
export type Showing = 'named' | 'wrong-number' | 'locked' | 'picture-missing' | 'checking' | 'verified' | 'failed';

/** Pictures that a signer is asked for, and which of them have arrived. */
export async function picturesAskedOf(
  core: Core,
  signer: SignerRecord,
): Promise<readonly { readonly kind: PictureKind; readonly kept: boolean }[]> {
  if (signer.method !== 'pictures') return [];
  const kept = await picturesOf(core.store.db, signer.id);
  return PICTURE_KINDS.map((kind) => ({ kind, kept: kept.some((one) => one.kind === kind) }));
}

/**
 * Takes what a signer shows. Pictures stay where something else is still wrong. `sample`, in test mode: the check makes the
 * pictures. Throws `ServiceFault` `conflict`, `too-many-requests`, `unavailable`, and `unsupported-media` where a picture is no JPEG.
 */
export async function showIdentity(core: Core, signerId: string, number: string, pictures: Pictures | 'sample'): Promise<Showing> {
  const { request, signer } = await core.store.transaction((tx) => countedShowing(tx, core, signerId));
  if (pictures === 'sample' && request.realm.mode !== 'test') throw new ServiceFault('conflict', 'Pictures are played in test mode only.');
  const shown = pictures === 'sample' ? await samples(core, request, signer) : pictures;
  if (signer.method === 'pictures') await keepAll(core, request, signer, shown);
  const named = await nameNumber(core, signerId, number);
  if (named !== 'named' || !isChecked(signer)) return named;
  const kept = await picturesOf(core.store.db, signerId);
  if (signer.method === 'pictures' && kept.length < PICTURE_KINDS.length) return 'picture-missing';
  const judged = await bytesOf(core, kept);
  const checked = await core.identityChecks.check({ realm: request.realm, signer, number, pictures: judged }).catch((cause: unknown) => {
    throw new ServiceFault('unavailable', 'The identity check cannot be reached.', {}, { cause });
  });
  return settle(core, signerId, checked, kept);
}

/** A signer who shows something now; what is looked at is looked at only so often, as it costs somebody something. */
async function countedShowing(tx: Tx, core: Core, signerId: string): Promise<Awaited<ReturnType<typeof actingSigner>>> {
  const found = await actingSigner(tx, core, signerId, 'identity');
  if (!isChecked(found.signer)) return found;
  const now = core.clock();
  const before = await tx
    .selectFrom('identity_checks')
    .select('id')
    .where('signer_id', '=', signerId)
    .where('created_at', '>', now - HOUR)
    .execute();
  if (before.length >= SHOWN_AN_HOUR)
    throw new ServiceFault('too-many-requests', 'Too much was shown in an hour: wait.', { retryAfter: HOUR / 1000 });
  await keepCheck(tx, core, found, { kind: 'showing', content: {}, at: now, endedAt: now });
  return found;
}

/** Asks what has become of a check. The time to ask again, or null where it is over. */
export async function followCheck(core: Core, checkId: string): Promise<number | null> {
  const { db } = core.store;
  const check = await db
    .selectFrom('identity_checks')
    .selectAll()
    .where('id', '=', checkId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  if (!check) return null;
  const { reference } = JSON.parse(core.vault.open(check.content_sealed, place('identity_checks', 'content', checkId))) as PendingCheck;
  const asked = await core.store.transaction((tx) => heldSigner(tx, core, check.signer_id));
  const outcome = await core.identityChecks.result(asked.request.realm, reference, asked.signer.name);
  const now = core.clock();
  if (outcome.verified === null && check.created_at + LONGEST_CHECK > now) return now + outcome.again;
  await core.store.transaction(async (tx) => {
    const found = await heldSigner(tx, core, check.signer_id);
    await tx.updateTable('identity_checks').set({ ended_at: now }).where('id', '=', checkId).execute();
    if (stateOf(core, found.request, found.signer) !== 'checking') return;
    const settled: VerificationOutcome = outcome.verified === null ? { verified: false, reason: 'no-answer', identity: null } : outcome;
    await recordVerification(tx, core, found.request, found.signer, settled);
  });
  return null;
}

/** Compares the number with what the sender knows, where the sender knows one. */
async function nameNumber(core: Core, signerId: string, number: string): Promise<'named' | 'wrong-number' | 'locked'> {
  return core.store.transaction(async (tx) => {
    const { request, signer } = await actingSigner(tx, core, signerId, 'identity');
    const expected = signer.details.documentNumber;
    const at = core.clock();
    if (expected !== undefined && plain(expected) !== plain(number)) {
      await logEvent(tx, core, request.id, { type: 'signer.number-wrong', actor: signerId });
      if (!(await tooManyFailures(tx, signerId))) return 'wrong-number';
      await recordVerification(tx, core, request, signer, { verified: false, reason: 'wrong-numbers', identity: null });
      return 'locked';
    }
    const played = request.realm.mode === 'test' ? core.vault.seal(number, place('signers', 'simulated_document', signerId)) : null;
    await tx
      .updateTable('signers')
      .set({ number_shown_at: at, ...(played !== null && { simulated_document_sealed: played }) })
      .where('id', '=', signerId)
      .execute();
    if (expected !== undefined) await logEvent(tx, core, request.id, { type: 'signer.number-shown', actor: signerId });
    return 'named';
  });
}

/** Writes down what the check says; where it says nothing yet, a job asks again. */
async function settle(
  core: Core,
  signerId: string,
  outcome: VerificationOutcome | PendingCheck,
  judged: readonly { readonly id: string }[],
): Promise<Showing> {
  return core.store.transaction(async (tx) => {
    const found = await actingSigner(tx, core, signerId, 'identity');
    const { request, signer } = found;
    const kept = await picturesOf(tx, signerId);
    // What is kept proves nothing where the check saw something else; that it failed holds all the same.
    if (outcome.verified !== false && !kept.every(({ id }) => judged.some((one) => one.id === id)))
      throw new ServiceFault('conflict', 'Other pictures came while these were looked at.');
    if (outcome.verified !== null) {
      await recordVerification(tx, core, request, signer, outcome);
      return outcome.verified ? 'verified' : 'failed';
    }
    const at = core.clock();
    const id = await keepCheck(tx, core, found, { kind: 'pictures', content: outcome, at, endedAt: null });
    await tx.updateTable('signers').set({ verification: 'checking' }).where('id', '=', signerId).execute();
    await core.jobs.enqueue(tx, { kind: 'identity', data: { check: id }, runAt: at + outcome.again });
    return 'checking';
  });
}

async function keepCheck(
  tx: Tx,
  { vault }: Core,
  { request, signer }: { readonly request: RequestRecord; readonly signer: SignerRecord },
  check: { readonly kind: string; readonly content: object; readonly at: number; readonly endedAt: number | null },
): Promise<string> {
  const id = `idc_${randomId(16)}`;
  await tx
    .insertInto('identity_checks')
    .values({
      id,
      request_id: request.id,
      signer_id: signer.id,
      kind: check.kind,
      content_sealed: vault.seal(JSON.stringify(check.content), place('identity_checks', 'content', id)),
      created_at: check.at,
      ended_at: check.endedAt,
    })
    .execute();
  return id;
}

async function samples(core: Core, { realm }: RequestRecord, signer: SignerRecord): Promise<Pictures> {
  const made = await core.identityChecks.pictures({ realm, signer });
  const kept = await picturesOf(core.store.db, signer.id);
  return new Map([...(made ?? [])].filter(([kind]) => kept.every((one) => one.kind !== kind)));
}

async function keepAll(core: Core, request: RequestRecord, signer: SignerRecord, pictures: Pictures): Promise<void> {
  for (const bytes of pictures.values()) {
    if (!isJpeg(bytes)) throw new ServiceFault('unsupported-media', 'A picture is no JPEG.');
  }
  const owner = { request: request.id, signer: signer.id };
  for (const [kind, bytes] of pictures) await keepEvidence(core, owner, kind, bytes, (tx) => actingSigner(tx, core, signer.id, 'identity'));
  if (pictures.size === 0) return;
  await core.store.transaction(async (tx) => {
    await heldSigner(tx, core, signer.id);
    await logEvent(tx, core, request.id, {
      type: 'signer.pictures-shown',
      actor: signer.id,
      details: { pictures: [...pictures.keys()].join(', ') },
    });
  });
}

async function bytesOf({ blobs }: Core, kept: Awaited<ReturnType<typeof picturesOf>>): Promise<Pictures> {
  const pictures = new Map<PictureKind, Uint8Array>();
  for (const { kind, blob } of kept) {
    const bytes = await blobs.get(blob);
    if (bytes === null) throw new ServiceFault('conflict', 'Other pictures came meanwhile.');
    pictures.set(kind as PictureKind, bytes);
  }
  return pictures;
}

/** Without dots, dashes and spaces. */
export const plain = (number: string): string => number.replace(/[^\p{L}\p{N}]/gu, '').toUpperCase();

/** Begins with SOI and the next marker (ITU-T T.81, B.1.1.3); nobody here looks into it, and it is handed out as nothing else. */
const isJpeg = (bytes: Uint8Array): boolean => bytes.length > 20 && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

const HOUR = 3_600_000;
const LONGEST_CHECK = 24 * HOUR;
const SHOWN_AN_HOUR = 30;
