/** What is known of an ASiC container (EN 319 162-1), before anything is judged: what format checking asks for. */
import type { EvidenceRecordId, SignatureId, TimestampId } from './id.ts';

export interface ContainerFacts {
  readonly type: 'ASiC-S' | 'ASiC-E';
  /** Null where the ZIP has none. */
  readonly zipComment: string | null;
  /** Null where there is no mimetype file. */
  readonly mimetype: MimetypeFacts | null;
  /** Files outside META-INF other than mimetype: what there is to sign, folders left out. */
  readonly dataFiles: readonly string[];
  /** Those of them that lie in no folder. */
  readonly rootFiles: readonly string[];
  /** ASiCManifest, ASiCArchiveManifest and ASiCEvidenceRecordManifest files. */
  readonly manifests: readonly string[];
  /** Whether there is the list of files of an OpenDocument package, META-INF/manifest.xml. */
  readonly hasPackageManifest: boolean;
  readonly signatureFiles: readonly string[];
  readonly timestampFiles: readonly string[];
  readonly evidenceRecordFiles: readonly string[];
  /** Signature files, manifests and the like whose name is not as the standard has it (EN 319 162-1, 4). */
  readonly misnamed: readonly string[];
  /** What each signature, time-stamp and evidence record in a file of its own covers. */
  readonly coverage: ReadonlyMap<SignatureId | TimestampId | EvidenceRecordId, CoverageFacts>;
  /** What is wrong with the ZIP although it can be read: entries that stand twice, names that lead astray. */
  readonly problems: readonly string[];
}

export interface MimetypeFacts {
  /** Null where it is no text of a sensible length. */
  readonly content: string | null;
  /** First in the ZIP, stored and without extra field: what makes the type readable at a fixed place (EN 319 162-1, annex A). */
  readonly asRequired: boolean;
}

export interface CoverageFacts {
  /** The manifest that it signs; null where it covers a file directly, or no manifest was found. */
  readonly manifest: string | null;
  /** Files covered, through manifests that are covered as well; found ones only. */
  readonly files: readonly string[];
  /** Of a time-stamp: data files that what its manifest lists is over, and that this manifest does not list itself. Left out: none. */
  readonly unlisted?: readonly string[];
}
