/** Commits reach the disk together: a flush beside the main thread serves all that were written before it began. */
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface Flushes {
  /** Something was committed to the file. */
  written(): void;
  /** When all that was committed until now is on the disk. Throws what the disk said, then and from then on. */
  reached(): Promise<void>;
  close(): Promise<void>;
}

/** Of the file at `path`, which is there once something was written, and stays. */
export function flushesOf(path: string): Flushes {
  let commits = 0;
  let flushed = 0;
  let file: FileHandle | null = null;
  let underWay: Promise<void> | null = null;
  const flush = async (): Promise<void> => {
    const until = commits;
    if (file === null) {
      file = await open(path, 'r');
      await nameReached(dirname(path));
    }
    await file.datasync();
    flushed = until;
    underWay = null;
  };
  return {
    written: () => {
      commits++;
    },
    reached: async () => {
      const until = commits;
      // A flush that failed stays: what the system still had to write may be lost, and another flush would not say so.
      while (flushed < until) {
        underWay ??= flush();
        await underWay;
      }
    },
    close: async () => {
      await underWay?.catch(() => undefined);
      await file?.close();
    },
  };
}

/** The name of a new file is on the disk with its folder; Windows opens no folders, and writes names at once. */
async function nameReached(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const named = await open(folder, 'r');
  await named.sync().finally(() => named.close());
}
