/** Services in processes of their own: started, asked, waited for. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

export interface Child {
  readonly url: string;
  readonly keys: { readonly test: string; readonly live: string } | null;
  readonly process: ChildProcess;
  /** The signal or exit status that it ended by. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

const running = new Set<ChildProcess>();

export function endChildrenAfterTests(): void {
  afterAll(() => {
    for (const child of running) child.kill('SIGKILL');
  });
}

/** Null where the process ended before it served. */
export async function startChild(
  settings: Record<string, unknown>,
  killAt = '',
): Promise<Child | { readonly url: null; readonly ended: Promise<string> }> {
  const child = spawn(
    process.execPath,
    ['--import', fileURLToPath(new URL('./engine-source.ts', import.meta.url)), fileURLToPath(new URL('./child.ts', import.meta.url))],
    {
      env: {
        PATH: process.env['PATH'],
        NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
        CHILD_SETTINGS: JSON.stringify(settings),
        CHILD_KILL_AT: killAt,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  running.add(child);
  const ended = new Promise<string>((resolve) =>
    child.once('exit', (code, signal) => {
      running.delete(child);
      resolve(signal ?? String(code));
    }),
  );
  const first = await Promise.race([
    ended.then(() => null),
    new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve)),
  ]);
  if (first === null) return { url: null, ended };
  const { url, keys } = JSON.parse(first) as Pick<Child, 'url' | 'keys'>;
  return {
    url,
    keys,
    process: child,
    ended,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
