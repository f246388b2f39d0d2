/** Time-stamp response, RFC 3161, 2.4.2. */
import { der, Reader, TAG } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import { attempt, type Parsed } from '../base/parsed.ts';

/**
 * ```asn1
 * TimeStampResp ::= SEQUENCE {
 *   status PKIStatusInfo,
 *   timeStampToken TimeStampToken OPTIONAL }
 * PKIStatusInfo ::= SEQUENCE {
 *   status PKIStatus,
 *   statusString PKIFreeText OPTIONAL,
 *   failInfo PKIFailureInfo OPTIONAL }
 * ```
 */
export interface TimestampResponse {
  readonly bytes: Bytes;
  readonly status: number;
  readonly statusTexts: readonly string[];
  /** Numbers of the bits that are set, lowest first. */
  readonly failures: readonly number[];
  /** Encoding of the token; null where absent. */
  readonly token: Bytes | null;
}

/** Reads a response (DER; BER is read as well). */
export const parseTimestampResponse = (bytes: Bytes): Parsed<TimestampResponse> =>
  attempt(() => {
    const outer = Reader.over(bytes, 'TimeStampResp', 'BER');
    const reader = outer.sequence();
    outer.finish();
    const info = reader.sequence('PKIStatusInfo');
    const status = info.integer();
    const statusTexts = info.peek() === TAG.SEQUENCE ? info.sequence('PKIFreeText').each((texts) => texts.text()) : [];
    const failures = info.peek() === TAG.BIT_STRING ? bitsOf(info.bitString().bytes) : [];
    info.finish();
    const token = reader.done ? null : reader.raw(reader.element(TAG.SEQUENCE, 'TimeStampToken'));
    reader.finish();
    return { bytes, status, statusTexts, failures, token };
  });

export interface TimestampResponseParts {
  readonly status: PkiStatus;
  readonly text?: string;
  readonly failure?: PkiFailure;
  /** Encoding of the token. */
  readonly token?: Bytes;
}

/** DER TimeStampResp. */
export function encodeTimestampResponse({ status, text, failure, token }: TimestampResponseParts): Bytes {
  const info = [der.integer(PKI_STATUS.indexOf(status))];
  if (text !== undefined) info.push(der.sequence(der.utf8String(text)));
  if (failure !== undefined) info.push(failureBits(FAILURES[failure]));
  return der.sequence(der.sequence(...info), ...(token ? [token] : []));
}

/** Status, texts and failures of a response in one line for people. */
export function describeStatus({ status, statusTexts, failures }: TimestampResponse): string {
  const reasons = failures.map((bit) => FAILURE_NAMES.get(bit) ?? `failure ${bit}`);
  return [PKI_STATUS[status] ?? `status ${status}`, ...reasons, ...statusTexts].join(', ');
}

/** Whether a token shall be there: granted, or granted with modifications. */
export const isGranted = ({ status }: TimestampResponse): boolean => status === 0 || status === 1;

function bitsOf(bytes: Bytes): number[] {
  const bits: number[] = [];
  for (let bit = 0; bit < Math.min(bytes.length * 8, MOST_BITS); bit++)
    if (((bytes[bit >> 3] as number) & (0x80 >> (bit & 7))) !== 0) bits.push(bit);
  return bits;
}

/** A BIT STRING with one bit set, without trailing zero bits (X.690, 11.2.2). */
function failureBits(bit: number): Bytes {
  const octets = new Uint8Array((bit >> 3) + 1);
  octets[bit >> 3] = 0x80 >> (bit & 7);
  return der.bitString(octets, 7 - (bit & 7));
}

/** PKIStatus by its number. */
export const PKI_STATUS = ['granted', 'grantedWithMods', 'rejection', 'waiting', 'revocationWarning', 'revocationNotification'] as const;
export type PkiStatus = (typeof PKI_STATUS)[number];

/** Bits of PKIFailureInfo. */
export const FAILURES = {
  badAlg: 0,
  badRequest: 2,
  badDataFormat: 5,
  timeNotAvailable: 14,
  unacceptedPolicy: 15,
  unacceptedExtension: 16,
  addInfoNotAvailable: 17,
  systemFailure: 25,
} as const;
export type PkiFailure = keyof typeof FAILURES;

const FAILURE_NAMES: ReadonlyMap<number, string> = new Map([
  [FAILURES.badAlg, 'unrecognized or unsupported algorithm (badAlg)'],
  [FAILURES.badRequest, 'request not permitted or supported (badRequest)'],
  [FAILURES.badDataFormat, 'data in a wrong format (badDataFormat)'],
  [FAILURES.timeNotAvailable, 'time source not available (timeNotAvailable)'],
  [FAILURES.unacceptedPolicy, 'policy not supported (unacceptedPolicy)'],
  [FAILURES.unacceptedExtension, 'extension not supported (unacceptedExtension)'],
  [FAILURES.addInfoNotAvailable, 'additional information not available (addInfoNotAvailable)'],
  [FAILURES.systemFailure, 'system failure (systemFailure)'],
]);
/** Bits looked at; none is defined above 25. */
const MOST_BITS = 64;
