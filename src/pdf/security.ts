/** Opening an encrypted document: by a password (ISO 32000-2, 7.6.4; ISO/TS 32003), or by the private key of a recipient (7.6.5). */
import type { Bytes } from '../base/bytes.ts';
import { attempt, unreadable } from '../base/parsed.ts';
import { type CryptFilters, cryptFiltersOf, cryptsOf, leavesPlain, UNSUPPORTED, type ValueOf } from './crypt-filter.ts';
import { asBytes, asInteger, asName, type PdfDict } from './object.ts';
import { fileKeyOf, type Handler } from './security-key.ts';
import { isForRecipients, openedByRecipient } from './security-recipients.ts';
import type { Keys, Locked, Security, SecurityOrLock } from './security-type.ts';

/** Opens a document by its encryption dictionary. `id`: the first element of /ID, empty where there is none. */
export function openSecurity(dict: PdfDict, id: Bytes, keys: Keys, read: ValueOf): SecurityOrLock {
  const found = attempt(() => opened(dict, id, keys, read));
  if (!found.ok) {
    const { what, reason } = found.malformed;
    return { security: null, locked: { kind: what === UNSUPPORTED ? 'unsupported' : 'damaged', reason } };
  }
  return 'kind' in found.value ? { security: null, locked: found.value } : { security: found.value, locked: null };
}

function opened(dict: PdfDict, id: Bytes, { password, recipient }: Keys, read: ValueOf): Security | Locked {
  const filter = asName(read(dict, 'Filter'));
  if (isForRecipients(dict, filter, read)) return openedByRecipient(dict, recipient, read);
  if (filter !== null && filter !== 'Standard')
    return unreadable(UNSUPPORTED, 0, `it is encrypted by the security handler ${filter}, which is not supported`);
  const { handler, filters } = handlerOf(dict, id, read);
  const { revision, encryptMetadata, permissions } = handler;
  const key = fileKeyOf(handler, password ?? '');
  if (key !== null) {
    const { fileKey, ...allowed } = key;
    return { dict, revision, ...allowed, ...cryptsOf(filters, encryptMetadata, () => fileKey) };
  }
  // Attached files alone may be enciphered: all else is read without a password.
  if (leavesPlain(filters)) return { dict, revision, as: 'user', permissions, ...cryptsOf(filters, encryptMetadata, () => null) };
  return password === null
    ? { kind: 'password-needed', reason: 'it is encrypted: a password is needed to open it' }
    : { kind: 'wrong-password', reason: 'it is encrypted, and the password given does not open it' };
}

/** 7.6.2, table 20 and 7.6.4.2, table 21. */
function handlerOf(dict: PdfDict, id: Bytes, read: ValueOf): { readonly handler: Handler; readonly filters: CryptFilters } {
  const version = asInteger(read(dict, 'V')) ?? 0;
  const revision = asInteger(read(dict, 'R')) ?? 0;
  if (![1, 2, 4, 5, 6].includes(version) || revision < 2 || revision > 7) {
    return unreadable(UNSUPPORTED, 0, `it is encrypted in a way that is not supported (V ${version}, R ${revision})`);
  }
  const filters = cryptFiltersOf(dict, version, read);
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
      filters,
    };
  }
  const keyLengths = keyLengthsOf(dict, version, revision, read);
  return {
    handler: { ...common, owner: octets('O', 32), user: octets('U', 32), ownerKey: null, userKey: null, perms: null, keyLengths },
    filters,
  };
}

/** Octets of the key that /Length, or the version without it, tells; then those that writers of a wrong /Length meant. */
function keyLengthsOf(dict: PdfDict, version: number, revision: number, read: ValueOf): number[] {
  if (revision === 2 || version === 1) return [5, 16];
  const told = asInteger(read(dict, 'Length')) ?? (version === 4 ? 128 : 40);
  const lengths = version === 4 ? [16, told >> 3, told] : [told >> 3, told, 16, 5];
  return [...new Set(lengths)].filter((length) => length >= 5 && length <= 16);
}
