/** Rows of the database as records of the domain: personal data is opened here and nowhere else. */
import type { Queries, Row } from '../storage/database.ts';
import type { Vault } from '../storage/vault.ts';
import type {
  DocumentRecord,
  Field,
  Identity,
  IdentityMethod,
  Mode,
  Ordering,
  Realm,
  RequestRecord,
  RequestStatus,
  Role,
  SealedFiles,
  SignatureLevel,
  SignerDetails,
  SignerRecord,
  SignerSeal,
  SignerStatus,
  Simulation,
  VerificationStatus,
} from './model.ts';

/** The place of a sealed column: what is moved elsewhere does not open. */
export const place = (table: string, column: string, id: string): string => `${table}.${column} ${id}`;

export const realmOf = (row: { readonly tenant_id: string; readonly mode: string }): Realm => ({
  tenant: row.tenant_id,
  mode: row.mode as Mode,
});

export function documentOf(row: Row<'documents'>, vault: Vault): DocumentRecord {
  return {
    id: row.id,
    name: vault.open(row.name_sealed, place('documents', 'name', row.id)),
    mediaType: row.media_type,
    size: row.size,
    pages: row.pages,
    sha256: row.sha256,
    locale: row.locale,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}

export function signerOf(row: Row<'signers'>, vault: Vault): SignerRecord {
  const open = (column: string, sealed: string | null): string | null =>
    sealed === null ? null : vault.open(sealed, place('signers', column, row.id));
  const identity = open('identity', row.identity_sealed);
  return {
    id: row.id,
    requestId: row.request_id,
    position: row.position,
    turn: row.turn,
    name: open('name', row.name_sealed) ?? '',
    email: open('email', row.email_sealed) ?? '',
    phone: open('phone', row.phone_sealed),
    locale: row.locale,
    method: row.method as IdentityMethod,
    country: row.country,
    status: row.status as SignerStatus,
    verification: row.verification as VerificationStatus,
    verifiedAt: row.verified_at,
    identity: identity === null ? null : (JSON.parse(identity) as Identity),
    consentedAt: row.consented_at,
    signedAt: row.signed_at,
    declinedAt: row.declined_at,
    declineReason: open('decline_reason', row.decline_reason_sealed),
    remindersSent: row.reminders_sent,
    lastRemindedAt: row.last_reminded_at,
    seal: row.seal === null ? null : (JSON.parse(row.seal) as SignerSeal),
    simulation: row.simulation as Simulation | null,
    simulatedDocument: open('simulated_document', row.simulated_document_sealed),
    role: row.role as Role,
    details: JSON.parse(open('details', row.details_sealed) ?? '{}') as SignerDetails,
    numberShownAt: row.number_shown_at,
  };
}

export function requestOf(row: Row<'requests'>, signers: readonly Row<'signers'>[], vault: Vault): RequestRecord {
  return {
    id: row.id,
    number: row.ordinal,
    realm: realmOf(row),
    dialect: row.dialect,
    documentId: row.document_id,
    furtherDocumentIds: row.further_documents === null ? [] : (JSON.parse(row.further_documents) as string[]),
    headless: row.headless === 1,
    level: row.level as SignatureLevel,
    ordering: row.ordering as Ordering,
    status: row.status as RequestStatus,
    expiresAt: row.expires_at,
    redirectUrl: row.redirect_url,
    fields: JSON.parse(row.fields) as Field[],
    metadata: JSON.parse(vault.open(row.metadata_sealed, place('requests', 'metadata', row.id))) as Record<string, unknown>,
    createdAt: row.created_at,
    completedAt: row.completed_at,
    sealed: row.sealed_files === null ? null : (JSON.parse(row.sealed_files) as SealedFiles),
    signers: signers.map((signer) => signerOf(signer, vault)),
  };
}

/** The blobs that the sealing of a request left. */
export function blobsOf({ sealed_files: files }: Pick<Row<'requests'>, 'sealed_files'>): string[] {
  if (files === null) return [];
  const { document, trail, trailJson, further = [] } = JSON.parse(files) as SealedFiles;
  return [document, trail, trailJson, ...further.map((file) => file.document)];
}

/** A request with its signers in their order, by its row. */
export async function withSigners(db: Queries, row: Row<'requests'>, vault: Vault): Promise<RequestRecord> {
  const signers = await db.selectFrom('signers').selectAll().where('request_id', '=', row.id).orderBy('position').execute();
  return requestOf(row, signers, vault);
}
