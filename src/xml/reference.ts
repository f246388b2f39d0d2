/** References in text and attribute values (XML 1.0, 4.1): to characters, and to the five predefined entities; no others. */
import type { Bytes } from '../base/bytes.ts';
import { unreadable } from '../base/parsed.ts';
import { isCharacter } from './character.ts';

/** Checks the reference whose '&' is at `at`, and returns the place of its last octet. */
export function endOfReference(bytes: Bytes, at: number): number {
  if (bytes[at + 1] === HASH) return endOfCharacterReference(bytes, at);
  for (const name of PREDEFINED) {
    let i = 0;
    while (i < name.length && bytes[at + 1 + i] === name[i]) i++;
    if (i === name.length) return at + i;
  }
  return unreadable('XML', at, "'&' starts no reference to a character or to a predefined entity; other entities are not accepted");
}

function endOfCharacterReference(bytes: Bytes, at: number): number {
  const hexadecimal = bytes[at + 2] === SMALL_X;
  const first = at + (hexadecimal ? 3 : 2);
  let point = 0;
  let i = first;
  for (; ; i++) {
    const digit = digitOf(bytes[i] ?? 0, hexadecimal);
    if (digit < 0) break;
    point = Math.min(BEYOND, point * (hexadecimal ? 16 : 10) + digit);
  }
  if (i === first || bytes[i] !== SEMICOLON) unreadable('XML', at, 'this is no character reference');
  if (!isCharacter(point)) unreadable('XML', at, 'the reference is to no character that may stand in XML');
  return i;
}

function digitOf(octet: number, hexadecimal: boolean): number {
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  const letter = octet | 0x20;
  return hexadecimal && letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

const PREDEFINED = ['amp;', 'lt;', 'gt;', 'quot;', 'apos;'].map((text) => Array.from(text, (character) => character.charCodeAt(0)));
/** Above every code point. */
const BEYOND = 0x110000;
const [HASH, SEMICOLON, SMALL_X] = [0x23, 0x3b, 0x78];
