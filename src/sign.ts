/** The story of signing (EN 319 142-1): prepare what is to be signed, let the key sign it, complete the document; level T adds a time-stamp, LT and LTA go on by augmentation. */
import { augmented, LONG_TERM_OPTIONS, type LongTermOptions } from './augment.ts';
import type { Bytes } from './base/bytes.ts';
import { Fault } from './base/fault.ts';
import type { Instant } from './base/instant.ts';
import { copyTo, joinSources } from './base/joined-source.ts';
import { exact } from './base/options.ts';
import { asSource, type Sink, type Source } from './base/source.ts';
import { digestFor } from './cades/build.ts';
import type { PolicyToName } from './cades/policy.ts';
import { changed } from './cms/build.ts';
import { contentOfDigest } from './cms/content.ts';
import type { DigestName } from './crypto/names.ts';
import type { Signer } from './crypto/signer.ts';
import { additionsTo, takenCms } from './finished-cms.ts';
import { openDocument } from './open-pdf.ts';
import {
  cmsOf,
  completePades,
  draftDigest,
  type FieldsToLock,
  joined,
  type PadesDraft,
  type PadesOptions,
  preparePades,
  type SignaturePlace,
  type VisibleSignature,
  withContentTimestamps,
} from './pades/build.ts';
import { wishedDigests } from './pades/seed.ts';
import { updatedSource } from './pdf/append.ts';
import type { PdfDocument } from './pdf/document.ts';
import type { Certificate } from './pki/certificate.ts';
import { completedCades, type PrepareCadesOptions, type PreparedCades, preparedCades } from './prepare-cades.ts';
import { completedXades, type PreparedXades, type PrepareXadesOptions, preparedXades } from './prepare-xades.ts';
import { decodePrepared, type FinishedCms, type PreparedAs, type SignatureAnswer } from './prepared.ts';
import {
  type CadesSignOptions,
  type CountersignOptions,
  cadesSigned,
  countersigned,
  type ParallelSignOptions,
  parallelSigned,
  signatureTimestamps,
} from './sign-cades.ts';
import {
  type XadesCountersignOptions,
  type XadesParallelOptions,
  type XadesSignOptions,
  xadesCountersigned,
  xadesParallel,
  xadesSigned,
} from './sign-xades.ts';
import { imprintDigest, requireVerifies, signerCertificate, suitableDigest } from './signing-key.ts';
import type { TimestampAuthority } from './tsp/timestamp-authority.ts';

export type { PrepareCadesOptions, PreparedCades } from './prepare-cades.ts';
export type { PreparedXades, PrepareXadesOptions } from './prepare-xades.ts';
export { encodePrepared, type FinishedCms, type PreparedAs, type SignatureAnswer } from './prepared.ts';
export type {
  CadesSignOptions,
  CadesStatements,
  CountersignOptions,
  ParallelSignOptions,
  PolicyToName,
  SignerLocation,
} from './sign-cades.ts';
export type {
  Canonicalization,
  Commitment,
  NamedPolicy,
  Packaging,
  ProductionPlace,
  XadesCountersignOptions,
  XadesFile,
  XadesParallelOptions,
  XadesPlacement,
  XadesSignOptions,
  XadesStatements,
} from './sign-xades.ts';
export type { FieldsToLock, SignaturePlace, VisibleSignature };

interface Appearance {
  /** Claimed signing time: /M of the signature dictionary. The certificate must be valid then. */
  readonly at: Instant;
  /** Default: SHA-256, or what suits the key: SHA-384 for curves of 384 bits, SHA-512 beyond; EdDSA brings its own. */
  readonly digest?: DigestName;
  /** An empty signature field to sign in, or the name of the field to make; default: the first free `Signature1`, `Signature2`, … */
  readonly field?: string;
  readonly reason?: string;
  readonly location?: string;
  readonly contact?: string;
  readonly name?: string;
  readonly visible?: VisibleSignature;
  /** Certifies the document, as its first signature: 1 nothing may change, 2 forms and signatures may follow, 3 comments too. */
  readonly certify?: 1 | 2 | 3;
  /** Form fields that nobody may change any more. */
  readonly lock?: FieldsToLock;
  /** The signature policy, or `implied` by the document. */
  readonly policy?: PolicyToName | 'implied';
  /** OIDs, such as those of EN 319 122-1, 5.2.3; not beside `reason`. */
  readonly commitmentTypes?: readonly string[];
  readonly claimedRoles?: readonly string[];
  /** Of an encrypted document; its user's may not allow to sign. What is added is encrypted as well. */
  readonly password?: string;
}

export interface SignOptions extends Appearance, LongTermOptions {
  /** Default `pades`; for any other file see {@link CadesSignOptions}. */
  readonly format?: 'pades';
  readonly signer: Signer;
  /** Default B. All others need `timestamps`; LT and LTA also `trust` and, mostly, `sources`: they extend every signature of the document. */
  readonly level?: 'B' | 'T' | 'LT' | 'LTA';
  readonly timestamps?: TimestampAuthority;
  /** A time-stamp of `timestamps` over the document before it is signed. */
  readonly contentTimestamp?: boolean;
}

export interface PrepareOptions extends Appearance, Pick<Signer, 'chain' | 'scheme'> {
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
 * Signs a PDF: the original stays a byte-exact prefix of the result. With `format: 'cades'` signs any file as a CMS, which
 * holds the file or stands beside it; with `format: 'xades'` an XML document or any file as an XML signature.
 *
 * Throws `Fault`: `malformed-input` (no PDF, no certificate), `wrong-password`, `refused` (certificate not valid at
 * `at`, the document forbids it, the field is signed), `signer-refused`, `timestamp-refused`, `network`, `bad-option`; for
 * LT and LTA also what `augment` throws.
 */
export async function sign(document: Bytes | Source, options: SignOptions | CadesSignOptions | XadesSignOptions): Promise<Bytes> {
  const source = asSource(document);
  if (options.format === 'xades') return whole(await xadesSigned(source, options, 'sign'));
  if (options.format === 'cades') return whole(await cadesSigned(source, options, 'sign'));
  return joined(source, await appendedTo(source, options));
}

/** As {@link sign}, written piece by piece: the document need not fit in memory. Nothing is written before it is signed. */
export async function signTo(
  sink: Sink,
  document: Bytes | Source,
  options: SignOptions | CadesSignOptions | XadesSignOptions,
): Promise<void> {
  const source = asSource(document);
  if (options.format === 'xades') return copyTo(sink, await xadesSigned(source, options, 'signTo'));
  if (options.format === 'cades') return copyTo(sink, await cadesSigned(source, options, 'signTo'));
  const appended = await appendedTo(source, options);
  await copyTo(sink, source);
  await sink.write(appended);
}

/**
 * Adds a parallel signature to a CMS file or, with `format: 'xades'`, to an XML document, over the same content, beside those
 * that are there, which keep every octet. Throws as {@link sign}, and `refused` where what is there leaves no room: an archive
 * time-stamp before version 3, an enveloped XML signature that leaves out itself alone.
 */
export async function signParallel(signed: Bytes | Source, options: ParallelSignOptions | XadesParallelOptions): Promise<Bytes> {
  return whole(await parallel(asSource(signed), options, 'signParallel'));
}

/** As {@link signParallel}, written piece by piece. */
export async function signParallelTo(
  sink: Sink,
  signed: Bytes | Source,
  options: ParallelSignOptions | XadesParallelOptions,
): Promise<void> {
  return copyTo(sink, await parallel(asSource(signed), options, 'signParallelTo'));
}

/** Adds a countersignature to one of the signatures of a CMS file or an XML document. Throws as {@link signParallel}. */
export async function countersign(signed: Bytes | Source, options: CountersignOptions | XadesCountersignOptions): Promise<Bytes> {
  return whole(await counter(asSource(signed), options, 'countersign'));
}

/** As {@link countersign}, written piece by piece. */
export async function countersignTo(
  sink: Sink,
  signed: Bytes | Source,
  options: CountersignOptions | XadesCountersignOptions,
): Promise<void> {
  return copyTo(sink, await counter(asSource(signed), options, 'countersignTo'));
}

const parallel = (signed: Source, options: ParallelSignOptions | XadesParallelOptions, of: string): Promise<Source> =>
  'format' in options ? xadesParallel(signed, options, of) : parallelSigned(signed, options, of);

const counter = (signed: Source, options: CountersignOptions | XadesCountersignOptions, of: string): Promise<Source> =>
  'format' in options ? xadesCountersigned(signed, options, of) : countersigned(signed, options, of);

const whole = (source: Source): Bytes => source.read(0, source.size);

/**
 * The first half of signing, for a key that answers elsewhere or later. Pure: the same document and options give the same.
 * Throws as {@link sign}.
 */
export function prepare(document: Bytes | Source, options: PrepareOptions): PreparedPades;
export function prepare(document: Bytes | Source, options: PrepareCadesOptions): PreparedCades;
export function prepare(document: Bytes | Source, options: PrepareXadesOptions): PreparedXades;
export function prepare(document: Bytes | Source, options: PrepareOptions | PrepareCadesOptions | PrepareXadesOptions): Prepared {
  const source = asSource(document);
  if (options.format === 'xades') return preparedXades(source, options);
  if (options.format === 'cades') return preparedCades(source, options);
  exact('prepare', options, [...APPEARANCE, 'format', 'chain', 'scheme', 'reserve']);
  if (options.format !== undefined && options.format !== 'pades')
    throw new Fault('bad-option', `prepare: format '${String(options.format)}' is none of pades, cades and xades`);
  return prepared(openDocument(source, options.password), options, signerCertificate(options.chain, options.at), options.reserve ?? 0);
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
  const appended = await completed(draft, answer, timestamps);
  if (typeof appended === 'number')
    throw new Fault('limit-exceeded', `the signature needs ${appended} octets and ${draft.room} are reserved: prepare again with reserve`);
  return joinSources([source, appended]);
}

async function appendedTo(source: Source, options: SignOptions): Promise<Bytes> {
  exact('sign', options, [...APPEARANCE, 'format', 'signer', 'level', 'timestamps', 'contentTimestamp', ...LONG_TERM_OPTIONS]);
  const { level = 'B', timestamps, at, format = 'pades', password } = options;
  if (format !== 'pades') throw new Fault('bad-option', `format '${String(format)}' is none of pades, cades and xades`);
  if (!LEVELS.includes(level)) throw new Fault('bad-option', `level '${String(level)}' is none of ${LEVELS.join(', ')}`);
  if (level !== 'B' && timestamps === undefined) throw new Fault('bad-option', `level ${level} needs a time-stamp authority (timestamps)`);
  const appended = await signedTo(source, options, level === 'B' ? undefined : timestamps);
  if (level === 'B' || level === 'T') return appended;
  const signed = updatedSource({ original: source, appended, size: source.size + appended.length, marks: new Map() });
  const longTerm = Object.fromEntries(LONG_TERM_OPTIONS.map((name) => [name, options[name]]).filter(([, value]) => value !== undefined));
  const extended = await augmented(
    signed,
    { to: level, at, ...longTerm, ...(timestamps && { timestamps }), ...(password !== undefined && { password }) },
    'sign',
  );
  return extended.read(source.size, extended.size - source.size);
}

/** The octets of level B, or of level T where there is an authority. */
async function signedTo(source: Source, options: SignOptions, timestamps: TimestampAuthority | undefined): Promise<Bytes> {
  const { signer, level = 'B', contentTimestamp = false } = options;
  if (contentTimestamp && options.timestamps === undefined)
    throw new Fault('bad-option', 'sign: contentTimestamp needs a time-stamp authority (timestamps)');
  const pdf = openDocument(source, options.password);
  const request = { ...options, chain: signer.chain, scheme: signer.scheme };
  const certificate = signerCertificate(request.chain, request.at);
  const room = { reserve: timestamps === undefined ? 0 : FIRST_RESERVE, contentReserve: contentTimestamp ? FIRST_RESERVE : 0 };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const asked = padesOptions(pdf, request, certificate, { ...room, longTerm: level === 'LT' || level === 'LTA' });
    const draft = await withContentTimestamp(pdf, preparePades(pdf, asked), asked, contentTimestamp ? options.timestamps : undefined);
    if (typeof draft === 'number') {
      room.contentReserve = draft + MORE;
      continue;
    }
    const signature = await signer.sign(draft.signedAttributes, draft.digest);
    const appended = await completed(draft, signature, timestamps);
    if (typeof appended !== 'number') return appended;
    // The token was larger than expected: sign again with room for it, and some more, since tokens vary.
    room.reserve += appended - draft.room + MORE;
  }
  throw new Fault('timestamp-refused', `the time-stamp tokens grow with each request: none fitted after ${ATTEMPTS} attempts`);
}

/** The draft with a token over what it covers, or how long the token is where there is no room for it. */
async function withContentTimestamp(
  pdf: PdfDocument,
  draft: PadesDraft,
  options: PadesOptions,
  timestamps: TimestampAuthority | undefined,
): Promise<PadesDraft | number> {
  if (timestamps === undefined) return draft;
  const digest = imprintDigest(timestamps, draft.digest);
  const token = await timestamps.stamp(draftDigest(pdf, draft, digest), digest);
  return withContentTimestamps(draft, options, [token]) ?? token.length;
}

function prepared(pdf: PdfDocument, options: PrepareOptions, certificate: Certificate, reserve: number): PreparedPades {
  const draft = preparePades(pdf, padesOptions(pdf, options, certificate, { reserve }));
  return { format: 'pades', toBeSigned: draft.signedAttributes, digest: draft.digest, contentDigest: draft.messageDigest, draft };
}

/** What was asked for, with a digest that suits key and field. */
function padesOptions(
  pdf: PdfDocument,
  options: PrepareOptions,
  certificate: Certificate,
  room: Pick<PadesOptions, 'reserve' | 'contentReserve' | 'longTerm'>,
): PadesOptions {
  const { chain, scheme, digest: asked, field } = options;
  const suitable = suitableDigest(certificate);
  const wished = wishedDigests(pdf, field);
  const chosen = asked ?? (wished.includes(suitable) ? suitable : wished[0]) ?? suitable;
  const given = Object.fromEntries(PADES.map((name) => [name, options[name]]).filter(([, value]) => value !== undefined));
  return { ...room, ...given, at: options.at, chain, scheme, digest: digestFor(scheme, chain[0], chosen) };
}

/** The appended octets, or how many the CMS needs where they are more than there is room for. */
async function completed(draft: PadesDraft, answer: SignatureAnswer, timestamps: TimestampAuthority | undefined): Promise<Bytes | number> {
  const cms = answer instanceof Uint8Array ? await cmsAround(draft, answer, timestamps) : await takenOver(draft, answer, timestamps);
  return completePades(draft, cms) ?? cms.length;
}

async function cmsAround(draft: PadesDraft, signature: Bytes, timestamps: TimestampAuthority | undefined): Promise<Bytes> {
  requireVerifies(draft, draft.signedAttributes, signature);
  return cmsOf(draft, signature, await signatureTimestamps(timestamps, draft.digest, signature));
}

/** A CMS of others stays as it is, but for what it lacks; its content is never inside (EN 319 142-1, 4.1). */
async function takenOver(draft: PadesDraft, answer: FinishedCms, timestamps: TimestampAuthority | undefined): Promise<Bytes> {
  const taken = takenCms(answer, draft, contentOfDigest(draft.digest, draft.messageDigest));
  return whole(changed(taken.signedData, { ...(await additionsTo(taken, draft, timestamps)), content: null }));
}

function requireSameDocument(source: Source, draft: PadesDraft): void {
  if (source.size !== draft.originalSize) throw new Fault('bad-option', 'complete: this is not the document that was prepared');
}

const LEVELS: readonly string[] = ['B', 'T', 'LT', 'LTA'];
/** What goes into the signature as the caller gave it. */
const PADES = [
  ...(['field', 'reason', 'location', 'contact', 'name', 'visible', 'certify', 'lock'] as const),
  ...(['policy', 'commitmentTypes', 'claimedRoles'] as const),
];
const APPEARANCE = ['at', 'digest', 'password', ...PADES] as const;
/** Room for a token with its chain; most take 2 to 6 kB. */
const FIRST_RESERVE = 8192;
const MORE = 1024;
const ATTEMPTS = 3;
