/** A thread of a bulk run: reads the same options as the main thread, then signs the files that it is sent. */
import { parentPort, workerData } from 'node:worker_threads';
import { Fault } from '../base/fault.ts';
import { parse } from './arguments.ts';
import { openSigningJob, type SigningJob } from './sign-job.ts';
import type { FileOrder, WorkerAnswer, WorkerOrder } from './sign-orders.ts';
import type { Terminal } from './terminal.ts';
import { rememberPin } from './token.ts';

const answer = (message: WorkerAnswer): void => parentPort?.postMessage(message);

const failure = (input: string | null, error: unknown): WorkerAnswer => ({
  kind: 'failed',
  input,
  code: error instanceof Fault ? error.code : null,
  reason: error instanceof Error ? error.message : String(error),
});

async function main({ args, pin }: WorkerOrder): Promise<void> {
  const { sign: command } = await import('./commands/sign.ts');
  rememberPin(pin);
  const job = await openSigningJob(parse(command, args), SILENT);
  parentPort?.on('message', (order: FileOrder) => void one(job, order));
  answer({ kind: 'ready' });
}

async function one(job: SigningJob, { input, output }: FileOrder): Promise<void> {
  answer(
    await job.sign(input, output).then(
      (line): WorkerAnswer => ({ kind: 'signed', input, line }),
      (error: unknown) => failure(input, error),
    ),
  );
}

const SILENT: Terminal = { colour: false, out: () => {}, note: () => {}, complain: () => {}, progress: () => {} };

if (parentPort !== null) main(workerData as WorkerOrder).catch((error: unknown) => answer(failure(null, error)));
