/** A prepared signature as a JSON file, so that the second half can run elsewhere or later. */

import { type Prepared, readPrepared } from '../prepare.ts';
import { type PreparedContainer, readPreparedContainer } from '../prepare-asic.ts';
import { type PreparedCall, readPreparedCall } from '../prepare-call.ts';
import { aboutFile, readBytes } from './files.ts';

/** Throws `Fault` `malformed-input` where the file is not one that `prepare` wrote, `io`. */
export function readDraft(path: string): Prepared | PreparedContainer | PreparedCall {
  const json = readBytes(path);
  try {
    return readPreparedCall(json) ?? readPreparedContainer(json) ?? readPrepared(json);
  } catch (error) {
    throw aboutFile(path, error);
  }
}
