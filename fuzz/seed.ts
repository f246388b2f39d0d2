/** Seeds: real files from the vectors' folders, taken by rule, and some made here, so that there are always seeds. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Bytes, plain } from '../src/base/bytes.ts';
import { fromBase64, fromLatin1 } from '../src/base/text.ts';

export interface Seed {
  /** Where it is from: folder and file, or what was made. */
  readonly from: string;
  readonly bytes: Bytes;
}

/** Files below a folder of the vectors whose names end like this; PEM blocks and what CMS and PKCS#12 wrap are unwrapped by the reader of seeds. */
export interface SeedRule {
  readonly folder: string;
  readonly endings: readonly string[];
  /** At most so many files, spread evenly over all of them in order of name. */
  readonly most: number;
}

export const VECTORS = process.env['ADESKIT_VECTORS'] ?? join(import.meta.dirname, '../../shared/vectors');

/** Files by these rules, PEM turned into DER; none where the vectors are not here. */
export function filesBy(rules: readonly SeedRule[], longest: number): Seed[] {
  return rules.flatMap((rule) => {
    const top = join(VECTORS, rule.folder);
    if (!existsSync(top)) return [];
    const names = readdirSync(top, { recursive: true, encoding: 'utf8' })
      .filter((name) => rule.endings.some((ending) => name.toLowerCase().endsWith(ending)))
      .map((name) => join(top, name))
      .filter((path) => statSync(path).isFile() && statSync(path).size <= 4 * longest)
      .toSorted();
    const step = Math.max(1, names.length / rule.most);
    const chosen = Array.from({ length: Math.min(names.length, rule.most) }, (_, i) => names[Math.floor(i * step)] as string);
    return chosen.flatMap((path) =>
      blocksOf(contentOf(path))
        .map((bytes) => ({ from: path.slice(VECTORS.length + 1), bytes }))
        .filter(({ bytes }) => bytes.length <= longest),
    );
  });
}

const contentOf = (path: string): Bytes => {
  const bytes = plain(readFileSync(path));
  return path.endsWith('.gz') ? plain(gunzipSync(bytes)) : bytes;
};

/** The file itself, or what its PEM blocks hold (RFC 7468). */
function blocksOf(bytes: Bytes): readonly Bytes[] {
  if (bytes[0] === 0x30 || bytes[0] === 0x25) return [bytes];
  const text = fromLatin1(bytes);
  const blocks = [...text.matchAll(/-----BEGIN ([^-]+)-----([^-]+)-----END/g)].flatMap(
    ([, , body = '']) => fromBase64(body.replace(/^[^\n]*:.*$/gm, '')) ?? [],
  );
  return blocks.length > 0 ? blocks : [bytes];
}
