/** Errors as QSign answers them: 400 for a bad key as for a bad request, 403 for a closed account, 429 for limits. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Failure, failureOf } from '../faults.ts';

export function sendFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { kind, message, retryAfter } = failureOf(error);
  const status = STATUSES[kind] ?? 400;
  if (status >= 500) request.log.error({ error: (error as Error).name }, 'failed');
  if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
  return reply.code(status).type('application/json; charset=utf-8').send({ status: 'error', message });
}

/** What is not named here is 400. */
const STATUSES: Partial<Readonly<Record<Failure['kind'], number>>> = {
  forbidden: 403,
  'not-found': 404,
  'too-many-requests': 429,
  'quota-exceeded': 429,
  'reminder-limit': 429,
  busy: 503,
  internal: 500,
};
