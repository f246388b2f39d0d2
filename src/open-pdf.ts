/** The document that a caller gave, opened, or what is wrong with it as a Fault. */
import { Fault } from './base/fault.ts';
import type { Source } from './base/source.ts';
import { type OpenOptions, openPdf, type PdfDocument, requireUnlocked } from './pdf/document.ts';

/**
 * Throws `Fault` `malformed-input` where this is no PDF that can be read, `wrong-password` where it is encrypted and what was
 * given does not open it, `unsupported` where it is encrypted otherwise.
 */
export function openDocument(source: Source, options: OpenOptions): PdfDocument {
  const opened = openPdf(source, openingOf(options));
  if (opened.ok) {
    requireUnlocked(opened.value);
    return opened.value;
  }
  const { what, at, reason } = opened.malformed;
  throw new Fault('malformed-input', `this PDF cannot be read: ${what} at offset ${at}: ${reason}`);
}

/** What opens an encrypted document, of the options of a caller. */
export const openingOf = ({ password, recipient }: OpenOptions): OpenOptions => ({
  ...(password !== undefined && { password }),
  ...(recipient !== undefined && { recipient }),
});
