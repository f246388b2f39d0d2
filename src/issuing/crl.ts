/** Issuing certificate revocation lists (RFC 5280, 5.1). */
import { der } from '../asn1/index.ts';
import { type Bytes, concat } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { exact } from '../base/options.ts';
import type { RevocationReason } from '../pki/crl.ts';
import { signed } from './certificate.ts';
import { authorityKeyIdentifier, crlNumber, encodeExtensions, type IssuedExtension, invalidityDate, reasonCode } from './extension.ts';
import type { IssuingKey } from './issuing-key.ts';
import { encodeName, type NameAttributes } from './name.ts';

export interface RevokedCertificate {
  readonly serial: Bytes | number | bigint;
  readonly at: Instant;
  /** `unspecified` and absent are the same: no reason code is written. */
  readonly reason?: RevocationReason;
  readonly invalidSince?: Instant;
  readonly extensions?: readonly IssuedExtension[];
}

export interface CrlToIssue {
  readonly issuer: Bytes | NameAttributes;
  readonly key: IssuingKey;
  readonly thisUpdate: Instant;
  /** Null: no next update is announced (against the profile, seen in the field). */
  readonly nextUpdate: Instant | null;
  readonly number: number | bigint;
  readonly revoked: readonly RevokedCertificate[];
  /** Beside the authority key identifier and the CRL number: an issuing distribution point, a delta indicator … */
  readonly extensions?: readonly IssuedExtension[];
}

/**
 * A version 2 CRL in DER, the entries in the order given.
 *
 *     CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signatureValue BIT STRING }
 *
 * Throws `Fault` `bad-option`, `signer-refused`.
 */
export async function issueCrl(crl: CrlToIssue): Promise<Bytes> {
  exact('issueCrl', crl, KNOWN);
  const { key, revoked } = crl;
  const extensions = [authorityKeyIdentifier(key.publicKey), crlNumber(crl.number), ...(crl.extensions ?? [])];
  const tbs = der.sequence(
    der.integer(1),
    key.algorithm,
    encodeName(crl.issuer),
    der.time(crl.thisUpdate),
    ...(crl.nextUpdate === null ? [] : [der.time(crl.nextUpdate)]),
    ...(revoked.length > 0 ? [der.sequence(concat(revoked.map(encodeEntry)))] : []),
    der.context(0, encodeExtensions(extensions)),
  );
  return signed(tbs, key);
}

function encodeEntry({ serial, at, reason = 'unspecified', invalidSince, extensions = [] }: RevokedCertificate): Bytes {
  const all = [
    ...(reason === 'unspecified' ? [] : [reasonCode(reason)]),
    ...(invalidSince === undefined ? [] : [invalidityDate(invalidSince)]),
    ...extensions,
  ];
  return der.sequence(der.integer(serial), der.time(at), ...(all.length > 0 ? [encodeExtensions(all)] : []));
}

const KNOWN = ['issuer', 'key', 'thisUpdate', 'nextUpdate', 'number', 'revoked', 'extensions'];
