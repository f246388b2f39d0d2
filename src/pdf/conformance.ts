/** What a file says that it is, PDF/A or PDF/UA, and what that asks of what is added to it (ISO 19005, ISO 14289). */
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
  const part = claimed(document, 'pdfaid:part', '\\d');
  if (part === null) return null;
  const catalog = catalogOf(document);
  const intents = catalog === null ? null : itemsAt(document, catalog, 'OutputIntents');
  return { part: Number(part), outputIntent: (intents?.length ?? 0) > 0 };
}

/** Whether it says that its structure holds all that it shows: PDF/UA (ISO 14289), or PDF/A of level A. */
export const claimsStructure = (document: PdfDocument): boolean =>
  claimed(document, 'pdfuaid:part', '\\d') !== null || claimed(document, 'pdfaid:conformance', 'A') !== null;

/** What the XMP metadata gives as the value of a property, as an attribute or an element. */
function claimed(document: PdfDocument, property: string, value: string): string | null {
  const catalog = catalogOf(document);
  const metadata = catalog === null ? null : valueAt(document, catalog, 'Metadata');
  const bytes = isKind(metadata, 'stream') ? streamBytes(document, metadata, LARGEST) : null;
  if (!bytes?.ok) return null;
  // In UTF-16 every other octet is 0.
  const text = fromLatin1(bytes.value).replace(/\0/g, '');
  return new RegExp(`${property}\\s*(?:=\\s*["']|>\\s*)(${value})`).exec(text)?.[1] ?? null;
}

const LARGEST = 1 << 22;
