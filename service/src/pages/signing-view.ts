/** The signing page as HTML: the document on one side, what there is to do on the other. */

import { bareId } from '../domain/ids.ts';
import { fileUrl } from '../domain/links.ts';
import { PDF } from '../domain/media.ts';
import type { SignerRecord } from '../domain/model.ts';
import { codeChannelOf, isChecked, type SigningState, type SigningView } from '../domain/signing.ts';
import { documentUrl } from './access.ts';
import { checkingPart, identityForm, loginForm } from './identity-view.ts';
import { pageMarkup } from './layout.ts';
import { html, type Markup } from './markup.ts';
import { form, type Shown, type Told } from './shown.ts';
import { dateText, type Words } from './words.ts';

/** The whole page; `query` is that of the address, where it can be opened again. */
export function signingPage(shown: Shown, query: Readonly<Record<string, string>> | null): string {
  const { view, access, words } = shown;
  const { request, signer, document } = view;
  const title = words.signTitle(document.name);
  const readable = isReadable(view.state);
  return pageMarkup({
    words,
    title,
    framed: access.framed,
    test: request.realm.mode === 'test',
    scripts: [
      'signing.js',
      ...(readable && document.mediaType === PDF ? ['document.js'] : []),
      ...(signer.method === 'pictures' ? ['camera.js'] : []),
    ],
    ...(query && { query }),
    skipTo: 'panel',
    wide: readable,
    body: html`<h1>${document.name}</h1>
<div class="${readable ? 'signing' : ''}">
${readable && documentPart(shown)}
<div class="side">
<section id="panel" class="card" tabindex="-1" aria-label="${title}" data-request="${request.id}" data-signer="${signer.id}" data-session="${access.session}" data-state="${view.state}" data-state-url="/w/s/${bareId(signer.id)}/state" data-framed="${access.framed ? shown.ancestors.join(' ') : ''}" data-no-connection="${words.noConnection}" data-lang="${words.language}">
${panel(shown)}
</section>
<div id="signers">${signersList(shown)}</div>
</div>
</div>
<p id="announcement" class="hidden" role="status"></p>`,
  });
}

/** Who can sign no more, and has not signed, is shown the document no more. */
export const isReadable = (state: SigningState): boolean => state !== 'closed' && state !== 'declined' && state !== 'verification-failed';

function documentPart(shown: Shown): Markup {
  const { core, view, words } = shown;
  const { signer, document } = view;
  return html`<div class="document">
<div class="document-head">
<h2 id="document-title">${words.document}</h2>
${document.pages !== null && html`<span class="soft">${words.pages(document.pages)}</span>`}
<a href="${documentUrl(core, signer.id)}" target="_blank" rel="noopener">${words.openDocument}</a>
</div>
${document.mediaType === PDF ? viewer(shown) : card(shown)}
</div>`;
}

function viewer({ core, view, words }: Shown): Markup {
  const { request, signer, document } = view;
  const fields = request.fields.filter((field) => field.signer === signer.position);
  const marks = JSON.stringify(fields.map(({ page, x, y, width, height }) => ({ page, x, y, width, height })));
  return html`<div class="zoom" hidden>
<button type="button" class="plain" data-zoom="out" aria-label="${words.smallerText}">−</button>
<button type="button" class="plain" data-zoom="in" aria-label="${words.largerText}">+</button>
</div>
<div id="viewer" class="viewer" role="region" tabindex="0" aria-labelledby="document-title" data-url="${documentUrl(core, signer.id)}" data-fields="${marks}" data-sign-here="${words.signHere}" data-loading="${words.loading}" data-cannot="${words.cannotShow}" data-page="${words.page('{page}', '{pages}')}" data-name="${document.name}">
<noscript><p class="message">${words.cannotShow}</p></noscript>
</div>`;
}

function card({ view: { document }, words }: Shown): Markup {
  const ending = (/\.([A-Za-z0-9]{1,8})$/.exec(document.name)?.[1] ?? KINDS[document.mediaType] ?? '').toUpperCase();
  return html`<div class="file-card">
<p class="file-kind" aria-hidden="true">${ending}</p>
<p class="file-name"><strong>${document.name}</strong></p>
<p>${words.cardText(ending)}</p>
<p class="soft">${words.fingerprint}: <code>${document.sha256}</code></p>
</div>`;
}

/** Who else is asked, and how far they are. */
export function signersList({ view: { request, signer: own }, words }: Shown): Markup {
  const { signers } = request;
  if (signers.length < 2) return html``;
  return html`<section class="card signers"><h2>${words.signers}</h2><ol>${signers.map(
    (signer) =>
      html`<li class="${signer.status}"><span>${signer.name}${signer.id === own.id && ` (${words.you})`}</span> <span class="soft">${statusText(signer, words)}</span></li>`,
  )}</ol></section>`;
}

export function statusText({ role, status }: SignerRecord, words: Words): string {
  if (role === 'viewer') return words.signerStatus.viewer;
  if (role === 'approver' && status === 'waiting') return words.signerStatus['approval-waiting'];
  return words.signerStatus[role === 'approver' && status === 'signed' ? 'approved' : status];
}

/** What there is to do, or what has become of it. */
export function panel(shown: Shown): Markup {
  const { view, words } = shown;
  switch (view.state) {
    case 'identity':
      return html`${head(shown, words.identityTitle)}${identityForm(shown)}${declineForm(shown)}`;
    case 'checking':
      return html`${head(shown, words.checkingTitle)}${checkingPart(shown)}${declineForm(shown)}`;
    case 'login':
      return html`${head(shown, words.identityTitle)}${loginForm(shown)}${declineForm(shown)}`;
    case 'code':
      return html`${head(shown, words.proveTitle)}${codeForms(shown)}${declineForm(shown)}`;
    case 'ready':
      return html`${head(shown, words.consentTitle)}${signForm(shown)}${declineForm(shown)}`;
    default:
      return ending(shown);
  }
}

function head({ view: { request, signer, state }, words, told }: Shown, title: string): Markup {
  // Only a number comes before a code; what is looked at needs none.
  const steps = state !== 'login' && !isChecked(signer) && signer.details.documentNumber !== undefined ? 3 : 2;
  const step = state === 'ready' ? steps : state === 'code' ? steps - 1 : 1;
  return html`<p class="lead">${words.asked(signer.name)}</p>
<p class="soft">${words.level[request.level]}. ${words.until(dateText(request.expiresAt, words))}</p>
${request.level !== 'simple' && html`<p class="step">${words.step(step, steps)}</p>`}
<h2 tabindex="-1"${told === null && html` data-focus`}>${title}</h2>
${told && notice(told)}`;
}

const notice = ({ tone, text, about }: Told): Markup =>
  html`<p id="notice" class="notice ${tone}" tabindex="-1"${about === undefined && html` data-focus`}>${text}</p>`;

function codeForms(shown: Shown): Markup {
  const { view, words, told } = shown;
  const [channel, to] = [codeChannelOf(view.signer), addressOf(view.signer)];
  if (view.signer.verification === 'pending' || told?.spent)
    return html`${!told?.spent && html`<p>${words.proveText(channel, to)}</p>`}
${form(shown, 'code', html`<button type="submit">${told?.spent ? words.sendAgain : words.sendCode}</button>`)}`;
  const wrong = told?.about === 'code';
  return html`${told === null && html`<p>${words.codeSent(channel, to)}</p>`}
${form(
  shown,
  'check',
  html`<label for="code">${words.codeLabel}</label>
<input id="code" name="code" class="code" inputmode="numeric" autocomplete="one-time-code" pattern="\\s*([0-9]\\s*){6}" maxlength="12" required aria-describedby="${wrong ? 'notice ' : ''}code-hint"${wrong && html` aria-invalid="true" data-focus`}>
<p id="code-hint" class="soft">${words.codeHint}</p>
<button type="submit">${words.checkCode}</button>`,
)}
${form(shown, 'code', html`<button type="submit" class="plain">${words.sendAgain}</button>`)}`;
}

function signForm(shown: Shown): Markup {
  const { words, told } = shown;
  const wrong = told?.about === 'consent';
  return form(
    shown,
    'sign',
    html`<p class="consent"><input type="checkbox" id="consent" name="consent" value="yes" required${wrong && html` aria-invalid="true" aria-describedby="notice" data-focus`}><label for="consent">${words.consentLabel}</label></p>
<button type="submit">${words.sign}</button>`,
  );
}

function declineForm(shown: Shown): Markup {
  const { words, told } = shown;
  const wrong = told?.about === 'reason';
  return html`<details class="decline"${wrong && html` open`}><summary>${words.decline}</summary>
${form(
  shown,
  'decline',
  html`<p id="decline-text">${words.declineText}</p>
<label for="reason">${words.declineLabel}</label>
<textarea id="reason" name="reason" rows="3" maxlength="1000" required aria-describedby="decline-text${wrong ? ' notice' : ''}"${wrong && html` aria-invalid="true" data-focus`}></textarea>
<button type="submit" class="danger">${words.declineNow}</button>`,
)}</details>`;
}

/** Nothing to do here now. */
function ending(shown: Shown): Markup {
  const { core, view, words, access } = shown;
  const { request, state } = view;
  const [title, text, tone] = endingWords(view, words);
  const sealed = state === 'completed' ? request.sealed : null;
  const next = state === 'signed' || state === 'completed' ? hostOf(request.redirectUrl) : null;
  return html`<div class="ending ${tone}" aria-hidden="true"></div>
<h2 tabindex="-1" data-focus>${title}</h2>
${shown.told && html`<p class="notice ${shown.told.tone}">${shown.told.text}</p>`}
<p>${state === 'signed' && request.status === 'sealing' ? words.sealingText : text}</p>
${sealed && html`<p><a class="button" href="${fileUrl(core.links, 'sealed-document', request.id, core.clock(), sealed.fileName)}" download>${words.download}</a></p>`}
${next && html`<p><a href="${request.redirectUrl}" target="_top"${!access.framed && html` data-next`}>${words.goOn(next)}</a></p>${!access.framed && html`<p class="soft" data-going hidden>${words.goingOn(next)}</p>`}`}`;
}

function endingWords({ request, state }: SigningView, words: Words): readonly [title: string, text: string, tone: 'good' | 'bad' | 'wait'] {
  switch (state) {
    case 'signed':
      return [words.signedTitle, words.signedText, 'good'];
    case 'completed':
      return [words.completedTitle, words.completedText, 'good'];
    case 'declined':
      return [words.declinedTitle, words.declinedText, 'bad'];
    case 'viewing':
      return [words.viewerTitle, words.viewerText, 'wait'];
    case 'not-your-turn':
      return [words.notTurnTitle, words.notTurnText, 'wait'];
    case 'verification-failed':
      return [words.failedTitle, words.failedText, 'bad'];
    default: {
      const { status } = request;
      const why = status === 'pending' || status === 'started' ? 'expired' : status;
      return [words.closedTitle, words.closedText[why === 'sealing' || why === 'completed' ? 'other' : why], 'bad'];
    }
  }
}

/** Where a code goes, so that only who knows the address recognizes it. */
export function addressOf(signer: SignerRecord): string {
  const { email, phone } = signer;
  if (codeChannelOf(signer) !== 'email' && phone !== null) return `••• ${phone.slice(-3)}`;
  return `${email.slice(0, 1)}•••${email.slice(Math.max(email.lastIndexOf('@'), 1))}`;
}

function hostOf(url: string | null): string | null {
  return url === null || !/^https?:/i.test(url) || !URL.canParse(url) ? null : new URL(url).host;
}

const KINDS: Readonly<Record<string, string>> = { 'application/xml': 'xml', 'text/plain': 'txt', 'application/zip': 'zip' };
