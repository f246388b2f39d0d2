/** OpenSSL as a judge of CMS signatures (RFC 5652) and time-stamps (RFC 3161). */
import { join } from 'node:path';
import { inFolder, run } from './run.ts';

/** What a judge concluded, and its words for the failure message of a test. */
export interface Verdict {
  readonly good: boolean;
  readonly said: string;
}

export interface CmsQuestion {
  /** ContentInfo, DER or BER. */
  readonly signature: Uint8Array;
  /** The detached content; absent where the signature encapsulates it. */
  readonly content?: Uint8Array;
  /** Trust anchors; absent: the signature is checked and no path is asked for. */
  readonly caPem?: string;
  /** Certificates that the signature does not carry itself. */
  readonly othersPem?: string;
  /** Milliseconds since the epoch; absent: now. */
  readonly at?: number;
}

export function opensslCmsVerify({ signature, content, caPem, othersPem, at }: CmsQuestion): Promise<Verdict> {
  const files = { 'signature.der': signature, content: content ?? '', 'ca.pem': caPem ?? '', 'others.pem': othersPem ?? '' };
  return inFolder(files, async (folder) => {
    const args = ['cms', '-verify', '-binary', '-inform', 'DER', '-in', join(folder, 'signature.der'), '-out', join(folder, 'out')];
    if (content) args.push('-content', join(folder, 'content'));
    if (caPem === undefined) args.push('-noverify');
    else args.push('-CAfile', join(folder, 'ca.pem'), '-purpose', 'any', ...attime(at));
    if (othersPem !== undefined) args.push('-certfile', join(folder, 'others.pem'));
    return verdict(await run('openssl', args));
  });
}

export interface TimestampQuestion {
  /** A time-stamp token, or a whole response where `response` is true. */
  readonly token: Uint8Array;
  readonly response?: boolean;
  /** What was time-stamped: the data, or its digest. */
  readonly data?: Uint8Array;
  readonly digest?: Uint8Array;
  readonly caPem: string;
  readonly othersPem?: string;
  readonly at?: number;
}

export function opensslTsVerify({ token, response, data, digest, caPem, othersPem, at }: TimestampQuestion): Promise<Verdict> {
  const files = { token, data: data ?? '', 'ca.pem': caPem, 'others.pem': othersPem ?? '' };
  return inFolder(files, async (folder) => {
    const args = ['ts', '-verify', '-in', join(folder, 'token'), '-CAfile', join(folder, 'ca.pem'), ...attime(at)];
    if (response !== true) args.push('-token_in');
    if (digest) args.push('-digest', Buffer.from(digest).toString('hex'));
    else args.push('-data', join(folder, 'data'));
    if (othersPem !== undefined) args.push('-untrusted', join(folder, 'others.pem'));
    return verdict(await run('openssl', args));
  });
}

const attime = (at: number | undefined): string[] => (at === undefined ? [] : ['-attime', String(Math.floor(at / 1000))]);

const verdict = ({ status, stdout, stderr }: { status: number; stdout: string; stderr: string }): Verdict => ({
  good: status === 0,
  said: `${stdout}${stderr}`.trim(),
});
