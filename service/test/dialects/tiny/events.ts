/** The one event of the tiny interface: a job is done. */
import { createHmac } from 'node:crypto';
import type { DialectPort } from '../../../src/domain/core.ts';
import { randomId } from '../../../src/domain/ids.ts';

export const tinyEvents = (): DialectPort => ({
  newEventId: () => `tny_${randomId(16)}`,
  notification: ({ type, request }, id) =>
    type === 'request.completed' ? { type: 'done', body: JSON.stringify({ id, job: request.id }) } : null,
  headers: ({ secret, body }) => ({ 'x-tiny': createHmac('sha256', secret).update(body).digest('base64') }),
});
