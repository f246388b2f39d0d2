/** Folders for the files of tests, which go when the tests are over. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder of its own for the test file, or the `describe`, that calls this at its top; it is removed after the last of its tests. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'adeskit-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
