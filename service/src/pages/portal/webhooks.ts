/** Webhooks: added, tried, ended. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { INTERFACES } from '../../dialects/dialects.ts';
import { ServiceFault } from '../../domain/fault.ts';
import { bareId } from '../../domain/ids.ts';
import { changeEndpoint, disableEndpoint, type Endpoint, listEndpoints, newSecret, saveEndpoint } from '../../webhooks/endpoints.ts';
import { sendTestEvent } from '../../webhooks/test-event.ts';
import { html, type Markup } from '../markup.ts';
import type { PageParts } from '../parts.ts';
import { labelOf } from './requests.ts';
import { badge, button, confirmed, empty, type Notice, secretValue, sendPortal, time } from './shell.ts';
import { adminOf, HOME, type Visit, visitOf } from './visit.ts';

export function webhookRoutes(app: FastifyInstance, parts: PageParts): void {
  const { core, configuration } = parts;

  app.get(`${HOME}/:mode/webhooks`, async (request, reply) => {
    const visit = visitOf(request);
    const { webhooks: words } = visit.spoken.portal;
    const told = new Map([
      ['disabled', words.disabled],
      ['saved', words.added],
    ]);
    const text = told.get(visit.query['done'] ?? '');
    return sendWebhooks(parts, reply, visit, { notice: text === undefined ? null : { tone: 'good', text } });
  });

  app.post(`${HOME}/:mode/webhooks`, async (request, reply) => {
    const visit = adminOf(request);
    const given = newWebhook.parse(request.body ?? {});
    if (!core.dialects.has(given.interface)) throw new ServiceFault('not-found', 'There is no such interface.');
    try {
      const { secret } = await saveEndpoint(core, visit.realm, given.interface, given.url, configuration.webhookPrivateHosts, {
        description: given.description === '' ? null : given.description,
        ...(given.secret !== '' && { secret: given.secret }),
      });
      return given.secret === ''
        ? await sendWebhooks(parts, reply, visit, { secret, status: 201 })
        : reply.redirect(`${HOME}/${visit.mode}/webhooks?done=saved`, 303);
    } catch (error) {
      if (!(error instanceof ServiceFault) || error.code !== 'unsafe-url') throw error;
      return sendWebhooks(parts, reply, visit, { given, status: 422, notice: { tone: 'bad', text: visit.spoken.portal.webhooks.unsafe } });
    }
  });

  app.post(`${HOME}/:mode/webhooks/:id/test`, async (request, reply) => {
    const visit = adminOf(request);
    const delivery = await sendTestEvent(core, visit.realm, `whk_${byId.parse(request.params).id}`);
    return reply.redirect(`${HOME}/${visit.mode}/deliveries/${bareId(delivery)}?done=tested`, 303);
  });

  app.post(`${HOME}/:mode/webhooks/:id/secret`, async (request, reply) => {
    const visit = adminOf(request);
    const secret = newSecret();
    await changeEndpoint(core, visit.realm, `whk_${byId.parse(request.params).id}`, { secret }, configuration.webhookPrivateHosts);
    return sendWebhooks(parts, reply, visit, { secret, renewed: true });
  });

  app.post(`${HOME}/:mode/webhooks/:id/disable`, async (request, reply) => {
    const visit = adminOf(request);
    await disableEndpoint(core, visit.realm, `whk_${byId.parse(request.params).id}`);
    return reply.redirect(`${HOME}/${visit.mode}/webhooks?done=disabled`, 303);
  });
}

interface Shown {
  readonly secret?: string;
  /** The secret takes the place of another. */
  readonly renewed?: boolean;
  /** What was given and is refused. */
  readonly given?: z.output<typeof newWebhook>;
  readonly notice?: Notice | null;
  readonly status?: number;
}

async function sendWebhooks(
  { core }: PageParts,
  reply: FastifyReply,
  visit: Visit,
  { secret, renewed = false, given, notice = null, status = 200 }: Shown,
): Promise<FastifyReply> {
  const { webhooks: words, none } = visit.spoken.portal;
  const endpoints = (await listEndpoints(core, visit.realm)).sort((one, other) => Number(one.disabled) - Number(other.disabled));
  return sendPortal(reply, visit, {
    section: 'webhooks',
    status,
    notice,
    body: html`<p class="lead">${words.text}</p>
${
  secret !== undefined &&
  html`<section class="card made" role="status"><h2>${words.secret}</h2><p>${renewed ? words.renewed : words.saved}</p>${secretValue(visit, 'made-secret', secret)}<p class="soft">${words.secretText}</p></section>`
}
${endpoints.length === 0 ? empty(none.endpoints) : html`<ul class="rows">${endpoints.map((endpoint) => row(visit, endpoint))}</ul>`}
${visit.admin && form(visit, given)}`,
  });
}

function row(visit: Visit, endpoint: Endpoint): Markup {
  const { webhooks: words } = visit.spoken.portal;
  const action = `${HOME}/${visit.mode}/webhooks/${bareId(endpoint.id)}`;
  const state = endpoint.disabled
    ? badge('none', words.ended)
    : endpoint.pausedUntil !== null
      ? badge('bad', words.paused)
      : badge('good', words.active);
  return html`<li class="row webhook"><div><strong class="address">${endpoint.url}</strong><br><span class="soft">${[labelOf(endpoint.dialect), endpoint.description].filter(Boolean).join(' · ')}${endpoint.topics !== null && ` · ${words.topics}: ${endpoint.topics.join(', ')}`}</span></div>
<span>${state}<br><span class="soft">${time(endpoint.createdAt, visit.spoken)}</span></span>
<div class="acts"><a href="${HOME}/${visit.mode}/deliveries?webhook=${bareId(endpoint.id)}">${words.deliveries}</a>${
    visit.admin &&
    !endpoint.disabled &&
    html`${button(visit, `${action}/test`, words.test)}${confirmed(visit, { action: `${action}/secret`, label: words.renew, text: words.renewText })}${confirmed(visit, { action: `${action}/disable`, label: words.disable, text: words.disableText })}`
  }</div></li>`;
}

function form(visit: Visit, given: Shown['given']): Markup {
  const { webhooks: words } = visit.spoken.portal;
  return html`<section class="card"><h2>${words.add}</h2>
<form class="fields" method="post" action="${HOME}/${visit.mode}/webhooks">
<input type="hidden" name="proof" value="${visit.proof}">
<p><label for="url">${words.url}</label><input id="url" name="url" type="url" required maxlength="2000" autocomplete="off" aria-describedby="url-hint" value="${given?.url ?? ''}"${given && html` aria-invalid="true"`}><span id="url-hint" class="soft">${words.urlHint}</span></p>
<p><label for="interface">${words.interface}</label><select id="interface" name="interface">${INTERFACES.map(
    ({ name, label }) => html`<option value="${name}"${name === given?.interface && html` selected`}>${label}</option>`,
  )}</select></p>
<p><label for="description">${words.description}</label><input id="description" name="description" maxlength="200" autocomplete="off" value="${given?.description ?? ''}"></p>
<p><label for="secret">${words.own}</label><input id="secret" name="secret" minlength="8" maxlength="200" autocomplete="off" spellcheck="false" aria-describedby="secret-hint"><span id="secret-hint" class="soft">${words.ownHint}</span></p>
<button type="submit">${words.add}</button>
</form></section>`;
}

const byId = z.object({
  id: z
    .string()
    .regex(/^[A-Za-z0-9]{16}$/)
    .catch(''),
});
const newWebhook = z.object({
  url: z.string().trim().max(2000).catch(''),
  interface: z.string().max(40).catch(''),
  description: z.string().trim().max(200).catch(''),
  secret: z.string().min(8).max(200).or(z.literal('')).catch(''),
});
