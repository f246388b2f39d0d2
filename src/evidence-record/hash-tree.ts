/** Hash trees of archive time-stamps, RFC 4998, 4.2 and 4.3: reduced ones verified, whole ones built. */
import { type Bytes, compare, concat } from '../base/bytes.ts';
import { digest } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';

/** Lists of hash values: the first holds the data objects, each later one the neighbours on the next level. */
export type ReducedTree = readonly (readonly Bytes[])[];

/** The root that a reduced hash tree leads to (4.3); null for a tree without any hash value. */
export function rootOf(name: DigestName, tree: ReducedTree): Bytes | null {
  let node: Bytes | null = null;
  for (const list of tree) {
    const values: readonly Bytes[] = node === null ? list : [...list, node];
    if (values.length === 0) return null;
    node = nodeOver(name, values);
  }
  return node;
}

/** Of one value itself, of several their sorted concatenation hashed (4.2, step 3). */
export function nodeOver(name: DigestName, values: readonly Bytes[]): Bytes {
  const [only] = values;
  return values.length === 1 && only !== undefined ? only : digest(name, concat([...values].sort(compare)));
}

export interface HashTree {
  readonly root: Bytes;
  /** The reduced tree of the group at `index`; null where the group is the whole tree and has one value: there is nothing to list. */
  reduced(index: number): ReducedTree | null;
}

/** A binary tree over groups of hash values, in the order given (4.2). One group at least, each with one value at least. */
export function buildTree(name: DigestName, groups: readonly (readonly Bytes[])[]): HashTree {
  const levels: Bytes[][] = [groups.map((group) => nodeOver(name, group))];
  for (let below = levels[0] as Bytes[]; below.length > 1; below = levels.at(-1) as Bytes[]) {
    const level: Bytes[] = [];
    for (let i = 0; i < below.length; i += 2) level.push(nodeOver(name, below.slice(i, i + 2)));
    levels.push(level);
  }
  const root = levels.at(-1)?.[0] as Bytes;
  return {
    root,
    reduced: (index) => {
      const lists: Bytes[][] = [[...(groups[index] as readonly Bytes[])].sort(compare)];
      for (let level = 0, at = index; level < levels.length - 1; level++, at >>= 1) {
        const neighbour = levels[level]?.[at ^ 1];
        if (neighbour !== undefined) lists.push([neighbour]);
      }
      return lists.length === 1 && lists[0]?.length === 1 ? null : lists;
    },
  };
}
