import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../src/base/fault.ts';
import { givenHosts, type HttpTimestampOptions, httpTimestampAuthority, type NetworkEvent } from '../../src/net/index.ts';
import { parseTimestampToken } from '../../src/tsp/token.ts';
import { servedPki } from '../support/pki.ts';

const pki = servedPki();
const imprint = createHash('sha256').update('hello').digest();

const authority = (urls: HttpTimestampOptions['urls'], options: Omit<HttpTimestampOptions, 'urls'> = {}) =>
  httpTimestampAuthority({ urls, allowPrivate: true, retries: 0, ...options });

const refusalOf = async (urls: HttpTimestampOptions['urls'], options: Omit<HttpTimestampOptions, 'urls'> = {}): Promise<string> => {
  const error = await authority(urls, options)
    .stamp(imprint, 'SHA-256')
    .then(
      () => null,
      (reason: unknown) => reason,
    );
  expect(error).toBeInstanceOf(Fault);
  expect((error as Fault).code).toBe('timestamp-refused');
  return (error as Fault).message;
};

describe('a time-stamp authority over HTTP', () => {
  test('gives a token over the imprint', async () => {
    const { tsaUrl } = await pki();
    const token = parseTimestampToken(await authority(tsaUrl).stamp(imprint, 'SHA-256'));
    expect(token.ok && Buffer.from(token.value.tstInfo.imprint.hash).equals(imprint)).toBe(true);
    expect(token.ok && Math.abs(token.value.tstInfo.time - Date.now()) < 60_000).toBe(true);
  });

  test.each([
    ['tsa/wrong-nonce', 'the nonce is not the one asked for'],
    ['tsa/no-nonce', 'the nonce is not the one asked for'],
    ['tsa/wrong-imprint', 'the imprint is not the one asked for'],
    ['tsa/wrong-usage', "the authority's certificate is not for time-stamping"],
    ['tsa/no-certificate', 'no certificate at hand made the token'],
    ['tsa/broken', 'the signature of the token is broken'],
    ['tsa/rejected', 'out of order today'],
    ['tsa/garbage', 'not a time-stamp response'],
    ['tsa/nothing-here', 'status 404'],
    ['500/tsa', 'status 500'],
    ['404/tsa', 'status 404'],
    ['auth/tsa', 'user and password needed'],
    ['html/tsa', 'a page (text/html) instead of a time-stamp'],
    ['slow/tsa', 'took too long'],
    ['drip/tsa', 'took too long'],
    ['endless/tsa', 'answer longer than 1048576 octets'],
    ['cut/tsa', 'connection broken off'],
    ['redirect-loop/tsa', 'more than 3 redirects'],
  ])('refuses %s: %s', async (path, reason) => {
    const url = (await pki()).url(path);
    const message = await refusalOf(url, { timeoutMs: 400 });
    expect(message).toContain(`${url}: `);
    expect(message).toContain(reason);
    expect(message).not.toContain('\n');
  });

  test('says one thing when nobody listens', async () => {
    expect(await refusalOf('http://127.0.0.1:1/')).toBe('no time-stamp: http://127.0.0.1:1/: connection refused');
  });

  test('asks in turn, and gives the reason of each that failed', async () => {
    const { url, tsaUrl } = await pki();
    const bad = [url('500/tsa'), url('tsa/wrong-nonce')];
    const events: NetworkEvent[] = [];
    await authority([...bad, { url: tsaUrl }], { onEvent: (event) => events.push(event) }).stamp(imprint, 'SHA-256');
    expect(events.map(({ outcome, status }) => [outcome, status])).toEqual([
      ...[
        ['answered', 500],
        ['unusable', 500],
      ],
      ...[
        ['answered', 200],
        ['unusable', 200],
      ],
      ['answered', 200],
    ]);
    expect(await refusalOf(bad)).toBe(`no time-stamp: ${bad[0]}: status 500; ${bad[1]}: the nonce is not the one asked for`);
  });

  test('gives user and password, to the one server they are for', async () => {
    const { url, tsaUrl } = await pki();
    const auth = { user: 'user', password: 'geheim' };
    await authority({ url: url('auth/tsa'), auth }).stamp(imprint, 'SHA-256');
    await authority(url('auth/tsa'), { auth }).stamp(imprint, 'SHA-256');
    await authority([tsaUrl]).stamp(imprint, 'SHA-256');
    expect(await refusalOf({ url: url('auth/tsa'), auth: { user: 'user', password: 'other' } })).toContain('user and password');
  });

  test('asks for a policy, and takes no other', async () => {
    const { tsaUrl } = await pki();
    await authority(tsaUrl, { policy: '1.3.6.1.4.1.32473.1.1' }).stamp(imprint, 'SHA-256');
    expect(await refusalOf(tsaUrl, { policy: '1.3.6.1.4.1.32473.1.2' })).toContain('no time-stamps under this policy');
  });

  test('takes a token without certificates from an authority that is known', async () => {
    const { url, tsa } = await pki();
    const token = await authority(url('tsa/no-certificate'), { certificates: [tsa] }).stamp(imprint, 'SHA-256');
    expect(parseTimestampToken(token).ok).toBe(true);
  });

  test('does not ask private addresses unless they are allowed, nor follow a redirect from an allowed one to others', async () => {
    const { url, tsaUrl } = await pki();
    expect(await refusalOf(tsaUrl, { allowPrivate: false })).toContain('not a public address');
    await authority(url('redirect/tsa'), { allowPrivate: givenHosts([tsaUrl]) }).stamp(imprint, 'SHA-256');
    expect(await refusalOf(tsaUrl.replace('127.0.0.1', 'localhost'), { allowPrivate: givenHosts([tsaUrl]) })).toContain('localhost');
  });

  test.each([
    [{ urls: [] }, 'no URL given'],
    [{ urls: 'tsa' }, "'tsa' is not a URL"],
    [{ url: 'http://a/' }, "unknown option 'url'"],
    [{ urls: { url: 'http://a/', user: 'x' } }, "unknown option 'user'"],
  ])('refuses the options %o', (options, message) => {
    expect(() => httpTimestampAuthority(options as unknown as HttpTimestampOptions)).toThrow(message);
  });
});
