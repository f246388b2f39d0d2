/** Events of what is no published request yet: written down in the transaction that makes them true. */
import type { Also } from '../../domain/drafts.ts';
import { tell } from '../../domain/notices.ts';
import type { DialectPorts } from '../dialect.ts';
import type { Caller } from './access.ts';
import type { RequestContent, SignerContent } from './drafts.ts';
import { IGNISIGN_NAME, type Message, written } from './events.ts';
import { METHODS } from './profiles.ts';

type Core = DialectPorts['core'];

/** Tells of a request that is put together. */
export const tellRequest =
  (core: Core, caller: Caller, action: 'INITIALIZED' | 'UPDATED' | 'CANCELLED'): Also<RequestContent> =>
  (tx, { name, status, content: { externalId } }) =>
    told(tx, core, caller, {
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
  (core: Core, caller: Caller, action: 'CREATED' | 'INPUTS_ADDED', added: readonly string[]): Also<SignerContent> =>
  async (tx, { name, content: { externalId, profileId } }) => {
    const inputsAdded = METHODS[profileId].inputs.filter((input) => added.includes(input));
    if (action === 'INPUTS_ADDED' && inputsAdded.length === 0) return;
    const { appId, appEnv } = caller;
    await told(tx, core, caller, {
      topic: 'SIGNER',
      action,
      nature: 'INFO',
      content: { appId, appEnv, signerId: name, ...(externalId !== null && { signerExternalId: externalId }), inputsAdded },
    });
  };

const told = (tx: Parameters<typeof tell>[0], core: Core, caller: Caller, message: Message): Promise<void> =>
  tell(tx, core, caller.realm, IGNISIGN_NAME, (_eventId, deliveryId) => written(caller, message, deliveryId));
