/** Names of entries: how they are decoded, and which of them no container may hold (APPNOTE, 4.4.17 and appendix D). */
import { type Bytes, equal } from '../base/bytes.ts';
import { unreadable } from '../base/parsed.ts';
import { fromUtf8 } from '../base/text.ts';
import { crc32 } from '../platform/deflate.ts';
import { extraFields, type HeaderFields } from './record.ts';

/** The name as text: UTF-8 where it is well formed, whatever the flag says, else code page 437. Throws `Unreadable` for a name that leads astray. */
export function nameOf({ name, flags, extra }: HeaderFields, at: number): string {
  const text = fromUtf8(name);
  if (text === null && (flags & UTF8_FLAG) !== 0) return unreadable('name of an entry', at, 'it is not UTF-8');
  const decoded = text ?? fromCodePage437(name);
  const problem = textProblem(decoded);
  if (problem !== null) unreadable('name of an entry', at, problem);
  refuseSecondName(name, decoded, extra, at);
  return decoded;
}

/** What a case-blind file system, or one that normalizes, holds apart. */
export const foldedName = (name: string): string => name.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');

/** Why a name may not stand in a container that is written; null where it may. */
export const problemOf = (name: string): string | null => textProblem(name) ?? pathProblem(name);

/** Why a name is unreadable: not every reader takes it for the same one. */
function textProblem(name: string): string | null {
  if (name === '') return 'it is empty';
  if (name.includes('\\')) return 'it holds a backslash';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  if (/[\u0000-\u001f\u007f-\u009f]/.test(name)) return 'it holds a control character';
  if (segmentsOf(name).length > DEEPEST) return 'it lies in too many folders';
  return null;
}

/** Why a name leads astray whoever unpacks the archive, although every reader reads the same (4.4.17.1); null where it does not. */
export function pathProblem(name: string): string | null {
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) return 'it is an absolute path';
  const astray = segmentsOf(name).some((segment) => segment === '..' || segment === '.' || segment === '');
  return astray ? "it has a segment '.', '..' or none" : null;
}

/** Where a file system would find it: two names of one place are one name. */
export function resolvedName(name: string): string {
  if (pathProblem(name) === null) return name;
  const place: string[] = [];
  for (const segment of segmentsOf(name)) {
    if (segment === '..' && place.length > 0 && place.at(-1) !== '..') place.pop();
    else if (segment !== '' && segment !== '.') place.push(segment);
  }
  return place.length === 0 ? name : `${place.join('/')}${name.endsWith('/') ? '/' : ''}`;
}

const segmentsOf = (name: string): string[] => (name.endsWith('/') ? name.slice(0, -1) : name).split('/');

/** A Unicode path field (4.6.9) gives other readers another name: it must be the same one. */
function refuseSecondName(name: Bytes, decoded: string, extra: Bytes, at: number): void {
  for (const [id, content] of extraFields(extra)) {
    if (id !== UNICODE_PATH || content.length < 5 || content[0] !== 1) continue;
    const view = new DataView(content.buffer, content.byteOffset, content.length);
    const second = content.subarray(5);
    if (view.getUint32(1, true) === crc32(name) && !equal(second, name) && fromUtf8(second) !== decoded)
      unreadable('name of an entry', at, 'its Unicode path field gives another name');
  }
}

/** Octets from 128 on of code page 437. */
const fromCodePage437 = (bytes: Bytes): string =>
  Array.from(bytes, (octet) => (octet < 0x80 ? String.fromCharCode(octet) : (CODE_PAGE_437[octet - 0x80] as string))).join('');

const CODE_PAGE_437 = [
  ...'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0',
];
const DEEPEST = 100;
export const UTF8_FLAG = 0x0800;
const UNICODE_PATH = 0x7075;
