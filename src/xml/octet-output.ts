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
  /** What of that range is to stand elsewhere in it: three numbers each, as {@link move} has them. */
  private moves: Int32Array = NO_MOVES;
  private moved = 0;
  private readonly write: (piece: Bytes) => void;

  /** `write` gets pieces that it must use or copy before it returns; `expected`: about how many octets there will be. */
  constructor(write: (piece: Bytes) => void, expected = CAPACITY) {
    this.write = write;
    this.buffer = expected < SMALL ? new Uint8Array(Math.max(LEAST, expected)) : (spare ?? new Uint8Array(CAPACITY));
    if (this.buffer === spare) spare = null;
  }

  octet(value: number): void {
    if (this.end > this.start) this.copyRange();
    if (this.length === this.buffer.length) this.handOn();
    this.buffer[this.length++] = value;
  }

  /** Octets `[start, end)` of an array that does not change. */
  range(bytes: Bytes, start: number, end: number): void {
    if (bytes === this.source && start === this.end && (this.moved === 0 || end - this.start <= this.buffer.length)) {
      this.end = end;
      return;
    }
    if (this.end > this.start) this.copyRange();
    this.source = bytes;
    this.start = start;
    this.end = end;
  }

  /**
   * Puts octets `[start, end)` of the range just handed in at `to` of it, in place of others, which are to be moved in their turn.
   * They and those that they take the place of are no more than the output expects.
   */
  move(to: number, start: number, end: number): void {
    if (this.moved === 0 && this.end - this.start > this.buffer.length) {
      const before = Math.min(to, start);
      this.copy(this.source, this.start, before);
      this.start = before;
    }
    if (this.moved + 3 > this.moves.length) this.growMoves();
    const { moves } = this;
    moves[this.moved++] = to;
    moves[this.moved++] = start;
    moves[this.moved++] = end;
  }

  private copyRange(): void {
    const { source, start, end, moves, moved, buffer } = this;
    this.start = end;
    if (moved === 0) {
      if (end - start < DIRECT) return this.copy(source, start, end);
      this.handOn();
      return this.write(source.subarray(start, end));
    }
    this.copy(source, start, end);
    const shift = this.length - end;
    for (let i = 0; i < moved; i += 3) {
      let place = (moves[i] as number) + shift;
      const until = moves[i + 2] as number;
      for (let at = moves[i + 1] as number; at < until; ) buffer[place++] = source[at++] as number;
    }
    this.moved = 0;
  }

  private growMoves(): void {
    const { moves } = this;
    this.moves = moves === NO_MOVES && spareMoves !== null ? spareMoves : new Int32Array(Math.max(FEW_MOVES, moves.length * 2));
    if (this.moves === spareMoves) spareMoves = null;
    this.moves.set(moves);
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
    // An encoder costs more than a few characters.
    const plain = text.length < 64 && !WIDE.test(text);
    if (!plain) return this.bytes(utf8(text));
    for (let i = 0; i < text.length; i++) this.octet(text.charCodeAt(i));
  }

  /** Hands on what is left. Nothing is written after it. */
  flush(): void {
    if (this.end > this.start) this.copyRange();
    this.handOn();
    if (this.buffer.length === CAPACITY) spare = this.buffer;
    if (this.moves !== NO_MOVES) spareMoves = this.moves;
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
/** Of what is expected, in octets: below, a buffer of its own size; else the one that the output before has left. */
const SMALL = 1 << 12;
let spare: Bytes | null = null;
const NO_MOVES = new Int32Array(0);
const FEW_MOVES = 3 * 256;
/** What the output before has left: as many moves as have been due in one buffer. */
let spareMoves: Int32Array | null = null;
/** A character that is no octet of UTF-8 by itself. */
const WIDE = /[^\0-\x7f]/;
/** A range of so many octets is handed on where it stands. */
const DIRECT = 1 << 14;
