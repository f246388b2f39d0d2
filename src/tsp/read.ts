/** What is known of a token before trust is asked: imprint, signature, signer, names (RFC 3161, 2.4.2; RFC 5816). */
import { type Bytes, equal } from '../base/bytes.ts';
import { contentOf } from '../cms/content.ts';
import { type FoundSigner, findSigner } from '../cms/signer.ts';
import { type ContentCheck, checkContent } from '../cms/verify.ts';
import type { DigestName } from '../crypto/names.ts';
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
  const problems = [...check.problems];
  if (signer.unreadableReference !== null) problems.push(`signing-certificate attribute: ${signer.unreadableReference}`);
  else if (signer.references.length === 0) problems.push('no signing-certificate attribute');
  return {
    imprint: compareImprint(token, target),
    content: check,
    signer,
    tsaNameMatches: tstInfo.tsa && signer.certificate ? holdsGeneralName(signer.certificate, tstInfo.tsa) : null,
    problems,
  };
}

function compareImprint({ tstInfo }: TimestampToken, target: ImprintTarget): { found: boolean; intact: boolean } {
  const { digest, hash } = tstInfo.imprint;
  const actual = digest && target(digest);
  return { found: actual !== null, intact: actual !== null && equal(actual, hash) };
}
