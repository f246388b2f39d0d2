/** Errors as the tiny interface answers them. */
import type { FastifyReply } from 'fastify';
import { type Failure, failureOf } from '../../../src/dialects/faults.ts';

export function sendFailure(error: unknown, reply: FastifyReply): FastifyReply {
  const { kind, message } = failureOf(error);
  return reply.code(STATUSES[kind] ?? 400).send({ oops: message });
}

const STATUSES: Partial<Readonly<Record<Failure['kind'], number>>> = {
  unauthorized: 401,
  'not-found': 404,
  conflict: 409,
  'too-many-requests': 429,
  internal: 500,
};
