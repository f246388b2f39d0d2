/** Crypt filters: what strings and streams of a document are enciphered with (ISO 32000-2, 7.6.6). */
import { type Bytes, EMPTY } from '../base/bytes.ts';
import { unreadable } from '../base/parsed.ts';
import { asDict, asName, entry, type PdfDict, type PdfObject } from './object.ts';

/** How one kind of data is enciphered: `none` is the identity, `aes` AES-CBC with a key for each object, `aes-256` and `aes-gcm` with the key of the file, `sealed` with one that is not known. */
export type Method = 'none' | 'rc4' | 'aes' | 'aes-256' | 'aes-gcm' | 'sealed';

/** A method with the key of the file that it takes; empty where it takes none. */
export interface Crypt {
  readonly method: Method;
  readonly fileKey: Bytes;
}

/** What each kind of data is enciphered with. */
export interface Crypts {
  readonly strings: Crypt;
  readonly streams: Crypt;
  readonly embeddedFiles: Crypt;
  /** By the name of the crypt filter. */
  readonly filters: ReadonlyMap<string, Crypt>;
  /** Metadata streams are enciphered as all others are. */
  readonly encryptMetadata: boolean;
}

/** The crypt filters of an encryption dictionary, and which of them strings, streams and attached files take. */
export interface CryptFilters {
  readonly methods: ReadonlyMap<string, Method>;
  readonly strings: string;
  readonly streams: string;
  readonly embeddedFiles: string;
}

/** The value of a key of a dictionary, references followed. */
export type ValueOf = (of: PdfDict, key: string) => PdfObject;

/** 7.6.2, table 20: before version 4 there are none, and all is enciphered by RC4. */
export function cryptFiltersOf(dict: PdfDict, version: number, read: ValueOf): CryptFilters {
  if (version < 4) return ALL_RC4;
  const methods = new Map<string, Method>([[IDENTITY, 'none']]);
  for (const [name] of asDict(read(dict, 'CF'))?.entries ?? []) {
    const filter = cryptFilterAt(dict, name, read);
    if (filter === null || name === IDENTITY) continue;
    const told = asName(read(filter, 'CFM')) ?? 'None';
    const method = METHODS.get(told);
    if (method === undefined) unreadable(UNSUPPORTED, 0, `it is encrypted by a method that is not supported (${told})`);
    methods.set(name, method);
  }
  const named = (key: string, otherwise: string): string => {
    const name = asName(read(dict, key)) ?? otherwise;
    return methods.has(name) ? name : unreadable('encryption', 0, `it is encrypted by the crypt filter ${name}, which is missing`);
  };
  const streams = named('StmF', IDENTITY);
  return { methods, streams, strings: named('StrF', IDENTITY), embeddedFiles: named('EFF', streams) };
}

/** The dictionary of a crypt filter. */
export const cryptFilterAt = (dict: PdfDict, name: string, read: ValueOf): PdfDict | null => {
  const filters = asDict(read(dict, 'CF'));
  return filters === null ? null : asDict(read(filters, name));
};

/** Whether strings and streams are plain: then all but attached files is read without any key. */
export const leavesPlain = ({ methods, strings, streams }: CryptFilters): boolean =>
  methods.get(strings) === 'none' && methods.get(streams) === 'none';

/** The filters with their keys; `keyOf` gives null for one that stays sealed. */
export function cryptsOf(of: CryptFilters, encryptMetadata: boolean, keyOf: (name: string) => Bytes | null): Crypts {
  const crypt = (name: string, method: Method): Crypt => {
    if (method === 'none') return PLAIN;
    const fileKey = keyOf(name);
    return fileKey === null ? SEALED : { method, fileKey };
  };
  const filters = new Map(Array.from(of.methods, ([name, method]) => [name, crypt(name, method)]));
  const named = (name: string): Crypt => filters.get(name) ?? PLAIN;
  return { strings: named(of.strings), streams: named(of.streams), embeddedFiles: named(of.embeddedFiles), filters, encryptMetadata };
}

/** How one stream is enciphered, by its dictionary (7.6.2, 7.6.6, 7.5.8.2). */
export function streamCrypt(crypts: Crypts, of: PdfDict, resolve: (value: PdfObject) => PdfObject): Crypt {
  const type = asName(entry(of, 'Type'));
  if (type === 'XRef') return PLAIN;
  const own = ownFilter(of, resolve);
  if (own !== null) return crypts.filters.get(own) ?? PLAIN;
  if (type === 'Metadata' && !crypts.encryptMetadata) return PLAIN;
  return type === 'EmbeddedFile' ? crypts.embeddedFiles : crypts.streams;
}

/** The crypt filter that a stream names itself (7.4.10): where its first filter is Crypt. */
function ownFilter(of: PdfDict, resolve: (value: PdfObject) => PdfObject): string | null {
  const first = (value: PdfObject): PdfObject => {
    const found = resolve(value);
    return typeof found === 'object' && found?.kind === 'array' ? resolve(found.items[0] ?? null) : found;
  };
  if (asName(first(entry(of, 'Filter'))) !== 'Crypt') return null;
  const parameters = asDict(first(entry(of, 'DecodeParms')));
  return parameters === null ? IDENTITY : (asName(resolve(entry(parameters, 'Name'))) ?? IDENTITY);
}

/** What a reader of an encryption dictionary calls the part that is not supported. */
export const UNSUPPORTED = 'unsupported';
const IDENTITY = 'Identity';
const PLAIN: Crypt = { method: 'none', fileKey: EMPTY };
const SEALED: Crypt = { method: 'sealed', fileKey: EMPTY };
const ALL_RC4: CryptFilters = { methods: new Map([['', 'rc4']]), strings: '', streams: '', embeddedFiles: '' };
const METHODS: ReadonlyMap<string, Method> = new Map([
  ['None', 'none'],
  ['V2', 'rc4'],
  ['AESV2', 'aes'],
  ['AESV3', 'aes-256'],
  ['AESV4', 'aes-gcm'],
]);
