/** `adeskit sign`: signs one or many PDFs. */
import { type Arguments, type Command, Usage } from '../arguments.ts';
import { asicFormat, signAsContainer } from '../asic.ts';
import { BULK_OPTIONS, bulkInputs, signMany } from '../bulk.ts';
import { CADES_OPTIONS } from '../cades.ts';
import { LONG_TERM } from '../long-term.ts';
import { PDF_OPTIONS } from '../pdf-options.ts';
import { outputsFor } from '../sign-outputs.ts';
import { APPEARANCE_OPTIONS, FORMAT_OPTIONS, KEY_OPTIONS, refuseUnsupported } from '../signing.ts';
import type { Terminal } from '../terminal.ts';
import { XADES_OPTIONS } from '../xades.ts';

export const sign: Command = {
  name: 'sign',
  summary: 'sign one or many PDFs, XML documents, or any files as CAdES, XAdES or in an ASiC container; the originals are never touched',
  usage: [
    'IN… -o OUT|DIR (--p12 FILE --pass-env VAR | --key FILE --cert FILE [--chain FILE] | --pkcs11 MODULE --token LABEL --key-label L --pin-env VAR | --csc URL --credential ID --csc-token-env VAR) [--level T|LT|LTA --tsa URL [--trust FILE|DIR]…]',
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
    ...BULK_OPTIONS,
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
      'with a key on a token',
      'PIN=… adeskit sign in.pdf -o out.pdf --pkcs11 /usr/lib/softhsm/libsofthsm2.so --token demo --key-label me --pin-env PIN',
    ],
    [
      'with a key at a signing service',
      'TOKEN=… PIN=… adeskit sign in.pdf -o out.pdf --csc https://sign.example/csc/v2 --credential me --csc-token-env TOKEN --pin-env PIN',
    ],
    ['a folder, and again after an interruption', 'adeskit sign invoices/ -o signed/ --key k.pem --cert c.pem --journal run.journal'],
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
  if (!args.has('output')) throw new Usage('sign: -o OUT is missing');
  const many = bulkInputs(args);
  if (many !== null) return signMany(many, args, at);
  const [input = ''] = args.positionals;
  const [output = ''] = outputsFor(args, [input], false);
  const { openSigningJob } = await import('../sign-job.ts');
  const job = await openSigningJob(args, at);
  at.progress(`signing ${input} …`);
  at.out(`${await job.sign(input, output)}\n`);
  job.close();
  return 0;
}
