import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { givenHosts, isAllowedHost, isPublicAddress, publicLookup } from '../../src/net/address.ts';

describe('addresses that may be asked', () => {
  test.each(['8.8.8.8', '1.1.1.1', '172.15.0.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '64:ff9b::808:808', '::ffff:8.8.8.8'])(
    '%s is public',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  test.each([
    ['0.0.0.0', 'this host'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['10.1.2.3', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['169.254.169.254', 'link-local, where clouds keep their secrets'],
    ['100.64.0.1', 'shared by carriers'],
    ['192.0.0.8', 'reserved'],
    ['198.18.0.1', 'for measurements'],
    ['203.0.113.5', 'for examples'],
    ['224.0.0.1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['::7f00:1', 'IPv4-compatible'],
    ['::ffff:127.0.0.1', 'IPv4-mapped loopback'],
    ['::ffff:a00:1', 'IPv4-mapped private'],
    ['::ffff:0:7f00:1', 'loopback by SIIT'],
    ['64:ff9b::7f00:1', 'loopback by NAT64'],
    ['64:ff9b::a9fe:a9fe', 'link-local by NAT64'],
    ['64:ff9b:1::1', 'local NAT64'],
    ['2002:7f00:1::', 'loopback by 6to4'],
    ['2001:0:1::1', 'Teredo'],
    ['fc00::1', 'unique local'],
    ['fd12:3456::1', 'unique local'],
    ['fe80::1', 'link-local'],
    ['ff02::1', 'multicast'],
    ['2001:db8::1', 'for examples'],
    ['localhost', 'no address'],
    ['', 'no address'],
  ])('%s is not: %s', (address) => expect(isPublicAddress(address)).toBe(false));

  test('an IPv4 address is as public as its mapped and its NAT64 form', () =>
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(isPublicAddress(`::ffff:${address}`)).toBe(isPublicAddress(address));
        expect(isPublicAddress(`64:ff9b::${address}`)).toBe(isPublicAddress(address));
      }),
    ));

  test('a resolver passes on public addresses only, and an error where there is none', async () => {
    const answer = (addresses: string[], all: boolean) =>
      new Promise((resolve) => {
        const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
        const guarded = publicLookup((_host, _options, callback) => callback(null, found));
        guarded('tsa.example', { all }, (error, address) => resolve(error?.message ?? address));
      });
    expect(await answer(['127.0.0.1', '8.8.8.8', '::1'], true)).toEqual([{ address: '8.8.8.8', family: 4 }]);
    expect(await answer(['10.0.0.1', '8.8.4.4'], false)).toBe('8.8.4.4');
    expect(await answer(['10.0.0.1'], true)).toBe('tsa.example is not a public address');
    expect(await answer([], false)).toBe('tsa.example is not a public address');
  });

  test('a host is allowed by name, or by name and port', () => {
    const url = new URL('http://tsa.local:3180/x');
    expect(isAllowedHost(url, false)).toBe(false);
    expect(isAllowedHost(url, true)).toBe(true);
    expect(isAllowedHost(url, ['tsa.local'])).toBe(true);
    expect(isAllowedHost(url, ['tsa.local:3180'])).toBe(true);
    expect(isAllowedHost(url, ['tsa.local:80', 'local', 'sa.local'])).toBe(false);
    expect(givenHosts(['http://tsa.local/a', 'https://[::1]:8443/', 'no url'])).toEqual(['tsa.local:80', '::1:8443']);
  });
});
