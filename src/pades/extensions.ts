/** Declares what a PDF before 2.0 uses beyond its version: the extensions dictionary (ISO 32000-2, 7.12; EN 319 142-1). */
import { current, currentDict, put, type Update } from '../pdf/append.ts';
import { changeCatalog, currentCatalog } from '../pdf/catalog.ts';
import { asInteger, asName, dict, entry, integer, isKind, name, type PdfObject, withEntries } from '../pdf/object.ts';

/** Adds the declarations that are missing; a PDF 2.0 needs none, and what is declared already stays. */
export function declareExtensions(update: Update): void {
  const catalog = currentCatalog(update);
  if (isVersion2(update.document.version) || isVersion2(asName(current(update, entry(catalog, 'Version'))))) return;
  const place = entry(catalog, 'Extensions');
  const declared = currentDict(update, place);
  const missing: Record<string, PdfObject> = {};
  for (const [prefix, level] of Object.entries(LEVELS)) {
    const known = current(update, declared === null ? null : entry(declared, prefix));
    const told = isKind(known, 'dict') ? asInteger(current(update, entry(known, 'ExtensionLevel'))) : null;
    if (isKind(known, 'array') || (told !== null && told >= level)) continue;
    missing[prefix] = dict({ BaseVersion: name('1.7'), ExtensionLevel: integer(level) });
  }
  if (Object.keys(missing).length === 0) return;
  const complete = withEntries(declared ?? dict({}), missing);
  if (declared !== null && isKind(place, 'ref')) put(update, place, complete);
  else changeCatalog(update, { Extensions: complete });
}

const isVersion2 = (version: string | null): boolean => version !== null && Number.parseFloat(version) >= 2;

/** By developer prefix: the security store and document time-stamps, and the ETSI kinds of signature. */
const LEVELS: Readonly<Record<string, number>> = { ADBE: 5, ESIC: 2 };
