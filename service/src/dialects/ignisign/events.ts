/** Webhooks as Ignisign writes them: a topic and an action, and a token for one check in place of a signature. */
import type { DialectPort, Notice, Notification } from '../../domain/core.ts';
import { bareId, randomId } from '../../domain/ids.ts';
import { fileUrl, type Links } from '../../domain/links.ts';
import type { RequestRecord } from '../../domain/model.ts';
import { documentsOf, externalIdOf, sidesOf, signerIdOf, statusOf } from './view.ts';

export const IGNISIGN_NAME = 'ignisign';

export function ignisignEvents(links: Links): DialectPort {
  return {
    newEventId: () => `ige_${randomId(16)}`,
    notification: (notice, _eventId, deliveryId) =>
      messagesOf(links, notice).map((message, index) => written(notice, message, index === 0 ? deliveryId : `${deliveryId}${index}`)),
    headers: () => ({}),
  };
}

interface Message {
  readonly topic: string;
  readonly action: string;
  readonly nature: 'INFO' | 'SUCCESS' | 'WARNING' | 'ERROR';
  readonly content: object;
}

function written({ request }: Notice, { topic, action, nature, content }: Message, verificationToken: string): Notification {
  const body = { ...applicationOf(request), verificationToken, topic, action, msgNature: nature, content };
  return { type: `${topic}.${action}`, topic, body: JSON.stringify(body) };
}

function messagesOf(links: Links, { type, at, request, signer }: Notice): Message[] {
  // With a signature in it a request ends as completed, whatever ended it.
  const signed = request.signers.some(({ status }) => status === 'signed');
  switch (type) {
    case 'request.created':
      return [requestMessage(request, 'LAUNCHED', 'INFO')];
    case 'request.completed':
      return [requestMessage(request, 'COMPLETED', 'SUCCESS'), proofMessage(links, request, at)];
    case 'request.failed':
      return [requestMessage(request, 'FAILED', 'ERROR')];
    case 'request.expired':
      return [requestMessage(request, signed ? 'COMPLETED' : 'EXPIRED', 'WARNING')];
    case 'request.cancelled':
    case 'request.declined':
      return [requestMessage(request, signed ? 'COMPLETED' : 'CANCELLED', 'WARNING')];
    case 'signer.signed':
      return documentsOf(request).map((documentId) => ({
        topic: 'SIGNATURE',
        action: 'FINALIZED',
        nature: 'SUCCESS' as const,
        content: {
          ...applicationOf(request),
          documentNature: 'FILE',
          signerId: signer && signerIdOf(signer),
          documentId,
          signatureRequestId: request.id,
          signatureId: `${signer ? signerIdOf(signer) : ''}.${bareId(documentId)}`,
        },
      }));
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

const applicationOf = ({ realm, metadata }: RequestRecord) => ({
  appId: bareId(realm.tenant),
  appEnv: typeof metadata['appEnv'] === 'string' ? metadata['appEnv'] : 'DEVELOPMENT',
});
