/** JPEG and PNG pictures as image XObjects (ISO 32000-2, 8.9.5; ISO 15948 for PNG). */
import { type Bytes, concat, equal } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { latin1 } from '../base/text.ts';
import { deflate, inflate } from '../platform/deflate.ts';
import { add, type Update } from './append.ts';
import { pngRows } from './filter.ts';
import { array, dict, hexString, integer, name, type PdfObject, type PdfRef, streamOf } from './object.ts';
import { type Color, type ColorSpaces, graySpace, rgbSpace } from './paint.ts';

/** A picture added to an update. */
export interface Picture {
  readonly ref: PdfRef;
  /** In samples. */
  readonly width: number;
  readonly height: number;
}

export interface PictureOptions {
  readonly spaces: ColorSpaces;
  /** What shows through where the picture is transparent; null: whatever is behind it. */
  readonly backdrop: Color | null;
}

/** Adds a JPEG or PNG. Throws `unsupported` for other kinds and `malformed-input` for damaged ones. */
export function addPicture(update: Update, bytes: Bytes, options: PictureOptions = { spaces: 'device', backdrop: null }): Picture {
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return addJpeg(update, bytes, options);
  if (equal(bytes.subarray(0, 8), PNG_SIGNATURE)) return addPng(update, bytes, options);
  throw new Fault('unsupported', 'a picture is JPEG or PNG');
}

/** The file as it is, behind DCTDecode; size and components are in its frame header (ISO 10918-1, B.2.2). */
function addJpeg(update: Update, bytes: Bytes, { spaces }: PictureOptions): Picture {
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes[at] !== 0xff) break;
    const marker = bytes[at + 1] as number;
    if (marker === 0xff) {
      at++;
      continue;
    }
    const length = uint16(bytes, at + 2);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (!isFrame) {
      at += 2 + Math.max(2, length);
      continue;
    }
    const [bits, height, width, components] = [bytes[at + 4], uint16(bytes, at + 5), uint16(bytes, at + 7), bytes[at + 9] as number];
    const space = components === 1 ? graySpace(spaces) : components === 3 ? rgbSpace(spaces) : null;
    if (space === null || bits !== 8 || width === 0 || height === 0) {
      throw new Fault('unsupported', 'a JPEG has 8-bit gray or colour (RGB) samples');
    }
    const image = imageDict(width, height, 8, space, { Filter: name('DCTDecode') });
    return { ref: add(update, streamOf(image, bytes)), width, height };
  }
  throw new Fault('malformed-input', 'the JPEG has no frame header');
}

interface Png {
  readonly width: number;
  readonly height: number;
  readonly colorType: number;
  readonly palette: Bytes | null;
  readonly transparency: Bytes | null;
  readonly data: Bytes;
}

function addPng(update: Update, bytes: Bytes, { spaces, backdrop }: PictureOptions): Picture {
  const png = readPng(bytes);
  const { width, height, colorType } = png;
  const channels = CHANNELS.get(colorType) as number;
  const rowLength = width * channels;
  const inflated = inflate(png.data, (rowLength + 1) * height + 1);
  if (!inflated.complete || inflated.bytes.length !== (rowLength + 1) * height) {
    throw new Fault('malformed-input', 'the PNG has not as many samples as its header tells');
  }
  const samples = pngRows(inflated.bytes, rowLength, channels);
  const colors = channels === 4 ? 3 : channels === 2 ? 1 : channels;
  const alpha = alphaOf(png, samples, channels);
  const mask = alpha?.every((value) => value === 255) ? null : alpha;
  const opaque = colors === channels ? samples : withoutLast(samples, channels);
  const flate = { Filter: name('FlateDecode') };
  if (mask !== null && backdrop !== null) {
    const image = imageDict(width, height, 8, rgbSpace(spaces), flate);
    return { ref: add(update, streamOf(image, deflate(flattened(opaque, colors, png.palette, mask, backdrop)))), width, height };
  }
  const space = png.palette !== null ? indexed(png.palette, spaces) : colors === 1 ? graySpace(spaces) : rgbSpace(spaces);
  const maskRef = mask === null ? undefined : add(update, streamOf(imageDict(width, height, 8, graySpace('device'), flate), deflate(mask)));
  const image = imageDict(width, height, 8, space, { ...flate, SMask: maskRef });
  return { ref: add(update, streamOf(image, deflate(opaque))), width, height };
}

/** RGB samples over a colour, for files that may hold nothing transparent. */
function flattened(samples: Bytes, colors: number, palette: Bytes | null, mask: Bytes, { red, green, blue }: Color): Bytes {
  const under = [red, green, blue].map((value) => value * 255);
  const out = new Uint8Array(mask.length * 3);
  for (let i = 0; i < mask.length; i++) {
    const opacity = (mask[i] as number) / 255;
    for (let c = 0; c < 3; c++) {
      const sample = samples[i * colors + (colors === 3 ? c : 0)] as number;
      const value = palette === null ? sample : (palette[sample * 3 + c] ?? 0);
      out[i * 3 + c] = Math.round(value * opacity + (under[c] as number) * (1 - opacity));
    }
  }
  return out;
}

/** Chunks in order; only critical ones and tRNS matter. */
function readPng(bytes: Bytes): Png {
  const data: Bytes[] = [];
  let palette: Bytes | null = null;
  let transparency: Bytes | null = null;
  const header = bytes.subarray(16, 29);
  if (header.length < 13 || typeOf(bytes, 8) !== 'IHDR') throw new Fault('malformed-input', 'the PNG has no header');
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = uint32(bytes, at);
    const type = typeOf(bytes, at);
    const content = bytes.subarray(at + 8, at + 8 + length);
    if (content.length < length) throw new Fault('malformed-input', 'the PNG is cut short');
    if (type === 'IDAT') data.push(content);
    else if (type === 'PLTE') palette = content;
    else if (type === 'tRNS') transparency = content;
    else if (type === 'IEND') break;
    at += 12 + length;
  }
  const [width, height, colorType] = [uint32(header, 0), uint32(header, 4), header[9] as number];
  if (header[8] !== 8 || !CHANNELS.has(colorType) || header[12] !== 0) {
    throw new Fault('unsupported', 'a PNG has 8 bits a sample and is not interlaced');
  }
  if (width === 0 || height === 0 || width * height > MAXIMUM_SAMPLES) throw new Fault('limit-exceeded', 'the PNG is too large or empty');
  if (colorType === 3 && (palette === null || palette.length < 3)) throw new Fault('malformed-input', 'the PNG has no palette');
  return { width, height, colorType, palette: colorType === 3 ? palette : null, transparency, data: concat(data) };
}

/** Opacity of each sample, or null where all are opaque. */
function alphaOf(png: Png, samples: Bytes, channels: number): Bytes | null {
  const count = png.width * png.height;
  if (channels === 2 || channels === 4) {
    const alpha = new Uint8Array(count);
    for (let i = 0; i < count; i++) alpha[i] = samples[i * channels + channels - 1] as number;
    return alpha;
  }
  const { transparency } = png;
  if (transparency === null) return null;
  const alpha = new Uint8Array(count).fill(255);
  if (png.palette !== null) for (let i = 0; i < count; i++) alpha[i] = transparency[samples[i] as number] ?? 255;
  else {
    // One colour of 16-bit components is transparent.
    for (let i = 0; i < count; i++) {
      let same = true;
      for (let c = 0; c < channels; c++) if (samples[i * channels + c] !== transparency[2 * c + 1]) same = false;
      if (same) alpha[i] = 0;
    }
  }
  return alpha;
}

function withoutLast(samples: Bytes, channels: number): Bytes {
  const out = new Uint8Array((samples.length / channels) * (channels - 1));
  for (let from = 0, to = 0; from < samples.length; from++) if (from % channels !== channels - 1) out[to++] = samples[from] as number;
  return out;
}

function indexed(palette: Bytes, spaces: ColorSpaces): PdfObject {
  const entries = Math.min(256, Math.floor(palette.length / 3));
  return array([name('Indexed'), rgbSpace(spaces), integer(entries - 1), hexString(palette.subarray(0, entries * 3))]);
}

function imageDict(
  width: number,
  height: number,
  bits: number,
  space: PdfObject,
  entries: Readonly<Record<string, PdfObject | undefined>>,
) {
  return dict({
    Type: name('XObject'),
    Subtype: name('Image'),
    Width: integer(width),
    Height: integer(height),
    BitsPerComponent: integer(bits),
    ColorSpace: space,
    ...entries,
  });
}

const uint16 = (bytes: Bytes, at: number): number => (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
const uint32 = (bytes: Bytes, at: number): number => uint16(bytes, at) * 65536 + uint16(bytes, at + 2);
const typeOf = (bytes: Bytes, at: number): string => String.fromCharCode(...bytes.subarray(at + 4, at + 8));

const PNG_SIGNATURE = Uint8Array.of(0x89, ...latin1('PNG\r\n'), 0x1a, 0x0a);
/** By colour type: gray, RGB, palette, gray with alpha, RGB with alpha. */
const CHANNELS = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
]);
const MAXIMUM_SAMPLES = 1 << 26;
