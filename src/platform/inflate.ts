/** Inflating by code of our own (RFC 1951): piece by piece what is too large to be held, and to its damage what is damaged; the runtime does neither at once. */
import { type Bytes, concat, EMPTY } from '../base/bytes.ts';
import { attempt, unreadable } from '../base/parsed.ts';
import { type Source, sourceOf } from '../base/source.ts';

/**
 * The octets of a deflated stream that takes exactly `length` octets of `source`, in pieces that are good until the next is asked
 * for. At most `limit` octets come out. Throws `Unreadable` on damage; a stream that ends before `length` or goes on after it is damaged.
 */
export function* inflatedPieces(source: Source, offset: number, length: number, limit: number): Generator<Bytes, void, void> {
  const input = new BitInput(source, offset, length);
  yield* inflated(input, new Output(limit, OUTPUT_PIECE));
  input.end();
}

/** How far a deflated stream could be read, and what came out; nothing where that was more than allowed. */
export interface Readable {
  readonly bytes: Bytes;
  readonly outcome: 'complete' | 'truncated' | 'corrupt' | 'limit';
  /** Octets after the end of the stream; 0 where that was not reached. */
  readonly left: number;
}

/** Inflates a stream in memory up to its end or its damage. */
export function readableDeflated(bytes: Bytes, limit: number): Readable {
  const input = new BitInput(sourceOf(bytes), 0, bytes.length);
  const output = new Output(limit, Math.min(OUTPUT_PIECE, Math.max(1024, 4 * bytes.length)));
  const pieces: Bytes[] = [];
  const whole = attempt(() => {
    for (const piece of inflated(input, output)) pieces.push(piece.slice());
  });
  if (output.overfull) return { bytes: EMPTY, outcome: 'limit', left: 0 };
  if (!whole.ok) for (const piece of output.flush(true)) pieces.push(piece.slice());
  const outcome = whole.ok ? 'complete' : input.cut ? 'truncated' : 'corrupt';
  return { bytes: concat(pieces), outcome, left: whole.ok ? input.rest : 0 };
}

function* inflated(input: BitInput, output: Output): Generator<Bytes, void, void> {
  for (let last = false; !last; ) {
    last = input.take(1) === 1;
    const kind = input.take(2);
    if (kind === 0) yield* stored(input, output);
    else if (kind === 1) yield* compressed(input, output, FIXED_LENGTHS, FIXED_DISTANCES);
    else if (kind === 2) yield* compressed(input, output, ...dynamicTables(input));
    else return input.damaged('a block of a type that does not exist');
  }
  yield* output.flush(true);
}

function* stored(input: BitInput, output: Output): Generator<Bytes, void, void> {
  input.align();
  const [length, complement] = [input.take(16), input.take(16)];
  if (length !== (complement ^ 0xffff)) input.damaged('a stored block whose lengths disagree');
  for (let left = length; left > 0; left--) {
    output.put(input.take(8), input);
    if (output.full) yield* output.flush(false);
  }
}

function* compressed(input: BitInput, output: Output, lengths: Huffman, distances: Huffman): Generator<Bytes, void, void> {
  for (;;) {
    const symbol = lengths.decode(input);
    if (symbol < 256) output.put(symbol, input);
    else if (symbol === 256) return;
    else copy(input, output, symbol - 257, distances);
    if (output.full) yield* output.flush(false);
  }
}

function copy(input: BitInput, output: Output, code: number, distances: Huffman): void {
  if (code >= LENGTH_BASE.length) input.damaged('a length that does not exist');
  const length = (LENGTH_BASE[code] as number) + input.take(LENGTH_EXTRA[code] as number);
  const far = distances.decode(input);
  if (far >= DISTANCE_BASE.length) input.damaged('a distance that does not exist');
  const distance = (DISTANCE_BASE[far] as number) + input.take(DISTANCE_EXTRA[far] as number);
  output.copy(distance, length, input);
}

function dynamicTables(input: BitInput): [Huffman, Huffman] {
  const [literals, distances, codes] = [input.take(5) + 257, input.take(5) + 1, input.take(4) + 4];
  if (literals > 286 || distances > 30) input.damaged('more codes than exist');
  const codeLengths = new Uint8Array(19);
  for (let i = 0; i < codes; i++) codeLengths[CODE_ORDER[i] as number] = input.take(3);
  const code = new Huffman(codeLengths, input, false);
  const lengths = new Uint8Array(literals + distances);
  for (let at = 0; at < lengths.length; ) {
    const symbol = code.decode(input);
    if (symbol < 16) lengths[at++] = symbol;
    else {
      if (symbol === 16 && at === 0) input.damaged('a repeated length where there is none before');
      const value = symbol === 16 ? (lengths[at - 1] as number) : 0;
      const count = symbol === 16 ? 3 + input.take(2) : symbol === 17 ? 3 + input.take(3) : 11 + input.take(7);
      if (at + count > lengths.length) input.damaged('more lengths than codes');
      lengths.fill(value, at, at + count);
      at += count;
    }
  }
  if (lengths[256] === 0) input.damaged('a block without end');
  return [new Huffman(lengths.subarray(0, literals), input, false), new Huffman(lengths.subarray(literals), input, true)];
}

/** A canonical code (3.2.2): short codes by a table, long ones bit by bit, so that building costs little for each block. */
class Huffman {
  private readonly counts = new Uint16Array(16);
  private readonly symbols: Uint16Array;
  /** `symbol << 4 | length` by the next bits; 0 where the code is longer. */
  private readonly table = new Uint16Array(1 << TABLE_BITS);

  constructor(lengths: Uint8Array, input: BitInput | null, mayBeOne: boolean) {
    const { counts, table } = this;
    for (const length of lengths) counts[length] = (counts[length] as number) + 1;
    const used = lengths.length - (counts[0] as number);
    counts[0] = 0;
    this.symbols = new Uint16Array(used);
    const offsets = new Uint16Array(16);
    const next = new Uint16Array(16);
    let left = 1;
    for (let length = 1; length < 16; length++) {
      const count = counts[length] as number;
      left = left * 2 - count;
      if (left < 0) input?.damaged('a code with too many words');
      offsets[length] = (offsets[length - 1] as number) + (counts[length - 1] as number);
      next[length] = ((next[length - 1] as number) + (counts[length - 1] as number)) << 1;
    }
    // Incomplete codes: one distance code of one bit, or none at all (3.2.7), and nothing else.
    if (left > 0 && !(mayBeOne && (used === 0 || (used === 1 && counts[1] === 1)))) input?.damaged('a code with words missing');
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      const length = lengths[symbol] as number;
      if (length === 0) continue;
      this.symbols[offsets[length] as number] = symbol;
      offsets[length] = (offsets[length] as number) + 1;
      const code = next[length] as number;
      next[length] = code + 1;
      if (length > TABLE_BITS) continue;
      for (let at = reversed(code, length); at < table.length; at += 1 << length) table[at] = (symbol << 4) | length;
    }
  }

  decode(input: BitInput): number {
    const entry = this.table[input.peek(TABLE_BITS)] as number;
    if (entry !== 0) {
      input.skip(entry & 15);
      return entry >> 4;
    }
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length < 16; length++) {
      code |= input.take(1);
      const count = this.counts[length] as number;
      if (code - count < first) return this.symbols[index + (code - first)] as number;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return input.damaged('a word that is in no code');
  }
}

function reversed(code: number, length: number): number {
  let mirror = 0;
  for (let i = 0; i < length; i++) mirror |= ((code >> i) & 1) << (length - 1 - i);
  return mirror;
}

/** Bits of the input, the lowest of each octet first. */
class BitInput {
  private readonly source: Source;
  private readonly offset: number;
  private left: number;
  private at: number;
  private chunk: Bytes;
  private readonly memory: Bytes;
  private in = 0;
  private bits = 0;
  private count = 0;
  /** More was asked for than there is. */
  cut = false;

  constructor(source: Source, offset: number, length: number) {
    this.source = source;
    this.offset = offset;
    this.at = offset;
    this.left = length;
    this.memory = new Uint8Array(source.readInto ? INPUT_PIECE : 0);
    this.chunk = this.next();
  }

  /** The next bits without taking them; zeros after the end. */
  peek(count: number): number {
    while (this.count < count) {
      if (this.in === this.chunk.length) {
        if (this.left === 0) break;
        this.chunk = this.next();
        this.in = 0;
      }
      this.bits |= (this.chunk[this.in++] as number) << this.count;
      this.count += 8;
    }
    return this.bits & ((1 << count) - 1);
  }

  skip(count: number): void {
    if (count > this.count) {
      this.cut = true;
      this.damaged('it is cut short');
    }
    this.bits >>>= count;
    this.count -= count;
  }

  /** At most 16 bits. */
  take(count: number): number {
    const value = this.peek(count);
    this.skip(count);
    return value;
  }

  align(): void {
    this.skip(this.count & 7);
  }

  /** What is left must be the rest of the last octet. */
  end(): void {
    if (this.rest > 0) this.damaged('it goes on after its end');
  }

  /** Whole octets that were not taken. */
  get rest(): number {
    return (this.count >> 3) + this.chunk.length - this.in + this.left;
  }

  damaged(reason: string): never {
    return unreadable('deflated data', this.offset, reason);
  }

  private next(): Bytes {
    const wanted = Math.min(this.left, INPUT_PIECE);
    const read = this.source.readInto?.(this.at, this.memory.subarray(0, wanted));
    const chunk = read === undefined ? this.source.read(this.at, wanted) : this.memory.subarray(0, read);
    if (chunk.length === 0 && this.left > 0) this.damaged('it is cut short');
    this.at += chunk.length;
    this.left -= chunk.length;
    return chunk;
  }
}

/** What came out: the last 32 KiB stay, for copies from there. */
class Output {
  private readonly buffer: Bytes;
  private readonly piece: number;
  private at = 0;
  private flushed = 0;
  private left: number;

  /** `piece`: octets of one piece, about. */
  constructor(limit: number, piece: number) {
    this.left = limit;
    this.piece = piece;
    this.buffer = new Uint8Array(WINDOW + piece + LONGEST_COPY);
  }

  get full(): boolean {
    return this.at >= WINDOW + this.piece;
  }

  /** More came out than may. */
  get overfull(): boolean {
    return this.left < 0;
  }

  put(octet: number, input: BitInput): void {
    if (--this.left < 0) input.damaged('it is larger than it may be');
    this.buffer[this.at++] = octet;
  }

  copy(distance: number, length: number, input: BitInput): void {
    if (distance > this.at) input.damaged('a copy from before the beginning');
    this.left -= length;
    if (this.left < 0) input.damaged('it is larger than it may be');
    const { buffer } = this;
    let to = this.at;
    for (const end = to + length; to < end; to++) buffer[to] = buffer[to - distance] as number;
    this.at = to;
  }

  *flush(all: boolean): Generator<Bytes, void, void> {
    if (this.at > this.flushed) yield this.buffer.subarray(this.flushed, this.at);
    if (all) return;
    this.buffer.copyWithin(0, this.at - WINDOW, this.at);
    this.at = WINDOW;
    this.flushed = WINDOW;
  }
}

const WINDOW = 1 << 15;
const OUTPUT_PIECE = 1 << 18;
const INPUT_PIECE = 1 << 16;
const LONGEST_COPY = 258;
const TABLE_BITS = 10;
const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385,
  24577,
];
const DISTANCE_EXTRA = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
/** 3.2.6: 30 and 31 never occur but take part in the code. */
const FIXED_LENGTHS = new Huffman(
  Uint8Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)),
  null,
  false,
);
const FIXED_DISTANCES = new Huffman(new Uint8Array(32).fill(5), null, false);
