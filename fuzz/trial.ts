/** One input tried on one parser: what went wrong, or nothing. */
import type { Bytes } from '../src/base/bytes.ts';
import type { SeedFacts, Target } from './target.ts';
import { walk } from './walk.ts';

export type Expectation = (typeof EXPECTATIONS)[number];

/** What must hold of every input. */
export const EXPECTATIONS = [
  'ends with a value',
  'ends in time',
  'leaves the input as it is',
  'reads the same twice',
  'holds to its rules',
] as const;

export interface Failure {
  readonly expectation: Expectation;
  /** Which failure it is: inputs with the same one count as one finding. */
  readonly kind: string;
  readonly what: string;
}

export interface Trial {
  readonly target: Target;
  readonly facts: SeedFacts;
}

/** Tries an input. `thorough`: also whether it reads the same twice. */
export function tryInput({ target, facts }: Trial, input: Bytes, depth: 'quick' | 'thorough'): Failure | null {
  const before = process.threadCpuUsage();
  const given = depth === 'thorough' ? input.slice() : null;
  try {
    const result = walk(target.read(input));
    const problem = target.check?.(input, facts) ?? null;
    if (problem !== null) return { expectation: 'holds to its rules', kind: problem, what: problem };
    if (given && !sameOctets(given, input))
      return { expectation: 'leaves the input as it is', kind: 'changed', what: 'the input was changed' };
    if (given && walk(target.read(given)) !== result)
      return { expectation: 'reads the same twice', kind: 'differs', what: 'two readings of the same octets differ' };
  } catch (error) {
    return thrown(error);
  }
  const { user, system } = process.threadCpuUsage(before);
  const milliseconds = (user + system) / 1000;
  const allowed = target.milliseconds * Math.max(1, input.length / 65_536);
  if (milliseconds <= allowed) return null;
  return { expectation: 'ends in time', kind: 'slow', what: `${Math.round(milliseconds)} ms of CPU time for ${input.length} octets` };
}

/** Slow once may be the machine's doing: only what is slow three times is. */
export function tryAgain(trial: Trial, input: Bytes): Failure | null {
  let failure: Failure | null = null;
  for (let times = 0; times < 3; times++) {
    failure = tryInput(trial, input.slice(), 'thorough');
    if (failure?.expectation !== 'ends in time') return failure;
  }
  return failure;
}

function thrown(error: unknown): Failure {
  const name = error instanceof Error ? error.name : typeof error;
  const message = error instanceof Error ? error.message : String(error);
  const place = /(?:src|fuzz)\/[^):]+\.ts:\d+/.exec((error as Error).stack ?? '')?.[0] ?? '';
  return { expectation: 'ends with a value', kind: `${name} ${place}`, what: `${name}: ${message} (${place})` };
}

function sameOctets(a: Bytes, b: Bytes): boolean {
  return a.length === b.length && a.every((octet, i) => octet === b[i]);
}
