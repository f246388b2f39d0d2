/**
 * Who visits the portal: a cookie that scripts cannot read and other sites cannot send (SameSite=Strict) names a session; each form
 * carries a proof that is bound to it, and comes from this origin.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ADMIN } from '../../domain/accounts.ts';
import type { Core } from '../../domain/core.ts';
import { ServiceFault } from '../../domain/fault.ts';
import type { Mode, Realm } from '../../domain/model.ts';
import { readSession, SESSION_LIFE, type Session } from '../../domain/sessions.ts';
import { sameText } from '../../storage/vault.ts';
import { LANGUAGE_COOKIE, type Spoken, spokenFor } from './words.ts';

export interface Visit {
  readonly session: Session;
  readonly spoken: Spoken;
  readonly mode: Mode;
  readonly realm: Realm;
  /** What each form carries. */
  readonly proof: string;
  /** May change things. */
  readonly admin: boolean;
  /** The address without its language. */
  readonly query: Readonly<Record<string, string>>;
}

/** Lets nobody in without a session, and no form without its proof; everything registered beside it has a visit. */
export function requireVisit(app: FastifyInstance, core: Core): void {
  app.addHook('preHandler', async (request, reply) => {
    const token = request.cookies[SESSION_COOKIE];
    const session = token === undefined ? null : await readSession(core, token);
    if (session === null) {
      const next = request.method === 'GET' && request.url.length < 500 ? `?next=${encodeURIComponent(request.url)}` : '';
      return reply.redirect(`${HOME}/sign-in${next}`, 303);
    }
    const { mode = 'test' } = request.params as { readonly mode?: string };
    if (mode !== 'test' && mode !== 'live') throw new ServiceFault('not-found', 'There is no such page.');
    const proof = core.vault.mac('portal form', session.id);
    const { account } = session;
    const query = z.record(z.string(), z.string().catch('')).catch({}).parse(request.query);
    const visit: Visit = {
      ...{ session, mode, proof, query: withoutLanguage(query) },
      spoken: spokenFor(request),
      realm: { tenant: account.tenant, mode },
      admin: account.role === ADMIN,
    };
    visits.set(request, visit);
    if (request.method !== 'GET') requireForm(request, proof);
  });
  rememberLanguage(app);
}

export function visitOf(request: FastifyRequest): Visit {
  const visit = visits.get(request);
  if (!visit) throw new ServiceFault('unauthorized', 'Nobody is signed in.');
  return visit;
}

/** The visit of somebody who may change things. Throws `ServiceFault` `forbidden`. */
export function adminOf(request: FastifyRequest): Visit {
  const visit = visitOf(request);
  if (!visit.admin) throw new ServiceFault('forbidden', 'This account may look, but not change anything.');
  return visit;
}

/** Throws `ServiceFault` `forbidden` where a browser says that another site sends this. */
export function requireOwnOrigin({ headers, host }: FastifyRequest): void {
  const { origin, 'sec-fetch-site': site } = headers;
  const foreign = origin !== undefined && origin !== 'null' && !origin.endsWith(`://${host}`);
  if (foreign || (site !== undefined && site !== 'same-origin' && site !== 'none'))
    throw new ServiceFault('forbidden', 'This form was sent from elsewhere.', { foreign: 1 });
}

export function giveSession(reply: FastifyReply, core: Core, token: string): void {
  void reply.setCookie(SESSION_COOKIE, token, { ...cookieOf(core), httpOnly: true, maxAge: SESSION_LIFE / 1000 });
}

export function takeSession(reply: FastifyReply, core: Core): void {
  void reply.clearCookie(SESSION_COOKIE, { ...cookieOf(core), httpOnly: true });
}

/** A language that was chosen in an address stays. */
export function rememberLanguage(app: FastifyInstance): void {
  app.addHook('preHandler', async (request, reply) => {
    const { lang } = request.query as { readonly lang?: unknown };
    if (lang !== undefined)
      void reply.setCookie(LANGUAGE_COOKIE, spokenFor(request).language, { path: HOME, sameSite: 'strict', maxAge: YEAR });
  });
}

export const withoutLanguage = ({ lang: _lang, ...query }: Readonly<Record<string, string>>): Readonly<Record<string, string>> => query;

function requireForm(request: FastifyRequest, proof: string): void {
  requireOwnOrigin(request);
  const { proof: given } = (request.body ?? {}) as { readonly proof?: unknown };
  if (typeof given !== 'string' || !sameText(given, proof)) throw new ServiceFault('forbidden', 'The form has no proof.', { foreign: 1 });
}

const cookieOf = ({ links }: Core) => ({ path: HOME, sameSite: 'strict' as const, secure: links.origin.startsWith('https:') });

const visits = new WeakMap<FastifyRequest, Visit>();
const SESSION_COOKIE = 'adeskit_session';
const YEAR = 365 * 24 * 3600;
export const HOME = '/w/portal';
