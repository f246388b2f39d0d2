/** Files of a conformance folder: named by its manifest.json and never by listing the folder. */
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join, normalize } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** The cases of `dir/manifest.json`, and the whole manifest beside them. */
export function readManifest<Case>(dir: string): { readonly cases: readonly Case[]; readonly [member: string]: unknown } {
  const manifest: unknown = JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8'));
  if (typeof manifest !== 'object' || manifest === null || !('cases' in manifest) || !Array.isArray(manifest.cases)) {
    throw new Error(`${dir}/manifest.json has no cases`);
  }
  return manifest as unknown as { readonly cases: readonly Case[] };
}

/** Octets of a file that the manifest names, unpacked where the name ends in `.gz`. */
export function readFile(dir: string, path: string): Uint8Array {
  if (isAbsolute(path) || normalize(path).startsWith('..')) throw new Error(`${path} is outside the folder`);
  const bytes = readFileSync(join(dir, path));
  return new Uint8Array(path.endsWith('.gz') ? gunzipSync(bytes) : bytes);
}

/** The folder of a set of vectors, or null (with a line that says so) where this machine has none. */
export function vectorsOf(set: string): string | null {
  const dir = join(process.env['ADESKIT_VECTORS'] ?? join(import.meta.dirname, '../../shared/vectors'), set);
  if (existsSync(join(dir, 'manifest.json'))) return dir;
  process.stderr.write(`vectors: ${dir} is not here (ADESKIT_VECTORS names another folder)\n`);
  return null;
}
