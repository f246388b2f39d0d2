/** The ports made real over HTTP (RFC 9110): time-stamps, OCSP, CRLs and issuers' certificates, bounded and guarded. */
export { type AllowPrivate, givenHosts, isPublicAddress } from './address.ts';
export { httpCertificateSource } from './aia.ts';
export { type CachedAnswer, type HttpCache, memoryCache } from './cache.ts';
export { httpCrlSource } from './crl.ts';
export { type DiskCacheOptions, diskCache } from './disk-cache.ts';
export type { Credentials, TlsOptions } from './exchange.ts';
export { type FolderSource, type FolderSourceOptions, folderSource } from './folder.ts';
export {
  type HttpClient,
  type HttpOptions,
  type HttpRequest,
  type HttpResponse,
  httpClient,
  type NetworkEvent,
} from './http.ts';
export { type FetchedLists, type FetchListsOptions, fetchLists } from './lists.ts';
export { httpOcspSource } from './ocsp.ts';
export { httpRevocationSource } from './revocation.ts';
export type { HttpSourceOptions } from './source.ts';
export { type HttpTimestampOptions, httpTimestampAuthority, type TimestampServer } from './timestamp.ts';
