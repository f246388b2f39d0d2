/** Reads objects from octets (ISO 32000-2, 7.2 and 7.3). */
import type { Bytes } from '../base/bytes.ts';
import { unreadable } from '../base/parsed.ts';
import { LIMITS } from './limits.ts';
import { array, dictOf, type PdfDict, type PdfName, type PdfObject, type PdfString } from './object.ts';

/** A cursor over a window of the file. `base` is the file offset of `bytes[0]`; offsets given and told are relative to `bytes`. */
export class Lexer {
  readonly bytes: Bytes;
  readonly base: number;
  readonly end: number;
  /** False for octets that are not the file's own (object streams): strings then carry no offsets. */
  readonly located: boolean;
  /** Strings are copied: else a short one would keep all of a window in memory. */
  readonly copies: boolean;
  at: number;
  /** The window's end was met: with more of the file behind it, what was read may be cut short. */
  hitEnd = false;

  constructor(bytes: Bytes, base = 0, at = 0, located = true, copies = false) {
    this.bytes = bytes;
    this.base = base;
    this.end = bytes.length;
    this.at = at;
    this.located = located;
    this.copies = copies;
  }

  /** Past white space and comments (7.2.3, 7.2.4). */
  skipSpace(): void {
    const { bytes, end } = this;
    let at = this.at;
    while (at < end) {
      const octet = bytes[at] as number;
      if (CLASS[octet] === SPACE) at++;
      else if (octet === PERCENT) while (at < end && bytes[at] !== LF && bytes[at] !== CR) at++;
      else break;
    }
    if (at >= end) this.hitEnd = true;
    this.at = at;
  }

  /** The octet under the cursor after white space, or -1 at the end. */
  peek(): number {
    this.skipSpace();
    return this.at < this.end ? (this.bytes[this.at] as number) : -1;
  }

  /** Takes `word` where it stands next, as a token of its own. */
  takeKeyword(word: string): boolean {
    this.skipSpace();
    if (!this.startsWith(word, this.at)) return false;
    const after = this.at + word.length;
    if (after >= this.end) this.hitEnd = true;
    else if (CLASS[this.bytes[after] as number] === REGULAR) return false;
    this.at = after;
    return true;
  }

  /** Whether `word` stands at `at`, whatever follows it. */
  startsWith(word: string, at: number): boolean {
    if (at + word.length > this.end) {
      this.hitEnd = true;
      return false;
    }
    for (let i = 0; i < word.length; i++) if (this.bytes[at + i] !== word.charCodeAt(i)) return false;
    return true;
  }

  /** An unsigned integer as a token of its own, or -1 with the cursor where it was. */
  takeInteger(): number {
    this.skipSpace();
    const start = this.at;
    const value = this.digits();
    if (value < 0) return -1;
    if (this.at < this.end && CLASS[this.bytes[this.at] as number] === REGULAR) {
      this.at = start;
      return -1;
    }
    return value;
  }

  /** One object; references are not followed. */
  object(depth = 0): PdfObject {
    this.skipSpace();
    if (this.at >= this.end) this.fail('object', 'nothing there');
    const octet = this.bytes[this.at] as number;
    switch (octet) {
      case SOLIDUS:
        return this.name();
      case LESS:
        if (this.at + 1 >= this.end) this.hitEnd = true;
        return this.bytes[this.at + 1] === LESS ? this.dictionary(depth) : this.hexString();
      case OPEN:
        return this.literalString();
      case OPEN_BRACKET:
        return this.arrayObject(depth);
      default:
        if (octet >= ZERO && octet <= NINE) return this.numberOrReference();
        if (octet === PLUS || octet === MINUS || octet === POINT) return this.number();
        return this.keywordObject();
    }
  }

  private keywordObject(): PdfObject {
    if (this.takeKeyword('null')) return null;
    if (this.takeKeyword('true')) return true;
    if (this.takeKeyword('false')) return false;
    return this.fail('object', 'no object starts so');
  }

  /** Digits at the cursor as a number, or -1; values past 2^53 are refused. */
  private digits(): number {
    const { bytes, end } = this;
    let at = this.at;
    let value = 0;
    while (at < end) {
      const digit = (bytes[at] as number) - ZERO;
      // Turned around, so that what is no number at all ends the loop as well.
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
      at++;
    }
    if (at >= end) this.hitEnd = true;
    if (at === this.at || value > Number.MAX_SAFE_INTEGER) return -1;
    this.at = at;
    return value;
  }

  private numberOrReference(): PdfObject {
    const start = this.at;
    const first = this.digits();
    const next = this.at < this.end ? (this.bytes[this.at] as number) : SPACE_OCTET;
    if (first < 0 || CLASS[next] === REGULAR) {
      this.at = start;
      return this.number();
    }
    if (CLASS[next] !== SPACE || first > LIMITS.objectNumber) return { kind: 'integer', value: first };
    const after = this.at;
    this.skipSpace();
    const gen = this.at < this.end && isDigit(this.bytes[this.at] as number) ? this.digits() : -1;
    if (gen >= 0 && gen <= 65535) {
      const mark = this.at;
      this.skipSpace();
      if (this.at > mark && this.at < this.end && this.bytes[this.at] === LETTER_R) {
        const behind = this.at + 1;
        if (behind >= this.end) this.hitEnd = true;
        if (behind >= this.end || CLASS[this.bytes[behind] as number] !== REGULAR) {
          this.at = behind;
          return { kind: 'ref', num: first, gen };
        }
      }
    }
    this.at = after;
    return { kind: 'integer', value: first };
  }

  /** 7.3.3, and the doubled signs that some writers leave. */
  private number(): PdfObject {
    const { bytes, end } = this;
    const start = this.at;
    let at = start;
    let negative = false;
    while (at < end && (bytes[at] === PLUS || bytes[at] === MINUS)) {
      if (bytes[at] === MINUS) negative = true;
      at++;
    }
    const digitsFrom = at;
    let point = -1;
    while (at < end) {
      const octet = bytes[at] as number;
      if (octet === POINT && point < 0) point = at;
      else if (octet === MINUS && at > digitsFrom) {
        // '12.-5', '1-2': what follows a sign inside a number is dropped, as viewers do.
        while (at < end && CLASS[bytes[at] as number] === REGULAR) at++;
        break;
      } else if (!isDigit(octet)) break;
      at++;
    }
    if (at >= end) this.hitEnd = true;
    if (at - start > NUMBER_LENGTH) this.fail('number', 'too long');
    if (at < end && CLASS[bytes[at] as number] === REGULAR) this.fail('number', 'not a number');
    let text = '';
    for (let i = digitsFrom; i < at && (bytes[i] !== MINUS || i === digitsFrom); i++) text += String.fromCharCode(bytes[i] as number);
    this.at = at;
    const value = text === '' || text === '.' ? 0 : Number(text);
    return { kind: point < 0 ? 'integer' : 'real', value: negative && value !== 0 ? -value : value };
  }

  /** 7.3.5. */
  private name(): PdfName {
    const { bytes, end } = this;
    const start = this.at + 1;
    let at = start;
    let hash = 0;
    // Nearly all names are short, plain and met before.
    for (; at < end; at++) {
      const octet = bytes[at] as number;
      if (CLASS[octet] !== REGULAR || octet === HASH) break;
      hash = (hash * 31 + octet) & NAME_SLOTS;
    }
    if (at < end && bytes[at] !== HASH && at - start <= LONGEST_NAME) {
      this.at = at;
      return knownName(bytes, start, at, hash);
    }
    at = start;
    let text = '';
    while (at < end) {
      const octet = bytes[at] as number;
      if (CLASS[octet] !== REGULAR) break;
      if (octet === HASH && at + 2 < end) {
        const high = HEX[bytes[at + 1] as number] as number;
        const low = HEX[bytes[at + 2] as number] as number;
        if (high < 16 && low < 16) {
          text += String.fromCharCode(high * 16 + low);
          at += 3;
          continue;
        }
      }
      text += CHARACTERS[octet];
      at++;
    }
    if (at >= end) this.hitEnd = true;
    this.at = at;
    return { kind: 'name', name: text };
  }

  /** 7.3.4.3: white space ignored, a last odd digit stands for itself and a zero. */
  private hexString(): PdfString {
    const { bytes, end } = this;
    const start = this.at;
    let close = bytes.indexOf(GREATER, start + 1);
    if (close < 0) close = end;
    if (close >= end) {
      this.hitEnd = true;
      this.fail('string', 'hexadecimal string without end');
    }
    const value = new Uint8Array((close - start) >>> 1);
    let length = 0;
    let high = -1;
    let from = start + 1;
    // Nearly all strings are digits in pairs without white space: /Contents of a signature are tens of thousands of them.
    for (; from + 1 < close; from += 2) {
      const pair = ((HEX[bytes[from] as number] as number) << 4) | (HEX[bytes[from + 1] as number] as number);
      if (pair > 0xff || (HEX[bytes[from + 1] as number] as number) > 15) break;
      value[length++] = pair;
    }
    for (let i = from; i < close; i++) {
      const digit = HEX[bytes[i] as number] as number;
      if (digit < 16) {
        if (high < 0) high = digit;
        else {
          value[length++] = high * 16 + digit;
          high = -1;
        }
      } else if (CLASS[bytes[i] as number] !== SPACE) {
        this.at = i;
        this.fail('string', 'not a hexadecimal digit');
      }
    }
    if (high >= 0) value[length++] = high * 16;
    this.at = close + 1;
    return this.string(length === value.length ? value : value.subarray(0, length), true, start);
  }

  /** 7.3.4.2. */
  private literalString(): PdfString {
    const { bytes, end } = this;
    const start = this.at;
    let at = start + 1;
    let nesting = 1;
    let plain = true;
    while (at < end) {
      const octet = bytes[at] as number;
      if (octet === BACKSLASH) {
        plain = false;
        at++;
      } else if (octet === OPEN) nesting++;
      else if (octet === CLOSE && --nesting === 0) break;
      else if (octet === CR) plain = false;
      at++;
    }
    if (at >= end) {
      this.hitEnd = true;
      this.fail('string', 'string without end');
    }
    this.at = at + 1;
    const inner = bytes.subarray(start + 1, at);
    return this.string(plain ? (this.copies ? inner.slice() : inner) : unescaped(inner), false, start);
  }

  private string(value: Bytes, hex: boolean, start: number): PdfString {
    if (!this.located) return { kind: 'string', bytes: value, hex, start: -1, end: -1 };
    return { kind: 'string', bytes: value, hex, start: this.base + start, end: this.base + this.at };
  }

  private arrayObject(depth: number): PdfObject {
    if (depth >= LIMITS.depth) this.fail('array', `nested deeper than ${LIMITS.depth}`);
    this.at++;
    const items: PdfObject[] = [];
    for (;;) {
      const next = this.peek();
      if (next < 0) this.fail('array', 'array without end');
      if (next === CLOSE_BRACKET) break;
      items.push(this.object(depth + 1));
    }
    this.at++;
    return array(items);
  }

  /** 7.3.7. */
  dictionary(depth = 0): PdfDict {
    if (depth >= LIMITS.depth) this.fail('dictionary', `nested deeper than ${LIMITS.depth}`);
    this.skipSpace();
    if (!this.startsWith('<<', this.at)) this.fail('dictionary', 'no dictionary starts here');
    this.at += 2;
    const entries = new Map<string, PdfObject>();
    let repeated: string[] | null = null;
    for (;;) {
      const next = this.peek();
      if (next === GREATER && this.startsWith('>>', this.at)) break;
      if (next !== SOLIDUS) this.fail('dictionary', next < 0 ? 'dictionary without end' : 'a key is not a name');
      const key = this.name().name;
      // '/Key >>' and '/Key /Other' are both seen; only the first can be told, and means null.
      const value = this.peek() === GREATER && this.startsWith('>>', this.at) ? null : this.object(depth + 1);
      if (entries.has(key)) {
        repeated ??= [];
        repeated.push(key);
      }
      entries.set(key, value);
    }
    this.at += 2;
    return repeated === null ? dictOf(entries) : { kind: 'dict', entries, repeated };
  }

  fail(what: string, reason: string): never {
    return unreadable(what, this.base + Math.min(this.at, this.end), reason);
  }
}

/** The name of octets, the same for the same octets as long as no other takes its slot. */
function knownName(bytes: Bytes, start: number, end: number, slot: number): PdfName {
  const known = NAMES[slot] as PdfName;
  const { name: told } = known;
  if (told.length === end - start) {
    let i = start;
    while (i < end && told.charCodeAt(i - start) === bytes[i]) i++;
    if (i === end) return known;
  }
  let text = '';
  for (let i = start; i < end; i++) text += CHARACTERS[bytes[i] as number];
  const made: PdfName = { kind: 'name', name: text };
  NAMES[slot] = made;
  return made;
}

/** Undoes the escapes of a literal string; an end of line inside is one LF. */
function unescaped(inner: Bytes): Bytes {
  const value = new Uint8Array(inner.length);
  let length = 0;
  for (let i = 0; i < inner.length; i++) {
    const octet = inner[i] as number;
    if (octet === CR) {
      if (inner[i + 1] === LF) i++;
      value[length++] = LF;
    } else if (octet !== BACKSLASH) value[length++] = octet;
    else {
      const escaped = inner[++i];
      if (escaped === undefined) break;
      if (escaped >= ZERO && escaped <= SEVEN) {
        let code = escaped - ZERO;
        for (let more = 0; more < 2; more++) {
          const digit = inner[i + 1];
          if (digit === undefined || digit < ZERO || digit > SEVEN) break;
          code = code * 8 + digit - ZERO;
          i++;
        }
        value[length++] = code & 0xff;
      } else if (escaped === CR) {
        if (inner[i + 1] === LF) i++;
      } else if (escaped !== LF) value[length++] = ESCAPES.get(escaped) ?? escaped;
    }
  }
  return value.subarray(0, length);
}

export const isSpace = (octet: number | undefined): boolean => octet !== undefined && CLASS[octet] === SPACE;
export const isDigit = (octet: number | undefined): boolean => octet !== undefined && octet >= ZERO && octet <= NINE;

const LF = 0x0a;
const CR = 0x0d;
const SPACE_OCTET = 0x20;
const HASH = 0x23;
const PERCENT = 0x25;
const OPEN = 0x28;
const CLOSE = 0x29;
const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const SOLIDUS = 0x2f;
const ZERO = 0x30;
const SEVEN = 0x37;
const NINE = 0x39;
const LESS = 0x3c;
const GREATER = 0x3e;
const LETTER_R = 0x52;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const NUMBER_LENGTH = 400;
const LONGEST_NAME = 32;
const NAME_SLOTS = 1023;
const NAMES: PdfName[] = new Array(NAME_SLOTS + 1).fill({ kind: 'name', name: '' });

const REGULAR = 0;
const SPACE = 1;
const DELIMITER = 2;
const CLASS = new Uint8Array(256);
for (const octet of [0, 9, 10, 12, 13, 32]) CLASS[octet] = SPACE;
for (const character of '()<>[]{}/%') CLASS[character.charCodeAt(0)] = DELIMITER;

const HEX = new Uint8Array(256).fill(255);
for (let digit = 0; digit < 16; digit++) {
  HEX[digit.toString(16).charCodeAt(0)] = digit;
  HEX[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}
const CHARACTERS = Array.from({ length: 256 }, (_, octet) => String.fromCharCode(octet));
const ESCAPES = new Map([
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
  [0x62, 0x08],
  [0x66, 0x0c],
]);
