/** Pictures of PDF pages, as validation asks for them: the port, made real by pdfium in `adeskit/render`. */
import type { Bytes } from '../base/bytes.ts';

export interface PageRenderer {
  /**
   * Opens a document of which pictures are wanted. Rejects with a Fault: `malformed-input` where it cannot be opened,
   * `wrong-password`, `limit-exceeded` where it is too large or takes too long, `unsupported`.
   */
  open(document: Bytes, password?: string): Promise<RenderedDocument>;
}

export interface RenderedDocument {
  readonly pages: number;
  /** Page `index` (0 is the first) as it is seen, turned and with its annotations, in as many pixels at most. Rejects as `open`. */
  page(index: number, mostPixels: number): Promise<PagePicture>;
  close(): Promise<void>;
}

export interface PagePicture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and opacity of each pixel, row by row from the top. */
  readonly rgba: Bytes;
}
