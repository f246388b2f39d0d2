/** Errors as Ignisign answers them: a message, a code in capitals, the time and the status. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ServiceFault } from '../../domain/fault.ts';
import { type Failure, failureOf } from '../faults.ts';

export function sendFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { kind, message, retryAfter } = failureOf(error);
  const [status, word] = WORDS[kind] ?? [400, 'BAD_REQUEST'];
  const named = error instanceof ServiceFault ? error.details['word'] : undefined;
  if (status >= 500) request.log.error({ error: (error as Error).name }, 'failed');
  if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
  return sendProblem(reply, status, typeof named === 'string' ? named : word, message);
}

export const sendProblem = (reply: FastifyReply, status: number, code: string, message: string): FastifyReply =>
  reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send({ message, timestamp: new Date().toISOString(), status, code, context: {} });

/** What is not found, or refused, by the name that the vendor has for it. */
export async function named<T>(word: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ServiceFault && (error.code === 'not-found' || error.code === 'conflict'))
      throw new ServiceFault(error.code, error.message, {
        ...error.details,
        word: error.code === 'conflict' ? 'SIGNATURE_REQUEST_BAD_STATUS' : word,
      });
    throw error;
  }
}

/** What is not named here is 400. */
const WORDS: Partial<Readonly<Record<Failure['kind'], readonly [status: number, code: string]>>> = {
  unauthorized: [401, 'UNAUTHORIZED_ERROR'],
  forbidden: [403, 'UNAUTHORIZED_ERROR'],
  'not-found': [404, 'NOT_FOUND'],
  invalid: [400, 'BODY_VALIDATION_FAILED'],
  'too-large': [400, 'FILE_TOO_LARGE'],
  conflict: [400, 'SIGNATURE_REQUEST_BAD_STATUS'],
  'too-many-requests': [429, 'TOO_MANY_REQUESTS'],
  'quota-exceeded': [429, 'TOO_MANY_REQUESTS'],
  busy: [408, 'BUSY'],
  internal: [500, 'INTERNAL_SERVER_ERROR'],
};
