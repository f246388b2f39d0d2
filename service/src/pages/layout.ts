/** The frame that all pages have, and the headers that go with it. */
import type { FastifyReply } from 'fastify';
import { LANGUAGE_NAMES, LANGUAGES } from '../languages/languages.ts';
import { html, type Markup } from './markup.ts';
import type { Words } from './words.ts';

export interface Page {
  readonly words: Words;
  readonly title: string;
  readonly body: Markup;
  /** Names of modules in the folder of assets. */
  readonly scripts?: readonly string[];
  /** The query of this page without a language: then the page offers the others. */
  readonly query?: Readonly<Record<string, string>>;
  readonly skipTo?: string;
  /** What the link there says. */
  readonly skip?: string;
  /** Names of further styles in the folder of assets. */
  readonly styles?: readonly string[];
  /** A word for the styles. */
  readonly look?: string;
  /** What stands in the head beside the name. */
  readonly header?: Markup;
  /** What stands between head and content. */
  readonly menu?: Markup;
  readonly test?: boolean;
  /** Shown in a frame of somebody else's page. */
  readonly framed?: boolean;
  /** The page of work: it uses the whole width. */
  readonly wide?: boolean;
}

export function pageMarkup(page: Page): string {
  const { words, title, body, scripts = [], styles = [], query, skipTo, test = false, framed = false, wide = false } = page;
  return html`<!doctype html>
<html lang="${words.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="/w/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/w/assets/page.css">
${styles.map((name) => html`<link rel="stylesheet" href="/w/assets/${name}">`)}
${scripts.map((name) => html`<script type="module" src="/w/assets/${name}"></script>`)}
</head>
<body class="${framed ? 'framed' : (page.look ?? '')}">
${skipTo !== undefined && html`<a class="skip" href="#${skipTo}">${page.skip ?? words.skip}</a>`}
<header>
<div class="top">
<span class="brand">adeskit</span>
${query !== undefined && languageMenu(words, query)}
${page.header ?? null}
</div>
${test && html`<p class="test">${words.testMode}</p>`}
</header>
${page.menu ?? null}
<main class="${wide ? 'wide' : 'narrow'}">
${body}
</main>
</body>
</html>
`.markup;
}

export interface PageHeaders {
  /** Who may show the page in a frame; default: nobody. */
  readonly ancestors?: readonly string[];
  /** A hash of styles inside the page. */
  readonly style?: string | null;
}

/** Sends a page: nothing comes from elsewhere, no script or style stands inside it, nobody keeps it. */
export function sendPage(
  reply: FastifyReply,
  status: number,
  page: string,
  { ancestors = [], style = null }: PageHeaders = {},
): FastifyReply {
  if (ancestors.length > 0) void reply.removeHeader('x-frame-options');
  else void reply.header('x-frame-options', 'DENY');
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .headers({ 'cache-control': 'no-store', ...pageHeaders(ancestors, style) })
    .send(page);
}

const pageHeaders = (ancestors: readonly string[], style: string | null): Record<string, string> => ({
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self'${style === null ? '' : ` '${style}'`}`,
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    `frame-ancestors ${ancestors.length > 0 ? ancestors.join(' ') : "'none'"}`,
  ].join('; '),
  'referrer-policy': 'no-referrer',
});

/** A page of a headline and a few sentences. */
export const notePage = (words: Words, title: string, text: string, more: Markup | null = null, framed = false): string =>
  pageMarkup({ words, title, framed, body: html`<section class="card note"><h1>${title}</h1><p>${text}</p>${more}</section>` });

/** The other languages of this page, whose query this is without a language. */
export const languageMenu = (words: Words, query: Readonly<Record<string, string>>): Markup =>
  html`<details class="languages"><summary><span class="hidden">${words.languages}: </span>${LANGUAGE_NAMES[words.language]}</summary>
<ul>${LANGUAGES.filter((language) => language !== words.language).map(
    (language) =>
      html`<li><a href="?${new URLSearchParams({ ...query, lang: language }).toString()}" lang="${language}" hreflang="${language}">${LANGUAGE_NAMES[language]}</a></li>`,
  )}</ul></details>`;
