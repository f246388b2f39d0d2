/** Signing in two halves, for a key that answers elsewhere or later: what is to be signed, and the document once the answer is there. */
import type { Bytes } from './base/bytes.ts';
import { Fault } from './base/fault.ts';
import { copyTo, joinSources } from './base/joined-source.ts';
import { exact } from './base/options.ts';
import { asSource, type Sink, type Source } from './base/source.ts';
import { changed } from './cms/build.ts';
import { contentOfDigest } from './cms/content.ts';
import type { Signer } from './crypto/signer.ts';
import { additionsTo, takenCms } from './finished-cms.ts';
import { openDocument } from './open-pdf.ts';
import { completePades, type PadesDraft, preparePades } from './pades/build.ts';
import type { PdfDocument } from './pdf/document.ts';
import type { Certificate } from './pki/certificate.ts';
import { completedCades, type PrepareCadesOptions, type PreparedCades, preparedCades } from './prepare-cades.ts';
import { completedXades, type PreparedXades, type PrepareXadesOptions, preparedXades } from './prepare-xades.ts';
import { decodePrepared, type FinishedCms, type PreparedAs, type SignatureAnswer } from './prepared.ts';
import { cmsAround, PADES_STATEMENTS, type PadesStatements, padesOptions } from './sign-pades.ts';
import { signerCertificate } from './signing-key.ts';
import type { TimestampAuthority } from './tsp/timestamp-authority.ts';

export type { PrepareCadesOptions, PreparedCades } from './prepare-cades.ts';
export type { PreparedXades, PrepareXadesOptions } from './prepare-xades.ts';
export { encodePrepared, type FinishedCms, type PreparedAs, type SignatureAnswer } from './prepared.ts';

export interface PrepareOptions extends PadesStatements, Pick<Signer, 'chain' | 'scheme'> {
  /** Default `pades`; for any other file see {@link PrepareCadesOptions}. */
  readonly format?: 'pades';
  /** Octets to keep free for a time-stamp token, or for a finished CMS that is larger than ours; default 0. */
  readonly reserve?: number;
}

export type PreparedPades = PreparedAs<'pades', PadesDraft>;

/** A document that waits for its signature value, told apart by `format`. Plain data: it may travel to another process. */
export type Prepared = PreparedPades | PreparedCades | PreparedXades;

export interface CompleteOptions {
  /** Adds a signature time-stamp: level T. */
  readonly timestamps?: TimestampAuthority;
}

/**
 * The first half of signing, for a key that answers elsewhere or later. Pure: the same document and options give the same.
 * Throws as `sign`.
 */
export function prepare(document: Bytes | Source, options: PrepareOptions): PreparedPades;
export function prepare(document: Bytes | Source, options: PrepareCadesOptions): PreparedCades;
export function prepare(document: Bytes | Source, options: PrepareXadesOptions): PreparedXades;
export function prepare(document: Bytes | Source, options: PrepareOptions | PrepareCadesOptions | PrepareXadesOptions): Prepared {
  const source = asSource(document);
  if (options.format === 'xades') return preparedXades(source, options);
  if (options.format === 'cades') return preparedCades(source, options);
  exact('prepare', options, [...PADES_STATEMENTS, 'format', 'chain', 'scheme', 'reserve']);
  if (options.format !== undefined && options.format !== 'pades')
    throw new Fault('bad-option', `prepare: format '${String(options.format)}' is none of pades, cades and xades`);
  return prepared(openDocument(source, options), options, signerCertificate(options.chain, options.at), options.reserve ?? 0);
}

/**
 * The second half: embeds the signature value, or a finished CMS that was made over `contentDigest`. The document must be the
 * one that was prepared. Throws `Fault` `signer-refused` where the answer does not verify, `limit-exceeded` where the
 * time-stamp or the CMS does not fit what was reserved in a PDF.
 */
export async function complete(
  document: Bytes | Source,
  prepared: Prepared,
  answer: SignatureAnswer,
  options: CompleteOptions = {},
): Promise<Bytes> {
  exact('complete', options, ['timestamps']);
  return whole(await completedSource(asSource(document), prepared, answer, options));
}

/** As {@link complete}, written piece by piece: the document need not fit in memory. Nothing is written before all is verified. */
export async function completeTo(
  sink: Sink,
  document: Bytes | Source,
  prepared: Prepared,
  answer: SignatureAnswer,
  options: CompleteOptions = {},
): Promise<void> {
  exact('completeTo', options, ['timestamps']);
  return copyTo(sink, await completedSource(asSource(document), prepared, answer, options));
}

/** What {@link encodePrepared} wrote. Throws `Fault` `malformed-input`. */
export function readPrepared(json: Bytes): Prepared {
  const prepared = decodePrepared(json) as Prepared;
  if (prepared.format !== 'pades' && prepared.format !== 'cades' && prepared.format !== 'xades')
    throw new Fault('malformed-input', 'this is no prepared signature of a format that this version knows');
  return prepared;
}

async function completedSource(
  source: Source,
  waiting: Prepared,
  answer: SignatureAnswer,
  { timestamps }: CompleteOptions,
): Promise<Source> {
  if (waiting.format === 'cades') return completedCades(source, waiting, answer, timestamps);
  if (waiting.format === 'xades') return completedXades(source, waiting, answer, timestamps);
  const { draft } = waiting;
  requireSameDocument(source, draft);
  const cms = answer instanceof Uint8Array ? await cmsAround(draft, answer, timestamps) : await takenOver(draft, answer, timestamps);
  const appended = completePades(draft, cms);
  if (appended === null)
    throw new Fault(
      'limit-exceeded',
      `the signature needs ${cms.length} octets and ${draft.room} are reserved: prepare again with reserve`,
    );
  return joinSources([source, appended]);
}

/** A CMS of others stays as it is, but for what it lacks; its content is never inside (EN 319 142-1, 4.1). */
async function takenOver(draft: PadesDraft, answer: FinishedCms, timestamps: TimestampAuthority | undefined): Promise<Bytes> {
  const taken = takenCms(answer, draft, contentOfDigest(draft.digest, draft.messageDigest));
  return whole(changed(taken.signedData, { ...(await additionsTo(taken, draft, timestamps)), content: null }));
}

function prepared(pdf: PdfDocument, options: PrepareOptions, certificate: Certificate, reserve: number): PreparedPades {
  const draft = preparePades(pdf, padesOptions(pdf, options, certificate, { reserve }));
  return { format: 'pades', toBeSigned: draft.signedAttributes, digest: draft.digest, contentDigest: draft.messageDigest, draft };
}

function requireSameDocument(source: Source, draft: PadesDraft): void {
  if (source.size !== draft.originalSize) throw new Fault('bad-option', 'complete: this is not the document that was prepared');
}

const whole = (source: Source): Bytes => source.read(0, source.size);
