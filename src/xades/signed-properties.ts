/** What the signed properties say (EN 319 132-1, 5.2; earlier versions by TS 101 903): read, and resolved by nobody yet. */
import { type Bytes, equal } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { fromBase64 } from '../base/text.ts';
import { digestByUri } from '../crypto/algorithm.ts';
import { canDigest, digest } from '../crypto/digest.ts';
import type { SignaturePolicyFacts, SigningCertificateReference } from '../facts/signature.ts';
import type { Certificate } from '../pki/certificate.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { attributeNamed, descendantsNamed, elementNamed, elementsNamed, textOf } from '../xml/query.ts';
import { DS } from '../xmldsig/names.ts';
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

/** SigningTime (5.2.1): xsd:dateTime; without a time zone it is taken as UTC. Null where absent or no time. */
export function signingTime(properties: SignedProperties): Instant | null {
  const [node, more] = named(properties, properties.signature, 'SigningTime');
  if (node === undefined || more !== undefined) return null;
  const text = textOf(properties.document, node).trim();
  if (!/^\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?$/.test(text)) return null;
  const time = Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(time) ? null : time;
}

/** SigningCertificate and SigningCertificateV2 (5.2.2), each reference with the candidate that has its digest. */
export function signingCertificates(properties: SignedProperties, candidates: readonly Certificate[]): SigningCertificateReference[] {
  const { document, signature } = properties;
  return (['SigningCertificateV2', 'SigningCertificate'] as const).flatMap((attribute) =>
    named(properties, signature, attribute)
      .flatMap((node) => named(properties, node, 'Cert'))
      .slice(0, MOST_REFERENCES)
      .map((cert) => {
        const [certDigest] = named(properties, cert, 'CertDigest');
        const { algorithm, value } = digestOf(document, certDigest ?? null);
        const matches = candidates.find(
          ({ bytes }) => algorithm && value && canDigest(algorithm) && equal(digest(algorithm, bytes), value),
        );
        const serial = serialOf(properties, cert);
        const agrees = serial === null || matches === undefined ? 'absent' : serial === decimal(matches.serial) ? 'match' : 'mismatch';
        return { attribute, digestAlgorithm: algorithm, matches: matches?.fingerprint ?? null, issuerSerial: agrees };
      }),
  );
}

/** X509SerialNumber of the first version: decimal. The second version's IssuerSerialV2 is told as absent. */
function serialOf(properties: SignedProperties, cert: XmlNode): string | null {
  const [issuerSerial] = named(properties, cert, 'IssuerSerial');
  const node = issuerSerial === undefined ? null : elementNamed(properties.document, issuerSerial, DS, 'X509SerialNumber');
  const text = node === null ? '' : textOf(properties.document, node).trim();
  return /^[0-9]{1,200}$/.test(text) ? BigInt(text).toString() : null;
}

const decimal = (serial: Bytes): string => serial.reduce((number, octet) => number * 256n + BigInt(octet), 0n).toString();

/** SignaturePolicyIdentifier (5.2.9); null where none is named. */
export function policyOf(properties: SignedProperties): SignaturePolicyFacts | null {
  const { document, signature } = properties;
  const [identifier] = named(properties, signature, 'SignaturePolicyIdentifier');
  if (identifier === undefined) return null;
  const none = { url: null, digestAlgorithm: null, document: 'not-obtained', store: false } as const;
  if (named(properties, identifier, 'SignaturePolicyImplied').length > 0) return { id: '', implied: true, ...none };
  const [policy] = named(properties, identifier, 'SignaturePolicyId');
  if (policy === undefined) return { id: '', implied: false, ...none };
  const [id] = named(properties, policy, 'SigPolicyId').flatMap((node) => named(properties, node, 'Identifier'));
  const [hash] = named(properties, policy, 'SigPolicyHash');
  const [url] = descendantsNamed(document, policy, properties.namespace, 'SPURI');
  return {
    ...none,
    id:
      id === undefined
        ? ''
        : textOf(document, id)
            .trim()
            .replace(/^urn:oid:/i, ''),
    implied: false,
    url: url === undefined ? null : textOf(document, url).trim(),
    digestAlgorithm: digestOf(document, hash ?? null).algorithm,
  };
}

/** CommitmentTypeIndication (5.2.3): identifiers, OIDs without their `urn:oid:`. */
export const commitmentTypes = (properties: SignedProperties): string[] =>
  texts(properties, properties.data, ['CommitmentTypeIndication', 'CommitmentTypeId', 'Identifier']).map((id) =>
    id.replace(/^urn:oid:/i, ''),
  );

/** Claimed roles of SignerRole and SignerRoleV2 (5.2.6). */
export const claimedRoles = (properties: SignedProperties): string[] =>
  ['SignerRoleV2', 'SignerRole'].flatMap((local) => texts(properties, properties.signature, [local, 'ClaimedRoles', 'ClaimedRole']));

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
  const [node] = ['SignatureProductionPlaceV2', 'SignatureProductionPlace'].flatMap((local) => named(properties, signature, local));
  if (node === undefined) return null;
  const parts = PLACE.map((local) => elementNamed(document, node, namespace, local))
    .map((part) => (part === null ? '' : textOf(document, part).trim()))
    .filter((part) => part !== '');
  return parts.length > 0 ? parts.join(', ') : null;
}

/** DataObjectFormat (5.2.4): the reference that each is about, and its media type. */
export function dataObjectFormats(properties: SignedProperties): { readonly reference: string; readonly mimeType: string | null }[] {
  const { document, namespace, data } = properties;
  return named(properties, data, 'DataObjectFormat').map((node) => {
    const mimeType = elementNamed(document, node, namespace, 'MimeType');
    return {
      reference: attributeNamed(document, node, 'ObjectReference') ?? '',
      mimeType: mimeType === null ? null : textOf(document, mimeType).trim(),
    };
  });
}

/** DigestAlgAndValueType: a method and a value of the signature namespace. */
function digestOf(document: XmlDocument, node: XmlNode | null) {
  const method = node === null ? null : elementNamed(document, node, DS, 'DigestMethod');
  const value = node === null ? null : elementNamed(document, node, DS, 'DigestValue');
  return {
    algorithm: method === null ? null : digestByUri(attributeNamed(document, method, 'Algorithm') ?? ''),
    value: value === null ? null : fromBase64(textOf(document, value).replace(/[ \t\r\n]+/g, '')),
  };
}

const named = ({ document, namespace }: SignedProperties, of: XmlNode | null, local: string): XmlNode[] =>
  of === null ? [] : elementsNamed(document, of, namespace, local);

const reached = (properties: SignedProperties, from: XmlNode | null, path: readonly string[]): XmlNode[] =>
  path.reduce<XmlNode[]>((nodes, local) => nodes.flatMap((node) => named(properties, node, local)), from === null ? [] : [from]);

const texts = (properties: SignedProperties, from: XmlNode | null, path: readonly string[]): string[] =>
  reached(properties, from, path).map((node) => textOf(properties.document, node).trim());

const MOST_REFERENCES = 32;
const PLACE = ['StreetAddress', 'City', 'StateOrProvince', 'PostalCode', 'CountryName'];
