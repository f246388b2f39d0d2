/** Issuers' certificates over HTTP, from the places a certificate names (RFC 5280, 4.2.2.1). */
import type { Bytes } from '../base/bytes.ts';
import { parseSignedData } from '../cms/signed-data.ts';
import { parseCertificate } from '../pki/certificate.ts';
import type { CertificateSource } from '../pki/certificate-source.ts';
import { fromPem } from './pem.ts';
import { clientOf, fetchUsable, type HttpSourceOptions, sharing, webUrls } from './source.ts';

/** Fetches what the caIssuers locations of a certificate hold: a certificate in DER or PEM, or a certs-only CMS. */
export function httpCertificateSource(options: HttpSourceOptions = {}): CertificateSource {
  const client = clientOf('httpCertificateSource', options);
  const load = sharing(async (url): Promise<readonly Bytes[]> => {
    const request = { url, accept: 'application/pkix-cert, application/pkcs7-mime', maximumBytes: MAXIMUM_BYTES };
    const response = await fetchUsable(client, request, ({ body }) => (certificatesIn(body).length > 0 ? null : 'no certificate'));
    return response ? certificatesIn(response.body) : [];
  });
  return {
    issuersOf: async (certificate) => {
      const urls = webUrls(certificate.authorityInfoAccess?.caIssuers ?? [], MAXIMUM_URLS);
      return (await Promise.all(urls.map(load))).flat();
    },
  };
}

/** Certificates (DER) that an answer holds, in any of the three forms; those that cannot be read are left out. */
export function certificatesIn(body: Bytes): readonly Bytes[] {
  if (parseCertificate(body).ok) return [body];
  const signedData = parseSignedData(body);
  const found = signedData.ok ? signedData.value.certificates : fromPem(body, 'CERTIFICATE', MAXIMUM_CERTIFICATES);
  return found.slice(0, MAXIMUM_CERTIFICATES).filter((bytes) => parseCertificate(bytes).ok);
}

const MAXIMUM_URLS = 3;
const MAXIMUM_BYTES = 1024 * 1024;
const MAXIMUM_CERTIFICATES = 50;
