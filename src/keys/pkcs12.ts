/** PKCS #12 key stores (RFC 7292; BER allowed), read strictly: the integrity check comes before everything else. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { Reader, TAG } from '../asn1/index.ts';
import { contextConstructed, contextPrimitive } from '../asn1/tag.ts';
import { type Budget, budget, mustSpend } from '../base/budget.ts';
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { exact } from '../base/options.ts';
import { attempt, unreadable } from '../base/parsed.ts';
import { toHex } from '../base/text.ts';
import type { Signer } from '../crypto/signer.ts';
import { checkMac, decryptByPassword } from './pbe.ts';
import { encryptedKey } from './pem.ts';
import { signerFromKey } from './signer.ts';

export interface Pkcs12Options {
  /** Friendly name (or local key id, hexadecimal) of the key to use; needed where the file holds several. */
  readonly alias?: string;
  /** Makes an RSA key sign by RSASSA-PSS. */
  readonly scheme?: 'RSASSA-PSS';
}

/** What a key store holds, before anything is chosen. */
export interface KeyStore {
  readonly keys: readonly { readonly key: KeyObject; readonly name: string | null; readonly localKeyId: string | null }[];
  readonly certificates: readonly { readonly bytes: Bytes; readonly name: string | null; readonly localKeyId: string | null }[];
}

/**
 * A signer of the key in a PKCS #12 file.
 *
 * @throws Fault `wrong-password`, `malformed-input`, `unsupported`, `limit-exceeded`, `bad-option` where the choice of key is open
 */
export function openPkcs12(file: Bytes, password: string, options: Pkcs12Options = {}): Signer {
  exact('openPkcs12', options, ['alias', 'scheme']);
  const store = readPkcs12(file, password);
  const { key, localKeyId } = choose(store, options.alias);
  // The certificate that the file pairs with the key comes first; the key itself decides whether it fits.
  const paired = store.certificates.filter((one) => localKeyId !== null && one.localKeyId === localKeyId);
  const certificates = [...new Set([...paired, ...store.certificates])].map(({ bytes }) => bytes);
  return signerFromKey({ key, certificates, ...(options.scheme && { scheme: options.scheme }) });
}

/** Everything in a PKCS #12 file. Throws as {@link openPkcs12}. */
export function readPkcs12(file: Bytes, password: string): KeyStore {
  const read = attempt(() => readPfx(file, password));
  if (read.ok) return read.value;
  const { what, at, reason } = read.malformed;
  throw new Fault('malformed-input', `not a PKCS#12 file that can be read: ${what} at ${at}: ${reason}`);
}

function choose({ keys, certificates }: KeyStore, alias: string | undefined): KeyStore['keys'][number] {
  const nameOf = ({ key, name, localKeyId }: KeyStore['keys'][number]): string | null =>
    name ?? certificates.find((one) => one.localKeyId !== null && one.localKeyId === localKeyId)?.name ?? localKeyId ?? kindOf(key);
  if (keys.length === 0) throw new Fault('malformed-input', 'the PKCS#12 file holds no private key');
  const names = keys.map((key) => `'${nameOf(key)}'`).join(', ');
  const found = alias === undefined ? keys : keys.filter((key) => nameOf(key) === alias || key.localKeyId === alias);
  const [first] = found;
  if (first === undefined) throw new Fault('bad-option', `the PKCS#12 file holds no key '${alias}': it has ${names}`);
  if (found.length > 1) throw new Fault('bad-option', `the PKCS#12 file holds ${found.length} keys: choose one by alias: ${names}`);
  return first;
}

const kindOf = (key: KeyObject): string => key.asymmetricKeyType ?? 'key';

/**
 * ```asn1
 * PFX ::= SEQUENCE { version INTEGER {v3(3)}, authSafe ContentInfo, macData MacData OPTIONAL }
 * AuthenticatedSafe ::= SEQUENCE OF ContentInfo -- Data or EncryptedData
 * ```
 */
function readPfx(file: Bytes, password: string): KeyStore {
  const outer = Reader.over(file, 'PFX', 'BER');
  const reader = outer.sequence();
  outer.finish();
  if (reader.integer() !== 3) unreadable('PFX', 0, 'version other than 3');
  const content = dataOf(reader.sequence('ContentInfo'));
  const macData = reader.done ? null : reader.raw(reader.element(TAG.SEQUENCE));
  reader.finish();
  if (macData !== null && !checkMac(macData, password, content)) throw wrongPassword();
  const store: Store = { keys: [], certificates: [], password, checked: macData !== null, bags: budget('bags', MAXIMUM_BAGS) };
  const safes = Reader.over(content, 'AuthenticatedSafe', 'BER').sequence();
  while (!safes.done) readSafe(store, safes.sequence('ContentInfo'));
  return store;
}

interface Store extends KeyStore {
  readonly keys: KeyStore['keys'][number][];
  readonly certificates: KeyStore['certificates'][number][];
  readonly password: string;
  /** Whether a MAC has shown that the password is right and the content whole. */
  readonly checked: boolean;
  readonly bags: Budget;
}

/** The octets of `ContentInfo { id-data, [0] EXPLICIT OCTET STRING }`. */
function dataOf(reader: Reader): Bytes {
  const type = reader.oid();
  if (type === SIGNED_DATA) throw new Fault('unsupported', 'the PKCS#12 file is protected by a signature, not by a password: convert it');
  if (type !== DATA) unreadable('ContentInfo', reader.start, `content type ${type}`);
  const inner = reader.context(0) ?? unreadable('ContentInfo', reader.start, 'without content');
  const content = inner.octetString();
  inner.finish();
  return content;
}

function readSafe(store: Store, reader: Reader): void {
  const type = reader.oid();
  const inner = reader.context(0) ?? unreadable('ContentInfo', reader.start, 'without content');
  if (type === DATA) return readBags(store, inner.octetString());
  if (type !== ENCRYPTED_DATA) throw new Fault('unsupported', `the PKCS#12 file holds content of type ${type}, which is not supported`);
  const content = decryptSafe(inner.sequence('EncryptedData'), store.password);
  if (store.checked) return readBags(store, content);
  // Without a MAC a wrong password may show itself only here.
  if (!attempt(() => readBags(store, content)).ok) throw wrongPassword();
}

/**
 * ```asn1
 * EncryptedData ::= SEQUENCE { version, SEQUENCE { contentType, contentEncryptionAlgorithm, [0] IMPLICIT OCTET STRING }, … }
 * ```
 */
function decryptSafe(reader: Reader, password: string): Bytes {
  reader.integer();
  const info = reader.sequence('EncryptedContentInfo');
  if (info.oid() !== DATA) unreadable('EncryptedContentInfo', info.start, 'content type other than data');
  const algorithm = info.raw(info.element(TAG.SEQUENCE));
  const encrypted = info.octetString(contextPrimitive(0));
  const content = decryptByPassword(algorithm, password, encrypted);
  if (content === null) throw wrongPassword();
  return content;
}

/** `SafeContents ::= SEQUENCE OF SafeBag` */
function readBags(store: Store, content: Bytes): void {
  const outer = Reader.over(content, 'SafeContents', 'BER');
  bagsOf(store, outer.sequence());
  outer.finish();
}

function bagsOf(store: Store, reader: Reader): void {
  while (!reader.done) {
    mustSpend(store.bags, 'SafeContents', reader.at);
    readBag(store, reader.sequence('SafeBag'));
  }
}

/** `SafeBag ::= SEQUENCE { bagId OBJECT IDENTIFIER, bagValue [0] EXPLICIT ANY, bagAttributes SET OF PKCS12Attribute OPTIONAL }` */
function readBag(store: Store, reader: Reader): void {
  const type = reader.oid();
  const wrapped = reader.element(contextConstructed(0));
  const attributes = reader.done ? { name: null, localKeyId: null } : readAttributes(reader.set('bagAttributes'));
  reader.finish();
  const value = reader.enter(wrapped);
  switch (type) {
    case `${BAG}.1`:
      store.keys.push({ key: plainKey(value.raw(value.any())), ...attributes });
      break;
    case `${BAG}.2`:
      store.keys.push({ key: encryptedKey(value.raw(value.any()), store.password), ...attributes });
      break;
    case `${BAG}.3`: {
      const certificate = readCertificateBag(value.sequence('CertBag'));
      if (certificate) store.certificates.push({ bytes: certificate, ...attributes });
      break;
    }
    case `${BAG}.6`:
      bagsOf(store, value.sequence('SafeContents'));
      break;
    default:
    // CRLs and secrets are none of our business.
  }
}

function plainKey(pkcs8: Bytes): KeyObject {
  try {
    return createPrivateKey({ key: pkcs8 as Buffer, format: 'der', type: 'pkcs8' });
  } catch (cause) {
    throw new Fault('unsupported', 'the PKCS#12 file holds a private key of a kind that this runtime does not know', { cause });
  }
}

/** `CertBag ::= SEQUENCE { certId OBJECT IDENTIFIER, certValue [0] EXPLICIT OCTET STRING }`; null for SDSI certificates. */
function readCertificateBag(reader: Reader): Bytes | null {
  if (reader.oid() !== X509_CERTIFICATE) return null;
  const value = reader.context(0) ?? unreadable('CertBag', reader.start, 'without certificate');
  return value.octetString();
}

/** `PKCS12Attribute ::= SEQUENCE { attrId OBJECT IDENTIFIER, attrValues SET OF ANY }` */
function readAttributes(reader: Reader): { readonly name: string | null; readonly localKeyId: string | null } {
  let name: string | null = null;
  let localKeyId: string | null = null;
  while (!reader.done) {
    const attribute = reader.sequence('PKCS12Attribute');
    const type = attribute.oid();
    const values = attribute.set();
    if (values.done) continue;
    if (type === FRIENDLY_NAME) name = values.text();
    if (type === LOCAL_KEY_ID) localKeyId = toHex(values.octetString());
  }
  return { name, localKeyId };
}

const wrongPassword = (): Fault => new Fault('wrong-password', 'the password does not open the PKCS#12 file');

const DATA = '1.2.840.113549.1.7.1';
const SIGNED_DATA = '1.2.840.113549.1.7.2';
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6';
const BAG = '1.2.840.113549.1.12.10.1';
const X509_CERTIFICATE = '1.2.840.113549.1.9.22.1';
const FRIENDLY_NAME = '1.2.840.113549.1.9.20';
const LOCAL_KEY_ID = '1.2.840.113549.1.9.21';
const MAXIMUM_BAGS = 10_000;
