/** Pauses of deliveries and of addresses, as numbers. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { afterRound, isOpen, nextAttempt, TRIED_FOR } from '../../src/webhooks/circuit.ts';

const HOUR = 3_600_000;

describe('an address', () => {
  test('is paused after five rounds in a row without an answer, first for seconds, at last for an hour', () => {
    let circuit = { failures: 0, pausedUntil: null as number | null };
    const pauses: (number | null)[] = [];
    for (let round = 0; round < 16; round++) {
      circuit = afterRound(circuit, false, 1000, 0.5);
      pauses.push(circuit.pausedUntil === null ? null : (circuit.pausedUntil - 1000) / 1000);
    }
    expect(pauses).toEqual([null, null, null, null, 15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600]);
    expect(isOpen(circuit)).toBe(true);
  });
  test('is as new after one answer', () => {
    expect(afterRound({ failures: 30 }, true, 5, 0)).toEqual({ failures: 0, pausedUntil: null });
  });
});

describe('a delivery', () => {
  test('is tried for three days, with pauses of six hours at most', () => {
    const times: number[] = [];
    let at: number | null = 0;
    while (at !== null) {
      times.push(at);
      at = nextAttempt(times.length, 0, at, 0.5);
    }
    expect(times.slice(0, 4)).toEqual([0, 5000, 35_000, 155_000]);
    expect(times.length).toBe(20);
    expect(times.at(-1)).toBeGreaterThanOrEqual(TRIED_FOR);
  });
  test('never waits longer than it should, whatever chance has it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, chance) => {
        const next = nextAttempt(attempt, 0, 0, chance) ?? 0;
        expect(next).toBeGreaterThan(0);
        expect(next).toBeLessThanOrEqual(6.6 * HOUR);
        const { pausedUntil } = afterRound({ failures: attempt }, false, 0, chance);
        expect(pausedUntil ?? 0).toBeLessThanOrEqual(1.1 * HOUR);
      }),
    );
  });
});
