/** The one table of algorithms: OID and URI of every digest and signature algorithm (TS 119 312; RFC 9231 for URIs). */
import type { DigestName, KeyKind, SchemeName } from './names.ts';

export interface DigestRow {
  readonly name: DigestName;
  readonly oid: string;
  readonly uri: string | null;
}

/** A signature algorithm whose identifier says everything (all but RSASSA-PSS by OID). */
export interface SignatureRow {
  readonly scheme: SchemeName;
  readonly digest: DigestName | null;
  readonly keyKind?: KeyKind;
  readonly oid: string | null;
  readonly uri: string | null;
}

const MORE_2001 = 'http://www.w3.org/2001/04/xmldsig-more#';
const MORE_2007 = 'http://www.w3.org/2007/05/xmldsig-more#';
const MORE_2021 = 'http://www.w3.org/2021/04/xmldsig-more#';
const XMLDSIG = 'http://www.w3.org/2000/09/xmldsig#';
const XMLDSIG_11 = 'http://www.w3.org/2009/xmldsig11#';
const XMLENC = 'http://www.w3.org/2001/04/xmlenc#';
const NIST_DIGEST = '2.16.840.1.101.3.4.2';
const NIST_SIGNATURE = '2.16.840.1.101.3.4.3';
const PKCS_1 = '1.2.840.113549.1.1';
const BSI_PLAIN = '0.4.0.127.0.7.1.1.4.1';

const digestRow = (name: DigestName, oid: string, uri: string | null = null): DigestRow => ({ name, oid, uri });

export const DIGESTS: readonly DigestRow[] = [
  digestRow('MD2', '1.2.840.113549.2.2'),
  digestRow('MD4', '1.2.840.113549.2.4'),
  digestRow('MD5', '1.2.840.113549.2.5', `${MORE_2001}md5`),
  digestRow('SHA-1', '1.3.14.3.2.26', `${XMLDSIG}sha1`),
  digestRow('SHA-224', `${NIST_DIGEST}.4`, `${MORE_2001}sha224`),
  digestRow('SHA-256', `${NIST_DIGEST}.1`, `${XMLENC}sha256`),
  digestRow('SHA-384', `${NIST_DIGEST}.2`, `${MORE_2001}sha384`),
  digestRow('SHA-512', `${NIST_DIGEST}.3`, `${XMLENC}sha512`),
  digestRow('SHA-512/224', `${NIST_DIGEST}.5`),
  digestRow('SHA-512/256', `${NIST_DIGEST}.6`),
  digestRow('SHA3-224', `${NIST_DIGEST}.7`, `${MORE_2007}sha3-224`),
  digestRow('SHA3-256', `${NIST_DIGEST}.8`, `${MORE_2007}sha3-256`),
  digestRow('SHA3-384', `${NIST_DIGEST}.9`, `${MORE_2007}sha3-384`),
  digestRow('SHA3-512', `${NIST_DIGEST}.10`, `${MORE_2007}sha3-512`),
  digestRow('SHAKE128', `${NIST_DIGEST}.11`),
  digestRow('SHAKE256', `${NIST_DIGEST}.12`),
  digestRow('RIPEMD160', '1.3.36.3.2.1', `${XMLENC}ripemd160`),
  digestRow('WHIRLPOOL', '1.0.10118.3.0.55', `${MORE_2007}whirlpool`),
];

const row = (scheme: SchemeName, digest: DigestName | null, oid: string | null, uri: string | null = null): SignatureRow => ({
  scheme,
  digest,
  oid,
  uri,
});
const ofKind = (scheme: SchemeName, keyKind: KeyKind, oid: string, uri: string | null = null): SignatureRow => ({
  scheme,
  digest: null,
  keyKind,
  oid,
  uri,
});

/** Where one algorithm has several identifiers, the one to write comes first. */
export const SIGNATURES: readonly SignatureRow[] = [
  row('RSA', 'MD2', `${PKCS_1}.2`),
  row('RSA', 'MD4', `${PKCS_1}.3`),
  row('RSA', 'MD4', '1.3.14.3.2.2'),
  row('RSA', 'MD5', `${PKCS_1}.4`, `${MORE_2001}rsa-md5`),
  row('RSA', 'MD5', '1.3.14.3.2.3'),
  row('RSA', 'MD5', '1.3.14.3.2.25'),
  row('RSA', 'SHA-1', `${PKCS_1}.5`, `${XMLDSIG}rsa-sha1`),
  row('RSA', 'SHA-1', '1.3.14.3.2.29'),
  row('RSA', 'SHA-224', `${PKCS_1}.14`, `${MORE_2001}rsa-sha224`),
  row('RSA', 'SHA-256', `${PKCS_1}.11`, `${MORE_2001}rsa-sha256`),
  row('RSA', 'SHA-384', `${PKCS_1}.12`, `${MORE_2001}rsa-sha384`),
  row('RSA', 'SHA-512', `${PKCS_1}.13`, `${MORE_2001}rsa-sha512`),
  row('RSA', 'SHA-512/224', `${PKCS_1}.15`),
  row('RSA', 'SHA-512/256', `${PKCS_1}.16`),
  row('RSA', 'SHA3-224', `${NIST_SIGNATURE}.13`),
  row('RSA', 'SHA3-256', `${NIST_SIGNATURE}.14`),
  row('RSA', 'SHA3-384', `${NIST_SIGNATURE}.15`),
  row('RSA', 'SHA3-512', `${NIST_SIGNATURE}.16`),
  row('RSA', 'RIPEMD160', '1.3.36.3.3.1.2', `${MORE_2001}rsa-ripemd160`),
  row('RSA', 'WHIRLPOOL', null, `${MORE_2007}rsa-whirlpool`),

  // RFC 9231, 2.3.10: MGF1 with the same digest, a salt as long as it. By OID the parameters tell the digest (pss.ts).
  row('RSASSA-PSS', 'MD5', null, `${MORE_2007}md5-rsa-MGF1`),
  row('RSASSA-PSS', 'SHA-1', null, `${MORE_2007}sha1-rsa-MGF1`),
  row('RSASSA-PSS', 'SHA-224', null, `${MORE_2007}sha224-rsa-MGF1`),
  row('RSASSA-PSS', 'SHA-256', null, `${MORE_2007}sha256-rsa-MGF1`),
  row('RSASSA-PSS', 'SHA-384', null, `${MORE_2007}sha384-rsa-MGF1`),
  row('RSASSA-PSS', 'SHA-512', null, `${MORE_2007}sha512-rsa-MGF1`),
  row('RSASSA-PSS', 'SHA3-224', null, `${MORE_2007}sha3-224-rsa-MGF1`),
  row('RSASSA-PSS', 'SHA3-256', null, `${MORE_2007}sha3-256-rsa-MGF1`),
  row('RSASSA-PSS', 'SHA3-384', null, `${MORE_2007}sha3-384-rsa-MGF1`),
  row('RSASSA-PSS', 'SHA3-512', null, `${MORE_2007}sha3-512-rsa-MGF1`),
  row('RSASSA-PSS', 'RIPEMD160', null, `${MORE_2007}ripemd160-rsa-MGF1`),
  row('RSASSA-PSS', 'WHIRLPOOL', null, `${MORE_2007}whirlpool-rsa-MGF1`),
  // RFC 8702, 2.2: the mask is SHAKE itself.
  row('RSASSA-PSS', 'SHAKE128', '1.3.6.1.5.5.7.6.30'),
  row('RSASSA-PSS', 'SHAKE256', '1.3.6.1.5.5.7.6.31'),

  row('DSA', 'SHA-1', '1.2.840.10040.4.3', `${XMLDSIG}dsa-sha1`),
  row('DSA', 'SHA-1', '1.3.14.3.2.27'),
  row('DSA', 'SHA-224', `${NIST_SIGNATURE}.1`),
  row('DSA', 'SHA-256', `${NIST_SIGNATURE}.2`, `${XMLDSIG_11}dsa-sha256`),
  row('DSA', 'SHA-384', `${NIST_SIGNATURE}.3`),
  row('DSA', 'SHA-512', `${NIST_SIGNATURE}.4`),
  row('DSA', 'SHA3-224', `${NIST_SIGNATURE}.5`),
  row('DSA', 'SHA3-256', `${NIST_SIGNATURE}.6`),
  row('DSA', 'SHA3-384', `${NIST_SIGNATURE}.7`),
  row('DSA', 'SHA3-512', `${NIST_SIGNATURE}.8`),

  row('ECDSA', 'SHA-1', '1.2.840.10045.4.1', `${MORE_2001}ecdsa-sha1`),
  row('ECDSA', 'SHA-224', '1.2.840.10045.4.3.1', `${MORE_2001}ecdsa-sha224`),
  row('ECDSA', 'SHA-256', '1.2.840.10045.4.3.2', `${MORE_2001}ecdsa-sha256`),
  row('ECDSA', 'SHA-384', '1.2.840.10045.4.3.3', `${MORE_2001}ecdsa-sha384`),
  row('ECDSA', 'SHA-512', '1.2.840.10045.4.3.4', `${MORE_2001}ecdsa-sha512`),
  row('ECDSA', 'SHA3-224', `${NIST_SIGNATURE}.9`, `${MORE_2021}ecdsa-sha3-224`),
  row('ECDSA', 'SHA3-256', `${NIST_SIGNATURE}.10`, `${MORE_2021}ecdsa-sha3-256`),
  row('ECDSA', 'SHA3-384', `${NIST_SIGNATURE}.11`, `${MORE_2021}ecdsa-sha3-384`),
  row('ECDSA', 'SHA3-512', `${NIST_SIGNATURE}.12`, `${MORE_2021}ecdsa-sha3-512`),
  row('ECDSA', 'RIPEMD160', null, `${MORE_2007}ecdsa-ripemd160`),
  row('ECDSA', 'WHIRLPOOL', null, `${MORE_2007}ecdsa-whirlpool`),
  row('ECDSA', 'SHAKE128', '1.3.6.1.5.5.7.6.32'),
  row('ECDSA', 'SHAKE256', '1.3.6.1.5.5.7.6.33'),

  row('PLAIN-ECDSA', 'SHA-1', `${BSI_PLAIN}.1`),
  row('PLAIN-ECDSA', 'SHA-224', `${BSI_PLAIN}.2`),
  row('PLAIN-ECDSA', 'SHA-256', `${BSI_PLAIN}.3`),
  row('PLAIN-ECDSA', 'SHA-384', `${BSI_PLAIN}.4`),
  row('PLAIN-ECDSA', 'SHA-512', `${BSI_PLAIN}.5`),
  row('PLAIN-ECDSA', 'RIPEMD160', `${BSI_PLAIN}.6`),
  row('PLAIN-ECDSA', 'SHA3-224', `${BSI_PLAIN}.8`),
  row('PLAIN-ECDSA', 'SHA3-256', `${BSI_PLAIN}.9`),
  row('PLAIN-ECDSA', 'SHA3-384', `${BSI_PLAIN}.10`),
  row('PLAIN-ECDSA', 'SHA3-512', `${BSI_PLAIN}.11`),

  ofKind('EdDSA', 'Ed25519', '1.3.101.112', `${MORE_2021}eddsa-ed25519`),
  ofKind('EdDSA', 'Ed448', '1.3.101.113', `${MORE_2021}eddsa-ed448`),

  ofKind('ML-DSA', 'ML-DSA-44', `${NIST_SIGNATURE}.17`),
  ofKind('ML-DSA', 'ML-DSA-65', `${NIST_SIGNATURE}.18`),
  ofKind('ML-DSA', 'ML-DSA-87', `${NIST_SIGNATURE}.19`),

  ofKind('SLH-DSA', 'SLH-DSA-SHA2-128s', `${NIST_SIGNATURE}.20`),
  ofKind('SLH-DSA', 'SLH-DSA-SHA2-128f', `${NIST_SIGNATURE}.21`),
  ofKind('SLH-DSA', 'SLH-DSA-SHA2-192s', `${NIST_SIGNATURE}.22`),
  ofKind('SLH-DSA', 'SLH-DSA-SHA2-192f', `${NIST_SIGNATURE}.23`),
  ofKind('SLH-DSA', 'SLH-DSA-SHA2-256s', `${NIST_SIGNATURE}.24`),
  ofKind('SLH-DSA', 'SLH-DSA-SHA2-256f', `${NIST_SIGNATURE}.25`),
  ofKind('SLH-DSA', 'SLH-DSA-SHAKE-128s', `${NIST_SIGNATURE}.26`),
  ofKind('SLH-DSA', 'SLH-DSA-SHAKE-128f', `${NIST_SIGNATURE}.27`),
  ofKind('SLH-DSA', 'SLH-DSA-SHAKE-192s', `${NIST_SIGNATURE}.28`),
  ofKind('SLH-DSA', 'SLH-DSA-SHAKE-192f', `${NIST_SIGNATURE}.29`),
  ofKind('SLH-DSA', 'SLH-DSA-SHAKE-256s', `${NIST_SIGNATURE}.30`),
  ofKind('SLH-DSA', 'SLH-DSA-SHAKE-256f', `${NIST_SIGNATURE}.31`),

  row('HMAC', 'MD5', '1.3.6.1.5.5.8.1.1', `${MORE_2001}hmac-md5`),
  row('HMAC', 'SHA-1', '1.2.840.113549.2.7', `${XMLDSIG}hmac-sha1`),
  row('HMAC', 'SHA-224', '1.2.840.113549.2.8', `${MORE_2001}hmac-sha224`),
  row('HMAC', 'SHA-256', '1.2.840.113549.2.9', `${MORE_2001}hmac-sha256`),
  row('HMAC', 'SHA-384', '1.2.840.113549.2.10', `${MORE_2001}hmac-sha384`),
  row('HMAC', 'SHA-512', '1.2.840.113549.2.11', `${MORE_2001}hmac-sha512`),
  row('HMAC', 'SHA-512/224', '1.2.840.113549.2.12'),
  row('HMAC', 'SHA-512/256', '1.2.840.113549.2.13'),
  row('HMAC', 'RIPEMD160', null, `${MORE_2001}hmac-ripemd160`),
];

/** Identifiers of keys, which also stand as signature algorithms where the digest is told elsewhere (RFC 3370, 3.2; seen in CMS). */
export const KEY_OIDS = {
  RSA: `${PKCS_1}.1`,
  'RSASSA-PSS': `${PKCS_1}.10`,
  DSA: '1.2.840.10040.4.1',
  /** From the OIW; an alias of the above. */
  'DSA-OIW': '1.3.14.3.2.12',
  EC: '1.2.840.10045.2.1',
} as const;

export const MGF1_OID = `${PKCS_1}.8`;
/** SignatureMethod with an RSAPSSParams child (RFC 9231, 2.3.9). */
export const PSS_URI = `${MORE_2007}rsa-pss`;

/** Named curves of the engine: OID, the runtime's name, bits of the order. RFC 5480, RFC 5639, SEC 2. */
export const CURVES: readonly { readonly oid: string; readonly name: string; readonly bits: number }[] = [
  { oid: '1.2.840.10045.3.1.1', name: 'P-192', bits: 192 },
  { oid: '1.3.132.0.33', name: 'P-224', bits: 224 },
  { oid: '1.2.840.10045.3.1.7', name: 'P-256', bits: 256 },
  { oid: '1.3.132.0.34', name: 'P-384', bits: 384 },
  { oid: '1.3.132.0.35', name: 'P-521', bits: 521 },
  { oid: '1.3.132.0.10', name: 'secp256k1', bits: 256 },
  ...[160, 192, 224, 256, 320, 384, 512].flatMap((bits, i) => [
    { oid: `1.3.36.3.3.2.8.1.1.${2 * i + 1}`, name: `brainpoolP${bits}r1`, bits },
    { oid: `1.3.36.3.3.2.8.1.1.${2 * i + 2}`, name: `brainpoolP${bits}t1`, bits },
  ]),
];
