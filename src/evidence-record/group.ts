/** Objects that belong together, as a record lists them: by their hashes, each once (RFC 4998, 4.2; RFC 6283, 3.2). */
import { type Bytes, compare } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { fromLatin1 } from '../base/text.ts';
import type { SignedContent } from '../cms/content.ts';
import type { DigestName } from '../crypto/names.ts';
import type { TimestampAuthority } from '../tsp/timestamp-authority.ts';

export interface RecordOptions {
  readonly timestamps: TimestampAuthority;
  /** Of the hash tree; default SHA-256. */
  readonly digest?: DigestName;
}

/** Throws `Fault` `bad-option` for none, or the same twice. */
export function distinctHashes(hashes: readonly Bytes[]): Bytes[] {
  if (hashes.length === 0) throw new Fault('bad-option', 'an evidence record needs an object to be over');
  if (new Set(hashes.map(fromLatin1)).size < hashes.length)
    throw new Fault('bad-option', 'two objects of an evidence record have the same content');
  return [...hashes].sort(compare);
}

/** Throws `Fault` `unsupported`. */
export function hashOf(content: SignedContent, name: DigestName): Bytes {
  const hash = content.digest(name);
  if (hash === null) throw new Fault('unsupported', `this runtime cannot compute ${name}`);
  return hash;
}
