/** What the user of an encrypted document is permitted (ISO 32000-2, 7.6.4.2, table 22 and 7.6.5.2, table 24); its owner is permitted everything. */
import { Fault } from '../base/fault.ts';
import type { PdfDocument } from './document.ts';

/** `fill-field`: sign in a field that is there; `add-field`: make one. */
export type Act = 'fill-field' | 'add-field';

/** Whether whoever opened the document may do so. */
export function isPermitted({ security }: PdfDocument, act: Act): boolean {
  if (security === null || security.as === 'owner') return true;
  const { permissions, revision } = security;
  const annotate = (permissions & ANNOTATE) !== 0;
  if (act === 'add-field') return annotate && (permissions & MODIFY) !== 0;
  return annotate || ((revision === null || revision >= 3) && (permissions & FILL) !== 0);
}

/** Throws `Fault` `refused` where it is not permitted. */
export function requirePermission(document: PdfDocument, act: Act): void {
  if (isPermitted(document, act)) return;
  const what = act === 'add-field' ? 'add a signature field' : 'sign in a field';
  const owner = document.security?.revision === null ? 'a recipient with all rights may' : 'the password of its owner permits to';
  throw new Fault('refused', `this PDF is encrypted, and only ${owner} ${what}`);
}

/** Bits 4, 6 and 9. */
const MODIFY = 1 << 3;
const ANNOTATE = 1 << 5;
const FILL = 1 << 8;
