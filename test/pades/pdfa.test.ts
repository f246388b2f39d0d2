/** A file that is PDF/A stays PDF/A when it is signed (ISO 19005), and metadata stays as it was: by veraPDF, and by what is written into the file. */
import { PNG } from 'pngjs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Signer } from '../../src/crypto/signer.ts';
import { catalogOf, loadObject, streamBytes, valueAt } from '../../src/pdf/document.ts';
import { asDict, asName, entry, isKind, type PdfDict, type PdfObject, ref } from '../../src/pdf/object.ts';
import { openFonts } from '../../src/render/index.ts';
import { type SignOptions, sign } from '../../src/sign.ts';
import { validate } from '../../src/validate.ts';
import { hasVerapdf, verapdf } from '../judges/verapdf.ts';
import { hasNoto, noto } from '../render/noto.ts';
import { faultOf } from '../support/fault.ts';
import { memoryPki } from '../support/pki.ts';
import { opened } from './form-pdf.ts';

const pki = memoryPki();
const AT = Date.now();
let signer: Signer;
beforeAll(async () => {
  signer = (await (await pki()).leaf('P-256')).signer;
});
const veraHere = await hasVerapdf();

/** The smallest file that is PDF/A: one empty page, XMP metadata, an identifier. */
function pdfa(part: 1 | 2 | 3): Uint8Array {
  const identifier = `<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>${part}</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description>`;
  return file(part === 1 ? 14 : 17, identifier, [
    '<< /Type /Catalog /Pages 2 0 R /Metadata 4 0 R >>',
    '<< /Type /Pages /Count 1 /Kids [3 0 R] >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>',
    METADATA,
  ]);
}

/** Stands for the stream of metadata. */
const METADATA = 'metadata';

function file(version: 14 | 17, descriptions: string, objects: readonly string[]): Uint8Array {
  const xmp = `<?xpacket begin="\u00ef\u00bb\u00bf" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">${descriptions}</rdf:RDF></x:xmpmeta><?xpacket end="w"?>`;
  const metadata = `<< /Type /Metadata /Subtype /XML /Length ${xmp.length} >>\nstream\n${xmp}\nendstream`;
  let written = `%PDF-1.${version - 10}\n%\u00e2\u00e3\u00cf\u00d3\n`;
  const offsets = objects.map((object, i) => {
    const at = written.length;
    written += `${i + 1} 0 obj\n${object === METADATA ? metadata : object}\nendobj\n`;
    return String(at).padStart(10, '0');
  });
  const id = '<00112233445566778899AABBCCDDEEFF>';
  const size = objects.length + 1;
  const xref = `xref\n0 ${size}\n0000000000 65535 f \n${offsets.map((at) => `${at} 00000 n \n`).join('')}`;
  const tail = `${xref}trailer\n<< /Size ${size} /Root 1 0 R /ID [${id} ${id}] >>\nstartxref\n${written.length}\n%%EOF\n`;
  return Uint8Array.from(`${written}${tail}`, (character) => character.charCodeAt(0));
}

/** One page with an empty paragraph, tagged, with a title and a language: PDF/A-2a or PDF/UA-1 (ISO 14289-1). */
function tagged(claim: '2a' | 'ua1'): Uint8Array {
  const identifier =
    claim === '2a'
      ? '<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance></rdf:Description>'
      : '<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>';
  const title =
    '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt><rdf:li xml:lang="x-default">Order</rdf:li></rdf:Alt></dc:title></rdf:Description>';
  const content = '/P <</MCID 0>> BDC EMC';
  return file(17, `${identifier}${title}`, [
    '<< /Type /Catalog /Pages 2 0 R /Metadata 4 0 R /MarkInfo << /Marked true >> /Lang (en) /ViewerPreferences << /DisplayDocTitle true >> /StructTreeRoot 6 0 R >>',
    '<< /Type /Pages /Count 1 /Kids [3 0 R] >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> /Contents 5 0 R /StructParents 0 >>',
    METADATA,
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /StructTreeRoot /K [7 0 R] /ParentTree 9 0 R /ParentTreeNextKey 1 >>',
    '<< /Type /StructElem /S /Document /P 6 0 R /K 8 0 R >>',
    '<< /Type /StructElem /S /P /P 7 0 R /Pg 3 0 R /K 0 >>',
    '<< /Nums [0 [8 0 R]] >>',
  ]);
}

/** Half transparent, half not. */
function seal(): Uint8Array {
  const png = new PNG({ width: 20, height: 20 });
  for (let i = 0; i < 400; i++) png.data.set([200, 30, 30, i % 2 === 0 ? 120 : 255], i * 4);
  return new Uint8Array(PNG.sync.write(png));
}

const BOX = { page: 1, x: 50, y: 600, width: 240, height: 80 };
const LOOKS: readonly [title: string, look: (fonts: NonNullable<SignOptions['visible']>['fonts']) => Partial<SignOptions>][] = [
  ['invisible', () => ({})],
  ['certified and locked', () => ({ certify: 2, lock: { action: 'all' } })],
  [
    'text, frame and background',
    (fonts) => ({ visible: { ...BOX, ...(fonts && { fonts }), border: { color: '#003366' }, background: '#eef4ff' } }),
  ],
  ['a picture with transparency', () => ({ visible: { ...BOX, image: seal(), text: [] } })],
  [
    'a drawing',
    () => ({
      visible: {
        ...BOX,
        drawing: {
          strokes: [
            [
              [0, 0],
              [10, 10],
              [20, 3],
            ],
          ],
        },
      },
    }),
  ],
];
const SCRIPTS = ['नमस्ते क्षत्रिय', 'مرحبا 12', 'שלום (world)', '署名 电子'];

describe.skipIf(!hasNoto)('a PDF/A file', () => {
  test.skipIf(!veraHere)(
    'is still one by veraPDF, whatever the signature looks like',
    async () => {
      const fonts = await openFonts(noto('latin', 'devanagari', 'arabic', 'hebrew', 'chinese'));
      const files: [flavour: '1b' | '2b' | '2u' | '3b', title: string, pdf: Uint8Array][] = [];
      for (const part of [1, 2, 3] as const) {
        files.push([`${part}b`, `PDF/A-${part}b, not signed`, pdfa(part)]);
        for (const [title, look] of LOOKS)
          files.push([`${part}b`, `PDF/A-${part}b, ${title}`, await sign(pdfa(part), { signer, at: AT, ...look(fonts) })]);
        const many = { ...BOX, fonts, text: SCRIPTS };
        files.push([`${part}b`, `PDF/A-${part}b, in many scripts`, await sign(pdfa(part), { signer, at: AT, visible: many })]);
      }
      const verdicts = await verapdf(files.map(([flavour, , pdf]) => [flavour, pdf]));
      expect(files.map(([, title], i) => [title, verdicts[i]])).toEqual(files.map(([, title]) => [title, []]));
    },
    600_000,
  );

  test.skipIf(!veraHere)(
    'that is tagged is still PDF/A-2a and PDF/UA-1: what shows is in its structure',
    async () => {
      const fonts = await openFonts(noto('latin'));
      const files: [flavour: '2a' | 'ua1', title: string, pdf: Uint8Array][] = [];
      for (const claim of ['2a', 'ua1'] as const) {
        const plain = tagged(claim);
        const once = await sign(plain, { signer, at: AT, visible: { ...BOX, fonts } });
        const second = { signer, at: AT, visible: { ...BOX, y: 300, fonts } };
        const more = [{ page: 1, x: 300, y: 100, width: 100, height: 40 }];
        files.push([claim, 'not signed', plain]);
        files.push([claim, 'invisible', await sign(plain, { signer, at: AT })]);
        files.push([claim, 'visible', once]);
        files.push([claim, 'visible twice', await sign(once, second)]);
        files.push([claim, 'in two places', await sign(plain, { signer, at: AT, visible: { ...BOX, fonts, more } })]);
      }
      const verdicts = await verapdf(files.map(([flavour, , pdf]) => [flavour, pdf]));
      expect(files.map(([, title], i) => [title, verdicts[i]])).toEqual(files.map(([, title]) => [title, []]));
      const { signatures } = await validate(files[3]?.[2] ?? new Uint8Array(0), { at: AT, trust: [(await pki()).root] });
      expect(signatures.map(({ facts }) => facts.pdf?.modifications?.filter(({ allowed }) => !allowed))).toEqual([[], []]);
      expect(signatures[0]?.facts.pdf?.modifications?.map(({ kind }) => kind)).toContain('structure-element-added');
    },
    600_000,
  );

  test('gets embedded fonts, calibrated colours and nothing transparent, flagged to be printed', async () => {
    const fonts = await openFonts(noto('latin'));
    const visible = { ...BOX, fonts, image: seal(), text: ['Signed', 'here'] };
    const objects = addedTo(pdfa(2), await sign(pdfa(2), { signer, at: AT, visible }));
    const text = objects.map(({ content }) => content).join('\n');
    expect(text).not.toMatch(/\b(rg|RG|g|G|k|K)\n/);
    expect(objects.some(({ dict }) => dict.entries.has('SMask') || dict.entries.has('Group'))).toBe(false);
    const fontsUsed = objects.filter(({ dict }) => asName(entry(dict, 'Type')) === 'FontDescriptor');
    expect(fontsUsed.map(({ dict }) => dict.entries.has('FontFile2'))).toEqual([true]);
    const widget = objects.find(({ dict }) => asName(entry(dict, 'Subtype')) === 'Widget')?.dict;
    expect(widget?.entries.get('F')).toMatchObject({ value: 132 });
    expect(widget?.entries.has('AP')).toBe(true);
    for (const key of ['DigestMethod', 'DigestValue', 'DigestLocation', 'NeedAppearances', 'AA', 'A', 'XFA'])
      expect([key, objects.some(({ dict }) => dict.entries.has(key))]).toEqual([key, false]);
  });

  test('with text and no font to embed is refused, with the name of the option', async () => {
    const fault = await faultOf(sign(pdfa(2), { signer, at: AT, visible: BOX }));
    expect(fault).toMatchObject({ code: 'refused', message: expect.stringMatching(/PDF\/A.*visible\.fonts, --font/) });
  });
});

test('metadata, and the first part of the identifier, stay as they were', async () => {
  const before = pdfa(2);
  const after = await sign(before, { signer, at: AT, certify: 3 });
  const [metadata, catalog] = [opened(after), catalogOf(opened(after))];
  const stream = catalog === null ? null : valueAt(metadata, catalog, 'Metadata');
  const old = valueAt(opened(before), catalogOf(opened(before)) as PdfDict, 'Metadata');
  if (!isKind(stream, 'stream') || !isKind(old, 'stream')) throw new Error('no metadata');
  expect(streamBytes(metadata, stream)).toEqual(streamBytes(opened(before), old));
  const id = metadata.sections[0]?.trailer.entries.get('ID') ?? null;
  expect(isKind(id, 'array') ? id.items[0] : null).toMatchObject({
    bytes: Uint8Array.from([0, 17, 34, 51, 68, 85, 102, 119, 136, 153, 170, 187, 204, 221, 238, 255]),
  });
});

/** The objects that signing wrote, with what is in their streams. */
function addedTo(before: Uint8Array, after: Uint8Array): { readonly dict: PdfDict; readonly content: string }[] {
  const document = opened(after);
  const found: { dict: PdfDict; content: string }[] = [];
  for (let num = 1; num < 200; num++) {
    const object = loadObject(document, ref(num));
    if (!object.ok || object.value === null || object.value.at < before.length) continue;
    const value: PdfObject = object.value.value;
    const dict = asDict(value);
    if (dict === null) continue;
    const form = isKind(value, 'stream') && asName(entry(dict, 'Subtype')) === 'Form' ? streamBytes(document, value) : null;
    found.push({ dict, content: form?.ok ? new TextDecoder('latin1').decode(form.value) : '' });
  }
  return found;
}
