/** `adeskit prepare`: the first half of signing, for a key that answers elsewhere. */
import type { Bytes } from '../../base/bytes.ts';
import { Fault } from '../../base/fault.ts';
import type { SigningScheme } from '../../crypto/signer.ts';
import { readCertificates } from '../../keys/index.ts';
import { parseCertificate } from '../../pki/certificate.ts';
import { openFileSource } from '../../platform/file.ts';
import { prepare as prepareSignature } from '../../sign.ts';
import { type Arguments, type Command, oneOf, Usage } from '../arguments.ts';
import { encodeDraft } from '../draft.ts';
import { outputFor, writeWhole } from '../files.ts';
import { APPEARANCE_OPTIONS, appearanceFrom, certificateFiles, refuseUnsupported } from '../signing.ts';
import type { Terminal } from '../terminal.ts';

export const prepare: Command = {
  name: 'prepare',
  summary: 'write what a key elsewhere has to sign',
  usage: ['IN -o DRAFT --to-be-signed FILE --cert FILE [--chain FILE]… [--level T]'],
  positionals: [1, 1],
  options: {
    output: { value: 'DRAFT', short: 'o', help: 'file that complete needs later' },
    'to-be-signed': { value: 'FILE', help: 'the octets to sign: the message itself, not its digest' },
    cert: { value: 'FILE', help: 'certificate of the key, PEM (also with its chain) or DER' },
    chain: { value: 'FILE', many: true, help: 'certificates of the issuers' },
    pss: { help: 'the RSA key will sign by RSASSA-PSS' },
    level: { value: 'LEVEL', help: 'B (default) or T: keeps room for a time-stamp' },
    ...APPEARANCE_OPTIONS,
  },
  examples: [
    ['prepare, sign by openssl, complete', 'adeskit prepare in.pdf -o draft.json --to-be-signed tbs.bin --cert me.pem'],
    ['', 'openssl dgst -sha256 -sign me.key -out value.bin tbs.bin'],
    ['', 'adeskit complete in.pdf --draft draft.json --signature value.bin -o signed.pdf'],
  ],
  run,
};

async function run(args: Arguments, at: Terminal): Promise<number> {
  refuseUnsupported(args);
  const [input = ''] = args.positionals;
  const [target, message] = [args.get('output'), args.get('to-be-signed')];
  if (target === undefined) throw new Usage('prepare: -o DRAFT is missing');
  if (message === undefined) throw new Usage('prepare: --to-be-signed FILE is missing');
  if (!args.has('cert')) throw new Usage('prepare: --cert FILE is missing');
  const level = oneOf(args, 'level', ['B', 'T', 'LT', 'LTA'], 'B');
  if (level === 'LT' || level === 'LTA') throw new Usage(`prepare: --level is B or T; 'adeskit extend' goes on to ${level}`);
  const outputs = [target, message].map((output) => outputFor(input, output, false));
  const chain = certificateFiles(args).flatMap(readCertificates) as [Bytes, ...Bytes[]];
  const source = openFileSource(input);
  try {
    const prepared = prepareSignature(source, {
      at: Date.now(),
      chain,
      scheme: schemeOf(chain[0], args.has('pss')),
      ...appearanceFrom(args),
      ...(level === 'T' && { reserve: ROOM_FOR_TIMESTAMP }),
    });
    // Both or neither: the first takes its place once the second has.
    await writeWhole(outputs[0] ?? target, async (sink) => {
      sink.write(encodeDraft(prepared));
      await writeWhole(outputs[1] ?? message, (second) => second.write(prepared.toBeSigned));
    });
    at.out(`${message}: sign these ${prepared.toBeSigned.length} octets with ${prepared.digest}\n`);
  } finally {
    source.close();
  }
  return 0;
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
