/** Events of what is no published request yet; the core writes them down together with the change that they tell of. */
import type { Tells } from '../../domain/drafts.ts';
import type { Caller } from './access.ts';
import type { RequestContent, SignerContent } from './drafts.ts';
import { IGNISIGN_NAME, type Message, written } from './events.ts';
import { METHODS } from './profiles.ts';

/** Tells of a request that is put together. */
export const tellRequest =
  (caller: Caller, action: 'INITIALIZED' | 'UPDATED' | 'CANCELLED'): Tells<RequestContent> =>
  ({ name, status, content: { externalId } }) =>
    told(caller, {
      topic: 'SIGNATURE_REQUEST',
      action,
      nature: action === 'CANCELLED' ? 'WARNING' : 'INFO',
      content: {
        signatureRequestId: name,
        status: status === 'cancelled' ? 'CANCELLED' : 'DRAFT',
        ...(externalId !== null && { signatureRequestExternalId: externalId }),
      },
    });

/** Tells of a signer of the application; `added`: what was said of them. Where that is nothing a profile asks for, nobody is told. */
export const tellSigner =
  (caller: Caller, action: 'CREATED' | 'INPUTS_ADDED', added: readonly string[]): Tells<SignerContent> =>
  ({ name, content: { externalId, profileId } }) => {
    const inputsAdded = METHODS[profileId].inputs.filter((input) => added.includes(input));
    if (action === 'INPUTS_ADDED' && inputsAdded.length === 0) return null;
    const { appId, appEnv } = caller;
    const content = { appId, appEnv, signerId: name, ...(externalId !== null && { signerExternalId: externalId }), inputsAdded };
    return told(caller, { topic: 'SIGNER', action, nature: 'INFO', content });
  };

const told = (caller: Caller, message: Message): ReturnType<Tells<unknown>> => ({
  dialect: IGNISIGN_NAME,
  write: (_eventId, deliveryId) => written(caller, message, deliveryId),
});
