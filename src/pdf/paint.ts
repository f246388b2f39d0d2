/** Colours of an appearance: of the device, or told by what they look like where the file has to look the same everywhere (ISO 32000-2, 8.6). */
import { Fault } from '../base/fault.ts';
import { array, dict, integer, name, type PdfObject, real } from './object.ts';

export interface Color {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/** `device`: DeviceRGB and DeviceGray; `calibrated`: sRGB as CalRGB and CalGray, which needs no output intent. */
export type ColorSpaces = 'device' | 'calibrated';

/** `#rrggbb`. Throws `bad-option`, which names `what`. */
export function colorOf(text: string, what: string): Color {
  const digits = /^#?([0-9a-fA-F]{6})$/.exec(text)?.[1];
  if (digits === undefined) throw new Fault('bad-option', `${what} is '${text}', but a colour is #rrggbb`);
  const part = (at: number): number => Number.parseInt(digits.slice(at, at + 2), 16) / 255;
  return { red: part(0), green: part(2), blue: part(4) };
}

/** Sets the colour to fill with, or to draw lines with. */
export function setColor({ red, green, blue }: Color, use: 'fill' | 'stroke', spaces: ColorSpaces): string {
  const parts = [red, green, blue].map((value) => String(Math.round(value * 1000) / 1000)).join(' ');
  if (spaces === 'device') return `${parts} ${use === 'fill' ? 'rg' : 'RG'}\n`;
  return use === 'fill' ? `/${SPACE} cs ${parts} sc\n` : `/${SPACE} CS ${parts} SC\n`;
}

/** The /ColorSpace resources that {@link setColor} counts on. */
export const colorResources = (spaces: ColorSpaces): PdfObject | undefined =>
  spaces === 'device' ? undefined : dict({ [SPACE]: rgbSpace(spaces) });

export const rgbSpace = (spaces: ColorSpaces): PdfObject =>
  spaces === 'device'
    ? name('DeviceRGB')
    : array([name('CalRGB'), dict({ WhitePoint: WHITE, Gamma: numbers([2.2, 2.2, 2.2]), Matrix: numbers(SRGB_PRIMARIES) })]);

export const graySpace = (spaces: ColorSpaces): PdfObject =>
  spaces === 'device' ? name('DeviceGray') : array([name('CalGray'), dict({ WhitePoint: WHITE, Gamma: real(2.2) })]);

export const BLACK: Color = { red: 0, green: 0, blue: 0 };

const numbers = (values: readonly number[]): PdfObject =>
  array(values.map((value) => (Number.isInteger(value) ? integer(value) : real(value))));

const SPACE = 'CS0';
/** D65, and the primaries of sRGB under it (IEC 61966-2-1). */
const WHITE = numbers([0.9505, 1, 1.089]);
const SRGB_PRIMARIES = [0.4124, 0.2126, 0.0193, 0.3576, 0.7152, 0.1192, 0.1805, 0.0722, 0.9505];
