/** Writing a SignedData, in DER unless its content is too large for that, and adding to one that is signed without touching what was signed (RFC 5652, 5). */
import { der, TAG } from '../asn1/index.ts';
import { type Bytes, concat, EMPTY, equal } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { joinSources, partOf } from '../base/joined-source.ts';
import { asSource, type Source, sourceOf } from '../base/source.ts';
import { fromLatin1 } from '../base/text.ts';
import { CONTENT, REVOCATION_INFO } from './oid.ts';
import { parseSignedData, type SignedData, type SignedDataComponents } from './signed-data.ts';
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
  readonly content?: Bytes | Source | null;
  readonly certificates?: readonly Bytes[];
  /** RevocationInfoChoices: CRLs as they are, see {@link encodeOcspInfo}. */
  readonly revocationInfos?: readonly Bytes[];
  /** DER SignerInfos. */
  readonly signerInfos: readonly Bytes[];
  /** Octets of content that are written in one piece; a longer one in segments, and what is around it in indefinite length. */
  readonly inOnePiece?: number;
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

/** ContentInfo with a SignedData; DER, but for a content that is too long for one piece. */
export const encodeSignedData = (parts: SignedDataParts): Bytes => {
  const whole = signedDataSource(parts);
  return whole.read(0, whole.size);
};

/** As {@link encodeSignedData}, as a source: a content in a source stays there. */
export function signedDataSource(parts: SignedDataParts): Source {
  const contentType = parts.contentType ?? CONTENT.data;
  const revocationInfos = parts.revocationInfos ?? [];
  return assembled({
    version: der.integer(versionFor(contentType, revocationInfos)),
    digestAlgorithms: der.setOf(...parts.digestAlgorithms),
    encapContentInfo: encapsulated(contentType, parts.content ?? null, parts.inOnePiece ?? IN_ONE_PIECE),
    certificates: parts.certificates?.length ? retag(der.setOf(...unique(parts.certificates)), 0xa0) : EMPTY,
    crls: revocationInfos.length > 0 ? retag(der.setOf(...unique(revocationInfos)), 0xa1) : EMPTY,
    signerInfos: der.setOf(...parts.signerInfos),
  });
}

/** `EncapsulatedContentInfo ::= SEQUENCE { eContentType ContentType, eContent [0] EXPLICIT OCTET STRING OPTIONAL }` */
function encapsulated(contentType: string, content: Bytes | Source | null, inOnePiece: number): Source {
  const type = der.oid(contentType);
  if (content === null) return sourceOf(der.sequence(type));
  const source = asSource(content);
  if (source.size > inOnePiece)
    return joinSources([INDEFINITE_SEQUENCE, type, INDEFINITE_WRAPPER, INDEFINITE_STRING, ...segmented(source), END, END, END]);
  const string = der.header(TAG.OCTET_STRING, source.size);
  const wrapper = der.header(0xa0, string.length + source.size);
  const outer = der.header(TAG.SEQUENCE, type.length + wrapper.length + string.length + source.size);
  return joinSources([concat([outer, type, wrapper, string]), source]);
}

/** Segments of a constructed OCTET STRING (X.690, 8.7.3). */
function segmented(source: Source): (Bytes | Source)[] {
  const parts: (Bytes | Source)[] = [];
  const full = der.header(TAG.OCTET_STRING, SEGMENT);
  for (let at = 0; at < source.size; at += SEGMENT) {
    const length = Math.min(SEGMENT, source.size - at);
    parts.push(length === SEGMENT ? full : der.header(TAG.OCTET_STRING, length), partOf(source, at, length));
  }
  return parts;
}

interface Members extends SignedDataComponents {
  readonly signerInfos: Bytes;
}

/** Around a content in indefinite length all is in indefinite length, else all in DER. */
function assembled(members: Members): Source {
  const { version, digestAlgorithms, encapContentInfo, certificates, crls, signerInfos } = members;
  const type = der.oid(CONTENT.signedData);
  const rest = [certificates, crls, signerInfos];
  if (encapContentInfo.read(1, 1)[0] === 0x80) {
    const head = [INDEFINITE_SEQUENCE, type, INDEFINITE_WRAPPER, INDEFINITE_SEQUENCE, version, digestAlgorithms];
    return joinSources([concat(head), encapContentInfo, concat([...rest, END, END, END])]);
  }
  const tail = concat(rest);
  const length = version.length + digestAlgorithms.length + encapContentInfo.size + tail.length;
  const inner = der.header(TAG.SEQUENCE, length);
  const wrapper = der.header(0xa0, inner.length + length);
  const outer = der.header(TAG.SEQUENCE, type.length + wrapper.length + inner.length + length);
  return joinSources([concat([outer, type, wrapper, inner, version, digestAlgorithms]), encapContentInfo, tail]);
}

/**
 * The CMS with one more unsigned attribute (DER) in its SignerInfo number `index`. Only lengths around it are written anew;
 * the attribute comes last, so that archive time-stamps over the ones before it keep their order. `cms` must be a SignedData:
 * throws `Fault` `malformed-input`.
 */
export const addUnsignedAttribute = (cms: Bytes, index: number, attribute: Bytes): Bytes =>
  whole(changed(mustParse(cms), { attributes: new Map([[index, [attribute]]]) }));

/**
 * The CMS with more certificates and RevocationInfoChoices after those it has; what it has already is not repeated.
 * Throws `Fault` `malformed-input`.
 */
export const addMaterial = (cms: Bytes, certificates: readonly Bytes[], revocationInfos: readonly Bytes[]): Bytes =>
  whole(changed(mustParse(cms), { certificates, revocationInfos }));

/** What is added to a SignedData that is there. */
export interface Additions {
  readonly certificates?: readonly Bytes[];
  /** RevocationInfoChoices. */
  readonly revocationInfos?: readonly Bytes[];
  /** DER attributes by the number of their SignerInfo, after those that it has. */
  readonly attributes?: ReadonlyMap<number, readonly Bytes[]>;
  /** More SignerInfos, DER, with their digest algorithms, DER: parallel signatures. */
  readonly signers?: readonly { readonly signerInfo: Bytes; readonly digestAlgorithm: Bytes }[];
  /** The SignerInfos in the place of those it has. */
  readonly signerInfos?: readonly Bytes[];
  /** eContent in the place of what it has; null: detached. The signatures are over the same octets either way. */
  readonly content?: Bytes | Source | null;
}

/**
 * The SignedData with additions: what it holds is copied octet for octet, only lengths around it are written anew. Material
 * that it holds already is not repeated. Throws `Fault` `malformed-input` for a SignerInfo that is not there.
 */
export function changed(signedData: SignedData, additions: Additions): Source {
  const { certificates = [], revocationInfos = [], attributes = new Map<number, readonly Bytes[]>(), signers = [] } = additions;
  const { components, signerInfos } = signedData;
  for (const index of attributes.keys())
    if (index < 0 || index >= signerInfos.length)
      throw new Fault('malformed-input', `SignedData has ${signerInfos.length} SignerInfos, no number ${index}`);
  const kept =
    additions.signerInfos ??
    signerInfos.map((info, i) => {
      const more = attributes.get(i) ?? [];
      return more.length === 0 ? info.bytes : withUnsignedAttributes(info, [...info.unsignedAttributes.map(({ bytes }) => bytes), ...more]);
    });
  const algorithms = signedData.digestAlgorithms.map(({ bytes }) => bytes);
  const newAlgorithms = unique(signers.map(({ digestAlgorithm }) => digestAlgorithm)).filter(
    (one) => !algorithms.some((known) => equal(known, one)),
  );
  const hasOther = revocationInfos.some((info) => info[0] !== TAG.SEQUENCE);
  return assembled({
    version: hasOther && signedData.version < 5 ? der.integer(5) : components.version,
    digestAlgorithms: newAlgorithms.length === 0 ? components.digestAlgorithms : der.setOf(...algorithms, ...newAlgorithms),
    encapContentInfo:
      additions.content === undefined ? components.encapContentInfo : encapsulated(signedData.contentType, additions.content, IN_ONE_PIECE),
    certificates: appended(components.certificates, [...signedData.certificates, ...signedData.otherCertificates], certificates, 0xa0),
    crls: appended(
      components.crls,
      signedData.revocationInfos.map(({ bytes }) => bytes),
      revocationInfos,
      0xa1,
    ),
    signerInfos: der.encode(TAG.SET, ...kept, ...signers.map(({ signerInfo }) => signerInfo)),
  });
}

function appended(component: Bytes, held: readonly Bytes[], more: readonly Bytes[], tag: number): Bytes {
  const known = new Set(held.map(fromLatin1));
  const fresh = unique(more).filter((one) => !known.has(fromLatin1(one)));
  return fresh.length === 0 ? component : der.encode(tag, ...held, ...fresh);
}

const whole = (source: Source): Bytes => source.read(0, source.size);

/** The SignerInfo with these unsigned attributes (DER) in place of its own; all else octet for octet. */
export function withUnsignedAttributes(info: SignerInfo, attributes: readonly Bytes[]): Bytes {
  const signed = info.components.filter((component, i) => i < info.components.length - 1 || component[0] !== 0xa1);
  return der.sequence(...signed, ...(attributes.length > 0 ? [der.encode(0xa1, ...attributes)] : []));
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

/** Tag and indefinite length (X.690, 8.1.3.6), and the octets that end it. */
const INDEFINITE_SEQUENCE: Bytes = Uint8Array.of(0x30, 0x80);
const INDEFINITE_WRAPPER: Bytes = Uint8Array.of(0xa0, 0x80);
const INDEFINITE_STRING: Bytes = Uint8Array.of(0x24, 0x80);
const END: Bytes = Uint8Array.of(0, 0);
/** A longer content is written in segments, for readers that take it piece by piece. */
const IN_ONE_PIECE = 1 << 24;
const SEGMENT = 1 << 20;
