/** Records of the domain in the words of the QSignHub interface, and back. */
import type { z } from 'zod';
import type { Core } from '../../domain/core.ts';
import { iso, isoSeconds } from '../../domain/dates.ts';
import { bareId } from '../../domain/ids.ts';
import { fileUrl, signingUrl } from '../../domain/links.ts';
import type {
  DocumentRecord,
  IdentityMethod,
  Realm,
  RequestRecord,
  RequestStatus,
  SignatureLevel,
  SignerRecord,
  Simulation,
} from '../../domain/model.ts';
import type { NewSigner } from '../../domain/signers.ts';
import type { ValidatedSignature, Validation } from '../../workers/protocol.ts';
import type { documentView, newSigner, requestView, signerView, validationView, verificationView } from './schemas.ts';

export interface ViewContext {
  readonly core: Core;
  /** A token for embedding a request. */
  readonly embedToken: (request: RequestRecord) => string;
}

export const LEVELS = { qes: 'qualified', aes: 'advanced', ses: 'simple' } as const satisfies Record<string, SignatureLevel>;

/** Which statuses of the domain one of theirs stands for. */
export const STATUSES: Readonly<Record<z.output<typeof requestView>['status'], readonly RequestStatus[]>> = {
  pending: ['pending'],
  in_progress: ['started', 'sealing'],
  completed: ['completed'],
  expired: ['expired'],
  cancelled: ['cancelled', 'declined', 'failed'],
};

export function viewOfDocument({ links, clock }: Core, document: DocumentRecord): z.output<typeof documentView> {
  return {
    id: document.id,
    name: document.name,
    mime_type: document.mediaType,
    size_bytes: document.size,
    pages: document.pages,
    sha256: document.sha256,
    preview_url: fileUrl(links, 'preview', document.id, clock(), 'page-1.png'),
    created_at: isoSeconds(document.createdAt),
    expires_at: isoSeconds(document.expiresAt),
  };
}

export function viewOfRequest({ core, embedToken }: ViewContext, request: RequestRecord): z.output<typeof requestView> {
  const { links, clock } = core;
  const sealed = request.status === 'completed' ? request.sealed : null;
  return {
    id: request.id,
    status: statusOf(request.status),
    signature_type: typeOf(request.level),
    signing_order: request.ordering,
    document_id: request.documentId,
    signing_url: signingUrl(links, `r/${bareId(request.id)}`, bareId(request.id), clock()),
    embed_token: embedToken(request),
    signers: request.signers.map((signer) => viewOfSigner(core, signer)),
    ...(request.redirectUrl !== null && { redirect_url: request.redirectUrl }),
    ...(request.status === 'failed' && { failure: SEALING_FAILED }),
    metadata: { ...request.metadata },
    expires_at: isoSeconds(request.expiresAt),
    created_at: isoSeconds(request.createdAt),
    ...(request.completedAt !== null && { completed_at: isoSeconds(request.completedAt) }),
    ...(sealed && {
      signed_document_url: fileUrl(
        links,
        'sealed-document',
        request.id,
        clock(),
        sealed.mediaType === 'application/pdf' ? 'signed.pdf' : 'signed.asice',
      ),
      audit_trail_url: fileUrl(links, 'audit-trail', request.id, clock(), 'audit.pdf'),
    }),
  };
}

export function viewOfSigner({ links, clock }: Core, signer: SignerRecord): z.output<typeof signerView> {
  const { seal } = signer;
  return {
    id: signer.id,
    name: signer.name,
    email: signer.email,
    status: signerStatusOf(signer),
    signing_url: signingUrl(links, `s/${bareId(signer.id)}`, bareId(signer.id), clock()),
    ...(signer.signedAt !== null && { signed_at: isoSeconds(signer.signedAt) }),
    ...(seal && {
      certificate: {
        issuer: seal.issuer,
        serial: (seal.serial.toUpperCase().match(/../g) ?? []).join(':'),
        valid_from: isoSeconds(seal.validFrom).slice(0, 10),
        valid_to: isoSeconds(seal.validTo).slice(0, 10),
        qualified: seal.qualified,
        tsp: seal.provider,
      },
      timestamp: { value: iso(seal.timestamp.time), authority: seal.timestamp.authority, hash: seal.timestamp.imprint },
    }),
  };
}

export function viewOfVerification(signer: SignerRecord): z.output<typeof verificationView> {
  const { identity } = signer;
  return {
    signer_id: signer.id,
    verification_status: signer.verification === 'started' || signer.verification === 'checking' ? 'in_progress' : signer.verification,
    method_used: METHOD_WORDS[signer.method],
    verified_at: signer.verifiedAt === null ? null : isoSeconds(signer.verifiedAt),
    identity: identity && {
      full_name: identity.fullName,
      document_type: identity.documentType,
      document_country: identity.documentCountry,
      date_of_birth: identity.dateOfBirth,
      document_expiry: identity.documentExpiry,
      match_score: identity.matchScore,
    },
    liveness_check: identity?.liveness ?? null,
  };
}

/** Whose roots stand for what: by SHA-256 of the certificate. */
export interface KnownRoots {
  readonly test: ReadonlySet<string>;
  readonly operator: ReadonlySet<string>;
  /** Certificates of operator seals: simple signatures. */
  readonly seals: ReadonlySet<string>;
}

export function viewOfValidation(validation: Validation, roots: KnownRoots, withReport: boolean): z.output<typeof validationView> {
  return {
    valid: validation.good,
    signatures: validation.signatures.map((signature) => ({
      signer_name: signature.signerName,
      signed_at: signature.signedAt === null ? null : iso(signature.signedAt),
      signature_level: levelOf(signature, roots),
      certificate_valid: signature.certificateValid,
      certificate_issuer: signature.issuer,
      trusted_list: listOf(signature, roots),
      document_integrity: signature.intact,
      timestamp_valid: signature.timestampValid ?? false,
      ocsp_status: signature.revocation === 'not-checked' ? 'unknown' : signature.revocation,
      indication: signature.indication,
      sub_indication: signature.subIndication,
      format_level: signature.level,
    })),
    ...(withReport && { report: validation.report }),
  };
}

/** A signer as this interface names them; in the sandbox some addresses play a part. */
export function signerFrom(signer: z.output<typeof newSigner>, level: SignatureLevel, realm: Realm): NewSigner {
  const asked = signer.identity_verification ?? null;
  const document = asked?.document_number ?? null;
  const played = SIMULATIONS[signer.email.toLowerCase()] ?? (document === null ? null : 'shows-document');
  return {
    name: signer.name,
    email: signer.email,
    phone: signer.phone ?? null,
    method: asked === null ? usualMethod(level, realm) : METHODS[asked.method],
    country: asked?.country ?? null,
    locale: signer.locale ?? null,
    order: signer.order ?? null,
    simulation: realm.mode === 'test' ? played : null,
    simulatedDocument: realm.mode === 'test' ? document : null,
  };
}

export const statusOf = (status: RequestStatus): z.output<typeof requestView>['status'] => {
  for (const [word, statuses] of Object.entries(STATUSES)) {
    if (statuses.includes(status)) return word as z.output<typeof requestView>['status'];
  }
  return 'pending';
};

export function signerStatusOf({ status, verification }: SignerRecord): z.output<typeof signerView>['status'] {
  if (status === 'verification-failed') return 'verification_failed';
  if (status !== 'waiting') return status;
  return verification === 'verified' ? 'pending_signature' : 'pending_verification';
}

const typeOf = (level: SignatureLevel): 'qes' | 'aes' | 'ses' => (level === 'qualified' ? 'qes' : level === 'advanced' ? 'aes' : 'ses');

function levelOf({ qualification, chain }: ValidatedSignature, { seals }: KnownRoots): 'QES' | 'AES' | 'SES' {
  if (qualification === 'QESig' || qualification === 'QESeal') return 'QES';
  const [own] = chain;
  return own === undefined || seals.has(own) ? 'SES' : 'AES';
}

function listOf(
  { qualification, chain }: ValidatedSignature,
  { test, operator }: KnownRoots,
): z.output<typeof validationView>['signatures'][number]['trusted_list'] {
  if (/^(QE|AdE)S(ig|eal)(-QC)?$/.test(qualification) && qualification !== 'AdESig' && qualification !== 'AdESeal') return 'EU_TRUSTED';
  if (chain.some((one) => test.has(one))) return 'TEST_TRUSTED';
  return chain.some((one) => operator.has(one)) ? 'OPERATOR_TRUSTED' : 'NOT_TRUSTED';
}

/** Where the caller names no way of identification. */
function usualMethod(level: SignatureLevel, { mode }: Realm): IdentityMethod {
  if (level === 'simple') return 'none';
  return level === 'qualified' && mode === 'test' ? 'video' : 'email-code';
}

const SEALING_FAILED = {
  code: 'SEALING_FAILED' as const,
  message: 'Everybody has signed, but the signed document could not be made. The operator of the service can have it made again.',
};

const METHODS = { video_id: 'video', eidas_idp: 'national-eid', bank_id: 'bank', sms_otp: 'sms-code' } as const satisfies Record<
  string,
  IdentityMethod
>;

const METHOD_WORDS: Readonly<Record<IdentityMethod, z.output<typeof verificationView>['method_used']>> = {
  video: 'video_id',
  pictures: 'video_id',
  'national-eid': 'eidas_idp',
  bank: 'bank_id',
  'sms-code': 'sms_otp',
  'email-code': 'email_otp',
  none: null,
};

const SIMULATIONS: Readonly<Record<string, Simulation>> = {
  'sign.success@qsignhub-test.io': 'signs',
  'sign.fail@qsignhub-test.io': 'fails-verification',
  'sign.timeout@qsignhub-test.io': 'never-acts',
};
