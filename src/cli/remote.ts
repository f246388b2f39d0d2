/** A key at a remote signing service, by the API of the Cloud Signature Consortium: the service and the credential that options name, and their secrets. */
import type { Signer } from '../crypto/signer.ts';
import type { CscService } from '../keys/csc.ts';
import { type Arguments, fromEnvironment, type Option, Usage } from './arguments.ts';
import { readBytes } from './files.ts';
import { pinFrom } from './token.ts';

export const SERVICE_OPTIONS: Readonly<Record<string, Option>> = {
  csc: { value: 'URL', help: 'key at a signing service: where its CSC API is, up to /csc/v1 or /csc/v2 where it is not version 2' },
  'csc-token-env': { value: 'VAR', help: 'environment variable that holds the access token (OAuth 2.0 bearer)' },
  'csc-token-file': { value: 'FILE', help: 'file that holds the access token' },
};

export const REMOTE_OPTIONS: Readonly<Record<string, Option>> = {
  ...SERVICE_OPTIONS,
  credential: { value: 'ID', help: 'identifier of the key at the service; with one key not needed' },
  'otp-env': { value: 'VAR', help: 'environment variable that holds a one-time password, where the service wants one' },
};

/** The service; nothing is asked of it yet. Throws `Usage`, `Fault`. */
export async function serviceFrom(args: Arguments): Promise<CscService> {
  const url = args.get('csc');
  if (url === undefined) throw new Usage('--csc URL is missing');
  if (!URL.canParse(url)) throw new Usage(`--csc ${url} is not a URL`);
  const [{ cscService }, { givenHosts }] = await Promise.all([import('../keys/csc.ts'), import('../net/address.ts')]);
  // What a person names may be on the own network; what it leads to may not.
  return cscService({ url, token: tokenFrom(args), http: { allowPrivate: givenHosts([url]) } });
}

/** Asks the service for the key, and for its PIN where it wants one. Throws `Usage`, `Fault`. */
export async function remoteSigner(args: Arguments, scheme: { readonly scheme?: 'RSASSA-PSS' }): Promise<Signer> {
  const service = await serviceFrom(args);
  const credential = await service.credential(args.get('credential') ?? (await onlyOne(service)));
  const otp = fromEnvironment(args, 'otp-env');
  const pin = credential.authMode === 'explicit' ? await pinFrom(args, `the key ${credential.id}`) : null;
  if (credential.authMode === 'explicit' && pin === null && otp === undefined)
    throw new Usage(`the key ${credential.id} is used with a PIN: --pin-env VAR or --pin-file FILE`);
  return service.signer({ credential, ...(pin !== null && { pin }), ...(otp !== undefined && { otp }), ...scheme });
}

async function onlyOne(service: CscService): Promise<string> {
  const ids = await service.credentials();
  const [only, more] = ids;
  if (only === undefined) throw new Usage('the signing service has no key for this access token');
  if (more !== undefined)
    throw new Usage(`the signing service has ${ids.length} keys, tell which by --credential: ${ids.slice(0, 20).join(', ')}`);
  return only;
}

/** Never an argument: those are seen by everybody on the machine. */
function tokenFrom(args: Arguments): string {
  const [given, file] = [fromEnvironment(args, 'csc-token-env'), args.get('csc-token-file')];
  if (given !== undefined && file !== undefined) throw new Usage('give --csc-token-env or --csc-token-file, not both');
  const token = given ?? (file === undefined ? undefined : Buffer.from(readBytes(file)).toString('utf8').trim());
  if (token === undefined || token === '') throw new Usage('--csc needs its access token: --csc-token-env VAR or --csc-token-file FILE');
  return token;
}
