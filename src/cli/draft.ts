/** A prepared signature as a JSON file, so that the second half can run elsewhere or later. */
import type { Prepared } from '../sign.ts';
import { readPrepared } from '../sign.ts';
import { aboutFile, readBytes } from './files.ts';

/** Throws `Fault` `malformed-input` where the file is not one that `prepare` wrote, `io`. */
export function readDraft(path: string): Prepared {
  const json = readBytes(path);
  try {
    return readPrepared(json);
  } catch (error) {
    throw aboutFile(path, error);
  }
}
