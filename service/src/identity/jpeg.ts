/** Grey JPEG pictures of squares (ITU-T T.81, baseline): each block of eight by eight pixels has one shade. */

/** Rows of digits, 0 for black to 9 for white; all rows have the same length. */
export function greyJpeg(rows: readonly string[]): Uint8Array {
  const [height, width] = [8 * rows.length, 8 * (rows[0]?.length ?? 0)];
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, [...Buffer.from('JFIF\0', 'latin1'), 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    segment(0xdb, [0, ...new Array<number>(64).fill(8)]),
    segment(0xc0, [8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0]),
    segment(0xc4, [0x00, ...DC_COUNTS, ...DC_COUNTS.flatMap((_, index) => (index < 12 ? [index] : []))]),
    // Nothing but the end of the block ever stands behind the first coefficient.
    segment(0xc4, [0x10, 1, ...new Array<number>(15).fill(0), 0]),
    segment(0xda, [1, 1, 0x00, 0, 63, 0]),
    scan(rows),
    Buffer.from([0xff, 0xd9]),
  ]);
}

function scan(rows: readonly string[]): Buffer {
  let before = 0;
  let bits = '';
  for (const digit of rows.join('')) {
    // With a quantization of 8 the first coefficient is the shade itself.
    const shade = Math.round((Number(digit) * 255) / 9) - 128;
    const difference = shade - before;
    before = shade;
    const size = difference === 0 ? 0 : 32 - Math.clz32(Math.abs(difference));
    const code = size === 0 ? '' : (difference > 0 ? difference : difference + 2 ** size - 1).toString(2).padStart(size, '0');
    bits += `${DC_CODES[size] ?? ''}${code}0`;
  }
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1');
  const octets = Array.from({ length: padded.length / 8 }, (_, index) => Number.parseInt(padded.slice(8 * index, 8 * index + 8), 2));
  return Buffer.from(octets.flatMap((octet) => (octet === 255 ? [255, 0] : [octet])));
}

const segment = (marker: number, body: readonly number[]): Buffer =>
  Buffer.from([0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255, ...body]);

/** Table K.3. */
const DC_COUNTS = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
const DC_CODES = ['00', '010', '011', '100', '101', '110', '1110', '11110', '111110', '1111110', '11111110', '111111110'];
