/** Tokens of an XPath expression, told apart by what stands before and after them (XPath 1.0, 3.7). */
import { unreadable } from '../base/parsed.ts';

export interface Token {
  readonly kind: 'operator' | 'symbol' | 'literal' | 'number' | 'function' | 'node-type' | 'axis' | 'name' | 'end';
  /** As written; of a literal what stands between the quotes. */
  readonly text: string;
  readonly at: number;
}

/** @throws Unreadable where the text is no expression, or a longer one than anybody writes */
export function tokensOf(text: string): Token[] {
  if (text.length > LONGEST) unreadable('XPath', LONGEST, `an expression of more than ${LONGEST} characters`);
  const tokens: Token[] = [];
  for (let at = spaceAfter(text, 0); at < text.length; ) {
    const token = tokenAt(text, at, tokens[tokens.length - 1]);
    tokens.push(token);
    if (tokens.length > MOST) unreadable('XPath', at, `an expression of more than ${MOST} tokens`);
    at = spaceAfter(text, at + token.text.length + (token.kind === 'literal' ? 2 : 0));
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
}

function tokenAt(text: string, at: number, before: Token | undefined): Token {
  const operand = before !== undefined && before.kind !== 'operator' && !(before.kind === 'symbol' && OPENING.has(before.text));
  const character = text[at] as string;
  if (character === '"' || character === "'") {
    const end = text.indexOf(character, at + 1);
    if (end < 0) unreadable('XPath', at, 'a literal does not end');
    return { kind: 'literal', text: text.slice(at + 1, end), at };
  }
  const number = matchAt(NUMBER, text, at);
  if (number !== null) return { kind: 'number', text: number, at };
  const symbol = matchAt(SYMBOL, text, at);
  if (symbol !== null) return { kind: 'symbol', text: symbol, at };
  if (character === '*') return { kind: operand ? 'operator' : 'name', text: '*', at };
  const operator = matchAt(OPERATOR, text, at);
  if (operator !== null) return { kind: 'operator', text: operator, at };
  const name = matchAt(NAME, text, at);
  if (name === null) return unreadable('XPath', at, `'${character}' stands for nothing`);
  if (operand && OPERATOR_NAMES.has(name)) return { kind: 'operator', text: name, at };
  if (operand) return unreadable('XPath', at, `'${name}' where an operator must stand`);
  const after = spaceAfter(text, at + name.length);
  if (text.startsWith('::', after)) return { kind: 'axis', text: name, at };
  if (text[after] === '(') return { kind: NODE_TYPES.has(name) ? 'node-type' : 'function', text: name, at };
  return { kind: 'name', text: name, at };
}

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

function spaceAfter(text: string, at: number): number {
  SPACE.lastIndex = at;
  return at + (SPACE.exec(text)?.[0].length ?? 0);
}

const LONGEST = 10_000;
const MOST = 2_000;
const SPACE = /[ \t\r\n]*/y;
const NUMBER = /(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)/y;
const SYMBOL = /(?:\.\.|::|[()[\].@,])/y;
const OPERATOR = /(?:\/\/|!=|<=|>=|[/|+\-=<>])/y;
/** A QName, or a prefix with `:*`. */
const NAME = /[\p{L}_][\p{L}\p{N}\p{M}_.\-·]*(?::(?!:)(?:\*|[\p{L}_][\p{L}\p{N}\p{M}_.\-·]*))?/uy;
const OPENING: ReadonlySet<string> = new Set(['@', '::', '(', '[', ',']);
const OPERATOR_NAMES: ReadonlySet<string> = new Set(['and', 'or', 'mod', 'div']);
const NODE_TYPES: ReadonlySet<string> = new Set(['comment', 'text', 'processing-instruction', 'node']);
