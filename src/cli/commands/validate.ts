/** `adeskit validate`: judges a file and prints the report. */
import { basename } from 'node:path';
import { Fault } from '../../base/fault.ts';
import { type FileSource, openFileSource } from '../../platform/file.ts';
import type { PolicyDocument } from '../../validate.ts';
import type { Report } from '../../validation/report.ts';
import type { VisualChange } from '../../validation/visual-change.ts';
import { type Arguments, type Command, Usage } from '../arguments.ts';
import { closeAll, detachedFrom } from '../cades.ts';
import { aboutFile, certificatesAt, outputFor, readBytes, writeWhole } from '../files.ts';
import { LISTS_OPTION, listsFrom } from '../lists-option.ts';
import { OPENING_OPTIONS, type Opening, openingFrom } from '../password.ts';
import { policyFrom } from '../policy.ts';
import { printReport, REPORT_OPTIONS, type ReportFormat, reportFormat } from '../report-output.ts';
import { SOURCE_OPTIONS, sourcesFrom } from '../sources.ts';
import type { Terminal } from '../terminal.ts';
import { timeFrom } from '../time.ts';

export const validate: Command = {
  name: 'validate',
  summary: 'judge every signature of a file by ETSI EN 319 102-1',
  usage: [
    'FILE [--trust FILE|DIR]… [--trusted-lists SNAPSHOT] [--policy NAME|FILE] [--at TIME] [--save-evidence OUT] [--text | --json | --html | --etsi]',
  ],
  positionals: [1, 1],
  options: {
    trust: { value: 'FILE|DIR', many: true, help: 'trusted certificates: PEM or DER, or a folder of them' },
    detached: { value: 'FILE[=NAME]', many: true, help: 'the signed file, where it is not in FILE' },
    'evidence-record': { value: 'FILE', many: true, help: 'evidence record over FILE or its detached files (RFC 4998, RFC 6283)' },
    'policy-document': {
      value: 'OID|URI=FILE',
      many: true,
      help: 'document of the signature policy that signatures name so; none is fetched',
    },
    policy: { value: 'NAME|FILE', help: 'default, eu-qes, dss-6.4, dss-6.4-no-revocation, or a policy file' },
    at: { value: 'TIME', help: 'time to validate at, ISO 8601, for example 2026-01-31T12:00:00Z; default: now' },
    offline: { help: 'use no network' },
    ...SOURCE_OPTIONS,
    'save-evidence': { value: 'OUT', help: 'store what was found, to judge it again later (adeskit judge)' },
    ...REPORT_OPTIONS,
    render: { help: 'PDF: compare pages as signed and now, as pictures (--html does so where @hyzyla/pdfium is installed)' },
    ...LISTS_OPTION,
    ...OPENING_OPTIONS,
  },
  notes: [
    'Exit status: 0 where there is a signature, all are valid and no disallowed change follows; 1 for everything else that could be',
    'read, also for a file without signature; 2 for wrong usage or unreadable input. In JSON the verdict is VALID where it is 0.',
  ],
  examples: [
    ['a verdict on the terminal', 'adeskit validate signed.pdf --trust root.pem'],
    ['without a network, with lists at hand', 'adeskit validate signed.pdf --trust root.pem --offline --revocation crls/'],
    ['a page for the file', 'adeskit validate signed.pdf --trust anchors/ --html > report.html'],
  ],
  run,
};

async function run(args: Arguments, at: Terminal): Promise<number> {
  const opening = await openingFrom(args);
  const format = reportFormat(args, 'validate');
  const [path = ''] = args.positionals;
  const time = timeFrom(args);
  const policy = policyFrom(args.get('policy') ?? 'default');
  const trust = await certificatesAt(args.all('trust'));
  const trustSource = await listsFrom(args);
  const sources = await sourcesFrom(args);
  const detached = detachedFrom(args);
  const evidenceRecords = args.all('evidence-record').map((file) => ({ name: basename(file), bytes: readBytes(file) }));
  const policyDocuments = args.all('policy-document').map(policyDocumentAt);
  const source = openFileSource(path);
  try {
    at.progress(`validating ${path} …`);
    const { examine, judge } = await import('../../validate.ts');
    const evidence = await examine(source, {
      ...{ trust, detached, evidenceRecords, policyDocuments },
      ...(sources && { sources }),
      ...(trustSource && { trustSource }),
      ...opening,
    });
    const saved = args.get('save-evidence');
    if (saved !== undefined) {
      const { writeEvidence } = await import('../../validation/evidence-file.ts');
      await writeWhole(outputFor(path, saved, false), (sink) => sink.write(writeEvidence(evidence)));
    }
    const report = judge(evidence, policy, time);
    return await printReport(report, basename(path), format, args, at, await picturesFrom(args, source, report, format, opening, at));
  } catch (error) {
    throw aboutFile(path, error);
  } finally {
    source.close();
    closeAll(detached);
  }
}

/** A URI may hold `=` itself: the last one counts. */
function policyDocumentAt(argument: string): PolicyDocument {
  const at = argument.lastIndexOf('=');
  if (at <= 0 || at === argument.length - 1) throw new Usage(`--policy-document is '${argument}', but must be an OID or URI, = and a file`);
  return { id: argument.slice(0, at), bytes: readBytes(argument.slice(at + 1)) };
}

/** Pages as signed and as they are now: where asked for, and for a page of HTML where pdfium is there. */
async function picturesFrom(
  args: Arguments,
  source: FileSource,
  report: Report,
  format: ReportFormat,
  { password, recipient }: Opening,
  at: Terminal,
): Promise<readonly VisualChange[]> {
  if (report.format !== 'PDF' || (!args.has('render') && format !== 'html')) return [];
  if (recipient !== undefined) {
    if (args.has('render')) throw new Fault('unsupported', '--render shows no PDF that is encrypted for certificates');
    return [];
  }
  const [{ isPdfiumInstalled, pdfiumRenderer }, { visualChanges }] = await Promise.all([
    import('../../render/index.ts'),
    import('../../validation/visual-change.ts'),
  ]);
  if (!args.has('render') && !isPdfiumInstalled()) return [];
  at.progress('comparing pages …');
  return visualChanges(source, report, { renderer: pdfiumRenderer(), ...(password !== undefined && { password }) });
}
