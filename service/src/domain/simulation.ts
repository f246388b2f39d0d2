/** Test mode plays signers: the steps that a person would go, one after the other, each of them only once. */
import type { Core } from './core.ts';
import { ServiceFault } from './fault.ts';
import { isOpen } from './request.ts';
import { consent, isChecked, openSigning, signNow, stateOf } from './signing.ts';
import { heldSigner, playedCheck, recordVerification } from './verification.ts';

/** Plays a signer as far as they go. Run again it goes on where it stopped. */
export async function playSigner(core: Core, signerId: string): Promise<void> {
  const verified = await core.store.transaction(async (tx) => {
    const { request, signer } = await heldSigner(tx, core, signerId);
    if (request.realm.mode !== 'test' || signer.simulation === null || !isOpen(request) || signer.status !== 'waiting') return false;
    if (signer.verification === 'verified') return signer.simulation === 'signs';
    const outcome =
      signer.simulation === 'fails-verification'
        ? ({ verified: false, reason: 'refused', identity: null } as const)
        : signer.simulatedDocument === null && !isChecked(signer)
          ? ({ verified: true, identity: null } as const)
          : playedCheck(signer, signer.simulatedDocument ?? '');
    if (request.level !== 'simple' || !outcome.verified) await recordVerification(tx, core, request, signer, outcome);
    return outcome.verified && signer.simulation === 'signs';
  });
  if (!verified) return;
  try {
    const { request, signer } = await openSigning(core, signerId, VISITOR);
    if (stateOf(core, request, signer) === 'not-your-turn') return;
    await consent(core, signerId, VISITOR);
    await signNow(core, signerId, VISITOR);
  } catch (error) {
    // Cancelled or expired meanwhile: the play is over.
    if (!(error instanceof ServiceFault) || error.code !== 'conflict') throw error;
  }
}

const VISITOR = { ip: null, userAgent: 'sandbox' };
