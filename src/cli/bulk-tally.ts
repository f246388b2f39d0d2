/** How a bulk run goes: a progress bar for people, and at the end a summary and the exit status. */
import type { FaultCode } from '../base/fault.ts';
import type { FileAnswer } from './sign-orders.ts';
import type { Terminal } from './terminal.ts';

export interface Tally {
  add(answer: FileAnswer): void;
  stopped(reason: string): void;
  /** Says how it went; the exit status. */
  end(): number;
}

/** @param already files that an earlier run signed */
export function tally(total: number, already: number, at: Terminal): Tally {
  const started = performance.now();
  let [signed, failed, shown, status] = [0, 0, Number.NEGATIVE_INFINITY, 0];
  let reason: string | null = null;
  const show = (): void => {
    const now = performance.now();
    if (now - shown < BAR_EVERY) return;
    shown = now;
    const done = signed + failed;
    const seconds = Math.max(0.001, (now - started) / 1000);
    const rest = done === 0 ? '' : `, ${duration(((total - done) * seconds) / done)} left`;
    const filled = total === 0 ? BAR : Math.floor((BAR * done) / total);
    at.progress(
      `[${'#'.repeat(filled)}${'-'.repeat(BAR - filled)}] ${done}/${total}${failed > 0 ? `, ${failed} failed` : ''}, ${(done / seconds).toFixed(1)}/s${rest}`,
    );
  };
  show();
  return {
    add: (answer) => {
      if (answer.kind === 'signed') {
        signed++;
        at.out(`${answer.line}\n`);
      } else {
        const { input, code, reason: why } = answer;
        failed++;
        status = code === null || INPUT.has(code) ? Math.max(status, 2) : 1;
        at.complain(why.startsWith(input) ? why : `${input}: ${why}`);
      }
      show();
    },
    stopped: (why) => {
      reason = why;
      status = 1;
    },
    end: () => {
      at.progress(null);
      const parts = [
        `${signed} of ${total} signed`,
        ...(failed > 0 ? [`${failed} failed`] : []),
        ...(already > 0 ? [`${already} were signed before`] : []),
        ...(reason === null ? [] : [`${total - signed - failed} not begun: ${reason}`]),
      ];
      at.note(`adeskit: ${parts.join(', ')}; ${duration((performance.now() - started) / 1000)}`);
      return reason === INTERRUPTED ? 130 : status;
    },
  };
}

function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** The reason to stop that a person gives. */
export const INTERRUPTED = 'interrupted';
const INPUT: ReadonlySet<FaultCode> = new Set(['malformed-input', 'unsupported', 'wrong-password', 'limit-exceeded', 'io', 'bad-option']);
const BAR = 24;
const BAR_EVERY = 100;
