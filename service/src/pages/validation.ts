/** The public validation page: a file goes up, the verdict comes back with the engine's whole report in a frame without rights. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ServiceFault } from '../domain/fault.ts';
import { anonymousCounter } from '../http/rate-limit.ts';
import { receiveFile } from '../http/upload.ts';
import { WorkError } from '../workers/pool.ts';
import type { ValidatedSignature, Validation } from '../workers/protocol.ts';
import { pageMarkup, sendPage } from './layout.ts';
import { html, type Markup } from './markup.ts';
import type { PageParts } from './parts.ts';
import { wordsFor } from './signing-routes.ts';
import { dateText, type Words } from './words.ts';

export function validationRoutes(app: FastifyInstance, parts: PageParts): void {
  const counted = anonymousCounter(FILES_A_MINUTE);
  // Who opens the bare address in a browser.
  app.get('/', async (_request, reply) => reply.redirect('/validate'));
  app.get('/validate', async (request, reply) => {
    const words = wordsFor(request, null);
    return sendPage(reply, 200, formPage(words, null));
  });
  app.post('/validate', async (request, reply) => {
    const words = wordsFor(request, null);
    try {
      if (counted(request.ip, parts.core.clock()).exceeded) throw new ServiceFault('too-many-requests', 'Too many files.');
      const { name, validation } = await validated(parts, request, words);
      const report = validation.page ?? '';
      // The report is one page with one style, named by its hash in the page itself.
      const [style = null] = /sha256-[A-Za-z0-9+/=]+/.exec(report.slice(0, 2000)) ?? [];
      return sendPage(reply, 200, verdictPage(words, name, validation, report), { style });
    } catch (error) {
      const { status, problem } = problemOf(error);
      if (status >= 500) request.log.error({ error: (error as Error).name }, 'failed');
      return sendPage(reply, status, formPage(words, words.problem[problem]));
    }
  });
}

async function validated(parts: PageParts, request: FastifyRequest, words: Words) {
  const { file, others } = await receiveFile(request, parts.configuration.maximumUpload);
  if (file.bytes.length === 0) throw new ServiceFault('invalid', 'The file is empty.');
  const detached = others.get('detached')?.bytes ?? null;
  // The report speaks the languages of the engine.
  const page = { language: words.language === 'de' ? ('de' as const) : ('en' as const), documentName: file.name };
  const validation = await parts.validate(null, file.bytes, detached === null || detached.length === 0 ? null : detached, page);
  return { name: file.name, validation };
}

function formPage(words: Words, problem: string | null): string {
  return pageMarkup({
    words,
    title: words.validateTitle,
    query: {},
    scripts: ['validation.js'],
    body: html`<h1>${words.validateTitle}</h1><p>${words.validateText}</p>
${problem !== null && html`<div class="notice bad" role="alert" id="problem"><strong>${words.problemTitle}.</strong> ${problem}</div>`}
${form(words)}`,
  });
}

const form = (
  words: Words,
): Markup => html`<form class="card upload" method="post" action="/validate?lang=${words.language}" enctype="multipart/form-data" data-busy="${words.validating}">
<div class="drop">
<label for="file">${words.chooseFile}</label>
<input type="file" id="file" name="file" required aria-describedby="drop-text">
<p id="drop-text" class="soft">${words.dropHere}</p>
</div>
<details><summary>${words.detachedTitle}</summary>
<p>${words.detachedText}</p>
<label for="detached">${words.detachedLabel}</label>
<input type="file" id="detached" name="detached">
</details>
<button type="submit">${words.validate}</button>
<p class="soft" role="status"></p>
</form>`;

function verdictPage(words: Words, name: string, validation: Validation, report: string): string {
  const verdict = validation.tone ?? 'none';
  return pageMarkup({
    words,
    title: `${words.verdict[verdict]}: ${name}`,
    body: html`<section class="card verdict ${verdict}"><p class="soft">${name}</p><h1>${words.verdict[verdict]}</h1><p>${words.verdictText[verdict]}</p></section>
${validation.signatures.slice(0, SHOWN).map((signature, index) => signatureCard(words, signature, index))}
<p><a class="button" href="/validate?lang=${words.language}">${words.another}</a></p>
<h2 id="report-title">${words.fullReport}</h2>
<iframe class="report" sandbox="" srcdoc="${report}" title="${words.fullReport}"></iframe>`,
  });
}

function signatureCard(words: Words, signature: ValidatedSignature, index: number): Markup {
  const { facts } = words;
  const rows: readonly (readonly [string, string] | null)[] = [
    [facts.result, words.verdict[signature.tone]],
    signature.subIndication === null ? null : [facts.reason, signature.subIndication],
    [facts.signer, signature.signerName ?? words.unknownSigner],
    signature.issuer === null ? null : [facts.issuer, signature.issuer],
    signature.signedAt === null ? null : [facts.time, dateText(signature.signedAt, words)],
    [facts.timestamp, signature.timestampValid === null ? words.notStamped : words.stamped[signature.timestampValid ? 'true' : 'false']],
    [facts.revocation, words.revocation[signature.revocation]],
    [facts.level, signature.level],
  ];
  const written = rows.flatMap((row) => (row === null ? [] : [html`<div><dt>${row[0]}</dt><dd>${row[1]}</dd></div>`]));
  return html`<section class="card signature ${signature.tone}"><h2>${words.signatureNumber(index + 1)}</h2><dl>${written}</dl></section>`;
}

function problemOf(error: unknown): { readonly status: number; readonly problem: keyof Words['problem'] } {
  if (error instanceof ServiceFault) return FAULTS[error.code] ?? { status: 500, problem: 'internal' };
  if (error instanceof WorkError) {
    if (error.code === 'busy' || error.code === 'closed') return { status: 429, problem: 'busy' };
    if (error.code === 'timeout' || error.code === 'memory' || error.code === 'limit-exceeded')
      return { status: 422, problem: 'tooComplex' };
    if (error.code === 'malformed-input' || error.code === 'unsupported') return { status: 422, problem: 'unreadable' };
    if (error.code === 'wrong-password') return { status: 422, problem: 'encrypted' };
  }
  return { status: 500, problem: 'internal' };
}

const FAULTS: Readonly<Record<string, { readonly status: number; readonly problem: keyof Words['problem'] }>> = {
  invalid: { status: 422, problem: 'missing' },
  'too-large': { status: 413, problem: 'tooLarge' },
  'bad-request': { status: 400, problem: 'malformed' },
  'too-many-requests': { status: 429, problem: 'tooMany' },
};
const FILES_A_MINUTE = 30;
const SHOWN = 50;
