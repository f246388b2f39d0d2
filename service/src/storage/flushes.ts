/** Commits reach the disk together: a flush beside the main thread serves all that were written before it began. */
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface Flushes extends Together {
  close(): Promise<void>;
}

export interface Together {
  /** Something was written. */
  written(): void;
  /** When all that was written until now is on the disk. Throws what the disk said, then and from then on. */
  reached(): Promise<void>;
}

/** Of the file at `path`, which is there once something was written, and stays. */
export function flushesOf(path: string): Flushes {
  let file: FileHandle | null = null;
  let last: Promise<unknown> = Promise.resolve();
  const flush = async (): Promise<void> => {
    if (file === null) {
      file = await open(path, 'r');
      await namesReached(dirname(path));
    }
    await file.datasync();
  };
  return {
    ...together(() => {
      const flushing = flush();
      last = flushing.catch(() => undefined);
      return flushing;
    }),
    close: async () => {
      await last;
      await file?.close();
    },
  };
}

/** One flush at a time, for all that was written before it began. */
export function together(flush: () => Promise<void>): Together {
  let writings = 0;
  let flushed = 0;
  let underWay: Promise<void> | null = null;
  const begin = async (): Promise<void> => {
    const until = writings;
    await flush();
    flushed = until;
    underWay = null;
  };
  return {
    written: () => {
      writings++;
    },
    reached: async () => {
      const until = writings;
      // A flush that failed stays: what the system still had to write may be lost, and another flush would not say so.
      while (flushed < until) {
        underWay ??= begin();
        await underWay;
      }
    },
  };
}

/** The names of new files are on the disk with their folder; Windows opens no folders, and writes names at once. */
export async function namesReached(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const named = await open(folder, 'r');
  await named.sync().finally(() => named.close());
}
