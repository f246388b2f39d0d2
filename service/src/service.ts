/** The service put together: storage, jobs, sealing, HTTP; started and stopped in order. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { givenHosts, httpTimestampAuthority } from 'adeskit/net';
import { parseCertificate } from 'adeskit/pki';
import type { FastifyInstance } from 'fastify';
import { encryptedBlobs } from './blobs/blobs.ts';
import { folderBlobs } from './blobs/folder.ts';
import { s3Blobs } from './blobs/s3.ts';
import { type Configuration, databaseFile } from './config/configuration.ts';
import { remoteKeys } from './config/remote-keys.ts';
import { trustedCertificates, trustedLists } from './config/trust.ts';
import type { Dialect } from './dialects/dialect.ts';
import { DIALECTS } from './dialects/dialects.ts';
import { QSIGNHUB, qsignhubEvents } from './dialects/qsignhub/events.ts';
import type { Core, IdentityProviderPort } from './domain/core.ts';
import { followCheck } from './domain/identity.ts';
import { bareId } from './domain/ids.ts';
import { newLinks } from './domain/links.ts';
import type { RequestRecord } from './domain/model.ts';
import { removeOrphans } from './domain/orphans.ts';
import { makePreview } from './domain/previews.ts';
import { expireRequest } from './domain/requests.ts';
import { sweep } from './domain/retention.ts';
import { playSigner } from './domain/simulation.ts';
import { openEmbedTokens } from './http/embed-token.ts';
import { fileFetcher } from './http/fetch-file.ts';
import { openLoginTokens } from './http/login-token.ts';
import { newMetrics } from './http/metrics.ts';
import { type LogStream, newServer } from './http/server.ts';
import { httpIdentityCheck } from './identity/http-check.ts';
import { oidcIdentityProvider } from './identity/oidc.ts';
import { checksByMode, sandboxIdentityChecks } from './identity/sandbox.ts';
import type { Handlers, JobLog, Jobs } from './jobs/jobs.ts';
import { pgBossJobs } from './jobs/pg-boss-jobs.ts';
import { sqlJobs } from './jobs/sql-jobs.ts';
import { newMailer } from './mail/mailer.ts';
import { httpGateway } from './mail/short-messages.ts';
import { LOGIN_RETURN } from './pages/login-routes.ts';
import { pages } from './pages/pages.ts';
import type { PageParts } from './pages/parts.ts';
import { type Authority, openAuthority } from './sealing/authority.ts';
import { endUnsealed } from './sealing/failure.ts';
import { encodePemCertificate } from './sealing/pem.ts';
import { type Sealer, sealRequest } from './sealing/sealing.ts';
import { textPdf } from './sealing/text-pdf.ts';
import { openStore, type Store } from './storage/database.ts';
import { encryptionKeys } from './storage/encryption-key.ts';
import { openVault } from './storage/vault.ts';
import { type Deliverer, webhookSender } from './webhooks/deliver.ts';
import { documentInspector } from './workers/inspector.ts';
import { newPool, type Pool } from './workers/pool.ts';

export interface Service {
  readonly core: Core;
  readonly app: FastifyInstance;
  readonly configuration: Configuration;
  /** Where it listens. */
  readonly url: string;
  readonly validate: PageParts['validate'];
  /** Ends in order: no new requests, the jobs that run, the database. */
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly clock?: () => number;
  /** Called between the steps of sealing and delivery: where tests end the process. */
  readonly sealingStep?: NonNullable<Sealer['step']>;
  readonly deliveryStep?: NonNullable<Deliverer['step']>;
  /** False: this process takes no jobs. */
  readonly work?: boolean;
  /** Interfaces beside those that are built in. */
  readonly dialects?: readonly Dialect[];
  /** Takes the lines of the log; default: the standard output. */
  readonly logTo?: LogStream;
  /** Told of every route. */
  readonly onRoute?: (method: string, url: string) => void;
  /** Further routes. */
  readonly extend?: (app: FastifyInstance) => Promise<void> | void;
}

/** Starts the service. Throws `ConfigurationError`. */
export async function startService(configuration: Configuration, options: StartOptions = {}): Promise<Service> {
  const { clock = Date.now } = options;
  const dialects = [...DIALECTS, ...(options.dialects ?? [])];
  mkdirSync(configuration.data, { recursive: true, mode: 0o700 });
  const vault = openVault(encryptionKeys(configuration));
  const offered = configuration.csc === undefined ? null : await remoteKeys(configuration.csc, process.env, clock);
  const store = await openStore({
    databaseUrl: configuration.databaseUrl,
    file: databaseFile(configuration),
    connections: configuration.databaseConnections,
  });
  const pool = newPool({
    threads: configuration.workers,
    memoryMb: configuration.workerMemoryMb,
    timeoutMs: configuration.validationSeconds * 1000,
    sealingTimeoutMs: configuration.sealingSeconds * 1000,
    waiting: WAITING,
  });
  const metrics = newMetrics(() => pool.load());
  const logged: { app: FastifyInstance | null } = { app: null };
  const log: JobLog = ({ kind, attempt, error, final }) => {
    metrics.jobFailed(kind);
    const { name, code, message } = error as { readonly name?: string; readonly code?: string; readonly message?: string };
    // Messages of the engine name no persons; those of others may.
    logged.app?.log.warn({ job: kind, attempt, final, error: name, code, ...(name === 'WorkError' && { message }) }, 'job failed');
  };
  const jobs = await openJobs(configuration, store, clock, log);
  const blobs = encryptedBlobs(configuration.s3 ? s3Blobs(configuration.s3) : folderBlobs(join(configuration.data, 'blobs')), vault);
  const authorities = {
    live: await openAuthority({ store, vault, clock }, 'live'),
    test: await openAuthority({ store, vault, clock }, 'test'),
  };
  const origin = { value: configuration.publicUrl ?? `http://${configuration.host}:${configuration.port}` };
  const settings = {
    maximumUpload: configuration.maximumUpload,
    retentionDays: configuration.retentionDays,
    idempotencyReplay: configuration.idempotencyReplay,
    liveMethods: [
      ...(['email-code', 'none'] as const),
      ...(configuration.smsGatewayUrl === undefined ? [] : (['sms-code'] as const)),
      ...(configuration.identityCheckUrl === undefined ? [] : (['pictures'] as const)),
      ...(configuration.oidc?.methods ?? []),
    ],
    qualified: false,
  };
  const { identityCheckUrl: checkUrl, identityCheckToken: checkToken = null } = configuration;
  const check = checkUrl === undefined ? null : httpIdentityCheck(checkUrl, checkToken);
  const links = newLinks(vault, () => origin.value, configuration.linkHours * 3_600_000);
  const due = { wake: (): void => undefined };
  const core: Core = {
    store,
    vault,
    blobs,
    jobs,
    links,
    clock,
    settings,
    dialects: new Map([
      [QSIGNHUB, qsignhubEvents(links)] as const,
      ...dialects.map((dialect) => [dialect.name, dialect.events(links)] as const),
    ]),
    webhooksDue: () => due.wake(),
    identityChecks: checksByMode(sandboxIdentityChecks(clock), check),
    identityProvider: identityProvider(configuration, () => `${origin.value}${LOGIN_RETURN}`),
    inspector: documentInspector(pool),
  };
  const trust = configuration.trust === undefined ? [] : trustedCertificates(configuration.trust);
  const lists = configuration.trustedLists === undefined ? null : trustedLists(configuration.trustedLists);
  const validate = validator(configuration, pool, authorities, { trust, lists }, clock);
  const embed = await openEmbedTokens({ store, vault, clock }, 'adeskit-service');
  const files = fileFetcher(configuration.maximumUpload, configuration.webhookPrivateHosts);
  const app = await newServer({
    dialects,
    dialectPorts: {
      tokens: await openLoginTokens({ store, vault, clock }),
      files,
      sampleDocument: () =>
        textPdf('Sample document', [{ text: 'Sample document', style: 'title' }, { text: 'Stands for the document in test mode.' }]),
    },
    ports: {
      core,
      embedToken: (request: RequestRecord) => embed.issue(bareId(request.id), request.expiresAt, clock()),
      maximumUpload: configuration.maximumUpload,
      roots: {
        test: new Set([fingerprint(authorities.test.root)]),
        operator: new Set([fingerprint(authorities.live.root)]),
        seals: new Set([authorities.live, authorities.test].map(({ seal }) => fingerprint(seal.chain[0]))),
      },
      validate,
    },
    metrics,
    metricsToken: configuration.metricsToken ?? null,
    version: VERSION,
    tiers: configuration.tiers,
    hosts: { live: configuration.liveHost ?? null, sandbox: configuration.sandboxHost ?? null },
    privateHosts: configuration.webhookPrivateHosts,
    frameAncestors: configuration.frameAncestors,
    trustProxy: configuration.trustProxy,
    logLevel: configuration.logLevel,
    ...(options.logTo && { logTo: options.logTo }),
    ...(options.onRoute && { onRoute: options.onRoute }),
    jwks: embed.jwks,
    anchors: { live: pem(authorities.live.root), test: pem(authorities.test.root) },
    remoteKeys: offered,
    ready: () => store.ping(),
    extend: async (server) => {
      await pages({ core, configuration, validate, embed }, server);
      await options.extend?.(server);
    },
  });
  logged.app = app;
  const sealer: Sealer = {
    core,
    pool,
    authorities,
    ...outsideAuthority(configuration, trust),
    ...(options.sealingStep && { step: options.sealingStep }),
  };
  const webhooks = webhookSender({
    core,
    privateHosts: configuration.webhookPrivateHosts,
    timeoutMs: configuration.webhookSeconds * 1000,
    pollMs: configuration.jobPollMs,
    leaseMs: configuration.jobLeaseSeconds * 1000,
    log: (error) => log({ kind: 'webhook', attempt: 1, error, final: false }),
    ...(options.deliveryStep && { step: options.deliveryStep }),
  });
  due.wake = () => webhooks.wake();
  const mailer = newMailer({
    core,
    smtpUrl: configuration.outbox === true ? null : (configuration.smtpUrl ?? null),
    from: configuration.mailFrom,
    gateway:
      configuration.outbox === true || configuration.smsGatewayUrl === undefined
        ? null
        : httpGateway(configuration.smsGatewayUrl, configuration.smsGatewayToken ?? null),
  });
  const handlers = handlersOf(core, sealer, mailer);
  await app.listen({ port: configuration.port, host: configuration.host });
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : configuration.port;
  const url = `http://${configuration.host.includes(':') ? `[${configuration.host}]` : configuration.host}:${port}`;
  if (configuration.publicUrl === undefined) origin.value = url;
  if (options.work !== false) {
    await jobs.start(handlers);
    webhooks.start();
  }
  const regularly = (ms: number, work: () => Promise<number>): NodeJS.Timeout => {
    const once = (): void => void work().catch((error: unknown) => log({ kind: 'expire', attempt: 0, error, final: false }));
    once();
    return setInterval(once, ms);
  };
  const sweepings = [regularly(SWEEP, () => sweep(core)), regularly(ORPHANS, () => removeOrphans(core))];
  return {
    core,
    app,
    configuration,
    url,
    validate,
    stop: async () => {
      for (const sweeping of sweepings) clearInterval(sweeping);
      await app.close();
      await Promise.all([jobs.stop(), webhooks.stop()]);
      files.close();
      mailer.close();
      check?.close();
      offered?.close();
      await pool.close();
      await store.close();
    },
  };
}

function handlersOf(core: Core, sealer: Sealer, mailer: ReturnType<typeof newMailer>): Handlers {
  const part = (data: Readonly<Record<string, string>>, name: string): string => data[name] ?? '';
  return {
    seal: async (data) => {
      await sealRequest(sealer, part(data, 'request'));
      return undefined;
    },
    unsealed: async (data) => {
      await endUnsealed(core, part(data, 'request'));
      return undefined;
    },
    message: async (data) => {
      await mailer.send(part(data, 'message'));
      return undefined;
    },
    expire: async (data) => {
      await expireRequest(core, part(data, 'request'));
      return undefined;
    },
    simulate: async (data) => {
      await playSigner(core, part(data, 'signer')).catch(notFoundIsFine);
      return undefined;
    },
    identity: async (data) => {
      const at = await followCheck(core, part(data, 'check')).catch(notFoundIsFine);
      return typeof at === 'number' ? { at } : undefined;
    },
    preview: async (data) => {
      await makePreview(core, part(data, 'document')).catch(notFoundIsFine);
      return undefined;
    },
  };
}

function identityProvider({ oidc }: Configuration, returnUrl: () => string): IdentityProviderPort | null {
  return oidc === undefined ? null : oidcIdentityProvider({ ...oidc, name: oidc.name ?? new URL(oidc.issuer).host, returnUrl });
}

/** Erased meanwhile. */
function notFoundIsFine(error: unknown): void {
  if ((error as { readonly code?: unknown }).code !== 'not-found') throw error;
}

function openJobs(
  { databaseUrl, jobPollMs, jobLeaseSeconds, jobAttempts }: Configuration,
  store: Store,
  clock: () => number,
  log: JobLog,
): Promise<Jobs> | Jobs {
  const common = { pollMs: jobPollMs, leaseMs: jobLeaseSeconds * 1000, parallel: PARALLEL_JOBS, attempts: jobAttempts, log };
  return databaseUrl === undefined ? sqlJobs({ ...common, store, clock }) : pgBossJobs({ ...common, databaseUrl, connections: 4 });
}

/** `/validate` trusts the authorities of the asker's mode, and those that the operator names. */
function validator(
  { onlineValidation }: Configuration,
  pool: Pool,
  authorities: Readonly<Record<'live' | 'test', Authority>>,
  { trust, lists }: { readonly trust: readonly Uint8Array[]; readonly lists: Uint8Array | null },
  clock: () => number,
): Service['validate'] {
  return (realm, document, detached, page) => {
    const own = realm?.mode === 'live' ? [authorities.live] : [authorities.live, authorities.test];
    return pool.run<'validate'>(
      {
        kind: 'validate',
        document,
        detached,
        trust: [...own.map(({ root }) => root), ...trust],
        trustedLists: lists,
        certificates: own.map(({ issuing }) => issuing),
        at: clock(),
        online: onlineValidation,
        page: page ?? null,
      },
      {
        revocation: async (certificate, issuer) => {
          for (const authority of own) {
            const found = await authority.status(certificate, issuer);
            if (found !== null) return found;
          }
          return null;
        },
      },
    );
  };
}

function outsideAuthority({ tsaUrl }: Configuration, trust: readonly Uint8Array[]): Pick<Sealer, 'stampOutside' | 'outsideTrust'> {
  if (tsaUrl === undefined) return { stampOutside: null, outsideTrust: [] };
  const authority = httpTimestampAuthority({ urls: tsaUrl, allowPrivate: givenHosts([tsaUrl]) });
  return { stampOutside: (imprint, digest) => authority.stamp(imprint, digest as 'SHA-256'), outsideTrust: trust };
}

function fingerprint(certificate: Uint8Array): string {
  const read = parseCertificate(certificate);
  return read.ok ? read.value.fingerprint : '';
}

const pem = (certificate: Uint8Array): string => encodePemCertificate(Buffer.from(certificate).toString('base64')).toString('latin1');

const VERSION = '0.1.0';
const WAITING = 500;
const PARALLEL_JOBS = 4;
const SWEEP = 60_000;
const ORPHANS = 6 * 3_600_000;
