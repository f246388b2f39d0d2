/** What was found out of who a signer is: written down and told; and the identity documents that test mode plays. */
import type { Tx } from '../storage/database.ts';
import { type EventDetails, logEvent } from './audit.ts';
import type { Core, NoticeType } from './core.ts';
import { ServiceFault } from './fault.ts';
import type { EventType, Identity, RequestRecord, SignerRecord, VerificationOutcome } from './model.ts';
import { notify } from './notices.ts';
import { place, withSigners } from './records.ts';
import { heldRequest } from './request.ts';

/** Writes the outcome down and tells it; `proof` goes into the log. The caller holds the row of the request. */
export async function recordVerification(
  tx: Tx,
  core: Core,
  request: RequestRecord,
  signer: SignerRecord,
  outcome: VerificationOutcome,
  proof: EventDetails = {},
): Promise<RequestRecord> {
  const at = core.clock();
  const { identity } = outcome;
  await tx
    .updateTable('signers')
    .set({
      verification: outcome.verified ? 'verified' : 'failed',
      verified_at: outcome.verified ? at : null,
      status: outcome.verified ? 'waiting' : 'verification-failed',
      identity_sealed: identity === null ? null : core.vault.seal(JSON.stringify(identity), place('signers', 'identity', signer.id)),
    })
    .where('id', '=', signer.id)
    .execute();
  const type: EventType & NoticeType = outcome.verified ? 'signer.verified' : 'signer.verification-failed';
  await logEvent(tx, core, request.id, {
    type,
    actor: signer.id,
    details: {
      method: signer.method,
      ...(identity && { matchScore: identity.matchScore, documentType: identity.documentType, documentCountry: identity.documentCountry }),
      ...(!outcome.verified && { reason: outcome.reason }),
      ...proof,
    },
  });
  const changed = await withSigners(tx, await heldRequest(tx, core, request.id), core.vault);
  await notify(tx, core, { type, at, request: changed, signer: changed.signers.find(({ id }) => id === signer.id) ?? null });
  return changed;
}

/** Counts a wrong code, number or login. True where these are too many: then the signer is out. */
export async function tooManyFailures(tx: Tx, signerId: string): Promise<boolean> {
  const { code_failures: failures } = await tx
    .updateTable('signers')
    .set((set) => ({ code_failures: set('code_failures', '+', 1) }))
    .where('id', '=', signerId)
    .returning('code_failures')
    .executeTakeFirstOrThrow();
  return failures >= MOST_FAILURES;
}

/** A signer and the request, whose row is held. Throws `ServiceFault` `not-found`. */
export async function heldSigner(
  tx: Tx,
  core: Core,
  signerId: string,
): Promise<{ readonly request: RequestRecord; readonly signer: SignerRecord }> {
  const found = await tx.selectFrom('signers').select('request_id').where('id', '=', signerId).executeTakeFirst();
  if (!found) throw new ServiceFault('not-found', 'There is no such signer.');
  const request = await withSigners(tx, await heldRequest(tx, core, found.request_id), core.vault);
  const signer = request.signers.find(({ id }) => id === signerId);
  if (!signer) throw new ServiceFault('not-found', 'There is no such signer.');
  return { request, signer };
}

/** The documents that test mode knows; any other number is a good document of the signer's country. */
export function playedCheck(signer: Pick<SignerRecord, 'name' | 'country'>, number: string): VerificationOutcome {
  const known = PLAYED[number.trim().toUpperCase()];
  const country = signer.country ?? known?.country ?? 'PL';
  const identity: Identity = {
    fullName: signer.name.toUpperCase(),
    documentType: known?.type ?? 'national_id',
    documentCountry: country,
    dateOfBirth: '1985-04-22',
    documentExpiry: known?.expiry ?? '2035-11-15',
    matchScore: known?.score ?? 0.97,
    liveness: true,
  };
  return known?.fails === undefined ? { verified: true, identity } : { verified: false, reason: known.fails, identity };
}

/** Whether the certificate of a signer is to be revoked in the play. */
export const isPlayedRevoked = (number: string | null): boolean => number?.trim().toUpperCase() === REVOKED;

interface PlayedDocument {
  readonly type: Identity['documentType'];
  readonly country: string | null;
  readonly score: number;
  readonly expiry?: string;
  readonly fails?: 'document-expired' | 'low-score';
}

const MOST_FAILURES = 9;
const REVOKED = 'REVOKED001';
const PLAYED: Readonly<Record<string, PlayedDocument>> = {
  AZE123456: { type: 'national_id', country: 'PL', score: 0.98 },
  FAIL000001: { type: 'passport', country: null, score: 0.95, expiry: '2020-01-31', fails: 'document-expired' },
  [REVOKED]: { type: 'national_id', country: 'DE', score: 0.97 },
  LOWSCORE01: { type: 'national_id', country: 'PL', score: 0.61, fails: 'low-score' },
};
