/** One request: its documents, signers and audit trail, what can be downloaded, and its end. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { sendSealed } from '../../dialects/sealed.ts';
import { brokenLink, readEvents } from '../../domain/audit.ts';
import type { Core } from '../../domain/core.ts';
import { readContent } from '../../domain/documents.ts';
import { ServiceFault } from '../../domain/fault.ts';
import { bareId } from '../../domain/ids.ts';
import type { DocumentRecord, LoggedEvent, RequestRecord, SignerRecord } from '../../domain/model.ts';
import { documentOf } from '../../domain/records.ts';
import { isOpen, readRequest } from '../../domain/request.ts';
import { cancelRequest } from '../../domain/requests.ts';
import { linkOf } from '../../domain/signers.ts';
import { attachmentHeader } from '../../http/download.ts';
import { sealAgain } from '../../sealing/failure.ts';
import { inRealm } from '../../storage/realm.ts';
import { html, type Markup } from '../markup.ts';
import type { PageParts } from '../parts.ts';
import { labelOf, signedText, statusBadge } from './requests.ts';
import { badge, button, confirmed, facts, sendPortal, time } from './shell.ts';
import { adminOf, HOME, type Visit, visitOf } from './visit.ts';
import { sizeText } from './words.ts';

export function requestRoutes(app: FastifyInstance, { core }: PageParts): void {
  const path = `${HOME}/:mode/requests/:id`;

  app.get(path, async (request, reply) => {
    const visit = visitOf(request);
    const found = await asked(core, visit, request);
    const { requests: words } = visit.spoken.portal;
    const told = new Map([
      ['cancelled', words.cancelled],
      ['sealing', words.sealing],
    ]);
    const text = told.get(visit.query['done'] ?? '');
    const documents = await documentsOf(core, found);
    const first = documents.get(found.documentId);
    return sendPortal(reply, visit, {
      section: 'requests',
      title: first?.name ?? found.id,
      notice: text === undefined ? null : { tone: 'good', text },
      body: html`<p class="lead">${statusBadge(visit, found.status)} ${signedText(visit, found)}</p>
<div class="columns"><div>
${documentPart(visit, found, documents)}
${signersPart(core, visit, found)}
${await trailPart(core, visit, found)}
</div><div>
${factsPart(visit, found)}
</div></div>`,
    });
  });

  app.post(`${path}/cancel`, async (request, reply) => {
    const visit = adminOf(request);
    const { reason } = cancelled.parse(request.body ?? {});
    const found = await asked(core, visit, request);
    await cancelRequest(core, visit.realm, found.id, reason === '' ? null : reason);
    return reply.redirect(`${addressOf(visit, found)}?done=cancelled`, 303);
  });

  app.post(`${path}/seal`, async (request, reply) => {
    const visit = adminOf(request);
    const found = await asked(core, visit, request);
    await sealAgain(core, visit.realm, found.id);
    return reply.redirect(`${addressOf(visit, found)}?done=sealing`, 303);
  });

  app.get(`${path}/documents/:number`, async (request, reply) => {
    const visit = visitOf(request);
    const found = await asked(core, visit, request);
    const document = await documentAt(core, found, request);
    // Foreign markup never becomes a page of ours: it is only handed out.
    return reply
      .type('application/octet-stream')
      .headers({ ...KEPT_NOWHERE, 'content-disposition': attachmentHeader(document.name) })
      .send(Buffer.from(await readContent(core, document.id)));
  });

  app.get(`${path}/signed/:number`, async (request, reply) => {
    const visit = visitOf(request);
    const found = await asked(core, visit, request);
    const { id } = await documentAt(core, found, request);
    return sendSealed(core, reply.headers(KEPT_NOWHERE), found, id);
  });

  app.get(`${path}/trail.pdf`, async (request, reply) => {
    const found = await asked(core, visitOf(request), request);
    return sendTrail(core, reply, found.sealed?.trail, 'application/pdf', 'audit-trail.pdf');
  });

  app.get(`${path}/trail.json`, async (request, reply) => {
    const found = await asked(core, visitOf(request), request);
    return sendTrail(core, reply, found.sealed?.trailJson, 'application/json', 'audit-trail.json');
  });
}

function asked(core: Core, { realm }: Visit, { params }: FastifyRequest): Promise<RequestRecord> {
  return readRequest(core, realm, `sreq_${byId.parse(params).id}`);
}

async function documentAt(core: Core, found: RequestRecord, { params }: FastifyRequest): Promise<DocumentRecord> {
  const { number } = byNumber.parse(params);
  const id = idsOf(found)[number - 1];
  const document = id === undefined ? undefined : (await documentsOf(core, found)).get(id);
  if (!document) throw new ServiceFault('not-found', 'There is no such document.');
  return document;
}

async function sendTrail(core: Core, reply: FastifyReply, blob: string | undefined, type: string, name: string): Promise<FastifyReply> {
  const bytes = blob === undefined ? null : await core.blobs.get(blob);
  if (bytes === null) throw new ServiceFault('not-found', 'The audit trail is not kept any more.');
  return reply
    .type(type)
    .headers({ ...KEPT_NOWHERE, 'content-disposition': attachmentHeader(name) })
    .send(Buffer.from(bytes));
}

const addressOf = ({ mode }: Visit, { id }: RequestRecord): string => `${HOME}/${mode}/requests/${bareId(id)}`;

const idsOf = ({ documentId, furtherDocumentIds }: RequestRecord): readonly string[] => [documentId, ...furtherDocumentIds];

async function documentsOf({ store, vault }: Core, request: RequestRecord): Promise<ReadonlyMap<string, DocumentRecord>> {
  const rows = await inRealm(store.db, request.realm)
    .selectFrom('documents')
    .selectAll()
    .where('id', 'in', [...idsOf(request)])
    .execute();
  return new Map(rows.map((row) => [row.id, documentOf(row, vault)]));
}

function documentPart(visit: Visit, found: RequestRecord, documents: ReadonlyMap<string, DocumentRecord>): Markup {
  const { requests: words } = visit.spoken.portal;
  const base = addressOf(visit, found);
  const completed = found.status === 'completed' && found.sealed !== null;
  const item = (id: string, index: number): Markup => {
    const document = documents.get(id);
    if (!document) return html`<li>${words.erased}</li>`;
    const about = [sizeText(document.size, visit.spoken), document.pages === null ? document.mediaType : words.pages(document.pages)];
    return html`<li><strong>${document.name}</strong> <span class="soft">${about.join(' · ')}</span>
<p class="links">${completed && html`<a class="button small" href="${base}/signed/${index + 1}">${words.signed}</a>`}<a href="${base}/documents/${index + 1}">${words.original}</a></p>
<p class="soft">SHA-256 <code>${document.sha256}</code></p></li>`;
  };
  return html`<section class="card"><h2>${words.documents}</h2><ol class="plain-list">${idsOf(found).map(item)}</ol></section>`;
}

function signersPart(core: Core, visit: Visit, found: RequestRecord): Markup {
  const { requests: words } = visit.spoken.portal;
  return html`<section class="card"><h2>${words.signers}</h2>
${found.headless && html`<p class="soft">${words.headless}</p>`}
<ol class="plain-list">${found.signers.map((signer) => signerItem(core, visit, found, signer))}</ol></section>`;
}

function signerItem(core: Core, visit: Visit, found: RequestRecord, signer: SignerRecord): Markup {
  const { spoken } = visit;
  const { requests: words, signerStatus, role, method } = spoken.portal;
  const tone = signer.status === 'signed' ? 'good' : signer.status === 'waiting' ? 'none' : 'bad';
  const when = signer.signedAt ?? signer.declinedAt;
  // In live mode a link belongs to the signer; the interface hands it out where it must.
  const link = visit.mode === 'test' && isOpen(found) && signer.status === 'waiting' && signer.role !== 'viewer';
  return html`<li class="signer"><span><strong>${signer.name}</strong><br><span class="soft">${[signer.email, signer.phone].filter(Boolean).join(' · ')}</span><br>
<span class="soft">${role[signer.role]} · ${method[signer.method]}</span></span>
<span>${badge(tone, signer.role === 'viewer' ? role.viewer : signerStatus[signer.status])}${when !== null && html`<br><span class="soft">${time(when, spoken)}</span>`}${signer.declineReason !== null && html`<br><span class="soft">„${signer.declineReason}“</span>`}
${link && html`<br><a href="${linkOf(core, signer)}" target="_blank" rel="noopener">${words.signingPage}</a>`}</span></li>`;
}

function factsPart(visit: Visit, found: RequestRecord): Markup {
  const { spoken, admin } = visit;
  const { requests: words, act, level, ordering } = spoken.portal;
  return html`<section class="card"><h2>${words.facts}</h2>
${facts([
  [words.status, statusBadge(visit, found.status)],
  [words.interface, labelOf(found.dialect)],
  [words.id, html`<code>${found.id}</code>`],
  [words.number, String(found.number)],
  [words.level, level[found.level]],
  [words.ordering, found.signers.length > 1 ? ordering[found.ordering] : null],
  [words.made, time(found.createdAt, spoken)],
  [words.ended, found.completedAt === null ? null : time(found.completedAt, spoken)],
  [words.ends, isOpen(found) ? time(found.expiresAt, spoken) : null],
  [words.metadata, Object.keys(found.metadata).length === 0 ? null : html`<code>${JSON.stringify(found.metadata)}</code>`],
])}
${found.status === 'failed' && html`<p>${words.sealText}</p>${admin && button(visit, `${addressOf(visit, found)}/seal`, words.seal)}`}
${
  admin &&
  isOpen(found) &&
  confirmed(visit, {
    action: `${addressOf(visit, found)}/cancel`,
    label: act.cancel,
    text: words.cancelText,
    fields: html`<p><label for="reason">${words.cancelReason}</label><input id="reason" name="reason" maxlength="500" autocomplete="off"></p>`,
  })
}</section>`;
}

async function trailPart(core: Core, visit: Visit, found: RequestRecord): Promise<Markup> {
  const { requests: words } = visit.spoken.portal;
  const rows = await core.store.db.selectFrom('events').selectAll().where('request_id', '=', found.id).orderBy('sequence').execute();
  const broken = brokenLink(rows, core.vault) !== null;
  const base = addressOf(visit, found);
  return html`<section class="card"><h2>${words.trail}</h2>
<p class="soft">${words.trailText}</p>
<p>${broken ? badge('bad', words.broken) : badge('good', words.whole)}</p>
<ol class="trail">${readEvents(rows, core.vault).map((event) => eventItem(visit, found, event))}</ol>
${found.sealed !== null && html`<p class="links"><a href="${base}/trail.pdf">${words.trailPdf}</a><a href="${base}/trail.json">${words.trailJson}</a></p>`}</section>`;
}

function eventItem({ spoken }: Visit, { signers }: RequestRecord, { type, actor, at, details, hash }: LoggedEvent): Markup {
  const { requests: words, events } = spoken.portal;
  const person = (id: unknown): string | undefined => signers.find((signer) => signer.id === id)?.name;
  const who = actor === 'api' ? words.api : actor === 'system' ? words.system : (person(actor) ?? actor);
  const about = Object.entries(details ?? {})
    .filter(([name, value]) => value !== null && !['name', 'email'].includes(name))
    .map(([name, value]) => `${name}: ${person(value) ?? value}`);
  return html`<li><strong>${events[type]}</strong> <span class="soft">· ${who}</span><br><span class="soft">${time(at, spoken)}${about.length > 0 && ` · ${about.join(' · ')}`}</span><br><code class="hash">${hash.slice(0, 16)}…</code></li>`;
}

const KEPT_NOWHERE = { 'cache-control': 'private, no-store' };
const byId = z.object({
  id: z
    .string()
    .regex(/^[A-Za-z0-9]{16}$/)
    .catch(''),
});
const byNumber = z.object({ number: z.coerce.number().int().min(1).max(1000).catch(0) });
const cancelled = z.object({ reason: z.string().trim().max(500).catch('') });
