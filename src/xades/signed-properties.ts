/** What the signed properties say (EN 319 132-1, 5.2; earlier versions by TS 101 903): read as they are written. */
import { fromIso, type Instant } from '../base/instant.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { elementNamed, elementsNamed, textOf } from '../xml/query.ts';
import type { QualifyingProperties } from './qualifying-properties.ts';

/** Elements of the signed properties of a signature, where they are signed; a cursor over nothing: all functions take it. */
export interface SignedProperties {
  readonly document: XmlDocument;
  readonly namespace: string;
  /** SignedSignatureProperties and SignedDataObjectProperties; null where absent. */
  readonly signature: XmlNode | null;
  readonly data: XmlNode | null;
}

export function signedPropertiesOf(document: XmlDocument, { namespace, signed }: QualifyingProperties): SignedProperties {
  const child = (local: string): XmlNode | null => (signed === null ? null : elementNamed(document, signed, namespace, local));
  return { document, namespace, signature: child('SignedSignatureProperties'), data: child('SignedDataObjectProperties') };
}

/** SigningTime (5.2.1): xsd:dateTime; without a time zone it is taken as UTC. Null where absent, or no time that is in the calendar. */
export function signingTime(properties: SignedProperties): Instant | null {
  const [node, more] = signedNamed(properties, properties.signature, 'SigningTime');
  if (node === undefined || more !== undefined) return null;
  const text = textOf(properties.document, node).trim();
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(text)) return null;
  return fromIso(/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);
}

/** CommitmentTypeIndication (5.2.3): identifiers, OIDs without their `urn:oid:`. */
export const commitmentTypes = (properties: SignedProperties): string[] =>
  texts(properties, properties.data, ['CommitmentTypeIndication', 'CommitmentTypeId', 'Identifier']).map((id) =>
    id.replace(/^urn:oid:/i, ''),
  );

/** Claimed roles of SignerRole and SignerRoleV2 (5.2.6), as they are written: only what lays out lines is left away. */
export const claimedRoles = (properties: SignedProperties): string[] =>
  ['SignerRoleV2', 'SignerRole']
    .flatMap((local) => reached(properties, properties.signature, [local, 'ClaimedRoles', 'ClaimedRole']))
    .map((node) => textOf(properties.document, node))
    .map((text) => (/[\r\n]/.test(text) ? text.trim() : text));

/** Kinds of what certifies roles: the content is not read. */
export function certifiedRoles(properties: SignedProperties): string[] {
  const { signature } = properties;
  const certified = [
    ...reached(properties, signature, ['SignerRoleV2', 'CertifiedRolesV2', 'CertifiedRole']),
    ...reached(properties, signature, ['SignerRole', 'CertifiedRoles', 'CertifiedRole']),
  ].map(() => 'attribute certificate');
  return [
    ...certified,
    ...reached(properties, signature, ['SignerRoleV2', 'SignedAssertions', 'SignedAssertion']).map(() => 'signed assertion'),
  ];
}

/** SignatureProductionPlace(V2) (5.2.5) as one line; null where none is told. */
export function productionPlace(properties: SignedProperties): string | null {
  const { document, namespace, signature } = properties;
  const [node] = ['SignatureProductionPlaceV2', 'SignatureProductionPlace'].flatMap((local) => signedNamed(properties, signature, local));
  if (node === undefined) return null;
  const parts = PLACE.map((local) => elementNamed(document, node, namespace, local))
    .map((part) => (part === null ? '' : textOf(document, part).trim()))
    .filter((part) => part !== '');
  return parts.length > 0 ? parts.join(', ') : null;
}

/** Child elements of a property, in the version of the qualifying properties. */
export const signedNamed = ({ document, namespace }: SignedProperties, of: XmlNode | null, local: string): XmlNode[] =>
  of === null ? [] : elementsNamed(document, of, namespace, local);

const reached = (properties: SignedProperties, from: XmlNode | null, path: readonly string[]): XmlNode[] =>
  path.reduce<XmlNode[]>((nodes, local) => nodes.flatMap((node) => signedNamed(properties, node, local)), from === null ? [] : [from]);

const texts = (properties: SignedProperties, from: XmlNode | null, path: readonly string[]): string[] =>
  reached(properties, from, path).map((node) => textOf(properties.document, node).trim());

const PLACE = ['StreetAddress', 'City', 'StateOrProvince', 'PostalCode', 'CountryName'];
