/** Augmentation of CMS files (EN 319 122-1, 5.3, 5.5 and 6.3): every signature, whoever made it, gets a time, validation material, an archive time-stamp. */
import { type AugmentOptions, authorityOf, countsOf, examineForStore } from './augment-examine.ts';
import { materialOf } from './augment-material.ts';
import type { Bytes } from './base/bytes.ts';
import { Fault } from './base/fault.ts';
import { asSource, type Source } from './base/source.ts';
import {
  addArchiveTimestamps,
  addSignatureTimestamps,
  addValidationMaterial,
  hasOldArchive,
  type ValidationMaterial,
} from './cades/augment.ts';
import { chooseContent, type DetachedContent, readCadesDocument } from './cades/document.ts';
import { contentOfSource, type SignedContent } from './cms/content.ts';
import { openSignedData } from './cms/open.ts';
import type { SignedData } from './cms/signed-data.ts';
import type { DigestName } from './crypto/names.ts';
import { type DocumentFacts, idOf, type TimestampFacts } from './facts/index.ts';
import { isTimestampToken } from './tsp/token.ts';

/** Throws as `augment`, and `refused` for a stand-alone time-stamp and where an old attribute leaves no room for a new one. */
export async function augmentedCades(source: Source, options: AugmentOptions): Promise<Source> {
  let document = await withTime(source, options);
  if (options.to !== 'T') document = await withMaterial(document, options);
  return options.to === 'LTA' ? withArchive(document, options) : document;
}

/** Level T: a signature time-stamp where none holds yet. */
async function withTime(source: Source, options: AugmentOptions): Promise<Source> {
  const signedData = signedDataOf(source);
  if (isTimestampToken(signedData)) throw new Fault('refused', 'this is a time-stamp, no signature: there is nothing to extend');
  const facts = factsOf(source, options);
  const signatures = facts.signatures.filter(({ counterSignatureOf }) => counterSignatureOf === null);
  if (signatures.length === 0) throw new Fault('refused', 'no signature found: there is nothing to extend');
  const holds = (id: string): boolean => isProof(facts.timestamps.get(id));
  const numbers = signatures.flatMap(({ timestamps }, number) => (timestamps.some(holds) ? [] : [number]));
  if (numbers.length === 0) return source;
  const authority = authorityOf(options);
  options.onProgress?.({ step: 'time-stamp' });
  return addSignatureTimestamps(signedData, numbers, authority, digestForArchive(options));
}

const isProof = (stamp: TimestampFacts | undefined): boolean =>
  stamp?.type === 'signature' && stamp.value === 'intact' && stamp.references[0]?.intact === true;

/** Level LT: validates, then stores what that took. */
async function withMaterial(source: Source, options: AugmentOptions): Promise<Source> {
  const examined = await examineForStore(source, options);
  const signedData = signedDataOf(source);
  const { all } = materialOf(examined, null, options.to === 'LTA');
  // Where the fields for it cannot change any more, what stands elsewhere in the file stays there.
  const wanted = signedData.signerInfos.some(hasOldArchive) ? missingFrom(examined.world.evidence.document, all) : all;
  options.onProgress?.({ step: 'store', ...countsOf(wanted) });
  return addValidationMaterial(signedData, wanted);
}

/** What of the material a document does not hold anywhere. */
export function missingFrom({ certificates, revocations }: DocumentFacts, all: ValidationMaterial): ValidationMaterial {
  const isNew = (bytes: Bytes): boolean => !certificates.has(idOf(bytes)) && !revocations.has(idOf(bytes));
  return { certificates: all.certificates.filter(isNew), crls: all.crls.filter(isNew), ocsps: all.ocsps.filter(isNew) };
}

/** Level LTA: an archive time-stamp for every signature, or another one. */
function withArchive(source: Source, options: AugmentOptions): Promise<Source> {
  const signedData = signedDataOf(source);
  options.onProgress?.({ step: 'time-stamp' });
  return addArchiveTimestamps(signedData, contentFor(signedData, options), authorityOf(options), digestForArchive(options));
}

function contentFor(signedData: SignedData, options: AugmentOptions): SignedContent | null {
  return signedData.encapsulated ?? chooseContent(signedData, detachedOf(options))?.content ?? null;
}

/** SHA-256, or the best that the authority takes. */
export const digestForArchive = ({ timestamps }: AugmentOptions): DigestName =>
  timestamps?.digests?.includes('SHA-256') === false ? (timestamps.digests[0] ?? 'SHA-256') : 'SHA-256';

const detachedOf = ({ detached = [] }: AugmentOptions): DetachedContent[] =>
  detached.map(({ name, bytes }) => ({ name: name ?? null, content: contentOfSource(asSource(bytes)) }));

function factsOf(source: Source, options: AugmentOptions): DocumentFacts {
  const { certificates = [], trust = [] } = options;
  const facts = readCadesDocument(source, detachedOf(options), [...certificates, ...trust]);
  if (facts.ok) return facts.value;
  const { what, at, reason } = facts.malformed;
  throw new Fault('malformed-input', `this CMS cannot be read: ${what} at offset ${at}: ${reason}`);
}

/** Octets after the ContentInfo are none of it: they are not kept. */
function signedDataOf(source: Source): SignedData {
  const opened = openSignedData(source, { trailing: 'keep' });
  if (opened.ok) return opened.value;
  const { what, at, reason } = opened.malformed;
  throw new Fault('malformed-input', `this CMS cannot be read: ${what} at offset ${at}: ${reason}`);
}
