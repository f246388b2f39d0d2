/** What the time-stamps of XAdES are over (EN 319 132-1, 5.2.8, 5.3 and 5.5; TS 101 903, 7.1.4 and 7.2 to 7.7), digested part by part. */
import { mustSpend } from '../base/budget.ts';
import type { Bytes } from '../base/bytes.ts';
import { attempt, unreadable } from '../base/parsed.ts';
import { canDigest, createDigest } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';
import { type CanonicalMethod, canonicalizeTo } from '../xml/canonicalize.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { attributeNamed, elementNamed, elementsOf, nameOf } from '../xml/query.ts';
import { canonicalMethod, DEFAULT_METHOD } from '../xmldsig/canonical-method.ts';
import { eachPiece } from '../xmldsig/data.ts';
import { idsOf } from '../xmldsig/ids.ts';
import { DS } from '../xmldsig/names.ts';
import { dataOf, type ReferenceSource } from '../xmldsig/reference.ts';
import type { XmlReference, XmlSignature } from '../xmldsig/signature.ts';
import type { Work } from '../xmldsig/work.ts';
import { type TimestampKind, type UnsignedKind, XADES_141 } from './names.ts';
import { isSignedPropertiesType, type QualifyingProperties, type UnsignedProperty } from './qualifying-properties.ts';

/** The signature whose time-stamps are computed. */
export interface StampedContent {
  readonly signature: XmlSignature;
  readonly properties: QualifyingProperties;
  /** Unsigned signature properties in order. */
  readonly unsigned: readonly UnsignedProperty[];
  readonly source: ReferenceSource;
  readonly work: Work;
}

/** An element in its canonical form, or what a reference is over. */
export type Part = { readonly element: XmlNode } | { readonly reference: XmlReference };

/** One way to read what a time-stamp is over. */
export interface Imprint {
  readonly parts: readonly Part[];
  /** The unsigned properties in it; null: all that stand before the time-stamp. */
  readonly included: ReadonlySet<XmlNode> | null;
}

/**
 * What the time-stamps in a property may be over, the likeliest first: where versions of the standard say different things of
 * the same element each is given, and the digest in the token tells which was meant.
 */
export function imprintsOf(kind: TimestampKind, property: XmlNode, content: StampedContent): Imprint[] {
  const { signature } = content;
  const includes = includedIn(property, signature);
  switch (kind) {
    case 'signature':
      return [implied([{ element: signature.value.node }])];
    case 'all-data-objects':
      return [implied(dataReferences(signature).map((reference) => ({ reference })))];
    case 'individual-data-objects':
      return includes === null ? [] : individual(signature, includes);
    case 'signature-and-references':
    case 'references': {
      // Each version is over the references of its own (annex A; TS 101 903, 7.5).
      const value: Part[] = kind === 'references' ? [] : [{ element: signature.value.node }];
      if (includes !== null) {
        const parts = includes.map(({ element }) => ({ element }));
        const included = new Set(includes.map(({ element }) => element));
        return kind === 'references'
          ? [{ parts, included }]
          : [
              { parts: [...value, ...parts], included },
              { parts, included },
            ];
      }
      const kinds = kind === 'references' ? REFERENCES : STAMPS_AND_REFERENCES;
      const isSecond = nameOf(signature.document, property).local.endsWith('V2');
      const before = propertiesBefore(content, property).filter(
        ({ kind: stamped, local }) => kinds.has(stamped) && (stamped !== 'certificate-references' || local.endsWith('V2') === isSecond),
      );
      return [implied([...value, ...elements(before)])];
    }
    case 'archive':
      return archived(property, content, includes);
  }
}

/** The digest over all parts in order; null where one of them, or the method, cannot be had. */
export function imprintDigest(algorithm: DigestName, property: XmlNode, { parts }: Imprint, content: StampedContent): Bytes | null {
  const { signature, source, work } = content;
  const { document } = signature;
  const method = methodOf(document, property);
  if (method === null || !canDigest(algorithm)) return null;
  const digested = attempt(() => {
    const digest = createDigest(algorithm);
    const visit = (piece: Bytes): void => {
      mustSpend(work.octets, 'time-stamp', 0, piece.length);
      digest.update(piece);
    };
    for (const part of parts) {
      if ('element' in part) {
        canonicalizeTo(document, { apex: part.element }, method, visit);
        continue;
      }
      const data = dataOf(signature, part.reference, source, work);
      if ('refused' in data) return unreadable('time-stamp', 0, data.refused);
      eachPiece(data, visit, method);
    }
    return digest.finish();
  });
  return digested.ok ? digested.value : null;
}

/** References to data: all but the one to the signed properties. */
export const dataReferences = ({ signedInfo }: XmlSignature): XmlReference[] =>
  signedInfo.references.filter(({ type }) => !isSignedPropertiesType(type));

/** References that the Include elements of an IndividualDataObjectsTimeStamp name. */
export const includedReferences = (property: XmlNode, signature: XmlSignature): XmlReference[] =>
  (includedIn(property, signature) ?? []).flatMap(
    ({ element }) => signature.signedInfo.references.find(({ node }) => node === element) ?? [],
  );

/**
 * 5.5.2.2: the signed data, SignedInfo, the value and KeyInfo, the unsigned properties before it, and Objects that no reference names.
 * Validators in use take all Objects but that of the properties where the property is of 1.4.1: that is the likelier reading, and what is written.
 */
function archived(property: XmlNode, content: StampedContent, includes: readonly Included[] | null): Imprint[] {
  const { signature, properties } = content;
  const { signedInfo, value, keyInfo, objects } = signature;
  const head: Part[] = [
    ...signedInfo.references.map((reference) => ({ reference })),
    ...[signedInfo.node, value.node, ...(keyInfo === null ? [] : [keyInfo])].map((element) => ({ element })),
  ];
  const others = objects.filter((object) => object !== properties.object);
  const unnamed = others.filter((object) => !isReferenced(signature, object));
  const included = includes === null ? null : new Set(includes.map(({ element }) => element));
  const middle = includes === null ? elements(propertiesBefore(content, property)) : includes.map(({ element }) => ({ element }));
  const whole = (tail: readonly XmlNode[]): Imprint => ({
    parts: [...head, ...middle, ...tail.map((element) => ({ element }))],
    included,
  });
  if (unnamed.length === others.length) return [whole(others)];
  const isLater = nameOf(signature.document, property).namespace === XADES_141;
  return isLater ? [whole(others), whole(unnamed)] : [whole(unnamed), whole(others)];
}

function isReferenced({ document, signedInfo }: XmlSignature, object: XmlNode): boolean {
  const id = attributeNamed(document, object, 'Id');
  return id !== null && signedInfo.references.some(({ uri }) => uri === `#${id}` || uri === `#xpointer(id('${id}'))`);
}

/** Data where `referencedData` says so or nothing is said, else the Reference element itself; of references alone (5.2.8.2). */
function individual({ signedInfo }: XmlSignature, includes: readonly Included[]): Imprint[] {
  const parts = includes.flatMap(({ element, referencedData }): Part[] => {
    const reference = signedInfo.references.find(({ node }) => node === element);
    return reference === undefined ? [] : [referencedData === false ? { element } : { reference }];
  });
  return parts.length > 0 && parts.length === includes.length ? [{ parts, included: NOTHING }] : [];
}

interface Included {
  readonly element: XmlNode;
  /** Null where it is not said. */
  readonly referencedData: boolean | null;
}

/** Include elements, HashDataInfo of version 1.1.1 likewise; null where there are none, or one names nothing. */
function includedIn(property: XmlNode, { document }: XmlSignature): readonly Included[] | null {
  const listed = elementsOf(document, property).filter((node) => INCLUDES.has(nameOf(document, node).local));
  if (listed.length === 0) return null;
  const ids = idsOf(document);
  const found = listed.slice(0, MOST_INCLUDED).flatMap((node): Included[] => {
    const uri = attributeNamed(document, node, 'URI') ?? attributeNamed(document, node, 'uri') ?? '';
    const element = uri.startsWith('#') ? ids.element(uri.slice(1)) : null;
    const said = attributeNamed(document, node, 'referencedData');
    return element === null ? [] : [{ element, referencedData: said === null ? null : said === 'true' || said === '1' }];
  });
  return found.length === listed.length ? found : [];
}

function propertiesBefore({ unsigned }: StampedContent, property: XmlNode): readonly UnsignedProperty[] {
  const place = unsigned.findIndex(({ node }) => node === property);
  return unsigned.slice(0, Math.max(place, 0));
}

/** CanonicalizationMethod of the time-stamp, Canonical XML 1.0 where none is told; null where it is not supported. */
function methodOf(document: XmlDocument, property: XmlNode): CanonicalMethod | null {
  const element = elementNamed(document, property, DS, 'CanonicalizationMethod');
  return element === null ? DEFAULT_METHOD : canonicalMethod(document, element, attributeNamed(document, element, 'Algorithm') ?? '');
}

const implied = (parts: readonly Part[]): Imprint => ({ parts, included: null });
const elements = (properties: readonly UnsignedProperty[]): Part[] => properties.map(({ node }) => ({ element: node }));

const NOTHING: ReadonlySet<XmlNode> = new Set();
const REFERENCES: ReadonlySet<UnsignedKind> = new Set<UnsignedKind>(['certificate-references', 'revocation-references']);
const STAMPS_AND_REFERENCES: ReadonlySet<UnsignedKind> = new Set<UnsignedKind>(['signature', ...REFERENCES]);
const INCLUDES: ReadonlySet<string> = new Set(['Include', 'HashDataInfo']);
const MOST_INCLUDED = 1000;
