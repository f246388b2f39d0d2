/** PNG pictures of 8 bits a channel (ISO/IEC 15948): what previews need, and no more. */
import { crc32, deflateSync } from 'node:zlib';

/** A picture of opaque pixels, rows from the top. */
export function png(pixels: Uint8Array, width: number, height: number, order: 'bgra' | 'rgba'): Uint8Array {
  const [red, blue] = order === 'bgra' ? [2, 0] : [0, 2];
  const stride = 3 * width + 1;
  const rows = Buffer.alloc(stride * height);
  for (let y = 0, from = 0; y < height; y++) {
    let to = y * stride + 1;
    for (let x = 0; x < width; x++, from += 4) {
      rows[to++] = pixels[from + red] as number;
      rows[to++] = pixels[from + 1] as number;
      rows[to++] = pixels[from + blue] as number;
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([SIGNATURE, chunk('IHDR', head), chunk('IDAT', deflateSync(rows, { level: 3 })), chunk('IEND', Buffer.alloc(0))]);
}

/** A plain picture: a sheet with bars in place of lines of text, for files that have no pages to show. */
export function cardPicture(tone: readonly [red: number, green: number, blue: number]): Uint8Array {
  const [width, height] = [300, 424];
  const pixels = new Uint8Array(4 * width * height).fill(255);
  const fill = (left: number, top: number, right: number, bottom: number, colour: readonly number[]): void => {
    for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) pixels.set(colour, 4 * (y * width + x));
  };
  fill(0, 0, width, 84, tone);
  for (let line = 0; line < 9; line++) fill(32, 120 + 30 * line, line % 3 === 2 ? 190 : 268, 132 + 30 * line, [214, 218, 224]);
  return png(pixels, width, height, 'rgba');
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
