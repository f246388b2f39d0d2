/** The thread: takes one task after the other, asks for what it may not hold itself, answers. */
import { parentPort } from 'node:worker_threads';
import type { CallName, Calls, FromThread, Task, ToThread } from './protocol.ts';
import { perform } from './tasks.ts';

const port = parentPort;
if (port === null) throw new Error('this file is for a thread');
const say = (message: FromThread): void => port.postMessage(message);

const open = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
let numbered = 0;

const ask = (name: CallName, args: readonly unknown[]): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const call = ++numbered;
    open.set(call, { resolve, reject });
    say({ type: 'call', call, name, args });
  });

const calls: Calls = {
  sign: (...args) => ask('sign', args) as Promise<Uint8Array>,
  stamp: (...args) => ask('stamp', args) as Promise<Uint8Array>,
  revocation: (...args) => ask('revocation', args) as ReturnType<Calls['revocation']>,
};

port.on('message', (message: ToThread) => {
  if (message.type === 'task') return void work(message.task);
  const waiting = open.get(message.call);
  open.delete(message.call);
  if (message.failure === undefined) waiting?.resolve(message.value);
  else waiting?.reject(new Error(message.failure));
});

async function work(task: Task): Promise<void> {
  try {
    say({ type: 'done', value: await perform(task, calls) });
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
    say({ type: 'failed', code: typeof code === 'string' ? code : 'internal', message: String(message) });
  } finally {
    open.clear();
  }
}
