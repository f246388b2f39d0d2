/** The two forms of a DSA or ECDSA value: DER (RFC 3279, 2.2.3) and r and s side by side (IEEE P1363; XMLDSig 1.1, 6.4.3). */
import { der, Reader } from '../asn1/index.ts';
import { type Bytes, concat } from '../base/bytes.ts';
import { attempt } from '../base/parsed.ts';

/** `Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }` of r and s side by side; null where the length is odd or nothing. */
export function ecdsaToDer(sideBySide: Bytes): Bytes | null {
  const half = sideBySide.length / 2;
  if (half === 0 || !Number.isInteger(half)) return null;
  return der.sequence(der.integer(sideBySide.subarray(0, half)), der.integer(sideBySide.subarray(half)));
}

/** r and s side by side, each in `length` octets (of the order), of a DER value; null where it is not DER or does not fit. */
export function ecdsaToP1363(value: Bytes, length: number): Bytes | null {
  const read = attempt(() => {
    const outer = Reader.over(value, 'Ecdsa-Sig-Value');
    const reader = outer.sequence();
    outer.finish();
    const halves = [fixed(reader.integerBytes(), length), fixed(reader.integerBytes(), length)] as const;
    reader.finish();
    return halves;
  });
  if (!read.ok) return null;
  const [r, s] = read.value;
  return r && s && concat([r, s]);
}

function fixed(integer: Bytes, length: number): Bytes | null {
  const magnitude = integer[0] === 0 ? integer.subarray(1) : integer;
  if (magnitude.length === 0 || (integer[0] as number) >= 0x80 || magnitude.length > length) return null;
  const padded = new Uint8Array(length);
  padded.set(magnitude, length - magnitude.length);
  return padded;
}
