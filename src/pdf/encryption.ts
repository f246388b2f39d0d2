/** Strings and streams deciphered as they are read and enciphered as they are written (ISO 32000-2, 7.6.2 and 7.6.3; ISO/TS 32003). */
import { type Bytes, concat, EMPTY } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { unreadable } from '../base/parsed.ts';
import { latin1 } from '../base/text.ts';
import { aesCbcDecipher, aesCbcEncipher, aesGcmDecipher, aesGcmEncipher, GCM_IV, GCM_TAG } from '../crypto/aes.ts';
import { rc4 } from '../crypto/cipher.ts';
import { digest, hmac } from '../crypto/digest.ts';
import { type Crypt, type Crypts, type Method, streamCrypt } from './crypt-filter.ts';
import { encodedBytes, entry, hexString, isKind, isName, type PdfDict, type PdfObject, streamOf } from './object.ts';

/** Follows references; null stands for what is not there. */
type Resolve = (value: PdfObject) => PdfObject;

/** An indirect object as it was meant: its strings deciphered, its stream deciphered once it is read. Unreadable where a tag does not fit. */
export function deciphered(crypts: Crypts, num: number, gen: number, value: PdfObject, resolve: Resolve): PdfObject {
  const { strings } = crypts;
  const cipher = cipherOf(num, gen);
  const plain = strings.method === 'none' ? value : eachString(value, (bytes) => cipher.open(strings, bytes));
  if (!isKind(plain, 'stream')) return plain;
  const crypt = streamCrypt(crypts, plain.dict, resolve);
  return crypt.method === 'none' ? plain : { ...plain, decipher: (bytes) => cipher.open(crypt, bytes) };
}

/** An object as it is written under this number: what {@link deciphered} gives back. */
export function enciphered(crypts: Crypts, num: number, gen: number, value: PdfObject, resolve: Resolve): PdfObject {
  const { strings } = crypts;
  const cipher = cipherOf(num, gen);
  const sealed = strings.method === 'none' ? value : eachString(value, (bytes) => cipher.seal(strings, bytes));
  if (!isKind(sealed, 'stream')) return sealed;
  const crypt = streamCrypt(crypts, sealed.dict, resolve);
  const bytes = encodedBytes(sealed);
  return streamOf(sealed.dict, crypt.method === 'none' ? bytes : cipher.seal(crypt, bytes));
}

interface Cipher {
  open(crypt: Crypt, bytes: Bytes): Bytes;
  seal(crypt: Crypt, bytes: Bytes): Bytes;
}

function cipherOf(num: number, gen: number): Cipher {
  const keys = new Map<Crypt, Bytes>();
  const place = (count: number): Bytes => latin1(`${num} ${gen} ${count} `);
  let sealed = 0;
  const keyOf = (crypt: Crypt): Bytes => {
    let key = keys.get(crypt);
    if (key === undefined) {
      const { method, fileKey } = crypt;
      key = method === 'rc4' || method === 'aes' ? objectKey(fileKey, num, gen, method) : fileKey;
      keys.set(crypt, key);
    }
    return key;
  };
  return {
    open: (crypt, bytes) => open(crypt.method, keyOf(crypt), bytes, num),
    seal: (crypt, bytes) => seal(crypt.method, keyOf(crypt), bytes, place(sealed++)),
  };
}

/** Algorithm 1. */
function objectKey(fileKey: Bytes, num: number, gen: number, method: 'rc4' | 'aes'): Bytes {
  const place = Uint8Array.of(num, num >> 8, num >> 16, gen, gen >> 8);
  return digest('MD5', fileKey, place, method === 'aes' ? SALT : EMPTY).subarray(0, Math.min(16, fileKey.length + 5));
}

/** Algorithms 1 and 1.A, backwards. Octets short of a block are damage that others pass over as well. */
function open(method: Method, key: Bytes, bytes: Bytes, num: number): Bytes {
  switch (method) {
    case 'none':
      return bytes;
    case 'sealed':
      return unreadable('encryption', 0, `data in object ${num} is encrypted, and nothing that opens it was given`);
    case 'rc4':
      return rc4(key, bytes);
    case 'aes':
    case 'aes-256': {
      const blocks = bytes.subarray(BLOCK, bytes.length - (bytes.length % BLOCK));
      return bytes.length < 2 * BLOCK ? EMPTY : unpadded(aesCbcDecipher(key, bytes.subarray(0, BLOCK), blocks));
    }
    case 'aes-gcm': {
      if (bytes.length === 0) return bytes;
      const end = bytes.length - GCM_TAG;
      const plain = end < GCM_IV ? null : aesGcmDecipher(key, bytes.subarray(0, GCM_IV), bytes.subarray(GCM_IV, end), bytes.subarray(end));
      return plain ?? unreadable('encryption', 0, `the authentication tag of data in object ${num} does not fit`);
    }
  }
}

function seal(method: Method, key: Bytes, bytes: Bytes, place: Bytes): Bytes {
  switch (method) {
    case 'none':
      return bytes;
    case 'sealed':
      throw new Fault('wrong-password', 'attached files of this PDF are encrypted, and nothing that opens them was given');
    case 'rc4':
      return rc4(key, bytes);
    case 'aes':
    case 'aes-256': {
      const iv = vectorFor(key, place, bytes).subarray(0, BLOCK);
      return concat([iv, aesCbcEncipher(key, iv, bytes, true)]);
    }
    case 'aes-gcm': {
      const iv = vectorFor(key, place, bytes).subarray(0, GCM_IV);
      return concat([iv, aesGcmEncipher(key, iv, bytes)]);
    }
  }
}

/**
 * An initialisation vector that only who has the key can foretell, and that is another one for other data or another place:
 * so the same update is written twice alike.
 */
const vectorFor = (key: Bytes, place: Bytes, bytes: Bytes): Bytes => hmac('SHA-256', key, place, bytes);

/** Padding that is none is left, as others do. */
function unpadded(bytes: Bytes): Bytes {
  const count = bytes[bytes.length - 1] ?? 0;
  if (count < 1 || count > BLOCK || count > bytes.length) return bytes;
  for (let i = bytes.length - count; i < bytes.length; i++) if (bytes[i] !== count) return bytes;
  return bytes.subarray(0, bytes.length - count);
}

/** A value with all its strings changed, but for the value of a signature: /Contents is never enciphered (7.6.2). */
function eachString(value: PdfObject, change: (bytes: Bytes) => Bytes): PdfObject {
  if (value === null || typeof value !== 'object') return value;
  switch (value.kind) {
    case 'string':
      return value.start < 0 ? hexString(change(value.bytes)) : { ...value, bytes: change(value.bytes) };
    case 'array':
      return value.items.some(mayHoldStrings) ? { ...value, items: value.items.map((item) => eachString(item, change)) } : value;
    case 'dict':
      return eachInDict(value, change);
    case 'stream':
      return { ...value, dict: eachInDict(value.dict, change) };
    default:
      return value;
  }
}

function eachInDict(of: PdfDict, change: (bytes: Bytes) => Bytes): PdfDict {
  let entries: Map<string, PdfObject> | null = null;
  const kept = isSignature(of) ? 'Contents' : null;
  for (const [key, item] of of.entries) {
    if (key === kept || !mayHoldStrings(item)) continue;
    entries ??= new Map(of.entries);
    entries.set(key, eachString(item, change));
  }
  return entries === null ? of : { ...of, entries };
}

const mayHoldStrings = (value: PdfObject): boolean =>
  isKind(value, 'string') || isKind(value, 'array') || isKind(value, 'dict') || isKind(value, 'stream');

/** 12.8.1: a byte range tells a signature dictionary, whatever its /Type; without one its /Type does. */
function isSignature(of: PdfDict): boolean {
  if (of.entries.has('ByteRange')) return true;
  const type = entry(of, 'Type');
  return isName(type, 'Sig') || isName(type, 'DocTimeStamp');
}

const BLOCK = 16;
/** Algorithm 1, step (a) for AES. */
const SALT: Bytes = latin1('sAlT');
