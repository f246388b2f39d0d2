/** Looks at a file through windows that grow until what is read there fits; a file in memory is one window, never copied. */

import { type Budget, budget, mustSpend } from '../base/budget.ts';
import { type Bytes, EMPTY } from '../base/bytes.ts';
import { partOf } from '../base/joined-source.ts';
import { Unreadable } from '../base/parsed.ts';
import type { Source } from '../base/source.ts';
import { Lexer } from './lexer.ts';
import { LIMITS, readingAllowance } from './limits.ts';

/** A file (or its first octets, as far as one revision goes) with what may still be spent on reading it. */
export interface FileView {
  readonly source: Source;
  readonly size: number;
  /** All octets, where having them costs no copy or the file is small. */
  readonly whole: Bytes | null;
  readonly allowance: Budget;
  /** Memory of the first window, used again for each object: octets read there are good until the next are. */
  readonly scratch: { memory: Bytes };
}

export function viewOf(source: Source): FileView {
  const allowance = budget('octets looked at', readingAllowance(source.size));
  return { source, size: source.size, whole: wholeOf(source), allowance, scratch: { memory: EMPTY } };
}

/** The first `size` octets of a view as one of their own, with a fresh allowance. */
export function firstOctets(view: FileView, size: number): FileView {
  if (size >= view.size) return { ...view, allowance: budget('octets looked at', readingAllowance(view.size)) };
  const whole = view.whole === null ? null : view.whole.subarray(0, size);
  const allowance = budget('octets looked at', readingAllowance(size));
  return { ...view, source: partOf(view.source, 0, size), size, whole, allowance };
}

/**
 * Runs `read` with the cursor at file offset `at`, again with a larger window while the window's end is met. What is kept
 * of a window where the lexer says so (`copies`) has to be a copy.
 */
export function readAt<T>(view: FileView, at: number, what: string, read: (lexer: Lexer) => T): T {
  if (view.whole !== null) {
    mustSpend(view.allowance, what, at);
    const lexer = new Lexer(view.whole, 0, Math.min(Math.max(0, at), view.size));
    const start = lexer.at;
    try {
      return read(lexer);
    } finally {
      view.allowance.left -= lexer.at - start;
      // A cut-off object has been looked at to the end of the file.
      if (lexer.hitEnd) view.allowance.left -= view.size - lexer.at;
    }
  }
  for (let length = FIRST_WINDOW; ; length *= GROWTH) {
    const bytes = windowAt(view, at, length);
    const lexer = new Lexer(bytes, at, 0, true, true);
    const more = at + bytes.length < view.size && length < LIMITS.objectSize;
    try {
      const value = read(lexer);
      if (!lexer.hitEnd || !more) {
        mustSpend(view.allowance, what, at, lexer.at);
        return value;
      }
    } catch (error) {
      if (!(error instanceof Unreadable) || !lexer.hitEnd || !more) throw error;
    }
    mustSpend(view.allowance, what, at, bytes.length);
  }
}

/** Offset of the next `pattern` at or after `from` and before `to`, or -1; what is looked at is paid for. */
export function findForward(view: FileView, pattern: Bytes, from: number, to = view.size, what = 'stream'): number {
  const first = pattern[0] as number;
  for (let at = from; at < to; ) {
    const bytes = view.source.read(at, Math.min(SCAN, to - at));
    for (let i = bytes.indexOf(first); i >= 0 && i + pattern.length <= bytes.length; i = bytes.indexOf(first, i + 1)) {
      let k = 1;
      while (k < pattern.length && bytes[i + k] === pattern[k]) k++;
      if (k === pattern.length) {
        mustSpend(view.allowance, what, from, i);
        return at + i;
      }
    }
    mustSpend(view.allowance, what, from, bytes.length);
    if (bytes.length < pattern.length || at + bytes.length >= to) return -1;
    at += bytes.length - pattern.length + 1;
  }
  return -1;
}

/** The first window stands in memory that is used again: a new one for each object would be freed much later. */
function windowAt({ source, scratch }: FileView, at: number, length: number): Bytes {
  if (length > FIRST_WINDOW || !source.readInto) return source.read(at, length);
  if (scratch.memory.length === 0) scratch.memory = new Uint8Array(FIRST_WINDOW);
  return scratch.memory.subarray(0, source.readInto(at, scratch.memory));
}

function wholeOf(source: Source): Bytes | null {
  if (source.size <= SMALL) return source.read(0, source.size);
  // A source over memory shares its octets: the buffer behind one octet is then as large as the file.
  return source.read(0, 1).buffer.byteLength >= source.size ? source.read(0, source.size) : null;
}

const SMALL = 1 << 16;
const FIRST_WINDOW = 2048;
const GROWTH = 8;
const SCAN = 1 << 16;
