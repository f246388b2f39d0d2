/** Encryption and integrity by password: PBES2 (RFC 8018, 6.2), PBMAC1 (RFC 9579) and the schemes of PKCS #12 (RFC 7292, C). */
import { pbkdf2Sync, scryptSync } from 'node:crypto';
import { Reader, TAG } from '../asn1/index.ts';
import { type Bytes, concat, equal } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { attempt, unreadable } from '../base/parsed.ts';
import { utf8 } from '../base/text.ts';
import { CBC_CIPHERS, type CipherName, cipherSizes, decipher } from '../crypto/cipher.ts';
import { digest, digestLength, hmac, nodeDigest } from '../crypto/digest.ts';
import { type DigestName, digestByOid } from '../crypto/index.ts';

/**
 * Deciphers by an AlgorithmIdentifier and a password.
 *
 * @returns null where the password is not the one (as far as the padding tells)
 * @throws Fault `unsupported` for an algorithm that is not known, `malformed-input`, `limit-exceeded` for too many iterations
 */
export function decryptByPassword(algorithm: Bytes, password: string, data: Bytes): Bytes | null {
  return orFault(() => {
    const reader = Reader.over(algorithm, 'encryptionAlgorithm', 'BER').sequence();
    const oid = reader.oid();
    if (oid === PBES2) return pbes2(reader.sequence('PBES2-params'), password, data);
    const scheme = PKCS_12_SCHEMES.get(oid);
    if (scheme === undefined)
      throw new Fault('unsupported', `a key store is encrypted by ${oid}, which is not supported: convert it to AES`);
    const { salt, iterations } = pkcs12Parameters(reader);
    const { iv: ivLength } = cipherSizes(scheme.cipher);
    const derived = pkcs12Key('SHA-1', 1, bmp(password), salt, iterations, scheme.keyLength);
    const key = scheme.keyLength === 16 && scheme.cipher === 'DES-EDE3-CBC' ? concat([derived, derived.subarray(0, 8)]) : derived;
    const iv = pkcs12Key('SHA-1', 2, bmp(password), salt, iterations, ivLength);
    return decipher(scheme.cipher, key, iv, data);
  });
}

/**
 * Whether the integrity check of a PKCS #12 file holds with this password: PBMAC1, or HMAC keyed by the derivation of RFC 7292, B.
 *
 * @param macData its encoding
 */
export function checkMac(macData: Bytes, password: string, content: Bytes): boolean {
  return orFault(() => {
    const reader = Reader.over(macData, 'MacData', 'BER').sequence();
    const digestInfo = reader.sequence('DigestInfo');
    const algorithm = digestInfo.sequence('AlgorithmIdentifier');
    const oid = algorithm.oid();
    const expected = digestInfo.octetString();
    digestInfo.finish();
    const salt = reader.octetString();
    const iterations = reader.done ? 1 : boundedIterations(reader.integer());
    reader.finish();
    if (oid === PBMAC1) return equal(pbmac1(algorithm.sequence('PBMAC1-params'), password, content), expected);
    const name = digestByOid(oid) ?? unsupportedMac(oid);
    // An empty password is either no octets at all or the two of its terminator: both are in use.
    const secrets = password === '' ? [bmp(''), new Uint8Array()] : [bmp(password)];
    return secrets.some((secret) => {
      const key = pkcs12Key(name, 3, secret, salt, iterations, digestLength(name));
      return equal(hmac(name, key, content), expected);
    });
  });
}

/** `PBES2-params ::= SEQUENCE { keyDerivationFunc AlgorithmIdentifier, encryptionScheme AlgorithmIdentifier }` */
function pbes2(reader: Reader, password: string, data: Bytes): Bytes | null {
  const derivation = reader.sequence('keyDerivationFunc');
  const scheme = reader.sequence('encryptionScheme');
  reader.finish();
  const oid = scheme.oid();
  const cipher = CBC_CIPHERS.get(oid);
  if (cipher === undefined)
    throw new Fault('unsupported', `a key store is encrypted by cipher ${oid}, which is not supported: convert it to AES`);
  const iv = scheme.octetString();
  scheme.finish();
  const sizes = cipherSizes(cipher);
  if (iv.length !== sizes.iv) unreadable('encryptionScheme', scheme.start, 'initialisation vector of a wrong length');
  const derived = deriveKey(derivation, utf8(password), sizes.key);
  return decipher(cipher, derived, iv, data);
}

/** `PBMAC1-params ::= SEQUENCE { keyDerivationFunc AlgorithmIdentifier, messageAuthScheme AlgorithmIdentifier }`: the MAC. */
function pbmac1(reader: Reader, password: string, content: Bytes): Bytes {
  const derivation = reader.sequence('keyDerivationFunc');
  const scheme = reader.sequence('messageAuthScheme');
  reader.finish();
  const oid = scheme.oid();
  const name = PRFS.get(oid) ?? unsupportedMac(oid);
  return hmac(name, deriveKey(derivation, utf8(password), null), content);
}

/**
 * PBKDF2 (RFC 8018, A.2) or scrypt (RFC 7914, 7). `length` null: the parameters must tell it (RFC 9579, 4).
 *
 * ```asn1
 * PBKDF2-params ::= SEQUENCE { salt CHOICE { specified OCTET STRING, … }, iterationCount INTEGER,
 *   keyLength INTEGER OPTIONAL, prf AlgorithmIdentifier DEFAULT algid-hmacWithSHA1 }
 * ```
 */
function deriveKey(derivation: Reader, password: Bytes, length: number | null): Bytes {
  const oid = derivation.oid();
  const reader = derivation.sequence('key derivation parameters');
  derivation.finish();
  const salt = reader.octetString();
  if (oid === SCRYPT) return scrypt(reader, password, salt, length);
  if (oid !== PBKDF2) throw new Fault('unsupported', `key derivation ${oid} is not supported: use PBKDF2`);
  const iterations = boundedIterations(reader.integer());
  const stated = reader.peek() === TAG.INTEGER ? reader.integer() : null;
  const keyLength = length ?? stated;
  if (keyLength === null || keyLength < 1 || keyLength > MAXIMUM_KEY || (stated !== null && stated !== keyLength))
    return unreadable('PBKDF2-params', reader.start, 'keyLength missing or not the length needed');
  const prf = reader.done ? null : reader.sequence('prf');
  const name = prf === null ? 'SHA-1' : PRFS.get(prf.oid());
  reader.finish();
  if (name === undefined) throw new Fault('unsupported', 'PBKDF2 with this pseudo-random function is not supported: use HMAC with SHA-256');
  return new Uint8Array(pbkdf2Sync(password, salt, iterations, keyLength, nodeDigest(name)));
}

/** `scrypt-params ::= SEQUENCE { salt, costParameter, blockSize, parallelizationParameter INTEGER, keyLength INTEGER OPTIONAL }` */
function scrypt(reader: Reader, password: Bytes, salt: Bytes, length: number | null): Bytes {
  const [cost, blockSize, parallelization] = [reader.integer(), reader.integer(), reader.integer()];
  const keyLength = length ?? (reader.done ? 0 : reader.integer());
  if (keyLength < 1 || keyLength > MAXIMUM_KEY) unreadable('scrypt-params', reader.start, 'keyLength missing or out of range');
  try {
    return new Uint8Array(scryptSync(password, salt, keyLength, { cost, blockSize, parallelization, maxmem: SCRYPT_MEMORY }));
  } catch (cause) {
    throw new Fault('limit-exceeded', 'the key store asks for scrypt with parameters that are wrong or too costly', { cause });
  }
}

/** `pkcs-12PbeParams ::= SEQUENCE { salt OCTET STRING, iterations INTEGER }` */
function pkcs12Parameters(outer: Reader): { readonly salt: Bytes; readonly iterations: number } {
  const reader = outer.sequence('pkcs-12PbeParams');
  const salt = reader.octetString();
  const iterations = boundedIterations(reader.integer());
  reader.finish();
  return { salt, iterations };
}

/** Key derivation of RFC 7292, B.2. `purpose` 1: key, 2: initialisation vector, 3: MAC key. */
export function pkcs12Key(name: DigestName, purpose: 1 | 2 | 3, password: Bytes, salt: Bytes, iterations: number, length: number): Bytes {
  const block = BLOCK_OF[name] ?? 64;
  const diversifier = new Uint8Array(block).fill(purpose);
  const input = concat([repeated(salt, block), repeated(password, block)]);
  const out = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    let hash = digest(name, diversifier, input);
    for (let i = 1; i < iterations; i++) hash = digest(name, hash);
    out.set(hash.subarray(0, length - at), at);
    at += hash.length;
    if (at < length) addToBlocks(input, repeated(hash, block).subarray(0, block), block);
  }
  return out;
}

/** Step 6 C: each block of the input becomes itself + addend + 1, modulo 2^(8 · block). */
function addToBlocks(input: Bytes, addend: Bytes, block: number): void {
  for (let from = 0; from < input.length; from += block) {
    let carry = 1;
    for (let i = block - 1; i >= 0; i--) {
      carry += (input[from + i] as number) + (addend[i] as number);
      input[from + i] = carry & 0xff;
      carry >>= 8;
    }
  }
}

/** Copies one after another up to the next multiple of `block`; nothing where there is nothing to copy. */
function repeated(bytes: Bytes, block: number): Bytes {
  const out = new Uint8Array(block * Math.ceil(bytes.length / block));
  for (let i = 0; i < out.length; i++) out[i] = bytes[i % bytes.length] as number;
  return out;
}

/** The password in UTF-16, most significant octet first, with a terminator (RFC 7292, B.1). */
function bmp(password: string): Bytes {
  const out = new Uint8Array(2 * password.length + 2);
  for (let i = 0; i < password.length; i++) {
    const unit = password.charCodeAt(i);
    out[2 * i] = unit >> 8;
    out[2 * i + 1] = unit & 0xff;
  }
  return out;
}

function boundedIterations(count: number): number {
  if (count < 1) unreadable('iteration count', 0, 'less than 1');
  if (count > MAXIMUM_ITERATIONS)
    throw new Fault('limit-exceeded', `the key store asks for ${count} iterations, more than ${MAXIMUM_ITERATIONS}`);
  return count;
}

function unsupportedMac(oid: string): never {
  throw new Fault('unsupported', `the key store is protected by MAC ${oid}, which is not supported: convert it to HMAC with SHA-256`);
}

function orFault<T>(work: () => T): T {
  const done = attempt(work);
  if (done.ok) return done.value;
  const { what, at, reason } = done.malformed;
  throw new Fault('malformed-input', `the key store cannot be read: ${what} at ${at}: ${reason}`);
}

const PBES2 = '1.2.840.113549.1.5.13';
const PBMAC1 = '1.2.840.113549.1.5.14';
const PBKDF2 = '1.2.840.113549.1.5.12';
const SCRYPT = '1.3.6.1.4.1.11591.4.11';
const PKCS_12_PBE = '1.2.840.113549.1.12.1';

/** RFC 7292, C. */
const PKCS_12_SCHEMES: ReadonlyMap<string, { readonly cipher: CipherName; readonly keyLength: number }> = new Map([
  [`${PKCS_12_PBE}.1`, { cipher: 'RC4', keyLength: 16 }],
  [`${PKCS_12_PBE}.2`, { cipher: 'RC4', keyLength: 5 }],
  [`${PKCS_12_PBE}.3`, { cipher: 'DES-EDE3-CBC', keyLength: 24 }],
  [`${PKCS_12_PBE}.4`, { cipher: 'DES-EDE3-CBC', keyLength: 16 }],
  [`${PKCS_12_PBE}.5`, { cipher: 'RC2-128-CBC', keyLength: 16 }],
  [`${PKCS_12_PBE}.6`, { cipher: 'RC2-40-CBC', keyLength: 5 }],
]);

const PRFS: ReadonlyMap<string, DigestName> = new Map([
  ['1.2.840.113549.2.7', 'SHA-1'],
  ['1.2.840.113549.2.8', 'SHA-224'],
  ['1.2.840.113549.2.9', 'SHA-256'],
  ['1.2.840.113549.2.10', 'SHA-384'],
  ['1.2.840.113549.2.11', 'SHA-512'],
  ['1.2.840.113549.2.12', 'SHA-512/224'],
  ['1.2.840.113549.2.13', 'SHA-512/256'],
]);

/** Octets of a digest's input block, where it is not 64. */
const BLOCK_OF: Readonly<Partial<Record<DigestName, number>>> = {
  'SHA-384': 128,
  'SHA-512': 128,
  'SHA-512/224': 128,
  'SHA-512/256': 128,
  'SHA3-224': 144,
  'SHA3-256': 136,
  'SHA3-384': 104,
  'SHA3-512': 72,
};

/** Some seconds of work; stores in the field have 2048 to 600 000. */
const MAXIMUM_ITERATIONS = 5_000_000;
const MAXIMUM_KEY = 1024;
const SCRYPT_MEMORY = 1 << 28;
