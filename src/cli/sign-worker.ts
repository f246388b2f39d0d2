/** A thread of a bulk run: loads what signing takes, reads the same options as the main thread, then signs the files that it is sent. */
import { parentPort } from 'node:worker_threads';
import { parse } from './arguments.ts';
import { sign } from './commands/sign.ts';
import { openSigningJob, type SigningJob, signPortion } from './sign-job.ts';
import type { WorkerAnswer, WorkerOrder } from './sign-orders.ts';
import type { Terminal } from './terminal.ts';
import { rememberPin } from './token.ts';

const answer = (message: WorkerAnswer): void => parentPort?.postMessage(message);

async function open(args: readonly string[], pin: string | null): Promise<SigningJob> {
  rememberPin(pin);
  return openSigningJob(parse(sign, args), SILENT, 'many');
}

const SILENT: Terminal = { colour: false, out: () => {}, note: () => {}, complain: () => {}, progress: () => {} };

const opened = Promise.withResolvers<SigningJob>();
opened.promise.then(
  () => answer({ kind: 'ready' }),
  (error: unknown) => answer({ kind: 'refused', reason: error instanceof Error ? error.message : String(error) }),
);
parentPort?.on('message', (order: WorkerOrder) => {
  if (order.kind === 'open') opened.resolve(open(order.args, order.pin));
  else
    void opened.promise
      .then((job) => signPortion(job, order.orders))
      .then(
        (answers) => answer({ kind: 'answered', number: order.number, answers }),
        // What was not opened is answered for by the main thread.
        () => {},
      );
});
