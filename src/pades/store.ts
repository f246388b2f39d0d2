/** Material of the document security store, read into the pool of the document (EN 319 142-1, 5.4; ISO 32000-2, 12.8.4.3). */

import type { Bytes } from '../base/bytes.ts';
import type { Parsed } from '../base/parsed.ts';
import { toHex } from '../base/text.ts';
import { addCertificate, addCrl, addOcsp, type Pool } from '../cms/pool.ts';
import { digest } from '../crypto/digest.ts';
import type { AnyId, Material, Origin, UnreadableToken } from '../facts/index.ts';
import type { PdfDocument } from '../pdf/document.ts';
import { type StoredStream, securityStoreHistory, type ValidationRelatedInformation } from '../pdf/dss.ts';

/** The store as it is now, and what it held in each revision. */
export interface Store {
  /** Certs, CRLs and OCSPs of the whole store. */
  readonly material: Material;
  readonly unreadable: readonly UnreadableToken[];
  readonly present: boolean;
  /** What a VRI entry holds for the signature with these /Contents (the key is the SHA-1 of them, upper-case hexadecimal). */
  vriOf(contents: Bytes): Material;
  /** The time-stamp token (/TS) of that entry, or null. */
  vriTimestampOf(contents: Bytes): Parsed<Bytes> | null;
  /** Ids of everything that the store held in revisions before this one (index, 0 the oldest); null where there was no store. */
  heldBefore(revision: number): readonly AnyId[] | null;
}

/** Reads the store of every revision; each stream once. */
export function storeOf(document: PdfDocument, pool: Pool): Store {
  const history = securityStoreHistory(document);
  const newest = history.at(-1)?.store ?? null;
  const reading: Reading = { pool, known: new Map(), unreadable: [] };
  const perRevision = history.map(({ revision, store }) => {
    const vri = [...store.vri.values()].map((entry) => materialOf(reading, entry, 'vri'));
    return { revision, ids: [materialOf(reading, store, 'dss'), ...vri].flatMap(idsOf) };
  });
  const entryOf = (contents: Bytes): ValidationRelatedInformation | null =>
    newest === null || newest.vri.size === 0 ? null : (newest.vri.get(toHex(digest('SHA-1', contents)).toUpperCase()) ?? null);
  return {
    material: newest === null ? NOTHING : materialOf(reading, newest, 'dss'),
    unreadable: reading.unreadable,
    present: newest !== null,
    vriOf: (contents) => {
      const entry = entryOf(contents);
      return entry === null ? NOTHING : materialOf(reading, entry, 'vri');
    },
    vriTimestampOf: (contents) => entryOf(contents)?.timestamp?.bytes ?? null,
    heldBefore: (revision) => {
      const earlier = perRevision.filter((one) => one.revision < revision);
      return earlier.length === 0 ? null : [...new Set(earlier.flatMap(({ ids }) => ids))];
    },
  };
}

/** What one stream turned out to be, by its key. */
interface Reading {
  readonly pool: Pool;
  readonly known: Map<string, { readonly certificates: readonly string[]; readonly revocations: readonly string[] }>;
  readonly unreadable: UnreadableToken[];
}

type Lists = Pick<ValidationRelatedInformation, 'certificates' | 'crls' | 'ocsps'>;

function materialOf(reading: Reading, { certificates, crls, ocsps }: Lists, origin: Origin): Material {
  const all = [
    ...certificates.map((stream) => read(reading, stream, 'certificate', addCertificateOf)),
    ...crls.map((stream) => read(reading, stream, 'revocation', addCrlOf)),
    ...ocsps.map((stream) => read(reading, stream, 'revocation', addOcspOf)),
  ];
  return {
    certificates: all.flatMap((one) => one.certificates.map((id) => ({ id, origin }))),
    revocations: all.flatMap((one) => one.revocations.map((id) => ({ id, origin }))),
  };
}

type Added = { readonly certificates: readonly string[]; readonly revocations: readonly string[] };

function read(reading: Reading, stream: StoredStream, kind: 'certificate' | 'revocation', add: (pool: Pool, bytes: Bytes) => Added): Added {
  const key = `${kind} ${stream.key}`;
  const known = reading.known.get(key);
  if (known !== undefined) return known;
  const bytes: Parsed<Bytes> = stream.bytes;
  if (!bytes.ok) reading.unreadable.push({ kind, name: 'DSS', malformed: bytes.malformed });
  const added = bytes.ok ? add(reading.pool, bytes.value) : EMPTY;
  reading.known.set(key, added);
  return added;
}

function addCertificateOf(pool: Pool, bytes: Bytes): Added {
  const certificate = addCertificate(pool, bytes);
  return certificate === null ? EMPTY : { certificates: [certificate.fingerprint], revocations: [] };
}

const addCrlOf = (pool: Pool, bytes: Bytes): Added => ({ certificates: [], revocations: [addCrl(pool, bytes).id] });

function addOcspOf(pool: Pool, bytes: Bytes): Added {
  const added = addOcsp(pool, bytes);
  return added === null ? EMPTY : { certificates: added.certificates.map(({ fingerprint }) => fingerprint), revocations: [added.id] };
}

/** Ids of all that a material names. */
export const idsOf = ({ certificates, revocations }: Material): AnyId[] => [...certificates, ...revocations].map(({ id }) => id);

const EMPTY: Added = { certificates: [], revocations: [] };
const NOTHING: Material = { certificates: [], revocations: [] };
