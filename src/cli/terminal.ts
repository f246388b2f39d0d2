/** Where commands write: results on standard output, everything else on standard error; colour and progress only where people look. */
import { visible } from '../report/visible.ts';

export interface Terminal {
  /** Whether results may have colour. */
  readonly colour: boolean;
  out(text: string): void;
  /** One line for people. */
  note(line: string): void;
  /** The one line of an error. */
  complain(message: string): void;
  /** A line that the next one replaces; shown on a terminal only. `null` clears it. */
  progress(line: string | null): void;
}

export function terminal(): Terminal {
  const { stdout, stderr, env } = process;
  let shown = false;
  const clear = () => {
    if (shown) stderr.write('\r\u001b[K');
    shown = false;
  };
  return {
    colour: stdout.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb',
    out: (text) => {
      clear();
      stdout.write(text);
    },
    note: (line) => {
      clear();
      stderr.write(`${line}\n`);
    },
    complain: (message) => {
      clear();
      stderr.write(`adeskit: ${visible(message.replaceAll(/\s*\n\s*/g, ' '))}\n`);
    },
    progress: (line) => {
      clear();
      if (line === null || stderr.isTTY !== true) return;
      stderr.write(visible(line).slice(0, (stderr.columns ?? 80) - 1));
      shown = true;
    },
  };
}
