/** Errors as QI Sign answers them: 404 for unknown addresses too, 406 for what is no JSON, 409 for an id used before. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Failure, failureOf } from '../faults.ts';

export function sendFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if ((error as { readonly statusCode?: number }).statusCode === 406) return sendStatus(reply, 406, 'The body is no JSON.');
  const { kind, message, retryAfter } = failureOf(error);
  const status = STATUSES[kind] ?? 400;
  if (status >= 500) request.log.error({ error: (error as Error).name }, 'failed');
  if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
  return sendStatus(reply, status, message);
}

export const sendStatus = (reply: FastifyReply, status: number, description: string): FastifyReply =>
  reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send({ title: TITLES[status] ?? 'Error', description });

/** What is not named here is 400. */
const STATUSES: Partial<Readonly<Record<Failure['kind'], number>>> = {
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  duplicate: 409,
  conflict: 409,
  'too-many-requests': 429,
  'quota-exceeded': 429,
  busy: 503,
  internal: 500,
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  409: 'Conflict',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};
