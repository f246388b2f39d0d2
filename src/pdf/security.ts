/** The standard security handler: which password opens a document, and what its strings and streams are enciphered with (ISO 32000-2, 7.6.4; ISO/TS 32003). */
import { type Bytes, EMPTY } from '../base/bytes.ts';
import { attempt, unreadable } from '../base/parsed.ts';
import { asBytes, asDict, asInteger, asName, entry, type PdfDict, type PdfObject } from './object.ts';
import { fileKeyOf, type Handler } from './security-key.ts';

/** How one kind of data is enciphered: `none` is the identity, `aes` AES-CBC with a key for each object, `aes-256` and `aes-gcm` with the key of the file, `sealed` with one that is not known. */
export type Method = 'none' | 'rc4' | 'aes' | 'aes-256' | 'aes-gcm' | 'sealed';

/** An encrypted document that was opened. */
export interface Security {
  readonly dict: PdfDict;
  readonly fileKey: Bytes;
  /** /R. */
  readonly revision: number;
  /** Whose password it was; with the owner's everything is permitted. */
  readonly as: 'user' | 'owner';
  /** /P as 32 bits (7.6.4.2, table 22). */
  readonly permissions: number;
  readonly strings: Method;
  readonly streams: Method;
  readonly embeddedFiles: Method;
  /** Crypt filters by name (7.6.6). */
  readonly filters: ReadonlyMap<string, Method>;
  /** Metadata streams are enciphered as all others are. */
  readonly encryptMetadata: boolean;
}

/** Why an encrypted document was not opened. */
export interface Locked {
  readonly kind: 'password-needed' | 'wrong-password' | 'unsupported' | 'damaged';
  readonly reason: string;
}

export type SecurityOrLock = { readonly security: Security; readonly locked: null } | { readonly security: null; readonly locked: Locked };

/** The value of a key of a dictionary, references followed. */
export type ValueOf = (of: PdfDict, key: string) => PdfObject;

/**
 * Opens a document by its encryption dictionary with a password; without one the empty password is tried. `id`: the first
 * element of /ID, empty where there is none.
 */
export function openSecurity(dict: PdfDict, id: Bytes, password: string | null, read: ValueOf): SecurityOrLock {
  const filter = asName(read(dict, 'Filter'));
  if (filter !== null && filter !== 'Standard') {
    return locked('unsupported', `it is encrypted by the security handler ${filter}, and only the one for passwords is supported`);
  }
  const found = attempt(() => handlerOf(dict, id, read));
  if (!found.ok) return locked(found.malformed.what === UNSUPPORTED ? 'unsupported' : 'damaged', found.malformed.reason);
  const { handler, ...methods } = found.value;
  const { revision, encryptMetadata, permissions: told } = handler;
  const opened = fileKeyOf(handler, password ?? '');
  if (opened === null) {
    // Attached files alone may be enciphered: all else is read without a password.
    if (methods.strings === 'none' && methods.streams === 'none') {
      const key = { fileKey: EMPTY, as: 'user', permissions: told } as const;
      return {
        security: { dict, revision, encryptMetadata, ...key, ...methods, embeddedFiles: 'sealed', filters: sealed(methods) },
        locked: null,
      };
    }
    return password === null
      ? locked('password-needed', 'it is encrypted: a password is needed to open it')
      : locked('wrong-password', 'it is encrypted, and the password given does not open it');
  }
  return { security: { dict, revision, encryptMetadata, ...opened, ...methods }, locked: null };
}

const sealed = ({ filters }: Methods): ReadonlyMap<string, Method> =>
  new Map(Array.from(filters, ([name, method]) => [name, method === 'none' ? method : 'sealed']));

const locked = (kind: Locked['kind'], reason: string): SecurityOrLock => ({ security: null, locked: { kind, reason } });

type Methods = Pick<Security, 'strings' | 'streams' | 'embeddedFiles' | 'filters'>;

/** 7.6.2, table 20 and 7.6.4.2, table 21. */
function handlerOf(dict: PdfDict, id: Bytes, read: ValueOf): Methods & { readonly handler: Handler } {
  const version = asInteger(read(dict, 'V')) ?? 0;
  const revision = asInteger(read(dict, 'R')) ?? 0;
  if (![1, 2, 4, 5, 6].includes(version) || revision < 2 || revision > 7) {
    return unreadable(UNSUPPORTED, 0, `it is encrypted in a way that is not supported (V ${version}, R ${revision})`);
  }
  const methods = version < 4 ? RC4 : filtersOf(dict, read);
  const given = (key: string, length: number): Bytes | null => {
    const bytes = asBytes(read(dict, key));
    return bytes === null || bytes.length < length ? null : bytes.subarray(0, length);
  };
  const octets = (key: string, length: number): Bytes =>
    given(key, length) ?? unreadable('encryption', 0, `it is encrypted, and /${key} is missing or too short`);
  const permissions = (asInteger(read(dict, 'P')) ?? 0) | 0;
  const encryptMetadata = version < 4 || read(dict, 'EncryptMetadata') !== false;
  const common = { revision, permissions, encryptMetadata, id };
  if (revision >= 5) {
    const [owner, user] = [octets('O', 48), octets('U', 48)];
    return {
      handler: { ...common, owner, user, ownerKey: given('OE', 32), userKey: given('UE', 32), perms: given('Perms', 16), keyLengths: [32] },
      ...methods,
    };
  }
  const keyLengths = keyLengthsOf(dict, version, revision, read);
  return {
    handler: { ...common, owner: octets('O', 32), user: octets('U', 32), ownerKey: null, userKey: null, perms: null, keyLengths },
    ...methods,
  };
}

/** Octets of the key that /Length, or the version without it, tells; then those that writers of a wrong /Length meant. */
function keyLengthsOf(dict: PdfDict, version: number, revision: number, read: ValueOf): number[] {
  if (revision === 2 || version === 1) return [5, 16];
  const told = asInteger(read(dict, 'Length')) ?? (version === 4 ? 128 : 40);
  const lengths = version === 4 ? [16, told >> 3, told] : [told >> 3, told, 16, 5];
  return [...new Set(lengths)].filter((length) => length >= 5 && length <= 16);
}

/** 7.6.6: crypt filters by name, and which of them strings and streams take. */
function filtersOf(dict: PdfDict, read: ValueOf): Methods {
  const filters = new Map<string, Method>([['Identity', 'none']]);
  for (const [name] of asDict(read(dict, 'CF'))?.entries ?? []) {
    const filter = asDict(read(asDict(read(dict, 'CF')) ?? dict, name));
    if (filter === null || name === 'Identity') continue;
    const told = asName(read(filter, 'CFM')) ?? 'None';
    const method = METHODS.get(told);
    if (method === undefined) unreadable(UNSUPPORTED, 0, `it is encrypted by a method that is not supported (${told})`);
    filters.set(name, method);
  }
  const named = (key: string, otherwise: Method): Method => {
    const name = asName(read(dict, key));
    if (name === null) return otherwise;
    return filters.get(name) ?? unreadable('encryption', 0, `it is encrypted by the crypt filter ${name}, which is missing`);
  };
  const streams = named('StmF', 'none');
  return { filters, streams, strings: named('StrF', 'none'), embeddedFiles: named('EFF', streams) };
}

/** How one stream is enciphered, by its dictionary (7.6.2, 7.6.6, 7.5.8.2). */
export function streamMethod(security: Security, of: PdfDict, resolve: (value: PdfObject) => PdfObject): Method {
  const type = asName(entry(of, 'Type'));
  if (type === 'XRef') return 'none';
  const own = ownFilter(of, resolve);
  if (own !== null) return security.filters.get(own) ?? 'none';
  if (type === 'Metadata' && !security.encryptMetadata) return 'none';
  return type === 'EmbeddedFile' ? security.embeddedFiles : security.streams;
}

/** The crypt filter that a stream names itself (7.4.10): where its first filter is Crypt. */
function ownFilter(of: PdfDict, resolve: (value: PdfObject) => PdfObject): string | null {
  const first = (value: PdfObject): PdfObject => {
    const found = resolve(value);
    return typeof found === 'object' && found?.kind === 'array' ? resolve(found.items[0] ?? null) : found;
  };
  if (asName(first(entry(of, 'Filter'))) !== 'Crypt') return null;
  const parameters = asDict(first(entry(of, 'DecodeParms')));
  return parameters === null ? 'Identity' : (asName(resolve(entry(parameters, 'Name'))) ?? 'Identity');
}

const UNSUPPORTED = 'unsupported';
const RC4: Methods = { strings: 'rc4', streams: 'rc4', embeddedFiles: 'rc4', filters: new Map() };
const METHODS: ReadonlyMap<string, Method> = new Map([
  ['None', 'none'],
  ['V2', 'rc4'],
  ['AESV2', 'aes'],
  ['AESV3', 'aes-256'],
  ['AESV4', 'aes-gcm'],
]);
