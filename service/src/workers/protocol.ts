/** What is said between the service and the threads that handle foreign octets. Keys never go there: threads ask for signatures. */
import type { Inspection } from '../domain/core.ts';

export interface SealingTask {
  readonly kind: 'seal';
  readonly document: Uint8Array;
  readonly mediaType: string;
  readonly fileName: string;
  /** Goes into the document before it is signed. */
  readonly attachment: {
    readonly name: string;
    readonly mimeType: string;
    readonly content: Uint8Array;
    readonly description: string;
  } | null;
  readonly signatures: readonly SignatureToMake[];
  /** `T` where the certificates are revoked in the play, so that no level above can be made. */
  readonly level: 'T' | 'LT';
  readonly trust: readonly Uint8Array[];
  readonly at: number;
}

export interface SignatureToMake {
  readonly chain: readonly Uint8Array[];
  readonly scheme: 'ECDSA' | 'RSA';
  readonly name: string;
  readonly reason: string;
  /** Points, from the upper left corner of the page as it is seen. */
  readonly places: readonly {
    readonly page: number;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  }[];
}

export interface ValidationTask {
  readonly kind: 'validate';
  readonly document: Uint8Array;
  readonly detached: Uint8Array | null;
  readonly trust: readonly Uint8Array[];
  /** A snapshot in shared memory. */
  readonly trustedLists: Uint8Array | null;
  /** Certificates that the document may lack. */
  readonly certificates: readonly Uint8Array[];
  readonly at: number;
  readonly online: boolean;
  /** Asks for the report as a page, too. */
  readonly page: ReportPage | null;
}

export interface ReportPage {
  readonly language: 'en' | 'de';
  readonly documentName: string;
}

export type Task =
  | SealingTask
  | ValidationTask
  | { readonly kind: 'inspect'; readonly document: Uint8Array }
  | { readonly kind: 'preview'; readonly document: Uint8Array };

export interface Results {
  readonly seal: { readonly document: Uint8Array; readonly mediaType: string };
  readonly validate: Validation;
  readonly inspect: Inspection;
  readonly preview: Uint8Array | null;
}

/** A verdict as plain data. */
export interface Validation {
  readonly good: boolean;
  /** `bad` where something is proven wrong, `open` where something could not be confirmed; null where there is nothing to judge. */
  readonly tone: Tone | null;
  readonly signatures: readonly ValidatedSignature[];
  /** The engine's own report, by its JSON contract. */
  readonly report: unknown;
  /** HTML, where it was asked for. */
  readonly page: string | null;
}

export type Tone = 'good' | 'open' | 'bad';

export interface ValidatedSignature {
  /** With what was changed after it. */
  readonly tone: Tone;
  readonly signerName: string | null;
  readonly signedAt: number | null;
  readonly passed: boolean;
  readonly indication: string;
  readonly subIndication: string | null;
  readonly qualification: string;
  readonly certificateValid: boolean;
  readonly issuer: string | null;
  /** SHA-256 of the DER of the certificates, the signing one first. */
  readonly chain: readonly string[];
  readonly intact: boolean;
  /** Null without a time-stamp. */
  readonly timestampValid: boolean | null;
  readonly revocation: 'good' | 'revoked' | 'unknown' | 'not-checked';
  readonly level: string;
}

/** What a thread may ask for while it works. */
export interface Calls {
  /** The signature value of the n-th signature. */
  sign(index: number, toBeSigned: Uint8Array, digest: string): Promise<Uint8Array>;
  /** A time-stamp token over an imprint. */
  stamp(index: number, imprint: Uint8Array, digest: string): Promise<Uint8Array>;
  /** Revocation data for certificates of the service's own authorities; null: not one of them. */
  revocation(
    certificate: Uint8Array,
    issuer: Uint8Array,
  ): Promise<readonly { readonly kind: 'crl' | 'ocsp'; readonly bytes: Uint8Array }[] | null>;
}

export type CallName = keyof Calls;

export type ToThread =
  | { readonly type: 'task'; readonly task: Task }
  | { readonly type: 'answer'; readonly call: number; readonly value?: unknown; readonly failure?: string };

export type FromThread =
  | { readonly type: 'ready' }
  | { readonly type: 'call'; readonly call: number; readonly name: CallName; readonly args: readonly unknown[] }
  | { readonly type: 'done'; readonly value: unknown }
  | { readonly type: 'failed'; readonly code: string; readonly message: string };
