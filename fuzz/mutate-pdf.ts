/** Mutations of PDF text: numbers, keywords, names, whole objects, beside those of octets (ISO 32000-2, 7). */
import { type Bytes, concat } from '../src/base/bytes.ts';
import { latin1 } from '../src/base/text.ts';
import { mutateOctets } from './mutate-octets.ts';
import type { Random } from './random.ts';

/** A mutant of `bytes`; `other` lends parts. */
export function mutatePdf(bytes: Bytes, random: Random, other: Bytes): Bytes {
  let mutant = bytes;
  for (let rounds = 1 + random.below(4); rounds > 0; rounds--) {
    const mutate = random.once(4) ? mutateOctets : random.pick(PDF_MUTATIONS);
    mutant = mutate(mutant, random, other);
  }
  return mutant;
}

type PdfMutation = (bytes: Bytes, random: Random, other: Bytes) => Bytes;

const PDF_MUTATIONS: readonly PdfMutation[] = [
  /* another number */ (bytes, random) => exchange(bytes, tokenAt(bytes, random, isDigit), random.pick(NUMBERS)),
  /* a number near by */ (bytes, random) => {
    const place = tokenAt(bytes, random, isDigit);
    if (!place) return bytes;
    const value = Number(String.fromCharCode(...bytes.subarray(place[0], Math.min(place[1], place[0] + 15))));
    return exchange(bytes, place, String(value + random.pick([-10, -1, 1, 10])));
  },
  /* another word */ (bytes, random) => exchange(bytes, tokenAt(bytes, random, isLetter), random.pick(WORDS)),
  /* a word put in */ (bytes, random) => {
    const at = random.below(bytes.length + 1);
    return concat([bytes.subarray(0, at), latin1(` ${random.pick(WORDS)} `), bytes.subarray(at)]);
  },
  /* brackets upon brackets */ (bytes, random) => {
    const at = random.below(bytes.length + 1);
    const many = random.once(10) ? 5000 : 1 + random.below(4);
    return concat([
      bytes.subarray(0, at),
      latin1(random.pick(['[', '<<', '(', '<< /A ', '>>', ']', '<', '%']).repeat(many)),
      bytes.subarray(at),
    ]);
  },
  /* an object from here or there, somewhere */ (bytes, random, other) => {
    const object = objectAt(random.once(2) ? bytes : other, random);
    const at = random.below(bytes.length + 1);
    return object ? concat([bytes.subarray(0, at), object, bytes.subarray(at)]) : bytes;
  },
  /* without an object */ (bytes, random) => {
    const object = objectAt(bytes, random);
    if (!object) return bytes;
    const at = object.byteOffset - bytes.byteOffset;
    return concat([bytes.subarray(0, at), bytes.subarray(at + object.length)]);
  },
  /* an update behind it */ (bytes, random, other) => {
    const object = objectAt(random.once(3) ? other : bytes, random);
    const trailer = `\nxref\n0 1\n0000000000 65535 f \n${random.below(30)} 1\n${String(bytes.length).padStart(10, '0')} 00000 n \ntrailer\n<< /Size ${random.pick(NUMBERS)} /Prev ${random.pick(NUMBERS)} /Root ${random.below(10)} 0 R >>\nstartxref\n`;
    const at = bytes.length + (object?.length ?? 0) + 1;
    return concat([
      bytes,
      object ?? latin1('7 0 obj null endobj'),
      latin1(`${trailer}${random.once(3) ? random.pick(NUMBERS) : at}\n%%EOF\n`),
    ]);
  },
  /* the end of another */ (bytes, random, other) => concat([bytes, other.subarray(random.below(other.length + 1))]),
];

/** A run of such octets near a random place. */
function tokenAt(bytes: Bytes, random: Random, fits: (octet: number) => boolean): readonly [number, number] | null {
  let from = random.below(bytes.length);
  for (let steps = 0; steps < 2000 && from < bytes.length && !fits(bytes[from] as number); steps++) from++;
  if (from >= bytes.length || !fits(bytes[from] as number)) return null;
  while (from > 0 && fits(bytes[from - 1] as number)) from--;
  let to = from;
  while (to < bytes.length && to < from + 40 && fits(bytes[to] as number)) to++;
  return [from, to];
}

/** From `N G obj` to `endobj`, searched from a random place. */
function objectAt(bytes: Bytes, random: Random): Bytes | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = buffer.indexOf(' obj', random.below(bytes.length));
  if (word < 0) return null;
  let from = word;
  while (from > 0 && (isDigit(bytes[from - 1] as number) || bytes[from - 1] === 0x20)) from--;
  const end = buffer.indexOf('endobj', word);
  return end < 0 ? null : bytes.subarray(from, end + 7);
}

const exchange = (bytes: Bytes, place: readonly [number, number] | null, by: string): Bytes =>
  place ? concat([bytes.subarray(0, place[0]), latin1(by), bytes.subarray(place[1])]) : bytes;

const isDigit = (octet: number): boolean => octet >= 0x30 && octet <= 0x39;
const isLetter = (octet: number): boolean => (octet >= 0x41 && octet <= 0x5a) || (octet >= 0x61 && octet <= 0x7a) || octet === 0x2f;
const NUMBERS = [
  '0',
  '1',
  '-1',
  '2',
  '15',
  '255',
  '65535',
  '65536',
  '2147483647',
  '4294967296',
  '99999999999999999999',
  '0.5',
  '1e9',
  '00',
  '+3',
];
const WORDS = [
  'obj',
  'endobj',
  'stream',
  'endstream',
  'xref',
  'trailer',
  'startxref',
  'R',
  'null',
  'true',
  '/Prev',
  '/XRefStm',
  '/Type/XRef',
  '/Type/ObjStm',
  '/Type/Sig',
  '/FT/Sig',
  '/Kids',
  '/Parent',
  '/W[1 2 1]',
  '/W[8 8 8]',
  '/Index[0 1000000]',
  '/N 1000000',
  '/First 0',
  '/Length',
  '/Filter/FlateDecode',
  '/Filter[/ASCIIHexDecode/ASCIIHexDecode]',
  '/DecodeParms<</Predictor 12/Columns 1000000>>',
  '/Extends',
  '/Size 10000000',
  '/Root',
  '/Contents',
  '/ByteRange[0 1 2 3]',
  '/AcroForm',
  '/Annots',
  '/DSS',
  '%%EOF',
  'f',
  'n',
];
