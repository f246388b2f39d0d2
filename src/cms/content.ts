/** What a signature is over, as its verifier asks for it: digests first, so that the octets need not be in memory. */
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { digest } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';

export interface SignedContent {
  /** Digest of the content; null where the runtime cannot compute it or only other digests are known. */
  digest(name: DigestName): Bytes | null;
  /** The octets, in parts; null where only digests are known. Needed for a signature without signed attributes alone. */
  octets(): readonly Bytes[] | null;
}

/** A content in memory, whose digests are computed once. */
export function contentOf(...parts: readonly Bytes[]): SignedContent {
  const known = new Map<DigestName, Bytes | null>();
  return {
    digest(name) {
      let value = known.get(name);
      if (value === undefined) {
        value = digestOrNull(name, ...parts);
        known.set(name, value);
      }
      return value;
    },
    octets: () => parts,
  };
}

/** A content of which one digest alone is known. */
export const contentOfDigest = (name: DigestName, value: Bytes): SignedContent => ({
  digest: (asked) => (asked === name ? value : null),
  octets: () => null,
});

/** The digest, or null where this runtime has no such digest. */
export function digestOrNull(name: DigestName, ...parts: readonly Bytes[]): Bytes | null {
  try {
    return digest(name, ...parts);
  } catch (error) {
    if (error instanceof Fault && error.code === 'unsupported') return null;
    throw error;
  }
}
