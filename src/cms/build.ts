/** Writing a SignedData in DER, and adding to one that is signed without touching what was signed (RFC 5652, 5). */
import { der, TAG } from '../asn1/index.ts';
import { type Bytes, concat, equal } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { fromLatin1 } from '../base/text.ts';
import { encodeContentInfo } from './content-info.ts';
import { CONTENT, REVOCATION_INFO } from './oid.ts';
import { parseSignedData, type SignedData } from './signed-data.ts';
import type { SignerInfo } from './signer-info.ts';

export interface SignerInfoParts {
  /** DER IssuerAndSerialNumber. */
  readonly issuerAndSerial: Bytes;
  /** DER AlgorithmIdentifier of the digest. */
  readonly digestAlgorithm: Bytes;
  /** DER SET OF Attribute, as signed; null for a signature over the content itself. */
  readonly signedAttributes: Bytes | null;
  /** DER AlgorithmIdentifier of the signature. */
  readonly signatureAlgorithm: Bytes;
  readonly signature: Bytes;
  /** DER attributes. */
  readonly unsignedAttributes?: readonly Bytes[];
}

export interface SignedDataParts {
  /** DER AlgorithmIdentifiers. */
  readonly digestAlgorithms: readonly Bytes[];
  /** eContentType: id-data unless given. */
  readonly contentType?: string;
  /** eContent; null or left out: detached. */
  readonly content?: Bytes | null;
  readonly certificates?: readonly Bytes[];
  /** RevocationInfoChoices: CRLs as they are, see {@link encodeOcspInfo}. */
  readonly revocationInfos?: readonly Bytes[];
  /** DER SignerInfos. */
  readonly signerInfos: readonly Bytes[];
}

/** `IssuerAndSerialNumber ::= SEQUENCE { issuer Name, serialNumber CertificateSerialNumber }`; `serial` is the INTEGER's contents. */
export const encodeIssuerAndSerial = (issuer: Bytes, serial: Bytes): Bytes => der.sequence(issuer, der.encode(TAG.INTEGER, serial));

/** OtherRevocationInfoFormat that holds an OCSPResponse (RFC 5940, 2). */
export const encodeOcspInfo = (response: Bytes): Bytes => der.context(1, der.oid(REVOCATION_INFO.ocspResponse), response);

/** DER SignerInfo of version 1. */
export function encodeSignerInfo(parts: SignerInfoParts): Bytes {
  const components = [der.integer(1), parts.issuerAndSerial, parts.digestAlgorithm];
  if (parts.signedAttributes) components.push(retag(parts.signedAttributes, 0xa0));
  components.push(parts.signatureAlgorithm, der.octetString(parts.signature));
  if (parts.unsignedAttributes?.length) components.push(retag(der.setOf(...parts.unsignedAttributes), 0xa1));
  return der.sequence(...components);
}

/** DER ContentInfo with a SignedData. */
export function encodeSignedData(parts: SignedDataParts): Bytes {
  const contentType = parts.contentType ?? CONTENT.data;
  const revocationInfos = parts.revocationInfos ?? [];
  const content = parts.content ? [der.context(0, der.octetString(parts.content))] : [];
  const components = [
    der.integer(versionFor(contentType, revocationInfos)),
    der.setOf(...parts.digestAlgorithms),
    der.sequence(der.oid(contentType), ...content),
  ];
  if (parts.certificates?.length) components.push(retag(der.setOf(...unique(parts.certificates)), 0xa0));
  if (revocationInfos.length > 0) components.push(retag(der.setOf(...unique(revocationInfos)), 0xa1));
  components.push(der.setOf(...parts.signerInfos));
  return encodeContentInfo(CONTENT.signedData, der.sequence(...components));
}

/**
 * The CMS with one more unsigned attribute (DER) in its SignerInfo number `index`. Only lengths around it are written anew;
 * the attribute comes last, so that archive time-stamps over the ones before it keep their order. `cms` must be a SignedData:
 * throws `Fault` `malformed-input`.
 */
export function addUnsignedAttribute(cms: Bytes, index: number, attribute: Bytes): Bytes {
  const signedData = mustParse(cms);
  return replaceSignerInfo(signedData, index, (info) => {
    const existing = info.unsignedAttributes.map(({ bytes }) => bytes);
    return withUnsignedAttributes(info, [...existing, attribute]);
  });
}

/** The CMS with the unsigned attributes of its SignerInfo number `index` replaced. Throws `Fault` `malformed-input`. */
export const replaceUnsignedAttributes = (cms: Bytes, index: number, attributes: readonly Bytes[]): Bytes =>
  replaceSignerInfo(mustParse(cms), index, (info) => withUnsignedAttributes(info, attributes));

/**
 * The CMS with more certificates and RevocationInfoChoices after those it has; what it has already is not repeated.
 * Throws `Fault` `malformed-input`.
 */
export function addMaterial(cms: Bytes, certificates: readonly Bytes[], revocationInfos: readonly Bytes[]): Bytes {
  const signedData = mustParse(cms);
  const held = [...signedData.certificates, ...signedData.otherCertificates];
  return reassemble(
    signedData,
    signedData.signerInfos.map(({ bytes }) => bytes),
    appended(signedData.components.certificates, held, certificates, 0xa0),
    appended(
      signedData.components.crls,
      signedData.revocationInfos.map(({ bytes }) => bytes),
      revocationInfos,
      0xa1,
    ),
    revocationInfos.some((info) => info[0] !== TAG.SEQUENCE),
  );
}

/** The CMS with one more SignerInfo (DER), its digest algorithm (DER) and its certificates: a parallel signature. */
export function addSignerInfo(cms: Bytes, signerInfo: Bytes, digestAlgorithm: Bytes, certificates: readonly Bytes[]): Bytes {
  const signedData = mustParse(addMaterial(cms, certificates, []));
  const algorithms = signedData.digestAlgorithms.map(({ bytes }) => bytes);
  const digestAlgorithms = algorithms.some((known) => equal(known, digestAlgorithm)) ? algorithms : [...algorithms, digestAlgorithm];
  const { components } = signedData;
  return reassemble(
    { ...signedData, components: { ...components, digestAlgorithms: der.setOf(...digestAlgorithms) } },
    [...signedData.signerInfos.map(({ bytes }) => bytes), signerInfo],
    components.certificates,
    components.crls,
  );
}

function appended(component: Bytes, held: readonly Bytes[], more: readonly Bytes[], tag: number): Bytes {
  const known = new Set(held.map(fromLatin1));
  const fresh = unique(more).filter((one) => !known.has(fromLatin1(one)));
  return fresh.length === 0 ? component : der.encode(tag, ...held, ...fresh);
}

function replaceSignerInfo(signedData: SignedData, index: number, replace: (info: SignerInfo) => Bytes): Bytes {
  if (index < 0 || index >= signedData.signerInfos.length)
    throw new Fault('malformed-input', `SignedData has ${signedData.signerInfos.length} SignerInfos, no number ${index}`);
  const signerInfos = signedData.signerInfos.map((info, i) => (i === index ? replace(info) : info.bytes));
  return reassemble(signedData, signerInfos, signedData.components.certificates, signedData.components.crls);
}

function withUnsignedAttributes(info: SignerInfo, attributes: readonly Bytes[]): Bytes {
  const signed = info.components.filter((component, i) => i < info.components.length - 1 || component[0] !== 0xa1);
  return der.sequence(...signed, ...(attributes.length > 0 ? [der.encode(0xa1, ...attributes)] : []));
}

function reassemble(signedData: SignedData, signerInfos: readonly Bytes[], certificates: Bytes, crls: Bytes, hasOther = false): Bytes {
  const { components } = signedData;
  const version = hasOther && signedData.version < 5 ? der.integer(5) : components.version;
  const parts = [version, components.digestAlgorithms, components.encapContentInfo, certificates, crls];
  return encodeContentInfo(
    CONTENT.signedData,
    der.sequence(...parts.filter((part) => part.length > 0), der.encode(TAG.SET, ...signerInfos)),
  );
}

function mustParse(cms: Bytes): SignedData {
  const result = parseSignedData(cms, { trailing: 'keep' });
  if (!result.ok) throw new Fault('malformed-input', `not a SignedData: ${result.malformed.what}: ${result.malformed.reason}`);
  return result.value;
}

/** RFC 5652, 5.1, for what is written here: 5 with other revocation data, 3 for a content other than id-data, else 1. */
function versionFor(contentType: string, revocationInfos: readonly Bytes[]): number {
  if (revocationInfos.some((info) => info[0] !== TAG.SEQUENCE)) return 5;
  return contentType === CONTENT.data ? 1 : 3;
}

/** Each encoding once, in order. */
const unique = (encodings: readonly Bytes[]): Bytes[] => [
  ...new Map(encodings.map((encoding) => [fromLatin1(encoding), encoding] as const)).values(),
];

function retag(encoding: Bytes, tag: number): Bytes {
  const copy = concat([encoding]);
  copy[0] = tag;
  return copy;
}
