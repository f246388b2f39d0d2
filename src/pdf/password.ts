/** Passwords as octets: as ISO 32000-2, 7.6.4.3 asks for, and as other writers made them all the same (SASLprep: RFC 4013). */
import type { Bytes } from '../base/bytes.ts';
import { latin1, utf8 } from '../base/text.ts';
import { decodeText } from './text.ts';

/** Octet strings that a password may have been turned into, the standard's own first. `modern`: revisions 5 and later. */
export function passwordOctets(password: string, modern: boolean): readonly Bytes[] {
  const text = password.slice(0, LONGEST);
  const forms = modern ? [utf8(prepared(text)), utf8(text)] : [docEncoded(text), utf8(text), latin1(text.replace(/[^\0-\xff]/gu, '?'))];
  const bounded = forms.map((octets) => octets.subarray(0, modern ? MODERN : OLD));
  return bounded.filter((form, i) => bounded.findIndex((other) => other.join() === form.join()) === i);
}

/** RFC 4013, 2.1 and 2.2. What it prohibits stays: a password is compared here, never made. */
const prepared = (text: string): string => text.replace(SPACES, ' ').replace(NOTHING, '').normalize('NFKC');

/** PDFDocEncoding (annex D.3); a character that it lacks becomes `?`. */
function docEncoded(text: string): Bytes {
  DOC_OCTETS ??= new Map(Array.from({ length: 256 }, (_, octet) => [decodeText(Uint8Array.of(octet)), octet]));
  return Uint8Array.from(Array.from(text, (character) => DOC_OCTETS?.get(character) ?? QUESTION));
}

let DOC_OCTETS: Map<string, number> | undefined;
const QUESTION = 0x3f;
/** RFC 3454, table C.1.2. */
const SPACES = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/gu;
/** RFC 3454, table B.1. */
const NOTHING = /\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/gu;
/** Octets that count: 32 up to revision 4, 127 later. */
const OLD = 32;
const MODERN = 127;
/** Characters that are looked at. */
const LONGEST = 1024;
