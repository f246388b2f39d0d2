/** `adeskit validate`: judges a file and prints the report. */
import { basename } from 'node:path';
import { Fault } from '../../base/fault.ts';
import { openFileSource } from '../../platform/file.ts';
import { toEtsi } from '../../report/etsi.ts';
import { toHtml } from '../../report/html.ts';
import { toJson } from '../../report/json.ts';
import { toText } from '../../report/text.ts';
import { isGood } from '../../report/verdict.ts';
import { validate as validateDocument } from '../../validate.ts';
import { type Arguments, type Command, Usage } from '../arguments.ts';
import { closeAll, detachedFrom } from '../cades.ts';
import { aboutFile, certificatesAt } from '../files.ts';
import { LANGUAGE_OPTION, languageFrom } from '../language.ts';
import { webSources } from '../sources.ts';
import type { Terminal } from '../terminal.ts';
import { timeFrom } from '../time.ts';

export const validate: Command = {
  name: 'validate',
  summary: 'judge every signature of a file by ETSI EN 319 102-1',
  usage: ['FILE [--trust FILE|DIR]… [--policy NAME] [--at TIME] [--text | --json | --html]'],
  positionals: [1, 1],
  options: {
    trust: { value: 'FILE|DIR', many: true, help: 'trusted certificates: PEM or DER, or a folder of them' },
    detached: { value: 'FILE[=NAME]', many: true, help: 'the signed file, where it is not in FILE' },
    policy: { value: 'NAME', help: 'default, dss-6.4 or dss-6.4-no-revocation' },
    at: { value: 'TIME', help: 'time to validate at, ISO 8601, for example 2026-01-31T12:00:00Z; default: now' },
    offline: { help: 'use no network' },
    text: { help: 'print for people (default)' },
    json: { help: 'print one JSON object' },
    html: { help: 'print one HTML page' },
    etsi: { help: 'print the validation report of ETSI TS 119 102-2 (XML)' },
    ...LANGUAGE_OPTION,
    'trusted-lists': { value: 'SNAPSHOT', help: 'EU trusted lists (not supported yet)' },
    'password-env': { value: 'VAR', help: 'password of an encrypted PDF (not supported yet)' },
  },
  notes: [
    'Exit status: 0 where there is a signature, all are valid and no disallowed change follows; 1 for everything else that could be',
    'read, also for a file without signature; 2 for wrong usage or unreadable input.',
  ],
  examples: [
    ['a verdict on the terminal', 'adeskit validate signed.pdf --trust root.pem'],
    ['a page for the file', 'adeskit validate signed.pdf --trust anchors/ --html > report.html'],
  ],
  run,
};

async function run(args: Arguments, at: Terminal): Promise<number> {
  for (const option of ['trusted-lists', 'password-env']) {
    if (args.has(option)) throw new Fault('unsupported', `--${option}: not supported yet`);
  }
  const formats = (['text', 'json', 'html', 'etsi'] as const).filter((format) => args.has(format));
  if (formats.length > 1) throw new Usage(`validate: give one of ${formats.map((format) => `--${format}`).join(', ')}`);
  const [path = ''] = args.positionals;
  const time = timeFrom(args);
  const language = languageFrom(args);
  const trust = await certificatesAt(args.all('trust'));
  const detached = detachedFrom(args);
  const source = openFileSource(path);
  try {
    at.progress(`validating ${path} …`);
    const report = await validateDocument(source, {
      at: time,
      trust,
      detached,
      policy: policyFrom(args),
      ...(args.has('offline') ? {} : { sources: await webSources() }),
    });
    const none = report.signatures.length === 0 && report.timestamps.length === 0 && report.unreadable.length === 0;
    if (formats[0] === 'json') at.out(`${JSON.stringify(toJson(report), null, 2)}\n`);
    else if (formats[0] === 'html') at.out(toHtml(report, { documentName: basename(path), language }));
    else if (formats[0] === 'etsi') at.out(toEtsi(report));
    else at.out(toText(report, { colour: at.colour, language }));
    if (none && formats[0] !== undefined && formats[0] !== 'text') at.note('no signature found');
    return isGood(report) ? 0 : 1;
  } catch (error) {
    throw aboutFile(path, error);
  } finally {
    source.close();
    closeAll(detached);
  }
}

function policyFrom(args: Arguments): string {
  const policy = args.get('policy') ?? 'default';
  if (POLICIES.has(policy)) return policy;
  throw new Fault('unsupported', `--policy ${policy}: not supported yet (known: ${[...POLICIES].join(', ')})`);
}

const POLICIES: ReadonlySet<string> = new Set(['default', 'dss-6.4', 'dss-6.4-no-revocation']);
