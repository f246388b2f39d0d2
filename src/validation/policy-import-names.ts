/** Names of algorithms as policy files of others write them: with and without hyphens, in either case. */
import type { DigestName, SchemeName } from '../crypto/names.ts';
import { DIGESTS } from '../crypto/table.ts';

/** The digest of a name such as `SHA256`, `SHA-256`, `sha256`, `SHA3_256`; null where none is known. */
export const digestNamed = (name: string): DigestName | null => DIGEST_NAMES.get(bare(name)) ?? null;

/** The scheme of a name such as `RSA`, `RSASSA-PSS`, `PLAIN_ECDSA`; null where none is known. */
export const schemeNamed = (name: string): SchemeName | null => SCHEME_NAMES.get(bare(name)) ?? null;

/** SHA3 keeps its hyphen: SHA3-256 is not SHA-3256. */
const bare = (name: string): string =>
  name
    .trim()
    .toUpperCase()
    .replace(/_/g, '-')
    .replace(/^SHA-(?=\d)/, 'SHA');

const DIGEST_NAMES: ReadonlyMap<string, DigestName> = new Map(DIGESTS.map(({ name }) => [bare(name), name]));
const SCHEME_NAMES: ReadonlyMap<string, SchemeName> = new Map([
  ['RSA', 'RSA'],
  ['RSASSA-PSS', 'RSASSA-PSS'],
  ['RSA-PSS', 'RSASSA-PSS'],
  ['DSA', 'DSA'],
  ['ECDSA', 'ECDSA'],
  ['PLAIN-ECDSA', 'PLAIN-ECDSA'],
  ['EDDSA', 'EdDSA'],
  ['ED25519', 'EdDSA'],
  ['ED448', 'EdDSA'],
  ['ML-DSA', 'ML-DSA'],
  ['SLH-DSA', 'SLH-DSA'],
]);
