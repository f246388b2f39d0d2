/** Where webhooks may go: public https addresses, checked when an address is saved and again at every delivery. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isPublicAddress } from 'adeskit/net';
import { ServiceFault } from '../domain/fault.ts';

/**
 * The address, normalized. Throws `ServiceFault` `unsafe-url` where it is not https, names a user, or leads to an address that
 * is not public; `privateHosts` are excepted, also from https.
 */
export async function safeTarget(text: string, privateHosts: readonly string[]): Promise<string> {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) throw new ServiceFault('unsafe-url', 'This is no web address.', { field: 'url' });
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  if (url.username !== '' || url.password !== '')
    throw new ServiceFault('unsafe-url', 'The address must not name a user.', { field: 'url' });
  url.hash = '';
  if (privateHosts.includes(host) || privateHosts.includes(`${host}:${port}`)) return url.href;
  if (url.protocol !== 'https:') throw new ServiceFault('unsafe-url', 'The address must begin with https.', { field: 'url' });
  const addresses = isIP(host) > 0 ? [host] : await resolved(host);
  if (addresses !== null && (addresses.length === 0 || !addresses.every(isPublicAddress)))
    throw new ServiceFault('unsafe-url', 'The address does not lead to the public Internet.', { field: 'url' });
  return url.href;
}

/** Null for a name that nobody knows now: the connection is looked at again, and goes to public addresses only. */
async function resolved(host: string): Promise<string[] | null> {
  if (/(^|\.)localhost\.?$/i.test(host)) return [];
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    return null;
  }
}
