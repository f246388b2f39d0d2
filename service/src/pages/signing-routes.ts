/** The addresses of the signing page: by a link, in a frame, for one signer or for a request of several. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { readContent } from '../domain/documents.ts';
import { ServiceFault } from '../domain/fault.ts';
import { picturesAskedOf } from '../domain/identity.ts';
import { bareId } from '../domain/ids.ts';
import type { LoginOutcome } from '../domain/login.ts';
import { PDF } from '../domain/media.ts';
import type { SignerRecord } from '../domain/model.ts';
import { documentOfRequest } from '../domain/request.ts';
import { openSigning, renewLink, stateOf, type Visitor } from '../domain/signing.ts';
import { attachmentHeader } from '../http/download.ts';
import { type Access, newSession, openedBy, type Proof, requestById, requestOfSigner, requireSession } from './access.ts';
import { notePage, pageMarkup, sendPage } from './layout.ts';
import { html } from './markup.ts';
import type { PageParts } from './parts.ts';
import type { Shown, Told } from './shown.ts';
import { isReadable, panel, signersList, signingPage, statusText } from './signing-view.ts';
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
  const words = wordsFor(request, own.locale);
  return show(
    parts,
    reply,
    request,
    signer,
    newSession(core, signer, opened === 'framed'),
    words,
    toldBy(request, own, words),
    false,
    proof,
  );
}

/** What a signer is told who comes back from an identity provider. */
function toldBy({ query }: FastifyRequest, { verification }: SignerRecord, words: Words): Told | null {
  const { back } = returns.parse(query);
  if (back === 'verified') return verification === 'verified' ? { tone: 'good', text: words.identityRight } : null;
  return back === undefined || back === 'locked' || verification === 'verified' ? null : { tone: 'bad', text: words.providerProblem[back] };
}

/** The page as it stands now; for the scripts of the page, only the part that changes. */
export async function show(
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
  const { core, configuration } = parts;
  const view = await openSigning(core, signer, visitorOf(request));
  const shown: Shown = {
    core,
    view,
    access,
    words: view.signer.role === 'approver' ? { ...words, ...words.approval } : words,
    told,
    pictures: view.state === 'identity' ? await picturesAskedOf(core, view.signer) : [],
    ancestors: configuration.frameAncestors,
  };
  if (partly)
    return reply
      .header('cache-control', 'no-store')
      .send({ state: view.state, status: view.request.status, panel: panel(shown).markup, signers: signersList(shown).markup });
  const query = proof === null ? null : Object.fromEntries(Object.entries(proof).filter(([, value]) => value !== undefined));
  return sendPage(reply, 200, signingPage(shown, query as Readonly<Record<string, string>> | null), frameOf(parts, access.framed));
}

export function closedLink(
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
      html`<li><button type="submit" name="signer" value="${bareId(signer.id)}"${signer.status !== 'waiting' && html` class="plain"`}>${words.continueAs(signer.name)}</button> <span class="soft">${statusText(signer, words)}</span></li>`,
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

export const visitorOf = ({ ip, headers }: FastifyRequest): Visitor => ({ ip, userAgent: headers['user-agent']?.slice(0, 300) ?? null });

const bare = z.string().regex(/^[A-Za-z0-9]{12,16}$/);
export const byId = z.object({ id: bare.catch('') });
const token = z.string().max(2000).optional();
const proofs = z.object({ t: token, embed: token });
const returns = z.object({
  back: z
    .enum(['verified', 'denied', 'weak', 'failed', 'wrong-person', 'expired', 'locked'] satisfies LoginOutcome[])
    .optional()
    .catch(undefined),
});
