/** Time-stamp requests, responses and tokens (RFC 3161, RFC 5816). */
import { type Bytes, concat } from '../../src/base/bytes.ts';
import { orNull } from '../../src/base/parsed.ts';
import { toHex } from '../../src/base/text.ts';
import { candidatesOf, newPool } from '../../src/cms/pool.ts';
import { digest } from '../../src/crypto/digest.ts';
import { checkTimestampResponse } from '../../src/tsp/check-response.ts';
import { readTimestamp } from '../../src/tsp/read.ts';
import { parseTimestampRequest } from '../../src/tsp/request.ts';
import { parseTimestampResponse } from '../../src/tsp/response.ts';
import { parseTimestampToken, type TimestampToken } from '../../src/tsp/token.ts';
import type { Target } from '../target.ts';

export const timestampTarget: Target = {
  name: 'timestamp',
  what: 'a time-stamp request, response or token',
  clause: 'RFC 3161, 2.4',
  format: 'der',
  seeds: [
    { folder: 'asn1-odd', endings: ['.tsr', '.tst', '.tsq'], most: 60 },
    { folder: 'dss/files', endings: ['.tst', '.tsr'], most: 60 },
  ],
  longest: 32_768,
  milliseconds: 300,
  read: (input) => {
    const request = parseTimestampRequest(input);
    const response = parseTimestampResponse(input);
    const { token, bytes } = tokenOf(input);
    if (!token) return [request, response, bytes && parseTimestampToken(bytes)];
    const checked = checkTimestampResponse({
      response: input,
      imprint: token.tstInfo.imprint.hash,
      digest: 'SHA-256',
      nonce: Uint8Array.of(1),
    });
    return [request, response, token, reading(token), checked];
  },
  accepts: (bytes) => tokenOf(bytes).token !== null || parseTimestampRequest(bytes).ok,
  facts: (seeds) => {
    const genuine = new Map<string, readonly Bytes[]>();
    const doubtful = new Set<string>();
    for (const bytes of seeds) {
      const { token } = tokenOf(bytes);
      if (token && verifies(token)) genuine.set(identityOf(token), [bytes]);
      else if (token) doubtful.add(toHex(token.signerInfo.signature));
    }
    return { signers: [], genuine, doubtful };
  },
  check: (input, { genuine, doubtful }) => {
    const { token } = tokenOf(input);
    if (!token || !verifies(token) || genuine.has(identityOf(token))) return null;
    return doubtful.has(toHex(token.signerInfo.signature)) ? null : 'an altered time-stamp verifies';
  },
};

function tokenOf(input: Bytes): { readonly bytes: Bytes | null; readonly token: TimestampToken | null } {
  const response = orNull(parseTimestampResponse(input));
  const bytes = response ? response.token : input;
  return { bytes, token: bytes && orNull(parseTimestampToken(bytes, 'keep')) };
}

function reading(token: TimestampToken): ReturnType<typeof readTimestamp> {
  const pool = newPool();
  return readTimestamp(token, () => token.tstInfo.imprint.hash, candidatesOf(pool, token.signedData.certificates));
}

const verifies = (token: TimestampToken): boolean => {
  const { signer, content } = reading(token);
  return signer.value === 'intact' && content.intact && content.violations.length === 0;
};

/** What the authority signed: the attributes and the TSTInfo. */
const identityOf = ({ signerInfo, tstInfo }: TimestampToken): string =>
  toHex(digest('SHA-256', concat([signerInfo.signedAttributes?.toBeSigned ?? new Uint8Array(0), tstInfo.bytes])));
