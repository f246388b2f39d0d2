/** The outbox of test mode: mails and short messages of one's own test requests, with their links and codes. */
import type { FastifyInstance } from 'fastify';
import { readOutbox } from '../../domain/messages.ts';
import { html } from '../markup.ts';
import { linked } from '../outbox.ts';
import type { PageParts } from '../parts.ts';
import { empty, sendPortal, time } from './shell.ts';
import { HOME, visitOf } from './visit.ts';

/** Only of test mode: codes of real signers prove who they are, and are nobody else's. */
export function outboxRoutes(app: FastifyInstance, { core }: PageParts): void {
  app.get(`${HOME}/test/outbox`, async (request, reply) => {
    const visit = visitOf(request);
    const { outbox: words, none } = visit.spoken.portal;
    const messages = await readOutbox(core, ['test'], SHOWN, visit.realm.tenant);
    const cards = messages.map(
      ({ subject, channel, to, createdAt, body }) =>
        html`<article class="card mail"><h2>${subject || channel.toUpperCase()}</h2><p class="soft">${words.to} ${to} · ${time(createdAt, visit.spoken)}</p><pre>${linked(body, core.links.origin)}</pre></article>`,
    );
    return sendPortal(reply, visit, {
      section: 'outbox',
      body: html`<p class="lead">${words.text}</p>${cards.length > 0 ? cards : empty(none.mails)}`,
    });
  });
}

const SHOWN = 50;
