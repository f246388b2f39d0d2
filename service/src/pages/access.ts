/**
 * Who may see a signing page. A link opens it and gives it a session, which stands in the page and goes with each act: no
 * cookie, so nothing that another site could make a browser send. A page in a frame has a session of another purpose.
 */
import type { Core } from '../domain/core.ts';
import { ServiceFault } from '../domain/fault.ts';
import { bareId } from '../domain/ids.ts';
import type { RequestRecord } from '../domain/model.ts';
import { withSigners } from '../domain/records.ts';
import type { PageParts } from './parts.ts';

export interface Access {
  readonly framed: boolean;
  readonly session: string;
}

/** How an address proves itself: by the token of a link, or that of a frame. */
export interface Proof {
  readonly t?: string | undefined;
  readonly embed?: string | undefined;
}

export type Opened = 'open' | 'framed' | 'expired' | 'invalid';

/** Whether a proof opens the page of this request or signer, named by its id without prefix. */
export function openedBy({ core, embed }: PageParts, proof: Proof, bare: string, request: string | null): Opened {
  if (proof.embed !== undefined) return request !== null && openEmbed(embed, proof.embed, core.clock()) === request ? 'framed' : 'invalid';
  const opened = core.links.open('sign', proof.t ?? '', core.clock());
  if (opened === null || opened.subject !== bare) return 'invalid';
  return opened.expired ? 'expired' : 'open';
}

/** A session for one signer. */
export const newSession = ({ links, clock }: Core, signer: string, framed: boolean): Access => ({
  framed,
  session: links.token(framed ? 'embed' : 'session', bareId(signer), clock() + SESSION),
});

/** Throws `ServiceFault` `unauthorized` where the session is not this signer's, or is over. */
export function requireSession({ links, clock }: Core, bare: string, session: unknown): Access {
  const token = typeof session === 'string' ? session : '';
  for (const framed of [false, true]) {
    const opened = links.open(framed ? 'embed' : 'session', token, clock());
    if (opened !== null && opened.subject === bare && !opened.expired) return { framed, session: token };
  }
  throw new ServiceFault('unauthorized', 'This session is over.');
}

/** An address of the document that holds as long as a session. */
export const documentUrl = ({ links, clock }: Core, signer: string): string =>
  `/w/s/${bareId(signer)}/document?d=${links.token('document', bareId(signer), clock() + SESSION)}`;

/** The request of a signer, or null. */
export async function requestOfSigner({ store, vault }: Core, signer: string): Promise<RequestRecord | null> {
  const row = await store.db
    .selectFrom('requests')
    .innerJoin('signers', 'signers.request_id', 'requests.id')
    .selectAll('requests')
    .where('signers.id', '=', signer)
    .executeTakeFirst();
  return row ? withSigners(store.db, row, vault) : null;
}

export async function requestById({ store, vault }: Core, id: string): Promise<RequestRecord | null> {
  const row = await store.db.selectFrom('requests').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? withSigners(store.db, row, vault) : null;
}

function openEmbed(embed: PageParts['embed'], token: string, now: number): string | null {
  try {
    return embed.open(token, now);
  } catch {
    return null;
  }
}

const SESSION = 2 * 3_600_000;
