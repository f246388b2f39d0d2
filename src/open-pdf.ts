/** The document that a caller gave, opened, or what is wrong with it as a Fault. */
import { Fault } from './base/fault.ts';
import type { Source } from './base/source.ts';
import { openPdf, type PdfDocument, requireUnlocked } from './pdf/document.ts';

/**
 * Throws `Fault` `malformed-input` where this is no PDF that can be read, `wrong-password` where it is encrypted and the
 * password does not open it, `unsupported` where it is encrypted otherwise.
 */
export function openDocument(source: Source, password?: string): PdfDocument {
  const opened = openPdf(source, password === undefined ? {} : { password });
  if (opened.ok) {
    requireUnlocked(opened.value);
    return opened.value;
  }
  const { what, at, reason } = opened.malformed;
  throw new Fault('malformed-input', `this PDF cannot be read: ${what} at offset ${at}: ${reason}`);
}
