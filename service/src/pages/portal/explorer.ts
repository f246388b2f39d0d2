/** The OpenAPI documents of all interfaces as pages: what can be called, with which parameters and bodies, what it answers; and a try. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Interface } from '../../dialects/dialect.ts';
import { INTERFACES } from '../../dialects/dialects.ts';
import { ServiceFault } from '../../domain/fault.ts';
import { bareId } from '../../domain/ids.ts';
import { html, type Markup } from '../markup.ts';
import type { PageParts } from '../parts.ts';
import { memberView, type Schema, sampleOf, schemaView } from './schema-view.ts';
import { sendPortal, type Tone } from './shell.ts';
import { HOME, type Visit, visitOf } from './visit.ts';

export function explorerRoutes(app: FastifyInstance, _parts: PageParts): void {
  const documents = new Map<string, Document>();
  const documentOf = async ({ name, document }: Interface): Promise<Document> => {
    const known = documents.get(name);
    if (known) return known;
    const read = (await app.inject({ url: document })).json<Document>();
    documents.set(name, read);
    return read;
  };

  app.get(`${HOME}/:mode/api`, async (request, reply) => {
    const visit = visitOf(request);
    const { api: words } = visit.spoken.portal;
    const cards = [];
    for (const one of INTERFACES) cards.push(card(visit, one, operationsOf(await documentOf(one)).length));
    return sendPortal(reply, visit, { section: 'api', body: html`<p class="lead">${words.text}</p><ul class="tiles">${cards}</ul>` });
  });

  app.get(`${HOME}/:mode/api/:interface`, async (request, reply) => {
    const visit = visitOf(request);
    const { api: words } = visit.spoken.portal;
    const asked = INTERFACES.find(({ name }) => name === byName.parse(request.params).interface);
    if (!asked) throw new ServiceFault('not-found', 'There is no such interface.');
    const document = await documentOf(asked);
    return sendPortal(reply, visit, {
      section: 'api',
      title: words.title(asked.label),
      scripts: ['explorer.js'],
      body: html`<p class="lead"><span class="soft">${words.begins}</span> <code>${asked.prefix}</code> · <a href="${asked.document}">${words.document}</a></p>
${keyCard(visit, asked)}
${[...Map.groupBy(operationsOf(document), ({ tag }) => tag)].map(([tag, operations]) => html`<section><h2 lang="en">${tag}</h2>${operations.map((operation) => operationView(visit, document, operation))}</section>`)}`,
    });
  });
}

/** What is read of an OpenAPI document. */
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly components?: { readonly securitySchemes?: Readonly<Record<string, SecurityScheme>> };
}

interface Described {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> };
  readonly responses?: Readonly<Record<string, Response>>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}

interface Response {
  readonly description?: string;
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface SecurityScheme {
  readonly type: string;
  readonly name?: string;
  readonly scheme?: string;
}

interface Operation extends Described {
  readonly method: string;
  readonly path: string;
  readonly tag: string;
}

const operationsOf = ({ paths }: Document): readonly Operation[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({
      ...described,
      ...{ path, method: method.toUpperCase(), tag: described.tags?.[0] ?? 'API' },
    })),
  );

const card = ({ spoken, mode }: Visit, { name, label, prefix }: Interface, count: number): Markup =>
  html`<li><a class="tile" href="${HOME}/${mode}/api/${name}"><strong>${label}</strong><code>${prefix}</code><span class="soft">${spoken.portal.api.count(count)}</span></a></li>`;

/** Where the key goes that is sent with what is tried. */
function keyCard({ spoken, mode }: Visit, { keys }: Interface): Markup {
  const { api: words } = spoken.portal;
  const [kind] = keys.filter((one) => one.mode === mode);
  return html`<section class="card key-card"><p><label for="key">${words.key}</label><input id="key" type="password" autocomplete="off" spellcheck="false" placeholder="${kind?.prefix ?? ''}…" aria-describedby="key-hint"><span id="key-hint" class="soft">${words.keyText}</span></p>
${mode === 'live' && html`<p class="notice bad">${words.live}</p>`}<noscript><p>${words.noScript}</p></noscript></section>`;
}

function operationView(visit: Visit, document: Document, operation: Operation): Markup {
  const { portal } = visit.spoken;
  const { method, path, summary = '', description, parameters = [] } = operation;
  const [type, body] = bodyOf(operation);
  return html`<details class="operation"><summary><span class="verb ${method.toLowerCase()} ${TONES[method] ?? ''}">${method}</span> <code>${path}</code> <span class="what" lang="en">${summary}</span></summary>
${description !== undefined && html`<p lang="en">${description}</p>`}
${parameters.length > 0 && html`<h3>${portal.api.parameters}</h3><ul class="schema">${parameters.map((one) => html`<li>${memberView(one.name, described(one), one.required === true, portal)} <span class="soft">${one.in}</span></li>`)}</ul>`}
${body && html`<h3>${portal.api.body} <span class="type">${type}</span></h3>${schemaView(body, portal)}`}
<h3>${portal.api.answers}</h3>${answers(visit, operation)}
${tryForm(visit, document, operation)}</details>`;
}

/** What succeeds, each by itself; refusals share a shape, which is shown once. */
function answers({ spoken: { portal } }: Visit, { responses = {} }: Operation): Markup {
  const all = Object.entries(responses).map(([status, { description, content = {} }]) => {
    const [type, { schema } = {}] = Object.entries(content)[0] ?? [];
    const said = description === undefined || description === DEFAULT_TEXT ? '' : description;
    return { status, said, type: type ?? '', schema, key: JSON.stringify(schema ?? null) };
  });
  const grouped = [...Map.groupBy(all, ({ status, key }) => (status.startsWith('2') ? status : key)).values()];
  return html`${grouped.map(([first, ...others]) => {
    if (!first) return html``;
    const statuses = [first, ...others].map(({ status }) => status).join(', ');
    const good = first.status.startsWith('2');
    return html`<details class="answer"><summary><span class="status ${good ? 'good' : 'bad'}">${statuses}</span> <span class="soft">${first.said || first.type || portal.api.noBody}</span></summary>${first.schema && schemaView(first.schema, portal)}</details>`;
  })}`;
}

/** Shown by the script that sends it. */
function tryForm(visit: Visit, document: Document, operation: Operation): Markup {
  const { api: words } = visit.spoken.portal;
  const { method, path, parameters = [] } = operation;
  const [type, body] = bodyOf(operation);
  const id = `${method}${path}`.replace(/\W+/g, '-').toLowerCase();
  const { header, before } = secretOf(document, operation);
  const field = ({ name, in: place, required = false, schema = {} }: Parameter): Markup => {
    const value = KNOWN_PARAMETERS[name]?.(visit) ?? (required && schema.enum ? String(schema.enum[0]) : '');
    return html`<p><label for="${id}-${name}">${name}</label><input id="${id}-${name}" data-place="${place}" data-name="${name}" autocomplete="off"${required && html` required`} value="${value}"></p>`;
  };
  return html`<form class="try" hidden data-method="${method}" data-path="${path}" data-type="${type}" data-header="${header}" data-before="${before}" data-sending="${words.sending}" data-failed="${words.failed}" data-save="${words.save}" data-empty="${words.noBody}"><h3>${words.try}</h3>
${parameters.map(field)}
${type === MULTIPART && body ? fileFields(id, body, words.file) : body && html`<p><label for="${id}-body">${words.body}</label><textarea id="${id}-body" data-place="body" rows="${Math.min(18, sampleText(body).split('\n').length + 1)}" spellcheck="false">${sampleText(body)}</textarea></p>`}
<button type="submit">${words.send}</button>
<div class="outcome" role="status" hidden><p class="told"></p><pre class="code" tabindex="0" aria-label="${words.answers}"><code></code></pre><p class="links"></p><details><summary>${words.curl}</summary><pre class="code curl" tabindex="0" aria-label="${words.curl}"><code></code></pre></details></div>
</form>`;
}

const fileFields = (id: string, { properties = {}, required = [] }: Schema, label: string): Markup =>
  html`${Object.entries(properties).map(([name, { format }]) =>
    format === 'binary'
      ? html`<p><label for="${id}-${name}">${name} <span class="soft">${label}</span></label><input id="${id}-${name}" type="file" data-place="file" data-name="${name}"${required.includes(name) && html` required`}></p>`
      : html`<p><label for="${id}-${name}">${name}</label><input id="${id}-${name}" data-place="field" data-name="${name}" autocomplete="off"></p>`,
  )}`;

/** The header that the secret goes in, and what stands before it; empty where none is needed. */
function secretOf({ components, security = [] }: Document, operation: Operation): { readonly header: string; readonly before: string } {
  const [wanted] = operation.security ?? security;
  const scheme = components?.securitySchemes?.[Object.keys(wanted ?? {})[0] ?? ''];
  if (!scheme) return { header: '', before: '' };
  return scheme.type === 'http' ? { header: 'Authorization', before: 'Bearer ' } : { header: scheme.name ?? '', before: '' };
}

function bodyOf({ requestBody }: Operation): readonly [type: string, schema: Schema | undefined] {
  const [type = '', { schema } = {}] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  return [type, schema];
}

const described = ({ schema = {}, description }: Parameter): Schema => ({ ...schema, ...(description !== undefined && { description }) });

const sampleText = (schema: Schema): string => JSON.stringify(sampleOf(schema), null, 2);

/** What the portal knows of who asks. */
const KNOWN_PARAMETERS: Readonly<Record<string, (visit: Visit) => string>> = {
  appId: ({ realm }) => bareId(realm.tenant),
  appEnv: ({ mode }) => (mode === 'live' ? 'PRODUCTION' : 'DEVELOPMENT'),
};
const MULTIPART = 'multipart/form-data';
const DEFAULT_TEXT = 'Default Response';
const byName = z.object({ interface: z.string().max(40).catch('') });
/** What an operation does to what is there. */
const TONES: Readonly<Record<string, Tone>> = { POST: 'good', PUT: 'open', PATCH: 'open', DELETE: 'bad' };
