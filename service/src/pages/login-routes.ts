/**
 * The way to an identity provider and back. A cookie ties the answer to the browser that the login began in: who sends somebody
 * else an address to log in at gets nothing of it. No act on the page depends on a cookie.
 */
import cookies from '@fastify/cookie';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { ServiceFault } from '../domain/fault.ts';
import { bareId } from '../domain/ids.ts';
import { beginLogin, finishLogin, LOGIN_LIFE } from '../domain/login.ts';
import { requireSession } from './access.ts';
import { notePage, sendPage } from './layout.ts';
import { html } from './markup.ts';
import type { PageParts } from './parts.ts';
import { refusal } from './signing-acts.ts';
import { byId, closedLink, show, wantsJson, wordsFor } from './signing-routes.ts';

/** Where the provider sends signers back to. */
export const LOGIN_RETURN = '/w/login/return';

export async function loginRoutes(app: FastifyInstance, parts: PageParts): Promise<void> {
  const { core } = parts;
  await app.register(cookies);

  app.post('/w/s/:id/login', async (request, reply) => {
    const { id } = byId.parse(request.params);
    const { session } = z.object({ session: z.string().max(300).default('') }).parse(request.body ?? {});
    const access = requireSession(core, id, session);
    const words = wordsFor(request, null);
    try {
      const { id: login, url, browser } = await beginLogin(core, `sgn_${id}`, words.language);
      const options = { path: '/w/login', httpOnly: true, sameSite: 'lax', maxAge: LOGIN_LIFE / 1000 } as const;
      void reply.setCookie(cookieOf(login), browser, { ...options, secure: core.links.origin.startsWith('https:') });
      if (wantsJson(request)) return reply.header('cache-control', 'no-store').send({ location: url });
      // A form may lead nowhere else by the policy of the pages; a link may.
      const name = core.identityProvider?.name ?? '';
      const more = html`<p><a class="button" href="${url}">${words.providerGo(name)}</a></p>`;
      return sendPage(reply, 200, notePage(words, words.identityTitle, words.providerText(name), more));
    } catch (error) {
      return show(parts, reply, request, `sgn_${id}`, access, words, refusal(error, words));
    }
  });

  app.get(LOGIN_RETURN, async (request, reply) => {
    const { state } = z.object({ state: z.string().max(100).catch('') }).parse(request.query);
    const browser = request.cookies[cookieOf(state)] ?? '';
    const answer = new URL(request.url, 'http://service').searchParams;
    const done = await finishLogin(core, answer, browser).catch((error: unknown) => {
      if (error instanceof ServiceFault && (error.code === 'conflict' || error.code === 'not-found')) return null;
      throw error;
    });
    if (done === null) return closedLink(request, reply, false);
    // Who came back with the cookie had a session of this signer: the page is theirs, by a link that holds as long as one.
    const back = core.links.token('sign', bareId(done.signer), core.clock() + RETURN_LIFE);
    const query = new URLSearchParams({ t: back, lang: done.language, back: done.outcome });
    return reply.header('cache-control', 'no-store').redirect(`/w/s/${bareId(done.signer)}?${query}`, 303);
  });
}

const cookieOf = (login: string): string => `adeskit_login_${login.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 16)}`;
const RETURN_LIFE = 2 * 3_600_000;
