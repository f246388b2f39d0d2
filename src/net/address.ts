/** Which network addresses may be asked: only public ones, unless the caller says otherwise (RFC 6890 and the registries it started). */
import { lookup as systemLookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Fault } from '../base/fault.ts';

/** `true`: any address; a list: these hosts (`name`, or `name:port`), whatever their address; `false`: public addresses only. */
export type AllowPrivate = boolean | readonly string[];

/** True for an address of the public Internet: not loopback, private, link-local, shared, multicast, reserved, or one that embeds such. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  return !NOT_PUBLIC.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** True where the caller allows this host whatever its address. */
export function isAllowedHost(url: URL, allow: AllowPrivate): boolean {
  if (typeof allow === 'boolean') return allow;
  return allow.includes(hostOf(url)) || allow.includes(hostAndPort(url));
}

/** An {@link AllowPrivate} for exactly the hosts and ports of these URLs: what a person named may be private, what it leads to may not. */
export const givenHosts = (urls: readonly string[]): string[] =>
  urls.flatMap((url) => (URL.canParse(url) ? [hostAndPort(new URL(url))] : []));

const hostAndPort = (url: URL): string => `${hostOf(url)}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`;

/** Host of a URL as a name or as an address without brackets. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');

/** Throws `Fault` `refused` where the host is written as an address that is not public, or as a local name (which no resolver is asked for). */
export function refusePrivateHost(url: URL): void {
  const host = hostOf(url);
  const local = isIP(host) === 0 ? /(^|\.)localhost$/.test(host) : !isPublicAddress(host);
  if (local) throw privateAddress(host);
}

/** A resolver for `net.connect` that passes on only public addresses: what it answers is what is connected to, so no second answer can differ. */
export function publicLookup(resolve: LookupFunction = systemLookup as LookupFunction): LookupFunction {
  return (host, options, callback) => {
    resolve(host, { ...options, all: true }, (error, found, family) => {
      if (error) return callback(error, '', 0);
      const all = Array.isArray(found) ? found : [{ address: found as string, family: family ?? 4 }];
      const addresses = all.filter(({ address }) => isPublicAddress(address));
      const [first] = addresses;
      if (!first) return callback(privateAddress(host) as NodeJS.ErrnoException, '', 0);
      if (options.all) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}

const privateAddress = (host: string): Fault => new Fault('refused', `${host} is not a public address`);

const IPV4: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** IPv4-mapped addresses need no entry: they are checked as the IPv4 addresses they are. */
const IPV6: readonly (readonly [network: string, prefix: number])[] = [
  ['::', 96],
  ['::ffff:0:0:0', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

const NOT_PUBLIC = notPublic();

function notPublic(): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of IPV4) {
    list.addSubnet(network, prefix, 'ipv4');
    // The same networks as NAT64 writes them (RFC 6052, 2.1).
    list.addSubnet(`64:ff9b::${network}`, 96 + prefix, 'ipv6');
  }
  for (const [network, prefix] of IPV6) list.addSubnet(network, prefix, 'ipv6');
  return list;
}
