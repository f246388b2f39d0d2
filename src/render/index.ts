/** What needs optional packages: fonts for visible signatures (harfbuzzjs), pictures of pages (@hyzyla/pdfium). */
export type { Typesetter } from '../pdf/typeset.ts';
export { encodePng } from '../platform/png.ts';
export type { PagePicture, PageRenderer, RenderedDocument } from '../validation/page-renderer.ts';
export { type FontFile, type FontOptions, openFonts } from './fonts.ts';
export { isPdfiumInstalled, pdfiumRenderer, type RendererOptions } from './pdfium.ts';
