/** The report as one self-contained page: no script, nothing loaded, everything foreign escaped; for screens light and dark, and for paper. */
import { exact } from '../base/options.ts';
import { toBase64, utf8 } from '../base/text.ts';
import { digest } from '../crypto/digest.ts';
import type { Report } from '../validation/report.ts';
import type { VisualChange } from '../validation/visual-change.ts';
import { type Catalogue, catalogueOf, fill, type Language } from './catalogue.ts';
import { escaped, isolated } from './escape.ts';
import { STYLE } from './html-style.ts';
import type { Timeline } from './timeline.ts';
import { timelineSvg } from './timeline-svg.ts';
import type { Tone } from './verdict.ts';
import { viewOf } from './view.ts';
import type { CertificateView, ChangeView, CheckView, ProcessView, Row, SignatureView, TokenView } from './view-type.ts';
import { visible } from './visible.ts';
import { visualCards } from './visual.ts';

export interface HtmlOptions {
  /** What the document is called, for the head of the page. */
  readonly documentName?: string;
  /** Language of the sentences; default English. */
  readonly language?: Language;
  /** How pages changed since each signature. */
  readonly visual?: readonly VisualChange[];
}

/** A whole HTML document. Pure: the same report gives the same octets. */
export function toHtml(report: Report, options: HtmlOptions = {}): string {
  exact('toHtml', options, ['documentName', 'language', 'visual']);
  const words = catalogueOf(options.language);
  const { phrases } = words;
  const view = viewOf(report, options.language);
  const name = options.documentName === undefined ? null : visible(options.documentName);
  const validated = fill(escaped(phrases.validatedAs), {
    at: `<strong>${escaped(view.at)}</strong>`,
    policy: `<strong>${isolated(view.policy)}</strong>`,
  });
  const timeline = view.timeline === null ? '' : timelineCard(view.timeline, words);
  // A long one would stand in the way of the verdicts.
  const short = (view.timeline?.lanes.length ?? 0) <= SHORT_TIMELINE;
  const visual = visualCards(options.visual ?? [], report, words);
  return page({
    ...(visual.includes('<img') && { pictures: true }),
    language: words.language,
    title: `${view.headline}: ${name ?? phrases.documentReport}`,
    tone: view.tone,
    kicker: `${escaped(phrases.reportTitle)}${name === null ? '' : ` · ${isolated(name)}`}`,
    headline: view.headline,
    lead: view.summary,
    body: `<p class="context">${validated}</p>
${short ? timeline : ''}
${view.signatures.map((signature) => signatureCard(signature, words)).join('\n')}
${visual}
${view.timestamps.map((timestamp) => `<section class="card ${timestamp.tone}">${tokenHead(timestamp, 'h2', words)}${tokenBody(timestamp, words)}</section>`).join('\n')}
${view.evidenceRecords.map((record) => signatureCard(record, words)).join('\n')}
${unreadable(view.unreadable, words)}
${short ? '' : timeline}
<footer>${escaped(phrases.footer)}</footer>`,
  });
}

export interface Page {
  readonly language: Language;
  readonly title: string;
  readonly tone: Tone;
  /** Markup. */
  readonly kicker: string;
  readonly headline: string;
  readonly lead: string;
  /** Markup. */
  readonly body: string;
  /** The body holds pictures, inline. */
  readonly pictures?: boolean;
}

/** The frame that every page has: what comes first is the verdict. */
export const page = ({ language, title, tone, kicker, headline, lead, body, pictures = false }: Page): string => `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${styleHash()}';${pictures ? ' img-src data:;' : ''} base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header class="verdict ${tone}">
${icon(tone)}
<div>
<p class="kicker">${kicker}</p>
<h1>${escaped(headline)}</h1>
<p class="lead">${isolated(lead)}</p>
</div>
</header>
${body}
</main>
</body>
</html>
`;

const timelineCard = (timeline: Timeline, { phrases }: Catalogue): string => `<section class="card plain">
<div class="head"><h2>${escaped(phrases.timeline)}</h2></div>
<p class="sentence soft">${escaped(phrases.timelineText)}</p>
<div class="scroll">${timelineSvg(timeline, phrases.timeline, phrases.timelineText)}</div>
${timeline.left === 0 ? '' : `<p class="note">${escaped(fill(phrases.andMore, { count: timeline.left }))}</p>`}
</section>`;

function signatureCard(signature: SignatureView, words: Catalogue): string {
  const { phrases } = words;
  const { changes, timestamps, notes } = signature;
  const inner = timestamps.map(
    (each) => `<section class="inner ${each.tone}">${tokenHead(each, 'h4', words)}${tokenBody(each, words)}</section>`,
  );
  const more = [
    changes.length === 0 ? '' : `<h3>${escaped(phrases.changesHeading)}</h3>${changeList(changes, words)}`,
    timestamps.length === 0 ? '' : `<h3>${escaped(phrases.timestampsHeading)}</h3>${inner.join('')}`,
    ...notes.map((note) => `<p class="note">${escaped(note)}</p>`),
  ];
  return `<section class="card ${signature.tone}">${tokenHead(signature, 'h2', words, signature.level)}${tokenBody(signature, words, more.join(''))}</section>`;
}

function changeList(changes: readonly ChangeView[], { phrases }: Catalogue): string {
  const items = changes.map(
    ({ allowed, sentence }) =>
      `<li class="${allowed ? 'ok' : 'fail'}"><p>${isolated(sentence)} <span class="tag">${escaped(allowed ? phrases.allowed : phrases.notAllowed)}</span></p></li>`,
  );
  const rest = items.slice(SHOWN);
  return (
    list(items.slice(0, SHOWN).join('')) +
    (rest.length === 0 ? '' : folded(escaped(fill(phrases.moreChanges, { count: rest.length })), list(rest.join(''))))
  );
}

const tokenHead = (
  { tone, title, verdict, indication, sentence, remedy }: TokenView,
  level: 'h2' | 'h4',
  { phrases }: Catalogue,
  aside?: string,
): string => `
<div class="head">${icon(tone)}<${level}>${escaped(title)}: <span class="word">${escaped(verdict)}</span></${level}>
<p class="tags">${aside === undefined ? '' : `<span class="tag">${escaped(aside)}</span> `}<span class="tag">${escaped(indication)}</span></p></div>
<p class="sentence">${isolated(sentence)}</p>
${remedy === null ? '' : `<p class="remedy"><strong>${escaped(phrases.whatWouldHelp)}</strong> ${escaped(remedy)}</p>`}`;

const tokenBody = ({ rows, problems, chain, trusted, processes, why }: TokenView, words: Catalogue, more = ''): string => {
  const { phrases } = words;
  const wanting = problems.some(({ outcome }) => outcome === 'fail');
  return [
    why.length === 0
      ? ''
      : `<div class="why"><h3>${escaped(phrases.why)}</h3><ul>${why.map((reason) => `<li>${isolated(reason)}</li>`).join('')}</ul></div>`,
    rows.length === 0 ? '' : table(rows),
    problems.length === 0
      ? ''
      : `<h3>${escaped(wanting ? phrases.foundWanting : phrases.remarks)}</h3>${list(problems.map(checkItem).join(''))}`,
    more,
    chain.length === 0 ? '' : chainOf(chain, trusted, words),
    processes.length === 0 ? '' : folded(escaped(phrases.everyCheck), processes.map(processTable).join('')),
  ].join('\n');
};

const chainOf = (chain: readonly CertificateView[], trusted: boolean, { phrases }: Catalogue): string =>
  `<h3>${escaped(phrases.certificates)}</h3><ol class="chain">${chain
    .map(({ name, rows }, i) => {
      const last = trusted ? phrases.roleTrusted : phrases.roleUntrusted;
      const role = i === 0 ? phrases.roleSigner : i < chain.length - 1 ? phrases.roleAuthority : last;
      const only = chain.length === 1 && trusted ? phrases.roleSignerTrusted : role;
      return `<li>${folded(`${isolated(name)} <span class="tag">${escaped(only)}</span>`, table(rows))}</li>`;
    })
    .join('')}</ol>`;

const processTable = ({ name, clause, subject, tone, indication, checks }: ProcessView): string =>
  `<h5 class="${tone}"><span>${escaped(name)}${subject === '' ? '' : ` · ${isolated(subject)}`}</span> <span class="tag">${escaped(indication)}</span> <span class="clause">${escaped(clause)}</span></h5>${
    checks.length === 0 ? '' : list(checks.map(checkItem).join(''))
  }`;

const checkItem = ({ outcome, sentence, remedy, clause, id }: CheckView): string =>
  `<li class="${outcome}"><p>${isolated(sentence)}${remedy === null || outcome !== 'fail' ? '' : ` <em>${escaped(remedy)}</em>`} <span class="clause" title="${escaped(id)}">${escaped(clause)}</span></p></li>`;

export const table = (rows: readonly Row[]): string =>
  `<dl>${rows.map(({ label, value, tone }) => `<dt>${escaped(label)}</dt><dd${tone === undefined ? '' : ` class="${tone}"`}>${isolated(value)}</dd>`).join('')}</dl>`;

export const list = (items: string): string => `<ul class="checks">${items}</ul>`;

export const folded = (summary: string, content: string): string =>
  `<details><summary>${summary}</summary><div class="fold">${content}</div></details>`;

const unreadable = (sentences: readonly string[], { phrases }: Catalogue): string =>
  sentences.length === 0
    ? ''
    : `<section class="card bad"><div class="head">${icon('bad')}<h2>${escaped(phrases.notReadable)}</h2></div>${list(
        sentences.map((sentence) => `<li class="fail"><p>${isolated(sentence)}</p></li>`).join(''),
      )}</section>`;

export const icon = (tone: Tone): string =>
  `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="11"/><path d="${ICONS[tone]}"/></svg>`;

const ICONS = {
  good: 'M7 12.5l3.4 3.4L17 9',
  open: 'M9.2 9.3a2.8 2.8 0 1 1 4.3 2.4c-1 .7-1.5 1.2-1.5 2.3M12 17.2v.2',
  bad: 'M8.5 8.5l7 7M15.5 8.5l-7 7',
} as const;
const styleHash = (): string => `sha256-${toBase64(digest('SHA-256', utf8(STYLE)))}`;
const SHOWN = 12;
const SHORT_TIMELINE = 14;
