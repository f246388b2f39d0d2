/** Issuers' certificates and revocation data from where the certificates say. */
import type { CertificateSource } from '../pki/certificate-source.ts';
import type { RevocationSource } from '../pki/revocation-source.ts';

export async function webSources(): Promise<{ readonly certificates: CertificateSource; readonly revocations: RevocationSource }> {
  const { httpCertificateSource, httpClient, httpRevocationSource, memoryCache } = await import('../net/index.ts');
  const client = httpClient({ cache: memoryCache() });
  return { certificates: httpCertificateSource({ client }), revocations: httpRevocationSource({ client }) };
}
