/** PDF files of objects that somebody has written (ISO 32000-1, 7.5): header, objects, cross-references, trailer. */

/** The objects are numbered from 1; strings are Latin-1. `trailer`: what it says beside the size. */
export function pdfFile(objects: readonly (string | Buffer)[], trailer: string): Buffer {
  const pieces: Buffer[] = [Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
  let length = pieces[0]?.length ?? 0;
  const offsets = objects.map((body, index) => {
    const at = length;
    const octets = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
    const piece = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`, 'latin1'), octets, Buffer.from('\nendobj\n', 'latin1')]);
    pieces.push(piece);
    length += piece.length;
    return at;
  });
  const size = objects.length + 1;
  const rows = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  const end = `xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${size} ${trailer} >>\nstartxref\n${length}\n%%EOF\n`;
  return Buffer.concat([...pieces, Buffer.from(end, 'latin1')]);
}
