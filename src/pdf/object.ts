/** The objects of a PDF file as plain values (ISO 32000-2, 7.3). */
import type { Bytes } from '../base/bytes.ts';
import { type Source, sourceOf } from '../base/source.ts';

export type PdfObject = null | boolean | PdfNumber | PdfName | PdfString | PdfArray | PdfDict | PdfStream | PdfRef | PdfRaw;

/** 7.3.3; a value written with a decimal point stays a real. */
export interface PdfNumber {
  readonly kind: 'integer' | 'real';
  readonly value: number;
}

/** 7.3.5; `name` without the solidus and with #xx undone, one character per octet. */
export interface PdfName {
  readonly kind: 'name';
  readonly name: string;
}

/** 7.3.4. */
export interface PdfString {
  readonly kind: 'string';
  readonly bytes: Bytes;
  /** Written as `<…>` rather than `(…)`. */
  readonly hex: boolean;
  /** Offset of the opening delimiter in the file, -1 where it was not read from the file itself (object stream, made here). */
  readonly start: number;
  /** Offset after the closing delimiter, or -1. */
  readonly end: number;
}

/** 7.3.6. */
export interface PdfArray {
  readonly kind: 'array';
  readonly items: readonly PdfObject[];
}

/** 7.3.7. A key that comes twice has its last value here, and is named in `repeated`. */
export interface PdfDict {
  readonly kind: 'dict';
  readonly entries: ReadonlyMap<string, PdfObject>;
  readonly repeated: readonly string[];
}

/** 7.3.8: the dictionary and where the encoded octets are. */
export interface PdfStream {
  readonly kind: 'stream';
  readonly dict: PdfDict;
  readonly source: Source;
  readonly start: number;
  /** Of the octets as they are in the source. */
  readonly length: number;
  /** Set where they are enciphered; throws `Unreadable` where they were tampered with. */
  readonly decipher?: (octets: Bytes) => Bytes;
}

/** 7.3.10. */
export interface PdfRef {
  readonly kind: 'ref';
  readonly num: number;
  readonly gen: number;
}

/** Octets to be written as they are, found again by their label; never read from a file. */
export interface PdfRaw {
  readonly kind: 'raw';
  readonly bytes: Bytes;
  readonly label: string;
}

export const integer = (value: number): PdfNumber => ({ kind: 'integer', value });
export const real = (value: number): PdfNumber => ({ kind: 'real', value });
export const name = (text: string): PdfName => ({ kind: 'name', name: text });
export const literalString = (bytes: Bytes): PdfString => ({ kind: 'string', bytes, hex: false, start: -1, end: -1 });
export const hexString = (bytes: Bytes): PdfString => ({ kind: 'string', bytes, hex: true, start: -1, end: -1 });
export const array = (items: readonly PdfObject[]): PdfArray => ({ kind: 'array', items });
export const ref = (num: number, gen = 0): PdfRef => ({ kind: 'ref', num, gen });
export const raw = (bytes: Bytes, label: string): PdfRaw => ({ kind: 'raw', bytes, label });

/** A dictionary of the entries given; `undefined` ones are left out. */
export function dict(entries: Readonly<Record<string, PdfObject | undefined>>): PdfDict {
  const map = new Map<string, PdfObject>();
  for (const key of Object.keys(entries)) {
    const value = entries[key];
    if (value !== undefined) map.set(key, value);
  }
  return { kind: 'dict', entries: map, repeated: NONE };
}

export const dictOf = (entries: ReadonlyMap<string, PdfObject>): PdfDict => ({ kind: 'dict', entries, repeated: NONE });

/** `of` with these entries set, or removed where the value is `undefined`; the order of the others stays. */
export function withEntries(of: PdfDict, entries: Readonly<Record<string, PdfObject | undefined>>): PdfDict {
  const map = new Map(of.entries);
  for (const key of Object.keys(entries)) {
    const value = entries[key];
    if (value === undefined) map.delete(key);
    else map.set(key, value);
  }
  return dictOf(map);
}

/** A stream of octets that are already encoded as `dict` says; its /Length is set. */
export function streamOf(of: PdfDict, encoded: Bytes): PdfStream {
  const withLength = withEntries(of, { Length: integer(encoded.length) });
  return { kind: 'stream', dict: withLength, source: sourceOf(encoded), start: 0, length: encoded.length };
}

/** The encoded octets of a stream. Throws `Unreadable` where they were enciphered and tampered with. */
export function encodedBytes({ source, start, length, decipher }: PdfStream): Bytes {
  const octets = source.read(start, length);
  return decipher === undefined ? octets : decipher(octets);
}

/** The direct value of a key; null where absent (7.3.7: the same thing). */
export const entry = (of: PdfDict, key: string): PdfObject => of.entries.get(key) ?? null;

export const isName = (value: PdfObject, text: string): boolean => isKind(value, 'name') && value.name === text;

/** Type test by kind. */
export function isKind<K extends Kind>(value: PdfObject, kind: K): value is Extract<PdfObject, { readonly kind: K }> {
  return typeof value === 'object' && value !== null && value.kind === kind;
}

export type Kind = Exclude<PdfObject, null | boolean | PdfNumber>['kind'];

/** The value of an integer object, else null. */
export const asInteger = (value: PdfObject): number | null =>
  typeof value === 'object' && value !== null && value.kind === 'integer' ? value.value : null;

/** The value of an integer or real object, else null. */
export const asNumber = (value: PdfObject): number | null =>
  typeof value === 'object' && value !== null && (value.kind === 'integer' || value.kind === 'real') ? value.value : null;

/** The text of a name object, else null. */
export const asName = (value: PdfObject): string | null => (isKind(value, 'name') ? value.name : null);

/** The octets of a string object, else null. */
export const asBytes = (value: PdfObject): Bytes | null => (isKind(value, 'string') ? value.bytes : null);

/** A dictionary, or the dictionary of a stream, else null. */
export function asDict(value: PdfObject): PdfDict | null {
  if (typeof value !== 'object' || value === null) return null;
  return value.kind === 'dict' ? value : value.kind === 'stream' ? value.dict : null;
}

const NONE: readonly string[] = [];
