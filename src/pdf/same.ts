/** Equality of PDF objects as values (ISO 32000-2, 7.3): references by number, streams by their encoded octets. */
import { equal } from '../base/bytes.ts';
import { attempt } from '../base/parsed.ts';
import { encodedBytes, type PdfDict, type PdfObject, type PdfRef, type PdfStream } from './object.ts';

/** Whether two objects are written alike: order of keys, way of quoting and white space apart. Depth is bounded by the lexer. */
export function sameObject(a: PdfObject, b: PdfObject): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a === 'boolean' || typeof b === 'boolean') return false;
  switch (a.kind) {
    case 'integer':
    case 'real':
      return (b.kind === 'integer' || b.kind === 'real') && a.value === b.value;
    case 'name':
      return b.kind === 'name' && a.name === b.name;
    case 'string':
      return b.kind === 'string' && equal(a.bytes, b.bytes);
    case 'array':
      return b.kind === 'array' && a.items.length === b.items.length && a.items.every((item, i) => sameObject(item, b.items[i] ?? null));
    case 'dict':
      return b.kind === 'dict' && sameDict(a, b);
    case 'stream':
      return b.kind === 'stream' && sameDict(a.dict, b.dict) && sameOctets(a, b);
    case 'ref':
      return b.kind === 'ref' && a.num === b.num && a.gen === b.gen;
    case 'raw':
      return false;
  }
}

/** Keys whose values differ, those that only one of the two has included. An absent key and a null value are the same (7.3.7). */
export function changedKeys(a: PdfDict, b: PdfDict): string[] {
  const changed: string[] = [];
  for (const [key, value] of a.entries) if (!sameObject(value, b.entries.get(key) ?? null)) changed.push(key);
  for (const [key, value] of b.entries) if (value !== null && !a.entries.has(key)) changed.push(key);
  return changed;
}

/** Calls `visit` with each reference that an object holds itself. */
export function eachReference(of: PdfObject, visit: (target: PdfRef) => void): void {
  if (of === null || typeof of !== 'object') return;
  if (of.kind === 'ref') visit(of);
  else if (of.kind === 'array') for (const item of of.items) eachReference(item, visit);
  else if (of.kind === 'dict') for (const value of of.entries.values()) eachReference(value, visit);
  else if (of.kind === 'stream') for (const value of of.dict.entries.values()) eachReference(value, visit);
}

const sameDict = (a: PdfDict, b: PdfDict): boolean => a.repeated.length === 0 && b.repeated.length === 0 && changedKeys(a, b).length === 0;

function sameOctets(a: PdfStream, b: PdfStream): boolean {
  if (a.decipher !== undefined || b.decipher !== undefined) return sameDeciphered(a, b);
  if (a.length !== b.length) return false;
  if (a.source === b.source && a.start === b.start) return true;
  for (let at = 0; at < a.length; at += PIECE) {
    const length = Math.min(PIECE, a.length - at);
    if (!equal(a.source.read(a.start + at, length), b.source.read(b.start + at, length))) return false;
  }
  return true;
}

/** The same octets enciphered twice look different. */
function sameDeciphered(a: PdfStream, b: PdfStream): boolean {
  const [was, is] = [attempt(() => encodedBytes(a)), attempt(() => encodedBytes(b))];
  return was.ok && is.ok && equal(was.value, is.value);
}

const PIECE = 1 << 18;
