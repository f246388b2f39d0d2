/** Outline of an XML signature: how many of each property, and what is told of the data (EN 319 132-1, 5 and 6). */
import { equal } from '../base/bytes.ts';
import type { ReferenceType, XmlStructure } from '../facts/signature.ts';
import type { Certificate } from '../pki/certificate.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { attributeNamed, elementsNamed, elementsOf, nameOf, textOf } from '../xml/query.ts';
import { idsOf } from '../xmldsig/ids.ts';
import type { KeyInfoContent } from '../xmldsig/key-info.ts';
import { DS } from '../xmldsig/names.ts';
import type { XmlReference, XmlSignature } from '../xmldsig/signature.ts';
import { isXades, XADES_141 } from './names.ts';
import { isSignedPropertiesType, type UnsignedProperty } from './qualifying-properties.ts';
import { type SignedProperties, signedNamed } from './signed-properties.ts';

export interface Outlined {
  readonly signature: XmlSignature;
  /** Null where no signed properties are signed. */
  readonly said: SignedProperties | null;
  readonly unsigned: readonly UnsignedProperty[];
  readonly keyInfo: KeyInfoContent;
  readonly signer: Certificate | null;
  /** Types of the references of SignedInfo, in order. */
  readonly types: readonly ReferenceType[];
}

export function structureOf({ signature, said, unsigned, keyInfo, signer, types }: Outlined): XmlStructure {
  const { document, signedInfo } = signature;
  const formats = said === null ? [] : signedNamed(said, said.data, 'DataObjectFormat');
  return {
    xades: said?.namespace ?? null,
    signedProperties: said === null ? new Map() : countedSigned(said),
    unsignedProperties: counted(unsigned.map(({ namespace, local }) => (namespace === XADES_141 ? `1.4.1:${local}` : local))),
    holdsSigner: signer !== null && keyInfo.certificates.some((der) => equal(der, signer.bytes)),
    keyInfoSigned: types.includes('KEY_INFO'),
    canonicalization: signedInfo.canonicalization.algorithm,
    references: signedInfo.references.length,
    unformatted: unformatted(signature, types, said, formats),
    idleFormats: said === null ? 0 : idleFormats(signature, said, formats),
    certificateUri: said !== null && hasCertificateUri(said),
    oneTokenEach: unsigned.every((property) => property.kind !== 'signature' || tokensIn(document, property.node) === 1),
    sharedId: signature.id !== null && idsOf(document).count(signature.id) > 1,
  };
}

const countedSigned = (said: SignedProperties): ReadonlyMap<string, number> =>
  counted(
    [said.signature, said.data]
      .flatMap((holder) => (holder === null ? [] : elementsOf(said.document, holder)))
      .map((node) => nameOf(said.document, node))
      .filter(({ namespace }) => isXades(namespace))
      .map(({ local }) => local),
  );

function counted(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** 6.3: every reference to data has its media type; what the signature itself is made of needs none. */
function unformatted(
  { signedInfo }: XmlSignature,
  types: readonly ReferenceType[],
  said: SignedProperties | null,
  formats: readonly XmlNode[],
) {
  const formatted = new Set(
    formats.flatMap((format) => {
      if (said === null || signedNamed(said, format, 'MimeType').length !== 1) return [];
      return attributeNamed(said.document, format, 'ObjectReference') ?? [];
    }),
  );
  return signedInfo.references.filter(
    // One without an identifier cannot be named.
    (reference, i) => isData(reference, types[i]) && (reference.id === null ? types[i] === 'OBJECT' : !formatted.has(`#${reference.id}`)),
  ).length;
}

const isData = ({ type }: XmlReference, kind: ReferenceType | undefined): boolean =>
  !isSignedPropertiesType(type) && !OWN_PARTS.has(kind ?? 'REFERENCE');

function idleFormats(signature: XmlSignature, said: SignedProperties, formats: readonly XmlNode[]): number {
  const references = referencesById(signature);
  return formats.filter((format) => isIdle(signature, said, format, references)).length;
}

/** 5.2.4: it tells the description, the identifier or the media type of a reference that is there, and of an Object what that says too. */
function isIdle(signature: XmlSignature, said: SignedProperties, format: XmlNode, references: ReadonlyMap<string, string>): boolean {
  const { document, objects } = signature;
  if (!['Description', 'ObjectIdentifier', 'MimeType'].some((local) => signedNamed(said, format, local).length > 0)) return true;
  const target = attributeNamed(document, format, 'ObjectReference');
  const uri = target?.startsWith('#') ? references.get(target.slice(1)) : undefined;
  if (uri === undefined) return true;
  const object = uri.startsWith('#') ? idsOf(document).element(uri.slice(1)) : null;
  return object !== null && objects.includes(object) && contradicts(document, object, said, format);
}

/** Where both the Object and the property tell the media type or the encoding, it is the same one. */
const contradicts = (document: XmlDocument, object: XmlNode, said: SignedProperties, format: XmlNode): boolean =>
  ['MimeType', 'Encoding'].some((local) => {
    const written = attributeNamed(document, object, local)?.trim() ?? '';
    return written !== '' && signedNamed(said, format, local).some((node) => !['', written].includes(textOf(document, node).trim()));
  });

/** URIs of the references of a signature by their identifiers, of those in its Manifests too: other signatures beside it may use the same. */
function referencesById({ document, signedInfo, objects }: XmlSignature): ReadonlyMap<string, string> {
  const manifests = objects.flatMap((object) => elementsNamed(document, object, DS, 'Manifest'));
  const listed = manifests.flatMap((manifest) => elementsNamed(document, manifest, DS, 'Reference'));
  const byId = new Map<string, string>();
  for (const { id, uri } of signedInfo.references) if (id !== null) byId.set(id, uri ?? '');
  for (const node of listed) {
    const id = attributeNamed(document, node, 'Id');
    if (id !== null) byId.set(id, attributeNamed(document, node, 'URI') ?? '');
  }
  return byId;
}

const hasCertificateUri = (said: SignedProperties): boolean =>
  ['SigningCertificate', 'SigningCertificateV2']
    .flatMap((local) => signedNamed(said, said.signature, local))
    .flatMap((list) => signedNamed(said, list, 'Cert'))
    .some((cert) => attributeNamed(said.document, cert, 'URI') !== null);

const tokensIn = (document: XmlDocument, property: XmlNode): number =>
  elementsOf(document, property).filter((node) => nameOf(document, node).local === 'EncapsulatedTimeStamp').length;

const OWN_PARTS: ReadonlySet<ReferenceType> = new Set<ReferenceType>([
  'SIGNED_PROPERTIES',
  'COUNTER_SIGNATURE',
  'MANIFEST',
  'KEY_INFO',
  'SIGNATURE_PROPERTIES',
]);
