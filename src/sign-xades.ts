/** The story of signing XML and other files as XAdES (EN 319 132-1): a first signature, a parallel one beside those that are there, or a counter-signature on one of them. */
import { augmentedXades, documentOf, timestamped } from './augment-xades.ts';
import type { Bytes } from './base/bytes.ts';
import { Fault } from './base/fault.ts';
import type { Instant } from './base/instant.ts';
import { exact } from './base/options.ts';
import { asSource, type Source, sourceOf } from './base/source.ts';
import { digestFor } from './cades/build.ts';
import { contentOfSource } from './cms/content.ts';
import type { DigestName } from './crypto/names.ts';
import type { Signer } from './crypto/signer.ts';
import { LONG_TERM_OPTIONS, type LongTermOptions, longTermOf } from './long-term.ts';
import { imprintDigest, requireVerifies, signerCertificate, suitableDigest } from './signing-key.ts';
import type { TimestampAuthority } from './tsp/timestamp-authority.ts';
import { completeXades, contentImprint, prepareXades } from './xades/build.ts';
import { counterSignaturePlace } from './xades/build-counter.ts';
import { requireKept, signatureNodes, signedAlready } from './xades/build-existing.ts';
import { containerPlace, newPlace, OCTETS, type Packaging, type Place, placeIn } from './xades/build-packaging.ts';
import type { Commitment, ContentTimestamp, NamedPolicy, ProductionPlace } from './xades/build-properties.ts';
import {
  type Canonicalization,
  canonicalizationOf,
  type DataReference,
  fileReference,
  type NamedMethod,
} from './xades/build-references.ts';
import { attributeNamed } from './xml/query.ts';

export type { Canonicalization, Commitment, NamedPolicy, Packaging, ProductionPlace };

/** What an XML signature states beside its content; all of it is signed. */
export interface XadesStatements {
  /** The signature policy, or `implied` by the document. */
  readonly policy?: NamedPolicy | 'implied';
  /** OIDs or URIs, such as `http://uri.etsi.org/01903/v1.2.2#ProofOfOrigin`, over all that is signed or over some references. */
  readonly commitmentTypes?: readonly (string | Commitment)[];
  readonly claimedRoles?: readonly string[];
  readonly productionPlace?: ProductionPlace;
  /** A time-stamp of `timestamps` over the content before it is signed: one over all of it, or one for each reference. */
  readonly contentTimestamp?: 'all' | 'each';
}

/** A file that is signed where it stands, by its name. */
export interface XadesFile {
  readonly name: string;
  readonly content: Bytes | Source;
  readonly mimeType?: string;
}

export interface XadesCommon extends XadesStatements, Pick<XadesPlacement, 'mimeType' | 'canonicalization'>, LongTermOptions {
  readonly format: 'xades';
  readonly signer: Signer;
  /** Claimed signing time. The certificate must be valid then. */
  readonly at: Instant;
  /** Default: SHA-256, or what suits the key. */
  readonly digest?: DigestName;
  /** Default B. T, LT and LTA need `timestamps`; LT and LTA also `trust` and, mostly, `sources`: they extend every signature of the file. */
  readonly level?: 'B' | 'T' | 'LT' | 'LTA';
  readonly timestamps?: TimestampAuthority;
}

/** Where the signature goes and what it is over. Plain data. */
export interface XadesPlacement {
  /**
   * `enveloped` (default): inside the XML document, over all of it. `enveloping`: the document inside the signature.
   * `internally-detached`: both beside each other in one XML document. `detached`: the result is the signature alone.
   */
  readonly packaging: Packaging;
  /** Identifier of the element of the document that is signed (`internally-detached`); left out: document and signature get a new document element. */
  readonly element?: string;
  /** How a document is put into a new one: as base64, octet for octet, or as the XML that it is. Default: `base64` when enveloping, else as XML what is XML. */
  readonly embed?: 'base64' | 'xml';
  /** An enveloped signature that leaves out itself alone, as every validator knows it: no parallel signature can follow. Default: it leaves out every signature. */
  readonly alone?: boolean;
  /** Name of the document in the reference (`detached`). */
  readonly name?: string;
  /** MIME type of what is signed; default `text/xml` for XML, else `application/octet-stream`. */
  readonly mimeType?: string;
  /** Of what is signed, of SignedInfo and of time-stamps; default `exclusive`. */
  readonly canonicalization?: Canonicalization;
}

export interface XadesSignOptions extends XadesCommon, Partial<XadesPlacement> {
  /** More files that are signed too, by their names. */
  readonly files?: readonly XadesFile[];
}

export interface XadesParallelOptions extends XadesCommon {
  /** Contents of the signatures so far, where they are not in the file. */
  readonly files?: readonly XadesFile[];
}

export interface XadesCountersignOptions extends XadesCommon {
  /** Number of the signature that is countersigned, from 0 in the order of the file; default 0. */
  readonly signature?: number;
  /** As for {@link XadesParallelOptions}: levels LT and LTA need them. */
  readonly files?: readonly XadesFile[];
}

/** An XML document with the signature. `of` names the caller's function in messages. */
export async function xadesSigned(source: Source, options: XadesSignOptions, of: string): Promise<Source> {
  exact(of, options, [...COMMON, 'packaging', 'element', 'embed', 'alone', 'name', 'files']);
  const request = checked(options, of);
  const { method } = request;
  const { packaging = 'enveloped', files = [] } = options;
  const place = newPlace(source, { ...options, packaging, method }, of);
  const detached = packaging === 'detached' ? [{ name: options.name ?? '', content: source }, ...files] : files;
  return made(place, [...place.references, ...referencesTo(files)], options, request, detached);
}

/** A document of ASiC with a signature over files beside it (EN 319 162-1, 4.3.3.3 and 4.4.3.2). Levels B and T. */
export async function xadesOverFiles(files: readonly XadesFile[], options: Omit<XadesCommon, 'format'>, of: string): Promise<Source> {
  exact(of, options, COMMON);
  const { mimeType } = options;
  const request = checked({ ...options, format: 'xades' }, of);
  const typed = files.map((file) => ({ ...(mimeType !== undefined && { mimeType }), ...file }));
  return made(containerPlace(), referencesTo(typed), { ...options, format: 'xades' }, request, files);
}

/** The document with one more signature over the same content; those that are there stay as they are. */
export async function xadesParallel(source: Source, options: XadesParallelOptions, of: string): Promise<Source> {
  exact(of, options, [...COMMON, 'files']);
  const request = checked(options, of);
  const { method } = request;
  const { files = [], mimeType } = options;
  const document = documentOf(source);
  const place = placeIn(document, signedAlready(document), { method, ...(mimeType !== undefined && { mimeType }) });
  const outside = place.files.map((uri) => {
    const file = files.find(({ name }) => fileReference(name, sourceOf(new Uint8Array()), '').uri === uri || name === uri) ?? onlyOf(files);
    if (file === undefined) throw new Fault('bad-option', `${of}: the signatures are over '${uri}': hand it in`);
    return { ...fileReference(file.name, asSource(file.content), file.mimeType ?? mimeType ?? OCTETS), uri };
  });
  return made(place, [...place.references, ...outside], options, request, files);
}

/** The document with a counter-signature over the value of one of its signatures (EN 319 132-1, 5.2.7). */
export async function xadesCountersigned(source: Source, options: XadesCountersignOptions, of: string): Promise<Source> {
  exact(of, options, [...COMMON, 'signature', 'files']);
  const request = checked(options, of);
  const { method } = request;
  if (options.mimeType !== undefined || options.contentTimestamp !== undefined)
    throw new Fault('bad-option', `${of}: a countersignature is over a signature value: it has no mimeType and contentTimestamp`);
  const { signature: number = 0, files = [] } = options;
  const document = documentOf(source);
  const nodes = signatureNodes(document, true);
  const node = nodes[number];
  if (node === undefined) throw new Fault('bad-option', `${of}: the file has ${nodes.length} signatures, no number ${number}`);
  const place = counterSignaturePlace(document, node, method);
  return made(place, place.references, options, request, files);
}

/** Levels B and T of the new signature; then LT and LTA of every one. */
async function made(
  place: Pick<Place, 'frame' | 'objects' | 'earlier' | 'done'>,
  references: readonly DataReference[],
  options: XadesCommon,
  request: Requested,
  files: readonly XadesFile[],
): Promise<Source> {
  const { level = 'B', at, timestamps } = options;
  const detached = files.map(({ name, content }) => ({ name, bytes: content }));
  const { earlier } = place;
  const signed = await signedB(place, references, options, request);
  let result = signed.bytes;
  if (level === 'T') {
    const document = documentOf(sourceOf(result));
    const node = signatureNodes(document, true).find((one) => attributeNamed(document, one, 'Id') === signed.id);
    result = await timestamped(document, node === undefined ? [] : [node], options, options.canonicalization);
  }
  if (earlier !== null && signatureNodes(earlier, true).length > 0) {
    const contents = files.map(({ name, content }) => ({ name, content: contentOfSource(asSource(content)) }));
    requireKept(earlier, documentOf(sourceOf(result)), contents);
  }
  place.done?.();
  if (level === 'B' || level === 'T') return sourceOf(result);
  return augmentedXades(sourceOf(result), {
    ...{ to: level, at, ...longTermOf(options) },
    ...(timestamps !== undefined && { timestamps }),
    ...(detached.length > 0 && { detached }),
  });
}

async function signedB(
  { frame, objects }: Pick<Place, 'frame' | 'objects'>,
  references: readonly DataReference[],
  options: XadesCommon,
  { digest, method }: Requested,
): Promise<{ readonly bytes: Bytes; readonly id: string }> {
  const { signer, at } = options;
  const { chain, scheme } = signer;
  const contentTimestamps = await contentStamps(references, options, digest);
  const draft = prepareXades({
    ...{ chain, scheme, digest, at, canonicalization: method, references, objects, frame, contentTimestamps },
    ...statedXades(options),
  });
  const value = await signer.sign(draft.toBeSigned, digestFor(scheme, chain[0], digest));
  requireVerifies(draft, draft.toBeSigned, value);
  return { bytes: completeXades(draft, { frame, objects }, value), id: draft.id };
}

/** The statements as the signed properties have them. */
export const statedXades = ({ policy, commitmentTypes, claimedRoles, productionPlace }: Omit<XadesStatements, 'contentTimestamp'>) => ({
  ...(policy !== undefined && { policy }),
  ...(commitmentTypes !== undefined && { commitments: commitmentTypes.map((one) => (typeof one === 'string' ? { id: one } : one)) }),
  ...(claimedRoles !== undefined && { claimedRoles }),
  ...(productionPlace !== undefined && { productionPlace }),
});

/** One over all references, or one over each. */
async function contentStamps(
  references: readonly DataReference[],
  { contentTimestamp, timestamps }: XadesCommon,
  digest: DigestName,
): Promise<ContentTimestamp[]> {
  if (contentTimestamp === undefined || timestamps === undefined) return [];
  const name = imprintDigest(timestamps, digest);
  if (contentTimestamp === 'all') return [{ token: await timestamps.stamp(contentImprint(references, name), name), reference: null }];
  const stamps: ContentTimestamp[] = [];
  for (const [number, reference] of references.entries())
    stamps.push({ token: await timestamps.stamp(contentImprint([reference], name), name), reference: number });
  return stamps;
}

interface Requested {
  readonly digest: DigestName;
  readonly method: NamedMethod;
}

/** What every way to sign asks of its options: the digest and the method that they mean. Throws `Fault` `bad-option`, `refused`. */
export function requestedXades(
  { at, format, canonicalization, digest }: Pick<XadesCommon, 'at' | 'format' | 'canonicalization' | 'digest'>,
  chain: Signer['chain'],
  of: string,
): Requested {
  if (format !== 'xades') throw new Fault('bad-option', `${of}: format '${String(format)}' is not xades`);
  if (typeof at !== 'number' || !Number.isFinite(at)) throw new Fault('bad-option', `${of}: \`at\` is the signing time in milliseconds`);
  const certificate = signerCertificate(chain, at);
  return { digest: digest ?? suitableDigest(certificate), method: canonicalizationOf(canonicalization) };
}

function checked(options: XadesCommon, of: string): Requested {
  const { level = 'B', signer, timestamps, contentTimestamp } = options;
  if (!LEVELS.includes(level)) throw new Fault('bad-option', `${of}: level '${String(level)}' is none of ${LEVELS.join(', ')}`);
  if (contentTimestamp !== undefined && contentTimestamp !== 'all' && contentTimestamp !== 'each')
    throw new Fault('bad-option', `${of}: contentTimestamp '${String(contentTimestamp)}' is neither all nor each`);
  const needed = level !== 'B' ? `level ${level}` : contentTimestamp ? 'contentTimestamp' : null;
  if (needed !== null && timestamps === undefined)
    throw new Fault('bad-option', `${of}: ${needed} needs a time-stamp authority (timestamps)`);
  return requestedXades(options, signer.chain, of);
}

export const referencesTo = (files: readonly XadesFile[]): DataReference[] =>
  files.map(({ name, content, mimeType }) => fileReference(name, asSource(content), mimeType ?? OCTETS));

const onlyOf = <T>(all: readonly T[]): T | undefined => (all.length === 1 ? all[0] : undefined);

const LEVELS: readonly string[] = ['B', 'T', 'LT', 'LTA'];
const COMMON = [
  ...['format', 'signer', 'at', 'digest', 'level', 'timestamps', 'canonicalization'],
  ...['policy', 'commitmentTypes', 'claimedRoles', 'productionPlace', 'mimeType', 'contentTimestamp'],
  ...LONG_TERM_OPTIONS,
];
