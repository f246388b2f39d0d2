/** Links that prove themselves: for one purpose, for a limited time, by a MAC under the operator's key. */
import { sameText, type Vault } from '../storage/vault.ts';

/** `sign`: opens the signing page; `invitation`: makes an account of the portal; `session`, `embed`: goes on there, `embed` in a frame; the others give one file. */
export type LinkPurpose =
  | 'sign'
  | 'invitation'
  | 'session'
  | 'embed'
  | 'document'
  | 'sealed-document'
  | 'audit-trail'
  | 'preview'
  | 'further-document'
  | 'archive'
  | 'picture';

export interface Links {
  /** Where people reach the service, without a final slash. */
  readonly origin: string;
  /** How long links to the signing page hold, in milliseconds. */
  readonly signingLife: number;
  /** A token for `subject` until `until` (milliseconds). */
  token(purpose: LinkPurpose, subject: string, until: number): string;
  /** The subject; `expired` where it was good once; null for everything else. */
  open(purpose: LinkPurpose, token: string, now: number): { readonly subject: string; readonly expired: boolean } | null;
}

/** `origin` is asked each time: where it listens is known last. */
export function newLinks(vault: Vault, origin: () => string, signingLife: number): Links {
  return {
    get origin() {
      return origin();
    },
    signingLife,
    token: (purpose, subject, until) => {
      const body = `${subject}.${Math.floor(until / 1000).toString(36)}`;
      return `${body}.${vault.mac(`link ${purpose}`, body)}`;
    },
    open: (purpose, token, now) => {
      const parts = token.split('.');
      const [subject, until, mac] = parts;
      if (parts.length !== 3 || !subject || !until || !mac || !/^[0-9a-z]{1,10}$/.test(until)) return null;
      if (!vault.macs(`link ${purpose}`, `${subject}.${until}`).some((one) => sameText(mac, one))) return null;
      return { subject, expired: Number.parseInt(until, 36) * 1000 <= now };
    },
  };
}

/** How long links to files hold. */
export const FILE_LINK_LIFE = 24 * 3_600_000;

/** An address that gives one file to whoever has it. */
export const fileUrl = (
  links: Links,
  purpose: LinkPurpose,
  subject: string,
  now: number,
  fileName: string,
  life = FILE_LINK_LIFE,
): string => `${links.origin}/w/files/${links.token(purpose, subject, roundedUp(now + life))}/${encodeURIComponent(fileName)}`;

/** An address of the signing page. */
export const signingUrl = (links: Links, path: string, subject: string, now: number): string =>
  `${links.origin}/w/${path}?t=${links.token('sign', subject, roundedUp(now + links.signingLife))}`;

/** The same address for an hour: who asks twice sees no change. */
const roundedUp = (at: number): number => Math.ceil(at / 3_600_000) * 3_600_000;
