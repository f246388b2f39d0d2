/** What needs optional packages: fonts for visible signatures (harfbuzzjs). */
export type { Typesetter } from '../pdf/typeset.ts';
export { type FontFile, type FontOptions, openFonts } from './fonts.ts';
