/** An XML document as facts: its signatures, XAdES and plain, with what they bring along (EN 319 132-1; XMLDSig 1.1). */
import type { Bytes } from '../base/bytes.ts';
import { type Parsed, parsed } from '../base/parsed.ts';
import { fromBase64 } from '../base/text.ts';
import { addCertificate, addCrl, addOcsp, distinct, newPool, type Pool } from '../cms/pool.ts';
import type { DocumentFacts, UnreadableToken } from '../facts/document.ts';
import { idOf } from '../facts/id.ts';
import type { Material, Origin, ReferenceFacts, ReferenceType, SignatureFacts } from '../facts/signature.ts';
import type { TimestampFacts } from '../facts/timestamp.ts';
import type { Certificate } from '../pki/certificate.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { parseXml } from '../xml/parse.ts';
import { descendantsNamed, elementNamed, isNamed, nameOf, octetsOf, parentOf, textOf } from '../xml/query.ts';
import { idsOf } from '../xmldsig/ids.ts';
import { type KeyInfoContent, readKeyInfo } from '../xmldsig/key-info.ts';
import { DS, REFERENCE_TYPE } from '../xmldsig/names.ts';
import { type CheckedReference, checkManifest, checkReferences, type ReferenceSource } from '../xmldsig/reference.ts';
import { readSignature, type XmlReference, type XmlSignature } from '../xmldsig/signature.ts';
import { checkXmlValue, type XmlValueResult } from '../xmldsig/verify.ts';
import { workFor } from '../xmldsig/work.ts';
import {
  areSigned,
  holdsSignedProperties,
  isSignedPropertiesType,
  type QualifyingProperties,
  qualifyingPropertiesOf,
} from './qualifying-properties.ts';
import {
  certifiedRoles,
  claimedRoles,
  commitmentTypes,
  policyOf,
  productionPlace,
  type SignedProperties,
  signedPropertiesOf,
  signingCertificates,
  signingTime,
} from './signed-properties.ts';
import { readSignatureTimestamps } from './timestamps.ts';

/** A file that a signature may be over. */
export interface DetachedFile {
  /** As the URI names it; null: not known. With one file, its name does not matter. */
  readonly name: string | null;
  readonly bytes: Bytes;
}

/** Facts of an XML document. Verifies digests and values; judges nothing. `supplied`: further certificates, DER. */
export function readXmlDocument(
  bytes: Bytes,
  detached: readonly DetachedFile[] = [],
  supplied: readonly Bytes[] = [],
): Parsed<DocumentFacts> {
  const document = parseXml(bytes);
  return document.ok ? parsed(factsOf(document.value, detached, supplied)) : document;
}

function factsOf(document: XmlDocument, detached: readonly DetachedFile[], supplied: readonly Bytes[]): DocumentFacts {
  const pool = newPool();
  const context: Context = {
    pool,
    supplied: supplied.flatMap((der) => addCertificate(pool, der) ?? []),
    source: sourceOf(detached),
    ids: new Map(),
    timestamps: [],
    unreadable: [],
  };
  const nodes = descendantsNamed(document, 0, DS, 'Signature');
  if (nodes.length > MOST_SIGNATURES) context.unreadable.push({ kind: 'signature', name: null, malformed: TOO_MANY });
  const signatures = nodes.slice(0, MOST_SIGNATURES).flatMap((node) => readOne(context, document, node) ?? []);
  const { timestamps, unreadable } = context;
  return {
    format: 'XML',
    signatures,
    timestamps: new Map(timestamps.map((one) => [one.id, one])),
    certificates: new Map([...pool.certificates].map(([id, one]) => [id, one.bytes])),
    revocations: pool.revocations,
    unreadable: [...unreadable, ...pool.unreadable.values()],
    pdf: null,
  };
}

interface Context {
  readonly pool: Pool;
  readonly supplied: readonly Certificate[];
  readonly source: ReferenceSource;
  /** Of signatures that were read, by their element. */
  readonly ids: Map<XmlNode, string>;
  readonly timestamps: TimestampFacts[];
  readonly unreadable: UnreadableToken[];
}

function readOne(context: Context, document: XmlDocument, node: XmlNode): SignatureFacts | null {
  const read = readSignature(document, node);
  if (!read.ok) {
    context.unreadable.push({ kind: 'signature', name: null, malformed: read.malformed });
    return null;
  }
  const signature = read.value;
  const { pool } = context;
  const id = distinct(pool, idOf(octetsOf(document, node)));
  context.ids.set(node, id);
  const properties = qualifyingPropertiesOf(signature);
  // What claims to be signed and is not says nothing.
  const said = properties !== null && areSigned(signature, properties) ? signedPropertiesOf(document, properties) : null;
  const keyInfo = readKeyInfo(document, signature.keyInfo);
  const material = materialOf(pool, document, keyInfo, properties);
  const signer = signerOf(context, signature, keyInfo, said);
  const references = referencesOf(context, signature);
  const { timestamps, unreadable } = properties === null ? NO_TIMESTAMPS : readSignatureTimestamps(signature, properties, id, pool);
  context.timestamps.push(...timestamps);
  context.unreadable.push(...unreadable);
  return {
    ...(said === null ? SILENT : saidBy(said)),
    id,
    format: 'XAdES',
    container: null,
    name: null,
    counterSignatureOf: countersigned(context, document, node),
    references,
    value: signer.result.value,
    algorithm: signer.result.algorithm,
    signer: {
      certificate: signer.certificate?.fingerprint ?? null,
      references: said === null ? [] : signingCertificates(said, [...pool.certificates.values()]),
    },
    timestamps: timestamps.map((one) => one.id),
    material,
    cms: null,
    pdf: null,
    structureProblems: problemsOf(signature, properties, said),
  };
}

const saidBy = (said: SignedProperties) => ({
  claimedTime: signingTime(said),
  policy: policyOf(said),
  commitmentTypes: commitmentTypes(said),
  claimedRoles: claimedRoles(said),
  certifiedRoles: certifiedRoles(said),
  productionPlace: productionPlace(said),
});

const SILENT = {
  claimedTime: null,
  policy: null,
  commitmentTypes: [],
  claimedRoles: [],
  certifiedRoles: [],
  productionPlace: null,
} as const;

function problemsOf(signature: XmlSignature, properties: QualifyingProperties | null, said: SignedProperties | null): string[] {
  const problems: string[] = [];
  if (properties === null && holdsSignedProperties(signature))
    problems.push('QualifyingProperties that do not belong to the signature, or several');
  else if (properties !== null && said === null) problems.push('SignedProperties that no reference of the signature covers');
  return problems;
}

/** The certificate whose key verifies, among those the signature names and brings; a bare key is of use without one. */
function signerOf(context: Context, signature: XmlSignature, keyInfo: KeyInfoContent, said: SignedProperties | null) {
  const own = keyInfo.certificates.flatMap((der) => addCertificate(context.pool, der) ?? []);
  const all = [...new Set([...own, ...context.pool.certificates.values(), ...context.supplied])];
  const named = new Set(said === null ? [] : signingCertificates(said, all).map(({ matches }) => matches));
  const ordered = [...all.filter(({ fingerprint }) => named.has(fingerprint)), ...all.filter(({ fingerprint }) => !named.has(fingerprint))];
  let best: { certificate: Certificate | null; result: XmlValueResult } | null = null;
  for (const certificate of ordered.slice(0, MOST_TRIED)) {
    const result = checkXmlValue(signature, certificate.spki);
    if (result.value === 'intact') return { certificate, result };
    if (best === null && (named.has(certificate.fingerprint) || own.includes(certificate))) best = { certificate, result };
  }
  const [key] = keyInfo.keys;
  const bare = own.length === 0 && key !== undefined ? { certificate: null, result: checkXmlValue(signature, key) } : null;
  return bare ?? best ?? { certificate: null, result: checkXmlValue(signature, null) };
}

function referencesOf({ source }: Context, signature: XmlSignature): ReferenceFacts[] {
  const work = workFor(signature.document);
  const { references } = signature.signedInfo;
  const checked = checkReferences(signature, references, source, work).map((one) => described(signature, one, null));
  const entries = references.flatMap((reference) => checkManifest(signature, reference, source, work) ?? []);
  return [...checked, ...entries.map((one) => described(signature, one, 'MANIFEST_ENTRY'))];
}

const described = (
  signature: XmlSignature,
  { reference, digestAlgorithm, found, intact }: CheckedReference,
  type: ReferenceType | null,
) => ({
  type: type ?? typeOf(signature, reference),
  name: reference.uri ?? '',
  digestAlgorithm,
  found,
  intact,
});

/** By the type that the reference states, else by what it names. */
function typeOf({ document }: XmlSignature, { type, uri }: XmlReference): ReferenceType {
  if (isSignedPropertiesType(type)) return 'SIGNED_PROPERTIES';
  if (type === REFERENCE_TYPE.manifest) return 'MANIFEST';
  if (type === REFERENCE_TYPE.object) return 'OBJECT';
  if (type === REFERENCE_TYPE.signatureProperties) return 'SIGNATURE_PROPERTIES';
  if (type === COUNTERSIGNED) return 'COUNTER_SIGNATURE';
  if (uri?.startsWith('#xpointer(')) return 'XPOINTER';
  const target = uri?.startsWith('#') ? idsOf(document).element(uri.slice(1)) : null;
  if (target === null) return 'REFERENCE';
  if (isNamed(document, target, DS, 'KeyInfo')) return 'KEY_INFO';
  return isNamed(document, target, DS, 'SignatureValue') ? 'COUNTER_SIGNATURE' : 'REFERENCE';
}

/** The signature whose CounterSignature property this one stands in (EN 319 132-1, 5.2.7.2). */
function countersigned({ ids }: Context, document: XmlDocument, node: XmlNode): string | null {
  const property = parentOf(document, node);
  if (property === 0 || nameOf(document, property).local !== 'CounterSignature') return null;
  for (let at = parentOf(document, property); at !== 0; at = parentOf(document, at)) {
    const id = ids.get(at);
    if (id !== undefined) return id;
  }
  return null;
}

/** CertificateValues, RevocationValues (EN 319 132-1, A.1 and A.2) and TimeStampValidationData beside what KeyInfo has. */
function materialOf(pool: Pool, document: XmlDocument, keyInfo: KeyInfoContent, properties: QualifyingProperties | null): Material {
  const certificates: { id: string; origin: Origin }[] = [];
  const revocations: { id: string; origin: Origin }[] = [];
  const add = (kind: 'certificate' | 'crl' | 'ocsp', bytes: Bytes, origin: Origin): void => {
    if (kind === 'certificate') {
      const certificate = addCertificate(pool, bytes);
      if (certificate) certificates.push({ id: certificate.fingerprint, origin });
      return;
    }
    const added = kind === 'crl' ? addCrl(pool, bytes) : addOcsp(pool, bytes);
    if (added === null) return;
    revocations.push({ id: added.id, origin });
    for (const { fingerprint } of added.certificates) certificates.push({ id: fingerprint, origin: 'ocsp' });
  };
  for (const bytes of keyInfo.certificates) add('certificate', bytes, 'key-info');
  for (const bytes of keyInfo.crls) add('crl', bytes, 'key-info');
  const unsigned = properties?.unsigned ?? null;
  if (properties !== null && unsigned !== null) {
    const holder = elementNamed(document, unsigned, properties.namespace, 'UnsignedSignatureProperties');
    for (const [local, kind] of VALUES) {
      for (const node of holder === null ? [] : descendantsNamed(document, holder, properties.namespace, local).slice(0, MOST_VALUES)) {
        const origin = originOf(document, node, holder as XmlNode);
        const bytes = origin === null ? null : fromBase64(textOf(document, node).replace(/[ \t\r\n]+/g, ''));
        if (bytes !== null && origin !== null) add(kind, bytes, origin);
      }
    }
  }
  return { certificates, revocations };
}

/** By the property that a value stands in; null inside a counter-signature, which has its own. */
function originOf(document: XmlDocument, node: XmlNode, holder: XmlNode): Origin | null {
  let property = node;
  while (parentOf(document, property) !== holder) property = parentOf(document, property);
  switch (nameOf(document, property).local) {
    case 'CertificateValues':
      return 'certificate-values';
    case 'RevocationValues':
      return 'revocation-values';
    case 'TimeStampValidationData':
      return 'timestamp-validation-data';
    default:
      return null;
  }
}

/** With one file its name does not matter. */
function sourceOf(detached: readonly DetachedFile[]): ReferenceSource {
  const [only, more] = detached;
  return {
    external: (uri) => {
      const found = detached.find(({ name }) => name !== null && uri !== null && (name === uri || name === decoded(uri)));
      return (found ?? (more === undefined ? only : undefined))?.bytes ?? null;
    },
  };
}

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

const NO_TIMESTAMPS = { timestamps: [], unreadable: [] } as const;
const COUNTERSIGNED = 'http://uri.etsi.org/01903#CountersignedSignature';
const VALUES = [
  ['EncapsulatedX509Certificate', 'certificate'],
  ['EncapsulatedCRLValue', 'crl'],
  ['EncapsulatedOCSPValue', 'ocsp'],
] as const;
const TOO_MANY = { what: 'signatures', at: 0, reason: 'more of them than are read' };
const MOST_SIGNATURES = 1000;
const MOST_TRIED = 16;
const MOST_VALUES = 2000;
