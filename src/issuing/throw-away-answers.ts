/** What the throw-away PKI answers: the right CRLs, OCSP responses and time-stamps, and by name the wrong ones that tests need. */
import { randomBytes } from 'node:crypto';
import { der } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { type OcspRequest, parseOcspRequest } from '../pki/ocsp-request.ts';
import { parseTimestampRequest } from '../tsp/request.ts';
import { encodeTimestampResponse } from '../tsp/response.ts';
import { currentCrl, isAddressed, statusOf } from './authority.ts';
import { randomSerial } from './certificate.ts';
import type { IssuingKey } from './issuing-key.ts';
import { issueOcspError, issueOcspResponse, type OcspResponseToIssue, type SingleResponseToIssue } from './ocsp.ts';
import type { AuthorityId, ServedAuthority, ThrowAwayPki } from './throw-away-pki.ts';
import { issueTimestamp, issueTimestampToken } from './timestamp.ts';

export type CrlVariant = (typeof CRL_VARIANTS)[number];
export const CRL_VARIANTS = ['right', 'expired', 'wrong-key', 'broken'] as const;

/** DER CRL of an authority. */
export async function answerCrl(pki: ThrowAwayPki, id: AuthorityId, variant: CrlVariant = 'right'): Promise<Bytes> {
  const { authority } = pki.authorities[id];
  const [thisUpdate, nextUpdate] = updatesOf(pki.clock(), variant === 'expired');
  const key = variant === 'wrong-key' ? pki.timestampIssuer.key : authority.key;
  return currentCrl(authority, thisUpdate, nextUpdate, variant === 'broken' ? misSigning(key) : key);
}

export type OcspVariant = (typeof OCSP_VARIANTS)[number];
export const OCSP_VARIANTS = [
  'right',
  'direct',
  'expired',
  'no-nonce',
  'wrong-nonce',
  'other-certificate',
  'wrong-responder',
  'broken',
  'unknown',
  'try-later',
  'unauthorized',
  'garbage',
] as const;

/** DER OCSPResponse to a DER OCSPRequest. */
export async function answerOcsp(pki: ThrowAwayPki, request: Bytes, variant: OcspVariant = 'right'): Promise<Bytes> {
  if (variant === 'garbage') return GARBAGE;
  if (variant === 'try-later') return issueOcspError('tryLater');
  const read = parseOcspRequest(request);
  if (!read.ok) return issueOcspError('malformedRequest');
  const served = Object.values(pki.authorities).find(({ authority }) => read.value.certIds.every((one) => isAddressed(authority, one)));
  if (!served || variant === 'unauthorized') return issueOcspError('unauthorized');
  const now = pki.clock();
  return issueOcspResponse({
    ...responderOf(pki, served, variant),
    producedAt: updatesOf(now, variant === 'expired')[0],
    responses: singlesOf(served, read.value, variant, now),
    nonce: nonceOf(read.value, variant),
  });
}

export type TsaVariant = (typeof TSA_VARIANTS)[number];
export const TSA_VARIANTS = [
  'right',
  'wrong-nonce',
  'no-nonce',
  'wrong-imprint',
  'wrong-usage',
  'no-certificate',
  'broken',
  'rejected',
  'garbage',
] as const;

/** DER TimeStampResp to a DER TimeStampReq. */
export async function answerTimestamp(pki: ThrowAwayPki, request: Bytes, variant: TsaVariant = 'right'): Promise<Bytes> {
  const issuer = pki.timestampIssuer;
  const at = pki.clock();
  const serial = randomSerial();
  if (variant === 'garbage') return GARBAGE;
  if (variant === 'rejected') return encodeTimestampResponse({ status: 'rejection', failure: 'systemFailure', text: 'out of order today' });
  const read = parseTimestampRequest(request);
  if (variant === 'right' || !read.ok || !read.value.imprint.digest) return issueTimestamp({ issuer, request, at, serial });
  const { imprint, nonce } = read.value;
  const { key, certificate } = pki.authorities.issuing.responder;
  const token = await issueTimestampToken({
    issuer: {
      ...issuer,
      ...(variant === 'wrong-usage' ? { key, certificate } : {}),
      ...(variant === 'broken' ? { key: misSigning(issuer.key) } : {}),
    },
    digest: read.value.imprint.digest,
    imprint: variant === 'wrong-imprint' ? withLastOctetChanged(imprint.hash) : imprint.hash,
    nonce: variant === 'wrong-nonce' ? Uint8Array.of(0x2a, ...randomBytes(8)) : variant === 'no-nonce' ? null : nonce,
    certificates: variant === 'no-certificate' ? 'left out' : 'included',
    at,
    serial,
  });
  return encodeTimestampResponse({ status: 'granted', token });
}

function responderOf(
  pki: ThrowAwayPki,
  { authority, responder }: ServedAuthority,
  variant: OcspVariant,
): Pick<OcspResponseToIssue, 'key' | 'certificates'> {
  if (variant === 'direct') return { key: authority.key, certificates: [] };
  const { key, certificate } = variant === 'wrong-responder' ? pki.timestampIssuer : responder;
  return { key: variant === 'broken' ? misSigning(key) : key, certificates: [certificate] };
}

/** The key, with each signature spoilt. */
const misSigning = (key: IssuingKey): IssuingKey => ({ ...key, sign: async (message) => withLastOctetChanged(await key.sign(message)) });

function singlesOf({ authority }: ServedAuthority, read: OcspRequest, variant: OcspVariant, now: Instant): SingleResponseToIssue[] {
  const [thisUpdate, nextUpdate] = updatesOf(now, variant === 'expired');
  return read.certIds.map(({ contents, serial }) => ({
    certId: der.sequence(variant === 'other-certificate' ? withLastOctetChanged(contents) : contents),
    status: variant === 'unknown' ? 'unknown' : statusOf(authority, serial, thisUpdate),
    thisUpdate,
    nextUpdate,
  }));
}

function nonceOf({ nonce }: OcspRequest, variant: OcspVariant): Bytes | null {
  if (variant === 'no-nonce' || nonce === null) return null;
  return variant === 'wrong-nonce' ? randomBytes(nonce.length) : nonce;
}

/** Whole seconds, so that statuses and times agree. */
const updatesOf = (now: Instant, expired: boolean): readonly [thisUpdate: Instant, nextUpdate: Instant] => {
  const second = Math.floor(now / 1000) * 1000;
  return expired ? [second - 10 * DAY, second - 3 * DAY] : [second, second + 7 * DAY];
};

function withLastOctetChanged(bytes: Bytes): Bytes {
  const changed = bytes.slice();
  const last = changed.length - 1;
  changed[last] = (changed[last] as number) ^ 1;
  return changed;
}

const GARBAGE = der.octetString(new Uint8Array(20));
const DAY = 24 * 3_600_000;
