/** What a signature dictionary keeps free until it is signed, and the digest over all the rest (ISO 32000-2, 12.8.1). */
import type { Bytes } from '../base/bytes.ts';
import { passing } from '../base/source.ts';
import { latin1 } from '../base/text.ts';
import { createDigest } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';
import { patch, type Updated } from '../pdf/append.ts';
import type { PdfDocument } from '../pdf/document.ts';
import { formFields } from '../pdf/field.ts';
import { type PdfRaw, raw } from '../pdf/object.ts';

/** Offsets in the whole file: of `<` and after `>`. */
export interface ContentsPlace {
  readonly start: number;
  readonly end: number;
}

/** /ByteRange and /Contents with room for so many octets, found again in the update that writes them. */
export const reservedEntries = (room: number): { readonly ByteRange: PdfRaw; readonly Contents: PdfRaw } => ({
  ByteRange: raw(new Uint8Array(BYTE_RANGE_LENGTH).fill(SPACE), BYTE_RANGE),
  Contents: raw(emptyContents(room), CONTENTS),
});

/** Writes the byte range over everything but /Contents. */
export function settleByteRange(updated: Updated): ContentsPlace {
  const contents = updated.marks.get(CONTENTS);
  if (contents === undefined) throw new Error('the signature dictionary was not written');
  const byteRange = `[0 ${contents.start} ${contents.end} ${updated.size - contents.end}]`;
  patch(updated, BYTE_RANGE, latin1(byteRange.padEnd(BYTE_RANGE_LENGTH)));
  return contents;
}

/** Digest of the octets in the byte range; the original is read piece by piece. */
export function coveredDigest(algorithm: DigestName, { original, appended }: Updated, contents: ContentsPlace): Bytes {
  const state = createDigest(algorithm);
  for (const piece of passing(original)) state.update(piece);
  state.update(appended.subarray(0, contents.start - original.size));
  state.update(appended.subarray(contents.end - original.size));
  return state.finish();
}

/** The first of `Stem1`, `Stem2`, … that no field of the form has. */
export function freeFieldName(document: PdfDocument, stem: string): string {
  const taken = new Set(formFields(document).map(({ name }) => name.split('.', 1)[0]));
  let number = 1;
  while (taken.has(`${stem}${number}`)) number++;
  return `${stem}${number}`;
}

function emptyContents(room: number): Bytes {
  const hex = new Uint8Array(2 * room + 2).fill(ZERO);
  hex[0] = LESS;
  hex[hex.length - 1] = GREATER;
  return hex;
}

/** Label of /Contents for `patch`: its first octet is `<`. */
export const CONTENTS = 'contents';
const BYTE_RANGE = 'byte-range';
/** `[0 a b c]` with offsets of files up to a terabyte. */
const BYTE_RANGE_LENGTH = 48;
const SPACE = 0x20;
const ZERO = 0x30;
const LESS = 0x3c;
const GREATER = 0x3e;
