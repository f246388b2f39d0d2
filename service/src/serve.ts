/** `adeskit serve`: starts the service, tells where it is, and on the first start its keys; ends in order at a signal. */
import { readConfiguration } from './config/configuration.ts';
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
  const keys = await firstKeys(service);
  say(`adeskit serves at ${service.url}`);
  say(`  the interface      ${service.url}/v1  (OpenAPI: ${service.url}/openapi.json)`);
  say(`  check signatures   ${service.url}/validate`);
  if (offersOutbox(configuration)) say(`  outbox of mails    ${service.url}/w/outbox`);
  say(`  test trust anchor  ${service.url}/pki/test-root.pem`);
  say(`  data               ${configuration.databaseUrl === undefined ? configuration.data : 'PostgreSQL, and the blob store'}`);
  if (keys !== null) {
    say('first start: these keys are shown now and never again');
    say(`  test key  ${keys.test}`);
    say(`  live key  ${keys.live}`);
  }
  await told();
  await service.stop();
}

/** The first customer's keys; null where there is a customer already. */
export async function firstKeys({ core }: Pick<Service, 'core'>): Promise<Readonly<Record<Mode, string>> | null> {
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
    test: await createKey(core, { tenant, mode: 'test' }, 'qsh_test_', 'made at the first start'),
    live: await createKey(core, { tenant, mode: 'live' }, 'qsh_live_', 'made at the first start'),
  };
}

const told = (): Promise<void> =>
  new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
