/** The first page: what is open, what went wrong, what came last, and how to begin. */
import type { FastifyInstance } from 'fastify';
import type { Core } from '../../domain/core.ts';
import type { Realm } from '../../domain/model.ts';
import { listRequests } from '../../domain/requests.ts';
import { inRealm } from '../../storage/realm.ts';
import { html, type Markup } from '../markup.ts';
import type { PageParts } from '../parts.ts';
import { keysOf } from './keys.ts';
import { requestRows } from './requests.ts';
import { addressOf, empty, sendPortal } from './shell.ts';
import { HOME, type Visit, visitOf } from './visit.ts';
import { numberText } from './words.ts';

export function overviewRoutes(app: FastifyInstance, parts: PageParts): void {
  const { core } = parts;
  app.get(`${HOME}/:mode`, async (request, reply) => {
    const visit = visitOf(request);
    const { overview: words, none, act } = visit.spoken.portal;
    const { mode, realm } = visit;
    const [counts, keys, latest] = await Promise.all([
      countsOf(core, realm),
      keysOf(parts, visit),
      listRequests(core, realm, { statuses: null, from: null, to: null, limit: LATEST, before: null }),
    ]);
    const { requests } = latest;
    const tiles = [
      tile(visit, addressOf(mode, 'requests'), counts.open, words.open, words.openText),
      tile(visit, `${addressOf(mode, 'requests')}?status=completed`, counts.completed, words.completed, words.completedText),
      tile(visit, addressOf(mode, 'deliveries'), counts.undelivered, words.undelivered, words.undeliveredText),
      tile(visit, addressOf(mode, 'keys'), keys.length, words.keys, words.keysText),
    ];
    return sendPortal(reply, visit, {
      section: 'overview',
      body: html`<ul class="tiles">${tiles}</ul>
<h2>${words.latest}</h2>
${requests.length === 0 ? empty(none.requests) : html`${await requestRows(core, visit, requests)}<p class="pager"><a href="${addressOf(mode, 'requests')}">${act.all}</a></p>`}
${mode === 'test' && steps(visit)}`,
    });
  });
}

const tile = ({ spoken }: Visit, href: string, count: number, name: string, text: string): Markup =>
  html`<li><a class="tile" href="${href}"><span class="figure">${numberText(count, spoken)}</span><strong>${name}</strong><span class="soft">${text}</span></a></li>`;

function steps({ spoken, mode }: Visit): Markup {
  const { overview: words, pages } = spoken.portal;
  const sections = ['keys', 'api', 'outbox', 'requests'] as const;
  return html`<section class="card"><h2>${words.start}</h2><ol class="steps">${words.startSteps.map((text, index) => {
    const section = sections[index] ?? 'requests';
    return html`<li>${text} <a href="${addressOf(mode, section)}">${pages[section]}</a></li>`;
  })}</ol></section>`;
}

async function countsOf({ store }: Core, realm: Realm) {
  const [requests, deliveries] = await Promise.all([
    inRealm(store.db, realm)
      .selectFrom('requests')
      .select((row) => ['status', row.fn.countAll<number>().as('count')])
      .groupBy('status')
      .execute(),
    // By address and status there is an index; most deliveries are delivered.
    inRealm(store.db, realm)
      .selectFrom('webhook_endpoints')
      .innerJoin('webhook_deliveries', 'webhook_deliveries.endpoint_id', 'webhook_endpoints.id')
      .select((row) => [row.fn.countAll<number>().as('count')])
      .where('webhook_deliveries.status', 'in', ['pending', 'failed'])
      .executeTakeFirst(),
  ]);
  const count = (...statuses: string[]): number =>
    requests.filter(({ status }) => statuses.includes(status)).reduce((sum, row) => sum + Number(row.count), 0);
  return { open: count('pending', 'started', 'sealing'), completed: count('completed'), undelivered: Number(deliveries?.count ?? 0) };
}

const LATEST = 5;
