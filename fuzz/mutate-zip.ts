/** Mutations of a ZIP: octets anywhere, or of the content of one entry in an archive that is put right around it. */
import { type Bytes, concat } from '../src/base/bytes.ts';
import { Fault } from '../src/base/fault.ts';
import { orNull } from '../src/base/parsed.ts';
import { readZip } from '../src/zip/archive.ts';
import { readEntry } from '../src/zip/content.ts';
import { rewriteZip } from '../src/zip/write.ts';
import { mutateOctets } from './mutate-octets.ts';
import type { Random } from './random.ts';

export function mutateZip(bytes: Bytes, random: Random, other: Bytes): Bytes {
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
