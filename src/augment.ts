/** The story of augmentation (EN 319 142-1, 5.4 and 6.3; EN 319 122-1, 6.3; EN 319 132-1, 6.3; EN 319 162-1): a signed PDF, CMS file, XML document or container gets a time (T), what its validation needs later (LT), and a time-stamp over that (LTA). */
import { augmentedAsic } from './augment-asic.ts';
import { augmentedCades } from './augment-cades.ts';
import { type AugmentLevel, type AugmentOptions, authorityOf, countsOf, examineForStore } from './augment-examine.ts';
import { materialOf } from './augment-material.ts';
import { augmentedXades } from './augment-xades.ts';
import { type Bytes, indexOf } from './base/bytes.ts';
import { Fault } from './base/fault.ts';
import { copyTo } from './base/joined-source.ts';
import { exact } from './base/options.ts';
import { asSource, type Sink, type Source } from './base/source.ts';
import { utf8 } from './base/text.ts';
import type { DocumentFacts } from './facts/index.ts';
import { LONG_TERM_OPTIONS } from './long-term.ts';
import { openDocument, openingOf } from './open-pdf.ts';
import { addSecurityStore } from './pades/augment-store.ts';
import { addDocumentTimestamp } from './pades/augment-timestamp.ts';
import { readTimestamps } from './pades/read.ts';
import { looksLikeXml } from './validate.ts';

export type { AugmentLevel, AugmentOptions } from './augment-examine.ts';
export type { AugmentStep, LongTermOptions } from './long-term.ts';

/**
 * Extends every signature of a PDF, whoever made them: the document stays a byte-exact prefix of the result. And every
 * signature of a CMS file (CAdES): unsigned attributes, certificates and revocation data are added to it, and whatever is
 * signed or time-stamped stays octet for octet. And every signature and time-stamp of an ASiC container with CAdES: files that a
 * manifest lists do not change, and the archive is a manifest over every file with its time-stamp (ASiC-E, and time-stamps
 * alone) or the archive time-stamp of the signature (ASiC-S). And every signature of an XML document, or of a container with XAdES:
 * unsigned properties are put in, ArchiveTimeStamp of 1.4.1 as the archive; signatures of XAdES before 1.3.2 are not extended.
 *
 * T: where a signature has no time-stamp, a document time-stamp, for a CMS of an earlier revision cannot change any more.
 * LT: that, and in the security store the certificates and revocation data for signers, time-stamping authorities and OCSP
 * responders. LTA: that, and a document time-stamp over it; called again it renews: newer revocation data for the last
 * time-stamp, then another one. What is there already is not added again.
 *
 * Before LT the document is validated (policy `default`). Throws `Fault`: `revocation-unavailable` where revocation data is
 * missing, unusable, or of the time before the signature was made (then the message starts with TRY_LATER and names the
 * date when new data is due); `refused` where a certificate is revoked, a chain is not trusted, a signature is not valid or
 * there is none; `malformed-input`, `wrong-password`, `timestamp-refused`, `network`, `bad-option`.
 */
export async function augment(document: Bytes | Source, options: AugmentOptions): Promise<Bytes> {
  const extended = await augmented(asSource(document), options, 'augment');
  return extended.read(0, extended.size);
}

/** As {@link augment}, written piece by piece: the document need not fit in memory. Nothing is written before all is known. */
export async function augmentTo(sink: Sink, document: Bytes | Source, options: AugmentOptions): Promise<void> {
  const extended = await augmented(asSource(document), options, 'augmentTo');
  await copyTo(sink, extended);
}

/** The extended document as a source: the original is read where it is. `of` names the caller's function in messages. */
export async function augmented(source: Source, options: AugmentOptions, of: string): Promise<Source> {
  exact(of, options, ['to', 'at', 'timestamps', 'detached', 'password', 'recipient', ...LONG_TERM_OPTIONS]);
  const { to, at, wait } = options;
  if (!LEVELS.includes(to)) throw new Fault('bad-option', `${of}: level '${String(to)}' is none of ${LEVELS.join(', ')}`);
  if (typeof at !== 'number' || !Number.isFinite(at)) throw new Fault('bad-option', `${of}: \`at\` is the time now in milliseconds`);
  if (wait !== undefined) exact(`${of}.wait`, wait, ['maximum', 'sleep']);
  if (to === 'LTA') authorityOf(options);
  if (isCms(source)) return augmentedCades(source, options);
  if (indexOf(source.read(0, ZIP_HEADER.length), ZIP_HEADER) === 0) return augmentedAsic(source, options);
  if (isXml(source)) return augmentedXades(source, options);
  let document = await withTime(source, options);
  if (to !== 'T') document = await withMaterial(document, options);
  return to === 'LTA' ? stamped(document, options) : document;
}

/** A SEQUENCE, and no PDF whose header stands further on. */
function isCms(source: Source): boolean {
  const head = source.read(0, HEAD);
  return head[0] === SEQUENCE && indexOf(head, PDF_HEADER) < 0;
}

/** What starts as XML, and no PDF whose header stands further on. */
function isXml(source: Source): boolean {
  const head = source.read(0, HEAD);
  return looksLikeXml(head) && indexOf(head, PDF_HEADER) < 0;
}

/** Level T: a proof of time for each signature. */
async function withTime(source: Source, options: AugmentOptions): Promise<Source> {
  const facts = factsOf(source, options);
  const signed = facts.signatures.length > 0 || facts.timestamps.size > 0 || facts.unreadable.some(({ kind }) => kind === 'signature');
  if (!signed) throw new Fault('refused', 'no signature found: there is nothing to extend');
  const stamps = [...facts.timestamps.values()].filter(
    ({ type, references, value }) => (type === 'signature' || type === 'document') && value === 'intact' && references[0]?.intact === true,
  );
  const proven = new Set(stamps.map(({ id }) => id));
  const complete = facts.signatures.every(
    ({ counterSignatureOf, timestamps }) => counterSignatureOf !== null || timestamps.some((id) => proven.has(id)),
  );
  return complete ? source : stamped(source, options);
}

function stamped(source: Source, options: AugmentOptions): Promise<Source> {
  const authority = authorityOf(options);
  options.onProgress?.({ step: 'time-stamp' });
  return addDocumentTimestamp(openDocument(source, options), authority);
}

/** Level LT: validates, then stores what that took. */
async function withMaterial(source: Source, options: AugmentOptions): Promise<Source> {
  const { vri = 'none', onProgress } = options;
  const examined = await examineForStore(source, options);
  const document = openDocument(source, options);
  const { all, signatures } = materialOf(examined, document, options.to === 'LTA');
  onProgress?.({ step: 'store', ...countsOf(all) });
  return addSecurityStore(document, all, { at: examined.world.at, vri, signatures });
}

function factsOf(source: Source, options: AugmentOptions): DocumentFacts {
  const { certificates = [], trust = [] } = options;
  const facts = readTimestamps(source, [...certificates, ...trust], openingOf(options));
  if (facts.ok) return facts.value;
  const { what, at, reason } = facts.malformed;
  throw new Fault('malformed-input', `this PDF cannot be read: ${what} at offset ${at}: ${reason}`);
}

const LEVELS: readonly AugmentLevel[] = ['T', 'LT', 'LTA'];
/** Where a PDF header may stand (ISO 32000-1, annex H.3, note 13). */
const HEAD = 1024;
const PDF_HEADER = utf8('%PDF-');
const ZIP_HEADER = utf8('PK\x03\x04');
const SEQUENCE = 0x30;
