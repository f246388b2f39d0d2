/** Makes a PDF that is larger than memory may be, piece by piece: one page a picture, and links on each page (ISO 32000-2, 7.5). */
import type { Sink } from '../../src/base/source.ts';
import { latin1 } from '../../src/base/text.ts';

export interface LargePdf {
  /** Pages, each with a picture of its own. */
  readonly pictures: number;
  /** Width and height in pixels; a pixel is an octet. */
  readonly side: number;
  /** Objects in all, about. */
  readonly objects: number;
}

/** Writes the document with a classic table; gives its size in octets. */
export async function writeLargePdf(sink: Sink, { pictures, side, objects }: LargePdf): Promise<number> {
  let size = 0;
  const offsets: number[] = [];
  const write = async (bytes: Uint8Array): Promise<void> => {
    await sink.write(bytes);
    size += bytes.length;
  };
  const object = async (num: number, text: string): Promise<void> => {
    offsets[num] = size;
    await write(latin1(`${num} 0 obj\n${text}\nendobj\n`));
  };
  const links = Math.max(1, Math.floor(objects / pictures) - 3);
  const each = links + 3;
  const page = (i: number): number => 3 + i * each;
  await write(latin1('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n'));
  await object(1, '<</Type/Catalog/Pages 2 0 R>>');
  const kids = Array.from({ length: pictures }, (_, i) => `${page(i)} 0 R`);
  await object(2, `<</Type/Pages/Count ${pictures}/Kids[${kids.join(' ')}]/MediaBox[0 0 600 600]>>`);
  const row = pattern(side);
  for (let i = 0; i < pictures; i++) {
    const own = page(i);
    const notes = Array.from({ length: links }, (_, k) => own + 3 + k);
    const annotations = notes.map((num) => `${num} 0 R`).join(' ');
    await object(
      own,
      `<</Type/Page/Parent 2 0 R/Contents ${own + 1} 0 R/Resources<</XObject<</I ${own + 2} 0 R>>>>/Annots[${annotations}]>>`,
    );
    await object(own + 1, `<</Length ${DRAWING.length}>>\nstream\n${DRAWING}\nendstream`);
    offsets[own + 2] = size;
    const entries = `/Type/XObject/Subtype/Image/Width ${side}/Height ${side}/BitsPerComponent 8/ColorSpace/DeviceGray/Length ${side * side}`;
    await write(latin1(`${own + 2} 0 obj\n<<${entries}>>\nstream\n`));
    for (let y = 0; y < side; y++) await write(row.subarray((y * 7 + i) % side, ((y * 7 + i) % side) + side));
    await write(latin1('\nendstream\nendobj\n'));
    for (const num of notes) {
      const [x, y] = [(num * 13) % 560, (num * 29) % 580];
      const uri = `/A<</S/URI/URI(https://example.org/${num})>>`;
      await object(num, `<</Type/Annot/Subtype/Link/Rect[${x} ${y} ${x + 40} ${y + 12}]/Border[0 0 0]${uri}>>`);
    }
  }
  const xref = size;
  const lines = ['0000000000 65535 f\r\n'];
  for (let num = 1; num < offsets.length; num++) lines.push(`${String(offsets[num]).padStart(10, '0')} 00000 n\r\n`);
  await write(
    latin1(`xref\n0 ${lines.length}\n${lines.join('')}trailer\n<</Size ${lines.length}/Root 1 0 R>>\nstartxref\n${xref}\n%%EOF\n`),
  );
  return size;
}

/** Two rows of pixels that look like noise, the same in each run. */
function pattern(side: number): Uint8Array {
  const octets = new Uint8Array(2 * side);
  let state = 1;
  for (let i = 0; i < octets.length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    octets[i] = state >>> 16;
  }
  return octets;
}

const DRAWING = 'q 600 0 0 600 0 0 cm /I Do Q';
