/** What a file is, by its first octets: the rules that leave a case out of scope look at content only. */

export type Format = 'PDF' | 'CMS' | 'TST' | 'XML' | 'ZIP' | 'JSON' | 'ER' | 'PEM' | 'other';

export function formatOf(bytes: Uint8Array): Format {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).toString('latin1');
  if (start.includes('%PDF-')) return 'PDF';
  if (start.startsWith('PK\u0003\u0004') || start.startsWith('PK\u0005\u0006')) return 'ZIP';
  const text = start
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .replaceAll('\0', '')
    .trimStart();
  if (text.startsWith('<') || text.startsWith('\u00ff\u00fe<') || text.startsWith('\u00fe\u00ff<')) return 'XML';
  if (text.startsWith('{') || /^eyJ[\w-]*\.[\w-]*\./.test(text)) return 'JSON';
  if (text.startsWith('-----BEGIN')) return 'PEM';
  if (start.charCodeAt(0) !== 0x30) return 'other';
  if (start.includes(SIGNED_DATA)) return start.includes(TST_INFO) ? 'TST' : 'CMS';
  return beginsWithVersionOne(bytes) ? 'ER' : 'other';
}

/** SEQUENCE whose first element is INTEGER 1, followed by a SEQUENCE: EvidenceRecord (RFC 4998, 3.1). */
function beginsWithVersionOne(bytes: Uint8Array): boolean {
  const second = bytes[1] ?? 0;
  const content = second < 0x80 ? 2 : 2 + (second & 0x7f);
  return bytes[content] === 2 && bytes[content + 1] === 1 && bytes[content + 2] === 1 && bytes[content + 3] === 0x30;
}

/** Why a format is out of scope as yet, or null where it is read. */
export const unreadRule = (format: Format): string | null => UNREAD[format] ?? null;

const UNREAD: Readonly<Partial<Record<Format, string>>> = {
  XML: 'XML signatures are not read yet',
  ZIP: 'ASiC containers are not read yet',
  JSON: 'JSON signatures (JAdES) are not read yet',
  ER: 'evidence records are not read yet',
};

/** OIDs 1.2.840.113549.1.7.2 and 1.2.840.113549.1.9.16.1.4, encoded. */
const SIGNED_DATA = '\u0006\u0009\u002a\u0086\u0048\u0086\u00f7\u000d\u0001\u0007\u0002';
const TST_INFO = '\u0006\u000b\u002a\u0086\u0048\u0086\u00f7\u000d\u0001\u0009\u0010\u0001\u0004';
