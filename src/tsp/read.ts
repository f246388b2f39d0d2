/** What is known of a token before trust is asked: imprint, signature, signer, names (RFC 3161, 2.4.2; RFC 5816). */
import { type Bytes, equal } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { toHex } from '../base/text.ts';
import { contentOf } from '../cms/content.ts';
import { type Outline, outlineOf } from '../cms/outline.ts';
import { addSignedDataMaterial, candidatesOf, distinct, type HeldMaterial, type Pool } from '../cms/pool.ts';
import { type DescribedReference, describeReferences, type FoundSigner, findSigner, settledValue } from '../cms/signer.ts';
import { type ContentCheck, checkContent } from '../cms/verify.ts';
import { digest } from '../crypto/digest.ts';
import type { AlgorithmUse, DigestName, ValueCheck } from '../crypto/names.ts';
import type { Certificate } from '../pki/certificate.ts';
import { holdsGeneralName } from './names.ts';
import type { TimestampToken } from './token.ts';

export interface TimestampReading {
  readonly imprint: { readonly found: boolean; readonly intact: boolean };
  /** The token's own message digest over its TSTInfo. */
  readonly content: ContentCheck;
  readonly signer: FoundSigner;
  /** Whether the TSA name in the token is a name of its certificate; null where the token states none or no certificate was found. */
  readonly tsaNameMatches: boolean | null;
  /** Departures from RFC 3161 and RFC 5652 that leave the token readable. */
  readonly problems: readonly string[];
}

/** Digest of what the token is over, by digest name; null where it cannot be had. */
export type ImprintTarget = (digest: DigestName) => Bytes | null;

/** Compares and verifies; `candidates` should hold the token's own certificates and others that may be its signer's. */
export function readTimestamp(token: TimestampToken, target: ImprintTarget, candidates: Iterable<Certificate>): TimestampReading {
  const { signedData, signerInfo, tstInfo } = token;
  const content = contentOf(tstInfo.bytes);
  const check = checkContent(signerInfo, signedData.contentType, content);
  const signer = findSigner(signerInfo, candidates, content);
  const problems = [...check.violations, ...check.problems];
  if (signer.unreadableReference !== null) problems.push(`signing-certificate attribute: ${signer.unreadableReference}`);
  else if (signer.references.length === 0) problems.push('no signing-certificate attribute');
  if (tstInfo.unknownCritical.length > 0) problems.push(`critical extension ${tstInfo.unknownCritical.join(', ')} is not processed`);
  return {
    imprint: compareImprint(token, target),
    content: check,
    signer,
    tsaNameMatches: tstInfo.tsa && signer.certificate ? holdsGeneralName(signer.certificate, tstInfo.tsa) : null,
    problems,
  };
}

/** What is known of a token, in the shape of the facts that every reader gives; what its place tells is left to the reader. */
export interface TimestampDescription {
  /** SHA-256 of the token, lower-case hexadecimal; numbered where the same token stands in several places. */
  readonly id: string;
  readonly time: Instant;
  readonly accuracy: number | null;
  readonly ordering: boolean;
  readonly policy: string;
  readonly serial: string;
  readonly imprintAlgorithm: DigestName | null;
  readonly references: readonly {
    readonly type: 'MESSAGE_IMPRINT';
    readonly name: string;
    readonly digestAlgorithm: DigestName | null;
    readonly found: boolean;
    readonly intact: boolean;
  }[];
  readonly value: ValueCheck;
  readonly algorithm: AlgorithmUse;
  readonly signer: { readonly certificate: string | null; readonly references: readonly DescribedReference[] };
  readonly tsaNameMatches: boolean | null;
  readonly unknownCritical?: readonly string[];
  readonly material: HeldMaterial<'timestamp'>;
  readonly cms: Outline;
  readonly structureProblems: readonly string[];
}

/** Reads a token that stands in a document: its certificates and revocation data go into `pool`. `name` says what it is over. */
export function describeTimestamp(token: TimestampToken, target: ImprintTarget, pool: Pool, name = ''): TimestampDescription {
  const { signedData, signerInfo, tstInfo } = token;
  const material = addSignedDataMaterial(pool, signedData, 'timestamp');
  const { imprint, content, signer, tsaNameMatches, problems } = readTimestamp(token, target, candidatesOf(pool, signedData.certificates));
  return {
    id: distinct(pool, toHex(digest('SHA-256', token.bytes))),
    time: tstInfo.time,
    accuracy: tstInfo.accuracy,
    ordering: tstInfo.ordering,
    policy: tstInfo.policy,
    serial: tstInfo.serial,
    imprintAlgorithm: tstInfo.imprint.digest,
    references: [{ type: 'MESSAGE_IMPRINT', name, digestAlgorithm: tstInfo.imprint.digest, ...imprint }],
    // The content is inside the token: where its digest does not agree, the token's signature is not over it.
    value: content.intact ? settledValue(signer, content) : signer.value === 'intact' ? 'broken' : signer.value,
    algorithm: signer.algorithm,
    signer: { certificate: signer.certificate?.fingerprint ?? null, references: describeReferences(signer) },
    tsaNameMatches,
    ...(tstInfo.unknownCritical.length > 0 && { unknownCritical: tstInfo.unknownCritical }),
    material,
    cms: outlineOf(signedData, signerInfo, content, signer.certificate),
    structureProblems: problems,
  };
}

function compareImprint({ tstInfo }: TimestampToken, target: ImprintTarget): { found: boolean; intact: boolean } {
  const { digest, hash } = tstInfo.imprint;
  const actual = digest && target(digest);
  return { found: actual !== null, intact: actual !== null && equal(actual, hash) };
}
