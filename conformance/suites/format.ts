/** What a file is, by its first octets: the rules that leave a case out of scope look at content only. */

export type Format = 'PDF' | 'CMS' | 'TST' | 'XML' | 'ZIP' | 'JSON' | 'ER' | 'PEM' | 'other';

export function formatOf(bytes: Uint8Array): Format {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).toString('latin1');
  if (start.startsWith('PK\u0003\u0004') || start.startsWith('PK\u0005\u0006')) return 'ZIP';
  if (start.includes('%PDF-')) return 'PDF';
  const text = start
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .replaceAll('\0', '')
    .trimStart();
  if (text.startsWith('<') || text.startsWith('\u00ff\u00fe<') || text.startsWith('\u00fe\u00ff<')) return 'XML';
  if (text.startsWith('{') || /^e[wy][\w-]+(\.|[\w-]{200})/.test(text)) return 'JSON';
  if (text.startsWith('-----BEGIN')) return 'PEM';
  if (start.charCodeAt(0) !== 0x30) return 'other';
  const content = start.slice(contentOffset(bytes));
  if (content.startsWith(SIGNED_DATA)) return content.slice(0, TST_INFO_WITHIN).includes(TST_INFO) ? 'TST' : 'CMS';
  if (content.includes(TST_INFO) && content.charCodeAt(0) === 0x30) return 'TST';
  return content.startsWith('\u0002\u0001\u0001\u0030') ? 'ER' : 'other';
}

/** Where the contents of the outermost element begin (X.690, 8.1.3). */
function contentOffset(bytes: Uint8Array): number {
  const length = bytes[1] ?? 0;
  return length < 0x80 ? 2 : 2 + (length & 0x7f);
}

/** Why a file is out of scope as yet, or null where it is read. */
export const unreadRule = (bytes: Uint8Array): string | null => UNREAD[formatOf(bytes)] ?? null;

const UNREAD: Readonly<Partial<Record<Format, string>>> = {
  JSON: 'JSON signatures (JAdES) are not read yet',
};

/** OIDs 1.2.840.113549.1.7.2 and 1.2.840.113549.1.9.16.1.4, encoded. */
const SIGNED_DATA = '\u0006\u0009\u002a\u0086\u0048\u0086\u00f7\u000d\u0001\u0007\u0002';
const TST_INFO = '\u0006\u000b\u002a\u0086\u0048\u0086\u00f7\u000d\u0001\u0009\u0010\u0001\u0004';
/** Content type of what is signed: after the digest algorithms. */
const TST_INFO_WITHIN = 120;
