/** A prepared signature as a JSON file: octets as base64, so that the second half can run elsewhere or later. */
import { Fault } from '../base/fault.ts';
import { fromBase64, toBase64, utf8 } from '../base/text.ts';
import type { Prepared } from '../sign.ts';
import { readText } from './files.ts';

export function encodeDraft(prepared: Prepared): Uint8Array {
  const packed = JSON.stringify({ adeskit: VERSION, prepared }, (_, value: unknown) =>
    value instanceof Uint8Array ? { base64: toBase64(value) } : value,
  );
  return utf8(`${packed}\n`);
}

/** Throws `Fault` `malformed-input` where the file is not one that `prepare` wrote. */
export function readDraft(path: string): Prepared {
  let read: { adeskit?: unknown; prepared?: Prepared };
  try {
    read = JSON.parse(readText(path), (_, value: unknown) => unpacked(value)) as typeof read;
  } catch (cause) {
    throw new Fault('malformed-input', `${path} is no file that 'adeskit prepare' wrote`, { cause });
  }
  const { prepared } = read;
  if (read.adeskit !== VERSION || !(prepared?.toBeSigned instanceof Uint8Array) || typeof prepared.draft !== 'object') {
    throw new Fault('malformed-input', `${path} is no file that this version of 'adeskit prepare' wrote`);
  }
  return prepared;
}

function unpacked(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('base64' in value) || typeof value.base64 !== 'string') return value;
  const bytes = fromBase64(value.base64);
  if (bytes === null) throw new Error('not base64');
  return bytes;
}

const VERSION = 1;
