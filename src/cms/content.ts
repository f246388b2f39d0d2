/** What a signature is over, as its verifier asks for it: digests first, so that the octets need not be in memory. */
import type { Bytes } from '../base/bytes.ts';
import type { Source } from '../base/source.ts';
import { canDigest, digest, digestOf, pieces, type Range } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';

export interface SignedContent {
  /** Digest of the content; null where the runtime cannot compute it or only other digests are known. */
  digest(name: DigestName): Bytes | null;
  /** The octets, in parts; null where only digests are known. Needed for a signature without signed attributes alone. */
  octets(): Iterable<Bytes> | null;
}

/** A content in memory, whose digests are computed once. */
export const contentOf = (...parts: readonly Bytes[]): SignedContent => ({
  digest: remembered((name) => digest(name, ...parts)),
  octets: () => parts,
});

/** Ranges of a document (all of it where left out), read piece by piece. */
export const contentOfSource = (source: Source, ranges: readonly Range[] = [{ offset: 0, length: source.size }]): SignedContent => ({
  digest: remembered((name) => digestOf(name, source, ranges)),
  octets: () => pieces(source, ranges),
});

/** A content of which one digest alone is known. */
export const contentOfDigest = (name: DigestName, value: Bytes): SignedContent => ({
  digest: (asked) => (asked === name ? value : null),
  octets: () => null,
});

/** The digest, or null where this runtime has no such digest. */
export const digestOrNull = (name: DigestName, ...parts: readonly Bytes[]): Bytes | null =>
  canDigest(name) ? digest(name, ...parts) : null;

function remembered(compute: (name: DigestName) => Bytes): (name: DigestName) => Bytes | null {
  const known = new Map<DigestName, Bytes | null>();
  return (name) => {
    const value = known.get(name) ?? (canDigest(name) ? compute(name) : null);
    known.set(name, value);
    return value;
  };
}
