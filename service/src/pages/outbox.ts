/** The outbox: mails that do not leave the house, for development. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ServiceFault } from '../domain/fault.ts';
import { readOutbox } from '../domain/messages.ts';
import { pageMarkup, sendPage } from './layout.ts';
import { html, type Markup } from './markup.ts';
import type { PageParts } from './parts.ts';
import { wordsFor } from './signing-routes.ts';
import { dateText, type Words } from './words.ts';

/** Only where it was asked for, or where no mail can leave and nobody but this machine is served: the mails hold links and codes. */
export const offersOutbox = ({ outbox, smtpUrl, host }: PageParts['configuration']): boolean =>
  outbox ?? (smtpUrl === undefined && LOOPBACK.test(host));

export function outboxRoutes(app: FastifyInstance, { core, configuration }: PageParts): void {
  if (!offersOutbox(configuration)) return;
  app.get('/w/outbox', async (request, reply) => {
    // A name of somebody else that leads here would be somebody else's page reading along; a proxy may call us by the name that it knows.
    if (configuration.outbox !== true && ![hostOf(request), hostOf(new URL(core.links.origin))].every((host) => LOOPBACK.test(host)))
      throw new ServiceFault('not-found', 'There is nothing at this address.');
    const words = wordsFor(request, null);
    const messages = await readOutbox(core, ['test', 'live'], SHOWN);
    const cards = messages.map(
      (message) => html`<article class="card mail"><h2>${message.subject || message.channel.toUpperCase()}</h2>
<p class="soft">${words.to} ${message.to} · ${words.kept} ${dateText(message.createdAt, words)}</p>
<pre>${linked(message.body, core.links.origin)}</pre></article>`,
    );
    return sendPage(reply, 200, outboxPage(words, cards));
  });
}

const outboxPage = (words: Words, cards: readonly Markup[]): string =>
  pageMarkup({
    words,
    title: words.outboxTitle,
    query: {},
    body: html`<h1>${words.outboxTitle}</h1><p class="soft">${words.outboxText}</p>${cards.length > 0 ? cards : html`<p>${words.outboxEmpty}</p>`}`,
  });

/** The service's own addresses become links; foreign ones stay text. */
export const linked = (body: string, origin: string): readonly Markup[] =>
  body
    .split(/(https?:\/\/[^\s]+)/)
    .map((piece) => (piece.startsWith(`${origin}/w/`) ? html`<a href="${piece}">${piece}</a>` : html`${piece}`));

const hostOf = ({ hostname }: Pick<FastifyRequest, 'hostname'>): string => hostname.replace(/^\[|\]$/g, '');

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;
const SHOWN = 100;
