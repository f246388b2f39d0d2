/** References: what they name, and whether its digest is the one that was signed (XMLDSig 1.1, 4.4.3). */
import { type Bytes, equal } from '../base/bytes.ts';
import { digestByUri } from '../crypto/algorithm.ts';
import { canDigest, createDigest } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';
import type { XmlNode } from '../xml/document.ts';
import { eachPiece, octets, octetsOf, type ReferencedData } from './data.ts';
import { idsOf } from './ids.ts';
import type { XmlReference, XmlSignature } from './signature.ts';
import { type Refused, transformed } from './transform.ts';

export interface ReferenceSource {
  /** Octets of what lies outside the document, by the URI as written (null: none is written); null where they are not at hand. */
  external(uri: string | null): Bytes | null;
}

/** What a check of one reference gave. */
export interface CheckedReference {
  readonly reference: XmlReference;
  readonly digestAlgorithm: DigestName | null;
  readonly found: boolean;
  readonly intact: boolean;
  /** Why it was not found; null where it was. */
  readonly problem: string | null;
  /** The element of the document that is signed as a whole subtree (0: the whole document); null for what is no such thing. */
  readonly element: XmlNode | null;
  /** The octets that were digested: what is signed is this and nothing else. Computed anew at each call. */
  signedOctets(): Bytes | null;
}

/** Nothing external is ever fetched: only `source` gives it. */
export function checkReference(signature: XmlSignature, reference: XmlReference, source: ReferenceSource): CheckedReference {
  const digestAlgorithm = digestByUri(reference.digestMethod.algorithm);
  const named = dereference(signature, reference, source);
  const data = 'refused' in named ? named : throughTransforms(named, signature, reference);
  if ('refused' in data || digestAlgorithm === null || !canDigest(digestAlgorithm)) {
    const problem = 'refused' in data ? data.refused : `the digest ${reference.digestMethod.algorithm} is not supported`;
    return { reference, digestAlgorithm, found: false, intact: false, problem, element: null, signedOctets: () => null };
  }
  const digest = createDigest(digestAlgorithm);
  eachPiece(data, (piece) => digest.update(piece));
  return {
    reference,
    digestAlgorithm,
    found: true,
    intact: equal(digest.finish(), reference.digestValue),
    problem: null,
    element: !('refused' in named) && named.kind === 'nodes' && named.document === signature.document ? named.selection.apex : null,
    signedOctets: () => octetsOf(data),
  };
}

function throughTransforms(data: ReferencedData, signature: XmlSignature, { transforms }: XmlReference): ReferencedData | Refused {
  const place = { document: signature.document, signature: signature.node };
  let result: ReferencedData | Refused = data;
  for (const transform of transforms) {
    result = transformed(result, transform, place);
    if ('refused' in result) return result;
  }
  return result;
}

/** 4.4.3.3: the document, an element by its identifier, or what the caller gives. */
function dereference({ document }: XmlSignature, { uri }: XmlReference, source: ReferenceSource): ReferencedData | Refused {
  if (uri === '') return { kind: 'nodes', document, selection: { apex: 0 }, comments: false };
  if (uri === '#xpointer(/)') return { kind: 'nodes', document, selection: { apex: 0 }, comments: true };
  if (uri?.startsWith('#')) {
    const pointer = /^#xpointer\(id\((?:'([^']*)'|"([^"]*)")\)\)$/.exec(uri);
    const id = pointer ? (pointer[1] ?? pointer[2] ?? '') : decodedFragment(uri);
    const ids = idsOf(document);
    const apex = ids.element(id);
    if (apex === null)
      return {
        refused: ids.count(id) > 1 ? `the identifier '${id}' stands at ${ids.count(id)} elements` : `nothing has the identifier '${id}'`,
      };
    return { kind: 'nodes', document, selection: { apex }, comments: pointer !== null };
  }
  const given = source.external(uri);
  return given === null ? { refused: uri === null ? 'no URI, and nothing was given for it' : `'${uri}' is not at hand` } : octets(given);
}

function decodedFragment(uri: string): string {
  try {
    return decodeURIComponent(uri.slice(1));
  } catch {
    return uri.slice(1);
  }
}
