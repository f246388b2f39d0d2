/** CRLs over HTTP, from the distribution points a certificate names (RFC 5280, 4.2.1.13, 4.2.1.15 and 5.2.6). */
import type { Bytes } from '../base/bytes.ts';
import { parseCrl } from '../pki/crl.ts';
import type { DistributionPoint } from '../pki/extensions.ts';
import { urisOf } from '../pki/general-name.ts';
import type { RevocationSource } from '../pki/revocation-source.ts';
import { fromPem } from './pem.ts';
import { clientOf, fetchUsable, type HttpSourceOptions, sharing, webUrls } from './source.ts';

/**
 * Fetches one CRL from each distribution point, and the delta CRLs that go with them. Several certificates of one issuer
 * asked for at a time share a download; across time the client's cache does, as HTTP allows it.
 */
export function httpCrlSource(options: HttpSourceOptions = {}): RevocationSource {
  const client = clientOf('httpCrlSource', options);
  const load = sharing(async (url): Promise<Bytes | null> => {
    const request = { url, accept: 'application/pkix-crl', maximumBytes: MAXIMUM_CRL };
    const response = await fetchUsable(client, request, ({ body }) => (asCrl(body) ? null : 'not a CRL'));
    return response && asCrl(response.body);
  });
  const loadFrom = async (points: readonly DistributionPoint[] | null): Promise<Bytes[]> => {
    const found: Bytes[] = [];
    for (const point of (points ?? []).slice(0, MAXIMUM_POINTS)) {
      if (point.name?.kind !== 'full') continue;
      for (const url of webUrls(urisOf(point.name.names), MAXIMUM_URLS)) {
        const crl = await load(url);
        if (crl) found.push(crl);
        if (crl) break;
      }
    }
    return found;
  };
  return {
    find: async (certificate) => {
      const complete = await loadFrom(certificate.crlDistributionPoints);
      const deltas = await loadFrom(certificate.freshestCrl ?? complete.flatMap(freshestOf));
      return [...complete, ...deltas].map((bytes) => ({ kind: 'crl', bytes }) as const);
    },
  };
}

const freshestOf = (bytes: Bytes): readonly DistributionPoint[] => {
  const crl = parseCrl(bytes);
  return (crl.ok && crl.value.freshestCrl) || [];
};

/** DER of a CRL, given as DER or, as some servers do, as PEM. */
function asCrl(body: Bytes): Bytes | null {
  if (parseCrl(body).ok) return body;
  const [first] = body[0] === 0x30 ? [] : fromPem(body, 'X509 CRL', 1);
  return first && parseCrl(first).ok ? first : null;
}

const MAXIMUM_POINTS = 8;
const MAXIMUM_URLS = 3;
/** A CRL of a million entries has 40 MB. */
const MAXIMUM_CRL = 64 * 1024 * 1024;
