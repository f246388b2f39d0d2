/** What is known of one evidence record (RFC 4998, RFC 6283), before anything is judged. */
import type { AnyId, EvidenceRecordId, SignatureId, TimestampId } from './id.ts';
import type { ReferenceFacts } from './signature.ts';

export interface EvidenceRecordFacts {
  readonly id: EvidenceRecordId;
  readonly type: 'ASN1' | 'XML';
  /** In an attribute of a signature, beside the data in a container, or supplied on its own. */
  readonly origin: 'signature' | 'container' | 'external';
  /** File in the container; null where it has none. */
  readonly name: string | null;
  /** The signature that holds it in an unsigned attribute; null for any other origin. */
  readonly signature: SignatureId | null;
  /**
   * Every data object that the record vouches for, by its first archive time-stamp: EVIDENCE_RECORD_ARCHIVE_OBJECT, or
   * EVIDENCE_RECORD_MASTER_SIGNATURE for the signature that holds it. An EVIDENCE_RECORD_ORPHAN_REFERENCE is a digest in the
   * group whose data object is not at hand: it is never `found`, and by itself no failure.
   */
  readonly references: readonly ReferenceFacts[];
  /**
   * Its archive time-stamps, oldest first; the tokens that can be read are among the time-stamps of the document, and belong to
   * no signature.
   * The references of each token after its MESSAGE_IMPRINT say what a renewal has to cover: the time-stamp before
   * (EVIDENCE_RECORD_ARCHIVE_TIME_STAMP), or for a new hash tree the sequence before
   * (EVIDENCE_RECORD_ARCHIVE_TIME_STAMP_SEQUENCE) and each data object again.
   */
  readonly timestamps: readonly TimestampId[];
  /** What existed at the time of the first archive time-stamp if the record is good. */
  readonly covers: readonly AnyId[];
  /** Files beside it that it should cover and does not. */
  readonly uncovered: readonly string[];
  readonly structureProblems: readonly string[];
}
