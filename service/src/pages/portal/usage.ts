/** Use by month: a chart, and the same as a table. */
import type { FastifyInstance } from 'fastify';
import { type MonthlyUsage, readMonths, readUsage } from '../../domain/usage.ts';
import { html, type Markup } from '../markup.ts';
import type { PageParts } from '../parts.ts';
import { facts, sendPortal } from './shell.ts';
import { HOME, visitOf } from './visit.ts';
import { monthText, numberText, type Spoken } from './words.ts';

export function usageRoutes(app: FastifyInstance, { core }: PageParts): void {
  app.get(`${HOME}/:mode/usage`, async (request, reply) => {
    const visit = visitOf(request);
    const { spoken, realm } = visit;
    const { usage: words } = spoken.portal;
    const [{ calls, limit }, months] = await Promise.all([readUsage(core, realm.tenant), readMonths(core, realm, MONTHS)]);
    const live = visit.mode === 'live';
    return sendPortal(reply, visit, {
      section: 'usage',
      body: html`<p class="lead">${words.text}</p>
${
  live &&
  html`<section class="card">${facts([
    [words.thisMonth, limit === null ? numberText(calls, spoken) : words.of(numberText(calls, spoken), numberText(limit, spoken))],
    [words.limit, limit === null ? words.noLimit : numberText(limit, spoken)],
  ])}${limit !== null && html`<meter min="0" max="${limit}" high="${Math.floor(limit * 0.9)}" value="${Math.min(calls, limit)}" aria-label="${words.thisMonth}"></meter>`}</section>`
}
<section class="card"><h2>${words.requests}</h2>${chart(months, spoken)}${table(months, spoken, live)}<p class="soft">${words.notCounted}</p></section>`,
    });
  });
}

/** Bars: all requests, and in them the completed ones. The table says the same in numbers. */
function chart(months: readonly MonthlyUsage[], spoken: Spoken): Markup {
  const { usage: words } = spoken.portal;
  const most = Math.max(1, ...months.map(({ requests }) => requests));
  const height = (count: number): number => Math.round((count / most) * (HEIGHT - FOOT - HEAD) * 10) / 10;
  const bar = (kind: string, index: number, count: number): Markup =>
    html`<rect class="${kind}" x="${index * STEP + (STEP - BAR) / 2}" y="${HEIGHT - FOOT - height(count)}" width="${BAR}" height="${height(count)}" rx="2"></rect>`;
  const column = ({ month, requests, completed }: MonthlyUsage, index: number): Markup =>
    html`<g><title>${monthText(month, spoken)}: ${numberText(requests, spoken)}</title>${bar('all', index, requests)}${bar('done', index, completed)}
${requests > 0 && html`<text class="count" x="${index * STEP + STEP / 2}" y="${HEIGHT - FOOT - height(requests) - 5}">${numberText(requests, spoken)}</text>`}
<text x="${index * STEP + STEP / 2}" y="${HEIGHT - 6}">${monthText(month, spoken, 'narrow')}</text></g>`;
  return html`<svg class="chart" viewBox="0 0 ${STEP * months.length} ${HEIGHT}" role="img" aria-label="${words.chart}"><line x1="0" x2="${STEP * months.length}" y1="${HEIGHT - FOOT + 0.5}" y2="${HEIGHT - FOOT + 0.5}"></line>${months.map(column)}</svg>
<p class="legend"><span class="all">${words.requests}</span> <span class="done">${words.completed}</span></p>`;
}

function table(months: readonly MonthlyUsage[], spoken: Spoken, live: boolean): Markup {
  const { usage: words } = spoken.portal;
  const row = ({ month, calls, requests, completed }: MonthlyUsage): Markup =>
    html`<tr><th scope="row">${monthText(month, spoken)}</th>${live && html`<td>${numberText(calls, spoken)}</td>`}<td>${numberText(requests, spoken)}</td><td>${numberText(completed, spoken)}</td></tr>`;
  return html`<table class="numbers"><thead><tr><th scope="col">${words.month}</th>${live && html`<th scope="col">${words.calls}</th>`}<th scope="col">${words.requests}</th><th scope="col">${words.completed}</th></tr></thead>
<tbody>${[...months].reverse().map(row)}</tbody></table>`;
}

const MONTHS = 12;
const STEP = 60;
const BAR = 34;
const HEIGHT = 200;
const FOOT = 24;
const HEAD = 20;
