/** Making ASiC containers: manifests, names of files, and new files put beside those that are there (EN 319 162-1, 4 and annex A). */
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { asSource, type Source } from '../base/source.ts';
import { toBase64, utf8 } from '../base/text.ts';
import { digestUri } from '../crypto/algorithm.ts';
import type { DigestName } from '../crypto/names.ts';
import { type NewEntry, rewrittenParts, type ZipPart, zipParts } from '../zip/write.ts';
import type { AsicContainer } from './container.ts';
import { ASIC, XMLDSIG } from './manifest.ts';

export interface ContainerFile {
  /** Name in the container, with `/` between folders. */
  readonly name: string;
  readonly content: Bytes | Source;
  readonly mimeType?: string;
}

export interface ListedFile {
  readonly name: string;
  readonly mimeType?: string;
  readonly digest: Bytes;
  readonly isRootFile?: boolean;
}

/** The XML of a manifest of any kind: `signedBy` is the file that will hold the token over it. Throws `Fault` `unsupported` for a digest without URI. */
export function encodeManifest(signedBy: string, mimeType: string, digest: DigestName, files: readonly ListedFile[]): Bytes {
  const method = digestUri(digest);
  if (method === null) throw new Fault('unsupported', `no manifest can name the digest ${digest}: choose another`);
  const entries = files.map(
    (file) =>
      `<asic:DataObjectReference URI="${uriOf(file.name)}"${file.mimeType === undefined ? '' : ` MimeType="${escaped(file.mimeType)}"`}${file.isRootFile ? ' Rootfile="true"' : ''}>` +
      `<ds:DigestMethod Algorithm="${method}"></ds:DigestMethod><ds:DigestValue>${toBase64(file.digest)}</ds:DigestValue></asic:DataObjectReference>`,
  );
  return utf8(
    `<?xml version="1.0" encoding="UTF-8"?>\n<asic:ASiCManifest xmlns:asic="${ASIC}" xmlns:ds="${XMLDSIG}">` +
      `<asic:SigReference URI="${uriOf(signedBy)}"${mimeType === '' ? '' : ` MimeType="${mimeType}"`}></asic:SigReference>${entries.join('')}</asic:ASiCManifest>\n`,
  );
}

/** A new container in parts: mimetype first and stored, then the files in their order; large ones are stored too. Throws `Fault` `bad-option` for names. */
export function newContainer(type: AsicContainer['type'], files: readonly NewEntry[], time: number): Generator<ZipPart, void, void> {
  const mimetype: NewEntry = { name: 'mimetype', content: utf8(MIMETYPES[type]), method: 'stored' };
  const entries = files.map(
    ({ name, content, method }): NewEntry => ({
      name,
      content,
      method: method ?? (asSource(content).size > LARGE ? 'stored' : 'deflated'),
    }),
  );
  return zipParts([mimetype, ...entries], { time });
}

/** A container with more files, every other octet for octet as it stands; `leaveOut`: files whose place others take. */
export const withFiles = (
  container: AsicContainer,
  files: readonly NewEntry[],
  time: number,
  leaveOut: readonly string[] = [],
): Generator<ZipPart, void, void> => rewrittenParts(container.archive, files, { time, leaveOut: new Set(leaveOut) });

/** The first number from 1 whose names are not taken, in three digits, for names like `META-INF/signature001.p7s`. */
export function freeNumber(taken: ReadonlySet<string>, names: (number: string) => readonly string[]): string {
  for (let i = 1; ; i++) {
    const number = i.toString().padStart(3, '0');
    if (!names(number).some((name) => taken.has(name))) return number;
  }
}

/** Whether a name may be that of a data file: nothing in META-INF, and no mimetype. Throws `Fault` `bad-option`. */
export function checkDataName(name: string): void {
  if (/^meta-inf(\/|$)/i.test(name) || name.toLowerCase() === 'mimetype')
    throw new Fault('bad-option', `a file of a container cannot be called '${name}'`);
}

/** Each segment percent-encoded (RFC 3986), so that no reader takes a name for another. */
const uriOf = (name: string): string => name.split('/').map(encodeURIComponent).join('/').replace(/'/g, '%27');

const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

export const MIMETYPES = { 'ASiC-S': 'application/vnd.etsi.asic-s+zip', 'ASiC-E': 'application/vnd.etsi.asic-e+zip' } as const;
/** Larger files are stored: to deflate and inflate them would take many times longer than to sign and validate them. */
const LARGE = 1 << 26;
export const SIGNATURE_TYPE = 'application/pkcs7-signature';
export const TIMESTAMP_TYPE = 'application/vnd.etsi.timestamp-token';
