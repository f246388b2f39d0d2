/** What an evidence record says in either syntax (RFC 4998, 3 to 5; RFC 6283, 2 to 4), as its reader needs it. */
import type { Bytes } from '../base/bytes.ts';
import type { Parsed } from '../base/parsed.ts';
import type { DigestName } from '../crypto/names.ts';
import type { TimestampToken } from '../tsp/token.ts';
import type { CanonicalMethod } from '../xml/canonicalize.ts';

export interface RecordStructure {
  readonly type: 'ASN1' | 'XML';
  readonly bytes: Bytes;
  /** Whether the archived data was encrypted (RFC 4998, 5.4): what is vouched for is then the ciphertext. */
  readonly encrypted: boolean;
  /** Oldest first; at least one, each with at least one time-stamp. */
  readonly chains: readonly ChainStructure[];
  /** Material beside the tokens, and what departs from the syntax and leaves the meaning clear. */
  readonly material: RecordMaterial;
  readonly problems: readonly string[];
}

export interface ChainStructure {
  /** Oldest first. */
  readonly timestamps: readonly StampStructure[];
  /** Encodings that the chains before this one may have had when this one was made; none where the method is not known. */
  sequenceBefore(): readonly Bytes[];
  /** In XML data objects that are XML are hashed in this form; null: as they are (RFC 6283, 3.1.1). */
  readonly method: CanonicalMethod | null;
}

export interface StampStructure {
  /** The algorithm of the tree; null where it is unknown. */
  readonly digest: DigestName | null;
  /** The lists of hash values, the one with the data objects first; null where there is no tree. */
  readonly tree: readonly (readonly Bytes[])[] | null;
  /** The encoding of the time-stamp, over which the next one of the chain is; null where its form is not known. */
  readonly encoding: Bytes | null;
  readonly token: Parsed<TimestampToken>;
}

/** DER certificates, CRLs and OCSP responses. */
export interface RecordMaterial {
  readonly certificates: readonly Bytes[];
  readonly crls: readonly Bytes[];
  readonly ocsps: readonly Bytes[];
}

export const NO_MATERIAL: RecordMaterial = { certificates: [], crls: [], ocsps: [] };

/** Renewed yearly for a millennium. */
export const MAXIMUM_TIMESTAMPS = 1000;
