/** Webhooks as QSignHub writes them: six events, a body with the request, an HMAC over the octets of the body. */
import { createHmac } from 'node:crypto';
import type { DialectPort, Notice, NoticeType } from '../../domain/core.ts';
import { isoSeconds } from '../../domain/dates.ts';
import { randomId } from '../../domain/ids.ts';
import { fileUrl, type Links } from '../../domain/links.ts';
import { signerStatusOf, statusOf } from './view.ts';

export const QSIGNHUB = 'qsignhub';

export function qsignhubEvents(links: Links): DialectPort {
  return {
    newEventId: () => `evt_${randomId(16)}`,
    notification: (notice, id) => {
      const type = TYPES[notice.type];
      return type === null ? null : { type, body: JSON.stringify(bodyOf(links, notice, type, id)) };
    },
    headers: ({ secret, body }) => ({
      'x-qsignhub-signature': `sha256=${createHmac('sha256', secret).update(body, 'utf8').digest('hex')}`,
    }),
  };
}

function bodyOf(links: Links, { at, request, signer }: Notice, type: string, id: string) {
  const fileName = request.sealed?.mediaType === 'application/pdf' ? 'signed.pdf' : 'signed.asice';
  return {
    id,
    type,
    created_at: isoSeconds(at),
    data: {
      signature_request: {
        id: request.id,
        status: statusOf(request.status),
        ...(request.sealed && { signed_document_url: fileUrl(links, 'sealed-document', request.id, at, fileName) }),
        metadata: request.metadata,
      },
      ...(signer && { signer: { id: signer.id, name: signer.name, email: signer.email, status: signerStatusOf(signer) } }),
    },
  };
}

/** The interface knows nothing of requests that were cancelled, declined, opened, or could not be sealed. */
const TYPES: Readonly<Record<NoticeType, string | null>> = {
  'request.created': 'signature_request.created',
  'request.completed': 'signature_request.completed',
  'request.expired': 'signature_request.expired',
  'request.cancelled': null,
  'request.declined': null,
  'request.failed': null,
  'signer.opened': null,
  'signer.verified': 'signer.verification_completed',
  'signer.verification-failed': 'signer.verification_failed',
  'signer.signed': 'signer.signed',
  'signer.declined': null,
};
