/** `adeskit sign`: signs one or many PDFs. */
import { statSync } from 'node:fs';
import { openFileSource } from '../../platform/file.ts';
import { signTo } from '../../sign.ts';
import { type Arguments, type Command, oneOf, Usage } from '../arguments.ts';
import { asicFormat, signAsContainer } from '../asic.ts';
import { CADES_OPTIONS, cadesOutput, cadesWriterFrom } from '../cades.ts';
import { aboutFile, outputFor, writeWhole } from '../files.ts';
import { LONG_TERM, longTermFrom } from '../long-term.ts';
import { PDF_OPTIONS, pdfOptionsFrom } from '../pdf-options.ts';
import {
  APPEARANCE_OPTIONS,
  appearanceFrom,
  authorityFrom,
  FORMAT_OPTIONS,
  KEY_OPTIONS,
  refuseUnsupported,
  signerFrom,
} from '../signing.ts';
import type { Terminal } from '../terminal.ts';
import { XADES_OPTIONS, xadesOutput, xadesWriterFrom } from '../xades.ts';

export const sign: Command = {
  name: 'sign',
  summary: 'sign one or many PDFs, XML documents, or any files as CAdES, XAdES or in an ASiC container; the originals are never touched',
  usage: [
    'IN… -o OUT|DIR (--p12 FILE --pass-env VAR | --key FILE --cert FILE [--chain FILE]) [--level T|LT|LTA --tsa URL [--trust FILE|DIR]…]',
  ],
  positionals: [1, Number.MAX_SAFE_INTEGER],
  options: {
    output: { value: 'OUT|DIR', short: 'o', help: 'signed file, or folder for the signed files' },
    ...FORMAT_OPTIONS,
    ...CADES_OPTIONS,
    ...XADES_OPTIONS,
    signature: { value: 'NAME', help: 'asic-s, asic-e: cades (default) or xades' },
    ...KEY_OPTIONS,
    ...APPEARANCE_OPTIONS,
    ...PDF_OPTIONS,
    ...LONG_TERM,
  },
  examples: [
    [
      'any file, the signature beside it',
      'adeskit sign data.zip -o data.zip.p7s --format cades --packaging detached --key k.pem --cert c.pem',
    ],
    ['an XML document, the signature inside it', 'adeskit sign invoice.xml -o signed.xml --format xades --key k.pem --cert c.pem'],
    ['files in one container', 'adeskit sign a.pdf b.xml -o ab.asice --format asic-e --key k.pem --cert c.pem'],
    ['the same with an XML signature', 'adeskit sign a.pdf b.xml -o ab.asice --format asic-e --signature xades --key k.pem --cert c.pem'],
    ['with a key in a PKCS#12 file', 'PASS=… adeskit sign contract.pdf -o signed.pdf --p12 me.p12 --pass-env PASS'],
    [
      'with a time-stamp, shown on page 1',
      'adeskit sign in.pdf -o out.pdf --key k.pem --cert c.pem --level T --tsa http://tsa.example --visible 1,50,50,200,60',
    ],
    [
      'certified, with text in any script',
      'adeskit sign in.pdf -o out.pdf --key k.pem --cert c.pem --certify 2 --visible 1,50,50,200,60 --font NotoSans.ttf --font NotoSansArabic.ttf',
    ],
  ],
  run,
};

async function run(args: Arguments, at: Terminal): Promise<number> {
  refuseUnsupported(args, ['pades', 'cades', 'xades', 'asic-s', 'asic-e']);
  const container = asicFormat(args);
  if (container !== null) return signAsContainer(container, args, at);
  const target = args.get('output');
  if (target === undefined) throw new Usage('sign: -o OUT is missing');
  const inputs = args.positionals;
  const xades = xadesWriterFrom(args);
  const cades = xades ? null : cadesWriterFrom(args);
  const outputs = inputs
    .map((input) => outputFor(input, target, inputs.length > 1))
    .map((output) => (xades ? xadesOutput(args, target, output) : cades ? cadesOutput(args, target, output) : output));
  if (new Set(outputs).size < outputs.length)
    throw new Usage('sign: two inputs have the same name, so one output would overwrite the other');
  const level = oneOf(args, 'level', ['B', 'T', 'LT', 'LTA'], 'B');
  const timestamps = await authorityFrom(args);
  if (level !== 'B' && timestamps === undefined) throw new Usage(`sign: --level ${level} needs --tsa URL`);
  const longTerm = level === 'LT' || level === 'LTA' ? await longTermFrom(args, at) : {};
  const pdf = cades || xades ? {} : await pdfOptionsFrom(args);
  const appearance = { ...appearanceFrom(args), ...pdf };
  const contentTimestamp = args.has('content-timestamp');
  if (contentTimestamp && timestamps === undefined) throw new Usage('sign: --content-timestamp needs --tsa URL');
  const signer = await signerFrom(args);
  for (const [i, input] of inputs.entries()) {
    const output = outputs[i] ?? target;
    at.progress(`signing ${input}${inputs.length > 1 ? ` (${i + 1} of ${inputs.length})` : ''} …`);
    const source = openFileSource(input);
    try {
      const common = {
        signer,
        level,
        at: Date.now(),
        ...appearance,
        ...longTerm,
        ...(timestamps && (level !== 'B' || cades || xades || contentTimestamp) && { timestamps }),
      };
      await writeWhole(output, (sink) => {
        if (xades) return xades.write(sink, source, common, input);
        return cades ? cades.write(sink, source, common) : signTo(sink, source, { ...common, contentTimestamp });
      });
    } catch (error) {
      throw aboutFile(input, error);
    } finally {
      source.close();
    }
    at.out(`${output}: signed, level ${level}, ${statSync(output).size} octets\n`);
  }
  xades?.close();
  cades?.close();
  return 0;
}
