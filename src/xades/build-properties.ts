/** The signed properties of a new signature as XML (EN 319 132-1, 5.2). */
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { type Instant, toIso } from '../base/instant.ts';
import { toBase64 } from '../base/text.ts';
import type { DigestName } from '../crypto/names.ts';
import { signingCertificateXml } from './build-certificate.ts';
import { digestXml, element, textElement } from './build-xml.ts';

/** The signature policy that a signer names (5.2.9). */
export interface NamedPolicy {
  /** OID or URI. */
  readonly id: string;
  readonly digestAlgorithm: DigestName;
  /** Of the policy document. */
  readonly hash: Bytes;
  readonly url?: string;
  readonly notice?: string;
}

/** SignatureProductionPlaceV2 (5.2.5). */
export interface ProductionPlace {
  readonly city?: string;
  readonly streetAddress?: string;
  readonly stateOrProvince?: string;
  readonly postalCode?: string;
  readonly country?: string;
}

/** CommitmentTypeIndication (5.2.3). */
export interface Commitment {
  /** OID or URI. */
  readonly id: string;
  /** Numbers, from 0, of the references that it is about; left out: all. */
  readonly references?: readonly number[];
}

/** A time-stamp over what is signed (5.2.8): over all of it, or over the reference of this number. */
export interface ContentTimestamp {
  readonly token: Bytes;
  readonly reference: number | null;
}

export interface SignedPropertiesOptions {
  /** Identifier of the SignedProperties element. */
  readonly id: string;
  readonly at: Instant;
  /** DER. */
  readonly certificate: Bytes;
  readonly digest: DigestName;
  /** Data references: their identifiers, and their media types (null: none is told). */
  readonly references: readonly { readonly id: string; readonly mimeType: string | null }[];
  readonly policy?: NamedPolicy | 'implied';
  readonly commitments?: readonly Commitment[];
  readonly claimedRoles?: readonly string[];
  readonly productionPlace?: ProductionPlace;
  readonly contentTimestamps?: readonly ContentTimestamp[];
  /** Canonicalization method of the time-stamps. */
  readonly canonicalization: string;
}

/** The SignedProperties element; prefixes `xades` and `ds` are declared around it. Throws `Fault` `bad-option`, `unsupported`. */
export function signedPropertiesXml(options: SignedPropertiesOptions): string {
  const { id, at, certificate, digest, policy, productionPlace, claimedRoles = [] } = options;
  const signature = [
    textElement('xades:SigningTime', toIso(at).replace(/\.\d+Z$/, 'Z')),
    signingCertificateXml(certificate, digest),
    ...(policy === undefined ? [] : [policyXml(policy)]),
    ...(productionPlace === undefined ? [] : [placeXml(productionPlace)]),
    ...(claimedRoles.length === 0 ? [] : [rolesXml(claimedRoles)]),
  ];
  const data = dataObjectProperties(options);
  return element(
    'xades:SignedProperties',
    { Id: id },
    element('xades:SignedSignatureProperties', {}, ...signature),
    ...(data.length === 0 ? [] : [element('xades:SignedDataObjectProperties', {}, ...data)]),
  );
}

/** A time-stamp container (5.1.4.4): XAdESTimeStampType. */
export const timestampXml = (
  name: string,
  attributes: Readonly<Record<string, string | undefined>>,
  canonicalization: string,
  token: Bytes,
  include: readonly string[] = [],
): string =>
  element(
    name,
    attributes,
    ...include,
    element('ds:CanonicalizationMethod', { Algorithm: canonicalization }),
    element('xades:EncapsulatedTimeStamp', {}, toBase64(token)),
  );

function dataObjectProperties({
  references,
  commitments = [],
  contentTimestamps = [],
  canonicalization,
}: SignedPropertiesOptions): string[] {
  const uriOf = (number: number): string => {
    const reference = references[number];
    if (reference === undefined) throw new Fault('bad-option', `there are ${references.length} references, no number ${number}`);
    return `#${reference.id}`;
  };
  const stamps = (wanted: (stamp: ContentTimestamp) => boolean, name: string): string[] =>
    contentTimestamps.filter(wanted).map(({ token, reference }) => {
      const include = reference === null ? [] : [element('xades:Include', { URI: uriOf(reference), referencedData: 'true' })];
      return timestampXml(name, {}, canonicalization, token, include);
    });
  return [
    ...references.flatMap(({ id, mimeType }) =>
      mimeType === null ? [] : [element('xades:DataObjectFormat', { ObjectReference: `#${id}` }, textElement('xades:MimeType', mimeType))],
    ),
    ...commitments.map(({ id, references: about }) =>
      element(
        'xades:CommitmentTypeIndication',
        {},
        element('xades:CommitmentTypeId', {}, identifierXml(id)),
        ...(about === undefined
          ? [element('xades:AllSignedDataObjects', {})]
          : about.map((number) => textElement('xades:ObjectReference', uriOf(number)))),
      ),
    ),
    ...stamps(({ reference }) => reference === null, 'xades:AllDataObjectsTimeStamp'),
    ...stamps(({ reference }) => reference !== null, 'xades:IndividualDataObjectsTimeStamp'),
  ];
}

function policyXml(policy: NamedPolicy | 'implied'): string {
  if (policy === 'implied') return element('xades:SignaturePolicyIdentifier', {}, element('xades:SignaturePolicyImplied', {}));
  const { id, digestAlgorithm, hash, url, notice } = policy;
  const qualifiers = [
    ...(url === undefined ? [] : [textElement('xades:SPURI', url)]),
    ...(notice === undefined ? [] : [element('xades:SPUserNotice', {}, textElement('xades:ExplicitText', notice))]),
  ].map((qualifier) => element('xades:SigPolicyQualifier', {}, qualifier));
  return element(
    'xades:SignaturePolicyIdentifier',
    {},
    element(
      'xades:SignaturePolicyId',
      {},
      element('xades:SigPolicyId', {}, identifierXml(id)),
      element('xades:SigPolicyHash', {}, ...digestXml(digestAlgorithm, hash)),
      ...(qualifiers.length === 0 ? [] : [element('xades:SigPolicyQualifiers', {}, ...qualifiers)]),
    ),
  );
}

/** ObjectIdentifierType (5.1.2): an OID as a URN. */
const identifierXml = (id: string): string =>
  /^[0-2](\.\d+)+$/.test(id)
    ? textElement('xades:Identifier', `urn:oid:${id}`, { Qualifier: 'OIDAsURN' })
    : textElement('xades:Identifier', id);

function placeXml({ city, streetAddress, stateOrProvince, postalCode, country }: ProductionPlace): string {
  const parts = [
    ['City', city],
    ['StreetAddress', streetAddress],
    ['StateOrProvince', stateOrProvince],
    ['PostalCode', postalCode],
    ['CountryName', country],
  ] as const;
  const written = parts.flatMap(([name, text]) => (text === undefined ? [] : [textElement(`xades:${name}`, text)]));
  if (written.length === 0)
    throw new Fault('bad-option', 'a productionPlace names a city, streetAddress, stateOrProvince, postalCode or country');
  return element('xades:SignatureProductionPlaceV2', {}, ...written);
}

const rolesXml = (roles: readonly string[]): string =>
  element('xades:SignerRoleV2', {}, element('xades:ClaimedRoles', {}, ...roles.map((role) => textElement('xades:ClaimedRole', role))));
