/** The schema, step by step: the same steps on both databases. A step that was released is never changed. */
import { type CreateTableBuilder, type Kysely, sql } from 'kysely';
import type { Migration, MigrationProvider } from 'kysely/migration';

/** What differs between the two databases. */
export type Dialect = 'sqlite' | 'postgres';

export const migrationsFor = (dialect: Dialect): MigrationProvider => ({
  getMigrations: async (): Promise<Record<string, Migration>> => ({
    '001-service': { up: (db) => first(db as Kysely<unknown>, dialect) },
    '002-interfaces': { up: (db) => second(db as Kysely<unknown>) },
    '003-webhook-lanes': { up: (db) => webhookLanes(db as Kysely<{ jobs: { kind: string } }>) },
    '003-sessions': { up: (db) => sessions(db as Kysely<unknown>) },
    '004-identity': { up: (db) => identity(db as Kysely<unknown>) },
    '005-invitations': { up: (db) => invitations(db as Kysely<unknown>) },
    '006-jobs-by-kind': { up: (db) => jobsByKind(db as Kysely<unknown>) },
  }),
});

type Columns = Readonly<Record<string, string>>;

async function first(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  for (const [name, columns] of Object.entries(TABLES)) {
    let table = db.schema.createTable(name) as CreateTableBuilder<string, string>;
    if (name === 'requests')
      table = table.addColumn('ordinal', dialect === 'sqlite' ? 'integer' : 'bigserial', (column) =>
        dialect === 'sqlite' ? column.primaryKey().autoIncrement() : column.primaryKey(),
      );
    for (const [column, kind] of Object.entries(columns)) {
      const [type = '', ...marks] = kind.split(' ');
      table = table.addColumn(column, sql.raw(type === 'time' ? 'bigint' : type), (built) => {
        const required = marks.includes('null') ? built : built.notNull();
        if (marks.includes('zero')) return required.defaultTo(0);
        return required;
      });
    }
    const keys = KEYS[name];
    if (keys && name !== 'requests') table = table.addPrimaryKeyConstraint(`${name}_pk`, keys as never);
    await table.execute();
  }
  for (const [name, table, columns, unique] of INDEXES) {
    const index = db.schema
      .createIndex(name)
      .on(table)
      .columns([...columns]);
    await (unique ? index.unique() : index).execute();
  }
}

/** What the further interfaces need of the core: roles, further documents, drafts, accounts, use by month. */
async function second(db: Kysely<unknown>): Promise<void> {
  for (const [table, columns] of Object.entries(ADDED_COLUMNS)) {
    for (const [column, kind] of Object.entries(columns)) {
      const [type = '', mark] = kind.split(' ');
      await db.schema
        .alterTable(table)
        .addColumn(column, sql.raw(type === 'time' ? 'bigint' : type), (built) => {
          if (mark === 'zero') return built.notNull().defaultTo(0);
          return mark === 'signer' ? built.notNull().defaultTo('signer') : built;
        })
        .execute();
    }
  }
  for (const [name, { keys, ...columns }] of Object.entries(ADDED_TABLES)) {
    let table = db.schema.createTable(name) as CreateTableBuilder<string, string>;
    for (const [column, kind] of Object.entries(columns)) {
      const [type = '', mark] = kind.split(' ');
      table = table.addColumn(column, sql.raw(type === 'time' ? 'bigint' : type), (built) => (mark === 'null' ? built : built.notNull()));
    }
    await table.addPrimaryKeyConstraint(`${name}_pk`, keys.split(' ') as never).execute();
  }
  await db.schema.createIndex('drafts_name').on('drafts').columns(['tenant_id', 'mode', 'dialect', 'name']).unique().execute();
  await db.schema.createIndex('evidence_signer').on('evidence').columns(['signer_id']).execute();
  await db.schema.createIndex('accounts_email').on('accounts').columns(['email_mac']).unique().execute();
}

/** Checks of identities that somebody else makes: a login that was begun, pictures that are looked at. */
async function identity(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('identity_checks')
    .addColumn('id', 'text', (built) => built.notNull().primaryKey())
    .addColumn('request_id', 'text', (built) => built.notNull())
    .addColumn('signer_id', 'text', (built) => built.notNull())
    .addColumn('kind', 'text', (built) => built.notNull())
    .addColumn('content_sealed', 'text', (built) => built.notNull())
    .addColumn('created_at', 'bigint', (built) => built.notNull())
    .addColumn('ended_at', 'bigint')
    .execute();
  await db.schema.createIndex('identity_checks_signer').on('identity_checks').columns(['signer_id', 'created_at']).execute();
  await db.schema.alterTable('signers').addColumn('number_shown_at', 'bigint').execute();
}

async function invitations(db: Kysely<unknown>): Promise<void> {
  let table = db.schema.createTable('invitations').addColumn('id', 'text', (built) => built.notNull().primaryKey());
  for (const column of ['tenant_id', 'role', 'email_mac', 'email_sealed'])
    table = table.addColumn(column, 'text', (built) => built.notNull());
  for (const column of ['created_at', 'expires_at']) table = table.addColumn(column, 'bigint', (built) => built.notNull());
  await table.execute();
  await db.schema.createIndex('invitations_address').on('invitations').columns(['tenant_id', 'email_mac']).unique().execute();
  await db.schema.createIndex('accounts_tenant').on('accounts').columns(['tenant_id']).execute();
}

/** Jobs are taken kind by kind: many of one that waits are no detour for another. */
async function jobsByKind(db: Kysely<unknown>): Promise<void> {
  await db.schema.createIndex('jobs_kind_due').on('jobs').columns(['kind', 'failed_at', 'run_at']).execute();
  await db.schema.dropIndex('jobs_due').execute();
}

async function sessions(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('sessions')
    .addColumn('id', 'text', (built) => built.notNull().primaryKey())
    .addColumn('account_id', 'text', (built) => built.notNull())
    .addColumn('created_at', 'bigint', (built) => built.notNull())
    .addColumn('seen_at', 'bigint', (built) => built.notNull())
    .execute();
  await db.schema.createIndex('sessions_account').on('sessions').columns(['account_id']).execute();
}

/** Addresses of webhooks are served by lanes, no longer by a job for each delivery. */
async function webhookLanes(db: Kysely<{ jobs: { kind: string } }>): Promise<void> {
  for (const [column, type] of Object.entries({ paused_until: 'bigint', lease: 'text', leased_until: 'bigint' }))
    await db.schema.alterTable('webhook_endpoints').addColumn(column, sql.raw(type)).execute();
  for (const [column, type] of Object.entries({ failures: 'integer', slow: 'integer', served_at: 'bigint' }))
    await db.schema
      .alterTable('webhook_endpoints')
      .addColumn(column, sql.raw(type), (built) => built.notNull().defaultTo(0))
      .execute();
  await db.schema.createIndex('webhook_deliveries_due').on('webhook_deliveries').columns(['endpoint_id', 'status', 'next_at']).execute();
  await db.deleteFrom('jobs').where('kind', '=', 'webhook').execute();
}

const ADDED_COLUMNS: Readonly<Record<string, Columns>> = {
  tenants: { suspended_at: 'time null', paid_until: 'time null', monthly_calls: 'integer null' },
  api_keys: { scope: 'text null' },
  requests: { headless: 'integer zero', further_documents: 'text null' },
  signers: { role: 'text signer', details_sealed: 'text null' },
  webhook_endpoints: { topics: 'text null', description: 'text null' },
  webhook_deliveries: { token_used_at: 'time null' },
  idempotency: { answer_sealed: 'text null' },
};

const ADDED_TABLES: Readonly<Record<string, Columns & { readonly keys: string }>> = {
  drafts: {
    keys: 'id',
    id: 'text',
    tenant_id: 'text',
    mode: 'text',
    dialect: 'text',
    name: 'text',
    content_sealed: 'text',
    request_id: 'text null',
    status: 'text',
    created_at: 'time',
  },
  evidence: {
    keys: 'id',
    id: 'text',
    request_id: 'text',
    signer_id: 'text',
    kind: 'text',
    media_type: 'text',
    blob: 'text',
    created_at: 'time',
  },
  usage: { keys: 'tenant_id month', tenant_id: 'text', month: 'text', calls: 'integer' },
  accounts: {
    keys: 'id',
    id: 'text',
    tenant_id: 'text',
    role: 'text',
    email_mac: 'text',
    email_sealed: 'text',
    password: 'text',
    created_at: 'time',
  },
};

/** Column: type, then `null` where it may be empty. */
const TABLES: Readonly<Record<string, Columns>> = {
  tenants: { id: 'text', name: 'text', tier: 'text', created_at: 'time' },
  api_keys: {
    id: 'text',
    tenant_id: 'text',
    mode: 'text',
    prefix: 'text',
    hash: 'text',
    label: 'text',
    created_at: 'time',
    revoked_at: 'time null',
  },
  documents: {
    id: 'text',
    tenant_id: 'text',
    mode: 'text',
    name_sealed: 'text',
    media_type: 'text',
    size: 'bigint',
    pages: 'integer null',
    sha256: 'text',
    blob: 'text',
    preview_blob: 'text null',
    locale: 'text null',
    created_at: 'time',
    expires_at: 'time',
  },
  requests: {
    id: 'text',
    tenant_id: 'text',
    mode: 'text',
    dialect: 'text',
    document_id: 'text',
    level: 'text',
    ordering: 'text',
    status: 'text',
    expires_at: 'time',
    redirect_url: 'text null',
    fields: 'text',
    metadata_sealed: 'text',
    created_at: 'time',
    completed_at: 'time null',
    cancel_reason_sealed: 'text null',
    sealed_files: 'text null',
    version: 'integer zero',
  },
  signers: {
    id: 'text',
    request_id: 'text',
    tenant_id: 'text',
    mode: 'text',
    position: 'integer',
    turn: 'integer',
    name_sealed: 'text',
    email_sealed: 'text',
    phone_sealed: 'text null',
    locale: 'text null',
    method: 'text',
    country: 'text null',
    status: 'text',
    verification: 'text',
    verified_at: 'time null',
    identity_sealed: 'text null',
    consented_at: 'time null',
    signed_at: 'time null',
    declined_at: 'time null',
    decline_reason_sealed: 'text null',
    reminders_sent: 'integer zero',
    last_reminded_at: 'time null',
    seal: 'text null',
    simulation: 'text null',
    simulated_document_sealed: 'text null',
    code_failures: 'integer zero',
    created_at: 'time',
  },
  codes: {
    id: 'text',
    signer_id: 'text',
    channel: 'text',
    mac: 'text',
    tries: 'integer zero',
    created_at: 'time',
    expires_at: 'time',
    used_at: 'time null',
  },
  events: {
    request_id: 'text',
    sequence: 'integer',
    at: 'time',
    type: 'text',
    actor: 'text',
    details_sealed: 'text null',
    details_digest: 'text null',
    previous: 'text',
    hash: 'text',
  },
  certificates: {
    serial: 'text',
    authority: 'text',
    request_id: 'text null',
    signer_id: 'text null',
    issued_at: 'time',
    not_after: 'time',
    revoked_at: 'time null',
    reason: 'text null',
    der: 'text',
  },
  webhook_endpoints: {
    id: 'text',
    tenant_id: 'text',
    mode: 'text',
    dialect: 'text',
    url: 'text',
    secret_sealed: 'text',
    created_at: 'time',
    disabled_at: 'time null',
  },
  webhook_deliveries: {
    id: 'text',
    endpoint_id: 'text',
    tenant_id: 'text',
    mode: 'text',
    event_id: 'text',
    event_type: 'text',
    body_sealed: 'text',
    status: 'text',
    attempts: 'integer zero',
    created_at: 'time',
    next_at: 'time null',
    delivered_at: 'time null',
  },
  webhook_attempts: {
    id: 'text',
    delivery_id: 'text',
    attempt: 'integer',
    at: 'time',
    status_code: 'integer null',
    reason: 'text null',
    ms: 'integer',
  },
  messages: {
    id: 'text',
    tenant_id: 'text',
    mode: 'text',
    signer_id: 'text null',
    channel: 'text',
    to_sealed: 'text',
    subject_sealed: 'text',
    body_sealed: 'text',
    created_at: 'time',
    sent_at: 'time null',
  },
  idempotency: { tenant_id: 'text', mode: 'text', key: 'text', fingerprint: 'text', resource: 'text', created_at: 'time' },
  rate_windows: { key_id: 'text', started_at: 'time', count: 'integer' },
  keyring: { name: 'text', value_sealed: 'text', created_at: 'time' },
  jobs: {
    id: 'text',
    kind: 'text',
    key: 'text null',
    data: 'text',
    run_at: 'time',
    attempts: 'integer zero',
    leased_until: 'time null',
    lease: 'text null',
    created_at: 'time',
    failed_at: 'time null',
    reason: 'text null',
  },
};

const KEYS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(Object.keys(TABLES).map((name) => [name, ['id']])),
  events: ['request_id', 'sequence'],
  certificates: ['serial'],
  idempotency: ['tenant_id', 'mode', 'key'],
  rate_windows: ['key_id', 'started_at'],
  keyring: ['name'],
};

const INDEXES: readonly (readonly [name: string, table: string, columns: readonly string[], unique: boolean])[] = [
  ['api_keys_hash', 'api_keys', ['hash'], true],
  ['documents_expiry', 'documents', ['expires_at'], false],
  ['requests_id', 'requests', ['id'], true],
  ['requests_realm', 'requests', ['tenant_id', 'mode', 'ordinal'], false],
  ['requests_document', 'requests', ['document_id'], false],
  ['signers_request', 'signers', ['request_id', 'position'], true],
  ['codes_signer', 'codes', ['signer_id', 'created_at'], false],
  ['certificates_request', 'certificates', ['request_id'], false],
  ['webhook_endpoints_realm', 'webhook_endpoints', ['tenant_id', 'mode'], false],
  ['webhook_deliveries_once', 'webhook_deliveries', ['endpoint_id', 'event_id'], true],
  ['webhook_deliveries_realm', 'webhook_deliveries', ['tenant_id', 'mode', 'created_at'], false],
  ['webhook_attempts_delivery', 'webhook_attempts', ['delivery_id'], false],
  ['messages_realm', 'messages', ['tenant_id', 'mode', 'created_at'], false],
  ['messages_signer', 'messages', ['signer_id'], false],
  ['jobs_due', 'jobs', ['failed_at', 'run_at'], false],
  ['jobs_key', 'jobs', ['kind', 'key'], false],
];
