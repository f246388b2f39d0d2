/** Webhooks as QSign writes them: the document's number and the event, and an HMAC-SHA256 over the octets of the body. */
import { createHmac } from 'node:crypto';
import type { DialectPort, Notice, NoticeType, Notification } from '../../domain/core.ts';
import { iso } from '../../domain/dates.ts';
import { randomId } from '../../domain/ids.ts';
import { documentStatus } from './view.ts';

export const QSIGN_NAME = 'qsign';

export function qsignEvents(): DialectPort {
  return {
    newEventId: () => `qse_${randomId(16)}`,
    testEvent,
    notification: (notice, id) => {
      const type = TYPES[notice.type];
      return type === undefined ? null : { type, body: JSON.stringify(bodyOf(notice, type, id)) };
    },
    headers: ({ secret, type, body }) => ({
      'x-qsign-signature': `sha256=${createHmac('sha256', secret).update(body, 'utf8').digest('hex')}`,
      'x-qsign-event': type,
    }),
  };
}

/** Sent when the customer asks for it. */
const testEvent = (at: number, id: string): Notification => ({
  type: 'webhook.test',
  body: JSON.stringify({ event_id: id, event_type: 'webhook.test', document_id: null, timestamp: iso(at) }),
});

const bodyOf = ({ at, request, signer }: Notice, type: string, id: string) => ({
  event_id: id,
  event_type: type,
  document_id: request.number,
  document_status: documentStatus(request),
  ...(signer && { recipient: { name: signer.name, email: signer.email, sequence: signer.turn, rejection_reason: signer.declineReason } }),
  timestamp: iso(at),
});

const TYPES: Partial<Readonly<Record<NoticeType, string>>> = {
  'signer.signed': 'document.signed',
  'signer.declined': 'document.declined',
  'request.completed': 'document.completed',
};
