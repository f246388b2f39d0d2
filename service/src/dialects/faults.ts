/** What goes wrong, in the few kinds that every interface has words for. */
import type { FastifyError } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { ZodError } from 'zod';
import { ServiceFault, type ServiceFaultCode } from '../domain/fault.ts';
import { WorkError } from '../workers/pool.ts';

export interface Failure {
  readonly kind: ServiceFaultCode | 'malformed' | 'unreadable-document' | 'internal';
  readonly message: string;
  readonly retryAfter?: number;
}

/** The kind of an error, and a message for the caller that tells nothing of the inside. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ServiceFault) {
    const retryAfter = error.details['retryAfter'];
    return { kind: error.code, message: error.message, ...(typeof retryAfter === 'number' && { retryAfter }) };
  }
  if (error instanceof WorkError) return workFailure(error);
  if (hasZodFastifySchemaValidationErrors(error)) {
    const named = error.validation.map(({ instancePath, message }) => `${dotted(instancePath)}: ${message ?? 'wrong'}`);
    return { kind: 'invalid', message: named.slice(0, 10).join('; ') };
  }
  if (error instanceof ZodError) {
    const named = error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
    return { kind: 'invalid', message: named.slice(0, 10).join('; ') };
  }
  const { statusCode, code } = error as Partial<FastifyError>;
  if (statusCode === 413 || code === 'FST_ERR_CTP_BODY_TOO_LARGE') return { kind: 'too-large', message: 'The request is too large.' };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return { kind: 'malformed', message: 'The request is malformed: its body, its media type or its address cannot be read.' };
  return { kind: 'internal', message: 'Something went wrong here.' };
}

function workFailure({ code }: WorkError): Failure {
  if (code === 'busy' || code === 'closed')
    return { kind: 'busy', message: 'Too many documents wait: try again in a moment.', retryAfter: 2 };
  if (code === 'timeout' || code === 'memory' || code === 'limit-exceeded')
    return { kind: 'unreadable-document', message: 'The document takes more time or memory than is allowed.' };
  if (code === 'malformed-input' || code === 'unsupported') return { kind: 'unreadable-document', message: 'The document cannot be read.' };
  if (code === 'wrong-password') return { kind: 'unreadable-document', message: 'The document is encrypted.' };
  return { kind: 'internal', message: 'Something went wrong here.' };
}

const dotted = (path: string): string => path.replace(/^\//, '').replace(/\//g, '.') || 'body';
