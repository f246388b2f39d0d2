/** What is inside time-stamp tokens, requests and responses, without judging them (RFC 3161, 2.4). */
import { toIso } from '../base/instant.ts';
import { toHex } from '../base/text.ts';
import type { MessageImprint, TimestampRequest } from '../tsp/request.ts';
import { describeStatus, type TimestampResponse } from '../tsp/response.ts';
import { parseTimestampToken, type TimestampToken } from '../tsp/token.ts';
import { type Catalogue, fill } from './catalogue.ts';
import { detailIn } from './detail.ts';
import { certificateSections, certificatesJson } from './inspect-revocation.ts';
import { generalNameJson, generalNameText, identifierText, pairs } from './inspect-shared.ts';
import { type Section, section } from './section.ts';
import { dateTime } from './sentence.ts';

export const timestampDetails = ({ tstInfo, signedData }: TimestampToken) => ({
  type: 'timestamp-token' as const,
  time: toIso(tstInfo.time),
  accuracyMilliseconds: tstInfo.accuracy,
  ordering: tstInfo.ordering,
  policy: tstInfo.policy,
  serial: tstInfo.serial,
  nonce: tstInfo.nonce && toHex(tstInfo.nonce),
  tsa: tstInfo.tsa && generalNameJson(tstInfo.tsa),
  imprint: imprintJson(tstInfo.imprint),
  extensions: tstInfo.extensions,
  certificates: certificatesJson(signedData.certificates),
});

export function timestampSection({ tstInfo, signedData }: TimestampToken, words: Catalogue): Section {
  const { inspect } = words;
  return section(
    inspect.timestampToken,
    [
      [inspect.time, dateTime(tstInfo.time, words)],
      [inspect.accuracy, tstInfo.accuracy === null ? inspect.notStated : fill(inspect.accuracyValue, { seconds: tstInfo.accuracy / 1000 })],
      [inspect.ordering, tstInfo.ordering ? inspect.orderingYes : null],
      [inspect.tsa, tstInfo.tsa === null ? inspect.notStated : generalNameText(tstInfo.tsa, words)],
      [inspect.policy, identifierText(tstInfo.policy, words)],
      [inspect.serial, pairs(tstInfo.serial)],
      [inspect.imprint, imprintText(tstInfo.imprint, words)],
      [inspect.nonce, tstInfo.nonce && toHex(tstInfo.nonce)],
      [inspect.extensions, tstInfo.extensions.map((oid) => identifierText(oid, words))],
    ],
    certificateSections(signedData.certificates, words),
  );
}

export const timestampRequestDetails = (request: TimestampRequest) => ({
  type: 'timestamp-request' as const,
  imprint: imprintJson(request.imprint),
  policy: request.policy,
  nonce: request.nonce && toHex(request.nonce),
  certificateRequested: request.certReq,
});

export function timestampRequestSection(request: TimestampRequest, words: Catalogue): Section {
  const { inspect } = words;
  return section(inspect.timestampRequest, [
    [inspect.imprint, imprintText(request.imprint, words)],
    [inspect.policy, request.policy === null ? null : identifierText(request.policy, words)],
    [inspect.nonce, request.nonce && toHex(request.nonce)],
    [inspect.wantsCertificate, request.certReq ? inspect.yes : inspect.no],
  ]);
}

export function timestampResponseDetails(response: TimestampResponse) {
  const token = response.token && parseTimestampToken(response.token);
  return {
    type: 'timestamp-response' as const,
    status: response.status,
    statusText: describeStatus(response),
    token: token && (token.ok ? timestampDetails(token.value) : { unreadable: token.malformed.reason }),
  };
}

export function timestampResponseSection(response: TimestampResponse, words: Catalogue): Section {
  const { inspect } = words;
  const token = response.token && parseTimestampToken(response.token);
  return section(
    inspect.timestampResponse,
    [
      [inspect.status, describeStatus(response)],
      [inspect.unreadable, token?.ok === false ? detailIn(token.malformed.reason, words) : null],
    ],
    token?.ok ? [timestampSection(token.value, words)] : [],
  );
}

const imprintJson = ({ digest, digestOid, hash }: MessageImprint) => ({ digest: digest ?? digestOid, hash: toHex(hash) });

const imprintText = ({ digest, digestOid, hash }: MessageImprint, { inspect }: Catalogue): string =>
  fill(inspect.imprintValue, { digest: digest ?? digestOid, hash: toHex(hash) });
