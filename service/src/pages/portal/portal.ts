/** The developer portal: everything below `/w/portal`, for who is signed in and sees their own customer's data only. */
import cookie from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ZodError } from 'zod';
import { ServiceFault } from '../../domain/fault.ts';
import { notePage, sendPage } from '../layout.ts';
import { html } from '../markup.ts';
import type { PageParts } from '../parts.ts';
import { deliveryRoutes } from './deliveries.ts';
import { explorerRoutes } from './explorer.ts';
import { keyRoutes } from './keys.ts';
import { outboxRoutes } from './outbox.ts';
import { overviewRoutes } from './overview.ts';
import { joinRoutes, peopleRoutes } from './people.ts';
import { requestRoutes } from './request.ts';
import { requestsRoutes } from './requests.ts';
import { accountRoutes, signInRoutes } from './sign-in.ts';
import { usageRoutes } from './usage.ts';
import { HOME, rememberLanguage, requireVisit } from './visit.ts';
import { webhookRoutes } from './webhooks.ts';
import { spokenFor } from './words.ts';

export async function portal(app: FastifyInstance, parts: PageParts): Promise<void> {
  await app.register(cookie);
  app.setErrorHandler((error, request, reply) => failed(error, request, reply));
  await app.register(async (open) => {
    rememberLanguage(open);
    signInRoutes(open, parts);
    joinRoutes(open, parts);
  });
  await app.register(async (closed) => {
    requireVisit(closed, parts.core);
    for (const routes of ROUTES) routes(closed, parts);
  });
}

function failed(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { portal: words, page } = spokenFor(request);
  const { statusCode, name } = error as { readonly statusCode?: number; readonly name?: string };
  const [status, text] =
    error instanceof ServiceFault
      ? (FAULTS[error.code] ?? FAILED)
      : error instanceof ZodError
        ? MALFORMED
        : statusCode !== undefined && statusCode < 500
          ? ([statusCode, 'foreign'] as const)
          : FAILED;
  if (status >= 500) request.log.error({ error: name }, 'failed');
  const foreign = error instanceof ServiceFault && error.details['foreign'] !== undefined;
  const back = html`<p><a href="${HOME}">${words.problem.back}</a></p>`;
  return sendPage(reply, status, notePage(page, words.problem.title, words.problem[foreign ? 'foreign' : text], back));
}

const ROUTES = [
  accountRoutes,
  overviewRoutes,
  requestsRoutes,
  requestRoutes,
  webhookRoutes,
  deliveryRoutes,
  keyRoutes,
  peopleRoutes,
  usageRoutes,
  outboxRoutes,
  explorerRoutes,
] as const;
const FAILED = [500, 'failed'] as const;
const MALFORMED = [400, 'foreign'] as const;
const FAULTS: Readonly<Partial<Record<string, readonly [status: number, text: 'notFound' | 'forbidden' | 'conflict' | 'tooMany']>>> = {
  forbidden: [403, 'forbidden'],
  'not-found': [404, 'notFound'],
  conflict: [409, 'conflict'],
  'too-many-requests': [429, 'tooMany'],
};
