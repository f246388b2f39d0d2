/** What is known of a whole document: the immutable model that every reader fills. */
import type { Bytes } from '../base/bytes.ts';
import type { Malformed } from '../base/parsed.ts';
import type { ContainerFacts } from './container.ts';
import type { EvidenceRecordFacts } from './evidence-record.ts';
import type { CertificateId, RevocationId, TimestampId } from './id.ts';
import type { SignatureFacts } from './signature.ts';
import type { TimestampFacts } from './timestamp.ts';

export type DocumentFormat = 'PDF' | 'CMS' | 'XML' | 'ASiC-S' | 'ASiC-E' | 'TST' | 'ER';

export interface DocumentFacts {
  readonly format: DocumentFormat;
  /** In document order; for PDF in the order of their revisions. */
  readonly signatures: readonly SignatureFacts[];
  /** Every time-stamp of the document by id, in document order. */
  readonly timestamps: ReadonlyMap<TimestampId, TimestampFacts>;
  /** Every certificate found anywhere in the document: DER. */
  readonly certificates: ReadonlyMap<CertificateId, Bytes>;
  readonly revocations: ReadonlyMap<RevocationId, EncodedRevocation>;
  /** Left out where the reader of the format knows of none. */
  readonly evidenceRecords?: readonly EvidenceRecordFacts[];
  /** Left out where the document is no container. */
  readonly container?: ContainerFacts;
  /** Tokens that stand where a signature or time-stamp belongs and could not be read: never dropped silently. */
  readonly unreadable: readonly UnreadableToken[];
  readonly pdf: { readonly pages: number | null; readonly revisions: number; readonly hasDss: boolean } | null;
}

export interface EncodedRevocation {
  readonly kind: 'crl' | 'ocsp';
  readonly bytes: Bytes;
}

export interface UnreadableToken {
  /** `signature-field`: a dictionary in the place of a signature that is neither one nor a time-stamp. */
  readonly kind: 'signature' | 'timestamp' | 'certificate' | 'revocation' | 'evidence-record' | 'manifest' | 'signature-field';
  readonly name: string | null;
  readonly malformed: Malformed;
}
