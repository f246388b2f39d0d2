/** The routes of the signing page: it opens by a link or in a frame, each act is a POST with the session of the page. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { readContent } from '../domain/documents.ts';
import { ServiceFault } from '../domain/fault.ts';
import { bareId } from '../domain/ids.ts';
import { PDF } from '../domain/media.ts';
import { documentOfRequest } from '../domain/request.ts';
import { checkCode, consent, decline, openSigning, renewLink, sendCode, signNow, stateOf, type Visitor } from '../domain/signing.ts';
import { showIdentityDocument } from '../domain/verification.ts';
import { attachmentHeader } from '../http/download.ts';
import { type Access, newSession, openedBy, type Proof, requestById, requestOfSigner, requireSession } from './access.ts';
import { notePage, pageMarkup, sendPage } from './layout.ts';
import { html } from './markup.ts';
import type { PageParts } from './parts.ts';
import { addressOf, isReadable, panel, type Shown, signersList, signingPage, type Told } from './signing-view.ts';
import { languageFrom, type Words, wordsOf } from './words.ts';

export function signingRoutes(app: FastifyInstance, parts: PageParts): void {
  const { core } = parts;

  app.get('/w/s/:id', async (request, reply) => {
    const { id } = byId.parse(request.params);
    return open(parts, request, reply, `sgn_${id}`, id);
  });

  app.get('/w/r/:id', async (request, reply) => {
    const { id } = byId.parse(request.params);
    const proof = proofs.parse(request.query);
    const found = await requestById(core, `sreq_${id}`);
    const [only, second] = found?.signers ?? [];
    if (only && !second) return open(parts, request, reply, only.id, id);
    const opened = openedBy(parts, proof, id, id);
    if (!found || opened === 'invalid' || opened === 'expired') return closedLink(request, reply, opened === 'expired');
    return sendPage(
      reply,
      200,
      choosePage(request, found, proof, opened === 'framed', await nameOf(parts, found)),
      frameOf(parts, opened === 'framed'),
    );
  });

  app.post('/w/r/:id/choose', async (request, reply) => {
    const { id } = byId.parse(request.params);
    const { signer, ...proof } = proofs.extend({ signer: bare }).parse(request.body);
    const opened = openedBy(parts, proof, id, id);
    if (opened === 'invalid' || opened === 'expired') return closedLink(request, reply, opened === 'expired');
    const found = await requestById(core, `sreq_${id}`);
    const chosen = found?.signers.find((one) => bareId(one.id) === signer);
    if (!found || !chosen) return closedLink(request, reply, false);
    const words = wordsFor(request, chosen.locale);
    const framed = opened === 'framed';
    // Without a code the link alone proves who somebody is: then it has to come from their own mailbox.
    if (found.level === 'simple' && !framed && stateOf(core, found, chosen) === 'ready') {
      await renewLink(core, chosen.id);
      return sendPage(reply, 200, notePage(words, words.renewedTitle, words.renewedText));
    }
    return show(parts, reply, request, chosen.id, newSession(core, chosen.id, framed), words);
  });

  app.post('/w/s/:id/renew', async (request, reply) => {
    const { id } = byId.parse(request.params);
    const { t } = proofs.parse(request.body);
    const words = wordsFor(request, null);
    const opened = openedBy(parts, { t }, id, null);
    const signer = `sgn_${id}`;
    if (opened === 'invalid') return closedLink(request, reply, false);
    try {
      await renewLink(core, signer);
    } catch (error) {
      if (!(error instanceof ServiceFault)) throw error;
      const text = error.code === 'too-many-requests' ? words.tooMany : words.closedText.other;
      return sendPage(reply, error.code === 'too-many-requests' ? 429 : 410, notePage(words, words.expiredTitle, text));
    }
    return sendPage(reply, 200, notePage(words, words.renewedTitle, words.renewedText));
  });

  app.get('/w/s/:id/document', async (request, reply) => {
    const { id } = byId.parse(request.params);
    const { d } = z.object({ d: z.string().max(300).default('') }).parse(request.query);
    const opened = core.links.open('document', d, core.clock());
    if (opened === null || opened.expired || opened.subject !== id)
      throw new ServiceFault('not-found', 'This link is not valid, or not any more.');
    return sendDocument(parts, reply, `sgn_${id}`);
  });

  app.get('/w/s/:id/state', async (request, reply) => {
    const { id } = byId.parse(request.params);
    const access = requireSession(core, id, request.headers['x-session']);
    const found = await requestOfSigner(core, `sgn_${id}`);
    const signer = found?.signers.find((one) => bareId(one.id) === id);
    if (!found || !signer) throw new ServiceFault('not-found', 'There is no such signer.');
    const state = stateOf(core, found, signer);
    const { known } = z.object({ known: z.string().max(40).optional() }).parse(request.query);
    if (known === `${state} ${found.status}`)
      return reply.header('cache-control', 'no-store').send({ state, status: found.status, panel: null });
    return show(parts, reply, request, signer.id, access, wordsFor(request, signer.locale), null, true);
  });

  acts(app, parts);
}

type Act = (signer: string, fields: z.output<typeof actFields>, visitor: Visitor, words: Words) => Promise<Told | null>;

/** What a signer may do on the page. */
function acts(app: FastifyInstance, parts: PageParts): void {
  const { core } = parts;
  const offered: Readonly<Record<string, Act>> = {
    code: async (signer, _fields, _visitor, words) => {
      await sendCode(core, signer);
      const found = (await requestOfSigner(core, signer))?.signers.find(({ id }) => id === signer);
      const { channel, to } = found ? addressOf(found) : { channel: 'email' as const, to: '' };
      return { tone: 'good', text: words.codeSent(channel, to) };
    },
    check: async (signer, { code }, _visitor, words) => {
      const outcome = await checkCode(core, signer, code);
      if (outcome === 'right') return { tone: 'good', text: words.codeRight };
      if (outcome === 'wrong') return { tone: 'bad', text: words.codeWrong, about: 'code' };
      return outcome === 'void' ? { tone: 'bad', text: words.codeLocked, spent: true } : null;
    },
    identity: async (signer, { number }, _visitor, words) =>
      (await showIdentityDocument(core, signer, number)) === 'verified' ? { tone: 'good', text: words.identityRight } : null,
    sign: async (signer, { consent: given }, visitor, words) => {
      if (given !== 'yes') return { tone: 'bad', text: words.consentMissing, about: 'consent' };
      await consent(core, signer, visitor);
      await signNow(core, signer, visitor);
      return null;
    },
    decline: async (signer, { reason }, visitor, words) => {
      if (reason === '') return { tone: 'bad', text: words.declineMissing, about: 'reason' };
      await decline(core, signer, reason, visitor);
      return null;
    },
  };
  for (const [name, act] of Object.entries(offered))
    app.post(`/w/s/:id/${name}`, async (request, reply) => {
      const { id } = byId.parse(request.params);
      const fields = actFields.parse(request.body ?? {});
      const access = requireSession(core, id, fields.session);
      const words = wordsFor(request, null);
      const told = await act(`sgn_${id}`, fields, visitorOf(request), words).catch((error: unknown) => refusal(error, words));
      return show(parts, reply, request, `sgn_${id}`, access, words, told);
    });
}

function refusal(error: unknown, words: Words): Told {
  if (error instanceof ServiceFault && error.code === 'conflict') return { tone: 'bad', text: words.changed };
  if (error instanceof ServiceFault && error.code === 'too-many-requests') return { tone: 'bad', text: words.tooMany };
  throw error;
}

/** The page of a signer, opened by an address: their own, or that of a request with them alone. */
async function open(
  parts: PageParts,
  request: FastifyRequest,
  reply: FastifyReply,
  signer: string,
  subject: string,
): Promise<FastifyReply> {
  const { core } = parts;
  const proof = proofs.parse(request.query);
  const found = await requestOfSigner(core, signer);
  const opened = openedBy(parts, proof, subject, found === null ? null : bareId(found.id));
  const own = found?.signers.find(({ id }) => id === signer);
  if (!found || !own || opened === 'invalid') return closedLink(request, reply, false);
  if (opened === 'expired') return closedLink(request, reply, true, subject === bareId(signer) ? { id: subject, t: proof.t ?? '' } : null);
  return show(
    parts,
    reply,
    request,
    signer,
    newSession(core, signer, opened === 'framed'),
    wordsFor(request, own.locale),
    null,
    false,
    proof,
  );
}

/** The page as it stands now; for the scripts of the page, only the part that changes. */
async function show(
  parts: PageParts,
  reply: FastifyReply,
  request: FastifyRequest,
  signer: string,
  access: Access,
  words: Words,
  told: Told | null = null,
  partly = wantsJson(request),
  proof: Proof | null = null,
): Promise<FastifyReply> {
  const view = await openSigning(parts.core, signer, visitorOf(request));
  const shown: Shown = { core: parts.core, view, access, words, told, ancestors: parts.configuration.frameAncestors };
  if (partly)
    return reply
      .header('cache-control', 'no-store')
      .send({ state: view.state, status: view.request.status, panel: panel(shown).markup, signers: signersList(shown).markup });
  const query = proof === null ? null : Object.fromEntries(Object.entries(proof).filter(([, value]) => value !== undefined));
  return sendPage(reply, 200, signingPage(shown, query as Readonly<Record<string, string>> | null), frameOf(parts, access.framed));
}

function closedLink(
  request: FastifyRequest,
  reply: FastifyReply,
  expired: boolean,
  renew: { readonly id: string; readonly t: string } | null = null,
): FastifyReply {
  const words = wordsFor(request, null);
  if (!expired) return sendPage(reply, 404, notePage(words, words.invalidTitle, words.invalidText));
  const more =
    renew &&
    html`<form method="post" action="/w/s/${renew.id}/renew?lang=${words.language}"><input type="hidden" name="t" value="${renew.t}"><button type="submit">${words.renew}</button></form>`;
  return sendPage(reply, 410, notePage(words, words.expiredTitle, words.expiredText, more));
}

function choosePage(
  request: FastifyRequest,
  { id, signers, realm }: NonNullable<Awaited<ReturnType<typeof requestById>>>,
  proof: Proof,
  framed: boolean,
  name: string,
): string {
  const words = wordsFor(request, null);
  const query = Object.fromEntries(Object.entries(proof).filter((entry): entry is [string, string] => entry[1] !== undefined));
  const hidden = Object.entries(query).map(([key, value]) => html`<input type="hidden" name="${key}" value="${value}">`);
  const choices = signers.map(
    (signer) =>
      html`<li><button type="submit" name="signer" value="${bareId(signer.id)}"${signer.status !== 'waiting' && html` class="plain"`}>${words.continueAs(signer.name)}</button> <span class="soft">${words.signerStatus[signer.status]}</span></li>`,
  );
  return pageMarkup({
    words,
    title: words.signTitle(name),
    framed,
    query,
    test: realm.mode === 'test',
    body: html`<section class="card note"><h1>${words.signTitle(name)}</h1><h2>${words.chooseTitle}</h2><p>${words.chooseText}</p>
<form method="post" action="/w/r/${bareId(id)}/choose?lang=${words.language}">${hidden}<ul class="choices">${choices}</ul></form></section>`,
  });
}

async function sendDocument({ core }: PageParts, reply: FastifyReply, signer: string): Promise<FastifyReply> {
  const found = await requestOfSigner(core, signer);
  const own = found?.signers.find(({ id }) => id === signer);
  if (!found || !own || !isReadable(stateOf(core, found, own))) throw new ServiceFault('not-found', 'The document is not kept any more.');
  const row = await core.store.db.selectFrom('documents').select('media_type').where('id', '=', found.documentId).executeTakeFirst();
  const name = await nameOf({ core }, found);
  // Foreign markup never becomes a page of ours: what is neither PDF nor plain text is only handed out.
  const type = row?.media_type === PDF ? PDF : row?.media_type === 'text/plain' ? 'text/plain; charset=utf-8' : null;
  return reply
    .type(type ?? 'application/octet-stream')
    .headers({
      'cache-control': 'private, no-store',
      'content-disposition': attachmentHeader(name, type === null ? 'attachment' : 'inline'),
    })
    .send(Buffer.from(await readContent(core, found.documentId)));
}

const nameOf = async ({ core }: Pick<PageParts, 'core'>, request: Parameters<typeof documentOfRequest>[2]): Promise<string> =>
  core.store.transaction(async (tx) => (await documentOfRequest(tx, core, request)).name);

const frameOf = ({ configuration }: PageParts, framed: boolean) => (framed ? { ancestors: configuration.frameAncestors } : {});

export const wantsJson = ({ headers }: FastifyRequest): boolean => headers.accept?.includes('application/json') ?? false;

/** The words that somebody asks for, or a signer's, or the browser's. */
export function wordsFor({ query, headers }: FastifyRequest, locale: string | null): Words {
  const { lang } = query as { readonly lang?: unknown };
  return wordsOf(languageFrom(typeof lang === 'string' ? lang : null, locale, headers['accept-language']));
}

const visitorOf = ({ ip, headers }: FastifyRequest): Visitor => ({ ip, userAgent: headers['user-agent']?.slice(0, 300) ?? null });

const bare = z.string().regex(/^[A-Za-z0-9]{12,16}$/);
const byId = z.object({ id: bare.catch('') });
const token = z.string().max(2000).optional();
const proofs = z.object({ t: token, embed: token });
const actFields = z.object({
  session: z.string().max(300).default(''),
  code: z.string().max(40).default(''),
  number: z.string().trim().max(40).default(''),
  consent: z.string().max(10).default(''),
  reason: z.string().trim().max(1000).default(''),
});
