/** An OpenID provider for tests: oidc-provider on loopback, where the test says who logs in, and how strongly. */
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

export interface Person {
  readonly sub: string;
  readonly [claim: string]: unknown;
}

export interface OpenId {
  readonly issuer: string;
  /** Names the client, when it is known where it listens. */
  client(redirectUri: string, secret?: string): void;
  /** Who logs in from now on; null: nobody, the login is refused. */
  next(person: Person | null, acr?: string): void;
  close(): Promise<void>;
}

export const CLIENT = 'adeskit';
export const SECRET = 'a secret of the client';

/** `localhost` is another site than 127.0.0.1, where the service is. */
export async function startOpenId(): Promise<OpenId> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const issuer = `http://localhost:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const people = new Map<string, Person>();
  let next: { readonly person: Person | null; readonly acr: string | undefined } = { person: null, acr: undefined };
  return {
    issuer,
    client: (redirectUri, secret = SECRET) => {
      const provider = new Provider(issuer, settings(redirectUri, secret, people));
      const answer = provider.callback();
      server.removeAllListeners('request');
      server.on('request', (request, response) => {
        if (!request.url?.startsWith('/interaction/')) return void answer(request, response);
        const { person, acr } = next;
        const result =
          person === null
            ? { error: 'access_denied', error_description: 'nobody logged in' }
            : { login: { accountId: person.sub, ...(acr !== undefined && { acr }) } };
        return void provider.interactionFinished(request, response, result);
      });
    },
    next: (person, acr) => {
      if (person !== null) people.set(person.sub, person);
      next = { person, acr };
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const settings = (redirectUri: string, secret: string, people: ReadonlyMap<string, Person>): object => ({
  clients: [{ client_id: CLIENT, client_secret: secret, redirect_uris: [redirectUri] }],
  claims: {
    openid: ['sub'],
    profile: ['name', 'given_name', 'family_name', 'birthdate', 'document_number', 'address'],
    email: ['email', 'email_verified'],
    acr: null,
  },
  acrValues: ['low', 'substantial', 'high'],
  cookies: { keys: ['only for tests'] },
  features: { devInteractions: { enabled: false } },
  findAccount: (_context: unknown, accountId: string) => ({ accountId, claims: () => ({ ...people.get(accountId), sub: accountId }) }),
  // Who logs in agrees.
  loadExistingGrant: async (context: { oidc: { provider: Provider; session: { accountId: string }; client: { clientId: string } } }) => {
    const { provider, session, client } = context.oidc;
    const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
    grant.addOIDCScope('openid profile email');
    await grant.save();
    return grant;
  },
});
