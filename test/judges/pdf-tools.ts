/** Poppler's pdfsig as a judge of PDF signatures, and qpdf as a judge of PDF structure. */
import type { Verdict } from './openssl.ts';
import { run } from './run.ts';

/** What pdfsig says of one signature. It judges no certificate here, and it cannot judge document time-stamps. */
export interface PdfsigSignature {
  readonly valid: boolean;
  /** Its own words, such as 'Signature is Valid.' or 'Digest Mismatch.'. */
  readonly validation: string;
  readonly coversWholeDocument: boolean;
  readonly type: string | null;
  readonly hash: string | null;
  readonly fieldName: string | null;
}

/** The signatures pdfsig finds, in its order; none where it cannot open the file (`said` tells). */
export async function pdfsig(path: string): Promise<{ readonly signatures: readonly PdfsigSignature[]; readonly said: string }> {
  const { stdout, stderr } = await run('pdfsig', ['-nocert', path]);
  const signatures = stdout
    .split(/^Signature #\d+:$/m)
    .slice(1)
    .map((block): PdfsigSignature => {
      const validation = after(block, 'Signature Validation') ?? '';
      return {
        valid: validation === 'Signature is Valid.',
        validation,
        coversWholeDocument: /^ {2}- Total document signed$/m.test(block),
        type: after(block, 'Signature Type'),
        hash: after(block, 'Signing Hash Algorithm'),
        fieldName: after(block, 'Signature Field Name'),
      };
    });
  return { signatures, said: `${stdout}${stderr}`.trim() };
}

/** Whether qpdf finds neither an error nor anything to warn of. */
export async function qpdfCheck(path: string, password?: string): Promise<Verdict> {
  const { status, stdout, stderr } = await run('qpdf', [...(password === undefined ? [] : [`--password=${password}`]), '--check', path]);
  return { good: status === 0, said: `${stdout}${stderr}`.trim() };
}

const after = (block: string, label: string): string | null => new RegExp(`^ {2}- ${label}: (.*)$`, 'm').exec(block)?.[1]?.trim() ?? null;
