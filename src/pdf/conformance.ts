/** Whether a file says that it is PDF/A, and what that asks of what is added to it (ISO 19005). */
import { fromLatin1 } from '../base/text.ts';
import { catalogOf, itemsAt, type PdfDocument, streamBytes, valueAt } from './document.ts';
import { isKind } from './object.ts';

/** What the XMP metadata of the file claims. */
export interface PdfaClaim {
  readonly part: number;
  /** Has an output intent, which tells what device colours look like. */
  readonly outputIntent: boolean;
}

/** Null where the file claims nothing. */
export function pdfaClaim(document: PdfDocument): PdfaClaim | null {
  const catalog = catalogOf(document);
  const metadata = catalog === null ? null : valueAt(document, catalog, 'Metadata');
  if (catalog === null || !isKind(metadata, 'stream')) return null;
  const bytes = streamBytes(document, metadata, LARGEST);
  if (!bytes.ok) return null;
  // In UTF-16 every other octet is 0.
  const part = /pdfaid:part\s*(?:=\s*["']|>\s*)(\d)/.exec(fromLatin1(bytes.value).replace(/\0/g, ''))?.[1];
  if (part === undefined) return null;
  return { part: Number(part), outputIntent: (itemsAt(document, catalog, 'OutputIntents')?.length ?? 0) > 0 };
}

const LARGEST = 1 << 22;
