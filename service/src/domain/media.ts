/** What kind of file it is: by its first octets, and only where those do not tell, by its name. */

export const PDF = 'application/pdf';
export const XML = 'application/xml';
export const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
export const OTHER = 'application/octet-stream';

/** The media type of an upload. */
export function mediaTypeOf(bytes: Uint8Array, fileName: string): string {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4096));
  if (head.subarray(0, 1024).includes('%PDF-')) return PDF;
  const ending = /\.([A-Za-z0-9]{1,8})$/.exec(fileName)?.[1]?.toLowerCase() ?? '';
  if (head.subarray(0, 4).toString('latin1') === 'PK\x03\x04') {
    if (ending === 'docx') return DOCX;
    if (ending === 'xlsx') return XLSX;
    return 'application/zip';
  }
  const text = head
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (text.startsWith('<?xml') || (ending === 'xml' && text.startsWith('<'))) return XML;
  if (ending === 'txt' && !head.includes(0)) return 'text/plain';
  return OTHER;
}

/** A file name for a container or a download: no folders, no control characters, with an ending that fits. */
export function safeFileName(name: string, mediaType: string): string {
  const plain = name
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}/\\:*?"<>|]+/gu, '_')
    .replace(/^[. ]+|[. ]+$/g, '')
    .slice(0, 120);
  const ending = ENDINGS[mediaType] ?? '';
  const base = plain === '' || /^META-INF$/i.test(plain) || plain.toLowerCase() === 'mimetype' ? 'document' : plain;
  return ending === '' || base.toLowerCase().endsWith(ending) ? base : `${base}${ending}`;
}

const ENDINGS: Readonly<Record<string, string>> = {
  [PDF]: '.pdf',
  [XML]: '.xml',
  [DOCX]: '.docx',
  [XLSX]: '.xlsx',
  'text/plain': '.txt',
  'application/zip': '.zip',
  'application/vnd.etsi.asic-e+zip': '.asice',
};
