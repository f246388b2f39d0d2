/** OCSP responders over HTTP (RFC 6960, appendix A; RFC 9654 for the nonce). */
import { randomBytes } from 'node:crypto';
import type { Bytes } from '../base/bytes.ts';
import { equal } from '../base/bytes.ts';
import { plain } from '../crypto/digest.ts';
import type { Certificate } from '../pki/certificate.ts';
import { answersFor, parseOcspResponse } from '../pki/ocsp.ts';
import { encodeOcspRequest } from '../pki/ocsp-request.ts';
import type { RevocationSource } from '../pki/revocation-source.ts';
import { clientOf, fetchUsable, type HttpSourceOptions, webUrls } from './source.ts';

/**
 * Asks the responders that a certificate names, in turn, until one gives an answer about it. An answer with another nonce
 * than the one sent is passed over (a replay); one without a nonce is given on, for many responders answer in advance: the
 * freshness that is wanted is a matter of policy.
 */
export function httpOcspSource(options: HttpSourceOptions = {}): RevocationSource {
  const client = clientOf('httpOcspSource', options);
  return {
    find: async (certificate, issuer) => {
      for (const url of webUrls(certificate.authorityInfoAccess?.ocsp ?? [], MAXIMUM_URLS)) {
        const nonce = plain(randomBytes(NONCE_LENGTH));
        const request = {
          url,
          body: { type: 'application/ocsp-request', bytes: encodeOcspRequest({ certificate, issuer, nonce }) },
          accept: 'application/ocsp-response',
          maximumBytes: MAXIMUM_RESPONSE,
          repeatable: true,
        };
        const response = await fetchUsable(client, request, ({ body }) => problemOf(body, certificate, issuer, nonce));
        if (response) return [{ kind: 'ocsp', bytes: response.body }];
      }
      return [];
    },
  };
}

function problemOf(body: Bytes, certificate: Certificate, issuer: Certificate, nonce: Bytes): string | null {
  const response = parseOcspResponse(body);
  if (!response.ok) return `not an OCSP response: ${response.malformed.reason}`;
  const { status, basic } = response.value;
  if (!basic) return `the responder answered ${status}`;
  if (basic.nonce && !equal(basic.nonce, nonce)) return 'the nonce is not the one sent';
  return answersFor(basic, certificate, issuer).length === 0 ? 'the answer is about another certificate' : null;
}

/** As long as RFC 9654, 2.1 wants it from clients. */
const NONCE_LENGTH = 32;
const MAXIMUM_URLS = 3;
const MAXIMUM_RESPONSE = 1024 * 1024;
