/** The people of a customer: listed, invited by mail, given a role, removed; and the door by which who is invited comes in. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ADMIN, ROLES, type Role } from '../../domain/accounts.ts';
import { ServiceFault } from '../../domain/fault.ts';
import { bareId } from '../../domain/ids.ts';
import {
  acceptInvitation,
  changeRole,
  type Invitation,
  invite,
  JOIN,
  listInvitations,
  listMembers,
  type Member,
  openInvitation,
  removeMember,
  withdrawInvitation,
} from '../../domain/members.ts';
import { openSession } from '../../domain/sessions.ts';
import { anonymousCounter } from '../../http/rate-limit.ts';
import { languageMenu, notePage, pageMarkup, sendPage } from '../layout.ts';
import { html, type Markup } from '../markup.ts';
import { offersOutbox } from '../outbox.ts';
import type { PageParts } from '../parts.ts';
import { confirmed, empty, type Notice, sendPortal, time } from './shell.ts';
import { SHORTEST } from './sign-in.ts';
import { adminOf, giveSession, HOME, requireOwnOrigin, type Visit, visitOf } from './visit.ts';
import { type PortalWords, spokenFor } from './words.ts';

/** For administrators; others may look. */
export function peopleRoutes(app: FastifyInstance, parts: PageParts): void {
  const { core } = parts;
  const mails = anonymousCounter(INVITATIONS_A_MINUTE);
  const done = (reply: FastifyReply, { mode }: Visit, what: Done): FastifyReply =>
    reply.redirect(`${HOME}/${mode}/people?done=${what}`, 303);

  app.get(`${HOME}/:mode/people`, async (request, reply) => {
    const visit = visitOf(request);
    const { people: words } = visit.spoken.portal;
    const what = DONE.find((one) => one === visit.query['done']);
    return sendPeople(parts, reply, visit, { notice: what === undefined ? null : { tone: 'good', text: words[what] } });
  });

  app.post(`${HOME}/:mode/people`, async (request, reply) => {
    const visit = adminOf(request);
    const { people: words, signIn } = visit.spoken.portal;
    const given = newcomer.parse(request.body ?? {});
    const refuse = (status: number, text: string): Promise<FastifyReply> =>
      sendPeople(parts, reply, visit, { given, status, notice: { tone: 'bad', text } });
    if (!z.email().safeParse(given.email).success) return refuse(422, words.wrongEmail);
    if (mails(visit.realm.tenant, core.clock()).exceeded) return refuse(429, signIn.tooMany);
    const by = visit.session.account.email;
    try {
      await invite(core, visit.realm.tenant, { ...given, by, language: visit.spoken.language });
    } catch (error) {
      if (error instanceof ServiceFault && error.code === 'duplicate') return refuse(422, words.there);
      if (error instanceof ServiceFault && error.code === 'conflict') return refuse(422, words.tooMany);
      throw error;
    }
    return done(reply, visit, 'invited');
  });

  app.post(`${HOME}/:mode/people/invitations/:id/withdraw`, async (request, reply) => {
    const visit = adminOf(request);
    await withdrawInvitation(core, visit.realm.tenant, `inv_${byId.parse(request.params).id}`);
    return done(reply, visit, 'withdrawn');
  });

  app.post(`${HOME}/:mode/people/:id/role`, async (request, reply) => {
    const visit = adminOf(request);
    const { role } = newRole.parse(request.body ?? {});
    await changeRole(core, visit.session.account, `acc_${byId.parse(request.params).id}`, role);
    return done(reply, visit, 'changed');
  });

  app.post(`${HOME}/:mode/people/:id/remove`, async (request, reply) => {
    const visit = adminOf(request);
    await removeMember(core, visit.session.account, `acc_${byId.parse(request.params).id}`);
    return done(reply, visit, 'removed');
  });
}

/** For who has the link of an invitation. */
export function joinRoutes(app: FastifyInstance, { core }: PageParts): void {
  const tries = anonymousCounter(TRIES_A_MINUTE);

  app.get(JOIN, async (request, reply) => {
    const { t: token } = link.parse(request.query);
    const invitation = await openInvitation(core, token);
    return invitation === null ? sendOver(request, reply) : sendJoin(request, reply, { invitation, token });
  });

  app.post(JOIN, async (request, reply) => {
    requireOwnOrigin(request);
    const { portal } = spokenFor(request);
    const { t: token, password } = joined.parse(request.body ?? {});
    if (tries(request.ip, core.clock()).exceeded) throw new ServiceFault('too-many-requests', 'Too many tries.');
    const invitation = await openInvitation(core, token);
    if (invitation === null) return sendOver(request, reply);
    if ([...password].length < SHORTEST) return sendJoin(request, reply, { invitation, token, refused: portal.account.short });
    try {
      giveSession(reply, core, await openSession(core, await acceptInvitation(core, invitation.id, password)));
    } catch (error) {
      if (error instanceof ServiceFault && error.code === 'not-found') return sendOver(request, reply);
      if (error instanceof ServiceFault && error.code === 'duplicate')
        return sendJoin(request, reply, { invitation, token, refused: portal.people.elsewhere });
      throw error;
    }
    return reply.redirect(`${HOME}/test`, 303);
  });
}

interface Shown {
  /** What was given and is refused. */
  readonly given?: z.output<typeof newcomer>;
  readonly notice?: Notice | null;
  readonly status?: number;
}

async function sendPeople(
  { core, configuration }: PageParts,
  reply: FastifyReply,
  visit: Visit,
  { given, notice = null, status = 200 }: Shown,
): Promise<FastifyReply> {
  const { people: words } = visit.spoken.portal;
  const { tenant } = visit.realm;
  const [members, invitations] = await Promise.all([listMembers(core, tenant), listInvitations(core, tenant)]);
  const sends = configuration.smtpUrl !== undefined || offersOutbox(configuration);
  return sendPortal(reply, visit, {
    section: 'people',
    status,
    notice,
    body: html`<p class="lead">${words.text}</p>
<ul class="rows">${members.map((member) => memberRow(visit, member))}</ul>
${invitations.length > 0 && html`<h2>${words.invitations}</h2><ul class="rows">${invitations.map((one) => invitationRow(visit, one))}</ul>`}
${visit.admin && (sends ? form(visit, given) : empty(words.noMail))}`,
  });
}

function memberRow(visit: Visit, { id, email, role, since }: Member): Markup {
  const { people: words } = visit.spoken.portal;
  const own = id === visit.session.account.id;
  const action = `${HOME}/${visit.mode}/people/${bareId(id)}`;
  const other: Role = role === ADMIN ? 'viewer' : ADMIN;
  const [change, changeText] = other === ADMIN ? [words.makeAdmin, words.makeAdminText] : [words.makeReader, words.makeReaderText];
  return html`<li class="row key"><div><strong class="address">${email}</strong>${own && html` <span class="soft">(${words.you})</span>`}<br><span class="soft">${roleText(visit.spoken.portal, role)}</span></div>
<span class="soft">${visit.spoken.portal.keys.since} ${time(since, visit.spoken)}</span>
${
  visit.admin &&
  !own &&
  html`<div class="acts">${confirmed(visit, { action: `${action}/role`, label: change, text: changeText, fields: html`<input type="hidden" name="role" value="${other}">` })}${confirmed(visit, { action: `${action}/remove`, label: words.remove, text: words.removeText })}</div>`
}</li>`;
}

function invitationRow(visit: Visit, { id, email, role, expiresAt }: Invitation): Markup {
  const { people: words } = visit.spoken.portal;
  const action = `${HOME}/${visit.mode}/people/invitations/${bareId(id)}/withdraw`;
  return html`<li class="row key"><div><strong class="address">${email}</strong><br><span class="soft">${roleText(visit.spoken.portal, role)}</span></div>
<span class="soft">${words.until} ${time(expiresAt, visit.spoken)}</span>
${visit.admin && html`<div class="acts">${confirmed(visit, { action, label: words.withdraw, text: words.withdrawText })}</div>`}</li>`;
}

function form(visit: Visit, given: Shown['given']): Markup {
  const { people: words, signIn } = visit.spoken.portal;
  return html`<section class="card"><h2>${words.invite}</h2>
<form class="fields" method="post" action="${HOME}/${visit.mode}/people">
<input type="hidden" name="proof" value="${visit.proof}">
<p><label for="email">${signIn.email}</label><input id="email" name="email" type="email" required maxlength="254" autocomplete="off" aria-describedby="email-hint" value="${given?.email ?? ''}"${given && html` aria-invalid="true"`}><span id="email-hint" class="soft">${words.inviteHint}</span></p>
<p><label for="role">${words.role}</label><select id="role" name="role">${[...ROLES].reverse().map((one) => html`<option value="${one}"${one === given?.role && html` selected`}>${roleText(visit.spoken.portal, one)}</option>`)}</select></p>
<button type="submit">${words.send}</button>
</form></section>`;
}

const roleText = ({ account }: PortalWords, role: string): string => (role === ADMIN ? account.admin : account.reader);

interface Joining {
  readonly invitation: Invitation;
  readonly token: string;
  readonly refused?: string;
}

function sendJoin(request: FastifyRequest, reply: FastifyReply, { invitation, token, refused }: Joining): FastifyReply {
  const spoken = spokenFor(request);
  const { people: words, account, portal } = spoken.portal;
  return sendPage(
    reply,
    refused === undefined ? 200 : 422,
    pageMarkup({
      words: spoken.page,
      title: `${words.join} · ${portal}`,
      styles: ['portal.css'],
      look: 'portal-door',
      header: html`<span class="portal-name">${portal}</span>${languageMenu(spoken.page, { t: token })}`,
      body: html`<section class="card note">
<h1>${words.join}</h1>
<p>${words.joinText(invitation.email)}</p>
${refused !== undefined && html`<p id="told" class="notice bad" role="alert">${refused}</p>`}
<form method="post" action="${JOIN}">
<input type="hidden" name="t" value="${token}">
<input type="hidden" name="username" autocomplete="username" value="${invitation.email}">
<p><label for="password">${account.after}</label><input id="password" name="password" type="password" autocomplete="new-password" required minlength="${SHORTEST}" maxlength="1024" aria-describedby="password-hint"${refused !== undefined && html` aria-invalid="true"`}><span id="password-hint" class="soft">${words.joinHint}</span></p>
<button type="submit">${words.joinButton}</button>
</form>
</section>`,
    }),
  );
}

function sendOver(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { portal, page } = spokenFor(request);
  const on = html`<p><a href="${HOME}">${portal.signIn.title}</a></p>`;
  return sendPage(reply, 410, notePage(page, portal.people.over, portal.people.overText, on));
}

/** What a page may tell was done. */
const DONE = ['invited', 'withdrawn', 'changed', 'removed'] as const;
type Done = (typeof DONE)[number];

const byId = z.object({
  id: z
    .string()
    .regex(/^[A-Za-z0-9]{16}$/)
    .catch(''),
});
const newRole = z.object({ role: z.enum(ROLES) });
const newcomer = z.object({ email: z.string().trim().max(254).catch(''), role: z.enum(ROLES).catch('viewer') });
const link = z.object({ t: z.string().max(300).catch('') });
const joined = z.object({ t: z.string().max(300).catch(''), password: z.string().max(1024).catch('') });
const INVITATIONS_A_MINUTE = 10;
const TRIES_A_MINUTE = 20;
