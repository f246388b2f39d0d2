/** Building a signature of level B, and adding its signature time-stamp for level T: CAdES (EN 319 122-1, 6) and the CMS of PAdES (EN 319 142-1). */
import { der } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import type { Instant } from '../base/instant.ts';
import { exact } from '../base/options.ts';
import type { Source } from '../base/source.ts';
import { addUnsignedAttribute, encodeIssuerAndSerial, encodeSignerInfo, signedDataSource } from '../cms/build.ts';
import { encodeSigningCertificate } from '../cms/ess.ts';
import { CONTENT } from '../cms/oid.ts';
import { digestsItself, encodeDigestAlgorithm, encodeSignatureAlgorithm } from '../crypto/algorithm.ts';
import { digestLength } from '../crypto/digest.ts';
import { readPublicKey } from '../crypto/key.ts';
import type { DigestName } from '../crypto/names.ts';
import type { SigningScheme } from '../crypto/signer.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import {
  encodeAlgorithmProtection,
  encodeClaimedRoles,
  encodeCommitmentTypes,
  encodeContentHints,
  encodeContentTimestamps,
  encodeContentType,
  encodeMessageDigest,
  encodeMimeType,
  encodeSignatureTimestamp,
  encodeSignerLocation,
  encodeSigningTime,
  type SignerLocation,
} from './attributes.ts';
import { encodeSignaturePolicy, type PolicyToName } from './policy.ts';

export interface SignedAttributesOptions {
  /** `PAdES`: what a PDF signature dictionary says itself is left out (signing time, location; EN 319 142-1). */
  readonly profile: 'CAdES' | 'PAdES';
  /** Who signs: DER certificates, the signer's own first; keep handing in the same array, what was read of it is remembered. */
  readonly chain: readonly [signer: Bytes, ...issuers: Bytes[]];
  readonly digest: DigestName;
  /** Digest of the content. */
  readonly messageDigest: Bytes;
  /** eContentType; id-data where left out. Null: a countersignature, which has none (RFC 5652, 11.4). */
  readonly contentType?: string | null;
  /** Claimed time; CAdES level B needs it, PAdES must not have it. */
  readonly signingTime?: Instant;
  readonly policy?: PolicyToName | 'implied';
  /** OIDs. */
  readonly commitmentTypes?: readonly string[];
  readonly location?: SignerLocation;
  readonly claimedRoles?: readonly string[];
  readonly mimeType?: string;
  /** Description and type of an inner content. */
  readonly contentHints?: { readonly contentType: string; readonly description?: string };
  /** Time-stamp tokens over the content. */
  readonly contentTimestamps?: readonly Bytes[];
  /** Adds the algorithm protection attribute (RFC 6211) for this scheme. */
  readonly protectAlgorithms?: SigningScheme;
  /** More attributes, DER, such as adbe-revocationInfoArchival. */
  readonly more?: readonly Bytes[];
}

/** DER SET OF Attribute: exactly what the signer signs. Throws `Fault` `bad-option` for what the profile excludes, `malformed-input` for the certificate. */
export function signedAttributes(options: SignedAttributesOptions): Bytes {
  exact('signedAttributes', options, SIGNED_ATTRIBUTE_OPTIONS);
  const pades = options.profile === 'PAdES';
  if (pades && (options.signingTime !== undefined || options.location !== undefined || options.mimeType !== undefined))
    throw new Fault('bad-option', 'signedAttributes: PAdES has no signing-time, signer-location and mime-type attribute');
  if (options.messageDigest.length !== digestLength(options.digest))
    throw new Fault('bad-option', `signedAttributes: messageDigest is no ${options.digest}`);
  const signer = identityOf(options.chain[0]);
  const attributes = [
    ...(options.contentType === null ? [] : [encodeContentType(options.contentType ?? CONTENT.data)]),
    encodeMessageDigest(options.messageDigest),
    signer.reference(options.digest),
    ...(options.more ?? []),
  ];
  if (options.signingTime !== undefined) attributes.push(encodeSigningTime(options.signingTime));
  if (options.policy) attributes.push(encodeSignaturePolicy(options.policy));
  if (options.commitmentTypes?.length) attributes.push(encodeCommitmentTypes(options.commitmentTypes));
  if (options.location) attributes.push(encodeSignerLocation(options.location));
  if (options.claimedRoles?.length) attributes.push(encodeClaimedRoles(options.claimedRoles));
  if (options.mimeType !== undefined) attributes.push(encodeMimeType(options.mimeType));
  if (options.contentHints) attributes.push(encodeContentHints(options.contentHints.contentType, options.contentHints.description));
  if (options.contentTimestamps?.length) attributes.push(encodeContentTimestamps(options.contentTimestamps));
  if (options.protectAlgorithms) {
    const signature = signer.signatureAlgorithm(options.protectAlgorithms, options.digest);
    attributes.push(encodeAlgorithmProtection(encodeDigestAlgorithm(options.digest), signature));
  }
  return der.setOf(...attributes);
}

export interface SignedDataOptions {
  readonly chain: readonly [signer: Bytes, ...issuers: Bytes[]];
  readonly scheme: SigningScheme;
  readonly digest: DigestName;
  /** What {@link signedAttributes} gave. */
  readonly signedAttributes: Bytes;
  readonly signature: Bytes;
  /** The content to put inside; left out: detached. */
  readonly content?: Bytes | Source;
  readonly contentType?: string;
  /** DER attributes. */
  readonly unsignedAttributes?: readonly Bytes[];
  /** RevocationInfoChoices. */
  readonly revocationInfos?: readonly Bytes[];
}

/** ContentInfo of a SignedData with one signature. Nothing is verified here. Throws `Fault` `malformed-input` for the certificate. */
export function buildSignedData(options: SignedDataOptions): Bytes {
  const whole = signedDataSourceOf(options);
  return whole.read(0, whole.size);
}

/** As {@link buildSignedData}, as a source: a content in a source stays there. DER, but for a content too long for one piece. */
export function signedDataSourceOf(options: SignedDataOptions): Source {
  exact('buildSignedData', options, SIGNED_DATA_OPTIONS);
  return signedDataSource({
    digestAlgorithms: [encodeDigestAlgorithm(options.digest)],
    contentType: options.contentType ?? CONTENT.data,
    content: options.content ?? null,
    certificates: options.chain,
    revocationInfos: options.revocationInfos ?? [],
    signerInfos: [buildSignerInfo(options)],
  });
}

/** DER SignerInfo alone: for a parallel signature or a countersignature. Throws `Fault` `malformed-input` for the certificate. */
export function buildSignerInfo(
  options: Pick<SignedDataOptions, 'chain' | 'scheme' | 'digest' | 'signedAttributes' | 'signature' | 'unsignedAttributes'>,
): Bytes {
  const signer = identityOf(options.chain[0]);
  return encodeSignerInfo({
    issuerAndSerial: signer.issuerAndSerial,
    digestAlgorithm: encodeDigestAlgorithm(options.digest),
    signedAttributes: options.signedAttributes,
    signatureAlgorithm: signer.signatureAlgorithm(options.scheme, options.digest),
    signature: options.signature,
    unsignedAttributes: options.unsignedAttributes ?? [],
  });
}

/** The CMS with a signature-time-stamp over the signature value of its SignerInfo number `index`: level T (EN 319 122-1, 5.3). */
export const addSignatureTimestamp = (cms: Bytes, token: Bytes, index = 0): Bytes =>
  addUnsignedAttribute(cms, index, encodeSignatureTimestamp(token));

export interface SizeOptions {
  readonly chain: readonly [signer: Bytes, ...issuers: Bytes[]];
  readonly scheme: SigningScheme;
  readonly digest: DigestName;
  /** Length of the signed attributes in octets. */
  readonly signedAttributes: number;
  /** Length of the content put inside; 0 or left out: detached. */
  readonly content?: number;
  /** Octets of tokens and other unsigned attributes and revocation data to come. */
  readonly reserve?: number;
}

/** An upper bound for the length of what {@link buildSignedData} will give, in octets; at most some hundred above it. */
export function estimateSignedDataSize(options: SizeOptions): number {
  exact('estimateSignedDataSize', options, SIZE_OPTIONS);
  const signer = identityOf(options.chain[0]);
  let certificates = 0;
  for (const certificate of options.chain) certificates += certificate.length;
  return (
    FRAME +
    certificates +
    2 * encodeDigestAlgorithm(options.digest).length +
    signer.issuerAndSerial.length +
    signer.signatureAlgorithm(options.scheme, options.digest).length +
    signatureLength(signer.certificate, options.scheme) +
    options.signedAttributes +
    (options.content ?? 0) +
    (options.reserve ?? 0)
  );
}

/** The digest to use with a key: what was asked for, but what RFC 8419 requires for EdDSA (SHA-512 for Ed25519, SHAKE256 for Ed448). */
export function digestFor(scheme: SigningScheme, certificate: Bytes, asked: DigestName): DigestName {
  if (scheme !== 'EdDSA') return asked;
  const key = readPublicKey(identityOf(certificate).certificate.spki);
  return typeof key !== 'string' && key.kind === 'Ed448' ? 'SHAKE256' : 'SHA-512';
}

/** Upper bound for the length of a signature value. */
function signatureLength({ spki }: Certificate, scheme: SigningScheme): number {
  const key = readPublicKey(spki);
  if (typeof key === 'string') return LONGEST_SIGNATURE;
  const octets = Math.ceil(key.bits / 8);
  if (scheme === 'RSA' || scheme === 'RSASSA-PSS') return octets;
  // Two INTEGERs with a leading zero each, and the headers around them.
  if (scheme === 'ECDSA') return 2 * (octets + 3) + 3;
  if (scheme === 'SLH-DSA') return LONGEST_SLH_DSA;
  return scheme === 'EdDSA' ? 114 : LONGEST_SIGNATURE;
}

/** What of a signer's certificate goes into each signature, computed once. */
interface SignerIdentity {
  readonly certificate: Certificate;
  readonly issuerAndSerial: Bytes;
  reference(digest: DigestName): Bytes;
  signatureAlgorithm(scheme: SigningScheme, digest: DigestName): Bytes;
}

function identityOf(der: Bytes): SignerIdentity {
  const known = IDENTITIES.get(der);
  if (known) return known;
  const parsed = parseCertificate(der);
  if (!parsed.ok) throw new Fault('malformed-input', `signing certificate: ${parsed.malformed.what}: ${parsed.malformed.reason}`);
  const certificate = parsed.value;
  const references = new Map<DigestName, Bytes>();
  const algorithms = new Map<string, Bytes>();
  const identity: SignerIdentity = {
    certificate,
    issuerAndSerial: encodeIssuerAndSerial(certificate.issuer.bytes, certificate.serial),
    reference: (digest) => once(references, digest, () => encodeSigningCertificate(digest, certificate)),
    signatureAlgorithm: (scheme, digest) =>
      once(algorithms, `${scheme} ${digest}`, () =>
        encodeSignatureAlgorithm(scheme, digestsItself(scheme) ? null : digest, certificate.spki),
      ),
  };
  IDENTITIES.set(der, identity);
  return identity;
}

function once<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  let value = known.get(key);
  if (value === undefined) {
    value = make();
    known.set(key, value);
  }
  return value;
}

/** By the certificate's array: gone with it. */
const IDENTITIES = new WeakMap<Bytes, SignerIdentity>();

/** Headers, versions and identifiers around the parts that are counted: 14 headers of at most 6 octets, three versions, two identifiers. */
const FRAME = 160;
/** ML-DSA-87. */
const LONGEST_SIGNATURE = 4700;
/** SLH-DSA-SHA2-256f and SLH-DSA-SHAKE-256f (FIPS 205, table 2). */
const LONGEST_SLH_DSA = 49_856;

const SIGNED_ATTRIBUTE_OPTIONS = [
  'profile',
  'chain',
  'digest',
  'messageDigest',
  'contentType',
  'signingTime',
  'policy',
  'commitmentTypes',
  'location',
  'claimedRoles',
  'mimeType',
  'contentHints',
  'contentTimestamps',
  'protectAlgorithms',
  'more',
];
const SIGNED_DATA_OPTIONS = [
  'chain',
  'scheme',
  'digest',
  'signedAttributes',
  'signature',
  'content',
  'contentType',
  'unsignedAttributes',
  'revocationInfos',
];
const SIZE_OPTIONS = ['chain', 'scheme', 'digest', 'signedAttributes', 'content', 'reserve'];
