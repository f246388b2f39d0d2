/** The two halves of an XML signature (EN 319 132-1, 6), for a key that answers elsewhere or later: what it signs, and the document with its answer. */
import { documentOf, timestamped } from './augment-xades.ts';
import { type Bytes, equal } from './base/bytes.ts';
import { Fault } from './base/fault.ts';
import { exact } from './base/options.ts';
import { type Source, sourceOf } from './base/source.ts';
import { digestOf } from './crypto/digest.ts';
import type { Signer } from './crypto/signer.ts';
import type { LongTermOptions } from './long-term.ts';
import type { PreparedAs, SignatureAnswer, SignerDraft } from './prepared.ts';
import { referencesTo, requestedXades, statedXades, type XadesPlacement, type XadesSignOptions } from './sign-xades.ts';
import { requireVerifies } from './signing-key.ts';
import type { TimestampAuthority } from './tsp/timestamp-authority.ts';
import { completeXades, prepareXades, type XadesDraft } from './xades/build.ts';
import { requireKept, signatureNodes } from './xades/build-existing.ts';
import { newPlace } from './xades/build-packaging.ts';
import { canonicalizationOf } from './xades/build-references.ts';
import { attributeNamed } from './xml/query.ts';

export interface PrepareXadesOptions
  extends Pick<Signer, 'chain' | 'scheme'>,
    Omit<XadesSignOptions, 'signer' | 'level' | 'timestamps' | 'contentTimestamp' | keyof LongTermOptions> {}

/** Everything that completing needs beside the document itself. Plain data. */
export interface PreparedXadesDraft extends SignerDraft, Pick<XadesDraft, 'id' | 'parts'> {
  readonly placement: XadesPlacement;
}

export type PreparedXades = PreparedAs<'xades', PreparedXadesDraft>;

/** Digests what is signed, and writes what the signature states. Throws as `sign`. */
export function preparedXades(document: Source, options: PrepareXadesOptions): PreparedXades {
  exact('prepare', options, KNOWN);
  const { chain, scheme, files = [] } = options;
  const { digest, method } = requestedXades(options, chain, 'prepare');
  const placement = placementOf(options);
  const place = newPlace(document, { ...placement, method }, 'prepare');
  const draft = prepareXades({
    ...{ chain, scheme, digest, at: options.at, canonicalization: method, frame: place.frame, objects: place.objects },
    references: [...place.references, ...referencesTo(files)],
    ...statedXades(options),
  });
  place.done?.();
  const { id, parts, toBeSigned } = draft;
  return {
    format: 'xades',
    toBeSigned,
    digest,
    contentDigest: digestOf(digest, document),
    draft: { chain, scheme, digest, id, parts, placement },
  };
}

/** The document with the value, level T where there is an authority. Throws `Fault` `bad-option` for another document, `signer-refused`, `malformed-input`. */
export async function completedXades(
  document: Source,
  { draft, contentDigest, toBeSigned }: PreparedXades,
  answer: SignatureAnswer,
  timestamps: TimestampAuthority | undefined,
): Promise<Source> {
  if (!(answer instanceof Uint8Array)) throw new Fault('bad-option', 'complete: an XML signature takes a signature value, no finished CMS');
  const { placement, parts, digest, id } = draft;
  if (!Array.isArray(parts) || parts.length !== 3 || typeof placement !== 'object' || placement === null)
    throw new Fault('malformed-input', 'complete: the draft is none of an XML signature');
  if (!equal(digestOf(digest, document), contentDigest))
    throw new Fault('bad-option', 'complete: this is not the document that was prepared');
  requireVerifies(draft, toBeSigned, answer);
  const place = newPlace(document, { ...placement, method: canonicalizationOf(placement.canonicalization) }, 'complete');
  let result: Bytes = completeXades(draft, place, answer);
  if (timestamps !== undefined) {
    const made = documentOf(sourceOf(result));
    const nodes = signatureNodes(made, true).filter((one) => attributeNamed(made, one, 'Id') === id);
    result = await timestamped(made, nodes, { timestamps }, placement.canonicalization);
  }
  if (place.earlier !== null && signatureNodes(place.earlier, true).length > 0)
    requireKept(place.earlier, documentOf(sourceOf(result)), []);
  place.done?.();
  return sourceOf(result);
}

function placementOf({ packaging = 'enveloped', ...options }: PrepareXadesOptions): XadesPlacement {
  const told = PLACEMENT.map((name) => [name, options[name]] as const).filter(([, value]) => value !== undefined);
  return { packaging, ...Object.fromEntries(told) };
}

const PLACEMENT = ['element', 'embed', 'alone', 'name', 'mimeType', 'canonicalization'] as const;
const KNOWN = [
  ...['format', 'chain', 'scheme', 'at', 'digest', 'packaging', 'files', ...PLACEMENT],
  ...['policy', 'commitmentTypes', 'claimedRoles', 'productionPlace'],
];
