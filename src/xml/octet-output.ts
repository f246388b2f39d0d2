/** Octets written one after another and handed on in pieces: a canonical form need not be in memory as a whole. */
import { type Bytes, concat } from '../base/bytes.ts';
import { utf8 } from '../base/text.ts';

/** A resource: a buffer that is handed on when full. */
export class OctetOutput {
  private readonly buffer = new Uint8Array(CAPACITY);
  private length = 0;
  private readonly write: (piece: Bytes) => void;

  /** `write` gets pieces that it must use or copy before it returns. */
  constructor(write: (piece: Bytes) => void) {
    this.write = write;
  }

  octet(value: number): void {
    if (this.length === CAPACITY) this.flush();
    this.buffer[this.length++] = value;
  }

  /** Octets `[start, end)` of an array. */
  range(bytes: Bytes, start: number, end: number): void {
    const size = end - start;
    if (size > CAPACITY - this.length) {
      this.flush();
      if (size > CAPACITY) return this.write(bytes.subarray(start, end));
    }
    // A call costs more than a few octets.
    if (size < 24) for (let at = start, to = this.length; at < end; ) this.buffer[to++] = bytes[at++] as number;
    else this.buffer.set(bytes.subarray(start, end), this.length);
    this.length += size;
  }

  bytes(bytes: Bytes): void {
    this.range(bytes, 0, bytes.length);
  }

  /** As UTF-8. */
  text(text: string): void {
    this.bytes(utf8(text));
  }

  flush(): void {
    if (this.length > 0) this.write(this.buffer.subarray(0, this.length));
    this.length = 0;
  }
}

/** All pieces of what `produce` writes, joined. */
export function collected(produce: (write: (piece: Bytes) => void) => void): Bytes {
  const pieces: Bytes[] = [];
  produce((piece) => void pieces.push(piece.slice()));
  return concat(pieces);
}

const CAPACITY = 1 << 16;
