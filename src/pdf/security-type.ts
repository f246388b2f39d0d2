/** An encrypted document as it was opened, or why it was not (ISO 32000-2, 7.6). */
import type { Recipient } from '../crypto/recipient.ts';
import type { Crypts } from './crypt-filter.ts';
import type { PdfDict } from './object.ts';

/** An encrypted document that was opened. */
export interface Security extends Crypts {
  readonly dict: PdfDict;
  /** /R; null where it is encrypted for recipients. */
  readonly revision: number | null;
  /** Whose password it was, or what the recipient may do: the owner is permitted everything. */
  readonly as: 'user' | 'owner';
  /** /P as 32 bits (7.6.4.2, table 22; 7.6.5.2, table 24). */
  readonly permissions: number;
}

/** Why an encrypted document was not opened. */
export interface Locked {
  readonly kind: 'password-needed' | 'wrong-password' | 'key-needed' | 'wrong-key' | 'unsupported' | 'damaged';
  readonly reason: string;
}

export type SecurityOrLock = { readonly security: Security; readonly locked: null } | { readonly security: null; readonly locked: Locked };

/** What may open an encrypted document. */
export interface Keys {
  /** Without one the empty password is tried. */
  readonly password: string | null;
  readonly recipient: Recipient | null;
}
