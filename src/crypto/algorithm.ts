/** Look-ups in the one table of algorithms, by OID, URI and name (TS 119 312; RFC 9231), and AlgorithmIdentifier encodings. */
import { der, Reader } from '../asn1/index.ts';
import { TAG } from '../asn1/tag.ts';
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { attempt } from '../base/parsed.ts';
import { digestLength } from './digest.ts';
import type { DigestName, PssParameters, SchemeName, SignatureAlgorithm } from './names.ts';
import { encodePss, readPssParameters } from './pss.ts';
import { DIGESTS, KEY_OIDS, PSS_URI, SIGNATURES, type SignatureRow } from './table.ts';

export type { PssParameters, SignatureAlgorithm } from './names.ts';
export { PSS_URI } from './table.ts';

export const digestByOid = (oid: string): DigestName | null => DIGEST_BY_OID.get(oid) ?? null;
export const digestByUri = (uri: string): DigestName | null => DIGEST_BY_URI.get(uri) ?? null;
export const digestOid = (name: DigestName): string => DIGEST_BY_NAME.get(name)?.oid ?? '';
/** Null where no URI is registered. */
export const digestUri = (name: DigestName): string | null => DIGEST_BY_NAME.get(name)?.uri ?? null;

/**
 * The algorithm of an AlgorithmIdentifier, or null where the identifier is unknown or its parameters are not the ones it has.
 *
 * @param parameters DER of the parameters, null where absent
 * @param digestHint digest told elsewhere (SignerInfo.digestAlgorithm), for identifiers that name a key only (RFC 3370, 3.2)
 */
export function signatureAlgorithm(oid: string, parameters: Bytes | null, digestHint: DigestName | null = null): SignatureAlgorithm | null {
  if (oid === KEY_OIDS['RSASSA-PSS']) return parameters && pssAlgorithm(oid, parameters);
  const byKey = SCHEME_OF_KEY.get(oid);
  if (byKey !== undefined) {
    if (digestHint === null || (byKey === 'RSA' && !isNullOrAbsent(parameters))) return null;
    return { scheme: byKey, digest: digestHint, identifier: oid };
  }
  const row = SIGNATURE_BY_OID.get(oid);
  if (row === undefined || !(row.digest === null ? parameters === null : isNullOrAbsent(parameters))) return null;
  return algorithmOf(row, oid);
}

/** The algorithm of a SignatureMethod URI, or null; the value of ECDSA and DSA is then r and s side by side (XMLDSig 1.1, 6.4). */
export function signatureAlgorithmByUri(
  uri: string,
  pss?: { readonly digest: DigestName; readonly pss: PssParameters },
): SignatureAlgorithm | null {
  if (uri === PSS_URI) return pss ? { scheme: 'RSASSA-PSS', ...pss, identifier: uri } : null;
  const row = SIGNATURE_BY_URI.get(uri);
  if (row === undefined) return null;
  const algorithm = algorithmOf(row, uri);
  return row.scheme === 'ECDSA' || row.scheme === 'DSA' ? { ...algorithm, encoding: 'P1363' } : algorithm;
}

/** The URI to write for a scheme and digest (EdDSA: by its key kind), or null where none is registered. */
export const signatureUri = (scheme: SchemeName, digest: DigestName | null, keyKind?: string): string | null =>
  SIGNATURES.find(
    (row) => row.scheme === scheme && row.digest === digest && row.uri !== null && (digest !== null || row.keyKind === keyKind),
  )?.uri ?? null;

/**
 * AlgorithmIdentifier of a signature: RSA with NULL, PSS with explicit parameters (MGF1 of the same digest, a salt as long as it).
 *
 * @param spki the signing key; needed where the key is the algorithm (EdDSA, ML-DSA, SLH-DSA), which have no digest
 * @throws Fault `unsupported` for a pair that no identifier names
 */
export function encodeSignatureAlgorithm(scheme: SchemeName, digest: DigestName | null, spki: Bytes | null = null): Bytes {
  if (scheme === 'RSASSA-PSS' && digest !== null && !digest.startsWith('SHAKE')) return encodePss(digest, pssOf(digest));
  if (KEY_IS_ALGORITHM.has(scheme)) {
    const oid = spki === null ? null : algorithmOid(spki);
    if (oid !== null && SIGNATURE_BY_OID.get(oid)?.scheme === scheme) return der.sequence(der.oid(oid));
  } else {
    const row = SIGNATURES.find((one) => one.scheme === scheme && one.digest === digest && one.oid !== null);
    if (row?.oid) return scheme === 'RSA' ? der.sequence(der.oid(row.oid), der.NULL) : der.sequence(der.oid(row.oid));
  }
  throw new Fault('unsupported', `no algorithm identifier for ${scheme} with ${digest ?? 'this key'}: choose another digest or key`);
}

/** True where the key takes the message itself and no digest is told: EdDSA, ML-DSA, SLH-DSA. */
export const digestsItself = (scheme: SchemeName): boolean => KEY_IS_ALGORITHM.has(scheme);

/** AlgorithmIdentifier of a digest, without parameters (RFC 5754, 2). */
export const encodeDigestAlgorithm = (name: DigestName): Bytes => der.sequence(der.oid(digestOid(name)));

/** What PSS means where only the digest is told: MGF1 of the same digest, a salt as long as it (RFC 4056, 3). */
export const pssOf = (digest: DigestName): PssParameters => ({ mgfDigest: digest, saltLength: digestLength(digest), trailer: 1 });

/** Identifier of the algorithm of a SubjectPublicKeyInfo, or null. */
export function algorithmOid(spki: Bytes): string | null {
  const oid = attempt(() => Reader.over(spki, 'SubjectPublicKeyInfo').sequence().sequence('AlgorithmIdentifier').oid());
  return oid.ok ? oid.value : null;
}

function algorithmOf({ scheme, digest, keyKind }: SignatureRow, identifier: string): SignatureAlgorithm {
  if (scheme === 'RSASSA-PSS' && digest !== null) return { scheme, digest, pss: pssOf(digest), identifier };
  if (scheme === 'PLAIN-ECDSA') return { scheme, digest, encoding: 'P1363', identifier };
  return keyKind === undefined ? { scheme, digest, identifier } : { scheme, digest, keyKind, identifier };
}

function pssAlgorithm(identifier: string, parameters: Bytes): SignatureAlgorithm | null {
  const read = attempt(() => {
    const reader = Reader.over(parameters, 'RSASSA-PSS-params');
    const value = readPssParameters(reader);
    reader.finish();
    return value;
  });
  return read.ok ? { scheme: 'RSASSA-PSS', ...read.value, identifier } : null;
}

/** RFC 4055 wants NULL for RSA, RFC 5758 nothing for DSA and ECDSA; signers in the field mix them up, and neither carries meaning. */
const isNullOrAbsent = (parameters: Bytes | null): boolean =>
  parameters === null || (parameters.length === 2 && parameters[0] === TAG.NULL && parameters[1] === 0);

const SCHEME_OF_KEY: ReadonlyMap<string, SchemeName> = new Map([
  [KEY_OIDS.RSA, 'RSA'],
  [KEY_OIDS.DSA, 'DSA'],
  [KEY_OIDS['DSA-OIW'], 'DSA'],
  [KEY_OIDS.EC, 'ECDSA'],
]);
const KEY_IS_ALGORITHM: ReadonlySet<SchemeName> = new Set(['EdDSA', 'ML-DSA', 'SLH-DSA']);
const DIGEST_BY_NAME = new Map(DIGESTS.map((row) => [row.name, row]));
const DIGEST_BY_OID = new Map(DIGESTS.map(({ oid, name }) => [oid, name]));
const DIGEST_BY_URI = new Map(DIGESTS.flatMap(({ uri, name }) => (uri === null ? [] : [[uri, name] as const])));
const SIGNATURE_BY_OID = new Map(SIGNATURES.flatMap((row) => (row.oid === null ? [] : [[row.oid, row] as const])));
const SIGNATURE_BY_URI = new Map(SIGNATURES.flatMap((row) => (row.uri === null ? [] : [[row.uri, row] as const])));
