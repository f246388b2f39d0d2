/** Fonts for visible signatures: what is shaped, what is embedded, what is refused. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { characterIdentifiers } from '../../src/render/cff.ts';
import { openFonts } from '../../src/render/index.ts';
import { sign } from '../../src/sign.ts';
import { present } from '../judges/judges.ts';
import { faultOf } from '../support/fault.ts';
import { memoryPki } from '../support/pki.ts';
import { hasNoto, noto, SCRIPTS } from './noto.ts';

const pki = memoryPki();
const poppler = (await present('pdfsig')) !== null;

describe.skipIf(!hasNoto)('fonts', () => {
  test('show each character in the first one that has it, and mix directions', async () => {
    const fonts = await openFonts(noto('latin', 'hebrew', 'devanagari'));
    expect(fonts.faces.map(({ name }) => name)).toEqual(['NotoSans-Regular', 'NotoSansHebrew-Regular', 'NotoSansDevanagari-Regular']);
    const line = fonts.line('abc שלום');
    expect(line.rightToLeft).toBe(false);
    expect(line.runs.map(({ face }) => face)).toEqual([0, 1]);
    expect(fonts.line('שלום abc').rightToLeft).toBe(true);
    expect(fonts.line('').runs).toEqual([]);
  });

  test('join and reorder letters as their scripts ask for', async () => {
    const fonts = await openFonts(noto('latin', 'arabic', 'devanagari'));
    const glyphs = (text: string): number[] => fonts.line(text).runs.flatMap((run) => run.glyphs.map(({ id }) => id));
    // The vowel sign I stands before the consonant that it follows in writing.
    const [ka] = glyphs('क');
    expect(glyphs('कि').at(-1)).toBe(ka);
    // Four letters that join are not four letters that stand alone.
    expect(glyphs('بببب')).not.toEqual([...glyphs('ب'), ...glyphs('ب'), ...glyphs('ب'), ...glyphs('ب')]);
    const text = fonts.line('श्री').runs.flatMap((run) => run.glyphs.map((glyph) => glyph.text));
    expect(text.join('')).toBe('श्री');
  });

  test('draw the same character in the way of a language', async () => {
    const [plain, traditional] = await Promise.all([openFonts(noto('japanese')), openFonts(noto('japanese'), { language: 'zh-Hant' })]);
    const idOf = (fonts: typeof plain): unknown => fonts?.line('骨').runs[0]?.glyphs[0]?.id;
    expect(idOf(plain)).not.toBe(idOf(traditional));
  });

  test.each([
    ['latin', 'Zoë Çelik', 'truetype', 3000],
    ['chinese', '数字签名', 'cff', 3000],
  ] as const)('are embedded as far as they are used: %s', async (font, text, kind, most) => {
    const fonts = await openFonts(noto(font));
    const glyphs = new Set(fonts.line(text).runs.flatMap((run) => run.glyphs.map(({ id }) => id)));
    const program = fonts.subset(0, glyphs);
    expect(program.kind).toBe(kind);
    expect(program.bytes.length).toBeLessThan(most);
    expect(new Set([...glyphs].map(program.cid)).size).toBe(glyphs.size);
  });

  test('that have not a character say which, and name the option', async () => {
    const fonts = await openFonts(noto('latin'));
    const fault = await faultOf(Promise.resolve().then(() => fonts.line('abc 中')));
    expect(fault).toMatchObject({ code: 'unsupported', message: expect.stringMatching(/'中' \(U\+4E2D\).*visible\.fonts, --font/) });
  });

  test.skipIf(!poppler)('leave text that others read in the order in which it is written', async () => {
    const { signer } = await (await pki()).leaf('P-256');
    const pdf = plainPdf({ title: 'Text', pages: [[]] });
    for (const [script, names, text] of SCRIPTS.filter(([one]) => one !== 'Arabic' && one !== 'Hebrew')) {
      const visible = { page: 1, x: 50, y: 600, width: 400, height: 90, fonts: await openFonts(noto(...names)), text };
      const folder = mkdtempSync(join(tmpdir(), 'adeskit-fonts-'));
      try {
        writeFileSync(join(folder, 'a.pdf'), await sign(pdf, { signer, at: Date.now(), visible }));
        const read = execFileSync('pdftotext', [join(folder, 'a.pdf'), '-'], { encoding: 'utf8' }).normalize('NFC');
        expect([script, read.trim().split('\n')]).toEqual([script, text.map((line) => line.normalize('NFC'))]);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
  });

  test('of a collection are told apart by their number', async () => {
    const [file] = noto('korean');
    const bytes = file?.bytes ?? new Uint8Array(0);
    expect((await openFonts([{ bytes, index: 1 }])).faces[0]?.name).toMatch(/kr/i);
    expect(await faultOf(openFonts([{ bytes, index: 99 }]))).toMatchObject({
      code: 'bad-option',
      message: expect.stringMatching(/no number 99/),
    });
  });

  test('whose licence forbids embedding are refused', async () => {
    const [file] = noto('latin');
    const bytes = (file?.bytes ?? new Uint8Array(0)).slice();
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < view.getUint16(4); i++) {
      const entry = 12 + 16 * i;
      if (String.fromCharCode(...bytes.subarray(entry, entry + 4)) === 'OS/2') view.setUint16(view.getUint32(entry + 8) + 8, 2);
    }
    expect(await faultOf(openFonts([bytes]))).toMatchObject({ code: 'unsupported', message: expect.stringMatching(/licence/) });
  });

  test('that are damaged are refused or show something, and never break the process', async () => {
    const [file] = noto('hebrew');
    const bytes = file?.bytes ?? new Uint8Array(0);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 40 }), async (changes) => {
        const damaged = bytes.slice();
        for (const [at, value] of changes) damaged[at] = value;
        try {
          const fonts = await openFonts([damaged]);
          fonts.subset(0, new Set(fonts.line('שלום').runs.flatMap((run) => run.glyphs.map(({ id }) => id))));
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(/^(unsupported|malformed-input)$/);
        }
      }),
      { numRuns: 25 },
    );
  });
});

test.each([
  ['nothing', [], 'bad-option'],
  ['what is no font', [new Uint8Array(100)], 'malformed-input'],
  ['a font of which there is only the beginning', [Uint8Array.from([0, 1, 0, 0, 0, 1, 0, 0])], 'malformed-input'],
] as const)('%s is refused', async (_, files, code) => {
  expect(await faultOf(openFonts(files))).toMatchObject({ code });
});

test('any octets as a CFF table give identifiers or none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const identifiers = characterIdentifiers(bytes);
      expect(identifiers === null || identifiers(0) >= 0).toBe(true);
    }),
  );
});
