/** The first page of a PDF as a PNG picture, by pdfium where it is installed. */
import { png } from './png.ts';

/** PNG octets, or null where pdfium is not installed or cannot read the document. */
export async function firstPage(document: Uint8Array): Promise<Uint8Array | null> {
  const loaded = await pdfium();
  if (loaded === null) return null;
  // A library of its own for each document: what one did to its memory, the next does not see.
  const library = await loaded.PDFiumLibrary.init();
  try {
    const opened = await library.loadDocument(document);
    try {
      const page = opened.getPage(0);
      const { originalWidth, originalHeight } = page.getOriginalSize();
      const scale = Math.min(2, LONGEST_SIDE / Math.max(originalWidth, originalHeight, 1));
      const picture = await page.render({ scale, render: 'bitmap' });
      return png(picture.data, picture.width, picture.height, 'bgra');
    } finally {
      opened.destroy();
    }
  } catch {
    return null;
  } finally {
    library.destroy();
  }
}

async function pdfium(): Promise<typeof import('@hyzyla/pdfium') | null> {
  try {
    return await import('@hyzyla/pdfium');
  } catch {
    return null;
  }
}

const LONGEST_SIDE = 1000;
