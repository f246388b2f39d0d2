/** Characters, white space and names of XML 1.0 (fifth edition, 2.2 and 2.3), read straight from UTF-8 octets. */
import type { Bytes } from '../base/bytes.ts';
import { unreadable } from '../base/parsed.ts';

/** A character above U+007F: its code point, and how many octets it takes. */
export interface WideCharacter {
  point: number;
  octets: number;
}

/**
 * Reads the character above U+007F at `at` into `into`. Ends the parse where the octets are no UTF-8 (also overlong forms and
 * surrogates) or the character may not stand in XML (U+FFFE, U+FFFF).
 */
export function readWide(bytes: Bytes, at: number, into: WideCharacter): void {
  const first = bytes[at] as number;
  const octets = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + octets > bytes.length) notUtf8(at);
  let point = first & (0xff >> (octets + 1));
  for (let i = 1; i < octets; i++) {
    const next = bytes[at + i] as number;
    if ((next & 0xc0) !== 0x80) notUtf8(at);
    point = (point << 6) | (next & 0x3f);
  }
  if (point < (LEAST[octets] as number) || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) notUtf8(at);
  if (point === 0xfffe || point === 0xffff)
    unreadable('XML', at, `the character U+${point.toString(16).toUpperCase()} may not stand in XML`);
  into.point = point;
  into.octets = octets;
}

/** Char (2.2). */
export const isCharacter = (point: number): boolean =>
  point >= 0x20
    ? point <= 0xd7ff || (point >= 0xe000 && point <= 0xfffd) || (point >= 0x10000 && point <= 0x10ffff)
    : point === 0x09 || point === 0x0a || point === 0x0d;

/** NameStartChar above U+007F (2.3). */
export const isWideNameStart = (point: number): boolean => within(WIDE_NAME_START, point);

/** NameChar above U+007F (2.3). */
export const isWideName = (point: number): boolean => within(WIDE_NAME_START, point) || within(WIDE_NAME_MORE, point);

const within = (ranges: readonly (readonly [number, number])[], point: number): boolean =>
  ranges.some(([first, last]) => point >= first && point <= last);

const notUtf8 = (at: number): never => unreadable('XML', at, 'this is not UTF-8');

const WIDE_NAME_START: readonly (readonly [number, number])[] = [
  [0xc0, 0xd6],
  [0xd8, 0xf6],
  [0xf8, 0x2ff],
  [0x370, 0x37d],
  [0x37f, 0x1fff],
  [0x200c, 0x200d],
  [0x2070, 0x218f],
  [0x2c00, 0x2fef],
  [0x3001, 0xd7ff],
  [0xf900, 0xfdcf],
  [0xfdf0, 0xfffd],
  [0x10000, 0xeffff],
];
const WIDE_NAME_MORE: readonly (readonly [number, number])[] = [
  [0xb7, 0xb7],
  [0x300, 0x36f],
  [0x203f, 0x2040],
];
/** The least code point that needs so many octets. */
const LEAST = [0, 0, 0x80, 0x800, 0x10000];

/** What an octet is in a name: starts one, goes on in one, colon, first octet of a wide character; 0: none of these. */
export const NAME = { start: 1, more: 2, colon: 3, wide: 4 } as const;
export const NAME_CLASS = /* @__PURE__ */ classes((octet) => {
  const character = String.fromCharCode(octet);
  if (octet >= 0x80) return NAME.wide;
  if (character === ':') return NAME.colon;
  if (/[A-Za-z_]/.test(character)) return NAME.start;
  return /[-.0-9]/.test(character) ? NAME.more : 0;
});

/** What an octet can be where there is text. */
export const TEXT = { plain: 0, less: 1, ampersand: 2, bracket: 3, space: 4, carriageReturn: 5, wide: 6, illegal: 7, other: 8 } as const;

const textClasses = (named: Readonly<Record<string, number>>): Uint8Array =>
  classes((octet) => {
    if (octet >= 0x80) return TEXT.wide;
    const character = String.fromCharCode(octet);
    return named[character] ?? (octet >= 0x20 || octet === 0x09 || octet === 0x0a ? TEXT.plain : TEXT.illegal);
  });

/** Octets of text between tags: plain, or what has to be looked at; `>` is `other`. */
export const CONTENT_CLASS = /* @__PURE__ */ textClasses({
  '<': TEXT.less,
  '>': TEXT.other,
  '&': TEXT.ampersand,
  ']': TEXT.bracket,
  '\r': TEXT.carriageReturn,
});
/** Octets of an attribute value; its quotes are `other`. */
export const VALUE_CLASS = /* @__PURE__ */ textClasses({
  '<': TEXT.less,
  '&': TEXT.ampersand,
  '\r': TEXT.carriageReturn,
  '\t': TEXT.space,
  '\n': TEXT.space,
  '"': TEXT.other,
  "'": TEXT.other,
});
/** Octets of comments, CDATA sections and processing instructions; those that may end them are `other`. */
export const VERBATIM_CLASS = /* @__PURE__ */ textClasses({
  '\r': TEXT.carriageReturn,
  '-': TEXT.other,
  ']': TEXT.other,
  '?': TEXT.other,
});

function classes(of: (octet: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, octet) => of(octet));
}

/** S (2.3): space, tab, line feed, carriage return. */
export const isSpace = (octet: number | undefined): boolean => octet === 0x20 || octet === 0x0a || octet === 0x09 || octet === 0x0d;
