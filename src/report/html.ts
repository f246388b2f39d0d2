/** The report as one self-contained page: no script, nothing loaded, everything foreign escaped; for screens light and dark, and for paper. */
import { exact } from '../base/options.ts';
import { toBase64, utf8 } from '../base/text.ts';
import { digest } from '../crypto/digest.ts';
import type { Report } from '../validation/report.ts';
import { STYLE } from './html-style.ts';
import type { Tone } from './verdict.ts';
import {
  type CertificateView,
  type ChangeView,
  type CheckView,
  type ProcessView,
  type Row,
  type SignatureView,
  type TokenView,
  viewOf,
} from './view.ts';
import { visible } from './visible.ts';

export interface HtmlOptions {
  /** What the document is called, for the head of the page. */
  readonly documentName?: string;
}

/** A whole HTML document. Pure: the same report gives the same octets. */
export function toHtml(report: Report, options: HtmlOptions = {}): string {
  exact('toHtml', options, ['documentName']);
  const view = viewOf(report);
  const name = options.documentName === undefined ? null : visible(options.documentName);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${styleHash()}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${escaped(`${view.headline}: ${name ?? 'validation report'}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header class="verdict ${view.tone}">
${icon(view.tone)}
<div>
<p class="kicker">Signature validation report${name === null ? '' : ` · ${isolated(name)}`}</p>
<h1>${escaped(view.headline)}</h1>
<p class="lead">${escaped(view.summary)}</p>
</div>
</header>
<p class="context">Validated as of <strong>${escaped(view.at)}</strong> by the policy <strong>${isolated(view.policy)}</strong>.</p>
${view.signatures.map(signatureCard).join('\n')}
${view.timestamps.map((timestamp) => `<section class="card ${timestamp.tone}">${tokenHead(timestamp, 'h2')}${tokenBody(timestamp)}</section>`).join('\n')}
${unreadable(view.unreadable)}
<footer>Every statement follows ETSI EN 319 102-1: <em>valid</em> is its TOTAL-PASSED, <em>not valid</em> its TOTAL-FAILED,
<em>not confirmed</em> its INDETERMINATE. A change that a signature does not allow makes a document not valid here, even where the signature
itself passed.</footer>
</main>
</body>
</html>
`;
}

function signatureCard(signature: SignatureView): string {
  const { changes, timestamps, notes } = signature;
  const inner = timestamps.map((each) => `<section class="inner ${each.tone}">${tokenHead(each, 'h4')}${tokenBody(each)}</section>`);
  const more = [
    changes.length === 0 ? '' : `<h3>Changes after signing</h3>${changeList(changes)}`,
    timestamps.length === 0 ? '' : `<h3>Time-stamps</h3>${inner.join('')}`,
    ...notes.map((note) => `<p class="note">${escaped(note)}</p>`),
  ];
  return `<section class="card ${signature.tone}">${tokenHead(signature, 'h2', signature.level)}${tokenBody(signature, more.join(''))}</section>`;
}

function changeList(changes: readonly ChangeView[]): string {
  const items = changes.map(
    ({ allowed, sentence }) =>
      `<li class="${allowed ? 'ok' : 'fail'}"><p>${isolated(sentence)} <span class="tag">${allowed ? 'allowed' : 'not allowed'}</span></p></li>`,
  );
  const rest = items.slice(SHOWN);
  return list(items.slice(0, SHOWN).join('')) + (rest.length === 0 ? '' : folded(`${rest.length} more changes`, list(rest.join(''))));
}

const tokenHead = ({ tone, title, verdict, indication, sentence, remedy }: TokenView, level: 'h2' | 'h4', aside?: string): string => `
<div class="head">${icon(tone)}<${level}>${escaped(title)}: <span class="word">${escaped(verdict)}</span></${level}>
<p class="tags">${aside === undefined ? '' : `<span class="tag">${escaped(aside)}</span> `}<span class="tag">${escaped(indication)}</span></p></div>
<p class="sentence">${isolated(sentence)}</p>
${remedy === null ? '' : `<p class="remedy"><strong>What would help.</strong> ${escaped(remedy)}</p>`}`;

const tokenBody = ({ rows, problems, chain, trusted, processes }: TokenView, more = ''): string =>
  [
    rows.length === 0 ? '' : table(rows),
    problems.length === 0
      ? ''
      : `<h3>${problems.some(({ outcome }) => outcome === 'fail') ? 'What was found wanting' : 'Remarks'}</h3>${list(problems.map(checkItem).join(''))}`,
    more,
    chain.length === 0 ? '' : chainOf(chain, trusted),
    processes.length === 0 ? '' : folded('Every check, with its clause', processes.map(processTable).join('')),
  ].join('\n');

const chainOf = (chain: readonly CertificateView[], trusted: boolean): string =>
  `<h3>Certificates</h3><ol class="chain">${chain
    .map(({ name, rows }, i) => {
      const role = i === 0 ? 'signer' : i < chain.length - 1 ? 'authority' : trusted ? 'trusted authority' : 'authority, not trusted';
      const only = chain.length === 1 && trusted ? 'signer, trusted' : role;
      return `<li>${folded(`${isolated(name)} <span class="tag">${only}</span>`, table(rows))}</li>`;
    })
    .join('')}</ol>`;

const processTable = ({ name, clause, subject, tone, indication, checks }: ProcessView): string =>
  `<h5 class="${tone}"><span>${escaped(name)}${subject === '' ? '' : ` · ${isolated(subject)}`}</span> <span class="tag">${escaped(indication)}</span> <span class="clause">${escaped(clause)}</span></h5>${
    checks.length === 0 ? '' : list(checks.map(checkItem).join(''))
  }`;

const checkItem = ({ outcome, sentence, remedy, clause, id }: CheckView): string =>
  `<li class="${outcome}"><p>${isolated(sentence)}${remedy === null || outcome !== 'fail' ? '' : ` <em>${escaped(remedy)}</em>`} <span class="clause" title="${escaped(id)}">${escaped(clause)}</span></p></li>`;

const table = (rows: readonly Row[]): string =>
  `<dl>${rows.map(({ label, value, tone }) => `<dt>${escaped(label)}</dt><dd${tone === undefined ? '' : ` class="${tone}"`}>${isolated(value)}</dd>`).join('')}</dl>`;

const list = (items: string): string => `<ul class="checks">${items}</ul>`;

const folded = (summary: string, content: string): string =>
  `<details><summary>${summary}</summary><div class="fold">${content}</div></details>`;

const unreadable = (sentences: readonly string[]): string =>
  sentences.length === 0
    ? ''
    : `<section class="card bad"><div class="head">${icon('bad')}<h2>Not readable</h2></div>${list(
        sentences.map((sentence) => `<li class="fail"><p>${isolated(sentence)}</p></li>`).join(''),
      )}</section>`;

const icon = (tone: Tone): string =>
  `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="11"/><path d="${ICONS[tone]}"/></svg>`;

/** Foreign text in an element of its own, so that its direction cannot reorder what stands around it. */
const isolated = (text: string): string => `<bdi>${escaped(text)}</bdi>`;

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const ICONS = {
  good: 'M7 12.5l3.4 3.4L17 9',
  open: 'M9.2 9.3a2.8 2.8 0 1 1 4.3 2.4c-1 .7-1.5 1.2-1.5 2.3M12 17.2v.2',
  bad: 'M8.5 8.5l7 7M15.5 8.5l-7 7',
} as const;
const styleHash = (): string => `sha256-${toBase64(digest('SHA-256', utf8(STYLE)))}`;
const SHOWN = 12;
