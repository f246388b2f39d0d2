/** A thread of a bulk run: reads the same options as the main thread, then signs the files that it is sent. */
import { parentPort, workerData } from 'node:worker_threads';
import { parse } from './arguments.ts';
import { openSigningJob, signPortion } from './sign-job.ts';
import type { Portion, WorkerAnswer, WorkerOrder } from './sign-orders.ts';
import type { Terminal } from './terminal.ts';
import { rememberPin } from './token.ts';

const answer = (message: WorkerAnswer): void => parentPort?.postMessage(message);

async function main({ args, pin }: WorkerOrder): Promise<void> {
  const { sign: command } = await import('./commands/sign.ts');
  rememberPin(pin);
  const job = await openSigningJob(parse(command, args), SILENT, 'many');
  parentPort?.on('message', ({ number, orders }: Portion) => {
    void signPortion(job, orders).then((answers) => answer({ kind: 'answered', number, answers }));
  });
  answer({ kind: 'ready' });
}

const SILENT: Terminal = { colour: false, out: () => {}, note: () => {}, complain: () => {}, progress: () => {} };

if (parentPort !== null)
  main(workerData as WorkerOrder).catch((error: unknown) =>
    answer({ kind: 'refused', reason: error instanceof Error ? error.message : String(error) }),
  );
