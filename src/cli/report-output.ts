/** How a report is printed: the options that `validate` and `judge` share. */

import type { Language } from '../report/catalogue.ts';
import { isGood } from '../report/verdict.ts';
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
export async function printReport(
  report: Report,
  documentName: string,
  format: ReportFormat,
  args: Arguments,
  at: Terminal,
  visual: readonly VisualChange[] = [],
): Promise<0 | 1> {
  const language = languageFrom(args);
  const none = report.signatures.length === 0 && report.timestamps.length === 0 && report.unreadable.length === 0;
  at.out(await PRINTED[format](report, { documentName, language, visual, colour: at.colour }));
  if (none && format !== 'text') at.note('no signature found');
  return isGood(report) ? 0 : 1;
}

interface Looks {
  readonly documentName: string;
  readonly language: Language;
  readonly visual: readonly VisualChange[];
  readonly colour: boolean;
}

/** Each loads what it takes only. */
const PRINTED: Readonly<Record<ReportFormat, (report: Report, looks: Looks) => Promise<string>>> = {
  json: async (report, { visual }) => `${JSON.stringify((await import('../report/json.ts')).toJson(report, { visual }), null, 2)}\n`,
  html: async (report, { documentName, language, visual }) =>
    (await import('../report/html.ts')).toHtml(report, { documentName, language, visual }),
  etsi: async (report) => (await import('../report/etsi.ts')).toEtsi(report),
  text: async (report, { colour, language, visual }) => {
    const { toText } = await import('../report/text.ts');
    const text = toText(report, { colour, language });
    if (visual.length === 0) return text;
    const [{ visualText }, { catalogueOf }] = await Promise.all([import('../report/visual.ts'), import('../report/catalogue.ts')]);
    return `${text}\n${visualText(visual, report, catalogueOf(language))}`;
  },
};
