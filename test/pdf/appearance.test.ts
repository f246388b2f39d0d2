/** What an appearance draws: text that fits, drawings, frames, pictures; and what it refuses. */
import fc from 'fast-check';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { fromLatin1 } from '../../src/base/text.ts';
import { addAppearance, type SignatureAppearance } from '../../src/pdf/appearance.ts';
import { current, serializeUpdate, startUpdate, updatedBytes } from '../../src/pdf/append.ts';
import { openPdf } from '../../src/pdf/document.ts';
import { drawnIn, segmentsOf } from '../../src/pdf/drawing.ts';
import { fitText } from '../../src/pdf/fitting.ts';
import { HELVETICA } from '../../src/pdf/lettering.ts';
import { encodedBytes, isKind } from '../../src/pdf/object.ts';
import { faultOf } from '../support/fault.ts';

const PDF = plainPdf({ title: 'Look', pages: [[]] });
const BOX = { width: 200, height: 60 };

/** The content stream of an appearance; the file with it can be read again. */
function drawn(appearance: Partial<SignatureAppearance>): string {
  const opened = openPdf(PDF);
  if (!opened.ok) throw new Error('unreadable');
  const update = startUpdate(opened.value);
  const form = current(update, addAppearance(update, { ...BOX, ...appearance }));
  expect(openPdf(updatedBytes(serializeUpdate(update))).ok).toBe(true);
  return isKind(form, 'stream') ? fromLatin1(encodedBytes(form)) : '';
}
const refusal = (appearance: Partial<SignatureAppearance>) => faultOf(Promise.resolve().then(() => drawn(appearance)));
const png = (opacity: number): Uint8Array => {
  const picture = new PNG({ width: 4, height: 4 });
  picture.data.fill(opacity);
  return new Uint8Array(PNG.sync.write(picture));
};

describe('text', () => {
  const box = { left: 0, bottom: 0, width: 100, height: 40 };
  const sizes = (lines: readonly string[], size?: number) =>
    fitText(lines, box, HELVETICA, { largest: 12, align: 'start', ...(size !== undefined && { size }) });

  test.each([
    ['short: one line at the largest size', ['Hello'], 1, 12],
    ['two lines: both', ['Hello', 'there'], 2, 12],
    ['a line that is a little too long: smaller, and whole', ['Digitally signed here'], 1, 9],
    ['a line that is much too long: broken', ['A line that is much too long for a box as narrow as this one'], 3, 9],
    ['a word without end: as small as it takes', ['W'.repeat(60)], 1, 1],
  ] as const)('%s', (_, lines, count, least) => {
    const placed = sizes(lines);
    expect(placed).toHaveLength(count);
    expect(placed[0]?.size).toBeGreaterThanOrEqual(least);
  });

  test.each([
    ['a date below a name', ['דוד', '23.11.2026'], ['right', 'right']],
    ['a date above a name', ['23.11.2026', 'דוד'], ['right', 'right']],
    ['a date below names of both directions', ['David', '1', 'דוד', '2'], ['left', 'left', 'right', 'right']],
    ['dates alone', ['1', '2'], ['left', 'left']],
  ])('without letters starts on the side of the line before it: %s', (_, lines, sides) => {
    const wide = { ...HELVETICA, widthOf: (text: string) => 500 * text.length, isRightToLeft: (text: string) => /[א-ת]/u.test(text) };
    const placed = fitText(lines, { ...box, height: 100 }, wide, { largest: 12, align: 'start' });
    expect(placed.map(({ x }) => (x === 0 ? 'left' : 'right'))).toEqual(sides);
  });

  test('fits into its box whatever it is', () => {
    const line = fc.string({ unit: fc.constantFrom(...'abc WMij-.,éß '), maxLength: 80 });
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 30, max: 400 }),
        fc.integer({ min: 12, max: 200 }),
        (lines, width, height) => {
          const placed = fitText(lines, { ...box, width, height }, HELVETICA, { largest: 12, align: 'start' });
          const [size = 1] = placed.map((one) => one.size);
          if (size <= 1) return;
          for (const { text, x, y } of placed) {
            expect(x + (HELVETICA.widthOf(text) * size) / 1000).toBeLessThanOrEqual(width + 0.01);
            expect(y).toBeGreaterThan(0);
            expect(y).toBeLessThan(height);
          }
          expect(placed.map(({ text }) => text.replace(/\s/g, '')).join('')).toBe(lines.join('').replace(/\s/g, ''));
        },
      ),
    );
  });

  test('keeps the size that was asked for', () => expect(sizes(['a', 'b'], 7).map(({ size }) => size)).toEqual([7, 7]));
});

describe('a drawing', () => {
  test.each<[string, Parameters<typeof segmentsOf>[0], string]>([
    [
      'of two points',
      {
        strokes: [
          [
            [0, 0],
            [10, 10],
          ],
        ],
      },
      '0 10 m\n1.67 8.33 8.33 1.67 10 0 c\n',
    ],
    [
      'of one point',
      {
        strokes: [
          [[5, 5]],
          [
            [0, 0],
            [10, 10],
          ],
        ],
      },
      '5 5 m\n5 5 l\n0 10 m\n1.67 8.33 8.33 1.67 10 0 c\n',
    ],
    ['by a path', { path: 'M0 0 L10 0 V10 H0 Z' }, '0 10 m\n10 10 l\n10 0 l\n0 0 l\nh\n'],
    ['by a relative path', { path: 'm0,0l10,0v10h-10z' }, '0 10 m\n10 10 l\n10 0 l\n0 0 l\nh\n'],
    ['by points that follow a move', { path: 'M0 0 10 0 10 10' }, '0 10 m\n10 10 l\n10 0 l\n'],
    ['by curves', { path: 'M0 10 C0 0 10 0 10 10' }, '0 0 m\n0 10 10 10 10 0 c\n'],
    ['by curves that go on', { path: 'M0 0 q5 10 10 0' }, '0 8.33 m\n3.33 1.67 6.67 1.67 10 8.33 c\n'],
    ['by numbers without spaces', { path: 'M0-1L10-1e0L10 9' }, '0 10 m\n10 10 l\n10 0 l\n'],
  ])('%s', (_, drawing, expected) => expect(drawnIn(segmentsOf(drawing), [0, 0, 10, 10])).toBe(expected));

  test('stays in its box, whatever the path', () => {
    const number = fc.double({ min: -1e5, max: 1e5, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number), { minLength: 2, maxLength: 40 }), (points) => {
        const path = drawnIn(segmentsOf({ strokes: [points] }), [10, 20, 100, 50]);
        const pairs = [...path.matchAll(/(-?[\d.]+) (-?[\d.]+)(?= [mlc\d-])/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
        for (const [x, y] of pairs) expect([x >= 9.98 && x <= 110.02, y >= 19.98 && y <= 70.02]).toEqual([true, true]);
      }),
    );
  });

  test.each<[string, Parameters<typeof segmentsOf>[0], string]>([
    ['of nothing', { strokes: [] }, 'bad-option'],
    ['of both kinds', { strokes: [], path: '' }, 'bad-option'],
    ['with an arc', { path: 'M0 0 A5 5 0 0 1 10 10' }, 'unsupported'],
    ['with a number too few', { path: 'M0 0 L10' }, 'bad-option'],
    [
      'of what is no number',
      {
        strokes: [
          [
            [Number.NaN, 1],
            [2, 2],
          ],
        ],
      },
      'bad-option',
    ],
    ['of too many points', { strokes: [Array.from({ length: 30_000 }, (_, i) => [i, i] as const)] }, 'limit-exceeded'],
  ])('%s is refused', async (_, drawing, code) => {
    expect(await faultOf(Promise.resolve().then(() => segmentsOf(drawing)))).toMatchObject({ code });
  });

  test('any text as a path draws or is refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'MmLlHhVvCcSsQqTtZzA0123456789.,-+eE '), maxLength: 60 }), (path) => {
        try {
          drawnIn(segmentsOf({ path }), [0, 0, 10, 10]);
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(/^(bad-option|unsupported)$/);
        }
      }),
    );
  });
});

describe('an appearance', () => {
  test('is drawn from back to front: background, frame, picture, drawing, text', () => {
    const content = drawn({
      ...{ background: '#ff0000', border: { color: '#00ff00', width: 2 }, color: '#0000ff', lines: ['Text'], image: png(255) },
      drawing: { path: 'M0 0 L9 9', color: '#102030' },
    });
    const order = ['1 0 0 rg', '0 1 0 RG', '/Im0 Do', '0.063 0.125 0.188 RG', '0 0 1 rg', '(Text) Tj'].map((part) => content.indexOf(part));
    expect(order.every((at) => at >= 0)).toBe(true);
    expect([...order].sort((a, b) => a - b)).toEqual(order);
  });

  test('with the name large has it larger than the rest', () => {
    const content = drawn({ layout: 'name-left', name: 'Ann', lines: ['Digitally signed', 'today'] });
    const sizes = [...content.matchAll(/\/F0 ([\d.]+) Tf/g)].map(([, size]) => Number(size));
    expect(sizes[0]).toBeGreaterThan(2 * (sizes[1] ?? 99));
  });

  test('shows control characters as spaces', () => expect(drawn({ lines: ['a\r\n\tb'] })).toContain('(a b) Tj'));

  test.each<[string, Partial<SignatureAppearance>, string, RegExp]>([
    ['without area', { width: 0 }, 'bad-option', /a width and a height/],
    ['of no layout', { layout: 'top' as 'name-left' }, 'bad-option', /layout is 'top'/],
    ['in no colour', { color: 'red', lines: ['x'] }, 'bad-option', /color is 'red', but a colour is #rrggbb/],
    ['with a frame that is all of it', { border: { color: '#000000', width: 40 } }, 'bad-option', /wider than the box/],
    ['in letters that Helvetica has not', { lines: ['Ж'] }, 'unsupported', /'Ж' is not in Helvetica.*visible\.fonts, --font FILE/],
    ['with a picture of another kind', { image: new Uint8Array(20) }, 'unsupported', /JPEG or PNG/],
    ['with an unknown option', { colour: 'x' } as Partial<SignatureAppearance>, 'bad-option', /unknown option 'colour'/],
    ['with a book', { lines: ['x'.repeat(5000)] }, 'limit-exceeded', /at most 4000 characters/],
  ])('%s is refused', async (_, appearance, code, message) => {
    expect(await refusal(appearance)).toMatchObject({ code, message: expect.stringMatching(message) });
  });
});
