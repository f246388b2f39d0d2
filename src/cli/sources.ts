/** Issuers' certificates and revocation data: from files at hand, and from where the certificates say. */
import { statSync } from 'node:fs';
import { Fault } from '../base/fault.ts';
import type { CertificateSource } from '../pki/certificate-source.ts';
import type { RevocationSource } from '../pki/revocation-source.ts';
import { type Arguments, type Option, Usage } from './arguments.ts';

export const CACHE_OPTION: Readonly<Record<string, Option>> = {
  cache: { value: 'DIR', help: 'keep what is fetched in DIR, for this and other runs' },
};

export const SOURCE_OPTIONS: Readonly<Record<string, Option>> = {
  revocation: { value: 'FILE|DIR', many: true, help: 'CRLs and OCSP responses, DER or PEM, to use beside those of the file; issuers too' },
  ...CACHE_OPTION,
};

export interface Sources {
  readonly certificates: CertificateSource;
  readonly revocations: RevocationSource;
}

export interface FetchOptions {
  /** What may be fetched from although it is on the own network. */
  readonly allowPrivate?: readonly string[];
  /** Nothing that was kept may stand in the way of newer data. */
  readonly alwaysAnew?: boolean;
}

/** By `--revocation`, `--cache` and `--offline`; undefined where nothing is to be asked. Throws `Usage`, `Fault`. */
export async function sourcesFrom(args: Arguments, options: FetchOptions = {}): Promise<Sources | undefined> {
  const offline = args.has('offline');
  if (offline && args.has('cache')) throw new Usage('--cache keeps what is fetched, and --offline fetches nothing: give one of them');
  if (options.alwaysAnew && args.has('cache')) throw new Usage('--wait asks anew each time, which --cache would not: give one of them');
  const local = await localSources(args.all('revocation'));
  if (offline) return local;
  const web = await webSources(args.get('cache'), options);
  return local === undefined ? web : both(local, web);
}

async function localSources(paths: readonly string[]): Promise<Sources | undefined> {
  if (paths.length === 0) return undefined;
  const { folderSource } = await import('../net/index.ts');
  // A folder may hold anything; a file that is named has to be of use.
  const source = folderSource(paths, {
    onSkipped: (path, why) => {
      if (paths.includes(path) && statSync(path).isFile()) throw new Fault('malformed-input', `${path}: ${why}`);
    },
  });
  return { certificates: source, revocations: source };
}

async function webSources(folder: string | undefined, { allowPrivate = [], alwaysAnew = false }: FetchOptions): Promise<Sources> {
  const { diskCache, httpCertificateSource, httpClient, httpRevocationSource, memoryCache } = await import('../net/index.ts');
  const cache = folder === undefined ? memoryCache() : diskCache(folder);
  const client = httpClient({ ...(allowPrivate.length > 0 && { allowPrivate }), ...(alwaysAnew ? {} : { cache }) });
  return { certificates: httpCertificateSource({ client }), revocations: httpRevocationSource({ client }) };
}

/** Issuers at hand spare the network; revocation data at hand may be older than what there is to fetch. */
const both = (local: Sources, web: Sources): Sources => ({
  certificates: {
    issuersOf: async (certificate) => {
      const found = await local.certificates.issuersOf(certificate);
      return found.length > 0 ? found : web.certificates.issuersOf(certificate);
    },
  },
  revocations: {
    find: async (certificate, issuer) => [
      ...(await local.revocations.find(certificate, issuer)),
      ...(await web.revocations.find(certificate, issuer)),
    ],
  },
});
