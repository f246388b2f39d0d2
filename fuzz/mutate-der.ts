/** Mutations of DER that keep the encoding whole around what they change, so that a parser's later steps are reached too. */
import type { Bytes } from '../src/base/bytes.ts';
import { readValues, type Value, writeValues } from './der-tree.ts';
import { mutateOctets } from './mutate-octets.ts';
import type { Random } from './random.ts';

/** A mutant of `bytes`; `other` lends parts. Every third one is of octets only. */
export function mutateDer(bytes: Bytes, random: Random, other: Bytes): Bytes {
  if (random.once(3)) return mutateOctets(bytes, random, other);
  let values = readValues(bytes);
  if (!values) return mutateOctets(bytes, random, other);
  const lent = (): Value | null => {
    const others = readValues(other);
    return others && others.length > 0 ? valueAt(others, random.below(countOf(others))) : null;
  };
  for (let rounds = 1 + random.below(3); rounds > 0; rounds--) {
    const count = countOf(values);
    if (count === 0) break;
    const mutate = random.pick(VALUE_MUTATIONS);
    values = editAt(values, { left: random.below(count) }, (value) => mutate(value, random, lent));
  }
  const mutant = writeValues(values);
  return random.once(8) ? mutateOctets(mutant, random, other) : mutant;
}

type ValueMutation = (value: Value, random: Random, lent: () => Value | null) => readonly Value[];

const content = (value: Value, octets: Bytes): Value => ({ ...value, members: null, content: octets });

const VALUE_MUTATIONS: readonly ValueMutation[] = [
  /* left out */ () => [],
  /* twice */ (value) => [value, value],
  /* many times */ (value, random) => {
    const times = random.once(4) ? 2 + random.below(300) : 3;
    return Array.from({ length: Math.min(times, Math.ceil(MANY_OCTETS / (writeContent(value).length + 2))) }, () => value);
  },
  /* another's in its place */ (value, _random, lent) => [lent() ?? value],
  /* another's beside it */ (value, _random, lent) => [value, ...([lent()].filter((one) => one !== null) as Value[])],
  /* another tag */ (value, random) => [{ ...value, tag: Uint8Array.of(random.pick(TAGS)) }],
  /* a bit of the tag */ (value, random) => [{ ...value, tag: Uint8Array.of((value.tag[0] as number) ^ (1 << random.below(8))) }],
  /* a long tag number */ (value, random) => [
    {
      ...value,
      tag: Uint8Array.of((value.tag[0] as number) | 0x1f, ...random.pick([[0x1f], [0x81, 0x00], [0x80, 0x01], [0xff, 0xff, 0xff, 0x7f]])),
    },
  ],
  /* another form of length */ (value, random) => [{ ...value, length: random.once(2) ? 'indefinite' : 'padded' }],
  /* a wrong length */ (value, random) => [{ ...value, length: { off: random.pick([-2, -1, 1, 2, 127, 65_536]) } }],
  /* a length of its own */ (value, random) => [{ ...value, length: { octets: random.pick(LENGTHS) } }],
  /* empty */ (value) => [content(value, new Uint8Array(0))],
  /* edge contents */ (value, random) => [content(value, random.pick(CONTENTS))],
  /* mutated contents */ (value, random) => [content(value, mutateOctets(writeContent(value), random, value.content))],
  /* members the other way round */ (value) => [value.members ? { ...value, members: value.members.toReversed() } : value],
  /* members mixed up */ (value, random) => [
    value.members ? { ...value, members: value.members.toSorted(() => (random.once(2) ? 1 : -1)) } : value,
  ],
  /* wrapped */ (value, random) => [wrapped(value, random)],
  /* unwrapped */ (value) => value.members ?? [value],
];

function wrapped(value: Value, random: Random): Value {
  const times = random.once(10) ? 200 : 1 + random.below(3);
  let inner = value;
  for (let i = 0; i < times; i++)
    inner = { tag: Uint8Array.of(random.pick([0x30, 0x31, 0xa0, 0xa1, 0xa3])), before: EMPTY, members: [inner], content: EMPTY };
  return inner;
}

const writeContent = (value: Value): Bytes => (value.members ? writeValues(value.members) : value.content);

function countOf(values: readonly Value[]): number {
  let count = 0;
  for (const { members } of values) count += 1 + (members ? countOf(members) : 0);
  return count;
}

function valueAt(values: readonly Value[], index: number): Value | null {
  let found: Value | null = null;
  editAt(values, { left: index }, (value) => {
    found = value;
    return [value];
  });
  return found;
}

/** `values` with the one at `place.left` (in order of writing) exchanged. */
function editAt(values: readonly Value[], place: { left: number }, edit: (value: Value) => readonly Value[]): readonly Value[] {
  const edited: Value[] = [];
  for (const value of values) {
    if (place.left < 0) edited.push(value);
    else if (place.left-- === 0) edited.push(...edit(value));
    else edited.push(value.members ? { ...value, members: editAt(value.members, place, edit) } : value);
  }
  return edited;
}

const EMPTY: Bytes = new Uint8Array(0);
/** Mutants beyond are not tried: none is made that is far beyond. */
const MANY_OCTETS = 1 << 20;
const TAGS = [
  0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x0c, 0x13, 0x16, 0x17, 0x18, 0x1e, 0x24, 0x30, 0x31, 0x80, 0x82, 0x86, 0xa0, 0xa1, 0xa2, 0xa3,
];
const LENGTHS: readonly Bytes[] = [
  [0x80],
  [0xff],
  [0x84, 0xff, 0xff, 0xff, 0xff],
  [0x84, 0x7f, 0xff, 0xff, 0xff],
  [0x88, 0, 0, 0, 1, 0, 0, 0, 0],
  [0x81, 0x00],
].map((octets) => Uint8Array.from(octets));
const CONTENTS: readonly Bytes[] = [
  [0x00],
  [0x7f],
  [0x80],
  [0xff],
  [0x00, 0x00],
  [0xff, 0xff],
  [0x80, 0x01],
  Array.from({ length: 21 }, () => 0x7f),
  Array.from({ length: 300 }, () => 0xff),
  [0x30, 0x80, 0x00, 0x00],
  [...'20491231235960Z'].map((letter) => letter.charCodeAt(0)),
  [...'000229000000Z'].map((letter) => letter.charCodeAt(0)),
  [...'99991231235959.999999999Z'].map((letter) => letter.charCodeAt(0)),
  [0x2a, 0x86, 0x48],
].map((octets) => Uint8Array.from(octets));
