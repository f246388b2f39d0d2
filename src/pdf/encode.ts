/** Objects as octets (ISO 32000-2, 7.3). */
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { LIMITS } from './limits.ts';
import { encodedBytes, integer, type PdfDict, type PdfNumber, type PdfObject, type PdfRaw } from './object.ts';

/** Octets being written, growing as needed. */
export class Writer {
  private buffer: Uint8Array = new Uint8Array(FIRST_SIZE);
  length = 0;
  /** Where each raw value was put. */
  readonly marks = new Map<string, { readonly start: number; readonly end: number }>();

  /** Characters up to U+00FF, one octet each. */
  text(text: string): void {
    this.room(text.length);
    for (let i = 0; i < text.length; i++) this.buffer[this.length++] = text.charCodeAt(i);
  }

  octet(value: number): void {
    this.room(1);
    this.buffer[this.length++] = value;
  }

  octets(bytes: Bytes): void {
    this.room(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  hex(bytes: Bytes): void {
    this.room(2 * bytes.length);
    for (let i = 0; i < bytes.length; i++) {
      const octet = bytes[i] as number;
      this.buffer[this.length++] = DIGITS.charCodeAt(octet >> 4);
      this.buffer[this.length++] = DIGITS.charCodeAt(octet & 15);
    }
  }

  /** An unsigned number in `width` octets, the highest first. */
  number(value: number, width: number): void {
    this.room(width);
    for (let i = width - 1, rest = value; i >= 0; i--, rest = Math.floor(rest / 256)) this.buffer[this.length + i] = rest % 256;
    this.length += width;
  }

  raw(value: PdfRaw): void {
    if (this.marks.has(value.label)) throw new Fault('bad-option', `the label '${value.label}' is used twice in one update`);
    this.marks.set(value.label, { start: this.length, end: this.length + value.bytes.length });
    this.octets(value.bytes);
  }

  /** What was written; the writer is not used after it. */
  done(): Bytes {
    return this.buffer.subarray(0, this.length);
  }

  private room(more: number): void {
    if (this.length + more <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(2 * this.buffer.length, this.length + more));
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
  }
}

/** `num gen obj … endobj`. */
export function writeIndirect(writer: Writer, num: number, gen: number, value: PdfObject): void {
  writer.text(`${num} ${gen} obj\n`);
  writeObject(writer, value);
  writer.text('\nendobj\n');
}

/** Writes one object. Throws `bad-option` for a value that a PDF cannot hold. */
export function writeObject(writer: Writer, value: PdfObject, depth = 0): void {
  if (depth > LIMITS.depth) throw new Fault('bad-option', `objects nest deeper than ${LIMITS.depth}`);
  if (value === null || typeof value === 'boolean') {
    writer.text(String(value));
    return;
  }
  switch (value.kind) {
    case 'integer':
    case 'real':
      writer.text(numberText(value));
      return;
    case 'name':
      writeName(writer, value.name);
      return;
    case 'string':
      if (value.hex) writeHex(writer, value.bytes);
      else writeLiteral(writer, value.bytes);
      return;
    case 'array':
      writer.octet(0x5b);
      value.items.forEach((item, i) => {
        if (i > 0) writer.octet(0x20);
        writeObject(writer, item, depth + 1);
      });
      writer.octet(0x5d);
      return;
    case 'dict':
      writeDict(writer, value, depth);
      return;
    case 'stream': {
      const octets = encodedBytes(value);
      const entries = new Map(value.dict.entries).set('Length', integer(octets.length));
      writeDict(writer, { ...value.dict, entries }, depth);
      writer.text('\nstream\n');
      writer.octets(octets);
      writer.text('\nendstream');
      return;
    }
    case 'ref':
      writer.text(`${value.num} ${value.gen} R`);
      return;
    case 'raw':
      writer.raw(value);
      return;
  }
}

/** One object alone. */
export function encodeObject(value: PdfObject): Bytes {
  const writer = new Writer();
  writeObject(writer, value);
  return writer.done();
}

function writeDict(writer: Writer, value: PdfDict, depth: number): void {
  writer.text('<<');
  for (const [key, item] of value.entries) {
    writeName(writer, key);
    writer.octet(0x20);
    writeObject(writer, item, depth + 1);
  }
  writer.text('>>');
}

/** No exponent (7.3.3); a real keeps a point, so that it is read as one again. */
export function numberText(number: PdfNumber): string {
  const { kind, value } = number;
  if (!Number.isFinite(value)) throw new Fault('bad-option', 'a PDF number is finite');
  if (Number.isInteger(value)) {
    const whole = Math.abs(value) < 1e21 ? String(value === 0 ? 0 : value) : BigInt(value).toString();
    return kind === 'real' ? `${whole}.0` : whole;
  }
  if (kind === 'integer') throw new Fault('bad-option', `${value} is no integer`);
  const text = String(value);
  if (!text.includes('e')) return text;
  const fixed = value.toFixed(DECIMALS).replace(/0+$/, '');
  return fixed.endsWith('.') ? `${fixed}0` : fixed;
}

/** 7.3.5: what is not a regular printable character is written as #xx. */
function writeName(writer: Writer, name: string): void {
  if (PLAIN_NAME.test(name)) {
    writer.octet(0x2f);
    writer.text(name);
    return;
  }
  let text = '/';
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code > 0xff) throw new Fault('bad-option', 'a PDF name has one character per octet');
    text += PLAIN_NAME.test(name.charAt(i)) ? name.charAt(i) : `#${code.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  writer.text(text);
}

function writeHex(writer: Writer, bytes: Bytes): void {
  writer.octet(0x3c);
  writer.hex(bytes);
  writer.octet(0x3e);
}

/** 7.3.4.2: parentheses, backslashes and CR are escaped, so that no balance or line end matters. */
function writeLiteral(writer: Writer, bytes: Bytes): void {
  writer.octet(0x28);
  for (const octet of bytes) {
    if (octet === 0x28 || octet === 0x29 || octet === 0x5c) writer.octet(0x5c);
    if (octet === 0x0d) writer.text('\\r');
    else writer.octet(octet);
  }
  writer.octet(0x29);
}

const PLAIN_NAME = /^[!"$&'*+,.0-9:;=?@A-Z\\^_`a-z|~-]*$/;
const DIGITS = '0123456789ABCDEF';
const FIRST_SIZE = 1 << 14;
const DECIMALS = 20;
