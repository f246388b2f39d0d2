/** From a password to the key of the file (ISO 32000-2, 7.6.4.3 and 7.6.4.4): algorithms 2, 2.A and 2.B, 4 to 7, 11 to 13. */
import { type Bytes, concat, EMPTY, equal } from '../base/bytes.ts';
import { fromHex } from '../base/text.ts';
import { aesCbcDecipher, aesCbcEncipher } from '../crypto/aes.ts';
import { rc4 } from '../crypto/cipher.ts';
import { digest } from '../crypto/digest.ts';
import { passwordOctets } from './password.ts';

/** Entries of the encryption dictionary that passwords are held against; those of 32 octets at revisions 2 to 4 have 48 later. */
export interface Handler {
  readonly revision: number;
  readonly owner: Bytes;
  readonly user: Bytes;
  /** /OE and /UE, from revision 5 on; a damaged one opens nothing. */
  readonly ownerKey: Bytes | null;
  readonly userKey: Bytes | null;
  readonly perms: Bytes | null;
  readonly permissions: number;
  readonly encryptMetadata: boolean;
  /** The first element of /ID. */
  readonly id: Bytes;
  /** Octets of the key, most likely first. */
  readonly keyLengths: readonly number[];
}

/** What a password opened. */
export interface Opened {
  readonly fileKey: Bytes;
  readonly as: 'user' | 'owner';
  readonly permissions: number;
}

/** The key of the file where the password is the owner's or the user's, else null. */
export function fileKeyOf(handler: Handler, password: string): Opened | null {
  const modern = handler.revision >= 5;
  for (const octets of passwordOctets(password, modern)) {
    const opened = modern ? openModern(handler, octets) : openOld(handler, octets);
    if (opened !== null) return opened;
  }
  return null;
}

/** Algorithm 2.A. The owner is tried first: with one password for both, everything is permitted. */
function openModern(handler: Handler, password: Bytes): Opened | null {
  const { owner, user, ownerKey, userKey, revision } = handler;
  const hashed = (salt: Bytes, data: Bytes): Bytes =>
    revision === 5 ? digest('SHA-256', password, salt, data) : hardened(password, salt, data);
  const key = (wrapped: Bytes, salt: Bytes, data: Bytes): Bytes => aesCbcDecipher(hashed(salt, data), ZEROS, wrapped);
  if (ownerKey !== null && equal(hashed(owner.subarray(32, 40), user), owner.subarray(0, 32))) {
    const fileKey = key(ownerKey, owner.subarray(40, 48), user);
    return { fileKey, as: 'owner', permissions: permissionsOf(handler, fileKey) };
  }
  if (userKey === null || !equal(hashed(user.subarray(32, 40), EMPTY), user.subarray(0, 32))) return null;
  const fileKey = key(userKey, user.subarray(40, 48), EMPTY);
  return { fileKey, as: 'user', permissions: permissionsOf(handler, fileKey) };
}

/** Algorithm 13: /Perms holds /P once more, where nobody without a password can change it. What either refuses is refused. */
function permissionsOf({ perms, permissions }: Handler, fileKey: Bytes): number {
  if (perms === null) return permissions;
  const plain = aesCbcDecipher(fileKey, ZEROS, perms);
  if (plain[9] !== 0x61 || plain[10] !== 0x64 || plain[11] !== 0x62) return permissions;
  const [a = 0, b = 0, c = 0, d = 0] = plain;
  return permissions & (a | (b << 8) | (c << 16) | (d << 24));
}

/** Algorithm 2.B. It ends: from round 64 on each round ends it with a likelihood that grows, and from round 288 on surely. */
function hardened(password: Bytes, salt: Bytes, data: Bytes): Bytes {
  let key = digest('SHA-256', password, salt, data);
  let last = 0;
  for (let round = 0; round < 64 || last > round - 32; round++) {
    const once = concat([password, key, data]);
    const repeated = new Uint8Array(64 * once.length);
    for (let i = 0; i < 64; i++) repeated.set(once, i * once.length);
    const enciphered = aesCbcEncipher(key.subarray(0, 16), key.subarray(16, 32), repeated, false);
    let sum = 0;
    for (let i = 0; i < 16; i++) sum += enciphered[i] as number;
    key = digest(sum % 3 === 0 ? 'SHA-256' : sum % 3 === 1 ? 'SHA-384' : 'SHA-512', enciphered);
    last = enciphered[enciphered.length - 1] as number;
  }
  return key.subarray(0, 32);
}

function openOld(handler: Handler, password: Bytes): Opened | null {
  const { permissions } = handler;
  for (const length of handler.keyLengths) {
    const asOwner = userKeyOf(handler, userPassword(handler, password, length), length);
    if (asOwner !== null) return { fileKey: asOwner, as: 'owner', permissions };
    const asUser = userKeyOf(handler, padded(password), length);
    if (asUser !== null) return { fileKey: asUser, as: 'user', permissions };
  }
  return null;
}

/** Algorithm 2, checked by 6 (4 and 5): the key of the file where the padded password is the user's, else null. */
function userKeyOf({ revision, owner, user, permissions, id, encryptMetadata }: Handler, password: Bytes, length: number): Bytes | null {
  const bits = Uint8Array.of(permissions, permissions >> 8, permissions >> 16, permissions >> 24);
  const exposed = revision >= 4 && !encryptMetadata ? ONES : EMPTY;
  let key = digest('MD5', password, owner, bits, id, exposed).subarray(0, length);
  if (revision >= 3) for (let i = 0; i < 50; i++) key = digest('MD5', key).subarray(0, length);
  if (revision === 2) return equal(rc4(key, PADDING), user) ? key : null;
  let told = digest('MD5', PADDING, id);
  for (let i = 0; i < 20; i++) told = rc4(mixed(key, i), told);
  return equal(told, user.subarray(0, 16)) ? key : null;
}

/** Algorithm 7: the padded password of the user, as the owner's opens it. */
function userPassword({ revision, owner }: Handler, password: Bytes, length: number): Bytes {
  let key = digest('MD5', padded(password));
  if (revision >= 3) for (let i = 0; i < 50; i++) key = digest('MD5', key.subarray(0, length));
  key = key.subarray(0, length);
  if (revision === 2) return rc4(key, owner);
  let found = owner;
  for (let i = 19; i >= 0; i--) found = rc4(mixed(key, i), found);
  return found;
}

const mixed = (key: Bytes, with_: number): Bytes => key.map((octet) => octet ^ with_);
const padded = (password: Bytes): Bytes => concat([password, PADDING]).subarray(0, 32);

const ZEROS: Bytes = new Uint8Array(16);
const ONES: Bytes = Uint8Array.of(255, 255, 255, 255);
/** Algorithm 2, step (a). */
const PADDING: Bytes = fromHex('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a') ?? new Uint8Array(32);
