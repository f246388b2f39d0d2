/** Shows a PDF page by page: drawn when it comes near, its text beside it for those who listen, and where the signature goes. */
import { GlobalWorkerOptions, getDocument } from '../pdfjs/build/pdf.min.mjs';

const viewer = document.getElementById('viewer');
const zoom = document.querySelector('.zoom');
const { url, signHere, loading, cannot, page: pageWords } = viewer.dataset;
const fields = JSON.parse(viewer.dataset.fields);
const library = (folder) => new URL(`../pdfjs/${folder}/`, import.meta.url).href;
GlobalWorkerOptions.workerSrc = `${library('build')}pdf.worker.min.mjs`;

let scale = 1;
const message = document.createElement('p');
message.className = 'message';
message.textContent = loading;
viewer.replaceChildren(message);

try {
  const pdf = await getDocument({
    url,
    cMapUrl: library('cmaps'),
    standardFontDataUrl: library('standard_fonts'),
    wasmUrl: library('wasm'),
    iccUrl: library('iccs'),
    useWasm: false,
    enableXfa: false,
    isEvalSupported: false,
  }).promise;
  const first = (await pdf.getPage(1)).getViewport({ scale: 1 });
  const sheets = Array.from({ length: pdf.numPages }, (_, index) => newSheet(index + 1, pdf.numPages, first));
  viewer.replaceChildren(...sheets.map(({ sheet }) => sheet));
  zoom.hidden = false;
  const nearby = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) if (entry.isIntersecting) void draw(pdf, sheets[Number(entry.target.dataset.page) - 1]);
    },
    { root: viewer, rootMargin: '400px' },
  );
  for (const { sheet } of sheets) nearby.observe(sheet);
  zoom.addEventListener('click', ({ target }) => {
    const by = target.dataset?.zoom;
    if (!by) return;
    scale = Math.min(4, Math.max(0.5, scale * (by === 'in' ? 1.25 : 0.8)));
    for (const one of sheets) {
      one.sheet.style.width = `${scale * 100}%`;
      one.drawn = null;
      nearby.unobserve(one.sheet);
      nearby.observe(one.sheet);
    }
  });
  viewer.dataset.ready = 'true';
} catch {
  message.textContent = cannot;
  viewer.replaceChildren(message);
}

function newSheet(number, count, { width, height }) {
  const sheet = document.createElement('section');
  sheet.className = 'sheet';
  sheet.dataset.page = String(number);
  sheet.setAttribute('aria-label', pageWords.replace('{page}', number).replace('{pages}', count));
  sheet.style.aspectRatio = `${width} / ${height}`;
  return { sheet, number, drawn: null };
}

/** Draws a page as wide as it stands, once for each width. */
async function draw(pdf, one) {
  const width = one.sheet.clientWidth * Math.min(window.devicePixelRatio, 2);
  if (one.drawn === width) return;
  one.drawn = width;
  const page = await pdf.getPage(one.number);
  const own = page.getViewport({ scale: 1 });
  one.sheet.style.aspectRatio = `${own.width} / ${own.height}`;
  const viewport = page.getViewport({ scale: width / own.width });
  const canvas = document.createElement('canvas');
  canvas.width = Math.floor(viewport.width);
  canvas.height = Math.floor(viewport.height);
  canvas.setAttribute('aria-hidden', 'true');
  await page.render({ canvas, viewport }).promise;
  const { items } = await page.getTextContent();
  const text = document.createElement('p');
  text.className = 'hidden';
  text.textContent = items.map(({ str, hasEOL }) => (hasEOL ? `${str} ` : str)).join('');
  one.sheet.replaceChildren(canvas, text, ...marksOf(one.number, own));
}

/** Where the signature will stand: points from the upper left corner. */
function marksOf(number, { width, height }) {
  return fields
    .filter(({ page }) => page === number)
    .map((field) => {
      const mark = document.createElement('div');
      mark.className = 'mark';
      mark.textContent = signHere;
      mark.style.left = `${(field.x / width) * 100}%`;
      mark.style.top = `${(field.y / height) * 100}%`;
      mark.style.width = `${(field.width / width) * 100}%`;
      mark.style.height = `${(field.height / height) * 100}%`;
      return mark;
    });
}
