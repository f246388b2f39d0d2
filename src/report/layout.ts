/** Laying out text for a terminal: folding, indentation, colour. */
import type { Tone } from './verdict.ts';

/** `text` folded behind `head`, later lines indented; `used` is what `head` takes on screen where it holds colour. */
export function wrapped(head: string, indent: number, text: string, used = indent): string[] {
  const [first = '', ...more] = fold(text, WIDTH - used);
  return [head + first, ...more.map((line) => ' '.repeat(indent) + line)];
}

export function fold(text: string, width: number): string[] {
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

export interface Pen {
  tone(tone: Tone, text: string): string;
  strong(text: string): string;
  faint(text: string): string;
}

export function penOf(colour: boolean): Pen {
  const paint = (on: number, off: number) => (text: string) => (colour ? `\u001b[${on}m${text}\u001b[${off}m` : text);
  const tones = { good: paint(32, 39), open: paint(33, 39), bad: paint(31, 39) };
  return { tone: (tone, text) => tones[tone](text), strong: paint(1, 22), faint: paint(2, 22) };
}

export const WIDTH = 110;
