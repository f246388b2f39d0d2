/** What tests of encrypted documents look for inside (ISO 32000-2, 7.6). */
import type { Bytes } from '../../src/base/bytes.ts';
import { fromLatin1 } from '../../src/base/text.ts';
import { catalogOf, type OpenOptions, openPdf, type PdfDocument, streamBytes, valueAt } from '../../src/pdf/document.ts';
import { isKind, type PdfObject } from '../../src/pdf/object.ts';

export function opened(bytes: Bytes, options: OpenOptions = {}): PdfDocument {
  const document = openPdf(bytes, options);
  if (!document.ok) throw new Error(document.malformed.reason);
  return document.value;
}

export const textIn = (value: PdfObject): string | null => (isKind(value, 'string') ? fromLatin1(value.bytes) : null);

/** Whether the metadata of the catalog can be read. */
export function hasMetadata(document: PdfDocument): boolean {
  const catalog = catalogOf(document);
  const metadata = catalog && valueAt(document, catalog, 'Metadata');
  const stream = isKind(metadata, 'stream') ? streamBytes(document, metadata) : null;
  return stream?.ok === true && fromLatin1(stream.value).includes('xmpmeta');
}
