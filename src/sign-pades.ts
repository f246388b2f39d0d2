/** The story of signing a PDF (EN 319 142-1): prepare what is to be signed, let the key sign it, complete the document; level T adds a time-stamp, LT and LTA go on by augmentation. */
import type { Bytes } from './base/bytes.ts';
import { Fault } from './base/fault.ts';
import type { Instant } from './base/instant.ts';
import { exact } from './base/options.ts';
import type { Source } from './base/source.ts';
import { digestFor } from './cades/build.ts';
import type { PolicyToName } from './cades/policy.ts';
import type { DigestName } from './crypto/names.ts';
import type { Recipient } from './crypto/recipient.ts';
import type { Signer } from './crypto/signer.ts';
import { LONG_TERM_OPTIONS, type LongTermOptions, longTermOf } from './long-term.ts';
import { openDocument, openingOf } from './open-pdf.ts';
import {
  cmsOf,
  completePades,
  draftDigest,
  type FieldsToLock,
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
import { signatureTimestamps } from './sign-cades.ts';
import { imprintDigest, requireVerifies, signerCertificate, suitableDigest } from './signing-key.ts';
import type { TimestampAuthority } from './tsp/timestamp-authority.ts';

export type { FieldsToLock, SignaturePlace, VisibleSignature };

/** What a signature of a PDF states, and how it shows. */
export interface PadesStatements {
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
  /** Whoever opens it, where it is encrypted for the holders of certificates (`openRecipient` of `adeskit/keys`). */
  readonly recipient?: Recipient;
}

export interface SignOptions extends PadesStatements, LongTermOptions {
  /** Default `pades`; for any other file see {@link CadesSignOptions}. */
  readonly format?: 'pades';
  readonly signer: Signer;
  /** Default B. All others need `timestamps`; LT and LTA also `trust` and, mostly, `sources`: they extend every signature of the document. */
  readonly level?: 'B' | 'T' | 'LT' | 'LTA';
  readonly timestamps?: TimestampAuthority;
  /** A time-stamp of `timestamps` over the document before it is signed. */
  readonly contentTimestamp?: boolean;
}

/** The octets that follow the document: its signature, and what LT and LTA add. */
export async function padesAppended(source: Source, options: SignOptions): Promise<Bytes> {
  exact('sign', options, [...PADES_STATEMENTS, 'format', 'signer', 'level', 'timestamps', 'contentTimestamp', ...LONG_TERM_OPTIONS]);
  const { level = 'B', timestamps, at, format = 'pades' } = options;
  if (format !== 'pades') throw new Fault('bad-option', `format '${String(format)}' is none of pades, cades and xades`);
  if (!LEVELS.includes(level)) throw new Fault('bad-option', `level '${String(level)}' is none of ${LEVELS.join(', ')}`);
  if (level !== 'B' && timestamps === undefined) throw new Fault('bad-option', `level ${level} needs a time-stamp authority (timestamps)`);
  const appended = await signedTo(source, options, level === 'B' ? undefined : timestamps);
  if (level === 'B' || level === 'T') return appended;
  const signed = updatedSource({ original: source, appended, size: source.size + appended.length, marks: new Map() });
  const { augmented } = await import('./augment.ts');
  const extended = await augmented(
    signed,
    { to: level, at, ...longTermOf(options), ...(timestamps && { timestamps }), ...openingOf(options) },
    'sign',
  );
  return extended.read(source.size, extended.size - source.size);
}

/** The octets of level B, or of level T where there is an authority. */
async function signedTo(source: Source, options: SignOptions, timestamps: TimestampAuthority | undefined): Promise<Bytes> {
  const { signer, level = 'B', contentTimestamp = false } = options;
  if (contentTimestamp && options.timestamps === undefined)
    throw new Fault('bad-option', 'sign: contentTimestamp needs a time-stamp authority (timestamps)');
  const pdf = openDocument(source, options);
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
    const cms = await cmsAround(draft, signature, timestamps);
    const appended = completePades(draft, cms);
    if (appended !== null) return appended;
    // The token was larger than expected: sign again with room for it, and some more, since tokens vary.
    room.reserve += cms.length - draft.room + MORE;
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

/** What was asked for, with a digest that suits key and field. */
export function padesOptions(
  pdf: PdfDocument,
  options: PadesStatements & Pick<Signer, 'chain' | 'scheme'>,
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

/** The CMS, once the value is known to verify; level T where there is an authority. Throws `Fault` `signer-refused`, what `stamp` throws. */
export async function cmsAround(draft: PadesDraft, signature: Bytes, timestamps: TimestampAuthority | undefined): Promise<Bytes> {
  requireVerifies(draft, draft.signedAttributes, signature);
  return cmsOf(draft, signature, await signatureTimestamps(timestamps, draft.digest, signature));
}

const LEVELS: readonly string[] = ['B', 'T', 'LT', 'LTA'];
/** What goes into the signature as the caller gave it. */
const PADES = [
  ...(['field', 'reason', 'location', 'contact', 'name', 'visible', 'certify', 'lock'] as const),
  ...(['policy', 'commitmentTypes', 'claimedRoles'] as const),
];
/** Names of {@link PadesStatements}, for callers that check their own options. */
export const PADES_STATEMENTS = ['at', 'digest', 'password', 'recipient', ...PADES] as const;
/** Room for a token with its chain; most take 2 to 6 kB. */
const FIRST_RESERVE = 8192;
const MORE = 1024;
const ATTEMPTS = 3;
