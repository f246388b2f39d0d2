/** Certificates and revocation data that the properties carry or refer to (EN 319 132-1, 5.4, 5.5 and annex A). */
import type { Bytes } from '../base/bytes.ts';
import { fromBase64 } from '../base/text.ts';
import { addCertificate, addCrl, addOcsp, type Pool } from '../cms/pool.ts';
import type { Material, Origin } from '../facts/signature.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { elementsOf, nameOf, textOf } from '../xml/query.ts';
import { digestOf } from './certificate-references.ts';
import type { Finder } from './finder.ts';
import { isXades } from './names.ts';
import type { UnsignedProperty } from './qualifying-properties.ts';

/** A list of material under construction. */
export interface MaterialList {
  readonly certificates: { id: string; origin: Origin }[];
  readonly revocations: { id: string; origin: Origin }[];
}

export const newMaterial = (): MaterialList => ({ certificates: [], revocations: [] });

export const idsIn = ({ certificates, revocations }: Material): string[] => [
  ...certificates.map(({ id }) => id),
  ...revocations.map(({ id }) => id),
];

/** Puts one piece into the pool and the list; what cannot be read is told by the pool. */
export function addTo(list: MaterialList, pool: Pool, kind: 'certificate' | 'crl' | 'ocsp', bytes: Bytes, origin: Origin): void {
  if (kind === 'certificate') {
    const certificate = addCertificate(pool, bytes);
    if (certificate) list.certificates.push({ id: certificate.fingerprint, origin });
    return;
  }
  const added = kind === 'crl' ? addCrl(pool, bytes) : addOcsp(pool, bytes);
  if (added === null) return;
  list.revocations.push({ id: added.id, origin });
  for (const { fingerprint } of added.certificates) list.certificates.push({ id: fingerprint, origin: 'ocsp' });
}

/** What a property holds of values, put into the pool; null of a property that is for something else. */
export function valuesIn(document: XmlDocument, { node, kind }: UnsignedProperty, pool: Pool): MaterialList | null {
  const list = newMaterial();
  switch (kind) {
    case 'certificate-values':
      readCertificates(document, node, 'certificate-values', list, pool);
      return list;
    case 'revocation-values':
      readRevocations(document, node, 'revocation-values', list, pool);
      return list;
    case 'validation-data':
      for (const part of partsOf(document, node)) {
        if (part.local === 'CertificateValues') readCertificates(document, part.node, 'timestamp-validation-data', list, pool);
        else if (part.local === 'RevocationValues') readRevocations(document, part.node, 'timestamp-validation-data', list, pool);
      }
      return list;
    default:
      return null;
  }
}

/** `CertificateValues ::= (EncapsulatedX509Certificate | OtherCertificate)*` */
function readCertificates(document: XmlDocument, holder: XmlNode, origin: Origin, list: MaterialList, pool: Pool): void {
  for (const { node, local } of partsOf(document, holder).slice(0, MOST_VALUES)) {
    const bytes = local === 'EncapsulatedX509Certificate' ? octetsIn(document, node) : null;
    if (bytes !== null) addTo(list, pool, 'certificate', bytes, origin);
  }
}

/** `RevocationValues ::= CRLValues?, OCSPValues?, OtherValues?`, each a list of encapsulated values. */
function readRevocations(document: XmlDocument, holder: XmlNode, origin: Origin, list: MaterialList, pool: Pool): void {
  for (const group of partsOf(document, holder)) {
    for (const { node, local } of partsOf(document, group.node).slice(0, MOST_VALUES)) {
      const kind = local === 'EncapsulatedCRLValue' ? 'crl' : local === 'EncapsulatedOCSPValue' ? 'ocsp' : null;
      const bytes = kind === null ? null : octetsIn(document, node);
      if (kind !== null && bytes !== null) addTo(list, pool, kind, bytes, origin);
    }
  }
}

/** Ids in the pool of what Complete…Refs and Attribute…Refs stand for; what is not at hand is left out. */
export function referredBy(document: XmlDocument, property: UnsignedProperty, finder: Finder): string[] {
  if (property.kind === 'certificate-references') {
    return partsOf(document, property.node)
      .filter(({ local }) => local === 'CertRefs' || local === 'CertRefsV2')
      .flatMap((list) => partsOf(document, list.node).slice(0, MOST_VALUES))
      .flatMap(({ node }) => {
        const inside = partsOf(document, node).find(({ local }) => local === 'CertDigest');
        const { algorithm, value } = digestOf(document, inside?.node ?? null);
        const found = algorithm && value && finder.certificate(algorithm, value);
        return found ? [found.fingerprint] : [];
      });
  }
  if (property.kind !== 'revocation-references') return [];
  return partsOf(document, property.node)
    .flatMap((list) => partsOf(document, list.node).slice(0, MOST_VALUES))
    .flatMap(({ node }) => {
      const inside = partsOf(document, node).find(({ local }) => local === 'DigestAlgAndValue');
      const { algorithm, value } = digestOf(document, inside?.node ?? null);
      return algorithm && value ? finder.revocation(algorithm, value) : [];
    });
}

/** Child elements of a namespace of XAdES. */
function partsOf(document: XmlDocument, node: XmlNode): { readonly node: XmlNode; readonly local: string }[] {
  return elementsOf(document, node).flatMap((child) => {
    const { namespace, local } = nameOf(document, child);
    return isXades(namespace) ? [{ node: child, local }] : [];
  });
}

const octetsIn = (document: XmlDocument, node: XmlNode): Bytes | null => fromBase64(textOf(document, node).replace(/[ \t\r\n]+/g, ''));

const MOST_VALUES = 2000;
