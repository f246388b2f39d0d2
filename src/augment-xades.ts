/** Augmentation of XML signatures (EN 319 132-1, 5.3 to 5.5 and 6): every signature, whoever made it, gets a time, validation material, an archive time-stamp. */
import { type AugmentOptions, authorityOf, countsOf, examineForStore } from './augment-examine.ts';
import { materialOf } from './augment-material.ts';
import type { Bytes } from './base/bytes.ts';
import { Fault } from './base/fault.ts';
import { asSource, type Source, sourceOf } from './base/source.ts';
import { contentOfSource } from './cms/content.ts';
import type { DigestName } from './crypto/names.ts';
import type { DocumentFacts, SignatureFacts, TimestampFacts } from './facts/index.ts';
import {
  addArchiveTimestamps,
  addSignatureTimestamps,
  addValidationMaterial,
  type TimestampOptions,
  type ValidationMaterial,
} from './xades/augment.ts';
import { requireKept, signatureNodes } from './xades/build-existing.ts';
import { type Canonicalization, canonicalizationOf } from './xades/build-references.ts';
import { type DetachedFile, type SourceOf, sourceOfFiles } from './xades/detached.ts';
import { readXmlDocument } from './xades/document.ts';
import type { XmlDocument, XmlNode } from './xml/document.ts';
import { parseXml } from './xml/parse.ts';

/** Throws as `augment`; `refused` too where a signature covers another one, which could then not grow. */
export async function augmentedXades(source: Source, options: AugmentOptions): Promise<Source> {
  const detached = detachedOf(options);
  const before = documentOf(source);
  let document = await withTime(before, options, detached);
  if (options.to !== 'T') document = await withMaterial(document, options);
  if (options.to === 'LTA') document = await withArchive(document, options, detached);
  if (document !== before) requireKept(before, document, detached);
  return sourceOf(document.original);
}

/** A signature time-stamp on these signatures: level T of one that was just made. */
export async function timestamped(
  document: XmlDocument,
  nodes: readonly XmlNode[],
  options: Pick<AugmentOptions, 'timestamps'>,
  canonicalization?: Canonicalization,
): Promise<Bytes> {
  return addSignatureTimestamps(document, nodes, stampOptions({ ...options, to: 'T', at: 0 }, sourceOfFiles([]), canonicalization));
}

/** Level T: a signature time-stamp where none holds yet. */
async function withTime(document: XmlDocument, options: AugmentOptions, detached: readonly DetachedFile[]): Promise<XmlDocument> {
  const { signatures, timestamps, unreadable } = factsOf(document, options, detached);
  const nodes = signatureNodes(document, false);
  const own = signatures.filter(({ counterSignatureOf }) => counterSignatureOf === null);
  if (own.length === 0) throw new Fault('refused', 'no signature found: there is nothing to extend');
  const wrong = unreadable.find(({ kind }) => kind === 'signature');
  if (wrong !== undefined || own.length !== nodes.length)
    throw new Fault(
      'refused',
      `a signature cannot be read${wrong === undefined ? '' : `: ${wrong.malformed.reason}`}: nothing is extended`,
    );
  const holds = (id: string): boolean => isProof(timestamps.get(id));
  const missing = nodes.filter((_, number) => !own[number]?.timestamps.some(holds));
  if (missing.length === 0) return document;
  authorityOf(options);
  options.onProgress?.({ step: 'time-stamp' });
  return reread(await addSignatureTimestamps(document, missing, stampOptions(options, sourceOfFiles(detached))));
}

export const isProof = (stamp: TimestampFacts | undefined): boolean =>
  stamp?.type === 'signature' && stamp.value === 'intact' && stamp.references[0]?.intact === true;

/** Level LT: validates, then stores in each signature what that took. */
async function withMaterial(document: XmlDocument, options: AugmentOptions): Promise<XmlDocument> {
  const examined = await examineForStore(sourceOf(document.original), options);
  const material = materialOf(examined, null, options.to === 'LTA');
  options.onProgress?.({ step: 'store', ...countsOf(material.all) });
  const { signatures } = examined.world.evidence.document;
  return reread(addValidationMaterial(document, materialByNode(signatureNodes(document, false), signatures, material)));
}

/** What each signature element needs for itself and for the counter-signatures in it; `signatures`: those of the same document. */
export function materialByNode(
  nodes: readonly XmlNode[],
  signatures: readonly SignatureFacts[],
  { all, bySignature }: Pick<ReturnType<typeof materialOf>, 'all' | 'bySignature'>,
): Map<XmlNode, ValidationMaterial> {
  const inside = new Map<string, ValidationMaterial[]>();
  const outermost = new Map<string, string>();
  // A counter-signature follows the signature that it stands in.
  for (const { id, counterSignatureOf } of signatures) {
    const top = counterSignatureOf === null ? id : (outermost.get(counterSignatureOf) ?? id);
    outermost.set(id, top);
    inside.set(top, [...(inside.get(top) ?? []), bySignature.get(id) ?? all]);
  }
  const own = [...inside.values()];
  const joined = (parts: readonly ValidationMaterial[]): ValidationMaterial => ({
    certificates: parts.flatMap(({ certificates }) => certificates),
    crls: parts.flatMap(({ crls }) => crls),
    ocsps: parts.flatMap(({ ocsps }) => ocsps),
  });
  return new Map(nodes.map((node, i) => [node, own.length === nodes.length ? joined(own[i] ?? []) : all]));
}

/** Level LTA: an archive time-stamp for every signature, or another one. */
async function withArchive(document: XmlDocument, options: AugmentOptions, detached: readonly DetachedFile[]): Promise<XmlDocument> {
  authorityOf(options);
  options.onProgress?.({ step: 'time-stamp' });
  return reread(await addArchiveTimestamps(document, signatureNodes(document, false), stampOptions(options, sourceOfFiles(detached))));
}

export const stampOptions = (options: AugmentOptions, source: SourceOf, canonicalization?: Canonicalization): TimestampOptions => ({
  authority: authorityOf(options),
  digest: digestFor(options),
  canonicalization: canonicalizationOf(canonicalization).uri,
  source,
});

/** SHA-256, or the best that the authority takes. */
const digestFor = ({ timestamps }: AugmentOptions): DigestName =>
  timestamps?.digests?.includes('SHA-256') === false ? (timestamps.digests[0] ?? 'SHA-256') : 'SHA-256';

const detachedOf = ({ detached = [] }: AugmentOptions): DetachedFile[] =>
  detached.map(({ name, bytes }) => ({ name: name ?? null, content: contentOfSource(asSource(bytes)) }));

function factsOf(
  document: XmlDocument,
  { certificates = [], trust = [] }: AugmentOptions,
  detached: readonly DetachedFile[],
): DocumentFacts {
  const facts = readXmlDocument(document.original, detached, [...certificates, ...trust]);
  if (facts.ok) return facts.value;
  const { what, at, reason } = facts.malformed;
  throw new Fault('malformed-input', `this XML cannot be read: ${what} at offset ${at}: ${reason}`);
}

/** The whole document in memory. Throws `Fault` `malformed-input`. */
export function documentOf(source: Source): XmlDocument {
  return reread(source.read(0, source.size));
}

function reread(bytes: Bytes): XmlDocument {
  const parsed = parseXml(bytes);
  if (parsed.ok) return parsed.value;
  const { what, at, reason } = parsed.malformed;
  throw new Fault('malformed-input', `this XML cannot be read: ${what} at offset ${at}: ${reason}`);
}
