/** Building an XML signature of level B (EN 319 132-1, 6; XMLDSig 1.1, 3.1): what the key signs, then the document with its value. */
import { type Bytes, concat } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import type { Instant } from '../base/instant.ts';
import { toBase64, toHex, utf8 } from '../base/text.ts';
import { digestsItself, signatureUri } from '../crypto/algorithm.ts';
import { createDigest, digest as digestOf } from '../crypto/digest.ts';
import { ecdsaToP1363 } from '../crypto/ecdsa.ts';
import { type PublicKey, readPublicKey } from '../crypto/key.ts';
import type { DigestName } from '../crypto/names.ts';
import type { SigningScheme } from '../crypto/signer.ts';
import { parseCertificate } from '../pki/certificate.ts';
import { canonicalize } from '../xml/canonicalize.ts';
import { ATTRIBUTE, type XmlDocument, type XmlNode } from '../xml/document.ts';
import { parseXml } from '../xml/parse.ts';
import { attributeValue, elementNamed } from '../xml/query.ts';
import { idsOf } from '../xmldsig/ids.ts';
import { DS } from '../xmldsig/names.ts';
import { certificateDigest, keyInfoXml } from './build-certificate.ts';
import { type Commitment, type ContentTimestamp, type NamedPolicy, type ProductionPlace, signedPropertiesXml } from './build-properties.ts';
import type { DataReference, NamedMethod } from './build-references.ts';
import { digestXml, element, exclusiveForm } from './build-xml.ts';
import { SIGNED_PROPERTIES_TYPE, XADES } from './names.ts';

export interface XadesBuildOptions {
  /** Who signs: DER certificates, the signer's own first. */
  readonly chain: readonly [signer: Bytes, ...issuers: Bytes[]];
  readonly scheme: SigningScheme;
  /** Of the references and the certificate; with RSA, RSASSA-PSS and ECDSA of SignedInfo too. */
  readonly digest: DigestName;
  readonly at: Instant;
  readonly canonicalization: NamedMethod;
  /** In order. */
  readonly references: readonly DataReference[];
  /** Further Object elements, in order. */
  readonly objects?: readonly string[];
  readonly policy?: NamedPolicy | 'implied';
  readonly commitments?: readonly Commitment[];
  readonly claimedRoles?: readonly string[];
  readonly productionPlace?: ProductionPlace;
  readonly contentTimestamps?: readonly ContentTimestamp[];
  /** Whose place the signature takes: its identifiers must be new there. */
  readonly frame: Frame;
}

/** Where the signature will stand. */
export interface Frame {
  /** The result with `signature`, which is ASCII unless an object of it is not. */
  around(signature: string): Bytes;
  /** The same without what else is in the elements around it, where that is not much the same; as UTF-8. */
  alone?(signature: string): Bytes;
  /** The document around; null where the signature is the document element. */
  readonly document: XmlDocument | null;
}

/** A signature that waits for its value. Plain data. */
export interface XadesDraft {
  readonly chain: XadesBuildOptions['chain'];
  readonly scheme: SigningScheme;
  readonly digest: DigestName;
  /** The canonical SignedInfo. */
  readonly toBeSigned: Bytes;
  /** Identifier of the Signature element. */
  readonly id: string;
  /** The signature before its value, between that and further objects, and after those. */
  readonly parts: readonly [string, string, string];
}

/** Everything but the value. Throws `Fault` `unsupported` for an algorithm without URI, `bad-option`. */
export function prepareXades(options: XadesBuildOptions): XadesDraft {
  const { chain, scheme, digest, references, canonicalization } = options;
  const method = signatureMethod(chain[0], scheme, digest);
  const digests = references.map((reference) => contentImprint([reference], digest));
  const ids = freshIds(options, digests);
  const properties = signedPropertiesXml({
    ...{ id: ids.properties, at: options.at, certificate: chain[0], digest, canonicalization: canonicalization.uri },
    references: references.map(({ mimeType }, number) => ({ id: ids.reference(number), mimeType })),
    ...(options.policy !== undefined && { policy: options.policy }),
    ...(options.commitments !== undefined && { commitments: options.commitments }),
    ...(options.claimedRoles !== undefined && { claimedRoles: options.claimedRoles }),
    ...(options.productionPlace !== undefined && { productionPlace: options.productionPlace }),
    ...(options.contentTimestamps !== undefined && { contentTimestamps: options.contentTimestamps }),
  });
  const qualifying = element('xades:QualifyingProperties', { 'xmlns:xades': XADES, Target: `#${ids.signature}` }, properties);
  const signatureXml = (...content: string[]): string => element('ds:Signature', { 'xmlns:ds': DS, Id: ids.signature }, ...content);
  const canonicalProperties = canonicalPart(options, properties, {
    signature: () => signatureXml(element('ds:Object', {}, qualifying)),
    find: (document) => idsOf(document).element(ids.properties),
  });
  const signedInfo = element(
    'ds:SignedInfo',
    {},
    element('ds:CanonicalizationMethod', { Algorithm: canonicalization.uri }),
    element('ds:SignatureMethod', { Algorithm: method }),
    ...references.map((reference, number) => referenceXml(reference, ids.reference(number), digest, digests[number] as Bytes)),
    element(
      'ds:Reference',
      { Type: SIGNED_PROPERTIES_TYPE, URI: `#${ids.properties}` },
      element('ds:Transforms', {}, element('ds:Transform', { Algorithm: canonicalization.uri })),
      ...digestXml(digest, digestOf(digest, canonicalProperties)),
    ),
  );
  const toBeSigned = canonicalPart(options, signedInfo, {
    signature: () => signatureXml(signedInfo),
    find: (document) => {
      const signature = idsOf(document).element(ids.signature);
      return signature === null ? null : elementNamed(document, signature, DS, 'SignedInfo');
    },
  });
  const [start = '', end = ''] = signatureXml('|').split('|');
  return {
    ...{ chain, scheme, digest, toBeSigned, id: ids.signature },
    parts: [
      `${start}${signedInfo}<ds:SignatureValue Id="${ids.value}">`,
      `</ds:SignatureValue>${keyInfoXml(chain)}`,
      `${element('ds:Object', {}, qualifying)}${end}`,
    ],
  };
}

/**
 * The document with the value, which is as CMS carries it (`Signer`): XML signatures have r and s side by side (XMLDSig 1.1, 6.4.3).
 * Frame and objects are those of the options.
 */
export function completeXades(
  { chain, scheme, parts }: Pick<XadesDraft, 'chain' | 'scheme' | 'parts'>,
  { frame, objects = [] }: Pick<XadesBuildOptions, 'frame' | 'objects'>,
  value: Bytes,
): Bytes {
  const encoded = toBase64(scheme === 'ECDSA' ? sideBySide(chain[0], value) : value);
  return frame.around([parts[0], encoded, parts[1], ...objects, parts[2]].join(''));
}

/** What a time-stamp over the content is over: the octets of references after their transforms, in order (EN 319 132-1, 5.2.8). */
export function contentImprint(references: readonly DataReference[], digest: DigestName): Bytes {
  const state = createDigest(digest);
  for (const reference of references) reference.each(state.update);
  return state.finish();
}

/** A frame for a signature that is the document, or part of a text that is. */
export const frameOf = (before: string, after: string): Frame => ({
  around: (signature) => utf8(before + signature + after),
  document: null,
});

/** The URI of SignatureMethod. Throws `Fault` `unsupported` where none is standardised. */
function signatureMethod(certificate: Bytes, scheme: SigningScheme, digest: DigestName): string {
  const key = keyOf(certificate);
  const uri = signatureUri(scheme, digestsItself(scheme) ? null : digest, key.kind);
  if (uri !== null) return uri;
  const what = digestsItself(scheme) ? key.kind : `${scheme} with ${digest}`;
  throw new Fault('unsupported', `no URI is standardised for ${what} in XML signatures: choose another digest or key`);
}

function sideBySide(certificate: Bytes, value: Bytes): Bytes {
  const octets = ecdsaToP1363(value, Math.ceil(keyOf(certificate).bits / 8));
  if (octets === null) throw new Fault('signer-refused', 'the signer gave a value that is no DER Ecdsa-Sig-Value');
  return octets;
}

function keyOf(certificate: Bytes): PublicKey {
  const known = KEYS.get(certificate);
  if (known !== undefined) return known;
  const parsed = parseCertificate(certificate);
  if (!parsed.ok) throw new Fault('malformed-input', `signing certificate: ${parsed.malformed.what}: ${parsed.malformed.reason}`);
  const key = readPublicKey(parsed.value.spki);
  if (typeof key === 'string') throw new Fault('unsupported', `the key of the signing certificate is ${key}`);
  KEYS.set(certificate, key);
  return key;
}

/** Parsed once for as long as the signer's array lives. */
const KEYS = new WeakMap<Bytes, PublicKey>();

interface Ids {
  readonly signature: string;
  readonly value: string;
  readonly properties: string;
  reference(number: number): string;
}

/** From what is signed, by whom and when, so that the same request gives the same document; new to the document around. */
function freshIds({ chain, at, digest, frame, objects = [] }: XadesBuildOptions, digests: readonly Bytes[]): Ids {
  const seed = [certificateDigest(chain[0], digest), utf8(`${at}`), ...digests];
  for (let count = 0; ; count++) {
    const mark = toHex(digestOf('SHA-256', concat([...seed, utf8(`${count}`)]))).slice(0, 32);
    const ids: Ids = {
      signature: `id-${mark}`,
      value: `value-${mark}`,
      properties: `xades-${mark}`,
      reference: (number) => `ref-${mark}-${number + 1}`,
    };
    const taken = (frame.document !== null && standsInAttribute(frame.document, mark)) || objects.some((object) => object.includes(mark));
    if (!taken) return ids;
  }
}

const referenceXml = ({ uri, type, transforms }: DataReference, id: string, digest: DigestName, value: Bytes): string =>
  element(
    'ds:Reference',
    { Id: id, Type: type, URI: uri },
    ...(transforms.length === 0 ? [] : [element('ds:Transforms', {}, ...transforms)]),
    ...digestXml(digest, value),
  );

/** Whether it is part of the value of some attribute, as every identifier is. */
function standsInAttribute(document: XmlDocument, mark: string): boolean {
  const { attributes, attributeCount } = document;
  for (let attribute = 0; attribute < attributeCount; attribute++) {
    const at = attribute * ATTRIBUTE.size;
    const long = (attributes[at + ATTRIBUTE.valueEnd] as number) - (attributes[at + ATTRIBUTE.valueStart] as number) >= mark.length;
    if (long && attributeValue(document, attribute).includes(mark)) return true;
  }
  return false;
}

/** The canonical octets of an element of the signature. The exclusive form does not depend on what is around, the others on the elements around alone. */
function canonicalPart(
  { canonicalization: { method }, frame }: XadesBuildOptions,
  part: string,
  within: { signature(): string; find(document: XmlDocument): XmlNode | null },
): Bytes {
  const exclusive = method.version === 'exclusive';
  const form = exclusive ? exclusiveForm(part, NAMESPACES) : null;
  if (form !== null) return utf8(form);
  const signature = within.signature();
  const parsed = parseXml(exclusive ? utf8(signature) : (frame.alone?.(signature) ?? frame.around(signature)));
  if (!parsed.ok) throw new Fault('bad-option', `the signature does not fit into the document: ${parsed.malformed.reason}`);
  const node = within.find(parsed.value);
  if (node === null) throw new Fault('bad-option', 'an identifier of the signature stands elsewhere in the document');
  return canonicalize(parsed.value, { apex: node }, method);
}

/** Prefixes that stand for these in every signature that is made here. */
const NAMESPACES = { ds: DS, xades: XADES } as const;
