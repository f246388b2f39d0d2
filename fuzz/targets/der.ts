/** Any BER or DER (X.690). */
import { toDer } from '../../src/asn1/canonical.ts';
import { checkEncoding } from '../../src/asn1/check.ts';
import { Reader } from '../../src/asn1/index.ts';
import { type Bytes, equal } from '../../src/base/bytes.ts';
import { attempt, type Parsed } from '../../src/base/parsed.ts';
import type { Target } from '../target.ts';

export const derTarget: Target = {
  name: 'der',
  what: 'any BER or DER value',
  clause: 'X.690, 8 to 11',
  format: 'der',
  seeds: [
    { folder: 'asn1-odd/tlv', endings: ['.bin', '.der', '.ber'], most: 80 },
    { folder: 'asn1-odd', endings: ['.der', '.p7m', '.p7s', '.tsr', '.crl', '.bin'], most: 120 },
    { folder: 'pkits', endings: ['.crt', '.crl'], most: 60 },
  ],
  longest: 32_768,
  milliseconds: 200,
  read: (input) => [checkEncoding(input), canonical(input), values(input, 'DER'), values(input, 'BER')],
  check: (input) => {
    const encoding = checkEncoding(input);
    const der = canonical(input);
    if (encoding === 'der' && der.ok && !equal(der.value, input)) return 'DER whose DER encoding is another';
    const asDer = values(input, 'DER');
    if (encoding === 'der' && !asDer.ok && !isTooDeep(asDer)) return 'DER that the reader of DER refuses';
    if (typeof encoding !== 'object' && !der.ok && !isTooDeep(der)) return `BER that cannot be turned into DER: ${der.malformed.reason}`;
    if (der.ok && !equal(toDer(der.value, 'DER'), der.value)) return 'the DER encoding is not that of itself';
    return null;
  },
};

const canonical = (input: Bytes): Parsed<Bytes> => attempt(() => toDer(input, 'fuzzed value'));

/** Every value of the input, all the way down, by the reader that parsers use. */
const values = (input: Bytes, rules: 'DER' | 'BER'): Parsed<number> =>
  attempt(() => {
    const reader = Reader.over(input, 'fuzzed value', rules);
    const count = descend(reader);
    reader.finish();
    return count;
  });

function descend(reader: Reader): number {
  let count = 0;
  while (!reader.done) {
    const element = reader.any();
    count++;
    if ((element.tag & 0x20) !== 0) count += descend(reader.enter(element));
    else reader.content(element);
  }
  return count;
}

/** The reader of parsers stops at a depth that no structure needs; `checkEncoding` goes on. */
const isTooDeep = (read: Parsed<unknown>): boolean => !read.ok && read.malformed.reason.startsWith('nested deeper');
