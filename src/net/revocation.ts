/** Revocation data over HTTP: OCSP first, CRLs where no responder answers, or the other way round (RFC 6960; RFC 5280). */
import type { RevocationSource } from '../pki/revocation-source.ts';
import { httpCrlSource } from './crl.ts';
import { httpOcspSource } from './ocsp.ts';
import { clientOf, type HttpSourceOptions } from './source.ts';

/** Gives what the first kind of source has, and asks the second only where that is nothing. */
export function httpRevocationSource(options: HttpSourceOptions = {}, first: 'ocsp' | 'crl' = 'ocsp'): RevocationSource {
  const client = clientOf('httpRevocationSource', options);
  const sources = [httpOcspSource({ client }), httpCrlSource({ client })];
  if (first === 'crl') sources.reverse();
  return {
    find: async (certificate, issuer) => {
      for (const source of sources) {
        const found = await source.find(certificate, issuer);
        if (found.length > 0) return found;
      }
      return [];
    },
  };
}
