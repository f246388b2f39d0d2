/** What `sign` does with each file: everything that the options tell is read once, then files are signed one by one, here or in a thread. */
import { statSync } from 'node:fs';
import { Fault } from '../base/fault.ts';
import type { Sink } from '../base/source.ts';
import { openFileSource } from '../platform/file.ts';
import { signTo } from '../sign.ts';
import { type Arguments, oneOf, Usage } from './arguments.ts';
import { cadesWriterFrom } from './cades.ts';
import { aboutFile, writeWhole } from './files.ts';
import { longTermFrom } from './long-term.ts';
import { openingFrom } from './password.ts';
import { pdfOptionsFrom } from './pdf-options.ts';
import type { FileAnswer, FileOrder } from './sign-orders.ts';
import { appearanceFrom, authorityFrom, signerFrom } from './signing.ts';
import type { Terminal } from './terminal.ts';
import { xadesWriterFrom } from './xades.ts';

export interface SigningJob {
  /** Files that are best under way at the same time. */
  readonly atOnce: number;
  /** Signs a file and says so in a line. Throws `Fault`, which names the file where its content is what is wrong. */
  sign(input: string, output: string): Promise<string>;
  close(): void;
}

/** `count`: an interruption of one file ends the process, one of many is left to who hands them out. Throws `Usage`, `Fault`. */
export async function openSigningJob(args: Arguments, at: Terminal, count: 'one' | 'many' = 'one'): Promise<SigningJob> {
  const xades = xadesWriterFrom(args);
  const cades = xades ? null : cadesWriterFrom(args);
  const level = oneOf(args, 'level', ['B', 'T', 'LT', 'LTA'], 'B');
  const timestamps = await authorityFrom(args);
  if (level !== 'B' && timestamps === undefined) throw new Usage(`sign: --level ${level} needs --tsa URL`);
  const longTerm = level === 'LT' || level === 'LTA' ? await longTermFrom(args, at) : {};
  const pdf = cades || xades ? {} : await pdfOptionsFrom(args);
  const appearance = { ...appearanceFrom(args), ...pdf, ...(await openingFrom(args)) };
  const contentTimestamp = args.has('content-timestamp');
  if (contentTimestamp && timestamps === undefined) throw new Usage('sign: --content-timestamp needs --tsa URL');
  const signer = await signerFrom(args);
  const stamped = timestamps && (level !== 'B' || cades || xades || contentTimestamp) && { timestamps };
  const sign = async (input: string, output: string): Promise<string> => {
    const source = openFileSource(input);
    try {
      const common = { signer, level, at: Date.now(), ...appearance, ...longTerm, ...stamped };
      const write = (sink: Sink): Promise<void> => {
        if (xades) return xades.write(sink, source, common, input);
        return cades ? cades.write(sink, source, common) : signTo(sink, source, { ...common, contentTimestamp });
      };
      await writeWhole(output, write, { endOnSignal: count === 'one' });
    } catch (error) {
      throw aboutFile(input, error);
    } finally {
      source.close();
    }
    return `${output}: signed, level ${level}, ${statSync(output).size} octets`;
  };
  const close = (): void => {
    xades?.close();
    cades?.close();
  };
  return { atOnce: args.has('csc') ? FOR_A_SERVICE : FOR_A_DISK, sign, close };
}

/** Signs files some at a time, since each waits for the disk, and may wait for the key or an authority; what goes wrong is an answer. */
export async function signPortion(job: SigningJob, orders: readonly FileOrder[]): Promise<FileAnswer[]> {
  const answers: FileAnswer[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let order = orders[next++]; order !== undefined; order = orders[next++]) answers.push(await answered(job, order));
  };
  await Promise.all(Array.from({ length: job.atOnce }, lane));
  return answers;
}

const answered = (job: SigningJob, { input, output }: FileOrder): Promise<FileAnswer> =>
  job.sign(input, output).then(
    (line) => ({ kind: 'signed', input, line }),
    (error: unknown) => ({
      kind: 'failed',
      input,
      code: error instanceof Fault ? error.code : null,
      reason: error instanceof Error ? error.message : String(error),
    }),
  );

const FOR_A_DISK = 2;
/** A signing service takes several digests in one request. */
const FOR_A_SERVICE = 16;
