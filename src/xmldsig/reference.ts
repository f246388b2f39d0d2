/** References: what they name, and whether its digest is the one that was signed (XMLDSig 1.1, 4.4.3). */
import { mustSpend } from '../base/budget.ts';
import { type Bytes, equal } from '../base/bytes.ts';
import { attempt, unreadable } from '../base/parsed.ts';
import { digestByUri } from '../crypto/algorithm.ts';
import { canDigest, createDigest } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';
import type { XmlNode } from '../xml/document.ts';
import { afterOf, elementNamed, isNamed, parentOf } from '../xml/query.ts';
import { canonicalMethod } from './canonical-method.ts';
import { eachPiece, octets, octetsOf, type ReferencedData, type ReferencedNodes } from './data.ts';
import { idsOf } from './ids.ts';
import { DS, REFERENCE_TYPE, TRANSFORM } from './names.ts';
import { readManifest, type XmlReference, type XmlSignature } from './signature.ts';
import { transformed } from './transform.ts';
import type { Refused } from './transform-place.ts';
import { type Work, workFor } from './work.ts';

export interface ReferenceSource {
  /** Octets of what lies outside the document, by the URI as written (null: none is written); null where they are not at hand. */
  external(uri: string | null, reference?: XmlReference): Bytes | null;
  /** Digest of the same, for a source that need not hold the octets in memory; asked for where no transform needs them. */
  digest?(uri: string | null, algorithm: DigestName, reference: XmlReference): Bytes | null;
}

/** What a check of one reference gave. */
export interface CheckedReference {
  readonly reference: XmlReference;
  readonly digestAlgorithm: DigestName | null;
  readonly found: boolean;
  readonly intact: boolean;
  /** Why nothing was digested; null where something was. */
  readonly problem: string | null;
  /** Whether several elements have the identifier that is named. */
  readonly ambiguous: boolean;
  /** How many octets were digested; null where the source gave the digest alone, or nothing was found. */
  readonly length: number | null;
  /** The element of the document that is signed as a whole subtree (0: the whole document); null for what is no such thing. */
  readonly element: XmlNode | null;
  /** The octets that were digested: what is signed is this and nothing else. Computed anew at each call. */
  signedOctets(): Bytes | null;
}

/** Checks references in order, those of SignedInfo or of a Manifest, within one bound on the work. One of a list may lack a URI (4.4.3.1). */
export function checkReferences(
  signature: XmlSignature,
  references: readonly XmlReference[],
  source: ReferenceSource,
  work: Work = workFor(signature.document),
): CheckedReference[] {
  const nameless = references.filter(({ uri }) => uri === null).length;
  return references.map((reference) =>
    reference.uri === null && nameless > 1
      ? notFound(signature, reference, digestByUri(reference.digestMethod.algorithm), `${nameless} references without URI`)
      : checkReference(signature, reference, source, work),
  );
}

/** Nothing external is ever fetched: only `source` gives it. */
export function checkReference(
  signature: XmlSignature,
  reference: XmlReference,
  source: ReferenceSource,
  work: Work = workFor(signature.document),
): CheckedReference {
  const digestAlgorithm = digestByUri(reference.digestMethod.algorithm);
  if (digestAlgorithm === null || !canDigest(digestAlgorithm))
    return notFound(signature, reference, digestAlgorithm, `the digest ${reference.digestMethod.algorithm} is not supported`);
  let length: number | null = null;
  let unfit = false;
  const digested = attempt(() => {
    const outside = digestOutside(reference, source, digestAlgorithm);
    if (outside !== null) return outside;
    const misplaced = misplacedTarget(signature, reference);
    const data: ReferencedData | Refused = misplaced === null ? dataOf(signature, reference, source, work) : { refused: misplaced };
    if ('refused' in data) {
      unfit = data.unfit === true;
      return unreadable('Reference', 0, data.refused);
    }
    const digest = createDigest(digestAlgorithm);
    let octetCount = 0;
    eachPiece(data, (piece) => {
      mustSpend(work.octets, 'Reference', 0, piece.length);
      octetCount += piece.length;
      digest.update(piece);
    });
    length = octetCount;
    return digest.finish();
  });
  if (!digested.ok) return { ...notFound(signature, reference, digestAlgorithm, digested.malformed.reason), found: unfit };
  return {
    reference,
    digestAlgorithm,
    found: true,
    intact: equal(digested.value, reference.digestValue),
    problem: null,
    ambiguous: false,
    length,
    element: wholeElement(signature, reference),
    signedOctets: () => {
      const again = attempt(() => {
        const data = dataOf(signature, reference, source, workFor(signature.document));
        return 'refused' in data ? null : octetsOf(data);
      });
      return again.ok ? again.value : null;
    },
  };
}

const notFound = (
  { document }: XmlSignature,
  reference: XmlReference,
  digestAlgorithm: DigestName | null,
  problem: string,
): CheckedReference => ({
  reference,
  digestAlgorithm,
  found: false,
  intact: false,
  problem,
  ambiguous: namesSeveral(document, reference),
  length: null,
  element: null,
  signedOctets: () => null,
});

/**
 * Checks the references of the Manifest that a reference names by its type; null where it names none that stands in an Object
 * of the signature. What a Manifest names is not part of core validation: the caller decides (XMLDSig 1.1, 5.1).
 */
export function checkManifest(
  signature: XmlSignature,
  { type, uri }: XmlReference,
  source: ReferenceSource,
  work: Work = workFor(signature.document),
): CheckedReference[] | null {
  if (type !== REFERENCE_TYPE.manifest || !uri?.startsWith('#')) return null;
  const { document } = signature;
  const target = withinDocument(signature, uri);
  if ('refused' in target || !isNamed(document, target.selection.apex, DS, 'Manifest')) return null;
  const references = readManifest(document, target.selection.apex);
  return references.ok ? checkReferences(signature, references.value, source, work) : null;
}

/**
 * What a type promises of the target is held to: an Object of this signature, a Manifest in one. An element that was moved
 * elsewhere, and another put in its place, is not found (XMLDSig 1.1, 4.4.3.1; XML signature wrapping).
 */
function misplacedTarget(signature: XmlSignature, reference: XmlReference): string | null {
  const { type, uri } = reference;
  if (!uri?.startsWith('#') || (type !== REFERENCE_TYPE.object && type !== REFERENCE_TYPE.manifest)) return null;
  const { document, objects, keyInfo } = signature;
  const target = withinDocument(signature, uri);
  if ('refused' in target) return null;
  const { apex } = target.selection;
  const isManifest = type === REFERENCE_TYPE.manifest;
  if (isManifest && !isNamed(document, apex, DS, 'Manifest')) return `'${uri}' is no Manifest`;
  if (isManifest && elementNamed(document, apex, DS, 'Reference') === null) return `the Manifest '${uri}' lists nothing`;
  if (isManifest && wholeElement(signature, reference) === null) return `the Manifest '${uri}' is not signed as a whole`;
  const object = isManifest ? parentOf(document, apex) : apex;
  // Signers in the field call KeyInfo an Object too: it stands where it belongs.
  return objects.includes(object) || object === keyInfo ? null : `'${uri}' does not stand in an Object of the signature`;
}

/** What the reference names after all its transforms; time-stamps are over the same. */
export function dataOf(signature: XmlSignature, reference: XmlReference, source: ReferenceSource, work: Work): ReferencedData | Refused {
  const place = { document: signature.document, signature: signature.node, work };
  let result: ReferencedData | Refused = dereference(signature, reference, source);
  for (const transform of reference.transforms) {
    if ('refused' in result) return result;
    result = transformed(result, transform, place);
  }
  return result;
}

/** The element that is named, where every transform keeps it whole: the signature itself apart, and comments. */
function wholeElement(signature: XmlSignature, { uri, transforms }: XmlReference): XmlNode | null {
  const named = uri === '' || uri?.startsWith('#') ? withinDocument(signature, uri) : null;
  if (named === null || 'refused' in named) return null;
  const { document, node } = signature;
  const { apex } = named.selection;
  // Of what stands in the signature the enveloped transform leaves nothing.
  const isOutside = apex < node || apex >= afterOf(document, node);
  const whole = transforms.every(({ algorithm, node: transform }) =>
    algorithm === TRANSFORM.enveloped ? isOutside : canonicalMethod(document, transform, algorithm) !== null,
  );
  return whole ? apex : null;
}

/** 4.4.3.3: the document, an element by its identifier, or what the caller gives. */
function dereference(signature: XmlSignature, reference: XmlReference, source: ReferenceSource): ReferencedData | Refused {
  const { uri } = reference;
  if (uri === '' || uri?.startsWith('#')) return withinDocument(signature, uri);
  const given = source.external(uri, reference);
  return given === null ? { refused: uri === null ? 'no URI, and nothing was given for it' : `'${uri}' is not at hand` } : octets(given);
}

/** Null where the octets themselves are needed, or are in the document. */
function digestOutside(reference: XmlReference, source: ReferenceSource, algorithm: DigestName): Bytes | null {
  const { uri, transforms } = reference;
  if (uri === '' || uri?.startsWith('#') || transforms.length > 0) return null;
  return source.digest?.(uri, algorithm, reference) ?? null;
}

/** An identifier that several elements have names none of them. */
function namesSeveral(document: XmlSignature['document'], { uri }: XmlReference): boolean {
  const id = uri?.startsWith('#') ? idNamed(uri) : null;
  return id !== null && idsOf(document).candidates(id) > 1;
}

function idNamed(uri: string): string {
  const pointer = /^#xpointer\(id\((?:'([^']*)'|"([^"]*)")\)\)$/.exec(uri);
  return pointer ? (pointer[1] ?? pointer[2] ?? '') : decodedFragment(uri);
}

function withinDocument({ document }: XmlSignature, uri: string): ReferencedNodes | Refused {
  if (uri === '') return { kind: 'nodes', document, selection: { apex: 0 }, comments: false };
  if (uri === '#xpointer(/)') return { kind: 'nodes', document, selection: { apex: 0 }, comments: true };
  const id = idNamed(uri);
  const ids = idsOf(document);
  const apex = ids.element(id);
  if (apex !== null) return { kind: 'nodes', document, selection: { apex }, comments: uri.startsWith('#xpointer(id(') };
  const count = ids.candidates(id);
  return { refused: count > 1 ? `the identifier '${id}' stands at ${count} elements` : `nothing has the identifier '${id}'` };
}

function decodedFragment(uri: string): string {
  try {
    return decodeURIComponent(uri.slice(1));
  } catch {
    return uri.slice(1);
  }
}
