/** Indirect objects and where stream data ends (ISO 32000-2, 7.3.8 and 7.3.10). */
import { mustSpend } from '../base/budget.ts';
import { latin1 } from '../base/text.ts';
import type { Lexer } from './lexer.ts';
import { asInteger, entry, type PdfDict, type PdfObject } from './object.ts';
import { type FileView, findForward, readAt } from './window.ts';

export interface IndirectObject {
  readonly num: number;
  readonly gen: number;
  readonly value: PdfObject;
  /** Offset of the object number in the file; for a compressed object -1. */
  readonly at: number;
  /** Offset after `endobj`, or after the value where that is missing; for a compressed object -1. */
  readonly end: number;
  /** Number of the object stream that holds it, or null. */
  readonly container: number | null;
}

/** Says what /Length means; null where that cannot be told. */
export type LengthOf = (value: PdfObject) => number | null;

export const directLength: LengthOf = (value) => asInteger(value);

/** Reads `num gen obj … endobj` at a file offset. A stream whose /Length is wrong ends at its `endstream`. */
export function readIndirect(view: FileView, at: number, lengthOf: LengthOf): IndirectObject {
  mustSpend(view.allowance, 'object', at, 16);
  const head = readAt(view, at, 'object', readHead);
  const { num, gen, value, dataStart } = head;
  if (dataStart < 0) return { num, gen, value, at: head.start, end: head.end, container: null };
  const dict = value as PdfDict;
  const { length, after } = dataExtent(view, dataStart, lengthOf(entry(dict, 'Length')));
  const end = readAt(view, after, 'object', (lexer) => {
    const start = lexer.at;
    return lexer.takeKeyword('endobj') ? lexer.base + lexer.at : lexer.base + start;
  });
  const stream: PdfObject = { kind: 'stream', dict, source: view.source, start: dataStart, length };
  return { num, gen, value: stream, at: head.start, end, container: null };
}

interface Head {
  num: number;
  gen: number;
  value: PdfObject;
  start: number;
  end: number;
  /** Offset of the stream data, or -1. */
  dataStart: number;
}

function readHead(lexer: Lexer): Head {
  lexer.skipSpace();
  const start = lexer.base + lexer.at;
  const num = lexer.takeInteger();
  const gen = lexer.takeInteger();
  if (num < 0 || gen < 0 || !lexer.takeKeyword('obj')) lexer.fail('object', 'no indirect object starts here');
  if (lexer.takeKeyword('endobj')) return { num, gen, value: null, start, end: lexer.base + lexer.at, dataStart: -1 };
  const value = lexer.object();
  const valueEnd = lexer.base + lexer.at;
  lexer.skipSpace();
  if (typeof value === 'object' && value?.kind === 'dict' && lexer.startsWith('stream', lexer.at)) {
    return { num, gen, value, start, end: -1, dataStart: lexer.base + afterStreamKeyword(lexer) };
  }
  const end = lexer.takeKeyword('endobj') ? lexer.base + lexer.at : valueEnd;
  return { num, gen, value, start, end, dataStart: -1 };
}

/** `stream`, then CR LF or LF; a lone CR and blanks before the line's end are taken as well. */
function afterStreamKeyword(lexer: Lexer): number {
  const { bytes } = lexer;
  let at = lexer.at + 'stream'.length;
  if (at + 2 >= lexer.end) lexer.hitEnd = true;
  let blank = at;
  while (bytes[blank] === 0x20) blank++;
  if (blank + 2 >= lexer.end) lexer.hitEnd = true;
  if (bytes[blank] === 0x0d || bytes[blank] === 0x0a) at = blank;
  if (bytes[at] === 0x0d) at++;
  if (bytes[at] === 0x0a) at++;
  return at;
}

function dataExtent(view: FileView, start: number, length: number | null): { length: number; after: number } {
  if (length !== null && length >= 0 && start + length <= view.size) {
    const after = readAt(view, start + length, 'stream', (lexer) => {
      lexer.skipSpace();
      return lexer.startsWith('endstream', lexer.at) ? lexer.base + lexer.at + 9 : -1;
    });
    // Comments are no white space here: skipping one could leave the data unnoticed.
    if (after >= 0 && after - 9 - (start + length) <= SLACK) return { length, after };
  }
  const found = findForward(view, ENDSTREAM, start);
  if (found < 0) {
    const cut = findForward(view, ENDOBJ, start);
    const end = cut < 0 ? view.size : cut;
    return { length: end - start, after: end };
  }
  const before = view.source.read(Math.max(start, found - 2), found - Math.max(start, found - 2));
  let trim = 0;
  if (before[before.length - 1] === 0x0a) trim = before[before.length - 2] === 0x0d ? 2 : 1;
  else if (before[before.length - 1] === 0x0d) trim = 1;
  return { length: found - start - trim, after: found + 9 };
}

const ENDSTREAM = latin1('endstream');
const ENDOBJ = latin1('endobj');
/** White space allowed between the data and `endstream`. */
const SLACK = 16;
