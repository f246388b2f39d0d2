/** What levels LT and LTA take beside the document (EN 319 142-1, 5.4 and 6.3), whoever asks for them. */
import type { Bytes } from './base/bytes.ts';
import type { ExamineOptions } from './validate.ts';

/** What levels LT and LTA need beside the document. */
export interface LongTermOptions {
  /** Trust anchors, DER: where the chains of signers and authorities have to end. */
  readonly trust?: readonly Bytes[];
  /** Trusted lists (`openSnapshot` of `adeskit/trust`), or any other source of trust; beside `trust`. */
  readonly trustSource?: NonNullable<ExamineOptions['trustSource']>;
  /** Where issuers' certificates and revocation data are fetched; without sources the document and what is given must do. */
  readonly sources?: NonNullable<ExamineOptions['sources']>;
  /** DER certificates that the document may lack. */
  readonly certificates?: readonly Bytes[];
  /** CRLs and OCSP responses that the document may lack. */
  readonly revocations?: NonNullable<ExamineOptions['revocations']>;
  /** `write`: an entry for each signature in the VRI dictionary too, for readers that look there; default `none`. */
  readonly vri?: 'none' | 'write';
  /** Goes on where it would refuse: the document then may never validate to the level. */
  readonly override?: boolean;
  /** Waits for revocation data that is not fresh enough yet: in all no longer than `maximum` milliseconds. */
  readonly wait?: { readonly maximum: number; readonly sleep: (milliseconds: number) => Promise<void> };
  readonly onProgress?: (step: AugmentStep) => void;
}

export type AugmentStep =
  | { readonly step: 'time-stamp' }
  | { readonly step: 'examine' }
  | { readonly step: 'wait'; readonly milliseconds: number; readonly because: string }
  | { readonly step: 'store'; readonly certificates: number; readonly crls: number; readonly ocsps: number };

/** Those of the options that are about long term: what signing hands on to augmentation. */
export const longTermOf = (options: LongTermOptions): LongTermOptions =>
  Object.fromEntries(LONG_TERM_OPTIONS.map((name) => [name, options[name]]).filter(([, value]) => value !== undefined));

/** Names of {@link LongTermOptions}, for callers that check their own options. */
export const LONG_TERM_OPTIONS = [
  'trust',
  'trustSource',
  'sources',
  'certificates',
  'revocations',
  'vri',
  'override',
  'wait',
  'onProgress',
] as const satisfies readonly (keyof LongTermOptions)[];
