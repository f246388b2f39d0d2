/** Deliveries of webhooks: the list, one with its attempts and what is sent, and once more. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { bareId } from '../../domain/ids.ts';
import { type Delivery, type Endpoint, listEndpoints, resendDelivery } from '../../webhooks/endpoints.ts';
import { pageOfDeliveries, readDelivery } from '../../webhooks/history.ts';
import { html, type Markup } from '../markup.ts';
import type { PageParts } from '../parts.ts';
import { labelOf } from './requests.ts';
import { badge, button, empty, facts, type Notice, pager, sendPortal, type Tone, time } from './shell.ts';
import { adminOf, HOME, type Visit, visitOf } from './visit.ts';

export function deliveryRoutes(app: FastifyInstance, { core }: PageParts): void {
  const path = `${HOME}/:mode/deliveries`;

  app.get(path, async (request, reply) => {
    const visit = visitOf(request);
    const { portal } = visit.spoken;
    const { status, webhook, before } = listed.parse(request.query);
    const endpoints = await listEndpoints(core, visit.realm);
    const page = await pageOfDeliveries(core, visit.realm, {
      ...{ limit: ON_A_PAGE, before },
      endpointId: webhook === '' ? null : `whk_${webhook}`,
      status: status === '' ? null : status,
    });
    const rows = page.deliveries.map((delivery) => row(visit, delivery, endpoints));
    return sendPortal(reply, visit, {
      section: 'deliveries',
      body: html`<p class="lead">${portal.deliveries.text}</p>
${filters(visit, endpoints, status, webhook)}
${rows.length === 0 ? empty(portal.none.deliveries) : html`<ul class="rows">${rows}</ul>`}
${pager(visit, page.next && { before: `${page.next.at}.${page.next.id}` }, before === null)}`,
    });
  });

  app.get(`${path}/:id`, async (request, reply) => {
    const visit = visitOf(request);
    const { deliveries: words, webhooks } = visit.spoken.portal;
    const delivery = await readDelivery(core, visit.realm, idOf(request.params));
    const endpoint = (await listEndpoints(core, visit.realm)).find(({ id }) => id === delivery.endpointId);
    const told = new Map([
      ['resent', words.resent],
      ['tested', webhooks.tested],
    ]);
    const text = told.get(visit.query['done'] ?? '');
    const notice: Notice | null = text === undefined ? null : { tone: 'good', text };
    return sendPortal(reply, visit, { section: 'deliveries', title: delivery.eventType, notice, body: detail(visit, delivery, endpoint) });
  });

  app.post(`${path}/:id/resend`, async (request, reply) => {
    const visit = adminOf(request);
    const id = idOf(request.params);
    await resendDelivery(core, visit.realm, id);
    return reply.redirect(`${HOME}/${visit.mode}/deliveries/${bareId(id)}?done=resent`, 303);
  });
}

export const deliveryBadge = ({ spoken: { portal } }: Visit, { status }: Delivery): Markup =>
  badge(TONES[status], portal.deliveryStatus[status]);

function row(visit: Visit, delivery: Delivery, endpoints: readonly Endpoint[]): Markup {
  const { deliveries: words } = visit.spoken.portal;
  const endpoint = endpoints.find(({ id }) => id === delivery.endpointId);
  const last = delivery.attempts.at(-1);
  const answer = last === undefined ? words.noAttempts : `${words.tries(delivery.attempts.length)} · ${last.statusCode ?? words.noAnswer}`;
  return html`<li><a class="row delivery" href="${HOME}/${visit.mode}/deliveries/${bareId(delivery.id)}"><span><strong>${delivery.eventType}</strong><br><span class="soft address">${endpoint?.url ?? ''}</span></span>
<span class="soft">${endpoint === undefined ? '' : labelOf(endpoint.dialect)}<br>${time(delivery.createdAt, visit.spoken)}</span>
<span>${deliveryBadge(visit, delivery)}<br><span class="soft">${answer}</span></span></a></li>`;
}

function detail(visit: Visit, delivery: Delivery & { readonly body: string }, endpoint: Endpoint | undefined): Markup {
  const { spoken } = visit;
  const { deliveries: words, requests } = spoken.portal;
  const attempts = delivery.attempts.map(
    ({ at, statusCode, reason, ms }) =>
      html`<li><span>${time(at, spoken)} <span class="soft">${ms} ms</span></span> <span>${badge(statusCode !== null && statusCode < 300 ? 'good' : 'bad', statusCode === null ? (reason ?? words.noAnswer) : String(statusCode))}</span></li>`,
  );
  return html`<div class="columns"><div>
<section class="card"><h2>${words.body}</h2><pre class="code" tabindex="0"><code>${pretty(delivery.body)}</code></pre></section>
</div><div>
<section class="card"><h2>${words.event}</h2>
${facts([
  [requests.status, deliveryBadge(visit, delivery)],
  [words.webhook, html`<span class="address">${endpoint?.url ?? delivery.endpointId}</span>`],
  [requests.interface, endpoint === undefined ? null : labelOf(endpoint.dialect)],
  [requests.id, html`<code>${delivery.eventId}</code>`],
  [words.made, time(delivery.createdAt, spoken)],
  [words.taken, delivery.deliveredAt === null ? null : time(delivery.deliveredAt, spoken)],
  [words.next, delivery.nextAt === null ? null : time(delivery.nextAt, spoken)],
])}
${visit.admin && endpoint?.disabled === false && button(visit, `${HOME}/${visit.mode}/deliveries/${bareId(delivery.id)}/resend`, words.resend)}</section>
<section class="card"><h2>${words.attempts}</h2>${attempts.length === 0 ? html`<p class="soft">${words.noAttempts}</p>` : html`<ol class="attempts">${attempts}</ol>`}</section>
</div></div>`;
}

function filters(visit: Visit, endpoints: readonly Endpoint[], status: string, webhook: string): Markup {
  const { requests, deliveries: words, act, deliveryStatus } = visit.spoken.portal;
  const choice = (value: string, label: string, chosen: string): Markup =>
    html`<option value="${value}"${value === chosen && html` selected`}>${label}</option>`;
  return html`<form class="filters" method="get" role="search">
<p><label for="status">${requests.status}</label><select id="status" name="status">${choice('', act.any, status)}${STATUSES.map((one) => choice(one, deliveryStatus[one], status))}</select></p>
<p><label for="webhook">${words.webhook}</label><select id="webhook" name="webhook">${choice('', act.any, webhook)}${endpoints.map(({ id, url }) => choice(bareId(id), url.slice(0, 60), webhook))}</select></p>
<button class="plain" type="submit">${act.filter}</button>
</form>`;
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

const idOf = (params: unknown): string => `dlv_${byId.parse(params).id}`;

const TONES: Readonly<Record<Delivery['status'], Tone>> = { pending: 'open', paused: 'bad', delivered: 'good', failed: 'bad' };
const STATUSES = ['pending', 'delivered', 'failed'] as const;
const byId = z.object({
  id: z
    .string()
    .regex(/^[A-Za-z0-9]{16,18}$/)
    .catch(''),
});
const before = z
  .string()
  .regex(/^\d{1,15}\.dlv_[A-Za-z0-9]{16,18}$/)
  .transform((text) => ({ at: Number(text.slice(0, text.indexOf('.'))), id: text.slice(text.indexOf('.') + 1) }));
const listed = z.object({
  status: z.enum(['', ...STATUSES]).catch(''),
  webhook: z
    .string()
    .regex(/^[A-Za-z0-9]{16}$/)
    .catch(''),
  before: before.nullable().default(null).catch(null),
});
const ON_A_PAGE = 25;
