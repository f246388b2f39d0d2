/** Signing in and out, and the account of who is signed in. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { changePassword, signIn } from '../../domain/accounts.ts';
import { ServiceFault } from '../../domain/fault.ts';
import { bareId } from '../../domain/ids.ts';
import { endSession, openSession } from '../../domain/sessions.ts';
import { anonymousCounter } from '../../http/rate-limit.ts';
import { languageMenu, pageMarkup, sendPage } from '../layout.ts';
import { html } from '../markup.ts';
import type { PageParts } from '../parts.ts';
import { facts, type Notice, sendPortal } from './shell.ts';
import { giveSession, HOME, requireOwnOrigin, takeSession, type Visit, visitOf, withoutLanguage } from './visit.ts';
import { spokenFor } from './words.ts';

/** For everybody. */
export function signInRoutes(app: FastifyInstance, { core }: PageParts): void {
  const tries = anonymousCounter(TRIES_OF_AN_ADDRESS);

  app.get(`${HOME}/sign-in`, async (request, reply) => {
    const { portal } = spokenFor(request);
    const { done, next } = shown.parse(request.query);
    const told = done === 'out' ? portal.signIn.signedOut : null;
    return sendSignIn(request, reply, { next, notice: told === null ? null : { tone: 'good', text: told } });
  });

  app.post(`${HOME}/sign-in`, async (request, reply) => {
    requireOwnOrigin(request);
    const { portal } = spokenFor(request);
    const { email, password, next } = credentials.parse(request.body ?? {});
    const refuse = (status: number, text: string): FastifyReply =>
      sendSignIn(request, reply, { next, email, status, notice: { tone: 'bad', text } });
    // One address on many accounts is counted here; many addresses on one account, wherever they try.
    if (tries(request.ip, core.clock()).exceeded) return refuse(429, portal.signIn.tooMany);
    const account = await signIn(core, email, password).catch((error: unknown) => {
      if (error instanceof ServiceFault && error.code === 'too-many-requests') return 'too-many' as const;
      throw error;
    });
    if (account === 'too-many') return refuse(429, portal.signIn.tooMany);
    if (account === null) return refuse(401, portal.signIn.wrong);
    giveSession(reply, core, await openSession(core, account.id));
    return reply.redirect(next === '' ? `${HOME}/test` : next, 303);
  });
}

/** For who is signed in. */
export function accountRoutes(app: FastifyInstance, { core }: PageParts): void {
  const tries = anonymousCounter(TRIES_AT_AN_ACCOUNT);
  app.get(HOME, async (request, reply) => reply.redirect(`${HOME}/${visitOf(request).mode}`, 303));

  app.post(`${HOME}/sign-out`, async (request, reply) => {
    await endSession(core, visitOf(request).session.id);
    takeSession(reply, core);
    return reply.redirect(`${HOME}/sign-in?done=out`, 303);
  });

  app.get(`${HOME}/:mode/account`, async (request, reply) => {
    const visit = visitOf(request);
    const { done } = shown.parse(request.query);
    return sendAccount(reply, visit, done === 'changed' ? { tone: 'good', text: visit.spoken.portal.account.changed } : null);
  });

  app.post(`${HOME}/:mode/account`, async (request, reply) => {
    const visit = visitOf(request);
    const { account } = visit.spoken.portal;
    const passwords = newPassword.parse(request.body ?? {});
    if ([...passwords.after].length < SHORTEST) return sendAccount(reply, visit, { tone: 'bad', text: account.short }, 422);
    if (tries(visit.session.account.id, core.clock()).exceeded)
      return sendAccount(reply, visit, { tone: 'bad', text: visit.spoken.portal.signIn.tooMany }, 429);
    const changed = await changePassword(core, visit.session.account.id, passwords, visit.session.id);
    if (!changed) return sendAccount(reply, visit, { tone: 'bad', text: account.wrong }, 422);
    return reply.redirect(`${HOME}/${visit.mode}/account?done=changed`, 303);
  });
}

interface SignIn {
  readonly next: string;
  readonly email?: string;
  readonly status?: number;
  readonly notice: Notice | null;
}

function sendSignIn(request: FastifyRequest, reply: FastifyReply, { next, email = '', status = 200, notice }: SignIn): FastifyReply {
  const spoken = spokenFor(request);
  const { signIn: words } = spoken.portal;
  const bad = notice?.tone === 'bad';
  return sendPage(
    reply,
    status,
    pageMarkup({
      words: spoken.page,
      title: `${words.title} · ${spoken.portal.portal}`,
      styles: ['portal.css'],
      look: 'portal-door',
      header: html`<span class="portal-name">${spoken.portal.portal}</span>${languageMenu(spoken.page, withoutLanguage(shown.parse(request.query)))}`,
      body: html`<section class="card note">
<h1>${words.title}</h1>
<p>${words.text}</p>
${notice && html`<p id="told" class="notice ${notice.tone}" role="${bad ? 'alert' : 'status'}">${notice.text}</p>`}
<form method="post" action="${HOME}/sign-in">
<input type="hidden" name="next" value="${next}">
<p><label for="email">${words.email}</label><input id="email" name="email" type="email" autocomplete="username" required maxlength="254" value="${email}"${bad && html` aria-invalid="true" aria-describedby="told"`}></p>
<p><label for="password">${words.password}</label><input id="password" name="password" type="password" autocomplete="current-password" required maxlength="1024"></p>
<button type="submit">${words.button}</button>
</form>
<p class="soft after">${words.first}</p>
</section>`,
    }),
  );
}

function sendAccount(reply: FastifyReply, visit: Visit, notice: Notice | null, status = 200): FastifyReply {
  const { account } = visit.session;
  const { account: words } = visit.spoken.portal;
  return sendPortal(reply, visit, {
    section: 'account',
    status,
    notice,
    body: html`<p class="lead">${words.text}</p>
<section class="card">${facts([
      [words.signedInAs, account.email],
      [words.role, visit.admin ? words.admin : words.reader],
      [words.customer, html`<code>${bareId(account.tenant)}</code>`],
    ])}</section>
<section class="card"><h2>${words.title}</h2>
<form class="short" method="post" action="${HOME}/${visit.mode}/account">
<input type="hidden" name="proof" value="${visit.proof}">
<p><label for="before">${words.before}</label><input id="before" name="before" type="password" autocomplete="current-password" required maxlength="1024"></p>
<p><label for="after">${words.after}</label><input id="after" name="after" type="password" autocomplete="new-password" required minlength="${SHORTEST}" maxlength="1024" aria-describedby="after-hint"><span id="after-hint" class="soft">${words.hint}</span></p>
<button type="submit">${words.change}</button>
</form></section>`,
  });
}

/** Only pages of the portal. */
const next = z
  .string()
  .regex(/^\/w\/portal(\/[\w/.?=&%-]{0,400})?$/)
  .catch('');
const shown = z.object({ done: z.string().max(20).catch(''), next: next.default('') });
const credentials = z.object({
  email: z.string().trim().max(254).catch(''),
  password: z.string().max(1024).catch(''),
  next: next.default(''),
});
const newPassword = z.object({ before: z.string().max(1024).catch(''), after: z.string().max(1024).catch('') });
/** Characters of a password. */
export const SHORTEST = 12;
const TRIES_OF_AN_ADDRESS = 60;
const TRIES_AT_AN_ACCOUNT = 10;
