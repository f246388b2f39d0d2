/** The configuration: one JSON file, then the environment over it, checked before anything starts. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

/** A mistake in the configuration: what is wrong, and where it was said. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

const port = z.coerce.number().int().min(0).max(65_535);
const flag = z.union([z.boolean(), z.enum(['true', 'false', '1', '0']).transform((text) => text === 'true' || text === '1')]);
const url = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ''));
const words = z.union([z.array(z.string()), z.string().transform((text) => text.split(/[\s,]+/).filter(Boolean))]);

const schema = z.strictObject({
  port: port.default(8480),
  host: z.string().default('127.0.0.1'),
  data: z.string().default('adeskit-data'),
  /** Where people reach the service; default: where it listens. */
  publicUrl: url.optional(),
  databaseUrl: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'is no postgres:// URL')
    .optional(),
  databaseConnections: z.coerce.number().int().min(1).max(200).default(10),
  /** 32 octets in base64; further ones, separated by commas, open what was written under them. Default: made in the data folder. */
  encryptionKey: z.string().optional(),
  s3: z
    .strictObject({
      endpoint: url,
      bucket: z.string().min(1),
      region: z.string().default('us-east-1'),
      accessKeyId: z.string().min(1),
      secretAccessKey: z.string().min(1),
    })
    .optional(),
  /** Where pictures of face and document are posted to be checked; without it, live mode asks for none. */
  identityCheckUrl: url.optional(),
  identityCheckToken: z.string().optional(),
  /** Where signers log in who are identified by one of `methods`. */
  oidc: z
    .strictObject({
      issuer: z.url({ protocol: /^https?$/ }),
      clientId: z.string().min(1),
      clientSecret: z.string().min(1).optional(),
      /** What signers read; default: the host of the issuer. */
      name: z.string().min(1).max(60).optional(),
      methods: words.pipe(z.array(z.enum(['national-eid', 'bank', 'video'])).min(1)).default(['national-eid', 'bank']),
      scope: z.string().default('openid profile email'),
      /** Levels of which a login has to reach one; default: any. */
      acr: words.default([]),
      numberClaim: z.string().min(1).default('document_number'),
    })
    .optional(),
  smtpUrl: z
    .string()
    .regex(/^smtps?:\/\//, 'is no smtp:// URL')
    .optional(),
  mailFrom: z.string().default('adeskit <no-reply@localhost>'),
  /** Where short messages are posted to; without it they stay in the outbox, and codes by SMS are refused in live mode. */
  smsGatewayUrl: url.optional(),
  smsGatewayToken: z.string().optional(),
  /** Shows mails in a page instead of sending them. Default: where no SMTP server is named. */
  outbox: flag.optional(),
  tsaUrl: url.optional(),
  /** A folder of PEM or DER files: whom `/validate` trusts beside the service's own authorities. */
  trust: z.string().optional(),
  /** A snapshot of trusted lists (`adeskit trust build`): `/validate` tells by it what was qualified. Read once, at the start. */
  trustedLists: z.string().optional(),
  /** A JSON file of keys that are offered by the API of the Cloud Signature Consortium, see `config/remote-keys.ts`. */
  csc: z.string().optional(),
  /** Whether `/validate` may fetch revocation data from where foreign certificates say; public addresses only. */
  onlineValidation: flag.default(true),
  maximumUpload: z.coerce.number().int().min(1).default(52_428_800),
  retentionDays: z.coerce.number().int().min(1).max(36_500).default(90),
  workers: z.coerce.number().int().min(1).max(64).default(2),
  validationSeconds: z.coerce.number().min(1).max(600).default(30),
  sealingSeconds: z.coerce.number().min(1).max(3000).default(300),
  workerMemoryMb: z.coerce.number().int().min(64).max(16_384).default(512),
  tiers: z.record(z.string(), z.coerce.number().int().min(1)).default({ developer: 120, startup: 1000, business: 5000 }),
  /** Hosts (`name` or `name:port`) that webhooks may reach although they are not public: for development. */
  webhookPrivateHosts: words.default([]),
  /** How long a receiver of webhooks may take to answer. */
  webhookSeconds: z.coerce.number().min(0.1).max(120).default(15),
  /** A repeated request with the same key and body is answered as the first one was, instead of by a conflict. */
  idempotencyReplay: flag.default(false),
  liveHost: z.string().optional(),
  sandboxHost: z.string().optional(),
  linkHours: z.coerce
    .number()
    .min(1)
    .max(24 * 90)
    .default(72),
  frameAncestors: words.default([]),
  /** How many proxies in a row are in front: each adds one address to `x-forwarded-for`; what stands there before those anybody may have written. */
  trustProxy: z.union([flag.transform(Number), z.coerce.number().int().min(0).max(9)]).default(0),
  /** What `/metrics` asks for as `Authorization: Bearer …`; default: nothing. */
  metricsToken: z.string().min(16, 'has 16 characters at least').optional(),
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  jobPollMs: z.coerce.number().int().min(20).max(60_000).default(500),
  jobLeaseSeconds: z.coerce.number().int().min(2).max(3600).default(60),
  /** Pauses double from a second to an hour: 25 attempts are half a day. */
  jobAttempts: z.coerce.number().int().min(1).max(1000).default(25),
});

export type Configuration = z.output<typeof schema>;

/** Reads `file` (or the file that ADESKIT_CONFIG names) and the environment. Throws `ConfigurationError` naming every mistake. */
export function readConfiguration(
  environment: Readonly<Record<string, string | undefined>>,
  given: Readonly<Record<string, unknown>> = {},
): Configuration {
  const path = environment['ADESKIT_CONFIG'];
  const fromFile = path === undefined ? {} : readFile(path);
  const fromEnvironment = Object.fromEntries(
    Object.entries(VARIABLES).flatMap(([variable, key]) => {
      const value = environment[variable];
      return value === undefined || value === '' ? [] : [[key, value]];
    }),
  );
  const [s3, oidc] = [S3_VARIABLES, OIDC_VARIABLES].map((variables) => sectionFrom(environment, variables));
  const merged = { ...fromFile, ...fromEnvironment, ...(s3 && { s3 }), ...(oidc && { oidc }), ...given };
  const checked = schema.safeParse(merged);
  if (!checked.success) throw new ConfigurationError(checked.error.issues.map(sentenceOf).join('; '));
  const configuration = { ...checked.data, data: resolve(checked.data.data) };
  if ((configuration.liveHost === undefined) !== (configuration.sandboxHost === undefined))
    throw new ConfigurationError('liveHost and sandboxHost go together: name both or none');
  return configuration;
}

function readFile(path: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('it holds no JSON object');
    return value as Record<string, unknown>;
  } catch (cause) {
    throw new ConfigurationError(`${path} cannot be read as configuration: ${(cause as Error).message}`, { cause });
  }
}

function sectionFrom(
  environment: Readonly<Record<string, string | undefined>>,
  variables: Readonly<Record<string, string>>,
): Record<string, string> | null {
  const found = Object.entries(variables).flatMap(([variable, key]) => {
    const value = environment[variable];
    return value === undefined || value === '' ? [] : [[key, value] as const];
  });
  return found.length === 0 ? null : Object.fromEntries(found);
}

function sentenceOf(issue: z.core.$ZodIssue): string {
  const key = issue.path.join('.');
  const [section] = issue.path;
  const variables = section === 's3' ? S3_VARIABLES : section === 'oidc' ? OIDC_VARIABLES : VARIABLES;
  const variable = Object.entries(variables).find(
    ([, name]) => name === issue.path.at(section === 's3' || section === 'oidc' ? 1 : -1),
  )?.[0];
  const where = key === '' ? 'configuration' : variable === undefined ? key : `${key} (${variable})`;
  return `${where}: ${issue.message}`;
}

/** The folder of the embedded database. */
export const databaseFile = ({ data }: Configuration): string => join(data, 'adeskit.sqlite');

/** Variables of the environment, and the names that they have in the file. */
export const VARIABLES: Readonly<Record<string, string>> = {
  PORT: 'port',
  HOST: 'host',
  ADESKIT_DATA: 'data',
  ADESKIT_PUBLIC_URL: 'publicUrl',
  DATABASE_URL: 'databaseUrl',
  ADESKIT_DATABASE_CONNECTIONS: 'databaseConnections',
  ADESKIT_ENCRYPTION_KEY: 'encryptionKey',
  ADESKIT_SMTP_URL: 'smtpUrl',
  ADESKIT_MAIL_FROM: 'mailFrom',
  ADESKIT_SMS_GATEWAY_URL: 'smsGatewayUrl',
  ADESKIT_SMS_GATEWAY_TOKEN: 'smsGatewayToken',
  ADESKIT_IDENTITY_CHECK_URL: 'identityCheckUrl',
  ADESKIT_IDENTITY_CHECK_TOKEN: 'identityCheckToken',
  ADESKIT_OUTBOX: 'outbox',
  ADESKIT_TSA_URL: 'tsaUrl',
  ADESKIT_TRUST: 'trust',
  ADESKIT_TRUSTED_LISTS: 'trustedLists',
  ADESKIT_CSC: 'csc',
  ADESKIT_ONLINE_VALIDATION: 'onlineValidation',
  ADESKIT_MAXIMUM_UPLOAD: 'maximumUpload',
  ADESKIT_RETENTION_DAYS: 'retentionDays',
  ADESKIT_WORKERS: 'workers',
  ADESKIT_VALIDATION_SECONDS: 'validationSeconds',
  ADESKIT_SEALING_SECONDS: 'sealingSeconds',
  ADESKIT_WORKER_MEMORY_MB: 'workerMemoryMb',
  ADESKIT_WEBHOOK_PRIVATE_HOSTS: 'webhookPrivateHosts',
  ADESKIT_WEBHOOK_SECONDS: 'webhookSeconds',
  ADESKIT_IDEMPOTENCY_REPLAY: 'idempotencyReplay',
  ADESKIT_LIVE_HOST: 'liveHost',
  ADESKIT_SANDBOX_HOST: 'sandboxHost',
  ADESKIT_LINK_HOURS: 'linkHours',
  ADESKIT_FRAME_ANCESTORS: 'frameAncestors',
  ADESKIT_TRUST_PROXY: 'trustProxy',
  ADESKIT_METRICS_TOKEN: 'metricsToken',
  ADESKIT_LOG_LEVEL: 'logLevel',
  ADESKIT_JOB_POLL_MS: 'jobPollMs',
  ADESKIT_JOB_LEASE_SECONDS: 'jobLeaseSeconds',
  ADESKIT_JOB_ATTEMPTS: 'jobAttempts',
};

const OIDC_VARIABLES: Readonly<Record<string, string>> = {
  ADESKIT_OIDC_ISSUER: 'issuer',
  ADESKIT_OIDC_CLIENT_ID: 'clientId',
  ADESKIT_OIDC_CLIENT_SECRET: 'clientSecret',
  ADESKIT_OIDC_NAME: 'name',
  ADESKIT_OIDC_METHODS: 'methods',
  ADESKIT_OIDC_SCOPE: 'scope',
  ADESKIT_OIDC_ACR: 'acr',
  ADESKIT_OIDC_NUMBER_CLAIM: 'numberClaim',
};

const S3_VARIABLES: Readonly<Record<string, string>> = {
  ADESKIT_S3_ENDPOINT: 'endpoint',
  ADESKIT_S3_BUCKET: 'bucket',
  ADESKIT_S3_REGION: 'region',
  ADESKIT_S3_ACCESS_KEY_ID: 'accessKeyId',
  ADESKIT_S3_SECRET_ACCESS_KEY: 'secretAccessKey',
};
