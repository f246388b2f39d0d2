/** `adeskit inspect`: shows what is inside a file, without judging. */
import type { Bytes } from '../../base/bytes.ts';
import { Fault } from '../../base/fault.ts';
import { toIso } from '../../base/instant.ts';
import { fromLatin1 } from '../../base/text.ts';
import { readCertificates } from '../../keys/index.ts';
import { openPdf } from '../../pdf/document.ts';
import { pageCount } from '../../pdf/page.ts';
import { revisions } from '../../pdf/revision.ts';
import { type Certificate, parseCertificate } from '../../pki/certificate.ts';
import { openFileSource } from '../../platform/file.ts';
import { visible } from '../../report/visible.ts';
import type { Arguments, Command } from '../arguments.ts';
import type { Terminal } from '../terminal.ts';

export const inspect: Command = {
  name: 'inspect',
  summary: 'show what is inside a PDF or a file of certificates, without judging',
  usage: ['FILE [--json]'],
  positionals: [1, 1],
  options: { json: { help: 'print one JSON object' } },
  examples: [
    ['the certificates of a chain', 'adeskit inspect chain.pem'],
    ['how a PDF is built', 'adeskit inspect contract.pdf --json'],
  ],
  run,
};

async function run(args: Arguments, at: Terminal): Promise<number> {
  const [path = ''] = args.positionals;
  const source = openFileSource(path);
  try {
    const start = fromLatin1(source.read(0, 1024));
    const content = start.includes('%PDF-') ? pdfContent(source) : certificateContent(path, source.read(0, Math.min(source.size, LARGEST)));
    at.out(args.has('json') ? `${JSON.stringify(content, null, 2)}\n` : lines(content, ''));
    return 0;
  } finally {
    source.close();
  }
}

function pdfContent(source: Parameters<typeof openPdf>[0]): object {
  const opened = openPdf(source);
  if (!opened.ok) throw new Fault('malformed-input', `this PDF cannot be read: ${opened.malformed.what}: ${opened.malformed.reason}`);
  const document = opened.value;
  const pages = pageCount(document);
  return {
    type: 'PDF',
    version: document.version,
    octets: document.size,
    pages: pages.ok ? (pages.value.walked ?? pages.value.told) : null,
    revisions: revisions(document).length,
    encrypted: document.encrypted,
    crossReferencesRebuilt: document.rebuilt,
  };
}

function certificateContent(path: string, file: Bytes): object {
  let encodings: Bytes[];
  try {
    encodings = readCertificates(file);
  } catch (cause) {
    throw new Fault('unsupported', `${path} is neither a PDF nor a file of certificates: other formats are not supported yet`, { cause });
  }
  const certificates = encodings.flatMap((encoding) => {
    const parsed = parseCertificate(encoding);
    return parsed.ok ? [certificateSummary(parsed.value)] : [];
  });
  return { type: 'certificates', certificates };
}

const certificateSummary = (certificate: Certificate): object => ({
  subject: certificate.subject.text,
  issuer: certificate.issuer.text,
  serial: certificate.serialHex,
  notBefore: toIso(certificate.notBefore),
  notAfter: toIso(certificate.notAfter),
  key: certificate.publicKey === null ? null : `${certificate.publicKey.kind} ${certificate.publicKey.bits}`,
  signatureAlgorithm: certificate.signatureAlgorithm?.identifier ?? certificate.signatureAlgorithmOid,
  ca: certificate.basicConstraints?.ca ?? false,
  keyUsage: certificate.keyUsage === null ? null : [...certificate.keyUsage],
  extendedKeyUsage: certificate.extendedKeyUsage,
  extensions: certificate.extensions.map(({ oid, critical }) => `${oid}${critical ? ' (critical)' : ''}`),
  sha256: certificate.fingerprint,
});

/** Members as indented lines. */
function lines(value: object, margin: string): string {
  let text = '';
  for (const [name, member] of Object.entries(value) as [string, unknown][]) {
    if (Array.isArray(member) && member.some((each) => typeof each === 'object')) {
      for (const [i, each] of member.entries()) text += `${margin}${name} ${i + 1}\n${lines(each as object, `${margin}  `)}`;
    } else if (member !== null) text += `${margin}${name}: ${visible(Array.isArray(member) ? member.join(', ') : String(member))}\n`;
  }
  return text;
}

const LARGEST = 64 << 20;
