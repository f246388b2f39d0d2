/** The tables. Times are milliseconds, flags 0 or 1; columns named `…_sealed` hold personal data, encrypted. */
import type { Generated } from 'kysely';

export interface Tables {
  tenants: {
    id: string;
    name: string;
    tier: string;
    created_at: number;
    suspended_at: Generated<number | null>;
    /** End of the subscription; null: none. */
    paid_until: Generated<number | null>;
    /** Calls in a month that the plan allows; null: any number. */
    monthly_calls: Generated<number | null>;
  };
  api_keys: {
    id: string;
    tenant_id: string;
    mode: string;
    prefix: string;
    /** SHA-256 of the key, hexadecimal. The key itself is nowhere. */
    hash: string;
    label: string;
    created_at: number;
    revoked_at: number | null;
    /** What an interface keeps with its keys. */
    scope: Generated<string | null>;
  };
  documents: {
    id: string;
    tenant_id: string;
    mode: string;
    name_sealed: string;
    media_type: string;
    size: number;
    pages: number | null;
    sha256: string;
    blob: string;
    preview_blob: string | null;
    locale: string | null;
    created_at: number;
    expires_at: number;
  };
  requests: {
    /** Ascending in the order of creation, for pages of a list. */
    ordinal: Generated<number>;
    id: string;
    tenant_id: string;
    mode: string;
    dialect: string;
    document_id: string;
    level: string;
    ordering: string;
    status: string;
    expires_at: number;
    redirect_url: string | null;
    fields: string;
    metadata_sealed: string;
    created_at: number;
    completed_at: number | null;
    cancel_reason_sealed: string | null;
    sealed_files: string | null;
    /** 1: nobody is written to but with one-time codes. */
    headless: Generated<number>;
    /** JSON: ids of documents that are signed together with the first. */
    further_documents: Generated<string | null>;
    /** Goes up with each change of the request or a signer: who writes last sees that somebody was faster. */
    version: number;
  };
  signers: {
    id: string;
    request_id: string;
    tenant_id: string;
    mode: string;
    position: number;
    turn: number;
    name_sealed: string;
    email_sealed: string;
    phone_sealed: string | null;
    locale: string | null;
    method: string;
    country: string | null;
    status: string;
    verification: string;
    verified_at: number | null;
    identity_sealed: string | null;
    consented_at: number | null;
    signed_at: number | null;
    declined_at: number | null;
    decline_reason_sealed: string | null;
    reminders_sent: number;
    last_reminded_at: number | null;
    seal: string | null;
    simulation: string | null;
    simulated_document_sealed: string | null;
    code_failures: number;
    created_at: number;
    role: Generated<string>;
    details_sealed: Generated<string | null>;
    /** When the signer named the number that the sender knows. */
    number_shown_at: Generated<number | null>;
  };
  identity_checks: {
    id: string;
    request_id: string;
    signer_id: string;
    /** `login`, `pictures`. */
    kind: string;
    content_sealed: string;
    created_at: number;
    ended_at: number | null;
  };
  codes: {
    id: string;
    signer_id: string;
    channel: string;
    mac: string;
    tries: number;
    created_at: number;
    expires_at: number;
    used_at: number | null;
  };
  events: {
    request_id: string;
    sequence: number;
    at: number;
    type: string;
    actor: string;
    details_sealed: string | null;
    /** SHA-256 of salt and details: the chain stays whole where the details are erased. */
    details_digest: string | null;
    previous: string;
    hash: string;
  };
  certificates: {
    /** Hexadecimal. */
    serial: string;
    authority: string;
    request_id: string | null;
    signer_id: string | null;
    issued_at: number;
    not_after: number;
    revoked_at: number | null;
    reason: string | null;
    der: string;
  };
  webhook_endpoints: {
    id: string;
    tenant_id: string;
    mode: string;
    dialect: string;
    url: string;
    secret_sealed: string;
    created_at: number;
    disabled_at: number | null;
    /** JSON: what it wants to hear of; null: everything. */
    topics: Generated<string | null>;
    description: Generated<string | null>;
    /** Rounds in a row in which nothing was taken. */
    failures: Generated<number>;
    paused_until: Generated<number | null>;
    /** 1: its last answers came late, or not at all. */
    slow: Generated<number>;
    served_at: Generated<number>;
    /** The process that serves it now. */
    lease: Generated<string | null>;
    leased_until: Generated<number | null>;
  };
  webhook_deliveries: {
    id: string;
    endpoint_id: string;
    tenant_id: string;
    mode: string;
    event_id: string;
    event_type: string;
    body_sealed: string;
    status: string;
    attempts: number;
    created_at: number;
    next_at: number | null;
    delivered_at: number | null;
    token_used_at: Generated<number | null>;
  };
  webhook_attempts: {
    id: string;
    delivery_id: string;
    attempt: number;
    at: number;
    status_code: number | null;
    reason: string | null;
    ms: number;
  };
  messages: {
    id: string;
    tenant_id: string;
    mode: string;
    signer_id: string | null;
    channel: string;
    to_sealed: string;
    subject_sealed: string;
    body_sealed: string;
    created_at: number;
    sent_at: number | null;
  };
  idempotency: {
    tenant_id: string;
    mode: string;
    key: string;
    fingerprint: string;
    resource: string;
    created_at: number;
    answer_sealed: Generated<string | null>;
  };
  drafts: {
    id: string;
    tenant_id: string;
    mode: string;
    dialect: string;
    /** The customer's own id. */
    name: string;
    content_sealed: string;
    request_id: string | null;
    status: string;
    created_at: number;
  };
  evidence: { id: string; request_id: string; signer_id: string; kind: string; media_type: string; blob: string; created_at: number };
  usage: { tenant_id: string; month: string; calls: number };
  accounts: {
    id: string;
    tenant_id: string;
    role: string;
    email_mac: string;
    email_sealed: string;
    password: string;
    created_at: number;
  };
  /** Accounts that are offered to somebody by mail. */
  invitations: {
    id: string;
    tenant_id: string;
    role: string;
    email_mac: string;
    email_sealed: string;
    created_at: number;
    expires_at: number;
  };
  /** Those who are signed in to the portal. */
  sessions: {
    /** SHA-256 of the token, hexadecimal. */
    id: string;
    account_id: string;
    created_at: number;
    seen_at: number;
  };
  rate_windows: { key_id: string; started_at: number; count: number };
  keyring: { name: string; value_sealed: string; created_at: number };
  jobs: {
    id: string;
    kind: string;
    key: string | null;
    data: string;
    run_at: number;
    attempts: number;
    leased_until: number | null;
    lease: string | null;
    created_at: number;
    failed_at: number | null;
    reason: string | null;
  };
}
