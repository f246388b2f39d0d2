/** Public keys from SubjectPublicKeyInfo (RFC 5280, 4.1.2.7; RFC 3279, 5480, 8410, 9881, 9909), refused where they are unfit. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { der, Reader, TAG } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import { attempt, unreadable } from '../base/parsed.ts';
import { fromLatin1 } from '../base/text.ts';
import type { DigestName, KeyKind, PssParameters } from './names.ts';
import { readPssParameters } from './pss.ts';
import { CURVES, KEY_OIDS, SIGNATURES } from './table.ts';

export interface PublicKey {
  readonly kind: KeyKind;
  /** Of the RSA or DSA modulus, of the curve's order, of the EdDSA field; for ML-DSA and SLH-DSA of the public key's encoding. */
  readonly bits: number;
  /** Name of the curve of an EC key. */
  readonly curve: string | null;
  /** What an RSASSA-PSS key restricts its signatures to (RFC 4055, 3.3); null: nothing. */
  readonly restriction: { readonly digest: DigestName; readonly pss: PssParameters } | null;
  /** How its encoding departs from the standard, though it can be read; null where it does not. */
  readonly deviation: string | null;
  /** Contents of subjectPublicKey. */
  readonly encoded: Bytes;
  readonly keyObject: KeyObject;
}

/** Why there is no key: `invalid` is wrong in itself, `unsupported` may be right. */
export type NoKey = 'invalid' | 'unsupported';

/** The key, or null where it is invalid or unsupported. */
export function publicKey(spki: Bytes): PublicKey | null {
  const key = readPublicKey(spki);
  return typeof key === 'string' ? null : key;
}

/**
 * The key, or why not. What was read is kept for as long as the array lives, so asking again is free; the last keys are kept by
 * their content too, since the same authorities stand in document after document.
 */
export function readPublicKey(spki: Bytes): PublicKey | NoKey {
  const known = KEYS.get(spki);
  if (known !== undefined) return known;
  const key = spki.length <= LONGEST_KEPT ? recent(spki) : fresh(spki);
  KEYS.set(spki, key);
  return key;
}

function recent(spki: Bytes): PublicKey | NoKey {
  const content = fromLatin1(spki);
  const key = RECENT.get(content) ?? fresh(spki);
  // Set anew, the entry is the youngest; the oldest goes.
  RECENT.delete(content);
  RECENT.set(content, key);
  if (RECENT.size > KEPT) RECENT.delete(RECENT.keys().next().value ?? '');
  return key;
}

function fresh(spki: Bytes): PublicKey | NoKey {
  const read = attempt(() => parse(spki));
  return read.ok ? read.value : 'invalid';
}

/** A DSA key without parameters of its own completed by those of its issuer (RFC 3279, 2.3.2); null where that does not apply. */
export function inheritDsaParameters(spki: Bytes, issuer: Bytes): Bytes | null {
  const completed = attempt(() => {
    const own = parts(spki);
    const from = parts(issuer);
    if (own.oid !== KEY_OIDS.DSA || own.parameters !== null || from.oid !== KEY_OIDS.DSA || from.parameters === null) return null;
    return der.sequence(der.sequence(der.oid(own.oid), from.parameters), der.bitString(own.key));
  });
  return completed.ok ? completed.value : null;
}

interface Parts {
  readonly oid: string;
  /** DER, null where absent. */
  readonly parameters: Bytes | null;
  readonly key: Bytes;
}

/** `SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }` */
function parts(spki: Bytes): Parts {
  const outer = Reader.over(spki, 'SubjectPublicKeyInfo');
  const reader = outer.sequence();
  outer.finish();
  const algorithm = reader.sequence('AlgorithmIdentifier');
  const oid = algorithm.oid();
  const parameters = algorithm.done ? null : algorithm.raw(algorithm.any());
  algorithm.finish();
  const { unused, bytes: key } = reader.bitString();
  reader.finish();
  if (unused !== 0) unreadable('SubjectPublicKeyInfo', 0, 'subjectPublicKey of no whole octets');
  return { oid, parameters, key };
}

function parse(spki: Bytes): PublicKey | NoKey {
  const found = parts(spki);
  switch (found.oid) {
    case KEY_OIDS.RSA:
      // NULL is required (RFC 3279, 2.3.1); absent is common enough to be read.
      if (found.parameters !== null && !isNull(found.parameters)) return 'invalid';
      return rsaKey(spki, found);
    case KEY_OIDS['RSASSA-PSS']:
      return pssKey(spki, found);
    case KEY_OIDS.DSA:
      return found.parameters === null ? 'unsupported' : imported(spki, found, 'DSA', dsaBits(found.parameters));
    case KEY_OIDS.EC:
      return ecKey(spki, found);
    default:
      return octetKey(spki, found);
  }
}

/**
 * A modulus written without the leading zero octet reads as a negative number, one with a superfluous zero is no DER. Cards of a
 * national scheme carry such certificates; the octets leave no doubt which key is meant, so it is read and told as a deviation.
 */
function rsaKey(spki: Bytes, found: Parts): PublicKey | NoKey {
  const outer = Reader.over(found.key, 'RSAPublicKey');
  const reader = outer.sequence();
  outer.finish();
  const modulus = reader.content(reader.element(TAG.INTEGER, 'INTEGER'));
  const exponent = reader.raw(reader.any());
  reader.finish();
  const [first = 0, second = 0] = modulus;
  const padded = modulus.length > 1 && first === 0 && second < 0x80;
  // Only a modulus that fills its octets lost nothing but the zero.
  const negative = first >= 0x80 && modulus.length % 16 === 0;
  if (!padded && !negative) return imported(spki, found, 'RSA', rsaBits(found.key));
  const key = der.sequence(der.integer(padded ? modulus.subarray(1) : modulus), exponent);
  const repaired = der.sequence(der.sequence(der.oid(found.oid), der.NULL), der.bitString(key));
  const deviation = padded ? 'the RSA modulus is written with a superfluous zero' : 'the RSA modulus is written as a negative number';
  return imported(repaired, { ...found, key }, 'RSA', rsaBits(key), { deviation });
}

/** `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }`: bits of the modulus. */
function rsaBits(key: Bytes): number {
  const outer = Reader.over(key, 'RSAPublicKey');
  const reader = outer.sequence();
  outer.finish();
  const modulus = reader.integerBytes();
  const exponent = reader.integerBytes();
  reader.finish();
  const bits = bitLength(modulus);
  if (bits < 512 || bits > MAXIMUM_MODULUS || !isOdd(modulus)) unreadable('RSAPublicKey', 0, 'modulus too short, too long or even');
  if (!isOdd(exponent) || bitLength(exponent) < 2 || bitLength(exponent) > bits)
    unreadable('RSAPublicKey', 0, 'public exponent even, 1 or too long');
  return bits;
}

/** The parameters restrict signatures; the runtime is given them too, and they must be readable (RFC 4055, 1.2 and 3.3). */
function pssKey(spki: Bytes, found: Parts): PublicKey | NoKey {
  const { parameters } = found;
  const bits = rsaBits(found.key);
  if (parameters === null) return imported(spki, found, 'RSASSA-PSS', bits);
  const read = attempt(() => readPssParameters(Reader.over(parameters, 'RSASSA-PSS-params')));
  if (!read.ok) return 'unsupported';
  return imported(spki, found, 'RSASSA-PSS', bits, { restriction: read.value });
}

/** `Dss-Parms ::= SEQUENCE { p INTEGER, q INTEGER, g INTEGER }`: bits of p. */
function dsaBits(parameters: Bytes): number {
  const outer = Reader.over(parameters, 'Dss-Parms');
  const reader = outer.sequence();
  outer.finish();
  const [p, q, g] = [reader.integerBytes(), reader.integerBytes(), reader.integerBytes()];
  reader.finish();
  const bits = bitLength(p);
  if (bits < 512 || bits > MAXIMUM_DSA || !isOdd(p)) unreadable('Dss-Parms', 0, 'p too short, too long or even');
  if (![160, 224, 256].includes(bitLength(q)) || !isOdd(q)) unreadable('Dss-Parms', 0, 'q of a length that DSA does not have');
  if (bitLength(g) < 2 || bitLength(g) > bits) unreadable('Dss-Parms', 0, 'g out of range');
  return bits;
}

/** Named curves only (RFC 5480, 2.1.1): explicit parameters may describe a curve for which anyone knows the key (CVE-2020-0601). */
function ecKey(spki: Bytes, found: Parts): PublicKey | NoKey {
  const { parameters, key } = found;
  if (parameters === null || parameters[0] !== TAG.OID) return 'unsupported';
  const oid = Reader.over(parameters, 'ECParameters').oid();
  const curve = CURVES.find((one) => one.oid === oid);
  if (curve === undefined) return 'unsupported';
  // Uncompressed or compressed, never hybrid, never the point at infinity; the runtime checks that the point is on the curve.
  if (![2, 3, 4].includes(key[0] ?? 0)) return 'invalid';
  return imported(spki, found, 'EC', curve.bits, { curve: curve.name });
}

/** Keys whose identifier says everything: no parameters, a fixed length. */
function octetKey(spki: Bytes, found: Parts): PublicKey | NoKey {
  const { oid, parameters, key } = found;
  const kind = KIND_BY_OID.get(oid);
  if (kind === undefined) return 'unsupported';
  if (parameters !== null || key.length !== octetsOf(kind)) return 'invalid';
  const bits = kind === 'Ed25519' ? 256 : kind === 'Ed448' ? 456 : key.length * 8;
  const read = imported(spki, found, kind, bits);
  // Any octets of the right number are a key of these kinds: where the runtime takes none, it does not know the kind.
  return read === 'invalid' ? 'unsupported' : read;
}

/** Length of a public key: RFC 8032, 5.1.5 and 5.2.5; FIPS 204, table 2; FIPS 205, table 2. */
function octetsOf(kind: KeyKind): number {
  switch (kind) {
    case 'Ed25519':
      return 32;
    case 'Ed448':
      return 57;
    case 'ML-DSA-44':
      return 1312;
    case 'ML-DSA-65':
      return 1952;
    case 'ML-DSA-87':
      return 2592;
    default:
      return kind.includes('-128') ? 32 : kind.includes('-192') ? 48 : 64;
  }
}

function imported(
  spki: Bytes,
  { key: encoded }: Parts,
  kind: KeyKind,
  bits: number,
  more: Partial<Pick<PublicKey, 'curve' | 'restriction' | 'deviation'>> = {},
): PublicKey | NoKey {
  try {
    const keyObject = createPublicKey({ key: spki as Buffer, format: 'der', type: 'spki' });
    return { kind, bits, curve: null, restriction: null, deviation: null, ...more, encoded, keyObject };
  } catch {
    return 'invalid';
  }
}

/** Bits of a positive INTEGER's contents octets, 0 where it is not positive. */
function bitLength(integer: Bytes): number {
  const from = integer[0] === 0 ? 1 : 0;
  const first = integer[from];
  if (first === undefined || (integer[0] as number) >= 0x80) return 0;
  return (integer.length - from - 1) * 8 + (32 - Math.clz32(first));
}

const isOdd = (integer: Bytes): boolean => ((integer[integer.length - 1] ?? 0) & 1) === 1;
const isNull = (parameters: Bytes): boolean => parameters.length === 2 && parameters[0] === TAG.NULL && parameters[1] === 0;

const RECENT = new Map<string, PublicKey | NoKey>();
const KEPT = 256;
/** Octets of an RSA key of 4096 bits and some. */
const LONGEST_KEPT = 1024;
const KEYS = new WeakMap<Bytes, PublicKey | NoKey>();
const KIND_BY_OID: ReadonlyMap<string, KeyKind> = new Map(
  SIGNATURES.flatMap(({ oid, keyKind }) => (oid === null || keyKind === undefined ? [] : [[oid, keyKind] as const])),
);
/** Verifying with a longer modulus takes so long that it is an attack; the runtime has the same limits. */
const MAXIMUM_MODULUS = 16_384;
const MAXIMUM_DSA = 10_000;
