/** Reads what a source file imports and which clock it touches, from its syntax tree, so that the architecture can be a test. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path/posix';
import { parseSync } from 'oxc-parser';

export type ImportKind = 'static' | 'dynamic';

/** One import of one file; `to` is a project path where `relative`, else the specifier, and null where it is computed at run time. */
export interface Import {
  readonly from: string;
  readonly to: string | null;
  readonly relative: boolean;
  readonly kind: ImportKind;
}

export interface SourceFile {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  /** Reads of the machine's clock: `Date.now`, `new Date()`, `Date()`. */
  readonly clockReads: number;
  /** Text of the comment the file opens with, or null where it opens otherwise. */
  readonly opening: string | null;
}

/** Every TypeScript file below `folder` of the project, sorted. */
export function readSources(root: string, folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.[cm]?tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort()
    .map((path) => readSource(path, readFileSync(join(root, path), 'utf8')));
}

/** Reads one file's text; throws where it is not TypeScript. */
export function readSource(path: string, text: string): SourceFile {
  const { program, comments, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const imports: Import[] = [];
  let clockReads = 0;
  walk(program, (node) => {
    const found = importOf(node);
    if (found) imports.push(resolved(path, found.specifier, found.kind));
    if (readsClock(node)) clockReads++;
  });
  const first = comments[0];
  const opening = first?.start === 0 && first.type === 'Block' && first.value.startsWith('*') ? prose(first.value) : null;
  return { path, lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0), imports, clockReads, opening };
}

type Node = Readonly<Record<string, unknown>> & { readonly type: string };

function importOf(node: Node): { specifier: string | null; kind: ImportKind } | null {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
      return node['source'] ? { specifier: literal(node['source']), kind: 'static' } : null;
    case 'TSImportType':
      return { specifier: literal(node['source']), kind: 'static' };
    case 'TSExternalModuleReference':
      return { specifier: literal(node['expression']), kind: 'static' };
    case 'ImportExpression':
      return { specifier: literal(node['source']), kind: 'dynamic' };
    case 'CallExpression':
      return isNamed(node['callee'], 'require') ? { specifier: literal((node['arguments'] as unknown[])[0]), kind: 'dynamic' } : null;
    default:
      return null;
  }
}

function readsClock(node: Node): boolean {
  if (node.type === 'MemberExpression') return isNamed(node['object'], 'Date') && isNamed(node['property'], 'now');
  if (node.type === 'CallExpression') return isNamed(node['callee'], 'Date');
  return node.type === 'NewExpression' && isNamed(node['callee'], 'Date') && (node['arguments'] as unknown[]).length === 0;
}

function walk(value: unknown, visit: (node: Node) => void): void {
  const waiting = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (Array.isArray(next)) waiting.push(...next);
    else if (next !== null && typeof next === 'object') {
      if (isNode(next)) visit(next);
      waiting.push(...Object.values(next));
    }
  }
}

const isNode = (value: unknown): value is Node => typeof (value as Node | null)?.type === 'string';

const isNamed = (value: unknown, name: string): boolean => isNode(value) && value.type === 'Identifier' && value['name'] === name;

function literal(value: unknown): string | null {
  if (!isNode(value)) return null;
  if (value.type === 'TSLiteralType') return literal(value['literal']);
  return value.type === 'Literal' && typeof value['value'] === 'string' ? value['value'] : null;
}

function resolved(from: string, specifier: string | null, kind: ImportKind): Import {
  const relative = specifier?.startsWith('.') ?? false;
  return { from, to: relative ? join(dirname(from), specifier ?? '') : specifier, relative, kind };
}

/** A comment's text without its stars. */
const prose = (comment: string): string =>
  comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*+ ?/, '').trimEnd())
    .join('\n')
    .trim();
