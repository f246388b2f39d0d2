/** Blocks of PEM text (RFC 7468) in test files, by label and in order. */
import { fromBase64 } from '../../src/base/text.ts';

export interface PemBlock {
  readonly label: string;
  readonly bytes: Uint8Array;
}

/** Every block whose contents are base64; text around the blocks is commentary. */
export function pemBlocks(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  for (const [, label, body] of text.matchAll(/-----BEGIN ([A-Z0-9_ ]+)-----\r?\n([^-]*)-----END \1-----/g)) {
    const bytes = fromBase64(body ?? '');
    if (label !== undefined && bytes) blocks.push({ label, bytes });
  }
  return blocks;
}
