import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budget, mustSpend, spend } from '../../src/base/budget.ts';
import { Fault } from '../../src/base/fault.ts';
import { fromIso, toIso } from '../../src/base/instant.ts';
import { exact } from '../../src/base/options.ts';
import { attempt, malformed, orNull, parsed, Unreadable, unreadable } from '../../src/base/parsed.ts';
import { asSource, sourceOf } from '../../src/base/source.ts';

describe('parsed values', () => {
  it('an attempt gives what was read', () => {
    expect(attempt(() => 7)).toEqual(parsed(7));
    expect(orNull(parsed(7))).toBe(7);
  });

  it('an attempt gives what was unreadable, where and why', () => {
    const result = attempt(() => unreadable('Thing', 3, 'broken'));
    expect(result).toEqual(malformed('Thing', 3, 'broken'));
    expect(orNull(result)).toBeNull();
    expect(new Unreadable('Thing', 3, 'broken').message).toBe('Thing at 3: broken');
  });

  it('a defect of ours passes through an attempt', () => {
    expect(() =>
      attempt(() => {
        throw new TypeError('ours');
      }),
    ).toThrow(TypeError);
  });
});

describe('budgets', () => {
  it('once spent, a budget stays spent', () => {
    const steps = budget('steps', 3);
    expect([spend(steps), spend(steps, 2), spend(steps), spend(steps, 0)]).toEqual([true, true, false, false]);
  });

  it('a parser that runs out of steps finds its input unreadable', () => {
    const steps = budget('steps', 1);
    expect(attempt(() => mustSpend(steps, 'Thing', 5))).toEqual(parsed(undefined));
    expect(attempt(() => mustSpend(steps, 'Thing', 6))).toEqual(malformed('Thing', 6, 'more than 1 steps'));
  });
});

describe('instants', () => {
  it.each([
    ['2024-02-29', '2024-02-29T00:00:00Z'],
    ['2024-02-29T12:30Z', '2024-02-29T12:30:00Z'],
    ['2024-02-29T12:30:15Z', '2024-02-29T12:30:15Z'],
    ['2024-02-29T12:30:15.250Z', '2024-02-29T12:30:15.250Z'],
    ['2024-02-29T00:30:00+02:00', '2024-02-28T22:30:00Z'],
    ['1969-12-31T23:59:59Z', '1969-12-31T23:59:59Z'],
  ])('%s is %s', (text, iso) => {
    const instant = fromIso(text);
    expect(instant === null ? null : toIso(instant)).toBe(iso);
  });

  it.each([
    '',
    'now',
    '2024',
    '2024-02',
    '2024-02-30',
    '2023-02-29T00:00:00Z',
    '2024-13-01',
    '2024-00-01',
    '2024-02-29T12:30:15',
    '2024-02-29 12:30:15Z',
    '2024-02-29T25:00:00Z',
    '2024-02-29T12:60:00Z',
    '24-02-29T12:30:15Z',
    '2024-02-29T12:30:15Z ',
    '1709209815000',
  ])("'%s' is no instant", (text) => {
    expect(fromIso(text)).toBeNull();
  });

  it('what is written is read back', () => {
    const instants = fc.integer({ min: Date.UTC(1, 0), max: Date.UTC(9999, 0) });
    fc.assert(fc.property(instants, (instant) => void expect(fromIso(toIso(instant))).toBe(instant)));
  });
});

describe('options', () => {
  it('known keys pass, an unknown one is named with the known ones', () => {
    expect(() => exact('sign', { level: 'B' }, ['level'])).not.toThrow();
    expect(() => exact('sign', {}, [])).not.toThrow();
    expect(() => exact('sign', { levle: 'B' }, ['level', 'digest'])).toThrow(
      new Fault('bad-option', "sign: unknown option 'levle' (known: level, digest)"),
    );
  });

  it('a fault keeps its code and its cause', () => {
    const cause = new Error('disk');
    expect(new Fault('io', 'cannot read', { cause })).toMatchObject({ name: 'Fault', code: 'io', message: 'cannot read', cause });
  });
});

describe('sources', () => {
  it('a document in memory reads as one, cut at its end', () => {
    const source = asSource(Uint8Array.of(1, 2, 3));
    expect(source.size).toBe(3);
    expect(source.read(1, 5)).toEqual(Uint8Array.of(2, 3));
    expect(source.read(7, 1)).toEqual(new Uint8Array());
    expect(asSource(source)).toBe(source);
    expect(sourceOf(new Uint8Array()).read(0, 1).length).toBe(0);
  });
});
