/** Sections: titled lists of labels and values, one form for everything that is shown without being judged. */
import { fold, penOf } from './layout.ts';
import { visible } from './visible.ts';

/** One label; several values stand below each other. */
export interface SectionRow {
  readonly label: string;
  readonly values: readonly string[];
}

export interface Section {
  readonly title: string;
  readonly rows: readonly SectionRow[];
  readonly sections: readonly Section[];
}

/** What may stand as a value: null and empty lists are left out. */
type Value = string | number | null | undefined | readonly string[];

/** A section of the rows that have a value; nested sections without rows are left out. */
export const section = (
  title: string,
  rows: readonly (readonly [label: string, value: Value])[],
  sections: readonly Section[] = [],
): Section => ({
  title,
  rows: rows.flatMap(([label, value]) => {
    const values = Array.isArray(value) ? value : value === null || value === undefined || value === '' ? [] : [String(value)];
    return values.length === 0 ? [] : [{ label, values }];
  }),
  sections: sections.filter((each) => each.rows.length > 0 || each.sections.length > 0),
});

/** As text; everything in it is made safe to look at. Ends with a line feed. */
export function sectionText(shown: Section, options: { readonly colour?: boolean } = {}): string {
  const pen = penOf(options.colour === true);
  const lines: string[] = [];
  const put = ({ title, rows, sections }: Section, margin: string): void => {
    lines.push(`${margin}${pen.strong(visible(title))}`);
    const inner = `${margin}  `;
    const label = Math.min(LABEL, Math.max(...rows.map((row) => visible(row.label).length), 0));
    for (const row of rows) {
      const indent = inner.length + label + 2;
      const folded = row.values.flatMap((value) => fold(visible(value), Math.max(WIDTH - indent, LEAST)));
      for (const [i, line] of folded.entries())
        lines.push(`${inner}${i === 0 ? pen.faint(visible(row.label).padEnd(label)) : ' '.repeat(label)}  ${line}`);
    }
    for (const each of sections) put(each, inner);
  };
  put(shown, '');
  return `${lines.join('\n')}\n`;
}

const LABEL = 30;
const WIDTH = 120;
const LEAST = 30;
