/** Encryption at rest: AES-256-GCM under keys derived from the operator's (RFC 5869); one data key for each document. */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

export interface Vault {
  /** Text for a column. `about` names the place: what was sealed for one place opens nowhere else. */
  seal(text: string, about: string): string;
  open(sealed: string, about: string): string;
  sealBytes(bytes: Uint8Array, about: string): Uint8Array;
  openBytes(sealed: Uint8Array, about: string): Uint8Array;
  /** HMAC-SHA256 under a key for one purpose, base64url. */
  mac(purpose: string, text: string): string;
  /** The same under each key that reads, the one that writes first: what was proven by an older key stays proven. */
  macs(purpose: string, text: string): readonly string[];
}

/** What was encrypted cannot be opened: another key, or changed octets. */
export class VaultError extends Error {
  override readonly name = 'VaultError';
}

/** The first key writes; all of them read. Each is 32 octets. Throws `VaultError`. */
export function openVault(keys: readonly Uint8Array[]): Vault {
  const ring = keys.map(derive);
  const [current] = ring;
  if (current === undefined) throw new VaultError('no encryption key');
  const byId = new Map(ring.map((key) => [key.id.toString('hex'), key]));
  const keyFor = (id: Uint8Array): DerivedKey => {
    const key = byId.get(Buffer.from(id).toString('hex'));
    if (!key) throw new VaultError('this was encrypted under a key that is not configured');
    return key;
  };
  const macUnder = ({ macs }: DerivedKey, purpose: string, text: string): string =>
    createHmac('sha256', macs).update(`${purpose}\0${text}`).digest('base64url');
  return {
    seal: (text, about) => Buffer.concat([current.id, encrypt(current.columns, Buffer.from(text, 'utf8'), about)]).toString('base64'),
    open: (sealed, about) => {
      const bytes = Buffer.from(sealed, 'base64');
      return decrypt(keyFor(bytes.subarray(0, ID)).columns, bytes.subarray(ID), about).toString('utf8');
    },
    sealBytes: (bytes, about) => {
      const key = randomBytes(32);
      const wrapped = encrypt(current.blobs, key, about);
      return Buffer.concat([BLOB, current.id, wrapped, encrypt(key, bytes, about)]);
    },
    openBytes: (sealed, about) => {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.length);
      if (!bytes.subarray(0, BLOB.length).equals(BLOB)) throw new VaultError('this is no encrypted document');
      const at = BLOB.length + ID;
      const key = decrypt(keyFor(bytes.subarray(BLOB.length, at)).blobs, bytes.subarray(at, at + WRAPPED), about);
      return decrypt(key, bytes.subarray(at + WRAPPED), about);
    },
    mac: (purpose, text) => macUnder(current, purpose, text),
    macs: (purpose, text) => ring.map((key) => macUnder(key, purpose, text)),
  };
}

/** Whether two texts are the same, in a time that tells nothing of where they differ. */
export function sameText(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest()) as [Buffer, Buffer];
  return timingSafeEqual(a, b);
}

interface DerivedKey {
  readonly id: Buffer;
  readonly columns: KeyObject;
  readonly blobs: KeyObject;
  readonly macs: KeyObject;
}

function derive(key: Uint8Array): DerivedKey {
  if (key.length !== 32) throw new VaultError(`an encryption key has 32 octets, this one ${key.length}`);
  const part = (info: string, length = 32): Buffer =>
    Buffer.from(hkdfSync('sha256', key, new Uint8Array(0), `adeskit-service ${info}`, length));
  // Octets in their place would be made a key again at each use, which costs more than the encryption of a name.
  const secret = (info: string): KeyObject => createSecretKey(part(info));
  return { id: part('id', ID), columns: secret('columns'), blobs: secret('blobs'), macs: secret('macs') };
}

function encrypt(key: Uint8Array | KeyObject, plain: Uint8Array, about: string): Buffer {
  const iv = randomBytes(IV);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(about, 'utf8'));
  const encrypted = [cipher.update(plain), cipher.final()];
  return Buffer.concat([iv, cipher.getAuthTag(), ...encrypted]);
}

function decrypt(key: Uint8Array | KeyObject, sealed: Uint8Array, about: string): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV), { authTagLength: TAG }).setAAD(
      Buffer.from(about, 'utf8'),
    );
    decipher.setAuthTag(sealed.subarray(IV, IV + TAG));
    return Buffer.concat([decipher.update(sealed.subarray(IV + TAG)), decipher.final()]);
  } catch (cause) {
    throw new VaultError('what is stored was changed, or belongs to another place', { cause });
  }
}

const ID = 4;
const IV = 12;
const TAG = 16;
const WRAPPED = IV + TAG + 32;
const BLOB = Buffer.from('ADKB1');
