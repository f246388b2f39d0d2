/** Signatures that no code of this project made, one per algorithm: what a judge says of them tells whether it knows the algorithm. */
import { join } from 'node:path';
import type { Pyhanko } from './pyhanko.ts';
import { inFolder, run } from './run.ts';

/** How openssl makes a key of each algorithm. */
const KEYS = {
  'RSA-2048': ['rsa:2048'],
  'RSA-PSS': ['rsa:2048'],
  'P-256': ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  'P-384': ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  'P-521': ['ec', '-pkeyopt', 'ec_paramgen_curve:P-521'],
  brainpoolP256r1: ['ec', '-pkeyopt', 'ec_paramgen_curve:brainpoolP256r1'],
  brainpoolP384r1: ['ec', '-pkeyopt', 'ec_paramgen_curve:brainpoolP384r1'],
  brainpoolP512r1: ['ec', '-pkeyopt', 'ec_paramgen_curve:brainpoolP512r1'],
  Ed25519: ['ed25519'],
  Ed448: ['ed448'],
} as const;

export type Algorithm = keyof typeof KEYS;
export const ALGORITHMS = Object.keys(KEYS) as readonly Algorithm[];

export interface Sample {
  readonly cms: Uint8Array;
  readonly content: Uint8Array;
  readonly pdf: Uint8Array;
  readonly certificatePem: string;
}

/** A signed PDF and its CMS, made by openssl or where it cannot by pyHanko; null where neither can. */
export function sample(algorithm: Algorithm, pyhanko: Pyhanko | null): Promise<Sample | null> {
  const { content, signed } = unsignedPdf();
  return inFolder({ content }, async (folder) => {
    const at = (name: string): string => join(folder, name);
    const subject = ['-subj', '/CN=Probe', '-days', '2', '-addext', 'keyUsage=critical,digitalSignature,nonRepudiation'];
    const made = await run('openssl', [
      ...['req', '-x509', '-nodes', '-keyout', at('key.pem'), '-out', at('cert.pem'), ...subject, '-newkey', ...KEYS[algorithm]],
    ]);
    if (made.status !== 0) return null;
    const { readFile } = await import('node:fs/promises');
    const certificatePem = await readFile(at('cert.pem'), 'utf8');
    const pss = algorithm === 'RSA-PSS';
    const options = pss ? ['-keyopt', 'rsa_padding_mode:pss'] : [];
    const { status } = await run('openssl', [
      ...['cms', '-sign', '-binary', '-in', at('content'), '-outform', 'DER', '-out', at('cms'), '-md', 'sha256'],
      ...['-signer', at('cert.pem'), '-inkey', at('key.pem'), ...options],
    ]);
    const key = await readFile(at('key.pem'), 'utf8');
    const digest = algorithm === 'Ed25519' ? 'sha512' : algorithm === 'Ed448' ? 'shake256' : 'sha256';
    const cms = status === 0 ? await readFile(at('cms')) : await pyhanko?.cms({ key, cert: certificatePem, content, pss, digest });
    return cms ? { cms, content, pdf: signed(cms), certificatePem } : null;
  });
}

const ROOM = 8192;

/** A one-page PDF with an empty signature in it, as the octets to be signed and as the function that puts the signature in. */
function unsignedPdf(): { content: Uint8Array; signed: (cms: Uint8Array) => Uint8Array } {
  const objects = [
    '<</Type/Catalog/Pages 2 0 R/AcroForm<</SigFlags 3/Fields[4 0 R]>>>>',
    '<</Type/Pages/Count 1/Kids[3 0 R]>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Annots[4 0 R]>>',
    '<</Type/Annot/Subtype/Widget/FT/Sig/T(Probe)/F 132/Rect[0 0 0 0]/P 3 0 R/V 5 0 R>>',
    `<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/ByteRange[0 AAAAAA BBBBBB CCCCCC]/Contents<${'0'.repeat(ROOM)}>>>`,
  ];
  let text = '%PDF-1.7\n';
  const offsets = objects.map((body, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  text += `xref\n0 6\n0000000000 65535 f \n${table}trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n${text.length}\n%%EOF\n`;
  const before = text.indexOf(`<${'0'.repeat(ROOM)}>`);
  const after = before + ROOM + 2;
  const number = (value: number): string => String(value).padStart(6, ' ');
  text = text
    .replace('AAAAAA', number(before))
    .replace('BBBBBB', number(after))
    .replace('CCCCCC', number(text.length - after));
  return {
    content: Buffer.from(text.slice(0, before) + text.slice(after), 'latin1'),
    signed: (cms) => Buffer.from(text.replace('0'.repeat(ROOM), Buffer.from(cms).toString('hex').padEnd(ROOM, '0')), 'latin1'),
  };
}
