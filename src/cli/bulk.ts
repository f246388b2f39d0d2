/** Many files in one run of `sign`: in threads, told by a progress bar, remembered by a journal; one bad file does not stop the rest. */
import { availableParallelism } from 'node:os';
import type { FaultCode } from '../base/fault.ts';
import { type Arguments, type Option, Usage } from './arguments.ts';
import { type FileSigner, LEAST, type SigningThread, thread } from './bulk-signers.ts';
import { INTERRUPTED, type Tally, tally } from './bulk-tally.ts';
import { filesAt } from './files.ts';
import { type Journal, openJournal } from './journal.ts';
import type { FileAnswer, FileOrder } from './sign-orders.ts';
import { outputsFor } from './sign-outputs.ts';
import type { Terminal } from './terminal.ts';

export const BULK_OPTIONS: Readonly<Record<string, Option>> = {
  jobs: { value: 'N', help: 'many files: threads that sign; default one, and one for each core where that is worth their start' },
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
  // A key elsewhere is waited for, and what it refuses is known in one thread.
  const most = args.has('csc') ? 0 : Math.min(jobsFrom(args), inputs.length) - 1;
  // Those that are asked for load while it is found out here what is to be done, and the key is opened.
  const loading = Array.from({ length: args.has('jobs') ? most : 0 }, thread);
  try {
    const outputs = outputsFor(args, inputs, true);
    const orders = inputs.map((input, i): FileOrder => ({ input, output: outputs[i] ?? '' }));
    return await signedWith({ most, loading }, orders, args, at);
  } finally {
    for (const one of loading) one.close();
  }
}

async function signedWith(threads: Threads, orders: readonly FileOrder[], args: Arguments, at: Terminal): Promise<number> {
  const { openSigningJob, signPortion } = await import('./sign-job.ts');
  const path = args.get('journal');
  // The key is opened here first: a wrong password is told once, and before anything is begun.
  const job = await openSigningJob(args, at, 'many');
  const journal = path === undefined ? null : openJournal(path, optionsOf(args));
  try {
    const left = journal === null ? orders : orders.filter(({ input }) => !journal.isDone(input));
    const run = tally(left.length, orders.length - left.length, at);
    const here: FileSigner = { least: LEAST * job.atOnce, sign: (portion) => signPortion(job, portion) };
    await signAll(here, threads, left, { run, journal, args, at });
    return run.end();
  } finally {
    journal?.close();
    job.close();
  }
}

interface Run {
  readonly run: Tally;
  readonly journal: Journal | null;
  readonly args: Arguments;
  readonly at: Terminal;
}

/** Beside the main one. */
interface Threads {
  readonly most: number;
  /** Those that load already; others start when what is left takes longer than their start. */
  readonly loading: SigningThread[];
}

/** Each signer takes the next files when it has done some; ends early where it is not the files that are wrong. */
async function signAll(
  first: FileSigner,
  { most, loading }: Threads,
  orders: readonly FileOrder[],
  { run, journal, args, at }: Run,
): Promise<void> {
  const state = { next: 0, inARow: 0, stopped: null as string | null, broken: null as { readonly error: unknown } | null };
  const started = performance.now();
  const others: SigningThread[] = [];
  const working: Promise<void>[] = [];
  const take = (wanted: number): readonly FileOrder[] => {
    if (state.stopped !== null) return [];
    // Smaller towards the end, so that all end together.
    const share = Math.ceil((orders.length - state.next) / (others.length === 0 ? PORTIONS : 4 * (1 + others.length)));
    const portion = orders.slice(state.next, state.next + Math.min(wanted, share));
    state.next += portion.length;
    return portion;
  };
  const heard = (answer: FileAnswer): void => {
    run.add(answer);
    if (answer.kind === 'signed') journal?.done(answer.input);
    else journal?.failed(answer.input, answer.reason);
    state.inARow = answer.kind === 'failed' && answer.code !== null && NOT_THE_FILE.has(answer.code) ? state.inARow + 1 : 0;
    if (state.inARow >= MOST_IN_A_ROW) state.stopped ??= `${state.inARow} files in a row failed, and not by what is in them`;
  };
  const lane = async (signer: FileSigner): Promise<void> => {
    let wanted = signer.least;
    for (let portion = take(wanted); portion.length > 0; portion = take(wanted)) {
      await journal?.begin(portion);
      const begun = performance.now();
      for (const answer of await signer.sign(portion)) heard(answer);
      const each = (performance.now() - begun) / portion.length;
      wanted = Math.min(MOST_PORTION, Math.max(signer.least, Math.floor(PORTION_TAKES / each)));
      if (others.length < most && restTakes(state.next) > WORTH_THREADS) enlist();
    }
  };
  const restTakes = (done: number): number => ((performance.now() - started) * (orders.length - done)) / done;
  // While one portion is signed, the next is there already.
  const lanes = async (signer: FileSigner): Promise<void> => {
    await Promise.all(Array.from({ length: PORTIONS }, () => lane(signer))).catch((error: unknown) => {
      state.broken ??= { error };
      state.stopped ??= 'the journal cannot be written';
    });
  };
  const enlist = (): void => {
    while (others.length < Math.min(most, orders.length - 1)) {
      const signer = loading.pop() ?? thread();
      others.push(signer);
      void signer.open(args).then((reason) => {
        if (reason === null) working.push(lanes(signer));
        else if (state.stopped === null && state.next < orders.length) at.note(`adeskit: one thread less signs: ${reason}`);
      });
    }
  };
  const interrupted = (): void => {
    if (state.stopped !== null) process.exit(130);
    state.stopped = INTERRUPTED;
    at.note('adeskit: stops after the files under way; once more stops at once');
  };
  process.on('SIGINT', interrupted).on('SIGTERM', interrupted);
  try {
    if (loading.length > 0) enlist();
    await lanes(first);
    // All is handed out: a thread that is still starting is not waited for.
    await Promise.all(working);
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    for (const signer of others) signer.close();
  }
  if (state.broken !== null) throw state.broken.error;
  if (state.stopped !== null) run.stopped(state.stopped);
}

function jobsFrom(args: Arguments): number {
  const given = args.get('jobs');
  if (given === undefined) return Math.min(availableParallelism(), MOST_JOBS);
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
const MOST_IN_A_ROW = 20;
const MOST_JOBS = 8;
/** Files that are handed out together: as many as take so many milliseconds. */
const PORTION_TAKES = 100;
const MOST_PORTION = 64;
/** Portions that a signer has at once. */
const PORTIONS = 2;
/** Milliseconds; a thread starts in a third of it. */
const WORTH_THREADS = 1000;
