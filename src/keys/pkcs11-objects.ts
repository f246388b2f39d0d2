/** Keys and certificates on a token (PKCS #11, 4): found, described, and put together by what they hold. */
import { Reader } from '../asn1/index.ts';
import { type Bytes, equal } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { attempt } from '../base/parsed.ts';
import { fromLatin1, fromUtf8, toHex } from '../base/text.ts';
import { readPublicKey } from '../crypto/index.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { codeOf, type Handle, type Pkcs11Attribute, type Pkcs11Module, quietly, reasonOf } from './pkcs11-module.ts';

export type TokenKeyType = 'RSA' | 'EC' | 'EdDSA' | 'ML-DSA' | 'other';

/** A private key, as far as the token tells of it. */
export interface TokenKey {
  readonly label: string;
  /** CKA_ID, hexadecimal. */
  readonly id: string;
  readonly type: TokenKeyType;
  /** CKA_SIGN. */
  readonly signs: boolean;
  /** CKA_ALWAYS_AUTHENTICATE: the PIN is asked for at every signature. */
  readonly alwaysAuthenticate: boolean;
}

/** With what compares it to certificates. */
export interface FoundKey extends TokenKey {
  readonly handle: Handle;
  /** RSA: the modulus; others: the public value as a certificate holds it; null where the token does not tell. */
  readonly publicValue: Bytes | null;
}

export interface TokenCertificate {
  readonly label: string;
  readonly id: string;
  readonly certificate: Certificate;
}

/** Every private key of the token that the session sees. */
export function privateKeys(module: Pkcs11Module, session: Handle): FoundKey[] {
  const read = attributesOf(module, session);
  const publicKeys = new Map<string, Handle>();
  for (const handle of find(module, session, CKO_PUBLIC_KEY)) {
    const id = `${toHex(octets(read(handle, CKA.ID)))}:${number(read(handle, CKA.KEY_TYPE))}`;
    if (!publicKeys.has(id)) publicKeys.set(id, handle);
  }
  return find(module, session, CKO_PRIVATE_KEY).map((handle): FoundKey => {
    const keyType = number(read(handle, CKA.KEY_TYPE));
    const id = toHex(octets(read(handle, CKA.ID)));
    const type = TYPES.get(keyType) ?? 'other';
    const publicKey = publicKeys.get(`${id}:${keyType}`);
    return {
      handle,
      label: text(read(handle, CKA.LABEL)),
      id,
      type,
      signs: flag(read(handle, CKA.SIGN), true),
      alwaysAuthenticate: flag(read(handle, CKA.ALWAYS_AUTHENTICATE), false),
      publicValue: publicValueOf(
        type,
        (attribute) => read(handle, attribute),
        (attribute) => (publicKey === undefined ? null : read(publicKey, attribute)),
      ),
    };
  });
}

/** Every X.509 certificate of the token that can be read. */
export function certificatesOn(module: Pkcs11Module, session: Handle): TokenCertificate[] {
  const read = attributesOf(module, session);
  return find(module, session, CKO_CERTIFICATE).flatMap((handle) => {
    const parsed = parseCertificate(new Uint8Array(octets(read(handle, CKA.VALUE))));
    if (!parsed.ok) return [];
    return [{ label: text(read(handle, CKA.LABEL)), id: toHex(octets(read(handle, CKA.ID))), certificate: parsed.value }];
  });
}

/** Whether the certificate is one of this key; null where the token does not tell the public key. */
export function certifies({ spki }: Certificate, { type, publicValue }: FoundKey): boolean | null {
  if (publicValue === null) return null;
  const key = readPublicKey(spki);
  if (typeof key === 'string') return false;
  if (type !== 'RSA') return equal(key.encoded, publicValue);
  const modulus = attempt(() => Reader.over(key.encoded, 'RSAPublicKey').sequence().integerBytes());
  return modulus.ok && equal(unpadded(modulus.value), unpadded(publicValue));
}

/** The handles of a class of token objects. */
function find(module: Pkcs11Module, session: Handle, objectClass: number): Handle[] {
  const found: Handle[] = [];
  module.C_FindObjectsInit(session, [
    { type: CKA.CLASS, value: objectClass },
    { type: CKA.TOKEN, value: true },
  ]);
  try {
    while (found.length < MOST_OBJECTS) {
      const handles = module.C_FindObjects(session, FEW);
      if (handles.length === 0) return found;
      // The module may use the memory of a handle again.
      found.push(...handles.map((handle) => Buffer.from(handle)));
    }
  } finally {
    quietly(() => module.C_FindObjectsFinal(session));
  }
  throw new Fault('limit-exceeded', `the token holds more than ${MOST_OBJECTS} objects of one class`);
}

type ReadAttribute = (object: Handle, type: number) => Bytes | null;

/** One attribute at a time: a token that lacks one of several gives none of them. */
function attributesOf(module: Pkcs11Module, session: Handle): ReadAttribute {
  return (object, type) => {
    try {
      const template: Pkcs11Attribute[] = [{ type }];
      const [attribute] = module.C_GetAttributeValue(session, object, template);
      const value = attribute?.value;
      return value instanceof Uint8Array && value.length > 0 ? new Uint8Array(value) : null;
    } catch (error) {
      const code = codeOf(error);
      if (code === ATTRIBUTE_SENSITIVE || code === ATTRIBUTE_TYPE_INVALID) return null;
      throw code === null ? new Fault('io', `the token's objects cannot be read: ${reasonOf(error)}`, { cause: error }) : error;
    }
  };
}

/** Of the private key where that tells it too, else of the public key beside it. */
function publicValueOf(
  type: TokenKeyType,
  ofPrivate: (attribute: number) => Bytes | null,
  ofPublic: (attribute: number) => Bytes | null,
): Bytes | null {
  if (type === 'RSA') return ofPrivate(CKA.MODULUS) ?? ofPublic(CKA.MODULUS);
  // CKA_VALUE of the private key is the secret.
  if (type === 'ML-DSA') return ofPublic(CKA.VALUE);
  const point = type === 'other' ? null : (ofPrivate(CKA.EC_POINT) ?? ofPublic(CKA.EC_POINT));
  if (point === null) return null;
  // CKA_EC_POINT is the DER of an OCTET STRING; some tokens leave out the wrapping.
  const wrapped = attempt(() => {
    const reader = Reader.over(point, 'CKA_EC_POINT');
    const value = reader.octetString();
    reader.finish();
    return value;
  });
  return wrapped.ok ? wrapped.value : point;
}

const octets = (value: Bytes | null): Bytes => value ?? new Uint8Array();
const text = (value: Bytes | null): string => (value === null ? '' : (fromUtf8(value) ?? fromLatin1(value)).replace(/\0+$/, '').trimEnd());
const flag = (value: Bytes | null, otherwise: boolean): boolean => (value === null ? otherwise : value[0] !== 0);
const unpadded = (integer: Bytes): Bytes =>
  integer.subarray(
    Math.max(
      0,
      integer.findIndex((octet) => octet !== 0),
    ),
  );

/** CK_ULONG is as wide and ordered as the machine has it; ours are all little-endian. */
function number(value: Bytes | null): number {
  return octets(value).reduceRight((sum, octet) => sum * 256 + octet, 0);
}

const CKA = {
  CLASS: 0x00,
  TOKEN: 0x01,
  LABEL: 0x03,
  VALUE: 0x11,
  KEY_TYPE: 0x100,
  ID: 0x102,
  SIGN: 0x108,
  MODULUS: 0x120,
  EC_POINT: 0x181,
  ALWAYS_AUTHENTICATE: 0x202,
} as const;
const CKO_CERTIFICATE = 1;
const CKO_PUBLIC_KEY = 2;
const CKO_PRIVATE_KEY = 3;
const ATTRIBUTE_SENSITIVE = 0x11;
const ATTRIBUTE_TYPE_INVALID = 0x12;
const FEW = 64;
const MOST_OBJECTS = 10_000;

/** CK_KEY_TYPE; the last is of version 3.2. */
const TYPES: ReadonlyMap<number, TokenKeyType> = new Map<number, TokenKeyType>([
  [0x00, 'RSA'],
  [0x03, 'EC'],
  [0x40, 'EdDSA'],
  [0x4a, 'ML-DSA'],
]);
