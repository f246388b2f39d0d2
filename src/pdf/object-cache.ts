/** Objects already read, kept for reuse: as many as have room, one in the place of another whose number ends alike. */
import type { Parsed } from '../base/parsed.ts';
import type { IndirectObject } from './indirect.ts';
import { LIMITS } from './limits.ts';
import { isKind } from './object.ts';

type Result = Parsed<IndirectObject | null>;

/** What was dropped is read again: so a large file never has all its objects in memory. */
export class ObjectCache {
  private numbers = new Int32Array(FIRST).fill(-1);
  private results: (Result | undefined)[] = new Array(FIRST).fill(undefined);
  private octets = 0;
  private readonly most: number;

  /** `most`: a power of two. */
  constructor(most: number) {
    this.most = most;
  }

  get(num: number): Result | undefined {
    const slot = num & (this.results.length - 1);
    return this.numbers[slot] === num ? this.results[slot] : undefined;
  }

  set(num: number, result: Result): void {
    this.octets += octetsOf(result);
    if (this.octets > LIMITS.cachedOctets) {
      this.numbers.fill(-1);
      this.results.fill(undefined);
      this.octets = octetsOf(result);
    }
    while (this.isTaken(num) && this.results.length < this.most) this.grow();
    const slot = num & (this.results.length - 1);
    this.numbers[slot] = num;
    this.results[slot] = result;
  }

  private isTaken(num: number): boolean {
    const there = this.numbers[num & (this.results.length - 1)];
    return there !== -1 && there !== num;
  }

  /** Numbers that have different places keep them different. */
  private grow(): void {
    const { numbers, results } = this;
    this.numbers = new Int32Array(2 * numbers.length).fill(-1);
    this.results = new Array(2 * results.length).fill(undefined);
    for (let i = 0; i < numbers.length; i++) {
      const num = numbers[i] as number;
      if (num < 0) continue;
      const slot = num & (this.results.length - 1);
      this.numbers[slot] = num;
      this.results[slot] = results[i];
    }
  }
}

/** Of the object in the file, without its stream data. */
function octetsOf(result: Result): number {
  const object = result.ok ? result.value : null;
  if (object === null) return 0;
  const data = isKind(object.value, 'stream') ? object.value.length : 0;
  return Math.max(0, object.end - object.at - data);
}

/** A power of two. */
const FIRST = 64;
