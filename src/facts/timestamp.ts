/** What is known of one time-stamp (RFC 3161), before anything is judged. */
import type { Instant } from '../base/instant.ts';
import type { AlgorithmUse, DigestName, ValueCheck } from '../crypto/names.ts';
import type { AnyId, TimestampId } from './id.ts';
import type { PdfSignatureFacts } from './pdf.ts';
import type { CmsStructure, Material, ReferenceFacts, SignerIdentification } from './signature.ts';

export type TimestampType = 'content' | 'signature' | 'validation-data' | 'archive' | 'document' | 'container';

export interface TimestampFacts {
  readonly id: TimestampId;
  readonly type: TimestampType;
  /** File in a container, field in a PDF, or null. */
  readonly name: string | null;
  /** genTime. */
  readonly time: Instant;
  /** Milliseconds; null where the token states none. */
  readonly accuracy: number | null;
  readonly ordering: boolean;
  readonly policy: string;
  readonly serial: string;
  readonly imprintAlgorithm: DigestName | null;
  /** The message imprint first (MESSAGE_IMPRINT), then the token's own message digest where it does not agree. */
  readonly references: readonly ReferenceFacts[];
  readonly value: ValueCheck;
  readonly algorithm: AlgorithmUse;
  readonly signer: SignerIdentification;
  /** Whether the TSA name in the token is a name of its certificate; null where the token states none. */
  readonly tsaNameMatches: boolean | null;
  /** Critical extensions of the token (OIDs) that are not processed here: it means something unknown. Left out where there is none. */
  readonly unknownCritical?: readonly string[];
  /** What existed at its time if it is good (EN 319 102-1, 5.6.2.3): ids of tokens, certificates, revocation data, data. */
  readonly covers: readonly AnyId[];
  /** Whether it protects long-term material: an archive time-stamp, or a document time-stamp after a DSS. */
  readonly protectsMaterial: boolean;
  readonly material: Material;
  readonly cms: CmsStructure;
  readonly pdf: PdfSignatureFacts | null;
  readonly structureProblems: readonly string[];
}
