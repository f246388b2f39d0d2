/** Page pictures by pdfium, compiled to WebAssembly, in a thread that is ended where it takes too long (@hyzyla/pdfium, an optional package). */
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { exact } from '../base/options.ts';
import type { PagePicture, PageRenderer, RenderedDocument } from '../validation/page-renderer.ts';
import type { PageOrder, WorkerAnswer, WorkerOrder } from './pdfium-worker.ts';

export interface RendererOptions {
  /** Milliseconds that opening a file and each page may take; default 20,000. */
  readonly timeout?: number;
  /** Octets of the largest file; default 256 MB. */
  readonly largestFile?: number;
}

/** Whether the optional package is installed. */
export function isPdfiumInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve('@hyzyla/pdfium');
    return true;
  } catch {
    return false;
  }
}

/** A renderer; each document that it opens has a thread of its own. Throws `unsupported` where the package is not installed. */
export function pdfiumRenderer(options: RendererOptions = {}): PageRenderer {
  exact('pdfiumRenderer', options, ['timeout', 'largestFile']);
  const { timeout = TIMEOUT, largestFile = LARGEST_FILE } = options;
  if (!isPdfiumInstalled()) throw new Fault('unsupported', 'pictures of pages need the package @hyzyla/pdfium: npm install @hyzyla/pdfium');
  return {
    async open(document, password) {
      if (document.length > largestFile)
        throw new Fault('limit-exceeded', `a file of ${document.length} octets is too large for pictures of its pages`);
      return openInThread(document, password, timeout);
    },
  };
}

type Opened = Extract<WorkerAnswer, { kind: 'open' }>;
type Painted = Extract<WorkerAnswer, { kind: 'page' }>;

interface Waiting {
  resolve(answer: Opened | Painted): void;
  reject(fault: Fault): void;
}

async function openInThread(document: Bytes, password: string | undefined, timeout: number): Promise<RenderedDocument> {
  const file = new URL(import.meta.url.endsWith('.ts') ? './pdfium-worker.ts' : './pdfium-worker.js', import.meta.url);
  // A copy of its own: the whole of what a view is of would be copied.
  const order: WorkerOrder = { document: document.slice(), ...(password !== undefined && { password }) };
  const worker = new Worker(file, { workerData: order, resourceLimits: { maxOldGenerationSizeMb: MEMORY } });
  const waiting = new Map<number, Waiting>();
  let broken: Fault | null = null;
  const fail = (fault: Fault): void => {
    broken ??= fault;
    for (const { reject } of waiting.values()) reject(broken);
    waiting.clear();
    void worker.terminate();
  };
  const take = (id: number): Waiting | undefined => {
    const found = waiting.get(id);
    waiting.delete(id);
    return found;
  };
  worker.on('message', (answer: WorkerAnswer) => {
    if (answer.kind === 'failed' && answer.id === null) fail(faultOf(answer.reason));
    else if (answer.kind === 'failed') take(answer.id ?? OPENING)?.reject(faultOf(answer.reason));
    else take(answer.kind === 'open' ? OPENING : answer.id)?.resolve(answer);
  });
  worker.on('error', (cause) => fail(new Fault('limit-exceeded', 'pdfium failed on this file', { cause })));
  worker.on('exit', () => fail(new Fault('limit-exceeded', 'pdfium ended before it had drawn the page')));
  const asked = (id: number): Promise<Opened | Painted> =>
    new Promise((resolve, reject) => {
      if (broken !== null) {
        reject(broken);
        return;
      }
      const timer = setTimeout(() => fail(new Fault('limit-exceeded', `pdfium took longer than ${timeout} ms`)), timeout);
      const settled =
        <T>(then: (value: T) => void) =>
        (value: T): void => {
          clearTimeout(timer);
          then(value);
        };
      waiting.set(id, { resolve: settled(resolve), reject: settled(reject) });
    });
  const opened = await asked(OPENING);
  let last = OPENING;
  const pages = opened.kind === 'open' ? opened.pages : 0;
  return {
    pages,
    async page(index, mostPixels): Promise<PagePicture> {
      if (broken === null && !(index >= 0 && index < pages)) throw new Fault('bad-option', `the document has no page ${index + 1}`);
      const id = ++last;
      const answer = asked(id);
      worker.postMessage({ id, index, mostPixels } satisfies PageOrder);
      const painted = await answer;
      if (painted.kind !== 'page') throw new Fault('malformed-input', 'pdfium gave no picture');
      const { width, height, rgba } = painted;
      return { width, height, rgba };
    },
    async close() {
      broken ??= new Fault('bad-option', 'this document is closed');
      await worker.terminate();
    },
  };
}

const faultOf = (reason: string): Fault =>
  /password/i.test(reason)
    ? new Fault('wrong-password', 'pdfium needs the password of this file')
    : new Fault('malformed-input', `pdfium cannot draw this file: ${reason}`);

const OPENING = 0;
const TIMEOUT = 20_000;
const LARGEST_FILE = 256 << 20;
/** Megabytes of the heap; pdfium's own memory is that of WebAssembly, 4 GB at most. */
const MEMORY = 512;
