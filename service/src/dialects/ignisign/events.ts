/** Webhooks as Ignisign writes them: a topic and an action, and a token for one check in place of a signature. */
import type { DialectPort, Notice, Notification } from '../../domain/core.ts';
import { iso } from '../../domain/dates.ts';
import { bareId, randomId } from '../../domain/ids.ts';
import { fileUrl, type Links } from '../../domain/links.ts';
import type { RequestRecord, SignerRecord } from '../../domain/model.ts';
import { documentsOf, externalIdOf, sidesOf, signerIdOf, statusOf } from './view.ts';

export const IGNISIGN_NAME = 'ignisign';

export function ignisignEvents(links: Links): DialectPort {
  return {
    newEventId: () => `ige_${randomId(16)}`,
    notification: (notice, _eventId, deliveryId) =>
      messagesOf(links, notice).map((message, index) =>
        written(applicationOf(notice.request), message, index === 0 ? deliveryId : `${deliveryId}${index}`),
      ),
    headers: () => ({}),
  };
}

/** The application and environment that something belongs to. */
export interface Application {
  readonly appId: string;
  readonly appEnv: string;
}

export interface Message {
  readonly topic: string;
  readonly action: string;
  readonly nature: 'INFO' | 'SUCCESS' | 'WARNING' | 'ERROR';
  readonly content: object;
  readonly error?: object;
}

export function written(
  { appId, appEnv }: Application,
  { topic, action, nature, content, error }: Message,
  verificationToken: string,
): Notification {
  const body = { appId, appEnv, verificationToken, topic, action, msgNature: nature, content, ...(error && { error }) };
  return { type: `${topic}.${action}`, topic, body: JSON.stringify(body) };
}

function messagesOf(links: Links, { type, at, request, signer }: Notice): Message[] {
  // With a signature in it a request ends as completed, whatever ended it.
  const signed = request.signers.some(({ status }) => status === 'signed');
  switch (type) {
    case 'request.created':
      return [requestMessage(request, 'LAUNCHED', 'INFO')];
    case 'request.completed':
      return [requestMessage(request, 'COMPLETED', 'SUCCESS'), proofMessage(links, request, at), legalKitMessage(links, request, at)];
    case 'request.failed':
      return [requestMessage(request, 'FAILED', 'ERROR')];
    case 'request.expired':
      return [requestMessage(request, signed ? 'COMPLETED' : 'EXPIRED', 'WARNING')];
    case 'request.cancelled':
    case 'request.declined':
      return [requestMessage(request, signed ? 'COMPLETED' : 'CANCELLED', 'WARNING')];
    case 'signer.opened':
      return signer ? [sessionMessage(request, signer)] : [];
    case 'signer.signed':
      return signer ? signatureMessages(request, signer, 'FINALIZED', 'SUCCESS') : [];
    case 'signer.verification-failed':
      return signer ? signatureMessages(request, signer, 'FAILED', 'ERROR', failureOf(at)) : [];
    default:
      return [];
  }
}

const requestMessage = (request: RequestRecord, action: string, nature: Message['nature']): Message => ({
  topic: 'SIGNATURE_REQUEST',
  action,
  nature,
  content: {
    signatureRequestId: request.id,
    status: statusOf(request),
    ...(externalIdOf(request) !== null && { signatureRequestExternalId: externalIdOf(request) }),
    signers: { signersBySide: sidesOf(request), signersEmbedded: [] },
  },
});

const sessionMessage = (request: RequestRecord, signer: SignerRecord): Message => ({
  topic: 'SIGNATURE_SESSION',
  action: 'INITIALIZED',
  nature: 'INFO',
  content: { signatureRequestId: request.id, ...namesOf(request, signer) },
});

/** One for each document. */
const signatureMessages = (
  request: RequestRecord,
  signer: SignerRecord,
  action: 'FINALIZED' | 'FAILED',
  nature: Message['nature'],
  error?: object,
): Message[] =>
  documentsOf(request).map((documentId) => ({
    topic: 'SIGNATURE',
    action,
    nature,
    content: {
      ...applicationOf(request),
      documentNature: 'FILE',
      documentId,
      signatureRequestId: request.id,
      signatureId: `${signerIdOf(signer)}.${bareId(documentId)}`,
      ...namesOf(request, signer),
    },
    ...(error && { error }),
  }));

const failureOf = (at: number): object => ({
  message: 'The signer did not prove who they are.',
  timestamp: iso(at),
  status: 403,
  code: 'SIGNATURE_AUTH_TOO_MANY_ATTEMPTS',
  context: {},
});

/** The signer, and the customer's own ids where there are any. */
function namesOf(request: RequestRecord, signer: SignerRecord): object {
  const signerId = signerIdOf(signer);
  const external = sidesOf(request).find((side) => side.signerId === signerId)?.signerExternalId ?? null;
  return {
    signerId,
    ...(external !== null && { signerExternalId: external }),
    ...(externalIdOf(request) !== null && { signatureRequestExternalId: externalIdOf(request) }),
  };
}

const proofMessage = (links: Links, request: RequestRecord, at: number): Message => ({
  topic: 'SIGNATURE_PROOF',
  action: 'GENERATED',
  nature: 'SUCCESS',
  content: {
    ...applicationOf(request),
    signatureRequestId: request.id,
    documents: documentsOf(request).map((documentId, index) => {
      const subject = index === 0 ? request.id : `${request.id}~${documentId}`;
      const url = fileUrl(links, index === 0 ? 'sealed-document' : 'further-document', subject, at, 'proof.pdf');
      return { documentId, token: url.split('/').at(-2), url };
    }),
  },
});

/** The archive of everything, made when somebody takes it. */
function legalKitMessage(links: Links, request: RequestRecord, at: number): Message {
  const url = fileUrl(links, 'archive', request.id, at, 'proof.zip');
  const content = {
    ...applicationOf(request),
    signatureRequestId: request.id,
    documents: documentsOf(request).map((documentId) => ({ documentId })),
    signatureProofToken: url.split('/').at(-2),
    signatureProofUrl: url,
  };
  return { topic: 'SIGNATURE_PROOF', action: 'ADV_GENERATED', nature: 'SUCCESS', content };
}

const applicationOf = ({ realm, metadata }: RequestRecord): Application => ({
  appId: bareId(realm.tenant),
  appEnv: typeof metadata['appEnv'] === 'string' ? metadata['appEnv'] : 'DEVELOPMENT',
});
