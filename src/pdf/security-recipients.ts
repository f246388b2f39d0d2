/** The public-key security handler: a document encrypted for the holders of certificates (ISO 32000-2, 7.6.5). */
import { type Budget, budget, spend } from '../base/budget.ts';
import { type Bytes, concat, EMPTY } from '../base/bytes.ts';
import { unreadable } from '../base/parsed.ts';
import { toHex } from '../base/text.ts';
import { digest } from '../crypto/digest.ts';
import type { Recipient } from '../crypto/recipient.ts';
import { type CryptFilters, cryptFilterAt, cryptFiltersOf, cryptsOf, leavesPlain, UNSUPPORTED, type ValueOf } from './crypt-filter.ts';
import { asBytes, asInteger, asName, isKind, type PdfDict, type PdfObject } from './object.ts';
import type { Locked, Security } from './security-type.ts';

/** By its /SubFilter: /Filter is the name of whatever program wrote it. */
export const isForRecipients = (dict: PdfDict, filter: string | null, read: ValueOf): boolean =>
  filter === 'Adobe.PubSec' || (filter !== null && filter !== 'Standard' && SUB_FILTERS.has(asName(read(dict, 'SubFilter')) ?? ''));

/** The document as one of its recipients opens it. Throws `Unreadable`. */
export function openedByRecipient(dict: PdfDict, recipient: Recipient | null, read: ValueOf): Security | Locked {
  const version = asInteger(read(dict, 'V')) ?? 0;
  const subFilter = asName(read(dict, 'SubFilter')) ?? (version >= 4 ? FILTERED : 'adbe.pkcs7.s4');
  if (!VERSIONS.includes(version) || !SUB_FILTERS.has(subFilter) || (subFilter === FILTERED) !== version >= 4)
    return unreadable(UNSUPPORTED, 0, `it is encrypted for recipients in a way that is not supported (V ${version}, ${subFilter})`);
  const filters = cryptFiltersOf(dict, version, read);
  const sealings = sealingsOf(dict, version, filters, read);
  const encryptMetadata = [...sealings.values()].every(({ metadata }) => metadata);
  const keys = new Map<string, Opened>();
  const envelopes = budget('envelopes', MOST_ENVELOPES);
  const refused: Refused[] = [];
  for (const [name, sealing] of sealings) {
    const seed = recipient === null ? null : seedFor(sealing.recipients, recipient, envelopes, refused);
    if (seed !== null) keys.set(name, { fileKey: fileKeyOf(seed.content.subarray(0, SEED), sealing, version), ...allowedBy(seed.content) });
  }
  const main = keys.get(filters.streams) ?? keys.get(filters.strings);
  const missing = [filters.streams, filters.strings].some((name) => filters.methods.get(name) !== 'none' && !keys.has(name));
  if (missing) return lockOf(recipient, refused);
  const { as, permissions } = main ?? (leavesPlain(filters) ? EVERYTHING : unreadable('encryption', 0, 'it is encrypted for nobody'));
  return { dict, revision: null, as, permissions, ...cryptsOf(filters, encryptMetadata, (name) => keys.get(name)?.fileKey ?? null) };
}

/** What is enciphered with one key, and who can open the envelope that it comes from. */
interface Sealing {
  /** As they stand: each a CMS EnvelopedData. */
  readonly recipients: readonly Bytes[];
  /** Octets of the key. */
  readonly keyLength: number;
  /** Whether metadata streams are enciphered too. */
  readonly metadata: boolean;
  /** Whether strings or streams take it, if they do not name another. */
  readonly isDefault: boolean;
}

interface Opened {
  readonly fileKey: Bytes;
  readonly as: 'user' | 'owner';
  readonly permissions: number;
}

/** By the name of the crypt filter (table 27); before version 4 there is one for all, of the dictionary itself (table 23). */
function sealingsOf(dict: PdfDict, version: number, filters: CryptFilters, read: ValueOf): Map<string, Sealing> {
  const sealings = new Map<string, Sealing>();
  const wide = asInteger(read(dict, 'Length'));
  for (const [name, method] of filters.methods) {
    if (method === 'none') continue;
    const of = version < 4 ? dict : (cryptFilterAt(dict, name, read) ?? dict);
    const told = (version < 4 ? null : asInteger(read(of, 'Length'))) ?? wide ?? (version < 4 ? 40 : 128);
    sealings.set(name, {
      recipients: recipientsIn(of, read),
      keyLength: method === 'aes' ? 16 : method !== 'rc4' ? 32 : version === 1 ? 5 : rc4Length(told),
      metadata: version < 4 || (read(of, 'EncryptMetadata') !== false && read(dict, 'EncryptMetadata') !== false),
      isDefault: name === filters.streams || name === filters.strings,
    });
  }
  return sealings;
}

/** /Length is in bits; some write octets. */
const rc4Length = (told: number): number => {
  const octets = told > 16 ? told >> 3 : told;
  return octets >= 5 && octets <= 16 ? octets : unreadable('encryption', 0, `it is encrypted with a key of ${told} bits, which cannot be`);
};

function recipientsIn(of: PdfDict, read: ValueOf): readonly Bytes[] {
  const value = read(of, 'Recipients');
  const items: readonly PdfObject[] = isKind(value, 'array') ? value.items : [value];
  if (items.length > MOST_ENVELOPES) unreadable('encryption', 0, `it is encrypted for more than ${MOST_ENVELOPES} groups of recipients`);
  return items.map((item) => asBytes(item) ?? unreadable('encryption', 0, 'it is encrypted, and a list of recipients cannot be read'));
}

type Refused = { readonly kind: 'unsupported' | 'damaged'; readonly reason: string };

/** The content of the first envelope that opens (7.6.5.3). */
function seedFor(recipients: readonly Bytes[], recipient: Recipient, left: Budget, refused: Refused[]): { readonly content: Bytes } | null {
  for (const envelope of recipients) {
    if (!spend(left)) return null;
    const opened = recipient.open(envelope);
    if (opened.kind === 'for-others') continue;
    if (opened.kind === 'opened' && (opened.content.length === SEED || opened.content.length === SEED + 4)) return opened;
    refused.push(opened.kind === 'opened' ? { kind: 'damaged', reason: 'the envelope holds no seed' } : opened);
  }
  return null;
}

/** 7.6.5.3: the first octets of a digest over the seed and all recipients, and four octets where metadata stays open. */
function fileKeyOf(seed: Bytes, { recipients, keyLength, metadata, isDefault }: Sealing, version: number): Bytes {
  const exposed = !metadata && isDefault ? OPEN_METADATA : EMPTY;
  return digest(version >= 5 ? 'SHA-256' : 'SHA-1', seed, concat(recipients), exposed).subarray(0, keyLength);
}

/** Table 24: the last four octets, most significant first; without them, and with bit 2, everything is permitted. */
function allowedBy(content: Bytes): Pick<Opened, 'as' | 'permissions'> {
  if (content.length === SEED) return EVERYTHING;
  const permissions = Number.parseInt(toHex(content.subarray(SEED)), 16) | 0;
  return { as: (permissions & CHANGE_ENCRYPTION) !== 0 ? 'owner' : 'user', permissions };
}

function lockOf(recipient: Recipient | null, [first]: readonly Refused[]): Locked {
  if (recipient === null)
    return { kind: 'key-needed', reason: 'it is encrypted for the holders of certificates: the private key of one is needed to open it' };
  if (first === undefined) return { kind: 'wrong-key', reason: 'it is encrypted for others than the certificate and key given' };
  return { kind: first.kind, reason: `it is encrypted for the certificate given, but ${first.reason}` };
}

const FILTERED = 'adbe.pkcs7.s5';
const SUB_FILTERS: ReadonlySet<string> = new Set(['adbe.pkcs7.s3', 'adbe.pkcs7.s4', FILTERED]);
const VERSIONS: readonly number[] = [1, 2, 4, 5, 6];
/** Octets of the seed. */
const SEED = 20;
const OPEN_METADATA: Bytes = Uint8Array.of(255, 255, 255, 255);
const CHANGE_ENCRYPTION = 2;
const EVERYTHING = { as: 'owner', permissions: -1 } as const;
/** Each is one private-key operation for whoever it is for. */
const MOST_ENVELOPES = 64;
