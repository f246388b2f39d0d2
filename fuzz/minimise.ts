/** Makes a failing input as small and plain as it can be while it still fails in the same way. */
import type { Bytes } from '../src/base/bytes.ts';
import { concat } from '../src/base/bytes.ts';
import { readValues, type Value, writeValues } from './der-tree.ts';

/** `fails` tells whether an input still fails in the same way; it is asked `most` times at most. */
export function minimise(input: Bytes, fails: (input: Bytes) => boolean, most = 4000): Bytes {
  let left = most;
  const still = (candidate: Bytes): boolean => left-- > 0 && fails(candidate);
  let smallest = input;
  for (let before = -1; before !== smallest.length && left > 0; ) {
    before = smallest.length;
    smallest = withoutValues(smallest, still);
    smallest = withoutStretches(smallest, still);
  }
  return plainer(smallest, still);
}

/** Without whole values of DER, lengths around them written anew. */
function withoutValues(input: Bytes, fails: (input: Bytes) => boolean): Bytes {
  let smallest = input;
  for (let index = 0; ; ) {
    const values = readValues(smallest);
    if (!values) return smallest;
    const place = { left: index };
    const fewer = without(values, place);
    if (place.left >= 0) return smallest;
    const candidate = writeValues(fewer);
    if (candidate.length < smallest.length && fails(candidate)) smallest = candidate;
    else index++;
  }
}

function without(values: readonly Value[], place: { left: number }): readonly Value[] {
  return values.flatMap((value) => {
    if (place.left < 0) return [value];
    if (place.left-- === 0) return [];
    return [value.members ? { ...value, members: without(value.members, place) } : value];
  });
}

/** Without stretches of octets: halves first, then ever shorter ones. */
function withoutStretches(input: Bytes, fails: (input: Bytes) => boolean): Bytes {
  let smallest = input;
  for (let size = smallest.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < smallest.length; ) {
      const candidate = concat([smallest.subarray(0, at), smallest.subarray(at + size)]);
      if (fails(candidate)) smallest = candidate;
      else at += size;
    }
  }
  return smallest;
}

/** Octets that do not matter become zero: nothing of a real file stays that is not needed. */
function plainer(input: Bytes, fails: (input: Bytes) => boolean): Bytes {
  let plainest = input;
  for (let size = Math.max(1, input.length >> 1); size >= 1; size >>= 1) {
    for (let at = 0; at < plainest.length; at += size) {
      const candidate = plainest.slice();
      candidate.fill(0, at, at + size);
      if (candidate.some((octet, i) => octet !== plainest[i]) && fails(candidate)) plainest = candidate;
    }
  }
  return plainest;
}
