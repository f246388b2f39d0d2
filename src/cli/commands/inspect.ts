/** `adeskit inspect`: shows what is inside a file, without judging. */
import { Fault } from '../../base/fault.ts';
import { catalogueOf } from '../../report/catalogue.ts';
import { sectionText } from '../../report/section.ts';
import { type Arguments, type Command, Usage } from '../arguments.ts';
import { contentsOf, type Shown } from '../contents.ts';
import { LANGUAGE_OPTION, languageFrom } from '../language.ts';
import { OPENING_OPTIONS, openingFrom } from '../password.ts';
import type { Terminal } from '../terminal.ts';

export const inspect: Command = {
  name: 'inspect',
  summary: 'show what is inside a file, without judging',
  usage: ['FILE [--json]'],
  positionals: [1, 1],
  options: {
    json: { help: 'print one JSON object' },
    entries: { value: 'N', help: 'how many entries of a CRL to show; default: 20' },
    ...OPENING_OPTIONS,
    ...LANGUAGE_OPTION,
  },
  notes: [
    'Reads certificates, CRLs, OCSP responses and requests, time-stamps, their requests and responses (DER or PEM), CMS, PDF, XML signatures and ASiC containers.',
  ],
  examples: [
    ['the certificates of a chain', 'adeskit inspect chain.pem'],
    ['a revocation list', 'adeskit inspect ca.crl --entries 5'],
    ['how a PDF is built', 'adeskit inspect contract.pdf --json'],
  ],
  run,
};

async function run(args: Arguments, at: Terminal): Promise<number> {
  const [path = ''] = args.positionals;
  const shown = await contentsOf(path, entriesFrom(args), catalogueOf(languageFrom(args)), await openingFrom(args));
  if (shown.length === 0) throw new Fault('unsupported', `${path} is of no kind that is known here: other formats are not supported yet`);
  at.out(
    args.has('json') ? `${JSON.stringify(jsonOf(shown), null, 2)}\n` : shown.map(({ section }) => sectionText(section, at)).join('\n'),
  );
  return 0;
}

/** Several certificates stand in a list of their own; anything else is told as it comes. */
function jsonOf(shown: readonly Shown[]): object {
  const objects = shown.map(({ json }) => json);
  if (objects.every(({ type }) => type === 'certificate')) return { type: 'certificates', certificates: objects };
  return objects.length === 1 ? (objects[0] ?? {}) : { type: 'several', contents: objects };
}

function entriesFrom(args: Arguments): number {
  const given = args.get('entries') ?? '20';
  if (!/^\d{1,7}$/.test(given)) throw new Usage(`--entries is '${given}', but must be a number`);
  return Number(given);
}
