/** Opening an envelope with a private key: key transport (RFC 3370, 4.2; RFC 3560), key agreement (RFC 5753), then its content (RFC 3370, 5; RFC 3565). */
import { constants, createDecipheriv, createPublicKey, diffieHellman, type KeyObject, privateDecrypt } from 'node:crypto';
import { der, Reader, TAG } from '../asn1/index.ts';
import { type Bytes, concat } from '../base/bytes.ts';
import { attempt, unreadable } from '../base/parsed.ts';
import type { AlgorithmIdentifier } from '../cms/algorithm-identifier.ts';
import type { EnvelopedData, KeyAgreement, KeyTransport, RecipientInfo } from '../cms/enveloped-data.ts';
import { CBC_CIPHERS, type CipherName, cipherSizes, decipher } from '../crypto/cipher.ts';
import { digest, nodeDigest, plain } from '../crypto/digest.ts';
import { type DigestName, digestByOid } from '../crypto/index.ts';
import type { OpenedEnvelope } from '../crypto/recipient.ts';

/** The content as this recipient opens it. `spki`: of the certificate that `info` names. */
export function contentOf(
  { contentEncryption, encryptedContent }: EnvelopedData,
  info: RecipientInfo,
  key: KeyObject,
  spki: Bytes,
): OpenedEnvelope {
  const read = attempt(() => {
    const cipher = cipherOf(contentEncryption);
    if (encryptedContent === null) return unreadable('EncryptedContentInfo', 0, 'its envelope is empty');
    const contentKey = info.kind === 'transport' ? transported(info, key) : agreed(info, key, spki);
    if (contentKey === null || (cipher.keyLength ?? contentKey.length) !== contentKey.length) return null;
    return decipher(cipher.name, contentKey, cipher.iv, encryptedContent);
  });
  if (!read.ok) return { kind: read.malformed.what === UNSUPPORTED ? 'unsupported' : 'damaged', reason: read.malformed.reason };
  return read.value === null
    ? { kind: 'damaged', reason: 'its envelope does not open with this key' }
    : { kind: 'opened', content: read.value };
}

/**
 * The key that was encrypted for an RSA key; null where it is not for this one. A wrong PKCS #1 padding gives a key that nobody
 * can foretell instead, so that nothing is learned of it from the answer.
 */
function transported({ algorithm, encryptedKey }: KeyTransport, key: KeyObject): Bytes | null {
  if (!key.asymmetricKeyType?.startsWith('rsa')) return null;
  const padding = paddingOf(algorithm);
  try {
    return plain(privateDecrypt({ key, ...padding }, encryptedKey));
  } catch {
    return null;
  }
}

function paddingOf({ oid, parameters }: AlgorithmIdentifier): {
  readonly padding: number;
  readonly oaepHash?: string;
  readonly oaepLabel?: Bytes;
} {
  if (oid === RSA) return { padding: constants.RSA_PKCS1_PADDING };
  if (oid !== OAEP) return unreadable(UNSUPPORTED, 0, `its key is encrypted by ${oid}, which is not supported`);
  const { hash, mask, label } = readOaep(parameters ?? der.sequence());
  if (hash !== mask)
    return unreadable(UNSUPPORTED, 0, `its key is encrypted by RSAES-OAEP with ${hash} and a mask of ${mask}, which is not supported`);
  return { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: nodeDigest(hash), ...(label.length > 0 && { oaepLabel: label }) };
}

/**
 * ```asn1
 * RSAES-OAEP-params ::= SEQUENCE {
 *   hashFunc    [0] AlgorithmIdentifier DEFAULT sha1Identifier,
 *   maskGenFunc [1] AlgorithmIdentifier DEFAULT mgf1SHA1Identifier,
 *   pSourceFunc [2] AlgorithmIdentifier DEFAULT pSpecifiedEmptyIdentifier }
 * ```
 */
function readOaep(parameters: Bytes): { readonly hash: DigestName; readonly mask: DigestName; readonly label: Bytes } {
  const reader = Reader.over(parameters, 'RSAES-OAEP-params', 'BER').sequence();
  const digestIn = (outer: Reader): DigestName => {
    const oid = outer.sequence('HashAlgorithm').oid();
    return (
      digestByOid(oid) ?? unreadable(UNSUPPORTED, 0, `its key is encrypted by RSAES-OAEP with the digest ${oid}, which is not supported`)
    );
  };
  const hashIn = reader.context(0);
  const hash = hashIn === null ? 'SHA-1' : digestIn(hashIn);
  const maskIn = reader.context(1)?.sequence('MaskGenAlgorithm');
  if (maskIn !== undefined && maskIn.oid() !== MGF1) unreadable(UNSUPPORTED, 0, 'its key is encrypted with a mask that is not supported');
  const mask = maskIn === undefined ? 'SHA-1' : digestIn(maskIn);
  const source = reader.context(2)?.sequence('PSourceAlgorithm');
  if (source !== undefined && source.oid() !== P_SPECIFIED)
    unreadable(UNSUPPORTED, 0, 'its key is encrypted with a label that is not supported');
  const label = source === undefined || source.done ? new Uint8Array() : source.octetString();
  reader.finish();
  return { hash, mask, label };
}

/** The key that was wrapped with one that both sides agree on; null where it is not for this key. */
function agreed({ algorithm, originatorKey, ukm, encryptedKey }: KeyAgreement, key: KeyObject, spki: Bytes): Bytes | null {
  const kdf = KDF_DIGESTS.get(algorithm.oid);
  if (kdf === undefined) return unreadable(UNSUPPORTED, 0, `its key is agreed on by ${algorithm.oid}, which is not supported`);
  if (originatorKey === null)
    return unreadable(UNSUPPORTED, 0, 'its key is agreed on with a certificate of the originator, which is not supported');
  const wrapping = Reader.over(algorithm.parameters ?? der.NULL, 'KeyWrapAlgorithm', 'BER');
  const wrapAlgorithm = wrapping.raw(wrapping.element(TAG.SEQUENCE));
  const oid = Reader.over(wrapAlgorithm, 'KeyWrapAlgorithm', 'BER').sequence().oid();
  const wrap = KEY_WRAPS.get(oid);
  if (wrap === undefined) return unreadable(UNSUPPORTED, 0, `its key is wrapped by ${oid}, which is not supported`);
  const secret = sharedSecret(key, originatorKey, spki);
  return secret && unwrapped(wrap, derived(kdf, secret, sharedInfo(wrapAlgorithm, ukm, wrap.keyLength), wrap.keyLength), encryptedKey);
}

/** The originator's key stands on the curve of the recipient's (RFC 5753, 3.1.1); one that does not is no key. */
function sharedSecret(privateKey: KeyObject, originatorKey: Bytes, spki: Bytes): Bytes | null {
  const own = Reader.over(spki, 'SubjectPublicKeyInfo').sequence();
  const algorithm = own.raw(own.element(TAG.SEQUENCE));
  try {
    const publicKey = createPublicKey({
      key: Buffer.from(der.sequence(algorithm, der.bitString(originatorKey))),
      format: 'der',
      type: 'spki',
    });
    return plain(diffieHellman({ privateKey, publicKey }));
  } catch {
    return null;
  }
}

/**
 * ```asn1
 * ECC-CMS-SharedInfo ::= SEQUENCE {
 *   keyInfo AlgorithmIdentifier,
 *   entityUInfo [0] EXPLICIT OCTET STRING OPTIONAL,
 *   suppPubInfo [2] EXPLICIT OCTET STRING }
 * ```
 */
const sharedInfo = (wrapAlgorithm: Bytes, ukm: Bytes | null, keyLength: number): Bytes =>
  der.sequence(
    wrapAlgorithm,
    ...(ukm === null ? [] : [der.context(0, der.octetString(ukm))]),
    der.context(2, der.octetString(Uint8Array.of(0, 0, (keyLength * 8) >> 8, keyLength * 8))),
  );

/** The key derivation of ANS X9.63 (SEC 1, 3.6.1). */
function derived(name: DigestName, secret: Bytes, info: Bytes, length: number): Bytes {
  const blocks: Bytes[] = [];
  for (let count = 1, have = 0; have < length; count++) {
    const block = digest(name, secret, Uint8Array.of(0, 0, 0, count), info);
    blocks.push(block);
    have += block.length;
  }
  return concat(blocks).subarray(0, length);
}

/** AES key wrap (RFC 3394). */
function unwrapped({ cipher }: KeyWrap, key: Bytes, wrapped: Bytes): Bytes | null {
  if (wrapped.length < 24 || wrapped.length % 8 !== 0) return null;
  const state = createDecipheriv(cipher, key, WRAP_VECTOR);
  try {
    return concat([plain(state.update(wrapped)), plain(state.final())]);
  } catch {
    return null;
  }
}

interface ContentCipher {
  readonly name: CipherName;
  readonly iv: Bytes;
  /** Null: any, for RC4. */
  readonly keyLength: number | null;
}

function cipherOf({ oid, parameters }: AlgorithmIdentifier): ContentCipher {
  if (oid === RC4) return { name: 'RC4', iv: new Uint8Array(), keyLength: null };
  const cbc = CBC_CIPHERS.get(oid);
  if (cbc === undefined && oid !== RC2) return unreadable(UNSUPPORTED, 0, `its envelope is encrypted by ${oid}, which is not supported`);
  const reader = Reader.over(parameters ?? der.NULL, 'contentEncryptionAlgorithm', 'BER');
  const inner = cbc === undefined ? reader.sequence('RC2CBCParameter') : reader;
  const name = cbc ?? RC2_VERSIONS.get(inner.integer());
  if (name === undefined) return unreadable(UNSUPPORTED, 0, 'its envelope is encrypted by RC2 with a key of a size that is not supported');
  const iv = inner.octetString();
  inner.finish();
  const sizes = cipherSizes(name);
  if (iv.length !== sizes.iv) unreadable('contentEncryptionAlgorithm', 0, 'an initialisation vector of a wrong length');
  return { name, iv, keyLength: sizes.key };
}

interface KeyWrap {
  readonly cipher: string;
  readonly keyLength: number;
}

const UNSUPPORTED = 'unsupported';
const RSA = '1.2.840.113549.1.1.1';
const OAEP = '1.2.840.113549.1.1.7';
const MGF1 = '1.2.840.113549.1.1.8';
const P_SPECIFIED = '1.2.840.113549.1.1.9';
const RC2 = '1.2.840.113549.3.2';
const RC4 = '1.2.840.113549.3.4';
/** RC2ParameterVersion (RFC 3370, 5.2). */
const RC2_VERSIONS: ReadonlyMap<number, CipherName> = new Map([
  [160, 'RC2-40-CBC'],
  [58, 'RC2-128-CBC'],
]);
/** dhSinglePass-stdDH and dhSinglePass-cofactorDH, which are the same on curves whose cofactor is 1 (RFC 5753, 7.1.4). */
const KDF_DIGESTS: ReadonlyMap<string, DigestName> = new Map([
  ['1.3.133.16.840.63.0.2', 'SHA-1'],
  ['1.3.132.1.11.0', 'SHA-224'],
  ['1.3.132.1.11.1', 'SHA-256'],
  ['1.3.132.1.11.2', 'SHA-384'],
  ['1.3.132.1.11.3', 'SHA-512'],
  ['1.3.133.16.840.63.0.3', 'SHA-1'],
  ['1.3.132.1.14.0', 'SHA-224'],
  ['1.3.132.1.14.1', 'SHA-256'],
  ['1.3.132.1.14.2', 'SHA-384'],
  ['1.3.132.1.14.3', 'SHA-512'],
]);
const KEY_WRAPS: ReadonlyMap<string, KeyWrap> = new Map([
  ['2.16.840.1.101.3.4.1.5', { cipher: 'id-aes128-wrap', keyLength: 16 }],
  ['2.16.840.1.101.3.4.1.25', { cipher: 'id-aes192-wrap', keyLength: 24 }],
  ['2.16.840.1.101.3.4.1.45', { cipher: 'id-aes256-wrap', keyLength: 32 }],
]);
const WRAP_VECTOR: Bytes = new Uint8Array(8).fill(0xa6);
