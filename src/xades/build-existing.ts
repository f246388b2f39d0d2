/** Signatures that a document holds already: what a parallel one repeats, and whether they are as intact after a change as before. */
import { Fault } from '../base/fault.ts';
import { toBase64 } from '../base/text.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { afterOf, descendantsNamed, nameOf, parentOf } from '../xml/query.ts';
import { idsOf } from '../xmldsig/ids.ts';
import { DS } from '../xmldsig/names.ts';
import { readSignature, type XmlSignature } from '../xmldsig/signature.ts';
import type { DetachedFile } from './detached.ts';
import { readXmlDocument } from './document.ts';
import { dataReferences } from './imprint.ts';

/** Signature elements in document order; `inside`: those within counter-signature properties too. */
export function signatureNodes(document: XmlDocument, inside: boolean): XmlNode[] {
  const nodes = descendantsNamed(document, 0, DS, 'Signature');
  return inside ? nodes : nodes.filter((node) => nameOfParent(document, node) !== 'CounterSignature');
}

/** What a parallel signature is over: the same as the first signature that can be read. */
export type SignedAlready =
  | { readonly kind: 'document' }
  | { readonly kind: 'element'; readonly id: string }
  | { readonly kind: 'file'; readonly uri: string };

/**
 * What the first signature of the document is over, without what stands in it. Throws `Fault` `refused` where there is no signature, or
 * the document element is a signature: nothing can stand beside it.
 */
export function signedAlready(document: XmlDocument): SignedAlready[] {
  const [first] = signatureNodes(document, false);
  if (first === undefined) throw new Fault('refused', 'there is no signature beside which another could stand: sign it');
  if (first === document.root)
    throw new Fault(
      'refused',
      'the signature is the whole document, so that no other can stand beside it: sign the content once more on its own',
    );
  const read = readSignature(document, first);
  if (!read.ok) throw new Fault('malformed-input', `a signature cannot be read: ${read.malformed.reason}`);
  const found = dataReferences(read.value).flatMap(({ uri }): SignedAlready[] => {
    if (uri === null) return [];
    if (!uri.startsWith('#')) return [uri === '' ? { kind: 'document' } : { kind: 'file', uri }];
    const id = uri.slice(1);
    const target = idsOf(document).element(id);
    const own = target !== null && target >= first && target < afterOf(document, first);
    return own ? [] : [{ kind: 'element', id }];
  });
  if (found.length === 0) throw new Fault('refused', 'the signature is over nothing beside itself that another could sign');
  return found;
}

/**
 * Throws `Fault` `refused` where a reference or a time-stamp that was intact no longer is: something that is signed or time-stamped
 * would have changed.
 */
export function requireKept(before: XmlDocument, after: XmlDocument, detached: readonly DetachedFile[]): void {
  if (signatureNodes(before, true).length === 0) return;
  const was = intactIn(before, detached);
  const is = intactIn(after, detached);
  for (const mark of was.references) if (!is.references.has(mark)) throw new Fault('refused', COVERED);
  for (const id of was.stamps)
    if (!is.stamps.has(id)) throw new Fault('refused', 'a time-stamp that is there covers the place: an addition would break it');
}

interface Intact {
  /** Value of the signature, number of the reference. */
  readonly references: ReadonlySet<string>;
  readonly stamps: ReadonlySet<string>;
}

function intactIn(document: XmlDocument, detached: readonly DetachedFile[]): Intact {
  const facts = readXmlDocument(document.original, detached);
  const signatures = facts.ok ? facts.value.signatures : [];
  // One fact for each element, also where it cannot be read.
  const values = signatureNodes(document, true).map((node) => {
    const read = readSignature(document, node);
    return read.ok ? markOf(read.value) : '';
  });
  const references = signatures.flatMap((signature, i) =>
    signature.references.flatMap(({ intact }, number) => (intact ? [`${values[i]} ${number}`] : [])),
  );
  const stamps = facts.ok ? [...facts.value.timestamps.values()] : [];
  const records = facts.ok ? (facts.value.evidenceRecords ?? []) : [];
  const kept = records.flatMap(({ references: own }, i) => own.flatMap(({ intact }, n) => (intact ? [`record ${i} ${n}`] : [])));
  return {
    references: new Set([...references, ...kept]),
    stamps: new Set(stamps.flatMap(({ id, references: [imprint] }) => (imprint?.intact ? [id] : []))),
  };
}

const markOf = ({ value }: XmlSignature): string => toBase64(value.bytes);

function nameOfParent(document: XmlDocument, node: XmlNode): string {
  const parent = parentOf(document, node);
  return parent === 0 ? '' : nameOf(document, parent).local;
}

const COVERED =
  'a signature that is there covers the place: any addition would break it (an enveloped signature that leaves out itself alone, or one over another signature)';
