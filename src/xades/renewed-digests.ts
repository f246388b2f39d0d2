/** Digests of what Manifests list, computed again with a newer algorithm: RenewedDigests and RenewedDigestsV2 (EN 319 132-1, 5.5.3). */
import { type Bytes, equal } from '../base/bytes.ts';
import { fromBase64 } from '../base/text.ts';
import { digestByUri } from '../crypto/algorithm.ts';
import { canDigest, digest } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';
import { canonicalize } from '../xml/canonicalize.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { attributeNamed, elementNamed, elementsNamed, textOf } from '../xml/query.ts';
import { canonicalMethod, DEFAULT_METHOD } from '../xmldsig/canonical-method.ts';
import { DS } from '../xmldsig/names.ts';
import type { CheckedReference } from '../xmldsig/reference.ts';
import { XADES_141 } from './names.ts';
import type { UnsignedProperty } from './qualifying-properties.ts';

/**
 * What is wrong with renewed digests: those of data that is at hand have to be its digests. `entries`: the references in Manifests
 * of the signature, in order. Renewed digests are unsigned: only an archive time-stamp after them makes them count.
 */
export function renewedDigestProblems(
  document: XmlDocument,
  unsigned: readonly UnsignedProperty[],
  entries: readonly CheckedReference[],
): string[] {
  const problems = new Set<string>();
  for (const { node, kind, local } of unsigned) {
    if (kind !== 'renewed-digests') continue;
    const algorithm = algorithmOf(document, node);
    if (algorithm === null) {
      problems.add(`${local} with a digest algorithm that is not supported`);
      continue;
    }
    for (const renewed of elementsNamed(document, node, XADES_141, 'RecomputedDigestValue').slice(0, MOST)) {
      const entry =
        local === 'RenewedDigests' ? byOrder(document, renewed, entries) : byDigest(document, node, renewed, algorithm, entries);
      const value = octetsIn(
        document,
        local === 'RenewedDigests' ? renewed : elementNamed(document, renewed, XADES_141, 'NewSDODigestValue'),
      );
      const octets = entry?.signedOctets() ?? null;
      if (entry === null) problems.add(`${local} of a reference that no Manifest holds`);
      else if (octets !== null && (value === null || !equal(digest(algorithm, octets), value)))
        problems.add(`${local} whose digest is not that of the data`);
    }
  }
  return [...problems];
}

/** The first version counts the references. */
function byOrder(document: XmlDocument, renewed: XmlNode, entries: readonly CheckedReference[]): CheckedReference | null {
  const order = attributeNamed(document, renewed, 'Order') ?? '';
  return /^[1-9]\d{0,5}$/.test(order) ? (entries[Number(order) - 1] ?? null) : null;
}

/** The second names each by the digest of its canonical Reference element. */
function byDigest(
  document: XmlDocument,
  property: XmlNode,
  renewed: XmlNode,
  algorithm: DigestName,
  entries: readonly CheckedReference[],
): CheckedReference | null {
  const original = octetsIn(document, elementNamed(document, renewed, XADES_141, 'OriginalRefDigest'));
  const named = elementNamed(document, property, DS, 'CanonicalizationMethod');
  const method = named === null ? DEFAULT_METHOD : canonicalMethod(document, named, attributeNamed(document, named, 'Algorithm') ?? '');
  if (original === null || method === null) return null;
  const isIt = ({ reference }: CheckedReference): boolean =>
    equal(digest(algorithm, canonicalize(document, { apex: reference.node }, method)), original);
  return entries.slice(0, MOST).find(isIt) ?? null;
}

function algorithmOf(document: XmlDocument, property: XmlNode): DigestName | null {
  const method = elementNamed(document, property, DS, 'DigestMethod');
  const name = method === null ? null : digestByUri(attributeNamed(document, method, 'Algorithm') ?? '');
  return name !== null && canDigest(name) ? name : null;
}

const octetsIn = (document: XmlDocument, node: XmlNode | null): Bytes | null =>
  node === null ? null : fromBase64(textOf(document, node).replace(/[ \t\r\n]+/g, ''));

/** Each of them may be compared with each. */
const MOST = 100;
