/** The document that a caller gave, opened, or what is wrong with it as a Fault. */
import { Fault } from './base/fault.ts';
import type { Source } from './base/source.ts';
import { openPdf, type PdfDocument } from './pdf/document.ts';

/** Throws `Fault` `malformed-input` where this is no PDF that can be read. */
export function openDocument(source: Source): PdfDocument {
  const opened = openPdf(source);
  if (opened.ok) return opened.value;
  const { what, at, reason } = opened.malformed;
  throw new Fault('malformed-input', `this PDF cannot be read: ${what} at offset ${at}: ${reason}`);
}
