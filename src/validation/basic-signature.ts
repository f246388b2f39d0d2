/** Validation of basic signatures (EN 319 102-1, 5.3): the building blocks in their order, for signatures, time-stamps and revocation data. */
import type { RevocationId, SignatureFacts, TimestampFacts } from '../facts/index.ts';
import { type CertificateResult, validateCertificate } from './certificate-validation.ts';
import { type Conclusion, failed, indeterminate, isPassed, passed, subIndicationOf } from './conclusion.ts';
import { initialiseContext } from './context.ts';
import { verifyCryptographically } from './cryptographic-verification.ts';
import { checkFormat } from './format-checking.ts';
import type { BlockResult } from './report.ts';
import { revokedOf } from './revocation-acceptance.ts';
import { type AcceptanceResult, acceptSignature } from './signature-acceptance.ts';
import { identifySigner } from './signing-certificate.ts';
import { certificateOf, type Token, type World } from './world.ts';

export interface BasicResult {
  readonly conclusion: Conclusion;
  readonly process: readonly BlockResult[];
  readonly certificate: CertificateResult;
  readonly acceptance: AcceptanceResult;
}

/** A time-stamp and what was concluded of it. */
export interface JudgedTimestamp {
  readonly facts: TimestampFacts;
  readonly conclusion: Conclusion;
}

/** Every block runs, so that the report is whole; the order of 5.3.4 decides which of them concludes. */
export function validateBasic(token: Token, world: World, contentTimestamps: readonly JudgedTimestamp[] = []): BasicResult {
  const format = checkFormat(token, world);
  const identification = identifySigner(token, world);
  const context = isSignature(token) ? initialiseContext(token.facts, token.context, world) : null;
  const certificate = validateCertificate(token, world);
  const verification = verifyCryptographically(token);
  const { chain, anchor } = certificate;
  const acceptance = acceptSignature({ token, world, chain, anchor, contentTimestamps: contentTimestamps.map((one) => one.conclusion) });
  const beforeChain = [format, identification, context].find((result) => result !== null && !isPassed(result.conclusion));
  const conclusion =
    beforeChain?.conclusion ??
    firstNotPassed(
      verification.conclusion,
      withContentTimestamps(certificate, world, contentTimestamps),
      acceptedAt(acceptance, contentTimestamps),
    );
  const process = [format, identification, context, ...certificate.results, verification, acceptance.result];
  return { conclusion, process: process.filter((result) => result !== null), certificate, acceptance };
}

/** The conclusion of 5.3 on revocation data as a token of its own. */
export function concludeRevocation(id: RevocationId, world: World): Conclusion {
  const known = world.memo.revocations.get(id);
  if (known) return known;
  const facts = world.evidence.revocations.get(id);
  const conclusion = facts
    ? validateBasic({ context: 'revocation', facts }, world).conclusion
    : indeterminate('NO_SIGNING_CERTIFICATE_FOUND');
  world.memo.revocations.set(id, conclusion);
  return conclusion;
}

/** Whether revocation data still may be relied on, by what is concluded of it now: it holds, or it held when it could be proven. */
export function mayServe(id: RevocationId, world: World): boolean {
  const conclusion = concludeRevocation(id, world);
  return isPassed(conclusion) || MAY_BE_PAST.has(subIndicationOf(conclusion));
}

/** Conclusions that a proof of existence may turn (5.6.2.4). */
const MAY_BE_PAST: ReadonlySet<string | null> = new Set([
  'REVOKED_NO_POE',
  'REVOKED_CA_NO_POE',
  'OUT_OF_BOUNDS_NO_POE',
  'OUT_OF_BOUNDS_NOT_REVOKED',
  'CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
  'REVOCATION_OUT_OF_BOUNDS_NO_POE',
  'NO_CERTIFICATE_CHAIN_FOUND_NO_POE',
]);

const isSignature = (token: Token): token is Token & { facts: SignatureFacts; context: 'signature' | 'counter-signature' } =>
  token.context === 'signature' || token.context === 'counter-signature';

const firstNotPassed = (...conclusions: readonly Conclusion[]): Conclusion =>
  conclusions.find((conclusion) => !isPassed(conclusion)) ?? passed;

/** A content time-stamp after the end of the certificate proves that the signature was made too late (5.3.4). */
function withContentTimestamps(result: CertificateResult, world: World, timestamps: readonly JudgedTimestamp[]): Conclusion {
  const { conclusion, judged } = result;
  const signer = judged[0];
  const latest = Math.max(...timestamps.filter((one) => isPassed(one.conclusion)).map(({ facts }) => facts.time));
  if (!signer || latest === -Infinity) return conclusion;
  const because = subIndicationOf(conclusion);
  if (because === 'REVOKED_NO_POE') {
    const revoked = revokedOf(world, signer.acceptances, world.at);
    return revoked?.revokedAt != null && latest > revoked.revokedAt ? failed('REVOKED') : conclusion;
  }
  if (because !== 'OUT_OF_BOUNDS_NO_POE' && because !== 'OUT_OF_BOUNDS_NOT_REVOKED') return conclusion;
  return latest > certificateOf(world, signer.id).notAfter ? failed('EXPIRED') : conclusion;
}

/** A content time-stamp after the end of the algorithm proves that the signature was made with an unreliable one (5.3.4). */
function acceptedAt({ result, weak }: AcceptanceResult, timestamps: readonly JudgedTimestamp[]): Conclusion {
  if (!weak || subIndicationOf(result.conclusion) !== 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE') return result.conclusion;
  if (weak.entry.subject !== result.subject || 'digestOnly' in weak.entry.use) return result.conclusion;
  const tooLate = timestamps.some((one) => isPassed(one.conclusion) && (weak.until === null || one.facts.time > weak.until));
  return tooLate ? indeterminate('CRYPTO_CONSTRAINTS_FAILURE') : result.conclusion;
}
