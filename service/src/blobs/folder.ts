/** Blobs as files in a folder: written beside, flushed, then renamed. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, opendir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { BLOB_KINDS, type BlobStore, ownerOf, type StoredBlob } from './blobs.ts';

export function folderBlobs(folder: string): BlobStore {
  const root = resolve(folder);
  const pathOf = (name: string): string => {
    const path = resolve(root, name);
    if (!path.startsWith(root + sep)) throw new Error('a blob name leads out of the folder');
    return path;
  };
  return {
    put: async (name, bytes) => write(pathOf(name), bytes),
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

async function write(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const beside = join(dirname(path), `.${randomBytes(8).toString('hex')}`);
  const file = await open(beside, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
}
