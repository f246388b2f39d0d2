/** The frame of the portal's pages, and the small parts that they are made of. */
import type { FastifyReply } from 'fastify';
import type { Mode } from '../../domain/model.ts';
import { languageMenu, pageMarkup, sendPage } from '../layout.ts';
import { html, type Markup } from '../markup.ts';
import { HOME, type Visit } from './visit.ts';
import { type Spoken, timeText } from './words.ts';

export type Section = 'overview' | 'requests' | 'webhooks' | 'deliveries' | 'keys' | 'people' | 'usage' | 'outbox' | 'api' | 'account';

export interface PortalPage {
  readonly section: Section;
  /** Default: the name of the section. */
  readonly title?: string;
  readonly body: Markup;
  readonly notice?: Notice | null;
  readonly scripts?: readonly string[];
  readonly status?: number;
}

export interface Notice {
  readonly tone: 'good' | 'bad';
  readonly text: string;
}

/** Sends a page of the portal to who is signed in. */
export function sendPortal(reply: FastifyReply, visit: Visit, page: PortalPage): FastifyReply {
  const { spoken, mode } = visit;
  const title = page.title ?? spoken.portal.pages[page.section];
  return sendPage(
    reply,
    page.status ?? 200,
    pageMarkup({
      words: spoken.page,
      title: `${title} · ${spoken.portal.portal}`,
      styles: ['portal.css'],
      scripts: ['portal.js', ...(page.scripts ?? [])],
      test: mode === 'test',
      skip: spoken.portal.skip,
      skipTo: 'content',
      look: 'portal',
      header: header(visit, page.section),
      menu: menu(visit, page.section),
      body: html`<div id="content" tabindex="-1">
<h1>${title}</h1>
${page.notice && html`<p class="notice ${page.notice.tone}" role="status">${page.notice.text}</p>`}
${page.body}
</div>`,
    }),
  );
}

function header(visit: Visit, section: Section): Markup {
  const { spoken, session, mode, proof } = visit;
  const { portal } = spoken;
  const target = section === 'account' || section === 'overview' || section === 'outbox' ? '' : `/${section}`;
  return html`<span class="portal-name">${portal.portal}</span>
<nav class="modes" aria-label="${portal.mode.label}">${MODES.map(
    (one) => html`<a href="${HOME}/${one}${target}"${one === mode && html` aria-current="true"`}>${portal.mode[one]}</a>`,
  )}</nav>
<span class="who"><a href="${HOME}/${mode}/account">${session.account.email}</a></span>
${languageMenu(spoken.page, visit.query)}
<form method="post" action="${HOME}/sign-out"><input type="hidden" name="proof" value="${proof}"><button class="quiet" type="submit">${portal.signIn.out}</button></form>`;
}

function menu({ spoken: { portal }, mode }: Visit, section: Section): Markup {
  const shown = SECTIONS.filter((one) => one !== 'outbox' || mode === 'test');
  const item = (one: Section): Markup =>
    html`<li><a href="${addressOf(mode, one)}"${one === section && html` aria-current="page"`}>${portal.pages[one]}</a></li>`;
  return html`<nav class="menu" aria-label="${portal.menu}"><ul>${shown.map(item)}</ul></nav>`;
}

export const addressOf = (mode: Mode, section: Section): string => `${HOME}/${mode}${section === 'overview' ? '' : `/${section}`}`;

/** A form of one button that asks once more before it acts; works without scripts. */
export function confirmed(
  { proof }: Visit,
  {
    action,
    label,
    text,
    fields = null,
  }: { readonly action: string; readonly label: string; readonly text: string; readonly fields?: Markup | null },
): Markup {
  return html`<details class="confirm"><summary>${label}</summary><form method="post" action="${action}"><input type="hidden" name="proof" value="${proof}"><p>${text}</p>${fields}<button class="danger" type="submit">${label}</button></form></details>`;
}

/** A form of one button that acts at once. */
export const button = ({ proof }: Visit, action: string, label: string): Markup =>
  html`<form method="post" action="${action}"><input type="hidden" name="proof" value="${proof}"><button class="plain small" type="submit">${label}</button></form>`;

export type Tone = 'good' | 'bad' | 'open' | 'none';

export const badge = (tone: Tone, text: string): Markup => html`<span class="badge ${tone}">${text}</span>`;

export const time = (at: number, spoken: Spoken): Markup =>
  html`<time datetime="${new Date(at).toISOString()}">${timeText(at, spoken)}</time>`;

/** Names and values; null leaves one out. */
export const facts = (rows: readonly (readonly [name: string, value: Markup | string | null])[]): Markup =>
  html`<dl class="facts">${rows.map(([name, value]) => (value === null ? html`` : html`<div><dt>${name}</dt><dd>${value}</dd></div>`))}</dl>`;

/** Something that is shown once, with a button that copies it. */
export const secretValue = ({ spoken: { portal } }: Visit, id: string, value: string): Markup =>
  html`<div class="secret"><code id="${id}">${value}</code><button type="button" class="plain small" data-copy="${id}" data-copied="${portal.act.copied}" hidden>${portal.act.copy}</button></div>`;

export const empty = (text: string): Markup => html`<p class="empty">${text}</p>`;

/** Where a list goes on, and back to its beginning. */
export function pager({ spoken: { portal }, query }: Visit, next: Readonly<Record<string, string>> | null, first: boolean): Markup {
  const leadTo = (more: Readonly<Record<string, string>>): string => `?${new URLSearchParams({ ...plain(query), ...more }).toString()}`;
  return html`<p class="pager">${!first && html`<a href="${leadTo({})}">${portal.act.newer}</a>`}${next && html`<a href="${leadTo(next)}" rel="next">${portal.act.older}</a>`}</p>`;
}

/** What a list is asked for, without its place in it. */
const plain = ({ before: _before, done: _done, ...query }: Readonly<Record<string, string>>): Readonly<Record<string, string>> => query;

const MODES: readonly Mode[] = ['test', 'live'];
const SECTIONS: readonly Section[] = ['overview', 'requests', 'webhooks', 'deliveries', 'keys', 'people', 'usage', 'outbox', 'api'];
