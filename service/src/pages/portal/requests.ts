/** Signature requests: the list with its filters, page by page. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { INTERFACES } from '../../dialects/dialects.ts';
import type { Core } from '../../domain/core.ts';
import { bareId } from '../../domain/ids.ts';
import type { RequestRecord, RequestStatus, SignerRecord } from '../../domain/model.ts';
import { documentOf } from '../../domain/records.ts';
import { findRequests } from '../../domain/request.ts';
import { listRequests } from '../../domain/requests.ts';
import { inRealm } from '../../storage/realm.ts';
import { html, type Markup } from '../markup.ts';
import type { PageParts } from '../parts.ts';
import { badge, empty, pager, sendPortal, type Tone, time } from './shell.ts';
import { HOME, type Visit, visitOf } from './visit.ts';

export function requestsRoutes(app: FastifyInstance, { core }: PageParts): void {
  app.get(`${HOME}/:mode/requests`, async (request, reply) => {
    const visit = visitOf(request);
    const { none } = visit.spoken.portal;
    const { status, interface: dialect, id, before } = listed.parse(request.query);
    const found =
      id === ''
        ? await listRequests(core, visit.realm, {
            ...{ from: null, to: null, limit: ON_A_PAGE, before },
            statuses: status === '' ? null : [status as RequestStatus],
            dialect: dialect === '' ? null : dialect,
          })
        : { requests: await findRequests(core, visit.realm, id, ON_A_PAGE), next: null };
    const filtered = status !== '' || dialect !== '' || id !== '';
    return sendPortal(reply, visit, {
      section: 'requests',
      body: html`${filters(visit, { status, dialect, id })}
${found.requests.length === 0 ? empty(filtered ? none.found : none.requests) : await requestRows(core, visit, found.requests)}
${pager(visit, found.next === null ? null : { before: String(found.next) }, before === null)}`,
    });
  });
}

/** Requests as rows that lead to each. */
export async function requestRows(core: Core, visit: Visit, requests: readonly RequestRecord[]): Promise<Markup> {
  const names = await namesOf(core, visit, requests);
  return html`<ul class="rows">${requests.map((request) => row(visit, request, names.get(request.documentId) ?? request.documentId))}</ul>`;
}

/** What an interface is called. */
export const labelOf = (dialect: string): string => INTERFACES.find(({ name }) => name === dialect)?.label ?? dialect;

export const statusBadge = ({ spoken: { portal } }: Visit, status: RequestStatus): Markup => badge(TONES[status], portal.status[status]);

/** How many have signed. */
export function signedText({ spoken: { portal } }: Visit, request: RequestRecord): string {
  const acting = actingIn(request);
  return portal.requests.signedOf(acting.filter(({ status }) => status === 'signed').length, acting.length);
}

const actingIn = ({ signers }: RequestRecord): readonly SignerRecord[] => signers.filter(({ role }) => role !== 'viewer');

function row(visit: Visit, request: RequestRecord, name: string): Markup {
  return html`<li><a class="row request" href="${HOME}/${visit.mode}/requests/${bareId(request.id)}"><span><strong>${name}</strong><br><span class="soft">${actingIn(
    request,
  )
    .map((signer) => signer.name)
    .join(', ')}</span></span>
<span class="soft">${labelOf(request.dialect)}<br>${time(request.createdAt, visit.spoken)}</span>
<span>${statusBadge(visit, request.status)}<br><span class="soft">${signedText(visit, request)}</span></span></a></li>`;
}

function filters(visit: Visit, { status, dialect, id }: Readonly<Record<'status' | 'dialect' | 'id', string>>): Markup {
  const { requests: words, act, status: statuses } = visit.spoken.portal;
  const choice = (value: string, label: string, chosen: string): Markup =>
    html`<option value="${value}"${value === chosen && html` selected`}>${label}</option>`;
  return html`<form class="filters" method="get" role="search">
<p><label for="status">${words.status}</label><select id="status" name="status">${choice('', act.any, status)}${STATUSES.map((one) => choice(one, statuses[one], status))}</select></p>
<p><label for="interface">${words.interface}</label><select id="interface" name="interface">${choice('', act.any, dialect)}${INTERFACES.map(({ name, label }) => choice(name, label, dialect))}</select></p>
<p><label for="id">${words.anyId}</label><input id="id" name="id" maxlength="100" autocomplete="off" spellcheck="false" value="${id}"></p>
<button class="plain" type="submit">${act.filter}</button>
</form>`;
}

async function namesOf({ store, vault }: Core, { realm }: Visit, requests: readonly RequestRecord[]): Promise<ReadonlyMap<string, string>> {
  if (requests.length === 0) return new Map();
  const rows = await inRealm(store.db, realm)
    .selectFrom('documents')
    .selectAll()
    .where('id', 'in', [...new Set(requests.map(({ documentId }) => documentId))])
    .execute();
  return new Map(rows.map((document) => [document.id, documentOf(document, vault).name]));
}

const TONES: Readonly<Record<RequestStatus, Tone>> = {
  pending: 'none',
  started: 'open',
  sealing: 'open',
  completed: 'good',
  expired: 'bad',
  cancelled: 'bad',
  declined: 'bad',
  failed: 'bad',
};
const STATUSES: readonly RequestStatus[] = ['pending', 'started', 'sealing', 'completed', 'expired', 'cancelled', 'declined', 'failed'];
const listed = z.object({
  status: z.enum(['', ...STATUSES]).catch(''),
  interface: z.string().max(40).catch(''),
  id: z.string().trim().max(100).catch(''),
  before: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).nullable().default(null).catch(null),
});
const ON_A_PAGE = 20;
