/** Visible signatures as they are seen: nine scripts on pages turned by 0, 90, 180 and 270 degrees, drawn by pdfium. `ADESKIT_PICTURES=DIR` keeps the pictures. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { currentDict, put } from '../../src/pdf/append.ts';
import { integer, ref, withEntries } from '../../src/pdf/object.ts';
import { encodePng, isPdfiumInstalled, openFonts, type PagePicture, pdfiumRenderer } from '../../src/render/index.ts';
import { sign } from '../../src/sign.ts';
import { updated } from '../pades/form-pdf.ts';
import { memoryPki } from '../support/pki.ts';
import { hasNoto, noto, SCRIPTS } from './noto.ts';

const pki = memoryPki();
const KEPT = process.env['ADESKIT_PICTURES'];
const TURNS = [0, 90, 180, 270] as const;
const BOX = { x: 60, y: 70, width: 260, height: 56 };
const PIXELS = 1_000_000;
if (!isPdfiumInstalled()) console.warn('skipped: the package @hyzyla/pdfium is not installed');

/** Four pages, each turned. */
const turned = (): Uint8Array =>
  updated(plainPdf({ title: 'Turned', pages: TURNS.map((turn) => [`turned by ${turn}`]) }), (update) => {
    TURNS.forEach((turn, i) => {
      const page = ref(6 + 2 * i);
      const now = currentDict(update, page);
      if (now !== null) put(update, page, withEntries(now, { Rotate: integer(turn) }));
    });
  });

/** What is in the box, told from the lower left corner of the page as it is seen. */
function cut({ width, height, rgba }: PagePicture, pageWidth: number): PagePicture {
  const scale = width / pageWidth;
  const [left, right] = [Math.round(BOX.x * scale), Math.round((BOX.x + BOX.width) * scale)];
  const [top, bottom] = [height - Math.round((BOX.y + BOX.height) * scale), height - Math.round(BOX.y * scale)];
  const out = new Uint8Array((right - left) * (bottom - top) * 4);
  for (let y = top; y < bottom; y++) {
    out.set(rgba.subarray((y * width + left) * 4, (y * width + right) * 4), (y - top) * (right - left) * 4);
  }
  return { width: right - left, height: bottom - top, rgba: out };
}

/** Ink in each cell of a coarse raster: the same for the same picture, whatever the edges of its letters. */
function raster({ width, height, rgba }: PagePicture): number[] {
  const cells = new Array<number>(COLUMNS * ROWS).fill(0);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const cell = Math.floor((y * ROWS) / height) * COLUMNS + Math.floor((x * COLUMNS) / width);
      cells[cell] = (cells[cell] as number) + (255 - (rgba[(y * width + x) * 4 + 1] as number)) / 255;
    }
  }
  return cells;
}
const COLUMNS = 26;
const ROWS = 6;

function difference(a: readonly number[], b: readonly number[]): number {
  const total = a.reduce((sum, value) => sum + value, 0);
  return a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / total;
}

describe.skipIf(!hasNoto || !isPdfiumInstalled())('a visible signature', () => {
  const seen = new Map<string, PagePicture[]>();
  beforeAll(async () => {
    const { signer } = await (await pki()).leaf('P-256');
    const renderer = pdfiumRenderer({ timeout: 120_000 });
    if (KEPT) mkdirSync(KEPT, { recursive: true });
    for (const [script, names, text] of SCRIPTS) {
      const fonts = await openFonts(noto(...names));
      const [first, ...more] = TURNS.map((_, i) => ({ page: i + 1, ...BOX }));
      const look = { fonts, text, border: { color: '#1f4e8c' }, background: '#f2f6fc' } as const;
      const document = await sign(turned(), { signer, at: Date.now(), visible: { ...first, more, ...look } });
      const opened = await renderer.open(document);
      const pages = await Promise.all(TURNS.map((_, i) => opened.page(i, PIXELS)));
      await opened.close();
      const boxes = pages.map((page, i) => cut(page, i % 2 === 0 ? 595 : 842));
      seen.set(script, boxes);
      for (const [i, box] of KEPT ? boxes.entries() : [])
        writeFileSync(join(KEPT ?? '', `${script.toLowerCase()}-${TURNS[i]}.png`), encodePng(box));
    }
  }, 300_000);
  afterAll(() => seen.clear());

  test.each(SCRIPTS.map(([script]) => script))('in %s stands upright and whole however the page is turned', (script) => {
    const [upright, ...others] = (seen.get(script) ?? []).map(raster);
    expect(others).toHaveLength(3);
    const ink = upright?.reduce((sum, value) => sum + value, 0) ?? 0;
    expect(ink).toBeGreaterThan(500);
    for (const other of others) expect(difference(upright ?? [], other)).toBeLessThan(0.12);
  });

  test('in another script is another picture', () => {
    const [latin, hebrew] = ['Latin', 'Hebrew'].map((script) =>
      raster(seen.get(script)?.[0] ?? { width: 1, height: 1, rgba: new Uint8Array(4) }),
    );
    expect(difference(latin ?? [], hebrew ?? [])).toBeGreaterThan(0.3);
  });
});
