/** The report as plain text for a terminal or a log. */
import { exact } from '../base/options.ts';
import type { Report } from '../validation/report.ts';
import { type Catalogue, catalogueOf, fill, type Language } from './catalogue.ts';
import { fold, type Pen, penOf, WIDTH, wrapped } from './layout.ts';
import { viewOf } from './view.ts';
import type { CheckView, Row, SignatureView, TokenView } from './view-type.ts';

export interface TextOptions {
  /** ANSI colours; default none. */
  readonly colour?: boolean;
  /** Language of the sentences; default English. */
  readonly language?: Language;
}

/** The verdict first, then what a reader needs to rely on it or not. Pure; ends with a line feed. */
export function toText(report: Report, options: TextOptions = {}): string {
  exact('toText', options, ['colour', 'language']);
  const words = catalogueOf(options.language);
  const { phrases } = words;
  const view = viewOf(report, options.language);
  const none = view.headline === phrases.noSignature;
  const pen = penOf(options.colour === true);
  const lines = [pen.tone(view.tone, pen.strong(view.headline.toUpperCase())) + (none ? '' : `  ${view.summary}`)];
  if (none) lines.push(phrases.noSignatureLine);
  for (const signature of view.signatures) lines.push('', ...signatureLines(signature, pen, words));
  for (const timestamp of view.timestamps) lines.push('', ...tokenLines(timestamp, pen, words, ''));
  for (const record of view.evidenceRecords) lines.push('', ...signatureLines(record, pen, words));
  if (view.unreadable.length > 0) lines.push('', ...view.unreadable.map((sentence) => `${pen.tone('bad', '✗')} ${sentence}`));
  lines.push('', pen.faint(fill(phrases.validatedAs, { at: view.at, policy: view.policy })));
  return `${lines.join('\n')}\n`;
}

function signatureLines(signature: SignatureView, pen: Pen, words: Catalogue): string[] {
  const { phrases } = words;
  const lines = tokenLines(signature, pen, words, signature.level);
  const margin = '  ';
  if (signature.changes.length > 0) {
    lines.push(`${margin}${pen.strong(phrases.changesHeading)}`);
    for (const { allowed, sentence } of signature.changes.slice(0, SHOWN)) {
      lines.push(...wrapped(`${margin}  ${pen.tone(allowed ? 'good' : 'bad', allowed ? '✓' : '✗')} `, 6, sentence));
    }
    if (signature.changes.length > SHOWN) lines.push(`${margin}    ${fill(phrases.andMore, { count: signature.changes.length - SHOWN })}`);
  }
  if (signature.timestamps.length > 0) {
    lines.push(`${margin}${pen.strong(phrases.timestampsHeading)}`);
    for (const timestamp of signature.timestamps) lines.push(...tokenLines(timestamp, pen, words, '', `${margin}  `));
  }
  for (const note of signature.notes) lines.push(...wrapped(`${margin}${pen.faint('i')} `, 4, note));
  return lines;
}

function tokenLines(token: TokenView, pen: Pen, { phrases }: Catalogue, aside: string, margin = ''): string[] {
  const inner = `${margin}  `;
  const mark = `${margin}${pen.tone(token.tone, `${MARKS[token.tone]} ${pen.strong(`${token.title}: ${token.verdict}`)}`)}`;
  const lines = [`${mark}${pen.faint(`  ${[aside, token.indication].filter((part) => part !== '').join(', ')}`)}`];
  lines.push(...wrapped(inner, inner.length, token.sentence));
  for (const reason of token.why) lines.push(...wrapped(`${inner}${pen.faint('·')} `, inner.length + 2, reason));
  if (token.remedy !== null) {
    const help = phrases.whatWouldHelp;
    lines.push(...wrapped(`${inner}${pen.faint(help)} `, inner.length, token.remedy, inner.length + help.length + 1));
  }
  lines.push(...token.rows.flatMap((row) => rowLines(row, inner, pen)));
  if (token.chain.length > 0)
    lines.push(...rowLines({ label: phrases.chain, value: token.chain.map(({ name }) => name).join(' ← ') }, inner, pen));
  for (const problem of token.problems) lines.push(...problemLines(problem, inner, pen));
  return lines;
}

function rowLines({ label, value, tone }: Row, margin: string, pen: Pen): string[] {
  const head = `${margin}${pen.faint(label.padEnd(LABEL))} `;
  const indent = margin.length + LABEL + 1;
  const [first = '', ...more] = fold(value, WIDTH - indent);
  const paint = (text: string) => (tone === undefined || tone === 'good' ? text : pen.tone(tone, text));
  return [head + paint(first), ...more.map((line) => ' '.repeat(indent) + paint(line))];
}

function problemLines({ outcome, sentence, remedy, clause }: CheckView, margin: string, pen: Pen): string[] {
  const mark = outcome === 'fail' ? pen.tone('bad', '✗') : pen.tone('open', '!');
  const indent = margin.length + 2;
  return [
    ...wrapped(`${margin}${mark} `, indent, `${sentence} [${clause}]`, indent),
    ...(remedy === null || outcome !== 'fail' ? [] : wrapped(' '.repeat(indent), indent, remedy)),
  ];
}

const MARKS = { good: '✓', open: '?', bad: '✗' } as const;
const LABEL = 26;
const SHOWN = 20;
