/** Until when algorithms are reliable (ETSI TS 119 312): what policies and trusted lists go by, and how it is looked up. */
import { fromIso, type Instant } from '../base/instant.ts';
import type { AlgorithmUse, DigestName, SchemeName } from './names.ts';

export interface AlgorithmTables {
  /** Digest → the date (ISO 8601) from which it is not reliable any more, or null; one that is not listed is never acceptable. */
  readonly digests: Readonly<Partial<Record<DigestName, string | null>>>;
  readonly schemes: readonly AlgorithmRow[];
}

/** Keys of a scheme with at least so many bits are good until a date. 0: keys of every size. */
export interface AlgorithmRow {
  readonly scheme: SchemeName;
  readonly minimumBits: number;
  readonly until: string | null;
}

/** When something stops to be reliable. Null: no end; undefined: it is never acceptable. */
export type End = Instant | null | undefined;

/** The end of a signature algorithm with its key and its digest: the earlier of theirs. */
export function endOfUse(use: AlgorithmUse, tables: AlgorithmTables): End {
  const key = endOfKey(use, tables);
  if (key === undefined || (use.digest === null && DIGEST_INSIDE.has(use.scheme))) return key;
  const digest = endOfDigest(use.digest, tables);
  if (digest === undefined) return undefined;
  return key === null ? digest : digest === null ? key : Math.min(key, digest);
}

export const endOfDigest = (name: DigestName | null, tables: AlgorithmTables): End =>
  name === null ? undefined : readTables(tables).digests.get(name);

/** The latest end of the rows whose minimum the key reaches. */
function endOfKey({ scheme, keyBits }: AlgorithmUse, tables: AlgorithmTables): End {
  let latest: Instant | undefined;
  for (const { minimumBits, until } of readTables(tables).schemes.get(scheme ?? '') ?? []) {
    if (minimumBits > 0 && (keyBits === null || keyBits < minimumBits)) continue;
    if (until === null) return null;
    if (until !== undefined && (latest === undefined || until > latest)) latest = until;
  }
  return latest;
}

/** Tables with their dates read. A date that cannot be read ends reliability at once. */
interface ReadTables {
  readonly digests: ReadonlyMap<string, End>;
  readonly schemes: ReadonlyMap<string, readonly { readonly minimumBits: number; readonly until: End }[]>;
}

function readTables(tables: AlgorithmTables): ReadTables {
  const known = READ.get(tables);
  if (known) return known;
  const schemes = new Map<string, { minimumBits: number; until: End }[]>();
  for (const { scheme, minimumBits, until } of tables.schemes)
    schemes.set(scheme, [...(schemes.get(scheme) ?? []), { minimumBits, until: dateOf(until) }]);
  const read = { digests: new Map(Object.entries(tables.digests).map(([name, until]) => [name, dateOf(until)])), schemes };
  READ.set(tables, read);
  return read;
}

const dateOf = (until: string | null): End => (until === null ? null : (fromIso(until) ?? undefined));

/** Tables are data that nobody changes: each is read once. */
const READ = new WeakMap<AlgorithmTables, ReadTables>();

/** Schemes whose digest is part of the scheme. */
const DIGEST_INSIDE: ReadonlySet<SchemeName | null> = new Set(['EdDSA', 'ML-DSA', 'SLH-DSA']);

/** The ends that the reference implementation knows, in its version 6.4. */
export const ALGORITHM_ENDS: AlgorithmTables = {
  digests: {
    MD5: '2004-08-01',
    'SHA-1': '2012-08-01',
    RIPEMD160: '2014-08-01',
    WHIRLPOOL: '2020-12-01',
    'SHA-224': '2029-01-01',
    'SHA-256': null,
    'SHA-384': null,
    'SHA-512': null,
    'SHA3-256': null,
    'SHA3-384': null,
    'SHA3-512': null,
  },
  schemes: [
    { scheme: 'RSA', minimumBits: 786, until: '2010-08-01' },
    { scheme: 'RSA', minimumBits: 1024, until: '2019-10-01' },
    { scheme: 'RSA', minimumBits: 1900, until: '2029-01-01' },
    { scheme: 'RSASSA-PSS', minimumBits: 786, until: '2010-08-01' },
    { scheme: 'RSASSA-PSS', minimumBits: 1024, until: '2019-10-01' },
    { scheme: 'RSASSA-PSS', minimumBits: 1900, until: '2029-01-01' },
    { scheme: 'RSASSA-PSS', minimumBits: 3000, until: null },
    { scheme: 'DSA', minimumBits: 1024, until: '2015-12-01' },
    { scheme: 'DSA', minimumBits: 1900, until: '2029-01-01' },
    { scheme: 'DSA', minimumBits: 3000, until: null },
    { scheme: 'ECDSA', minimumBits: 160, until: '2012-08-01' },
    { scheme: 'ECDSA', minimumBits: 224, until: '2021-10-01' },
    { scheme: 'ECDSA', minimumBits: 256, until: null },
    { scheme: 'PLAIN-ECDSA', minimumBits: 160, until: '2012-08-01' },
    { scheme: 'PLAIN-ECDSA', minimumBits: 224, until: '2021-10-01' },
    { scheme: 'PLAIN-ECDSA', minimumBits: 256, until: null },
  ],
};
