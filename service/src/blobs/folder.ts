/** Blobs as files in a folder: written beside, flushed, then renamed, which is flushed too. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, opendir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { namesReached, type Together, together } from '../storage/flushes.ts';
import { BLOB_KINDS, type BlobStore, ownerOf, type StoredBlob } from './blobs.ts';

export function folderBlobs(folder: string): BlobStore {
  const root = resolve(folder);
  const named = namesIn();
  const pathOf = (name: string): string => {
    const path = resolve(root, name);
    if (!path.startsWith(root + sep)) throw new Error('a blob name leads out of the folder');
    return path;
  };
  return {
    put: async (name, bytes) => write(pathOf(name), bytes, named),
    get: async (name) => readFile(pathOf(name)).catch(goneIsFine),
    remove: async (name) => rm(pathOf(name), { force: true }),
    list: () => list(root),
  };
}

async function* list(root: string): AsyncGenerator<StoredBlob> {
  for (const kind of BLOB_KINDS) {
    const folder = join(root, kind);
    const opened = await opendir(folder).catch(goneIsFine);
    for await (const { name: file } of opened ?? []) {
      const name = `${kind}/${file}`;
      if (ownerOf(name) === undefined) continue;
      const found = await stat(join(folder, file)).catch(goneIsFine);
      if (found) yield { name, at: found.mtimeMs };
    }
  }
}

function goneIsFine(error: NodeJS.ErrnoException): null {
  if (error.code !== 'ENOENT') throw error;
  return null;
}

/** A file that is there after the machine failed, but under no name, is of no use. Those that come together are flushed together. */
function namesIn(): (folder: string) => Promise<void> {
  const folders = new Map<string, Together>();
  return async (folder) => {
    const names = folders.get(folder) ?? together(() => namesReached(folder));
    folders.set(folder, names);
    names.written();
    // Whoever waited is told; who comes later tries anew.
    await names.reached().catch((error: unknown) => {
      folders.delete(folder);
      throw error;
    });
  };
}

async function write(path: string, bytes: Uint8Array, named: (folder: string) => Promise<void>): Promise<void> {
  const folder = dirname(path);
  const made = await mkdir(folder, { recursive: true, mode: 0o700 });
  for (let at = folder; made !== undefined && at.length >= made.length; at = dirname(at)) await namesReached(dirname(at));
  const beside = join(folder, `.${randomBytes(8).toString('hex')}`);
  const file = await open(beside, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
  await named(folder);
}
