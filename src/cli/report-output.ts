/** How a report is printed: the options that `validate` and `judge` share. */
import { catalogueOf } from '../report/catalogue.ts';
import { toEtsi } from '../report/etsi.ts';
import { toHtml } from '../report/html.ts';
import { toJson } from '../report/json.ts';
import { toText } from '../report/text.ts';
import { isGood } from '../report/verdict.ts';
import { visualText } from '../report/visual.ts';
import type { Report } from '../validation/report.ts';
import type { VisualChange } from '../validation/visual-change.ts';
import { type Arguments, type Option, Usage } from './arguments.ts';
import { LANGUAGE_OPTION, languageFrom } from './language.ts';
import type { Terminal } from './terminal.ts';

export const REPORT_OPTIONS: Readonly<Record<string, Option>> = {
  text: { help: 'print for people (default)' },
  json: { help: 'print one JSON object' },
  html: { help: 'print one HTML page' },
  etsi: { help: 'print the validation report of ETSI TS 119 102-2 (XML)' },
  ...LANGUAGE_OPTION,
};

export type ReportFormat = 'text' | 'json' | 'html' | 'etsi';

/** Throws `Usage` where several are asked for. */
export function reportFormat(args: Arguments, command: string): ReportFormat {
  const formats = (['text', 'json', 'html', 'etsi'] as const).filter((format) => args.has(format));
  if (formats.length > 1) throw new Usage(`${command}: give one of ${formats.map((format) => `--${format}`).join(', ')}`);
  return formats[0] ?? 'text';
}

/** Prints the report on the document called `documentName`; the exit status that belongs to it. */
export function printReport(
  report: Report,
  documentName: string,
  format: ReportFormat,
  args: Arguments,
  at: Terminal,
  visual: readonly VisualChange[] = [],
): 0 | 1 {
  const language = languageFrom(args);
  const none = report.signatures.length === 0 && report.timestamps.length === 0 && report.unreadable.length === 0;
  if (format === 'json') at.out(`${JSON.stringify(toJson(report, { visual }), null, 2)}\n`);
  else if (format === 'html') at.out(toHtml(report, { documentName, language, visual }));
  else if (format === 'etsi') at.out(toEtsi(report));
  else {
    at.out(toText(report, { colour: at.colour, language }));
    if (visual.length > 0) at.out(`\n${visualText(visual, report, catalogueOf(language))}`);
  }
  if (none && format !== 'text') at.note('no signature found');
  return isGood(report) ? 0 : 1;
}
