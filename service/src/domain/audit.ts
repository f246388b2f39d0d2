/** The log of a request: each event is chained to the one before by its hash, so that nothing can be taken out or put in unseen. */
import { createHash, randomBytes } from 'node:crypto';
import type { Row, Tx } from '../storage/database.ts';
import type { Vault } from '../storage/vault.ts';
import type { EventType, LoggedEvent } from './model.ts';

export type EventDetails = Readonly<Record<string, string | number | boolean | null>>;

export interface NewEvent {
  readonly type: EventType;
  readonly actor: string;
  readonly details?: EventDetails;
}

/** Appends an event. The caller holds the row of the request, so that no two events get one number. */
export async function logEvent(
  tx: Tx,
  { vault, clock }: { readonly vault: Vault; readonly clock: () => number },
  requestId: string,
  event: NewEvent,
): Promise<void> {
  const last = await tx
    .selectFrom('events')
    .select(['sequence', 'hash', 'at'])
    .where('request_id', '=', requestId)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  const sequence = (last?.sequence ?? 0) + 1;
  const details = event.details === undefined ? null : JSON.stringify({ salt: randomBytes(16).toString('hex'), ...event.details });
  const linked = {
    request_id: requestId,
    sequence,
    // A clock that was set back does not turn the order around.
    at: Math.max(clock(), last?.at ?? 0),
    type: event.type,
    actor: event.actor,
    details_digest: details === null ? null : sha256(details),
    previous: last?.hash ?? START,
  };
  await tx
    .insertInto('events')
    .values({
      ...linked,
      details_sealed: details === null ? null : vault.seal(details, placeOf(requestId, sequence)),
      hash: hashOf(linked),
    })
    .execute();
}

/** The log in order; details that were erased are null. */
export function readEvents(rows: readonly Row<'events'>[], vault: Vault): LoggedEvent[] {
  return rows.map((row) => ({
    sequence: row.sequence,
    at: row.at,
    type: row.type as EventType,
    actor: row.actor,
    ...saltedDetails(row.details_sealed === null ? null : vault.open(row.details_sealed, placeOf(row.request_id, row.sequence))),
    detailsDigest: row.details_digest,
    previous: row.previous,
    hash: row.hash,
  }));
}

/** The number of the first event that does not fit its chain, or null where all do. */
export function brokenLink(rows: readonly Row<'events'>[], vault: Vault): number | null {
  let previous = START;
  for (const [index, row] of rows.entries()) {
    const details = row.details_sealed === null ? null : vault.open(row.details_sealed, placeOf(row.request_id, row.sequence));
    const fits =
      row.sequence === index + 1 &&
      row.previous === previous &&
      row.hash === hashOf(row) &&
      (details === null || sha256(details) === row.details_digest);
    if (!fits) return index + 1;
    previous = row.hash;
  }
  return null;
}

type Linked = Pick<Row<'events'>, 'request_id' | 'sequence' | 'at' | 'type' | 'actor' | 'details_digest' | 'previous'>;

/** SHA-256 over the JSON array of what is linked: anybody can compute it again. */
const hashOf = ({ request_id, sequence, at, type, actor, details_digest, previous }: Linked): string =>
  sha256(JSON.stringify([previous, request_id, sequence, at, type, actor, details_digest]));

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

const placeOf = (requestId: string, sequence: number): string => `event ${requestId} ${sequence}`;

function saltedDetails(text: string | null): Pick<LoggedEvent, 'details' | 'salt'> {
  if (text === null) return { details: null, salt: null };
  const { salt, ...details } = JSON.parse(text) as Record<string, string | number | boolean | null>;
  return { details, salt: String(salt) };
}

/** What the first event is chained to. */
const START = '0'.repeat(64);
