/** Mutations of a ZIP: octets anywhere, fields of its headers, or the content of one entry in an archive that is put right around it. */
import { type Bytes, concat } from '../src/base/bytes.ts';
import { Fault } from '../src/base/fault.ts';
import { orNull } from '../src/base/parsed.ts';
import { readZip } from '../src/zip/archive.ts';
import { readEntry } from '../src/zip/content.ts';
import { rewriteZip } from '../src/zip/write.ts';
import { mutateOctets } from './mutate-octets.ts';
import type { Random } from './random.ts';

export function mutateZip(bytes: Bytes, random: Random, other: Bytes): Bytes {
  if (random.once(3)) return mutateHeaders(bytes, random, other);
  const archive = random.once(2) ? null : orNull(readZip(bytes));
  if (archive === null || archive.entries.length === 0) return mutateOctets(bytes, random, other);
  const { name, ...entry } = random.pick(archive.entries);
  const content = orNull(readEntry(archive, { name, ...entry }, 1 << 20));
  if (content === null) return mutateOctets(bytes, random, other);
  const added = random.once(8) ? `${name}x` : name;
  try {
    return concat([
      ...rewriteZip(archive, [{ name: added, content: mutateOctets(content, random, other) }], { time: 0, leaveOut: new Set([name]) }),
    ]);
  } catch (error) {
    if (error instanceof Fault) return mutateOctets(bytes, random, other);
    throw error;
  }
}

/** One field in one header, or the same one in both headers of an entry: what agrees with itself gets past the first comparison. */
function mutateHeaders(bytes: Bytes, random: Random, other: Bytes): Bytes {
  const archive = orNull(readZip(bytes));
  if (archive === null || archive.entries.length === 0) return mutateOctets(bytes, random, other);
  const copy = bytes.slice();
  const entry = random.pick(archive.entries);
  const central = centralAt(copy, entry.central);
  const [inLocal, inCentral, width] = random.pick(FIELDS);
  const value = Uint8Array.from({ length: width }, () => random.pick(OCTETS));
  const which = random.below(3);
  if (which !== 0) copy.set(value, Math.min(entry.start + inLocal, copy.length - width));
  if (which !== 1 && central >= 0) copy.set(value, Math.min(central + inCentral, copy.length - width));
  if (which === 2 && random.once(2)) {
    // A name of the same length, in both headers.
    const length = Math.max(1, copy[central + 28] ?? 1);
    const name = Uint8Array.from({ length }, () => random.pick(NAMES));
    if (entry.start + 30 + length < copy.length && central >= 0 && central + 46 + length < copy.length) {
      copy.set(name, entry.start + 30);
      copy.set(name, central + 46);
    }
  }
  return copy;
}

function centralAt(bytes: Bytes, header: Bytes): number {
  for (let at = bytes.length - header.length; at >= 0; at--)
    if (bytes[at] === header[0] && header.every((octet, i) => bytes[at + i] === octet)) return at;
  return -1;
}

/** Flags, method, time, checksum, sizes, lengths of name and extra: where they stand in both headers (4.3.7, 4.3.12), and their octets. */
const FIELDS = [
  [4, 6, 2],
  [6, 8, 2],
  [8, 10, 2],
  [10, 12, 4],
  [14, 16, 4],
  [18, 20, 4],
  [22, 24, 4],
  [26, 28, 2],
  [28, 30, 2],
] as const;
const OCTETS = [0, 1, 2, 8, 0x20, 0x28, 0x2d, 0x7f, 0x80, 0xfe, 0xff];
const NAMES = [0x2e, 0x2f, 0x2e, 0x5c, 0x3a, 0x61, 0x41, 0x20, 0xc3, 0x84];
