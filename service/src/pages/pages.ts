/** The pages: signing, outbox, validation, with their scripts and styles, and pdf.js from its package. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import staticFiles from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ZodError } from 'zod';
import { ServiceFault } from '../domain/fault.ts';
import { anonymousCounter } from '../http/rate-limit.ts';
import { notePage, sendPage } from './layout.ts';
import { loginRoutes } from './login-routes.ts';
import { outboxRoutes } from './outbox.ts';
import type { PageParts } from './parts.ts';
import { portal } from './portal/portal.ts';
import { signingActs } from './signing-acts.ts';
import { signingRoutes, wantsJson, wordsFor } from './signing-routes.ts';
import { validationRoutes } from './validation.ts';

export async function pages(parts: PageParts, server: FastifyInstance): Promise<void> {
  await server.register(async (app) => {
    app.addHook('onRoute', (route) => {
      route.schema = { ...route.schema, hide: true };
    });
    acceptForms(app);
    app.setErrorHandler((error, request, reply) => failed(error, request, reply));
    await assets(app);
    await app.register(async (limited) => {
      limit(limited, parts);
      signingRoutes(limited, parts);
      signingActs(limited, parts);
      await limited.register(async (inner) => loginRoutes(inner, parts));
      outboxRoutes(limited, parts);
      validationRoutes(limited, parts);
      await limited.register(async (inner) => portal(inner, parts));
    });
  });
}

async function assets(app: FastifyInstance): Promise<void> {
  const common = { index: false, cacheControl: false, list: false } as const;
  const headers = {
    'cache-control': 'public, max-age=3600',
    'content-security-policy': "default-src 'none'; script-src 'self'; connect-src 'self'",
  };
  const setHeaders = (reply: FastifyReply): void => {
    void reply.headers(headers);
  };
  await app.register(staticFiles, {
    ...common,
    setHeaders,
    root: fileURLToPath(new URL('./assets/', import.meta.url)),
    prefix: '/w/assets/',
  });
  const pdfjs = dirname(fileURLToPath(import.meta.resolve('pdfjs-dist/package.json')));
  for (const folder of ['build', 'cmaps', 'standard_fonts', 'wasm', 'iccs'])
    await app.register(staticFiles, {
      ...common,
      setHeaders,
      root: join(pdfjs, folder),
      prefix: `/w/pdfjs/${folder}/`,
      decorateReply: false,
    });
}

/** Forms as browsers send them (application/x-www-form-urlencoded); the first value of each name. */
function acceptForms(app: FastifyInstance): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string', bodyLimit: 16_384 }, (_request, body, done) => {
    done(null, Object.fromEntries([...new URLSearchParams(body as string)].reverse()));
  });
}

function limit(app: FastifyInstance, { core }: PageParts): void {
  const counted = anonymousCounter(PAGES_A_MINUTE);
  app.addHook('onRequest', async (request) => {
    if (counted(request.ip, core.clock()).exceeded) throw new ServiceFault('too-many-requests', 'Too many requests in this minute.');
  });
}

function failed(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const words = wordsFor(request, null);
  const { statusCode, name } = error as { readonly statusCode?: number; readonly name?: string };
  const known = error instanceof ServiceFault ? FAULTS[error.code] : error instanceof ZodError ? FAULTS['not-found'] : undefined;
  const { status, title, text } = known ?? (statusCode !== undefined && statusCode < 500 ? { ...FAULT, status: statusCode } : FAULT);
  if (status >= 500) request.log.error({ error: name }, 'failed');
  const said = text === 'malformed' ? words.problem.malformed : words[text];
  if (wantsJson(request)) return reply.code(status).header('cache-control', 'no-store').send({ message: said });
  return sendPage(reply, status, notePage(words, words[title], said));
}

const FAULT = { status: 500, title: 'errorTitle', text: 'errorText' } as const;
const FAULTS: Readonly<
  Record<
    string,
    {
      readonly status: number;
      readonly title: 'invalidTitle' | 'expiredTitle' | 'errorTitle';
      readonly text: 'invalidText' | 'sessionOver' | 'tooMany' | 'changed' | 'malformed';
    }
  >
> = {
  unauthorized: { status: 401, title: 'expiredTitle', text: 'sessionOver' },
  'not-found': { status: 404, title: 'invalidTitle', text: 'invalidText' },
  'too-many-requests': { status: 429, title: 'errorTitle', text: 'tooMany' },
  'bad-request': { status: 400, title: 'errorTitle', text: 'malformed' },
  conflict: { status: 409, title: 'errorTitle', text: 'changed' },
};
const PAGES_A_MINUTE = 600;
