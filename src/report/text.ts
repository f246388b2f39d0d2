/** The report as plain text for a terminal or a log. */
import type { Report } from '../validation/report.ts';
import type { Tone } from './verdict.ts';
import { type CheckView, type Row, type SignatureView, type TokenView, viewOf } from './view.ts';

export interface TextOptions {
  /** ANSI colours; default none. */
  readonly colour?: boolean;
  /** Language of the sentences; default English, the only one so far. */
  readonly language?: 'en';
}

/** The verdict first, then what a reader needs to rely on it or not. Pure; ends with a line feed. */
export function toText(report: Report, options: TextOptions = {}): string {
  const view = viewOf(report);
  const pen = penOf(options.colour === true);
  const lines = [
    pen.tone(view.tone, pen.strong(view.headline.toUpperCase())) + (view.headline === 'No signature' ? '' : `  ${view.summary}`),
  ];
  if (view.headline === 'No signature') lines.push('no signature found');
  for (const signature of view.signatures) lines.push('', ...signatureLines(signature, pen));
  for (const timestamp of view.timestamps) lines.push('', ...tokenLines(timestamp, pen, ''));
  if (view.unreadable.length > 0) lines.push('', ...view.unreadable.map((sentence) => `${pen.tone('bad', '✗')} ${sentence}`));
  lines.push('', pen.faint(`Validated as of ${view.at} by the policy ${view.policy}.`));
  return `${lines.join('\n')}\n`;
}

function signatureLines(signature: SignatureView, pen: Pen): string[] {
  const lines = tokenLines(signature, pen, signature.level);
  const margin = '  ';
  if (signature.changes.length > 0) {
    lines.push(`${margin}${pen.strong('Changes after signing')}`);
    for (const { allowed, sentence } of signature.changes.slice(0, SHOWN)) {
      lines.push(...wrapped(`${margin}  ${pen.tone(allowed ? 'good' : 'bad', allowed ? '✓' : '✗')} `, 6, sentence));
    }
    if (signature.changes.length > SHOWN) lines.push(`${margin}    … and ${signature.changes.length - SHOWN} more`);
  }
  if (signature.timestamps.length > 0) {
    lines.push(`${margin}${pen.strong('Time-stamps')}`);
    for (const timestamp of signature.timestamps) lines.push(...tokenLines(timestamp, pen, '', `${margin}  `));
  }
  for (const note of signature.notes) lines.push(...wrapped(`${margin}${pen.faint('i')} `, 4, note));
  return lines;
}

function tokenLines(token: TokenView, pen: Pen, aside: string, margin = ''): string[] {
  const inner = `${margin}  `;
  const mark = `${margin}${pen.tone(token.tone, `${MARKS[token.tone]} ${pen.strong(`${token.title}: ${token.verdict}`)}`)}`;
  const lines = [`${mark}${pen.faint(`  ${[aside, token.indication].filter((part) => part !== '').join(', ')}`)}`];
  lines.push(...wrapped(inner, inner.length, token.sentence));
  if (token.remedy !== null)
    lines.push(...wrapped(`${inner}${pen.faint('What would help:')} `, inner.length, token.remedy, inner.length + 17));
  lines.push(...token.rows.flatMap((row) => rowLines(row, inner, pen)));
  if (token.chain.length > 0)
    lines.push(...rowLines({ label: 'Chain', value: token.chain.map(({ name }) => name).join(' ← ') }, inner, pen));
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

/** `text` folded behind `head`, later lines indented; `used` is what `head` takes on screen where it holds colour. */
function wrapped(head: string, indent: number, text: string, used = indent): string[] {
  const [first = '', ...more] = fold(text, WIDTH - used);
  return [head + first, ...more.map((line) => ' '.repeat(indent) + line)];
}

function fold(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

interface Pen {
  tone(tone: Tone, text: string): string;
  strong(text: string): string;
  faint(text: string): string;
}

function penOf(colour: boolean): Pen {
  const paint = (on: number, off: number) => (text: string) => (colour ? `\u001b[${on}m${text}\u001b[${off}m` : text);
  const tones = { good: paint(32, 39), open: paint(33, 39), bad: paint(31, 39) };
  return { tone: (tone, text) => tones[tone](text), strong: paint(1, 22), faint: paint(2, 22) };
}

const MARKS = { good: '✓', open: '?', bad: '✗' } as const;
const LABEL = 26;
const WIDTH = 110;
const SHOWN = 20;
