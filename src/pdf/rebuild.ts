/** Cross-references found by one scan of the file, for files whose own cannot be read (ISO 32000-2, annex H has no say in it: viewers do so). */
import { spend } from '../base/budget.ts';
import { attempt, unreadable } from '../base/parsed.ts';
import { directLength, type IndirectObject, readIndirect } from './indirect.ts';
import { isDigit, isSpace } from './lexer.ts';
import { LIMITS } from './limits.ts';
import { asDict, dict, entry, isKind, isName, type PdfDict, type PdfObject, ref, withEntries } from './object.ts';
import { readObjectStream } from './objectstream.ts';
import { type FileView, readAt } from './window.ts';
import type { XrefEntry, XrefSection } from './xref.ts';

/** Gives what opens the streams of an encrypted file, by a section with the objects that stand in the file itself; null where nothing does. */
export type Opener = (found: XrefSection) => ((object: IndirectObject) => PdfObject) | null;

/** One pseudo-section with every object found, the last of each number; null where no catalogue is among them. `shift`: octets before the header. */
export function rebuildSection(view: FileView, shift: number, opener: Opener): XrefSection | null {
  const { objects, trailers } = scan(view);
  const candidates: PdfDict[] = [];
  // The last trailers are the newest, and the reading allowance may not do for all of them.
  for (const at of trailers.slice(-TRAILERS)) {
    const trailer = attempt(() => readAt(view, at + 7, 'trailer', (lexer) => lexer.dictionary()));
    if (trailer.ok) candidates.push(trailer.value);
  }
  let catalog: PdfDict | null = null;
  const streamTrailers: PdfDict[] = [];
  const inFile = new Map<number, XrefEntry>();
  const containers = new Map<number, IndirectObject>();
  const readable: Found[] = [];
  for (const found of objects) {
    const { num, gen, at } = found;
    if (view.allowance.left < 0) break;
    if (num > LIMITS.objectNumber) continue;
    const object = attempt(() => readIndirect(view, at, directLength));
    if (!object.ok) continue;
    readable.push(found);
    inFile.set(num, { kind: 'file', at: at - shift, gen });
    const value = object.value.value;
    const of = asDict(value);
    if (of === null) continue;
    const type = entry(of, 'Type');
    if (isName(type, 'Catalog')) catalog = dict({ Root: ref(num, gen) });
    if (!isKind(value, 'stream')) continue;
    if (isName(type, 'XRef')) streamTrailers.push(of);
    if (isName(type, 'ObjStm')) containers.set(at, object.value);
  }
  const all = [...candidates, ...streamTrailers];
  const encrypted = all.findLast((of) => entry(of, 'Encrypt') !== null);
  const open = encrypted === undefined ? asItIs : opener(sectionOf(view, encrypted, inFile));
  const entries = open === null ? inFile : withContained(view, readable, inFile, containers, shift, open);
  const known = (of: PdfDict): boolean => {
    const root = entry(of, 'Root');
    return isKind(root, 'ref') && entries.has(root.num);
  };
  const trailer = candidates.findLast(known) ?? streamTrailers.findLast(known) ?? catalog;
  if (trailer === null) return null;
  const keys =
    encrypted === undefined || entry(trailer, 'Encrypt') !== null
      ? {}
      : { Encrypt: entry(encrypted, 'Encrypt'), ID: entry(encrypted, 'ID') };
  return sectionOf(view, withEntries(trailer, keys), entries);
}

const asItIs = ({ value }: IndirectObject): PdfObject => value;

/** The entries in the order of the file, with the objects that object streams hold in the place of the stream. */
function withContained(
  view: FileView,
  objects: readonly Found[],
  inFile: ReadonlyMap<number, XrefEntry>,
  containers: ReadonlyMap<number, IndirectObject>,
  shift: number,
  open: (object: IndirectObject) => PdfObject,
): ReadonlyMap<number, XrefEntry> {
  if (containers.size === 0) return inFile;
  const entries = new Map<number, XrefEntry>();
  for (const { num, gen, at } of objects) {
    if (view.allowance.left < 0) break;
    entries.set(num, { kind: 'file', at: at - shift, gen });
    const container = containers.get(at);
    if (container === undefined) continue;
    const contained = attempt(() => {
      const value = open(container);
      if (!isKind(value, 'stream')) return unreadable('object stream', at, 'it is no stream');
      return readObjectStream(value, (item) => (isKind(item, 'ref') ? null : item));
    });
    if (!contained.ok) continue;
    if (!spend(view.allowance, contained.value.bytes.length)) break;
    contained.value.numbers.forEach((inner, index) => {
      if (inner <= LIMITS.objectNumber) entries.set(inner, { kind: 'compressed', stream: num, index });
    });
  }
  return entries;
}

function sectionOf(view: FileView, trailer: PdfDict, entries: ReadonlyMap<number, XrefEntry>): XrefSection {
  let size = 0;
  for (const num of entries.keys()) size = Math.max(size, num + 1);
  const range = { form: 'map', first: 0, count: size, entries } as const;
  return { kind: 'rebuilt', at: -1, end: view.size, trailer, ranges: [range], overlapping: false, hybrid: null };
}

interface Found {
  num: number;
  gen: number;
  at: number;
}

/** Every `num gen obj` and every `trailer` in the file, in order. */
function scan(view: FileView): { objects: Found[]; trailers: number[] } {
  const objects: Found[] = [];
  const trailers: number[] = [];
  for (let from = 0; from < view.size; from += STEP) {
    // Each window starts a little early, so that what stands before `obj` is in it, and ends late enough for `trailer`.
    const base = Math.max(0, from - BEFORE);
    const bytes = view.source.read(base, from - base + STEP + AFTER);
    const last = Math.min(from - base + STEP, bytes.length);
    for (let i = from - base; i < last; i++) {
      const octet = bytes[i];
      if (octet === LETTER_O) {
        if (bytes[i + 1] !== LETTER_B || bytes[i + 2] !== LETTER_J) continue;
        const found = numbersBefore(bytes, i, base);
        if (found !== null) objects.push(found);
      } else if (octet === LETTER_T && bytes[i + 6] === LETTER_R && bytes[i + 1] === LETTER_R && bytes[i + 5] === LETTER_E) {
        trailers.push(base + i);
      }
    }
  }
  return { objects, trailers };
}

function numbersBefore(bytes: Uint8Array, obj: number, base: number): Found | null {
  let i = obj - 1;
  while (i >= 0 && isSpace(bytes[i])) i--;
  const genEnd = i;
  let gen = 0;
  for (let unit = 1; i >= 0 && isDigit(bytes[i]); unit *= 10) gen += ((bytes[i--] as number) - 0x30) * unit;
  if (i === genEnd || genEnd - i > 5 || !isSpace(bytes[i])) return null;
  while (i >= 0 && isSpace(bytes[i])) i--;
  const numEnd = i;
  let num = 0;
  for (let unit = 1; i >= 0 && isDigit(bytes[i]); unit *= 10) num += ((bytes[i--] as number) - 0x30) * unit;
  if (i === numEnd || numEnd - i > 10) return null;
  return { num, gen, at: base + i + 1 };
}

const TRAILERS = 64;
const STEP = 1 << 18;
const BEFORE = 64;
const AFTER = 16;
const LETTER_B = 0x62;
const LETTER_E = 0x65;
const LETTER_J = 0x6a;
const LETTER_O = 0x6f;
const LETTER_R = 0x72;
const LETTER_T = 0x74;
