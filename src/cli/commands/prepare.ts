/** `adeskit prepare`: the first half of signing, for a key that answers elsewhere. */
import type { Bytes } from '../../base/bytes.ts';
import { Fault } from '../../base/fault.ts';
import { digestOf } from '../../crypto/digest.ts';
import type { Signer, SigningScheme } from '../../crypto/signer.ts';
import { readCertificates } from '../../keys/index.ts';
import { parseCertificate } from '../../pki/certificate.ts';
import { type FileSource, openFileSource } from '../../platform/file.ts';
import { encodePrepared, type Prepared, prepare as prepareSignature } from '../../prepare.ts';
import { type PreparedContainer, prepareContainer } from '../../prepare-asic.ts';
import type { PreparedCall } from '../../prepare-call.ts';
import { type Arguments, type Command, oneOf, Usage } from '../arguments.ts';
import { asicFormat, withFiles } from '../asic.ts';
import { CADES_STATEMENTS, preparedCadesFrom } from '../cades.ts';
import { outputForAll, writeWhole } from '../files.ts';
import { callFrom, HALVES_OPTIONS } from '../halves.ts';
import { openingFrom } from '../password.ts';
import { PDF_OPTIONS, pdfOptionsFrom } from '../pdf-options.ts';
import { APPEARANCE_OPTIONS, appearanceFrom, authorityFrom, certificateFiles, refuseUnsupported } from '../signing.ts';
import type { Terminal } from '../terminal.ts';
import { preparedXadesFrom, XADES_OPTIONS } from '../xades.ts';

export const prepare: Command = {
  name: 'prepare',
  summary: 'write what a key elsewhere has to sign',
  usage: [
    'IN… -o DRAFT --to-be-signed FILE --cert FILE [--chain FILE]… [--format cades|xades|asic-s|asic-e [--parallel | --countersign N]] [--level T] [--content-digest FILE]',
  ],
  positionals: [1, Number.MAX_SAFE_INTEGER],
  options: {
    output: { value: 'DRAFT', short: 'o', help: 'file that complete needs later' },
    'to-be-signed': { value: 'FILE', help: 'the octets to sign: the message itself, not its digest' },
    'content-digest': { value: 'FILE', help: 'the digest of the content, for a key holder that makes a whole CMS' },
    cert: { value: 'FILE', help: 'certificate of the key, PEM (also with its chain) or DER' },
    chain: { value: 'FILE', many: true, help: 'certificates of the issuers' },
    pss: { help: 'the RSA key will sign by RSASSA-PSS' },
    format: {
      value: 'NAME',
      help: 'pades (default); cades, for any file; xades, for XML and any file; asic-s, asic-e: files in a container',
    },
    level: { value: 'LEVEL', help: 'B (default) or T: keeps room for a time-stamp in a PDF' },
    reserve: { value: 'N', help: 'octets to keep free in a PDF, for a finished CMS that is larger than ours' },
    tsa: { value: 'URL', many: true, help: 'authority for --content-timestamp' },
    ...CADES_STATEMENTS,
    ...HALVES_OPTIONS,
    ...XADES_OPTIONS,
    ...APPEARANCE_OPTIONS,
    ...PDF_OPTIONS,
  },
  examples: [
    ['prepare, sign by openssl, complete', 'adeskit prepare in.pdf -o draft.json --to-be-signed tbs.bin --cert me.pem'],
    ['', 'openssl dgst -sha256 -sign me.key -out value.bin tbs.bin'],
    ['', 'adeskit complete in.pdf --draft draft.json --signature value.bin -o signed.pdf'],
    [
      'a further signature on a file',
      'adeskit prepare signed.p7m -o draft.json --to-be-signed tbs.bin --cert me.pem --format cades --parallel',
    ],
    ['any file', 'adeskit prepare data.zip -o draft.json --to-be-signed tbs.bin --cert me.pem --format cades --packaging detached'],
  ],
  run,
};

async function run(args: Arguments, at: Terminal): Promise<number> {
  refuseUnsupported(args, ['pades', 'cades', 'xades', 'asic-s', 'asic-e']);
  const container = asicFormat(args);
  const call = callFrom(args);
  if (container === null && args.positionals.length > 1)
    throw new Usage('prepare: several files go into a container only: --format asic-e');
  const [input = ''] = args.positionals;
  const [target, message] = [args.get('output'), args.get('to-be-signed')];
  if (target === undefined) throw new Usage('prepare: -o DRAFT is missing');
  if (message === undefined) throw new Usage('prepare: --to-be-signed FILE is missing');
  if (!args.has('cert')) throw new Usage('prepare: --cert FILE is missing');
  const level = oneOf(args, 'level', ['B', 'T', 'LT', 'LTA'], 'B');
  if (level === 'LT' || level === 'LTA') throw new Usage(`prepare: --level is B or T; 'adeskit extend' goes on to ${level}`);
  if (container !== null || call !== null) {
    const stray = [...args.names()].find((option) => container !== null && !FOR_CONTAINERS.has(option));
    if (stray !== undefined) throw new Usage(`--${stray} is not for --format ${container}`);
    if (call !== null && args.has('content-digest')) throw new Usage('--content-digest is for a first signature: here a value is needed');
    const { digest } = appearanceFrom(args);
    const key = { ...keyFrom(args), ...(digest && { digest }) };
    return withFiles(args.positionals, async (files) => {
      const prepared = call === null ? null : await call(files, key);
      return written(prepared ?? prepareContainer(files, { format: container ?? 'asic-e', ...key }), [target, message], args, at);
    });
  }
  const source = openFileSource(input);
  try {
    return await written(await preparedFrom(args, source, level, input), [target, message], args, at);
  } finally {
    source.close();
  }
}

/** The draft and what is to be signed, all or none. */
async function written(
  prepared: Prepared | PreparedContainer | PreparedCall,
  [target, message]: readonly [draft: string, toBeSigned: string],
  args: Arguments,
  at: Terminal,
): Promise<number> {
  const files: [path: string, octets: Bytes][] = [
    [target, encodePrepared(prepared)],
    [message, prepared.toBeSigned],
  ];
  const digestFile = args.get('content-digest');
  if (digestFile !== undefined) files.push([digestFile, prepared.contentDigest]);
  await writeAll(files.map(([path, octets]) => [outputForAll(args.positionals, path), octets]));
  at.out(`${message}: sign these ${prepared.toBeSigned.length} octets with ${prepared.digest}\n`);
  return 0;
}

async function preparedFrom(args: Arguments, source: FileSource, level: 'B' | 'T', input: string): Promise<Prepared> {
  const xades = preparedXadesFrom(args, input);
  const cades = xades ? null : preparedCadesFrom(args);
  const key = keyFrom(args);
  const appearance = appearanceFrom(args);
  if (xades !== null) {
    if (args.has('reserve')) throw new Usage('--reserve is for PDF, not for --format xades');
    return prepareSignature(source, { ...key, ...xades, ...(appearance.digest && { digest: appearance.digest }) });
  }
  if (cades === null) {
    const reserve = reserveFrom(args) ?? (level === 'T' ? ROOM_FOR_TIMESTAMP : 0);
    if (args.has('content-timestamp')) throw new Usage('prepare: --content-timestamp is for --format cades; sign does it for PDF');
    return prepareSignature(source, { ...key, ...appearance, ...(await pdfOptionsFrom(args)), ...(await openingFrom(args)), reserve });
  }
  const { digest } = appearance;
  if (args.has('reserve')) throw new Usage('--reserve is for PDF, not for --format cades');
  const contentTimestamps = args.has('content-timestamp') ? [await contentTimestamp(args, source)] : [];
  return prepareSignature(source, { ...key, ...cades, ...(digest && { digest }), contentTimestamps });
}

function keyFrom(args: Arguments): Pick<Signer, 'chain' | 'scheme'> & { readonly at: number } {
  const chain = certificateFiles(args).flatMap(readCertificates) as [Bytes, ...Bytes[]];
  return { at: Date.now(), chain, scheme: schemeOf(chain[0], args.has('pss')) };
}

async function contentTimestamp(args: Arguments, source: FileSource): Promise<Bytes> {
  const authority = await authorityFrom(args);
  if (authority === undefined) throw new Usage('prepare: --content-timestamp needs --tsa URL');
  const digest = authority.digests?.[0] ?? 'SHA-256';
  return authority.stamp(digestOf(digest, source, [{ offset: 0, length: source.size }]), digest);
}

function reserveFrom(args: Arguments): number | undefined {
  const given = args.get('reserve');
  if (given === undefined) return undefined;
  if (!/^\d{1,7}$/.test(given)) throw new Usage(`--reserve is '${given}', but must be a number of octets`);
  return Number(given);
}

/** All or none: each takes its place once those after it have. */
async function writeAll([first, ...rest]: readonly [path: string, octets: Bytes][]): Promise<void> {
  if (first === undefined) return;
  const [path, octets] = first;
  await writeWhole(path, async (sink) => {
    sink.write(octets);
    await writeAll(rest);
  });
}

/** How the key of a certificate signs. */
function schemeOf(encoding: Bytes, pss: boolean): SigningScheme {
  const parsed = parseCertificate(encoding);
  const kind = parsed.ok ? (parsed.value.publicKey?.kind ?? '') : '';
  if (kind === 'RSASSA-PSS' || (kind === 'RSA' && pss)) return 'RSASSA-PSS';
  if (kind === 'RSA') return 'RSA';
  if (kind === 'EC') return 'ECDSA';
  if (kind === 'Ed25519' || kind === 'Ed448') return 'EdDSA';
  if (kind.startsWith('ML-DSA')) return 'ML-DSA';
  if (kind.startsWith('SLH-DSA')) return 'SLH-DSA';
  throw new Fault('unsupported', `a key of kind ${kind || 'unknown'} cannot sign here`);
}

/** Most tokens with their chain take 2 to 6 kB. */
const ROOM_FOR_TIMESTAMP = 16_384;
const FOR_CONTAINERS: ReadonlySet<string> = new Set([
  'output',
  'to-be-signed',
  'content-digest',
  'cert',
  'chain',
  'pss',
  'format',
  'digest',
  'level',
  'parallel',
  'countersign',
  'signature',
]);
