/** Signers log in at an OpenID provider (OpenID Connect Core 1.0): authorization code with PKCE, state and nonce, and a signed ID token. */
import * as client from 'openid-client';
import type { IdentityProviderPort, ProvidedPerson, ProviderAnswer } from '../domain/core.ts';
import type { IdentityMethod } from '../domain/model.ts';

export interface OidcOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Without one the client is public, and PKCE alone protects the code. */
  readonly clientSecret?: string | undefined;
  /** What signers are told that they log in at. */
  readonly name: string;
  readonly methods: readonly IdentityMethod[];
  readonly scope: string;
  /** Levels (`acr`) of which one has to be reached; none: any. */
  readonly acr: readonly string[];
  /** The claim that holds the number of the identity document. */
  readonly numberClaim: string;
  /** Where signers come back to. Asked each time: where the service listens is known last. */
  readonly returnUrl: () => string;
}

export function oidcIdentityProvider(options: OidcOptions): IdentityProviderPort {
  const { name, methods, scope, acr, returnUrl } = options;
  const configuration = discovered(options);
  return {
    name,
    methods,
    begin: async ({ state, language }) => {
      const verifier = client.randomPKCECodeVerifier();
      const nonce = client.randomNonce();
      const url = client.buildAuthorizationUrl(await configuration(), {
        redirect_uri: returnUrl(),
        scope,
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ui_locales: language,
        ...(acr.length > 0 && { acr_values: acr.join(' ') }),
      });
      return { url: url.href, secrets: { verifier, nonce, state, returnUrl: returnUrl() } };
    },
    finish: async (answer, { verifier = '', nonce = '', state = '', returnUrl: back = '' }) => {
      const checks = { pkceCodeVerifier: verifier, expectedNonce: nonce, expectedState: state, idTokenExpected: true };
      try {
        const provider = await configuration();
        const tokens = await client.authorizationCodeGrant(provider, new URL(`${back}?${answer.toString()}`), checks);
        const claims = tokens.claims();
        if (claims === undefined || tokens.id_token === undefined) return refused('failed');
        if (acr.length > 0 && !acr.some((level) => level === claims['acr'])) return refused('weak');
        const asked = provider.serverMetadata().userinfo_endpoint !== undefined;
        const told = asked ? await client.fetchUserInfo(provider, tokens.access_token, claims.sub) : {};
        // What was signed counts more than what was told beside it.
        return { person: personOf({ ...told, ...claims }, options, tokens.id_token) };
      } catch (error) {
        return refused((error as { readonly error?: unknown }).error === 'access_denied' ? 'denied' : 'failed');
      }
    },
  };
}

/** The provider as it describes itself; a failure is not remembered. */
function discovered({ issuer, clientId, clientSecret }: OidcOptions): () => Promise<client.Configuration> {
  let found: Promise<client.Configuration> | null = null;
  return () => {
    const url = new URL(issuer);
    const execute = [client.enableNonRepudiationChecks, ...(isLoopback(url) ? [client.allowInsecureRequests] : [])];
    const authentication = clientSecret === undefined ? client.None() : client.ClientSecretBasic(clientSecret);
    found ??= client.discovery(url, clientId, {}, authentication, { execute, timeout: TIMEOUT_SECONDS }).catch((error: unknown) => {
      found = null;
      throw error;
    });
    return found;
  };
}

function personOf(claims: Readonly<Record<string, unknown>>, { numberClaim }: OidcOptions, token: string): ProvidedPerson {
  const text = (name: string): string | null => {
    const value = claims[name];
    return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 300) : null;
  };
  const address = claims['address'];
  const country = typeof address === 'object' && address !== null ? (address as { readonly country?: unknown }).country : null;
  const named = [text('given_name'), text('family_name')].filter((part) => part !== null).join(' ');
  const birthDate = text('birthdate');
  return {
    issuer: text('iss') ?? '',
    fullName: named === '' ? text('name') : named,
    birthDate: birthDate !== null && /^\d{4}-\d{2}-\d{2}$/.test(birthDate) ? birthDate : null,
    documentNumber: text(numberClaim),
    country: typeof country === 'string' && /^[A-Z]{2}$/.test(country) ? country : null,
    email: claims['email_verified'] === true ? text('email') : null,
    assurance: text('acr'),
    loggedInAt: typeof claims['auth_time'] === 'number' ? claims['auth_time'] * 1000 : null,
    token,
  };
}

const refused = (reason: 'denied' | 'weak' | 'failed'): ProviderAnswer => ({ person: null, reason });

/** Only a provider on this machine may be spoken to without TLS. */
const isLoopback = ({ protocol, hostname }: URL): boolean =>
  protocol === 'http:' && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);

const TIMEOUT_SECONDS = 15;
