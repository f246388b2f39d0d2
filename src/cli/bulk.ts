/** Many files in one run of `sign`: in threads, told by a progress bar, remembered by a journal; one bad file does not stop the rest. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { Fault, type FaultCode } from '../base/fault.ts';
import { type Arguments, type Option, Usage } from './arguments.ts';
import { filesAt } from './files.ts';
import { type Journal, openJournal } from './journal.ts';
import { openSigningJob, outputsFor, type SigningJob } from './sign-job.ts';
import type { FileOrder, WorkerAnswer, WorkerOrder } from './sign-orders.ts';
import type { Terminal } from './terminal.ts';
import { rememberedPin } from './token.ts';

export const BULK_OPTIONS: Readonly<Record<string, Option>> = {
  jobs: { value: 'N', help: 'many files: threads that sign; default 1, from 16 files on one for each core' },
  journal: { value: 'FILE', help: 'many files: remembers what is signed, so that the same call goes on after it was interrupted' },
};

/** The inputs where this is a bulk run: several files, a folder, or an option that says so; else null. */
export function bulkInputs(args: Arguments): string[] | null {
  const inputs = args.positionals.flatMap((path) => filesAt(path).filter((file) => file === path || !/(^|[/\\])\.[^/\\]*$/.test(file)));
  const folder = inputs.length !== args.positionals.length || inputs.some((input, i) => input !== args.positionals[i]);
  return folder || inputs.length > 1 || args.has('jobs') || args.has('journal') ? inputs : null;
}

/** Signs them. 0: all are signed; else 1 where a rule or a remote side refused one, 2 where files could not be read. */
export async function signMany(inputs: readonly string[], args: Arguments, at: Terminal): Promise<number> {
  const outputs = outputsFor(args, inputs, true);
  const orders = inputs.map((input, i): FileOrder => ({ input, output: outputs[i] ?? '' }));
  const jobs = jobsFrom(args, inputs.length);
  const path = args.get('journal');
  // The key is opened here first: a wrong password is told once, and before anything is begun.
  const job = await openSigningJob(args, at);
  const journal = path === undefined ? null : openJournal(path, optionsOf(args));
  try {
    const left = journal === null ? orders : orders.filter(({ input }) => !journal.isDone(input));
    const run = tally(left.length, orders.length - left.length, at);
    // This thread signs too: handing out files is little work.
    const signers = [here(job), ...(await threads(Math.min(jobs, left.length) - 1, args))];
    await signAll(signers, left, { run, journal, at });
    return run.end();
  } finally {
    journal?.close();
    job.close();
  }
}

/** A thread, or this one. */
interface FileSigner {
  sign(order: FileOrder): Promise<WorkerAnswer>;
  close(): Promise<void>;
}

interface Run {
  readonly run: Tally;
  readonly journal: Journal | null;
  readonly at: Terminal;
}

/** Each signer takes the next file when it has done one; ends early where it is not the files that are wrong. */
async function signAll(signers: readonly FileSigner[], orders: readonly FileOrder[], { run, journal, at }: Run): Promise<void> {
  let [next, inARow] = [0, 0];
  const state = { stopped: null as string | null };
  const interrupted = (): void => {
    if (state.stopped !== null) process.exit(130);
    state.stopped = 'interrupted';
    at.note('adeskit: stops after the files under way; once more stops at once');
  };
  const lane = async (signer: FileSigner): Promise<void> => {
    while (state.stopped === null) {
      const order = orders[next++];
      if (order === undefined) return;
      journal?.begin([order]);
      const answer = await signer.sign(order);
      if (answer.kind === 'signed') {
        inARow = 0;
        journal?.done(order.input);
        run.signed(answer.line);
      } else if (answer.kind === 'failed') {
        const { code, reason } = answer;
        journal?.failed(order.input, reason);
        run.failed(order.input, code, reason);
        inARow = code !== null && NOT_THE_FILE.has(code) ? inARow + 1 : 0;
        if (code === 'wrong-password' && answer.input === null) state.stopped ??= reason;
        if (inARow >= MOST_IN_A_ROW) state.stopped ??= `${inARow} files in a row failed, and not by what is in them`;
      }
    }
  };
  process.on('SIGINT', interrupted).on('SIGTERM', interrupted);
  try {
    // Several files wait for the key or the authority at once in each thread.
    await Promise.all(signers.flatMap((signer) => Array.from({ length: LANES }, () => lane(signer))));
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    await Promise.all(signers.map((signer) => signer.close()));
  }
  if (state.stopped !== null) run.stopped(state.stopped);
}

const here = (job: SigningJob): FileSigner => ({
  sign: ({ input, output }) =>
    job.sign(input, output).then(
      (line): WorkerAnswer => ({ kind: 'signed', input, line }),
      (error: unknown): WorkerAnswer => ({
        kind: 'failed',
        input,
        code: error instanceof Fault ? error.code : null,
        reason: error instanceof Error ? error.message : String(error),
      }),
    ),
  close: async () => {},
});

/** Threads that are ready. Throws `Fault` where one cannot open the key. */
function threads(count: number, args: Arguments): Promise<FileSigner[]> {
  return Promise.all(Array.from({ length: Math.max(0, count) }, () => thread(args)));
}

async function thread(args: Arguments): Promise<FileSigner> {
  const file = new URL(import.meta.url.endsWith('.ts') ? './sign-worker.ts' : './sign-worker.js', import.meta.url);
  const order: WorkerOrder = { args: args.given, pin: rememberedPin() };
  const worker = new Worker(file, { workerData: order });
  const waiting = new Map<string, (answer: WorkerAnswer) => void>();
  let gone: string | null = null;
  await new Promise<void>((resolve, reject) => {
    const end = (reason: string): void => {
      gone ??= reason;
      reject(new Fault('io', reason));
      for (const [input, settle] of waiting) settle({ kind: 'failed', input, code: null, reason });
      waiting.clear();
    };
    worker.on('message', (answer: WorkerAnswer) => {
      if (answer.kind === 'ready') resolve();
      else if (answer.input === null)
        reject(new Fault(answer.kind === 'failed' ? (answer.code ?? 'bad-option') : 'io', answer.kind === 'failed' ? answer.reason : ''));
      else {
        waiting.get(answer.input)?.(answer);
        waiting.delete(answer.input);
      }
    });
    worker.on('error', (error: unknown) => end(`a signing thread ended: ${error instanceof Error ? error.message : String(error)}`));
    worker.on('exit', () => end('a signing thread ended'));
  });
  return {
    sign: (file) =>
      new Promise((resolve) => {
        if (gone !== null) return resolve({ kind: 'failed', input: file.input, code: null, reason: gone });
        waiting.set(file.input, resolve);
        worker.postMessage(file);
      }),
    close: async () => void (await worker.terminate()),
  };
}

interface Tally {
  signed(line: string): void;
  failed(input: string, code: FaultCode | null, reason: string): void;
  stopped(reason: string): void;
  /** Says how it went; the exit status. */
  end(): number;
}

function tally(total: number, already: number, at: Terminal): Tally {
  const started = Date.now();
  let [signed, failed, shown, status] = [0, 0, 0, 0];
  let reason: string | null = null;
  const show = (): void => {
    const now = Date.now();
    if (now - shown < BAR_EVERY) return;
    shown = now;
    const done = signed + failed;
    const seconds = Math.max(0.001, (now - started) / 1000);
    const rest = done === 0 ? '' : `, ${duration(((total - done) * seconds) / done)} left`;
    const filled = total === 0 ? BAR : Math.floor((BAR * done) / total);
    at.progress(
      `[${'#'.repeat(filled)}${'-'.repeat(BAR - filled)}] ${done}/${total}${failed > 0 ? `, ${failed} failed` : ''}, ${(done / seconds).toFixed(1)}/s${rest}`,
    );
  };
  show();
  return {
    signed: (line) => {
      signed++;
      at.out(`${line}\n`);
      show();
    },
    failed: (input, code, why) => {
      failed++;
      status = code === null || INPUT.has(code) ? Math.max(status, 2) : 1;
      at.complain(why.startsWith(input) ? why : `${input}: ${why}`);
      show();
    },
    stopped: (why) => {
      reason = why;
      status = 1;
    },
    end: () => {
      at.progress(null);
      const parts = [
        `${signed} of ${total} signed`,
        ...(failed > 0 ? [`${failed} failed`] : []),
        ...(already > 0 ? [`${already} were signed before`] : []),
        ...(reason === null ? [] : [`${total - signed - failed} not begun: ${reason}`]),
      ];
      at.note(`adeskit: ${parts.join(', ')}; ${duration((Date.now() - started) / 1000)}`);
      return reason === 'interrupted' ? 130 : status;
    },
  };
}

function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

function jobsFrom(args: Arguments, files: number): number {
  const given = args.get('jobs');
  if (given === undefined) return files < THREADS_FROM ? 1 : Math.min(availableParallelism(), MOST_JOBS);
  if (!/^[1-9]\d?$/.test(given)) throw new Usage(`--jobs is '${given}', but must be a number from 1 to 99`);
  return Number(given);
}

/** What must be the same for a journal to go on: all but the files, the threads and the journal itself. */
const optionsOf = (args: Arguments): object =>
  [...args.names()]
    .filter((name) => !Object.hasOwn(BULK_OPTIONS, name))
    .sort()
    .map((name) => [name, args.all(name)]);

/** What a further file would meet as well. */
const NOT_THE_FILE: ReadonlySet<FaultCode> = new Set([
  'signer-refused',
  'wrong-password',
  'timestamp-refused',
  'revocation-unavailable',
  'network',
]);
const INPUT: ReadonlySet<FaultCode> = new Set(['malformed-input', 'unsupported', 'wrong-password', 'limit-exceeded', 'io', 'bad-option']);
const MOST_IN_A_ROW = 20;
const LANES = 4;
const THREADS_FROM = 16;
const MOST_JOBS = 8;
const BAR = 24;
const BAR_EVERY = 100;
