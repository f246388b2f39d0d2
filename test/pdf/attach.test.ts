import { expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { utf8 } from '../../src/base/text.ts';
import { itemsAt } from '../../src/pdf/document.ts';
import { attachFile, catalogOf, openPdf, pageCount, resolve, streamBytes } from '../../src/pdf/index.ts';
import { asBytes, asDict, entry, isKind, type PdfDict } from '../../src/pdf/object.ts';

const AT = Date.UTC(2026, 0, 31, 12);
const plain = plainPdf({ title: 'Contract', pages: [['# Contract']] });
const file = (name: string, content = `the content of ${name}`) => ({ name, content: utf8(content), mimeType: 'text/plain', at: AT });

test('an attached file is listed by name and as an associated file, and its octets come back', () => {
  const attached = attachFile(plain, file('note.txt'));
  expect(attached.subarray(0, plain.length)).toEqual(plain);
  const { names, associated, contents } = listed(attached);
  expect(names).toEqual(['note.txt']);
  expect(associated).toBe(1);
  expect(contents).toEqual(['the content of note.txt']);
});

test('names stand in the order of their octets, whatever the order in which they came', () => {
  const attached = ['m.txt', 'z.txt', 'a.txt', 'ab.txt'].reduce((document, name) => attachFile(document, file(name)), plain);
  expect(listed(attached).names).toEqual(['a.txt', 'ab.txt', 'm.txt', 'z.txt']);
  expect(listed(attached).associated).toBe(4);
});

test('what is no PDF is refused', () => {
  expect(() => attachFile(utf8('hello'), file('a.txt'))).toThrow(expect.objectContaining({ code: 'malformed-input' }));
});

function listed(document: Uint8Array): { names: string[]; associated: number; contents: string[] } {
  const opened = openPdf(document);
  if (!opened.ok) throw new Error(opened.malformed.reason);
  const pdf = opened.value;
  expect(pageCount(pdf)).toMatchObject({ ok: true, value: { walked: 1 } });
  const catalog = catalogOf(pdf) as PdfDict;
  const tree = asDict(resolve(pdf, entry(asDict(resolve(pdf, entry(catalog, 'Names'))) as PdfDict, 'EmbeddedFiles'))) as PdfDict;
  const items = itemsAt(pdf, tree, 'Names') ?? [];
  const names = items.filter((_, index) => index % 2 === 0).map((key) => new TextDecoder().decode(asBytes(key) ?? new Uint8Array(0)));
  const contents = items
    .filter((_, index) => index % 2 === 1)
    .map((specification) => {
      const files = asDict(entry(asDict(resolve(pdf, specification)) as PdfDict, 'EF')) as PdfDict;
      const stream = resolve(pdf, entry(files, 'F'));
      if (!isKind(stream, 'stream')) return '';
      const bytes = streamBytes(pdf, stream);
      return bytes.ok ? new TextDecoder().decode(bytes.value) : 'unreadable';
    });
  return { names, associated: itemsAt(pdf, catalog, 'AF')?.length ?? 0, contents };
}
