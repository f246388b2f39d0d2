/** The two halves of a CAdES signature (EN 319 122-1, 6), for a key that answers elsewhere or later: what it signs, and the CMS around its answer. */
import { type Bytes, equal } from './base/bytes.ts';
import { Fault } from './base/fault.ts';
import type { Instant } from './base/instant.ts';
import { exact } from './base/options.ts';
import type { Source } from './base/source.ts';
import { signedDataSourceOf } from './cades/build.ts';
import { changed } from './cms/build.ts';
import { contentOfSource } from './cms/content.ts';
import type { DigestName } from './crypto/names.ts';
import type { Signer } from './crypto/signer.ts';
import { additionsTo, takenCms } from './finished-cms.ts';
import type { PreparedAs, SignatureAnswer, SignerDraft } from './prepared.ts';
import { type CadesStatements, contentDigest, requestedDigest, signatureTimestamps, statedAttributes } from './sign-cades.ts';
import { requireVerifies } from './signing-key.ts';
import type { TimestampAuthority } from './tsp/timestamp-authority.ts';

export interface PrepareCadesOptions extends Omit<CadesStatements, 'contentTimestamp'>, Pick<Signer, 'chain' | 'scheme'> {
  readonly format: 'cades';
  /** Claimed signing time. The certificate must be valid then. */
  readonly at: Instant;
  /** Default: SHA-256, or what suits the key; EdDSA brings its own. */
  readonly digest?: DigestName;
  /** `attached` (default): the content will be inside. `detached`: the result is the signature alone. */
  readonly packaging?: 'attached' | 'detached';
  /** Time-stamp tokens over the content, to be signed too. */
  readonly contentTimestamps?: readonly Bytes[];
}

/** Everything that completing needs beside the document itself. Plain data. */
export interface CadesDraft extends SignerDraft {
  readonly packaging: 'attached' | 'detached';
  /** DER SET OF Attribute: what the key signs. */
  readonly signedAttributes: Bytes;
}

export type PreparedCades = PreparedAs<'cades', CadesDraft>;

/** Digests the document, and writes what its signature states. Throws as `sign`. */
export function preparedCades(document: Source, options: PrepareCadesOptions): PreparedCades {
  exact('prepare', options, KNOWN);
  const { packaging = 'attached', chain, scheme } = options;
  if (packaging !== 'attached' && packaging !== 'detached')
    throw new Fault('bad-option', `prepare: packaging '${String(packaging)}' is neither attached nor detached`);
  const digest = requestedDigest(options, 'prepare');
  const messageDigest = contentDigest(contentOfSource(document), digest);
  const toBeSigned = statedAttributes({ ...options, digest }, messageDigest);
  const draft: CadesDraft = { packaging, signedAttributes: toBeSigned, chain, scheme, digest };
  return { format: 'cades', toBeSigned, digest, contentDigest: messageDigest, draft };
}

/** The CMS, level T where there is an authority. Throws `Fault` `bad-option` for another document, `signer-refused`, `malformed-input`. */
export async function completedCades(
  document: Source,
  { draft, contentDigest: prepared }: PreparedCades,
  answer: SignatureAnswer,
  timestamps: TimestampAuthority | undefined,
): Promise<Source> {
  const { packaging, chain, scheme, digest, signedAttributes } = draft;
  if (packaging !== 'attached' && packaging !== 'detached')
    throw new Fault('malformed-input', 'complete: the draft says neither attached nor detached');
  const content = contentOfSource(document);
  if (!equal(contentDigest(content, digest), prepared))
    throw new Fault('bad-option', 'complete: this is not the document that was prepared');
  const inside = packaging === 'attached' ? document : null;
  if (!(answer instanceof Uint8Array)) {
    const taken = takenCms(answer, draft, content);
    return changed(taken.signedData, { ...(await additionsTo(taken, draft, timestamps)), content: inside });
  }
  requireVerifies(draft, signedAttributes, answer);
  return signedDataSourceOf({
    ...{ chain, scheme, digest, signedAttributes, signature: answer },
    ...(inside !== null && { content: inside }),
    unsignedAttributes: await signatureTimestamps(timestamps, digest, answer),
  });
}

const KNOWN = [
  ...['format', 'chain', 'scheme', 'at', 'digest', 'packaging', 'contentTimestamps'],
  ...['policy', 'commitmentTypes', 'claimedRoles', 'productionPlace', 'mimeType', 'contentHints'],
];
