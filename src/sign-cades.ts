/** The story of signing any file as CAdES (EN 319 122-1): a first signature, a parallel one beside those that are there, or a countersignature on one of them. */
import { type Bytes, equal } from './base/bytes.ts';
import { Fault } from './base/fault.ts';
import type { Instant } from './base/instant.ts';
import { exact } from './base/options.ts';
import { asSource, type Source } from './base/source.ts';
import type { SignerLocation } from './cades/attributes.ts';
import { encodeSignatureTimestamp } from './cades/attributes.ts';
import { hasOldArchive, refuseEvidenceRecords, refuseWhereCovered } from './cades/augment.ts';
import { buildSignerInfo, digestFor, signedAttributes, signedDataSourceOf } from './cades/build.ts';
import type { PolicyToName } from './cades/policy.ts';
import { encodeAttribute } from './cms/attribute.ts';
import { changed } from './cms/build.ts';
import { contentOf, contentOfSource, type SignedContent } from './cms/content.ts';
import { ATTRIBUTE } from './cms/oid.ts';
import { openSignedData } from './cms/open.ts';
import type { SignedData } from './cms/signed-data.ts';
import { checkContent } from './cms/verify.ts';
import { encodeDigestAlgorithm } from './crypto/algorithm.ts';
import { digest as digestOf } from './crypto/digest.ts';
import type { DigestName } from './crypto/names.ts';
import type { Signer } from './crypto/signer.ts';
import { LONG_TERM_OPTIONS, type LongTermOptions, longTermOf } from './long-term.ts';
import { imprintDigest, requireVerifies, signerCertificate, suitableDigest } from './signing-key.ts';
import type { TimestampAuthority } from './tsp/timestamp-authority.ts';
import { isTimestampToken } from './tsp/token.ts';

export type { PolicyToName, SignerLocation };

/** What a CAdES signature states beside its content; all of it is signed. */
export interface CadesStatements {
  /** The signature policy, or `implied` by the document. */
  readonly policy?: PolicyToName | 'implied';
  /** OIDs, such as those of EN 319 122-1, 5.2.3 (proof of origin: 1.2.840.113549.1.9.16.6.1). */
  readonly commitmentTypes?: readonly string[];
  readonly claimedRoles?: readonly string[];
  readonly productionPlace?: SignerLocation;
  /** MIME type of the content. */
  readonly mimeType?: string;
  /** Type (OID) of an inner content, and a description for people. */
  readonly contentHints?: { readonly contentType: string; readonly description?: string };
  /** A time-stamp of `timestamps` over the content before it is signed. */
  readonly contentTimestamp?: boolean;
}

interface CadesCommon extends CadesStatements, LongTermOptions {
  readonly signer: Signer;
  /** Claimed signing time. The certificate must be valid then. */
  readonly at: Instant;
  /** Default: SHA-256, or what suits the key; EdDSA brings its own. */
  readonly digest?: DigestName;
  /** Default B. T, LT and LTA need `timestamps`; LT and LTA also `trust` and, mostly, `sources`: they extend every signature of the file. */
  readonly level?: 'B' | 'T' | 'LT' | 'LTA';
  readonly timestamps?: TimestampAuthority;
}

export interface CadesSignOptions extends CadesCommon {
  readonly format: 'cades';
  /** `attached` (default): the content is inside. `detached`: the result is the signature alone. */
  readonly packaging?: 'attached' | 'detached';
}

export interface ParallelSignOptions extends CadesCommon {
  /** The content, where the signatures so far are detached. */
  readonly detached?: Bytes | Source;
}

export interface CountersignOptions extends CadesCommon {
  /** Number of the signature that is countersigned, from 0 in the order of the file; default 0. */
  readonly signature?: number;
  /** The content, where the signatures are detached: levels LT and LTA need it. */
  readonly detached?: Bytes | Source;
}

/** A CMS file over the document. `of` names the caller's function in messages. */
export async function cadesSigned(document: Source, options: CadesSignOptions, of: string): Promise<Source> {
  exact(of, options, [...COMMON, 'format', 'packaging']);
  const { packaging = 'attached', signer } = options;
  if (packaging !== 'attached' && packaging !== 'detached')
    throw new Fault('bad-option', `${of}: packaging '${String(packaging)}' is neither attached nor detached`);
  const content = contentOfSource(document);
  const made = await madeSignature(content, options, of, 'signature');
  const signed = signedDataSourceOf({
    ...{ chain: signer.chain, scheme: signer.scheme },
    ...made,
    ...(packaging === 'attached' && { content: document }),
  });
  return extended(signed, options, packaging === 'detached' ? document : undefined);
}

/** The file with one more signature over the same content; those that are there keep every octet. */
export async function parallelSigned(cms: Source, options: ParallelSignOptions, of: string): Promise<Source> {
  exact(of, options, [...COMMON, 'detached']);
  const signedData = signedDataOf(cms);
  const content = contentFor(signedData, options.detached, of);
  const { signer } = options;
  refuseNewCertificates(signedData, signer.chain);
  const made = await madeSignature(content, options, of, 'signature', signedData.contentType);
  const signerInfo = buildSignerInfo({ chain: signer.chain, scheme: signer.scheme, ...made });
  const signed = changed(signedData, {
    certificates: signer.chain,
    signers: [{ signerInfo, digestAlgorithm: encodeDigestAlgorithm(made.digest) }],
  });
  return extended(signed, options, options.detached);
}

/** The file with a countersignature over the value of one of its signatures (RFC 5652, 11.4). */
export async function countersigned(cms: Source, options: CountersignOptions, of: string): Promise<Source> {
  exact(of, options, [...COMMON, 'signature', 'detached']);
  const { signature: number = 0, signer } = options;
  const signedData = signedDataOf(cms);
  const info = signedData.signerInfos[number];
  if (info === undefined)
    throw new Fault('bad-option', `${of}: the file has ${signedData.signerInfos.length} signatures, no number ${number}`);
  refuseWhereCovered(info, 'a countersignature');
  refuseNewCertificates(signedData, signer.chain);
  const made = await madeSignature(contentOf(info.signature), options, of, 'countersignature');
  const signerInfo = buildSignerInfo({ chain: signer.chain, scheme: signer.scheme, ...made });
  const attributes = new Map([[number, [encodeAttribute(ATTRIBUTE.counterSignature, signerInfo)]]]);
  return extended(changed(signedData, { certificates: signer.chain, attributes }), options, options.detached);
}

interface MadeSignature {
  readonly digest: DigestName;
  readonly signedAttributes: Bytes;
  readonly signature: Bytes;
  readonly unsignedAttributes: readonly Bytes[];
}

/** Levels B and T. */
async function madeSignature(
  content: SignedContent,
  options: CadesCommon,
  of: string,
  kind: 'signature' | 'countersignature',
  contentType?: string,
): Promise<MadeSignature> {
  const { signer, at, level = 'B', timestamps } = options;
  if (!LEVELS.includes(level)) throw new Fault('bad-option', `${of}: level '${String(level)}' is none of ${LEVELS.join(', ')}`);
  const needed = level !== 'B' ? `level ${level}` : options.contentTimestamp ? 'contentTimestamp' : null;
  if (needed !== null && timestamps === undefined)
    throw new Fault('bad-option', `${of}: ${needed} needs a time-stamp authority (timestamps)`);
  if (kind === 'countersignature' && (options.mimeType !== undefined || options.contentHints !== undefined || options.contentTimestamp))
    throw new Fault('bad-option', 'a countersignature is over a signature value: it has no mimeType, contentHints and contentTimestamp');
  const digest = requestedDigest({ ...signer, at, digest: options.digest }, of);
  const contentTimestamps: Bytes[] = [];
  if (options.contentTimestamp && timestamps !== undefined) {
    const name = imprintDigest(timestamps, digest);
    contentTimestamps.push(await timestamps.stamp(contentDigest(content, name), name));
  }
  const attributes = statedAttributes(
    { ...options, ...{ chain: signer.chain, scheme: signer.scheme, digest, at, contentTimestamps } },
    contentDigest(content, digest),
    kind === 'countersignature' ? null : contentType,
  );
  const signature = await signer.sign(attributes, digest);
  requireVerifies({ chain: signer.chain, scheme: signer.scheme, digest }, attributes, signature);
  const unsignedAttributes = level === 'B' ? [] : await signatureTimestamps(timestamps, digest, signature);
  return { digest, signedAttributes: attributes, signature, unsignedAttributes };
}

/** What a signature is asked to be; its certificate must be valid at `at`. Throws `Fault` `bad-option`, `refused`, `malformed-input`. */
export function requestedDigest(
  { chain, scheme, at, digest }: Pick<Signer, 'chain' | 'scheme'> & { readonly at: Instant; readonly digest?: DigestName | undefined },
  of: string,
): DigestName {
  if (typeof at !== 'number' || !Number.isFinite(at)) throw new Fault('bad-option', `${of}: \`at\` is the signing time in milliseconds`);
  const certificate = signerCertificate(chain, at);
  return digestFor(scheme, chain[0], digest ?? suitableDigest(certificate));
}

/** What the key and the caller state beside the digest of the content. */
export interface Stated extends Omit<CadesStatements, 'contentTimestamp'>, Pick<Signer, 'chain' | 'scheme'> {
  readonly digest: DigestName;
  readonly at: Instant;
  /** Time-stamp tokens over the content. */
  readonly contentTimestamps?: readonly Bytes[];
}

/** The signed attributes: what the key signs. `contentType` as `signedAttributes` takes it. */
export function statedAttributes(stated: Stated, messageDigest: Bytes, contentType?: string | null): Bytes {
  const { policy, commitmentTypes, claimedRoles, productionPlace, mimeType, contentHints, contentTimestamps } = stated;
  return signedAttributes({
    ...{ profile: 'CAdES', chain: stated.chain, digest: stated.digest, messageDigest, signingTime: stated.at },
    ...(contentType !== undefined && { contentType }),
    ...(policy !== undefined && { policy }),
    ...(commitmentTypes !== undefined && { commitmentTypes }),
    ...(claimedRoles !== undefined && { claimedRoles }),
    ...(productionPlace !== undefined && { location: productionPlace }),
    ...(mimeType !== undefined && { mimeType }),
    ...(contentHints !== undefined && { contentHints }),
    ...(contentTimestamps?.length && { contentTimestamps }),
    protectAlgorithms: stated.scheme,
  });
}

/** The signature-time-stamp attribute of level T; none where there is no authority. */
export async function signatureTimestamps(
  timestamps: TimestampAuthority | undefined,
  digest: DigestName,
  signature: Bytes,
): Promise<readonly Bytes[]> {
  if (timestamps === undefined) return [];
  const name = imprintDigest(timestamps, digest);
  return [encodeSignatureTimestamp(await timestamps.stamp(digestOf(name, signature), name))];
}

export function contentDigest(content: SignedContent, name: DigestName): Bytes {
  const hash = content.digest(name);
  if (hash === null) throw new Fault('unsupported', `this runtime cannot compute ${name}`);
  return hash;
}

/** Levels LT and LTA, for every signature of the file. */
async function extended(signed: Source, options: CadesCommon, detached: Bytes | Source | undefined): Promise<Source> {
  const { level = 'B', at, timestamps } = options;
  if (level === 'B' || level === 'T') return signed;
  const { augmentedCades } = await import('./augment-cades.ts');
  return augmentedCades(signed, {
    ...{ to: level, at, ...longTermOf(options) },
    ...(timestamps !== undefined && { timestamps }),
    ...(detached !== undefined && { detached: [{ bytes: detached }] }),
  });
}

/** What the signatures so far are over: the content inside, or the detached one, which must be the one that they name. */
function contentFor(signedData: SignedData, detached: Bytes | Source | undefined, of: string): SignedContent {
  if (signedData.encapsulated !== null) return signedData.encapsulated;
  if (detached === undefined) throw new Fault('bad-option', `${of}: the signatures are detached: hand in their content (detached)`);
  const content = contentOfSource(asSource(detached));
  const { signerInfos, contentType } = signedData;
  if (signerInfos.length > 0 && !signerInfos.some((info) => checkContent(info, contentType, content).intact))
    throw new Fault('bad-option', `${of}: this is not the content that was signed (detached)`);
  return content;
}

/** Archive time-stamps before version 3 are over all certificates together. */
function refuseNewCertificates(signedData: SignedData, chain: Signer['chain']): void {
  refuseEvidenceRecords(signedData);
  const isHeld = (one: Bytes): boolean => signedData.certificates.some((held) => equal(held, one));
  if (signedData.signerInfos.some(hasOldArchive) && !chain.every(isHeld))
    throw new Fault(
      'refused',
      'an archive time-stamp (before version 3) is over the certificates of this file: another signature would break it',
    );
}

function signedDataOf(cms: Source): SignedData {
  const opened = openSignedData(cms, { trailing: 'keep' });
  if (!opened.ok) {
    const { what, at, reason } = opened.malformed;
    throw new Fault('malformed-input', `this is no CMS file that can be read: ${what} at offset ${at}: ${reason}`);
  }
  if (isTimestampToken(opened.value)) throw new Fault('refused', 'this is a time-stamp token: it takes no further signature');
  return opened.value;
}

const LEVELS: readonly string[] = ['B', 'T', 'LT', 'LTA'];
const COMMON = [
  ...['signer', 'at', 'digest', 'level', 'timestamps'],
  ...['policy', 'commitmentTypes', 'claimedRoles', 'productionPlace', 'mimeType', 'contentHints', 'contentTimestamp'],
  ...LONG_TERM_OPTIONS,
];
