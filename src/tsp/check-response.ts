/** What a client must check of a response before it uses the token, RFC 3161, 2.2 and 2.3; RFC 5816. */
import { type Bytes, equal } from '../base/bytes.ts';
import { exact } from '../base/options.ts';
import { toHex } from '../base/text.ts';
import type { DigestName } from '../crypto/names.ts';
import { type Certificate, extensionOf, parseCertificate } from '../pki/certificate.ts';
import { readTimestamp } from './read.ts';
import { describeStatus, isGranted, parseTimestampResponse } from './response.ts';
import { parseTimestampToken, type TimestampToken } from './token.ts';

export interface ResponseToCheck {
  /** DER TimeStampResp. */
  readonly response: Bytes;
  /** The imprint that was asked for. */
  readonly imprint: Bytes;
  readonly digest: DigestName;
  /** The nonce that was asked for, as an unsigned number; null: none. */
  readonly nonce: Bytes | null;
  /** The policy that was asked for; left out: any. */
  readonly policy?: string;
  /** More certificates (DER) that may be the authority's, for a token without any. */
  readonly certificates?: readonly Bytes[];
}

export type CheckedResponse =
  | { readonly ok: true; readonly token: TimestampToken; readonly signer: Certificate }
  /** Every reason found, in words; `refused` tells that the authority itself said no. */
  | { readonly ok: false; readonly refused: boolean; readonly reasons: readonly string[] };

/**
 * Whether the response answers the request with a token that holds in itself: status, imprint, nonce, policy, signature by
 * a certificate at hand, its reference, its extended key usage. Whether the authority is trusted is another question.
 */
export function checkTimestampResponse(options: ResponseToCheck): CheckedResponse {
  exact('checkTimestampResponse', options, ['response', 'imprint', 'digest', 'nonce', 'policy', 'certificates']);
  const response = parseTimestampResponse(options.response);
  if (!response.ok) return no(false, `not a time-stamp response: ${response.malformed.what}: ${response.malformed.reason}`);
  if (!isGranted(response.value)) return no(true, `the authority refused: ${describeStatus(response.value)}`);
  if (!response.value.token) return no(true, 'the response is granted but holds no token');
  const token = parseTimestampToken(response.value.token);
  if (!token.ok) return no(false, `unreadable token: ${token.malformed.what}: ${token.malformed.reason}`);
  return checkToken(token.value, options);
}

function checkToken(token: TimestampToken, options: ResponseToCheck): CheckedResponse {
  const { tstInfo } = token;
  const reasons: string[] = [];
  if (tstInfo.imprint.digest !== options.digest || !equal(tstInfo.imprint.hash, options.imprint))
    reasons.push('the imprint is not the one asked for');
  if (options.nonce && (!tstInfo.nonce || unsigned(tstInfo.nonce) !== unsigned(options.nonce)))
    reasons.push('the nonce is not the one asked for');
  if (tstInfo.unknownCritical.length > 0) reasons.push(`critical extension ${tstInfo.unknownCritical.join(', ')} is not processed`);
  if (options.policy !== undefined && tstInfo.policy !== options.policy)
    reasons.push(`policy ${tstInfo.policy} instead of ${options.policy}`);
  const certificates = [...token.signedData.certificates, ...(options.certificates ?? [])].flatMap((der) => {
    const parsed = parseCertificate(der);
    return parsed.ok ? [parsed.value] : [];
  });
  const { content, signer } = readTimestamp(token, () => null, certificates);
  if (!content.intact) reasons.push('the message digest of the token does not agree with its content');
  reasons.push(...content.violations);
  if (!signer.certificate) reasons.push('no certificate at hand made the token');
  else if (signer.value !== 'intact') reasons.push(`the signature of the token is ${signer.value}`);
  const [first] = signer.references;
  if (!first) reasons.push(signer.unreadableReference ?? 'the token has no signing-certificate attribute');
  else if (signer.certificate && (first.matches !== signer.certificate || first.issuerSerial === 'mismatch'))
    reasons.push('the signing-certificate attribute names another certificate');
  if (signer.certificate) reasons.push(...usageProblems(signer.certificate));
  return reasons.length === 0 && signer.certificate
    ? { ok: true, token, signer: signer.certificate }
    : { ok: false, refused: false, reasons };
}

/** RFC 3161, 2.3: the extended key usage is critical and holds timeStamping alone. */
function usageProblems(certificate: Certificate): string[] {
  const usage = certificate.extendedKeyUsage;
  if (!usage?.includes(TIME_STAMPING)) return ["the authority's certificate is not for time-stamping"];
  const problems: string[] = [];
  if (usage.length !== 1) problems.push("the authority's certificate has further extended key usages");
  if (!extensionOf(certificate, EXTENDED_KEY_USAGE)?.critical) problems.push("the authority's extended key usage is not critical");
  return problems;
}

const no = (refused: boolean, reason: string): CheckedResponse => ({ ok: false, refused, reasons: [reason] });

/** Hexadecimal without leading zeros, so that a leading zero octet of an INTEGER does not matter. */
const unsigned = (octets: Bytes): string => toHex(octets).replace(/^0+/, '');

const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const EXTENDED_KEY_USAGE = '2.5.29.37';
