/** Octets written one after another and handed on in pieces: a canonical form need not be in memory as a whole. */
import { type Bytes, concat, EMPTY } from '../base/bytes.ts';
import { utf8 } from '../base/text.ts';

/** A resource: a buffer that is handed on when full. */
export class OctetOutput {
  private readonly buffer: Bytes;
  private length = 0;
  /** A range that was handed in and is not copied yet: the next one may go on where it ends. */
  private source: Bytes = EMPTY;
  private start = 0;
  private end = 0;
  private readonly write: (piece: Bytes) => void;

  /** `write` gets pieces that it must use or copy before it returns; `expected`: about how many octets there will be. */
  constructor(write: (piece: Bytes) => void, expected = CAPACITY) {
    this.write = write;
    this.buffer = new Uint8Array(Math.min(CAPACITY, Math.max(LEAST, expected)));
  }

  octet(value: number): void {
    if (this.end > this.start) this.copyRange();
    if (this.length === this.buffer.length) this.handOn();
    this.buffer[this.length++] = value;
  }

  /** Octets `[start, end)` of an array that does not change. */
  range(bytes: Bytes, start: number, end: number): void {
    if (bytes === this.source && start === this.end) {
      this.end = end;
      return;
    }
    if (this.end > this.start) this.copyRange();
    this.source = bytes;
    this.start = start;
    this.end = end;
  }

  private copyRange(): void {
    const { source, start, end } = this;
    this.start = end;
    this.copy(source, start, end);
  }

  private copy(bytes: Bytes, start: number, end: number): void {
    const size = end - start;
    if (size > this.buffer.length - this.length) {
      this.handOn();
      if (size > this.buffer.length) return this.write(bytes.subarray(start, end));
    }
    // A call costs more than a few octets.
    if (size < 24) for (let at = start, to = this.length; at < end; ) this.buffer[to++] = bytes[at++] as number;
    else this.buffer.set(bytes.subarray(start, end), this.length);
    this.length += size;
  }

  bytes(bytes: Bytes): void {
    if (this.end > this.start) this.copyRange();
    this.copy(bytes, 0, bytes.length);
  }

  /** As UTF-8. */
  text(text: string): void {
    this.bytes(utf8(text));
  }

  flush(): void {
    if (this.end > this.start) this.copyRange();
    this.handOn();
  }

  private handOn(): void {
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
const LEAST = 256;
