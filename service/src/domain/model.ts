/** The domain: a request asks signers to sign a document; what happens is events. No word of any vendor's interface stands here. */

/** What may be seen together: one customer, and either real or test data. Every query names both. */
export interface Realm {
  readonly tenant: string;
  readonly mode: Mode;
}

export type Mode = 'live' | 'test';

/** How strongly the signer is tied to the signature (eIDAS, art. 3 (10) to (12)). */
export type SignatureLevel = 'simple' | 'advanced' | 'qualified';

/** All signers at once, or by their turns. */
export type Ordering = 'parallel' | 'sequential';

/** `sealing`: everybody has signed, the sealed document is being made; `failed`: that came to nothing at every attempt. */
export type RequestStatus = 'pending' | 'started' | 'sealing' | 'completed' | 'failed' | 'expired' | 'cancelled' | 'declined';

export type SignerStatus = 'waiting' | 'verification-failed' | 'signed' | 'declined';

/** `started`: a code was sent; `checking`: somebody looks at what was shown. */
export type VerificationStatus = 'pending' | 'started' | 'checking' | 'verified' | 'failed';

/** Ways to find out who somebody is; `pictures`: of the face and of an identity document. */
export type IdentityMethod = 'video' | 'pictures' | 'national-eid' | 'bank' | 'sms-code' | 'email-code' | 'none';

/** What somebody does in a request: signs; agrees, without a signature in the document; or only gets the signed document. */
export type Role = 'signer' | 'approver' | 'viewer';

/** Ways that messages go. */
export type Channel = 'email' | 'sms' | 'whatsapp';

/** What interfaces know of a signer beyond what all know. */
export interface SignerDetails {
  /** The customer's own id of the signer, unique in the request. */
  readonly externalId?: string;
  /** ISO date. */
  readonly birthDate?: string;
  /** Number of an identity document or of a register; a signer who is identified by a document must name the same. */
  readonly documentNumber?: string;
  readonly invitationChannel?: Channel;
  readonly codeChannel?: Channel;
}

/** In test mode a signer may be played by the service itself. */
export type Simulation = 'signs' | 'fails-verification' | 'shows-document' | 'never-acts';

/** Who somebody is, as far as it was told; null: not told, or not looked at. */
export interface Identity {
  readonly fullName: string;
  readonly documentType: 'passport' | 'national_id' | 'drivers_license' | null;
  readonly documentCountry: string | null;
  readonly dateOfBirth: string | null;
  readonly documentExpiry: string | null;
  /** 0 to 1. */
  readonly matchScore: number | null;
  readonly liveness: boolean | null;
  /** As an identity provider told it. */
  readonly documentNumber?: string | null;
  /** Who vouches, where somebody logged in. */
  readonly issuer?: string;
  /** The level that the login reached. */
  readonly assurance?: string | null;
}

/** What a check of somebody's identity came to. */
export type VerificationOutcome =
  | { readonly verified: true; readonly identity: Identity | null }
  | {
      readonly verified: false;
      readonly reason: 'document-expired' | 'low-score' | 'refused' | 'wrong-codes' | 'wrong-numbers' | 'wrong-logins' | 'no-answer';
      readonly identity: Identity | null;
    };

/** Where a signature shows: points, from the upper left corner of the page as it is seen. Pages count from 1. */
export interface Field {
  readonly signer: number;
  readonly page: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly kind: 'signature';
}

export interface DocumentRecord {
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
  readonly size: number;
  /** Null where the format has no pages that could be counted. */
  readonly pages: number | null;
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
  readonly locale: string | null;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** The certificate that a signature was made with, and the time-stamp over it. */
export interface SignerSeal {
  readonly issuer: string;
  /** Hexadecimal. */
  readonly serial: string;
  readonly validFrom: number;
  readonly validTo: number;
  readonly qualified: boolean;
  readonly provider: string;
  readonly timestamp: { readonly time: number; readonly authority: string; readonly imprint: string };
  /** DER, base64. */
  readonly certificate: string;
}

export interface SignerRecord {
  readonly id: string;
  readonly requestId: string;
  /** From 0, in the order in which they were named. */
  readonly position: number;
  /** Sequential requests: lower turns sign first; equal turns at once. */
  readonly turn: number;
  readonly name: string;
  readonly email: string;
  readonly phone: string | null;
  readonly locale: string | null;
  readonly method: IdentityMethod;
  readonly country: string | null;
  readonly status: SignerStatus;
  readonly verification: VerificationStatus;
  readonly verifiedAt: number | null;
  readonly identity: Identity | null;
  readonly consentedAt: number | null;
  readonly signedAt: number | null;
  readonly declinedAt: number | null;
  readonly declineReason: string | null;
  readonly remindersSent: number;
  readonly lastRemindedAt: number | null;
  readonly seal: SignerSeal | null;
  readonly simulation: Simulation | null;
  readonly simulatedDocument: string | null;
  readonly role: Role;
  readonly details: SignerDetails;
  /** When the signer named the number that the sender knows. */
  readonly numberShownAt: number | null;
}

export interface RequestRecord {
  readonly id: string;
  /** Counts requests; no other has the same. */
  readonly number: number;
  readonly realm: Realm;
  readonly dialect: string;
  readonly documentId: string;
  /** Signed together with the first, by the same act. */
  readonly furtherDocumentIds: readonly string[];
  /** Nobody is written to but with one-time codes: the customer hands the links out. */
  readonly headless: boolean;
  readonly level: SignatureLevel;
  readonly ordering: Ordering;
  readonly status: RequestStatus;
  readonly expiresAt: number;
  readonly redirectUrl: string | null;
  readonly fields: readonly Field[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAt: number;
  readonly completedAt: number | null;
  readonly sealed: SealedFiles | null;
  readonly signers: readonly SignerRecord[];
}

/** Blob names of what a completed request left. */
export interface SealedFiles {
  readonly document: string;
  readonly mediaType: string;
  readonly fileName: string;
  readonly trail: string;
  readonly trailJson: string;
  readonly further?: readonly SealedFile[];
}

export interface SealedFile {
  readonly documentId: string;
  readonly document: string;
  readonly mediaType: string;
  readonly fileName: string;
}

/** One link of the hash-chained log of a request. */
export interface LoggedEvent {
  readonly sequence: number;
  readonly at: number;
  readonly type: EventType;
  /** `api`, `system`, or a signer's id. */
  readonly actor: string;
  readonly details: Readonly<Record<string, string | number | boolean | null>> | null;
  /** What makes the details unguessable by their digest, which the hash covers. */
  readonly salt: string | null;
  readonly detailsDigest: string | null;
  readonly previous: string;
  readonly hash: string;
}

export type EventType =
  | 'request.created'
  | 'signer.added'
  | 'signer.invited'
  | 'signer.reminded'
  | 'signer.opened'
  | 'signer.code-sent'
  | 'signer.code-wrong'
  | 'signer.number-shown'
  | 'signer.number-wrong'
  | 'signer.pictures-shown'
  | 'signer.login-begun'
  | 'signer.login-refused'
  | 'signer.verified'
  | 'signer.verification-failed'
  | 'signer.consented'
  | 'signer.signed'
  | 'signer.declined'
  | 'request.sealing'
  | 'request.completed'
  | 'request.cancelled'
  | 'request.expired'
  | 'request.declined'
  | 'request.failed'
  | 'document.downloaded';
