/** Document time-stamps (EN 319 142-1, 5.4.3; ISO 32000-2, 12.8.5): a token over the whole file, in a field of its own. */
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { exact } from '../base/options.ts';
import type { Source } from '../base/source.ts';
import { latin1, toHex, utf8 } from '../base/text.ts';
import { digest as digestBytes } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';
import { add, patch, serializeUpdate, startUpdate, type Updated, updatedSource } from '../pdf/append.ts';
import type { PdfDocument } from '../pdf/document.ts';
import { addSignatureField } from '../pdf/form.ts';
import { dict, name } from '../pdf/object.ts';
import type { TimestampAuthority } from '../tsp/timestamp-authority.ts';
import { declareExtensions } from './extensions.ts';
import { CONTENTS, coveredDigest, freeFieldName, reservedEntries, settleByteRange } from './reserved.ts';

export interface DocumentTimestampOptions {
  /** Of the imprint; default SHA-256, or the best that the authority takes. */
  readonly digest?: DigestName;
  /** Name of the new field; default the first free `Timestamp1`, `Timestamp2`, … */
  readonly field?: string;
}

/**
 * The document with one more time-stamp over all of it; its octets so far are a prefix. No certification forbids that
 * (ISO 32000-2, 12.8.2.2). Where the token is larger than the room for it, it is asked for again with more room.
 *
 * Throws `Fault` `timestamp-refused`, `network`, `refused` (damaged file, field name taken), `unsupported` (encrypted).
 */
export async function addDocumentTimestamp(
  document: PdfDocument,
  authority: TimestampAuthority,
  options: DocumentTimestampOptions = {},
): Promise<Source> {
  exact('addDocumentTimestamp', options, ['digest', 'field']);
  const { field = freeFieldName(document, 'Timestamp') } = options;
  const digest = options.digest ?? (authority.digests?.includes('SHA-256') === false ? authority.digests[0] : null) ?? 'SHA-256';
  let room = FIRST_ROOM;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const updated = withEmptyTimestamp(document, field, room);
    const contents = settleByteRange(updated);
    const token = await authority.stamp(coveredDigest(digest, updated, contents), digest);
    if (token.length <= room) {
      patch(updated, CONTENTS, latin1(toHex(token)), 1);
      return updatedSource(updated);
    }
    room = token.length + MORE;
  }
  throw new Fault('timestamp-refused', `the time-stamp tokens grow with each request: none fitted after ${ATTEMPTS} attempts`);
}

function withEmptyTimestamp(document: PdfDocument, field: string, room: number): Updated {
  const update = startUpdate(document);
  const value = add(
    update,
    dict({
      Type: name('DocTimeStamp'),
      Filter: name('Adobe.PPKLite'),
      SubFilter: name('ETSI.RFC3161'),
      ...reservedEntries(room),
    }),
  );
  addSignatureField(update, { name: field, value });
  declareExtensions(update);
  return serializeUpdate(update, { id: revisionId(document, field, room) });
}

/** Second element of /ID: changes with each revision, and is the same for the same inputs (14.4). */
const revisionId = ({ size }: PdfDocument, field: string, room: number): Bytes =>
  digestBytes('SHA-256', utf8(`${size} ${field} ${room}`)).subarray(0, 16);

/** Room for a token with its chain; most take 2 to 6 kB. */
const FIRST_ROOM = 8192;
/** Tokens of one authority differ by a few octets. */
const MORE = 512;
const ATTEMPTS = 3;
