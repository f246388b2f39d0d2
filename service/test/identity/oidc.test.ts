/** What an OpenID provider may answer, and which of it proves anything: a provider that lies in one thing at a time. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { oidcIdentityProvider } from '../../src/identity/oidc.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function jwt(claims: object, key: KeyObject | null, header: object = {}): string {
  const body = `${encoded({ alg: key === null ? 'none' : 'ES256', kid: 'one', ...header })}.${encoded(claims)}`;
  return `${body}.${key === null ? '' : sign('sha256', Buffer.from(body), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

interface Lie {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly key?: KeyObject | null;
  readonly userinfo?: object;
  readonly token?: object;
  readonly status?: number;
}

describe('an OpenID provider', () => {
  let lie: Lie = {};
  let asked: URLSearchParams = new URLSearchParams();
  let issuer = '';
  const server = createServer((request, response) => {
    const send = (value: object, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      if (request.url === '/.well-known/openid-configuration')
        return send({
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          userinfo_endpoint: `${issuer}/userinfo`,
          jwks_uri: `${issuer}/jwks`,
          id_token_signing_alg_values_supported: ['ES256'],
        });
      if (request.url === '/jwks')
        return send({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'ES256', use: 'sig' }] });
      if (request.url === '/userinfo') return send(lie.userinfo ?? { sub: 'ada', name: 'Ada Example', document_number: 'ABC123' });
      asked = new URLSearchParams(Buffer.concat(pieces).toString());
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: issuer, aud: 'me', sub: 'ada', iat: now, exp: now + 60, nonce, acr: 'high', ...lie.claims };
      const id_token = jwt(claims, lie.key === undefined ? privateKey : lie.key);
      return send({ access_token: 'a', token_type: 'Bearer', id_token, ...lie.token }, lie.status);
    });
  });
  let nonce = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    issuer = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  });
  afterAll(() => void server.close());
  beforeEach(() => {
    lie = {};
  });

  const provider = (acr: readonly string[] = []) =>
    oidcIdentityProvider({
      ...{
        issuer,
        clientId: 'me',
        clientSecret: 'secret',
        name: 'Test',
        methods: ['bank'],
        scope: 'openid',
        acr,
        numberClaim: 'document_number',
      },
      returnUrl: () => 'https://sign.example/back',
    });
  const login = async (answer: (state: string) => string = (state) => `code=c&state=${state}`, acr: readonly string[] = []) => {
    const one = provider(acr);
    const { url, secrets } = await one.begin({ state: 'the-state', language: 'en' });
    nonce = new URL(url).searchParams.get('nonce') ?? '';
    return { url: new URL(url), answer: await one.finish(new URLSearchParams(answer('the-state')), secrets) };
  };

  test('is asked with PKCE, and its answer names the person', async () => {
    const { url, answer } = await login();
    expect(answer.person).toMatchObject({
      issuer,
      fullName: 'Ada Example',
      documentNumber: 'ABC123',
      assurance: 'high',
      email: null,
    });
    const verifier = asked.get('code_verifier') ?? '';
    expect(createHash('sha256').update(verifier).digest('base64url')).toBe(url.searchParams.get('code_challenge'));
    expect([asked.get('redirect_uri'), asked.get('code')]).toEqual(['https://sign.example/back', 'c']);
  });

  test('vouches for an address of mail only where it says that it was proven', async () => {
    lie = { userinfo: { sub: 'ada', email: 'ada@example.com' } };
    expect((await login()).answer.person?.email).toBe(null);
    lie = { userinfo: { sub: 'ada', email: 'ada@example.com', email_verified: true } };
    expect((await login()).answer.person?.email).toBe('ada@example.com');
  });

  test('is believed in what it signed before what it told beside it', async () => {
    lie = {
      claims: { name: 'Signed Name', birthdate: '1990-01-31' },
      userinfo: { sub: 'ada', name: 'Other Name', birthdate: '01/02/1991' },
    };
    expect((await login()).answer.person).toMatchObject({ fullName: 'Signed Name', birthDate: '1990-01-31' });
    lie = { userinfo: { sub: 'ada', given_name: ' Ada ', family_name: 'Example', birthdate: '0000-05-01x', address: { country: 'pl' } } };
    expect((await login()).answer.person).toMatchObject({ fullName: 'Ada Example', birthDate: null, country: null });
  });

  const past = 1_600_000_000;
  const lies: readonly (readonly [what: string, lie: Lie])[] = [
    ['for another client', { claims: { aud: 'somebody-else' } }],
    ['for several clients, of which another one asked', { claims: { aud: ['me', 'other'], azp: 'other' } }],
    ['of another issuer', { claims: { iss: 'https://other.example' } }],
    ['for another login', { claims: { nonce: 'another' } }],
    ['for no login', { claims: { nonce: undefined } }],
    ['that has expired', { claims: { exp: past, iat: past - 60 } }],
    ['without a subject', { claims: { sub: undefined } }],
    ['signed by somebody else', { key: stranger }],
    ['signed by nobody', { key: null }],
    ['that is none', { token: { id_token: undefined } }],
    ['that is no token', { token: { id_token: 'x.y.z' } }],
    ['beside the claims of another person', { userinfo: { sub: 'eve', name: 'Ada Example' } }],
    ['under an error', { token: { error: 'invalid_grant' }, status: 400 }],
  ];
  test.each(lies)('proves nothing by a token %s', async (_what, told) => {
    lie = told;
    expect((await login()).answer).toEqual({ person: null, reason: 'failed' });
  });

  test.each([
    ['another state', () => 'code=c&state=other', 'failed'],
    ['no state', () => 'code=c', 'failed'],
    ['no code', (state: string) => `state=${state}`, 'failed'],
    ['a refusal', (state: string) => `error=access_denied&state=${state}`, 'denied'],
    ['another error', (state: string) => `error=server_error&state=${state}`, 'failed'],
    ['another issuer', (state: string) => `code=c&state=${state}&iss=https%3A%2F%2Fother.example`, 'failed'],
  ] as const)('proves nothing by an answer with %s', async (_what, answer, reason) => {
    expect((await login(answer)).answer).toEqual({ person: null, reason });
  });

  test.each([
    ['high', ['substantial', 'high'], true],
    ['low', ['substantial', 'high'], false],
    [undefined, ['high'], false],
    [['high'], ['high'], false],
    ['low', [], true],
  ] as const)('that says %j is strong enough for %j: %j', async (acr, wanted, enough) => {
    lie = { claims: { acr } };
    const { answer } = await login(undefined, wanted);
    expect(answer.person !== null).toBe(enough);
    if (answer.person === null) expect(answer.reason).toBe('weak');
  });

  test('without TLS is only spoken to on this machine', async () => {
    const far = oidcIdentityProvider({
      ...{ issuer: 'http://192.0.2.1', clientId: 'me', name: 'Test', methods: ['bank'], scope: 'openid', acr: [], numberClaim: 'n' },
      returnUrl: () => 'https://sign.example/back',
    });
    await expect(far.begin({ state: 's', language: 'en' })).rejects.toThrow(/HTTPS|https/);
  });
});
