/** Local files as sources and sinks: random reads through a small page cache, writes that appear whole or not at all. */
import { closeSync, fstatSync, fsync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Bytes, EMPTY } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import type { Sink, Source } from '../base/source.ts';

/** A file open for reading; whoever opened it closes it. */
export interface FileSource extends Source {
  close(): void;
}

/** A file being written under another name; `finish` gives it its own name, `abort` leaves no trace. */
export interface FileSink extends Sink {
  write(bytes: Bytes): void;
  /** Flushes to disk, in a thread of the runtime, and renames into place, over a file of that name. */
  finish(): Promise<void>;
  /** Removes what was written; does nothing once it is finished. */
  abort(): void;
}

/** Opens `path` for random access. Throws `io` where it cannot be opened, and later where it cannot be read. */
export function openFileSource(path: string): FileSource {
  const { descriptor, size } = io(`cannot open ${path}`, () => {
    const opened = openSync(path, 'r');
    const stat = fstatSync(opened);
    if (!stat.isFile()) {
      closeSync(opened);
      throw new Error('not a regular file');
    }
    return { descriptor: opened, size: stat.size };
  });
  const pages = new Map<number, Bytes>();
  let open = true;

  const fillInto = (at: number, bytes: Bytes): Bytes => {
    if (!open) throw new Fault('io', `${path} was read after it was closed`);
    for (let done = 0; done < bytes.length; ) {
      const got = io(`cannot read ${path}`, () => readSync(descriptor, bytes, done, bytes.length - done, at + done));
      if (got === 0) throw new Fault('io', `${path} became shorter while it was read`);
      done += got;
    }
    return bytes;
  };
  const fill = (at: number, length: number): Bytes => fillInto(at, new Uint8Array(length));
  const page = (number: number): Bytes => {
    const held = pages.get(number);
    if (held !== undefined) {
      // Re-inserting makes the map's order the order of use.
      pages.delete(number);
      pages.set(number, held);
      return held;
    }
    const read = fill(number * PAGE, Math.min(PAGE, size - number * PAGE));
    if (pages.size >= PAGES) for (const oldest of pages.keys()) if (pages.delete(oldest)) break;
    pages.set(number, read);
    return read;
  };

  return {
    size,
    read(offset, length) {
      const start = Math.min(Math.max(offset, 0), size);
      const end = Math.min(start + Math.max(length, 0), size);
      if (end === start) return EMPTY;
      const first = Math.floor(start / PAGE);
      if (end <= (first + 1) * PAGE) return page(first).subarray(start - first * PAGE, end - first * PAGE);
      return fill(start, end - start);
    },
    readInto(offset, target) {
      const start = Math.min(Math.max(offset, 0), size);
      const length = Math.min(target.length, size - start);
      if (length > 0) fillInto(start, target.subarray(0, length));
      return length;
    },
    close() {
      if (open) closeSync(descriptor);
      open = false;
      pages.clear();
    },
  };
}

/** Starts writing `path`, beside it under a name of its own. Throws `io` where that cannot be done. */
export function createFileSink(path: string): FileSink {
  const { descriptor, temporary } = io(`cannot write ${path}`, () => openBeside(path));
  let open = true;
  const abort = () => {
    if (!open) return;
    open = false;
    closeSync(descriptor);
    rmSync(temporary, { force: true });
  };
  const guarded = (what: string, step: () => void) => {
    try {
      io(what, step);
    } catch (error) {
      abort();
      throw error;
    }
  };
  const requireOpen = (): void => {
    if (!open) throw new Fault('io', `${path} was already finished or aborted`);
  };
  return {
    write(bytes) {
      if (!open) throw new Fault('io', `${path} was written after it was finished or aborted`);
      guarded(`cannot write ${path}`, () => {
        for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done, bytes.length - done);
      });
    },
    async finish() {
      requireOpen();
      const failed = await flushed(descriptor).then(
        () => null,
        (error: unknown) => ({ error }),
      );
      requireOpen();
      guarded(`cannot write ${path}`, () => {
        if (failed !== null) throw failed.error;
        renameSync(temporary, path);
      });
      open = false;
      closeSync(descriptor);
    },
    abort,
  };
}

const flushed = promisify(fsync);

/** Exclusive creation, so that nobody's file is written over and no link is followed. */
function openBeside(path: string): { descriptor: number; temporary: string } {
  for (let attempt = 0; ; attempt++) {
    const temporary = join(dirname(path), `.${basename(path)}.${attempt}.part`);
    try {
      return { descriptor: openSync(temporary, 'wx'), temporary };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt >= ATTEMPTS) throw error;
    }
  }
}

function io<T>(what: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault('io', `${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

const PAGE = 1 << 14;
const PAGES = 256;
const ATTEMPTS = 1000;
