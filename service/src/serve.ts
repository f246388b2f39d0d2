/** `adeskit serve`: starts the service, tells where it is, and on the first start its keys; ends in order at a signal. */
import { randomBytes } from 'node:crypto';
import { readConfiguration } from './config/configuration.ts';
import { DIALECTS } from './dialects/dialects.ts';
import { createAccount } from './domain/accounts.ts';
import { bareId } from './domain/ids.ts';
import { createKey, createTenant } from './domain/keys.ts';
import type { Mode } from './domain/model.ts';
import { offersOutbox } from './pages/outbox.ts';
import { type Service, startService } from './service.ts';

export interface ServeOptions {
  readonly port?: number;
  readonly data?: string;
  /** Where it says what it has to say, line by line. */
  readonly say: (line: string) => void;
  /** Default: that of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Serves until the process is told to end. Throws `ConfigurationError`. */
export async function serve({ port, data, say, environment = process.env }: ServeOptions): Promise<void> {
  const configuration = readConfiguration(environment, { ...(port !== undefined && { port }), ...(data !== undefined && { data }) });
  const service = await startService(configuration);
  // From now on a signal ends it in order, also while it says what it has to say.
  const ending = told();
  const keys = await firstKeys(service);
  say(`adeskit serves at ${service.url}`);
  say(`  the interface      ${service.url}/v1  (OpenAPI: ${service.url}/openapi.json)`);
  say(`  developer portal   ${service.url}/w/portal`);
  say(`  check signatures   ${service.url}/validate`);
  if (offersOutbox(configuration)) say(`  outbox of mails    ${service.url}/w/outbox`);
  say(`  test trust anchor  ${service.url}/pki/test-root.pem`);
  say(`  data               ${configuration.databaseUrl === undefined ? configuration.data : 'PostgreSQL, and the blob store'}`);
  if (keys !== null) {
    say('first start: these keys are shown now and never again');
    say(`  test key  ${keys.test}`);
    say(`  live key  ${keys.live}`);
    for (const line of await furtherAccess(service, keys.tenant)) say(line);
  }
  await ending;
  await service.stop();
}

/** The first customer's keys; null where there is a customer already. */
export async function firstKeys({
  core,
}: Pick<Service, 'core'>): Promise<(Readonly<Record<Mode, string>> & { readonly tenant: string }) | null> {
  // Of several processes that start at once, one writes this down.
  const first = await core.store.db
    .insertInto('keyring')
    .values({ name: 'first customer', value_sealed: '', created_at: core.clock() })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returning('name')
    .executeTakeFirst();
  if (!first) return null;
  const tenant = await createTenant(core, 'first', 'startup');
  return {
    tenant,
    test: await createKey(core, { tenant, mode: 'test' }, 'qsh_test_', 'made at the first start'),
    live: await createKey(core, { tenant, mode: 'live' }, 'qsh_live_', 'made at the first start'),
  };
}

/** What the first customer needs for the further interfaces, as lines to say. */
async function furtherAccess({ core }: Pick<Service, 'core'>, tenant: string): Promise<string[]> {
  const lines = ['the further interfaces have keys of their own:'];
  for (const { label, mode, prefix, scope } of DIALECTS.flatMap(({ keys }) => keys))
    lines.push(`  ${label.padEnd(22)}${await createKey(core, { tenant, mode }, prefix, 'made at the first start', scope)}`);
  const password = randomBytes(15).toString('base64url');
  await createAccount(core, { tenant, email: 'admin@localhost', password, role: 'api_admin' });
  return [
    ...lines,
    `  Ignisign appId        ${bareId(tenant)}`,
    `account of the portal and of QSign: admin@localhost  password: ${password}`,
  ];
}

const told = (): Promise<void> =>
  new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
