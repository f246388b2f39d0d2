/** The Recipient port: one of those whom an encrypted document is for, with the private key at hand (RFC 5652, 6). */
import type { Bytes } from '../base/bytes.ts';

/** What came of opening an envelope. */
export type OpenedEnvelope =
  | { readonly kind: 'opened'; readonly content: Bytes }
  /** It is for others. */
  | { readonly kind: 'for-others' }
  | { readonly kind: 'unsupported' | 'damaged'; readonly reason: string };

export interface Recipient {
  /** Opens an EnvelopedData, given as its ContentInfo. Never throws for what is in it. */
  open(envelope: Bytes): OpenedEnvelope;
}
