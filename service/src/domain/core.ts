/** What the use cases work with: the world behind ports, handed over as one value. */
import type { BlobStore } from '../blobs/blobs.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Store } from '../storage/database.ts';
import type { Vault } from '../storage/vault.ts';
import type { Links } from './links.ts';
import type { IdentityMethod, Realm, RequestRecord, SignerRecord } from './model.ts';

export interface Core {
  readonly store: Store;
  readonly vault: Vault;
  readonly blobs: BlobStore;
  readonly jobs: Jobs;
  readonly links: Links;
  readonly inspector: DocumentInspector;
  readonly identityChecks: IdentityCheckPort;
  readonly dialects: ReadonlyMap<string, DialectPort>;
  /** There may soon be something to deliver. */
  readonly webhooksDue: () => void;
  readonly clock: () => number;
  readonly settings: CoreSettings;
}

export interface CoreSettings {
  readonly maximumUpload: number;
  readonly retentionDays: number;
  readonly idempotencyReplay: boolean;
  /** Ways of identification that really happen in live mode. */
  readonly liveMethods: readonly IdentityMethod[];
  /** Whether a remote signer for qualified signatures is configured. */
  readonly qualified: boolean;
}

/** Checks of a face and an identity document, by somebody else or played. */
export interface IdentityCheckPort {
  /** JPEG pictures that the check of a signer left; null where there was none. */
  pictures(about: { readonly realm: Realm; readonly signer: SignerRecord }): Promise<Pictures | null>;
}

export interface Pictures {
  readonly face: Uint8Array;
  readonly documentFront: Uint8Array;
  readonly documentBack: Uint8Array;
}

/** Looks into foreign files where they can do no harm. */
export interface DocumentInspector {
  inspect(bytes: Uint8Array, mediaType: string): Promise<Inspection>;
  /** PNG of the first page of a PDF; null where no picture can be made. */
  preview(bytes: Uint8Array): Promise<Uint8Array | null>;
}

export interface Inspection {
  readonly pages: number | null;
  /** Why this document cannot be signed, in words for the caller; null where it can. */
  readonly refusal: 'unreadable' | 'encrypted' | 'damaged' | null;
  /** Signatures that it holds already. */
  readonly signatures: number;
}

/** What happened, for those who want to be told. */
export interface Notice {
  readonly type: NoticeType;
  readonly at: number;
  readonly request: RequestRecord;
  readonly signer: SignerRecord | null;
}

export type NoticeType =
  | 'request.created'
  | 'request.completed'
  | 'request.expired'
  | 'request.cancelled'
  | 'request.declined'
  | 'signer.verified'
  | 'signer.verification-failed'
  | 'signer.signed'
  | 'signer.declined';

/** How one vendor's interface tells of notices. */
export interface DialectPort {
  /** Null: this interface knows no such event. */
  notification(notice: Notice, eventId: string, deliveryId: string): Notification | readonly Notification[] | null;
  newEventId(): string;
  /** What an address is sent to be tested, where the interface has an event for it. */
  testEvent?(at: number, eventId: string): Notification;
  /** Headers that prove who sends. */
  headers(delivery: {
    readonly secret: string;
    readonly url: string;
    readonly type: string;
    readonly body: string;
  }): Record<string, string>;
}

export interface Notification {
  readonly type: string;
  readonly body: string;
  /** What the address must want to hear of; default: nothing in particular. */
  readonly topic?: string;
}
