/** API keys: listed by what can be seen of them, made, replaced, revoked. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { KeyKind } from '../../dialects/dialect.ts';
import { INTERFACES } from '../../dialects/dialects.ts';
import { ServiceFault } from '../../domain/fault.ts';
import { bareId } from '../../domain/ids.ts';
import { createKey, type KeyMetadata, listKeys, revokeKey, rotateKey } from '../../domain/keys.ts';
import { html, type Markup } from '../markup.ts';
import type { PageParts } from '../parts.ts';
import { confirmed, empty, facts, type Notice, secretValue, sendPortal, time } from './shell.ts';
import { adminOf, HOME, type Visit, visitOf } from './visit.ts';

export function keyRoutes(app: FastifyInstance, parts: PageParts): void {
  const { core } = parts;

  app.get(`${HOME}/:mode/keys`, async (request, reply) => {
    const visit = visitOf(request);
    const { keys } = visit.spoken.portal;
    return sendKeys(parts, reply, visit, { notice: visit.query['done'] === 'revoked' ? { tone: 'good', text: keys.revoked } : null });
  });

  app.post(`${HOME}/:mode/keys`, async (request, reply) => {
    const visit = adminOf(request);
    const { kind, label } = newKey.parse(request.body ?? {});
    const wanted = kindsOf(visit)[kind];
    if (!wanted) throw new ServiceFault('not-found', 'There is no such kind of key.');
    const key = await createKey(core, visit.realm, wanted.prefix, label || wanted.label, wanted.scope);
    return sendKeys(parts, reply, visit, { made: key, status: 201 });
  });

  app.post(`${HOME}/:mode/keys/:id/rotate`, async (request, reply) => {
    const visit = adminOf(request);
    const { id } = await ownKey(parts, visit, request.params);
    return sendKeys(parts, reply, visit, { made: await rotateKey(core, visit.realm.tenant, id), status: 201 });
  });

  app.post(`${HOME}/:mode/keys/:id/revoke`, async (request, reply) => {
    const visit = adminOf(request);
    const { id } = await ownKey(parts, visit, request.params);
    await revokeKey(core, visit.realm.tenant, id);
    return reply.redirect(`${HOME}/${visit.mode}/keys?done=revoked`, 303);
  });
}

/** The keys of this mode, the newest first. */
export const keysOf = async ({ core }: PageParts, { realm }: Visit): Promise<KeyMetadata[]> =>
  (await listKeys(core, realm.tenant, '')).filter(({ mode }) => mode === realm.mode);

async function ownKey(parts: PageParts, visit: Visit, params: unknown): Promise<KeyMetadata> {
  const { id } = byId.parse(params);
  const found = (await keysOf(parts, visit)).find((key) => key.id === `key_${id}`);
  if (!found) throw new ServiceFault('not-found', 'There is no such key.');
  return found;
}

interface Shown {
  readonly made?: string;
  readonly notice?: Notice | null;
  readonly status?: number;
}

async function sendKeys(
  parts: PageParts,
  reply: FastifyReply,
  visit: Visit,
  { made, notice = null, status = 200 }: Shown,
): Promise<FastifyReply> {
  const { keys: words, none } = visit.spoken.portal;
  const keys = await keysOf(parts, visit);
  return sendPortal(reply, visit, {
    section: 'keys',
    status,
    notice,
    body: html`<p class="lead">${words.text}</p>
${
  made !== undefined &&
  html`<section class="card made" role="status"><h2>${words.made}</h2><p>${words.madeText}</p>${secretValue(visit, 'made-key', made)}</section>`
}
${keys.length === 0 ? empty(none.keys) : html`<ul class="rows">${keys.map((key) => row(visit, key))}</ul>`}
${visit.admin && form(visit)}
<section class="card">${facts([[words.appId, html`<code>${bareId(visit.realm.tenant)}</code>`]])}</section>`,
  });
}

function row(visit: Visit, key: KeyMetadata): Markup {
  const { keys: words } = visit.spoken.portal;
  const action = `${HOME}/${visit.mode}/keys/${bareId(key.id)}`;
  return html`<li class="row key"><div><strong>${key.label}</strong> <span class="soft">${kindOf(key)?.label ?? ''}</span><br><code>${key.prefix}…</code></div>
<span class="soft">${words.since} ${time(key.createdAt, visit.spoken)}</span>
${
  visit.admin &&
  html`<div class="acts">${confirmed(visit, { action: `${action}/rotate`, label: words.rotate, text: words.rotateText })}${confirmed(visit, { action: `${action}/revoke`, label: words.revoke, text: words.revokeText })}</div>`
}</li>`;
}

function form(visit: Visit): Markup {
  const { keys: words } = visit.spoken.portal;
  return html`<section class="card"><h2>${words.add}</h2>
<form class="fields" method="post" action="${HOME}/${visit.mode}/keys">
<input type="hidden" name="proof" value="${visit.proof}">
<p><label for="kind">${words.kind}</label><select id="kind" name="kind">${kindsOf(visit).map(({ label }, index) => html`<option value="${index}">${label}</option>`)}</select></p>
<p><label for="label">${words.label}</label><input id="label" name="label" maxlength="100" autocomplete="off" aria-describedby="label-hint"><span id="label-hint" class="soft">${words.labelHint}</span></p>
<button type="submit">${words.create}</button>
</form></section>`;
}

const kindsOf = ({ mode }: Visit): readonly KeyKind[] => KINDS.filter((kind) => kind.mode === mode);

/** Which kind a key is of, by what can be seen of it. */
const kindOf = ({ prefix, mode, scope }: KeyMetadata): KeyKind | undefined =>
  KINDS.find((kind) => kind.mode === mode && prefix.startsWith(kind.prefix) && (kind.scope === scope || scope === null));

const KINDS: readonly KeyKind[] = INTERFACES.flatMap(({ keys }) => keys);
const byId = z.object({
  id: z
    .string()
    .regex(/^[A-Za-z0-9]{16}$/)
    .catch(''),
});
const newKey = z.object({
  kind: z.coerce.number().int().min(0).max(100).catch(-1),
  label: z
    .string()
    .trim()
    .max(100)
    .regex(/^\P{Cc}*$/u)
    .catch(''),
});
