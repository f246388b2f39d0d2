/** Writing PKCS#12 key stores (RFC 7292): AES-256-CBC under PBES2 (RFC 8018), HMAC-SHA-256 for integrity. */
import { createCipheriv, createHash, createHmac, hash, pbkdf2Sync, randomBytes } from 'node:crypto';
import { der } from '../asn1/index.ts';
import { type Bytes, concat } from '../base/bytes.ts';
import { exact } from '../base/options.ts';

export interface KeyStoreToWrite {
  /** DER PrivateKeyInfo (PKCS#8, not encrypted). */
  readonly key: Bytes;
  /** DER certificates: the key's own first. */
  readonly certificates: readonly [own: Bytes, ...issuers: Bytes[]];
  readonly password: string;
  readonly friendlyName?: string;
  /** Rounds of each of the three key derivations; default 10,000. */
  readonly iterations?: number;
}

/**
 * A key store with one key and its certificates.
 *
 *     PFX ::= SEQUENCE { version INTEGER (3), authSafe ContentInfo, macData MacData }
 */
export function encodePkcs12(store: KeyStoreToWrite): Bytes {
  exact('encodePkcs12', store, ['key', 'certificates', 'password', 'friendlyName', 'iterations']);
  const { key, certificates, password, friendlyName, iterations = 10_000 } = store;
  const [own] = certificates;
  const attributes = der.setOf(
    ...(friendlyName === undefined ? [] : [attribute('1.2.840.113549.1.9.20', der.encode(0x1e, utf16(friendlyName)))]),
    attribute('1.2.840.113549.1.9.21', der.octetString(hash('sha1', own, 'buffer'))),
  );
  const certificateBags = certificates.map((certificate) => {
    const bag = der.sequence(der.oid('1.2.840.113549.1.9.22.1'), der.context(0, der.octetString(certificate)));
    return safeBag('1.2.840.113549.1.12.10.1.3', bag, certificate === own ? [attributes] : []);
  });
  const [keyAlgorithm, keyText] = encrypt(key, password, iterations);
  const keyBag = safeBag('1.2.840.113549.1.12.10.1.2', der.sequence(keyAlgorithm, der.octetString(keyText)), [attributes]);
  const safe = der.sequence(encryptedData(der.sequence(...certificateBags), password, iterations), data(der.sequence(keyBag)));
  return der.sequence(der.integer(3), data(safe), macData(safe, password, iterations));
}

/** `SafeBag ::= SEQUENCE { bagId, bagValue [0], bagAttributes SET OPTIONAL }` */
const safeBag = (type: string, value: Bytes, attributes: readonly Bytes[]): Bytes =>
  der.sequence(der.oid(type), der.context(0, value), ...attributes);

const attribute = (oid: string, value: Bytes): Bytes => der.sequence(der.oid(oid), der.setOf(value));

const data = (content: Bytes): Bytes => der.sequence(der.oid(DATA), der.context(0, der.octetString(content)));

/** ContentInfo of an EncryptedData (RFC 5652, 8). */
function encryptedData(content: Bytes, password: string, iterations: number): Bytes {
  const [algorithm, text] = encrypt(content, password, iterations);
  const encryptedContent = der.sequence(der.oid(DATA), algorithm, der.implicit(0, text));
  return der.sequence(der.oid('1.2.840.113549.1.7.6'), der.context(0, der.sequence(der.integer(0), encryptedContent)));
}

/** PBES2 with PBKDF2-HMAC-SHA-256 and AES-256-CBC: its AlgorithmIdentifier and the cipher text. */
function encrypt(content: Bytes, password: string, iterations: number): readonly [algorithm: Bytes, text: Bytes] {
  const salt = randomBytes(16);
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', pbkdf2Sync(password, salt, iterations, 32, 'sha256'), iv);
  const text = concat([cipher.update(content), cipher.final()]);
  const prf = der.sequence(der.oid('1.2.840.113549.2.9'), der.NULL);
  const derivation = der.sequence(
    der.oid('1.2.840.113549.1.5.12'),
    der.sequence(der.octetString(salt), der.integer(iterations), der.integer(32), prf),
  );
  const encryption = der.sequence(der.oid('2.16.840.1.101.3.4.1.42'), der.octetString(iv));
  return [der.sequence(der.oid('1.2.840.113549.1.5.13'), der.sequence(derivation, encryption)), text];
}

/** `MacData ::= SEQUENCE { mac DigestInfo, macSalt OCTET STRING, iterations INTEGER }` */
function macData(safe: Bytes, password: string, iterations: number): Bytes {
  const salt = randomBytes(16);
  const key = deriveMacKey(password, salt, iterations);
  const mac = createHmac('sha256', key).update(safe).digest();
  const algorithm = der.sequence(der.oid('2.16.840.1.101.3.4.2.1'), der.NULL);
  return der.sequence(der.sequence(algorithm, der.octetString(mac)), der.octetString(salt), der.integer(iterations));
}

/** The derivation of RFC 7292, B.2, for purpose 3 (MAC) with SHA-256: one block of 32 octets is all it needs. */
function deriveMacKey(password: string, salt: Bytes, iterations: number): Bytes {
  const secret = concat([utf16(password), new Uint8Array(2)]);
  let key: Bytes = createHash('sha256').update(new Uint8Array(BLOCK).fill(3)).update(repeated(salt)).update(repeated(secret)).digest();
  for (let round = 1; round < iterations; round++) key = hash('sha256', key, 'buffer');
  return key;
}

/** Copies of `bytes` up to the next full block. */
const repeated = (bytes: Bytes): Bytes => {
  const filled = new Uint8Array(BLOCK * Math.ceil(bytes.length / BLOCK));
  for (let at = 0; at < filled.length; at++) filled[at] = bytes[at % bytes.length] as number;
  return filled;
};

/** BMPString contents: UTF-16, big-endian. */
function utf16(text: string): Bytes {
  const bytes = new Uint8Array(2 * text.length);
  for (let i = 0; i < text.length; i++) {
    bytes[2 * i] = text.charCodeAt(i) >> 8;
    bytes[2 * i + 1] = text.charCodeAt(i) & 0xff;
  }
  return bytes;
}

const DATA = '1.2.840.113549.1.7.1';
/** Input block of SHA-256. */
const BLOCK = 64;
