/** A PDF with a form: text fields in a tree, and an empty signature field, for tests of what signing honours. */
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { latin1 } from '../../src/base/text.ts';
import { add, currentDict, put, serializeUpdate, startUpdate, type Update, updatedBytes } from '../../src/pdf/append.ts';
import { changeCatalog } from '../../src/pdf/catalog.ts';
import { openPdf, type PdfDocument } from '../../src/pdf/document.ts';
import { formFields } from '../../src/pdf/field.ts';
import { addSignatureField } from '../../src/pdf/form.ts';
import { array, dict, integer, literalString, name, type PdfObject, type PdfRef, ref, withEntries } from '../../src/pdf/object.ts';

export const words = (text: string): PdfObject => literalString(latin1(text));

export function opened(bytes: Uint8Array): PdfDocument {
  const document = openPdf(bytes);
  if (!document.ok) throw new Error(document.malformed.reason);
  return document.value;
}

export function updated(bytes: Uint8Array, change: (update: Update) => void): Uint8Array {
  const update = startUpdate(opened(bytes));
  change(update);
  return updatedBytes(serializeUpdate(update));
}

/** Text fields `Name`, `Sum.Net` and `Sum.Gross`; the signature field `Sign` with `entries`; `more`: further empty signature fields. */
export function formPdf(entries: Readonly<Record<string, PdfObject>> = {}, more: readonly string[] = []): Uint8Array {
  return updated(plainPdf({ title: 'Form', pages: [['# Form'], ['second page']] }), (update) => {
    const page = ref(6);
    const field = (title: string, at: number, extra: Readonly<Record<string, PdfObject>> = {}): PdfRef =>
      add(
        update,
        dict({
          ...{ Type: name('Annot'), Subtype: name('Widget'), FT: name('Tx'), T: words(title), P: page, F: integer(4) },
          Rect: array([50, at, 250, at + 20].map(integer)),
          DA: words('/Helv 10 Tf 0 g'),
          ...extra,
        }),
      );
    const top = field('Name', 600);
    const sum = add(update, null);
    const [net, gross] = [field('Net', 570, { Parent: sum }), field('Gross', 540, { Parent: sum })];
    put(update, sum, dict({ T: words('Sum'), Kids: array([net, gross]) }));
    const font = add(update, dict({ Type: name('Font'), Subtype: name('Type1'), BaseFont: name('Helvetica') }));
    changeCatalog(update, {
      AcroForm: dict({ Fields: array([top, sum]), DR: dict({ Font: dict({ Helv: font }) }), DA: words('/Helv 10 Tf 0 g') }),
    });
    const now = currentDict(update, page);
    if (now === null) throw new Error('no page');
    put(update, page, withEntries(now, { Annots: array([top, net, gross]) }));
    addSignatureField(update, { name: 'Sign', value: null, page: 0, rectangle: [50, 400, 250, 460], entries });
    for (const title of more) addSignatureField(update, { name: title, value: null, page: 0, rectangle: [300, 400, 500, 460] });
  });
}

/** Fills in a text field, as a form filler does. */
export const filled = (bytes: Uint8Array, title: string, value = 'Bob'): Uint8Array =>
  updated(bytes, (update) => {
    const field = formFields(update.document).find(({ name: own }) => own === title);
    if (field === undefined || field.ref === null) throw new Error(`no field ${title}`);
    put(update, field.ref, withEntries(field.dict, { V: words(value) }));
  });
