/** Time-stamps: requests, responses, tokens, and what is to be checked of each (RFC 3161, RFC 5816). */
export { checkTimestampResponse } from './check-response.ts';
export { type StampedTime, timeOrder } from './order.ts';
export { type ImprintTarget, readTimestamp, type TimestampReading } from './read.ts';
export { encodeTimestampRequest, parseTimestampRequest } from './request.ts';
export { parseTimestampResponse } from './response.ts';
export type { TimestampAuthority } from './timestamp-authority.ts';
export { parseTimestampToken, type TimestampToken } from './token.ts';
