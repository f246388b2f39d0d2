/** Snapshots and lists of the command line. */

import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import type { ListFile } from '../trust/collect.ts';
import { openSnapshot, type Snapshot, sharedOctets } from '../trust/snapshot.ts';
import { filesAt, readBytes } from './files.ts';

/** Throws `Fault` `io`, `malformed-input`. */
export function snapshotAt(path: string): Snapshot {
  const opened = openSnapshot(sharedOctets(readBytes(path)));
  if (!opened.ok) throw new Fault('malformed-input', `${path}: ${opened.malformed.reason}`);
  return opened.value;
}

/** Every file of a folder, unpacked where it is gzip. */
export function listFilesAt(path: string): ListFile[] {
  return filesAt(path).flatMap((file) => {
    const bytes = unpacked(readBytes(file), file);
    return looksLikeXml(bytes) ? [{ name: basename(file).replace(/\.gz$/i, ''), bytes, fetchedAt: null }] : [];
  });
}

function unpacked(bytes: Bytes, file: string): Bytes {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return new Uint8Array(gunzipSync(bytes, { maxOutputLength: LARGEST }));
  } catch {
    throw new Fault('malformed-input', `${file}: it cannot be unpacked`);
  }
}

const looksLikeXml = (bytes: Bytes): boolean => {
  const first = bytes.subarray(0, 256).find((octet) => octet > 0x20);
  return first === 0x3c || first === 0xef || first === 0xfe || first === 0xff;
};

const LARGEST = 1 << 27;
