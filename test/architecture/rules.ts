/** The architecture as data, and the functions that name each breach of it. */
import type { Import, SourceFile } from './sources.ts';

/**
 * One folder per standard, lowest row first. A folder may import itself and any lower row, never a neighbour or a higher one.
 * `(root)` are the files directly in src/: the stories and the index.
 */
export const ROWS: readonly (readonly string[])[] = [
  ['base'],
  ['asn1', 'xml', 'platform'],
  ['crypto'],
  ['pki', 'pdf', 'zip'],
  ['cms', 'xmldsig'],
  ['tsp'],
  ['facts'],
  ['evidence-record'],
  ['cades', 'xades'],
  ['pades', 'asic'],
  ['trust'],
  ['validation'],
  ['net', 'report', 'issuing'],
  ['keys', 'render'],
  ['(root)'],
  ['cli'],
];

/** Folders that may touch the platform (node:*). */
const PLATFORM = ['platform', 'crypto', 'net', 'issuing', 'keys', 'render', 'cli'];
/** Folders that may load an optional package by `await import()`. */
const OPTIONAL = ['keys', 'render', 'cli'];
/** Places that may load our own files by `await import()`, so that start-up stays short: each story what its rarer turns take. */
const LAZY = ['(root)', 'cli'];
/** Folders that may ask the machine what time it is; for all others time is an argument. */
const CLOCK = ['net', 'issuing', 'keys', 'cli'];
const LONGEST = 500;

export const folderOf = (path: string): string => {
  const parts = path.split('/');
  return parts.length > 2 ? (parts[1] as string) : '(root)';
};

const rowOf = (path: string): number => (path.startsWith('src/') ? ROWS.findIndex((row) => row.includes(folderOf(path))) : -1);

/** Files in a folder that no row names, and relative imports that lead to such a place or out of src/. */
export const unknownPlaces = (files: readonly SourceFile[]): string[] => [
  ...files.filter(({ path }) => rowOf(path) < 0).map(({ path }) => path),
  ...inner(files)
    .filter(({ to }) => rowOf(to) < 0)
    .map(arrow),
];

/** Imports of a neighbour or of a higher row, type-only ones included. */
export const notDownward = (files: readonly SourceFile[]): string[] =>
  inner(files)
    .filter(({ from, to }) => folderOf(from) !== folderOf(to) && rowOf(to) >= rowOf(from))
    .map(arrow);

/** Each chain of files that ends where it began. */
export function cycles(files: readonly SourceFile[]): string[] {
  const next = Map.groupBy(inner(files), ({ from }) => from);
  const found: string[] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string): void => {
    const seenAt = trail.indexOf(path);
    if (seenAt >= 0) found.push([...trail.slice(seenAt), path].join(' → '));
    if (seenAt >= 0 || done.has(path)) return;
    trail.push(path);
    for (const { to } of next.get(path) ?? []) visit(to);
    trail.pop();
    done.add(path);
  };
  for (const { path } of files) visit(path);
  return found;
}

/** Imports of files that are not there. */
export function dangling(files: readonly SourceFile[]): string[] {
  const paths = new Set(files.map(({ path }) => path));
  return inner(files)
    .filter(({ to }) => to.startsWith('src/') && !paths.has(to))
    .map(arrow);
}

export const platformBreaches = (files: readonly SourceFile[]): string[] =>
  outer(files)
    .filter(({ from, to }) => to.startsWith('node:') && !PLATFORM.includes(folderOf(from)))
    .map(arrow);

/** Packages imported at load time that an installation of this one would not bring along. */
export const undeclaredPackages = (files: readonly SourceFile[], dependencies: readonly string[]): string[] =>
  outer(files)
    .filter(({ to, kind }) => kind === 'static' && !to.startsWith('node:') && !dependencies.includes(packageOf(to)))
    .map(arrow);

export const dynamicBreaches = (files: readonly SourceFile[]): string[] =>
  files
    .flatMap(({ imports }) => imports)
    .filter(({ from, to, relative, kind }) => {
      if (kind === 'static' || to?.startsWith('node:')) return false;
      return !(relative ? LAZY : OPTIONAL).includes(folderOf(from));
    })
    .map(arrow);

export const clockBreaches = (files: readonly SourceFile[]): string[] =>
  files.filter(({ path, clockReads }) => clockReads > 0 && !CLOCK.includes(folderOf(path))).map(({ path }) => path);

/** Files that do not open with a sentence saying what they are. */
export const unopened = (files: readonly SourceFile[]): string[] =>
  files
    .filter(({ opening }) => {
      const sentence = opening?.split('\n\n')[0] ?? '';
      return sentence.split(/\s+/).length < 3 || !/[.:]$/.test(sentence);
    })
    .map(({ path }) => path);

/** Files over the limit whose opening comment gives no reason ("long because …"). */
export const tooLong = (files: readonly SourceFile[]): string[] =>
  files
    .filter(({ lines, opening }) => lines > LONGEST && !/\blong because\b/i.test(opening?.replace(/\s+/g, ' ') ?? ''))
    .map(({ path, lines }) => `${path}: ${lines} lines`);

type Known = Import & { readonly to: string };

const known = (files: readonly SourceFile[]): Known[] =>
  files.flatMap(({ imports }) => imports).filter((one): one is Known => one.to !== null);

const inner = (files: readonly SourceFile[]): Known[] => known(files).filter(({ relative }) => relative);
const outer = (files: readonly SourceFile[]): Known[] => known(files).filter(({ relative }) => !relative);

const packageOf = (specifier: string): string => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

const arrow = ({ from, to, kind }: Import): string => `${from} ${kind === 'dynamic' ? '⇢' : '→'} ${to ?? 'a name computed at run time'}`;
