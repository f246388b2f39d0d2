/** Pictures as PNG files, without loss (ISO 15948). */
import { type Bytes, concat } from '../base/bytes.ts';
import { latin1 } from '../base/text.ts';
import { crc32, deflate } from './deflate.ts';

/** Red, green, blue and opacity of each pixel, row by row from the top. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly rgba: Bytes;
}

/** RGB where everything is opaque, else RGBA; each row against the one above it, which page pictures shrink best by. */
export function encodePng({ width, height, rgba }: Pixels): Bytes {
  const opaque = isOpaque(rgba);
  const channels = opaque ? 3 : 4;
  const rowLength = width * channels;
  const rows = new Uint8Array((rowLength + 1) * height);
  for (let y = 0; y < height; y++) {
    const to = y * (rowLength + 1);
    rows[to] = y === 0 ? NONE : UP;
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        const from = (y * width + x) * 4 + c;
        rows[to + 1 + x * channels + c] = (rgba[from] as number) - (y === 0 ? 0 : (rgba[from - width * 4] as number));
      }
    }
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, opaque ? 2 : 6, 0, 0, 0], 8);
  return concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', deflate(rows)), chunk('IEND', new Uint8Array(0))]);
}

function isOpaque(rgba: Bytes): boolean {
  for (let i = 3; i < rgba.length; i += 4) if (rgba[i] !== 255) return false;
  return true;
}

function chunk(type: string, content: Bytes): Bytes {
  const named = concat([latin1(type), content]);
  const out = new Uint8Array(named.length + 8);
  const view = new DataView(out.buffer);
  view.setUint32(0, content.length);
  out.set(named, 4);
  view.setUint32(named.length + 4, crc32(named));
  return out;
}

const SIGNATURE = Uint8Array.of(0x89, ...latin1('PNG\r\n'), 0x1a, 0x0a);
/** Filters of a row (ISO 15948, 9.2). */
const NONE = 0;
const UP = 2;
