/** Somebody who is signed in to the portal, with and without a browser. */
import { createAccount } from '../../src/domain/accounts.ts';
import { createKey, createTenant } from '../../src/domain/keys.ts';
import type { Mode } from '../../src/domain/model.ts';
import type { Running } from '../support/running.ts';

export const HOME = '/w/portal';
export const PASSWORD = 'correct horse battery';

export interface Customer {
  readonly tenant: string;
  readonly email: string;
  /** By what a key begins with. */
  readonly keys: Readonly<Record<'qsh_test_' | 'qsh_live_' | 'qsk_test_' | 'qsk_live_' | 'qis_test_' | 'skv2_', string>>;
}

let made = 0;

/** A customer with an account and a key of each interface. */
export async function newCustomer({ service: { core } }: Running, role = 'api_admin'): Promise<Customer> {
  const tenant = await createTenant(core, 'test', 'business');
  const email = `dev${++made}@example.com`;
  await createAccount(core, { tenant, email, password: PASSWORD, role });
  const key = (mode: Mode, prefix: string, scope: string | null = null) => createKey(core, { tenant, mode }, prefix, 'shop server', scope);
  return {
    tenant,
    email,
    keys: {
      qsh_test_: await key('test', 'qsh_test_'),
      qsh_live_: await key('live', 'qsh_live_'),
      qsk_test_: await key('test', 'qsk_test_'),
      qsk_live_: await key('live', 'qsk_live_'),
      qis_test_: await key('test', 'qis_test_'),
      skv2_: await key('test', 'skv2_', 'DEVELOPMENT'),
    },
  };
}

export interface Page {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  readonly location: string | null;
}

export interface Portal {
  get(path: string): Promise<Page>;
  /** A form; the proof of the session goes along unless it is given. */
  post(path: string, fields?: Readonly<Record<string, string>>, headers?: Readonly<Record<string, string>>): Promise<Page>;
  readonly cookie: string;
  /** What forms carry. */
  readonly proof: string;
}

/** One request as a browser makes it, with this cookie. */
export async function visit(
  { url }: Running,
  path: string,
  {
    cookie = '',
    form,
    headers,
  }: {
    readonly cookie?: string;
    readonly form?: Readonly<Record<string, string>>;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Promise<Page> {
  const response = await fetch(`${url}${path.startsWith(HOME) ? path : HOME + path}`, {
    method: form ? 'POST' : 'GET',
    redirect: 'manual',
    headers: { 'accept-language': 'en', ...(cookie !== '' && { cookie }), ...headers },
    ...(form && { body: new URLSearchParams(form) }),
  });
  return { status: response.status, text: await response.text(), headers: response.headers, location: response.headers.get('location') };
}

/** Signs in by the form. */
export async function signedIn(running: Running, email: string, password = PASSWORD): Promise<Portal> {
  const answer = await visit(running, '/sign-in', { form: { email, password } });
  if (answer.status !== 303) throw new Error(`nobody is signed in: ${answer.status}`);
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const first = await visit(running, '/test/account', { cookie });
  const proof = /name="proof" value="([^"]+)"/.exec(first.text)?.[1] ?? '';
  return {
    cookie,
    proof,
    get: (path) => visit(running, path, { cookie }),
    post: (path, fields = {}, headers = {}) => visit(running, path, { cookie, form: { proof, ...fields }, headers }),
  };
}
