/** The thread in which pdfium runs: a hostile file may take it down, and nothing else. One document for its whole life. */
import { parentPort, workerData } from 'node:worker_threads';

/** What the thread is started with. */
export interface WorkerOrder {
  readonly document: Uint8Array;
  readonly password?: string;
}

export interface PageOrder {
  readonly id: number;
  readonly index: number;
  readonly mostPixels: number;
}

export type WorkerAnswer =
  | { readonly kind: 'open'; readonly pages: number }
  | { readonly kind: 'page'; readonly id: number; readonly width: number; readonly height: number; readonly rgba: Uint8Array }
  | { readonly kind: 'failed'; readonly id: number | null; readonly reason: string };

const answer = (message: WorkerAnswer): void => parentPort?.postMessage(message);
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function main({ document: bytes, password }: WorkerOrder): Promise<void> {
  const { PDFiumLibrary } = await import('@hyzyla/pdfium');
  const library = await PDFiumLibrary.init();
  const document = await library.loadDocument(bytes, password);
  // Signatures are form fields: they show only where the form is there.
  document.initializeFormFields();
  parentPort?.on('message', ({ id, index, mostPixels }: PageOrder) => {
    const picture = async (): Promise<void> => {
      const page = document.getPage(index);
      const { originalWidth, originalHeight } = page.getOriginalSize();
      if (!(originalWidth > 0 && originalHeight > 0)) throw new Error('the page cannot be drawn');
      const [across, up] = [Math.max(1, originalWidth), Math.max(1, originalHeight)];
      const scale = Math.min(LARGEST_SCALE, Math.sqrt(mostPixels / (across * up)));
      const { width, height, data } = await page.render({
        scale,
        renderFormFields: true,
        render: async ({ data: pixels }) => pixels,
      });
      const rgba = data.slice();
      answer({ kind: 'page', id, width, height, rgba });
    };
    picture().catch((error: unknown) => answer({ kind: 'failed', id, reason: reasonOf(error) }));
  });
  answer({ kind: 'open', pages: document.getPageCount() });
}

/** 216 pixels to the inch. */
const LARGEST_SCALE = 3;

main(workerData as WorkerOrder).catch((error: unknown) => answer({ kind: 'failed', id: null, reason: reasonOf(error) }));
