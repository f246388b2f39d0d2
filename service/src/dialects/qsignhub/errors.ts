/** Errors in the shape of the QSignHub interface. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { ZodError } from 'zod';
import { ServiceFault, type ServiceFaultCode } from '../../domain/fault.ts';
import { WorkError } from '../../workers/pool.ts';

interface Answer {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly retryAfter?: number;
}

/** What an error becomes: the code in words, a status of the interface's table. */
export function answerTo(error: unknown): Answer {
  if (error instanceof ServiceFault) return faultAnswer(error);
  if (error instanceof WorkError) return workAnswer(error);
  if (hasZodFastifySchemaValidationErrors(error)) {
    const named = error.validation.map(
      ({ instancePath, message }) => `${instancePath.replace(/^\//, '').replace(/\//g, '.') || 'body'}: ${message ?? 'wrong'}`,
    );
    return { status: 422, code: 'VALIDATION_FAILED', message: named.slice(0, 10).join('; ') };
  }
  if (error instanceof ZodError) {
    const named = error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
    return { status: 422, code: 'VALIDATION_FAILED', message: named.slice(0, 10).join('; ') };
  }
  const { statusCode, code } = error as Partial<FastifyError>;
  if (statusCode === 413 || code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return { status: 422, code: 'REQUEST_TOO_LARGE', message: 'The request is too large.' };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return {
      status: 400,
      code: 'MALFORMED_REQUEST',
      message: 'The request is malformed: its body, its media type or its address cannot be read.',
    };
  return { status: 500, code: 'INTERNAL_ERROR', message: 'Something went wrong here. Tell us the request id.' };
}

export function sendError(request: FastifyRequest, reply: FastifyReply, { status, code, message, retryAfter }: Answer): FastifyReply {
  if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send({ error: { code, message, docs_url: `https://docs.qsignhub.io/errors/${code}`, request_id: request.id } });
}

function faultAnswer({ code, message, details }: ServiceFault): Answer {
  const [status, word] = WORDS[code];
  const retryAfter = typeof details['retryAfter'] === 'number' ? details['retryAfter'] : undefined;
  const field = typeof details['field'] === 'string' ? `${details['field']}: ` : '';
  const text = code === 'too-large' ? sizeMessage(details) : `${field}${message}`;
  return { status, code: word, message: text, ...(retryAfter !== undefined && { retryAfter }) };
}

const sizeMessage = ({ limit, size }: ServiceFault['details']): string =>
  `File exceeds the ${Math.floor(Number(limit) / MEGABYTE)} MB limit. Received: ${(Number(size) / MEGABYTE).toFixed(1)} MB.`;

function workAnswer({ code }: WorkError): Answer {
  if (code === 'busy' || code === 'closed')
    return { status: 429, code: 'BUSY', message: 'Too many documents wait: try again in a moment.', retryAfter: 2 };
  if (code === 'timeout' || code === 'memory' || code === 'limit-exceeded')
    return { status: 422, code: 'DOCUMENT_TOO_COMPLEX', message: 'The document takes more time or memory than is allowed.' };
  if (code === 'malformed-input' || code === 'unsupported')
    return { status: 422, code: 'UNREADABLE_DOCUMENT', message: 'The file is in no format of signed documents that can be read.' };
  if (code === 'wrong-password')
    return { status: 422, code: 'UNREADABLE_DOCUMENT', message: 'The PDF is encrypted: it cannot be checked here.' };
  return { status: 500, code: 'INTERNAL_ERROR', message: 'Something went wrong here. Tell us the request id.' };
}

const WORDS: Readonly<Record<ServiceFaultCode, readonly [status: number, code: string]>> = {
  'bad-request': [400, 'MALFORMED_REQUEST'],
  unauthorized: [401, 'INVALID_API_KEY'],
  forbidden: [401, 'ACCOUNT_CLOSED'],
  'quota-exceeded': [429, 'QUOTA_EXCEEDED'],
  'not-found': [404, 'NOT_FOUND'],
  duplicate: [409, 'DUPLICATE_IDEMPOTENCY_KEY'],
  conflict: [409, 'INVALID_STATE'],
  invalid: [422, 'VALIDATION_FAILED'],
  'too-large': [422, 'DOCUMENT_TOO_LARGE'],
  'unsupported-media': [422, 'UNSUPPORTED_DOCUMENT'],
  'too-many-requests': [429, 'RATE_LIMITED'],
  'reminder-limit': [429, 'REMINDER_LIMIT'],
  'qualified-unavailable': [422, 'QES_NOT_CONFIGURED'],
  'unsafe-url': [422, 'UNSAFE_URL'],
  unavailable: [422, 'METHOD_NOT_AVAILABLE'],
  busy: [429, 'BUSY'],
};

const MEGABYTE = 1024 * 1024;
