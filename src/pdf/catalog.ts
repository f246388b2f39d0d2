/** The document catalogue in an update (ISO 32000-2, 7.7.2). */
import { Fault } from '../base/fault.ts';
import { currentDict, put, type Update } from './append.ts';
import { catalogRef } from './document.ts';
import { type PdfDict, type PdfObject, withEntries } from './object.ts';

/** Sets entries of the catalogue, such as /Perms or /DSS. */
export function changeCatalog(update: Update, entries: Readonly<Record<string, PdfObject | undefined>>): void {
  const root = catalogRef(update.document);
  const catalog = currentDict(update, root);
  if (root === null || catalog === null) throw new Fault('malformed-input', 'the PDF has no catalogue');
  put(update, root, withEntries(catalog, entries));
}

/** The catalogue with the changes of this update. */
export function currentCatalog(update: Update): PdfDict {
  const catalog = currentDict(update, catalogRef(update.document));
  if (catalog === null) throw new Fault('malformed-input', 'the PDF has no catalogue');
  return catalog;
}
