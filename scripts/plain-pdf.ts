/** Small, complete PDF files made from text (ISO 32000-1): for the demo and the benchmarks. */

export interface PlainPdfOptions {
  readonly title: string;
  /** Each page's lines; a line that starts with `# ` is a heading. */
  readonly pages: readonly (readonly string[])[];
  /** Octets of incompressible image data to add, to reach a size. */
  readonly padding?: number;
}

/** A PDF 1.7 file with a classic cross-reference table, Helvetica text, A4 pages. */
export function plainPdf({ title, pages, padding = 0 }: PlainPdfOptions): Uint8Array {
  const pageNumbers = pages.map((_, i) => 6 + 2 * i);
  const objects: (string | Uint8Array)[] = [
    '<< /Type /Catalog /Pages 2 0 R /Lang (en) >>',
    `<< /Type /Pages /Count ${pages.length} /Kids [${pageNumbers.map((n) => `${n} 0 R`).join(' ')}] >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>',
    `<< /Title (${escaped(title)}) /Producer (adeskit) >>`,
  ];
  for (const lines of pages) {
    const content = pageContent(lines);
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> /Contents ${objects.length + 2} 0 R >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    );
  }
  if (padding > 0) objects.push(noiseStream(padding));
  return assemble(objects);
}

function pageContent(lines: readonly string[]): string {
  let y = 780;
  const shown = lines.map((line) => {
    const heading = line.startsWith('# ');
    y -= heading ? 28 : 16;
    return `BT /${heading ? 'F2 16' : 'F1 10.5'} Tf 64 ${y} Td (${escaped(heading ? line.slice(2) : line)}) Tj ET`;
  });
  return shown.join('\n');
}

/** Deterministic octets that do not compress, as an embedded stream that no page shows. */
function noiseStream(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = 0x2545f491;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state & 0xff;
  }
  return join([`<< /Length ${length} >>\nstream\n`, bytes, '\nendstream']);
}

function assemble(objects: readonly (string | Uint8Array)[]): Uint8Array {
  const parts: (string | Uint8Array)[] = ['%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n'];
  const offsets: number[] = [];
  let at = parts[0]?.length ?? 0;
  objects.forEach((object, i) => {
    offsets.push(at);
    for (const part of [`${i + 1} 0 obj\n`, object, '\nendobj\n']) {
      parts.push(part);
      at += part.length;
    }
  });
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  parts.push(
    `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info 5 0 R >>\nstartxref\n${at}\n%%EOF\n`,
  );
  return join(parts);
}

const escaped = (text: string): string => text.replace(/[\\()]/g, '\\$&');

function join(parts: readonly (string | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part))));
}
