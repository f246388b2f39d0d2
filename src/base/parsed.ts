/** What a parser says of foreign bytes: a value either way, because hostile input is ordinary. */

/** Why bytes could not be read: which structure, at which offset, what is wrong. */
export interface Malformed {
  readonly what: string;
  /** Offset in octets from the start of the input that was given to the parser. */
  readonly at: number;
  readonly reason: string;
}

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly malformed: Malformed };

/** Thrown inside a parser's folder and caught at its door by {@link attempt}; it never leaves the folder. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
  readonly malformed: Malformed;
  constructor(what: string, at: number, reason: string) {
    super(`${what} at ${at}: ${reason}`);
    this.malformed = { what, at, reason };
  }
}

/** Stops the parse under way. */
export function unreadable(what: string, at: number, reason: string): never {
  throw new Unreadable(what, at, reason);
}

/** Runs a parse: what it returns, or what it found unreadable. Any other error is a defect of ours and passes through. */
export function attempt<T>(parse: () => T): Parsed<T> {
  try {
    return { ok: true, value: parse() };
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, malformed: error.malformed };
    throw error;
  }
}

export const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value });

export const malformed = (what: string, at: number, reason: string): Parsed<never> => ({ ok: false, malformed: { what, at, reason } });

/** The value, or `null` where the bytes were unreadable: for callers that record the failure elsewhere. */
export const orNull = <T>(result: Parsed<T>): T | null => (result.ok ? result.value : null);
