/** Random numbers that a seed repeats: the same seed gives the same run. */

export interface Random {
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number;
  /** One of these; there must be one. */
  pick<T>(from: readonly T[]): T;
  /** True once in `times`. */
  once(times: number): boolean;
  octet(): number;
}

/** A generator of the xorshift kind (sfc32); plenty for choosing mutations, nothing for secrets. */
export function randomFrom(seed: number): Random {
  let [a, b, c, count] = [0x9e3779b9, 0x243f6a88, seed | 0, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + count) | 0;
    count = (count + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  const below = (limit: number): number => next() % Math.max(1, limit);
  return {
    below,
    pick: (from) => from[below(from.length)] as (typeof from)[number],
    once: (times) => below(times) === 0,
    octet: () => next() & 0xff,
  };
}
