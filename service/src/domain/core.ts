/** What the use cases work with: the world behind ports, handed over as one value. */
import type { BlobStore } from '../blobs/blobs.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Store } from '../storage/database.ts';
import type { Vault } from '../storage/vault.ts';
import type { Links } from './links.ts';
import type { IdentityMethod, Realm, RequestRecord, SignerRecord, VerificationOutcome } from './model.ts';

export interface Core {
  readonly store: Store;
  readonly vault: Vault;
  readonly blobs: BlobStore;
  readonly jobs: Jobs;
  readonly links: Links;
  readonly inspector: DocumentInspector;
  readonly identityChecks: IdentityCheckPort;
  /** Null where none is configured. */
  readonly identityProvider: IdentityProviderPort | null;
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

export type PictureKind = 'face' | 'document-front' | 'document-back';

/** JPEG pictures. */
export type Pictures = ReadonlyMap<PictureKind, Uint8Array>;

/** What a signer shows to be identified; pictures only where the way of identification asks for them. */
export interface ShownIdentity {
  readonly realm: Realm;
  readonly signer: SignerRecord;
  readonly number: string;
  readonly pictures: Pictures;
}

/** Not known yet: asked again by the reference, after so many milliseconds. */
export interface PendingCheck {
  readonly verified: null;
  readonly reference: string;
  readonly again: number;
}

/** Checks of a face and an identity document, by somebody else or played. */
export interface IdentityCheckPort {
  check(shown: ShownIdentity): Promise<VerificationOutcome | PendingCheck>;
  /** What has become of a check that was pending, of the signer with this name. */
  result(realm: Realm, reference: string, name: string): Promise<VerificationOutcome | PendingCheck>;
  /** Pictures that the check of a signer left; null where there was none. */
  pictures(about: { readonly realm: Realm; readonly signer: SignerRecord }): Promise<Pictures | null>;
}

/** Somebody where signers log in, and who then tells who they are. */
export interface IdentityProviderPort {
  readonly name: string;
  /** Ways of identification that this is. */
  readonly methods: readonly IdentityMethod[];
  /** The address to log in at, and what proves the answer, which comes back with `state`. */
  begin(login: {
    readonly state: string;
    readonly language: string;
  }): Promise<{ readonly url: string; readonly secrets: Readonly<Record<string, string>> }>;
  /** Reads the answer: the query of the address that the signer came back by. */
  finish(answer: URLSearchParams, secrets: Readonly<Record<string, string>>): Promise<ProviderAnswer>;
}

export type ProviderAnswer =
  | { readonly person: ProvidedPerson }
  /** `denied`: by the signer or there; `weak`: not by a way that is strong enough; `failed`: the answer proves nothing. */
  | { readonly person: null; readonly reason: 'denied' | 'weak' | 'failed' };

export interface ProvidedPerson {
  readonly issuer: string;
  readonly fullName: string | null;
  /** ISO date. */
  readonly birthDate: string | null;
  readonly documentNumber: string | null;
  readonly country: string | null;
  /** Only where it was proven there. */
  readonly email: string | null;
  readonly assurance: string | null;
  readonly loggedInAt: number | null;
  /** What the issuer signed. */
  readonly token: string;
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
  | 'request.failed'
  | 'signer.opened'
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
