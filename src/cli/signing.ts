/** What `sign` and `prepare` share: the key, the authority, the place where the signature shows. */
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import type { DigestName } from '../crypto/names.ts';
import type { Signer } from '../crypto/signer.ts';
import type { TimestampAuthority } from '../tsp/timestamp-authority.ts';
import { type Arguments, fromEnvironment, type Option, oneOf, Usage } from './arguments.ts';
import { aboutFile, readBytes } from './files.ts';
import { OPENING_OPTIONS } from './password.ts';
import { REMOTE_OPTIONS, remoteSigner } from './remote.ts';
import { TOKEN_OPTIONS, tokenFrom } from './token.ts';

export const KEY_OPTIONS: Readonly<Record<string, Option>> = {
  p12: { value: 'FILE', help: 'key and certificates in a PKCS#12 file' },
  key: { value: 'FILE', help: 'private key, PEM or DER' },
  cert: { value: 'FILE', help: 'certificate of the key, PEM (also with its chain) or DER' },
  chain: { value: 'FILE', many: true, help: 'certificates of the issuers' },
  'pass-env': { value: 'VAR', help: 'environment variable that holds the password of the key' },
  pss: { help: 'let an RSA key sign by RSASSA-PSS' },
  ...TOKEN_OPTIONS,
  ...REMOTE_OPTIONS,
  'key-label': { value: 'L', help: 'label of the key on the token' },
  'key-id': { value: 'HEX', help: 'identifier of the key on the token (CKA_ID); neither: the key of --cert, or the only one' },
};

export const APPEARANCE_OPTIONS: Readonly<Record<string, Option>> = {
  digest: { value: 'NAME', help: 'sha256, sha384, sha512, sha3-256, sha3-384 or sha3-512' },
  field: { value: 'NAME', help: 'empty signature field to sign in, or name of the new one' },
  reason: { value: 'TEXT', help: 'reason that the signer states' },
  location: { value: 'TEXT', help: 'place that the signer states' },
  contact: { value: 'TEXT', help: 'how to reach the signer' },
  ...OPENING_OPTIONS,
};

export const FORMAT_OPTIONS: Readonly<Record<string, Option>> = {
  format: {
    value: 'NAME',
    help: 'pades (default); cades, for any file; xades: XML documents and any file; asic-s, asic-e: files in a container',
  },
  level: { value: 'LEVEL', help: 'B (default), T (time-stamp), LT (and revocation data) or LTA (and archive time-stamp)' },
  tsa: { value: 'URL', many: true, help: 'time-stamping authority; several are tried in turn' },
  trust: { value: 'FILE|DIR', many: true, help: 'trusted certificates, for levels LT and LTA' },
};

/** Says so where an option or a value belongs to a later version. */
export function refuseUnsupported(args: Arguments, formats: readonly string[] = ['pades']): void {
  const format = oneOf(args, 'format', ['pades', 'xades', 'cades', 'asic-s', 'asic-e', 'jades'], 'pades');
  if (!formats.includes(format)) throw new Fault('unsupported', `--format ${format}: not supported yet`);
}

/** The key that the options name. Throws `Usage`, `Fault`. */
export async function signerFrom(args: Arguments): Promise<Signer> {
  const password = fromEnvironment(args, 'pass-env');
  const scheme = args.has('pss') ? ({ scheme: 'RSASSA-PSS' } as const) : {};
  const [p12, key] = [args.get('p12'), args.get('key')];
  if ([p12, key, args.get('pkcs11'), args.get('csc')].filter((given) => given !== undefined).length > 1)
    throw new Usage('give one of --p12, --key, --pkcs11 and --csc');
  if (args.has('pkcs11')) return tokenSigner(args, scheme);
  if (args.has('csc')) return remoteSigner(args, scheme);
  if (p12 !== undefined) {
    if (password === undefined) throw new Usage('--p12 needs --pass-env VAR, the environment variable that holds its password');
    const { openPkcs12 } = await import('../keys/pkcs12.ts');
    return about(p12, () => openPkcs12(readBytes(p12), password, scheme));
  }
  if (key === undefined)
    throw new Usage(
      'no key given: --p12 FILE --pass-env VAR, --key FILE --cert FILE, --pkcs11 MODULE --token LABEL, or --csc URL --credential ID',
    );
  const certificates = certificateFiles(args);
  const { openPem } = await import('../keys/signer.ts');
  return about(key, () =>
    openPem({
      key: readBytes(key),
      ...(certificates.length > 0 && { certificates }),
      ...(password !== undefined && { password }),
      ...scheme,
    }),
  );
}

/** The key on a token; `--cert` names it where neither label nor identifier does, and gives the certificate where the token has none. */
async function tokenSigner(args: Arguments, scheme: { readonly scheme?: 'RSASSA-PSS' }): Promise<Signer> {
  const [{ readCertificates }, token] = await Promise.all([import('../keys/pem.ts'), tokenFrom(args)]);
  const [label, id] = [args.get('key-label'), args.get('key-id')];
  const certificates = certificateFiles(args).flatMap(readCertificates);
  const [first] = certificates;
  const byCertificate = label === undefined && id === undefined && args.has('cert') && first !== undefined;
  return token.signer({
    ...(label !== undefined && { label }),
    ...(id !== undefined && { id }),
    ...(byCertificate && { certificate: first }),
    ...(certificates.length > 0 && { certificates }),
    ...scheme,
  });
}

export function certificateFiles(args: Arguments): Bytes[] {
  const cert = args.get('cert');
  return [...(cert === undefined ? [] : [cert]), ...args.all('chain')].map(readBytes);
}

/** The authorities in the order given; undefined where there is none. */
export async function authorityFrom(args: Arguments): Promise<TimestampAuthority | undefined> {
  const urls = args.all('tsa');
  if (urls.length === 0) return undefined;
  for (const url of urls) if (!URL.canParse(url)) throw new Usage(`--tsa ${url} is not a URL`);
  const [{ httpTimestampAuthority }, { givenHosts }] = await Promise.all([import('../net/timestamp.ts'), import('../net/address.ts')]);
  // What a person names may be on the own network; what it leads to may not.
  return httpTimestampAuthority({ urls: urls.map(serverOf), allowPrivate: givenHosts(urls) });
}

/** A URL with `user:password@` asks for basic authentication. */
function serverOf(text: string): string | { readonly url: string; readonly auth: { readonly user: string; readonly password: string } } {
  const url = new URL(text);
  if (url.username === '') return text;
  const auth = { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  url.username = '';
  url.password = '';
  return { url: url.href, auth };
}

export interface Appearance {
  readonly digest?: DigestName;
  readonly field?: string;
  readonly reason?: string;
  readonly location?: string;
  readonly contact?: string;
}

export function appearanceFrom(args: Arguments): Appearance {
  const digest = digestFrom(args);
  const stated = ['field', 'reason', 'location', 'contact'] as const;
  return {
    ...Object.fromEntries(stated.filter((option) => args.has(option)).map((option) => [option, args.get(option)])),
    ...(digest !== undefined && { digest }),
  };
}

function digestFrom(args: Arguments): DigestName | undefined {
  const given = args.get('digest');
  if (given === undefined) return undefined;
  const digest = DIGESTS[given.toLowerCase()];
  if (digest === undefined) throw new Usage(`--digest is '${given}', but can be ${Object.keys(DIGESTS).join(', ')} only`);
  return digest;
}

/** Names the file in what is wrong with its content. */
function about<T>(path: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    throw aboutFile(path, error);
  }
}

const DIGESTS: Readonly<Record<string, DigestName>> = {
  sha256: 'SHA-256',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
  'sha3-256': 'SHA3-256',
  'sha3-384': 'SHA3-384',
  'sha3-512': 'SHA3-512',
};
