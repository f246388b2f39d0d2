/** The shapes of the QSignHub interface, as its document shows them; they also make the OpenAPI document. */
import { z } from 'zod';
import { line } from '../shapes.ts';

const instant = z.iso.datetime({ offset: true });
const id = (prefix: string, length: number) => z.string().regex(new RegExp(`^${prefix}_[A-Za-z0-9]{${length}}$`));

const identityVerification = z.object({
  method: z.enum(['video_id', 'eidas_idp', 'bank_id', 'sms_otp']),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 alpha-2 code')
    .optional(),
  document_number: line(64).optional().describe('Sandbox only: the identity document that the signer shows.'),
});

const locale = z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a BCP 47 language tag');
const phone = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be in E.164 form');

export const newSigner = z.object({
  name: line(200),
  email: z.email().max(254),
  phone: phone.nullish(),
  identity_verification: identityVerification.nullish(),
  locale: locale.nullish(),
  order: z.int().min(1).max(1000).nullish(),
});

const number = z.number().min(-100_000).max(100_000);

export const newRequest = z.object({
  document_id: z.string().min(1).max(64),
  signers: z.array(newSigner).min(1).max(20),
  signature_type: z.enum(['qes', 'aes', 'ses']).default('qes'),
  signing_order: z.enum(['sequential', 'parallel']).default('parallel'),
  expires_at: instant.nullish(),
  redirect_url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .nullish(),
  fields: z
    .array(
      z.object({
        signer_index: z.int().min(0).max(19),
        page: z.int().min(1).max(100_000),
        x: number,
        y: number,
        width: number.positive(),
        height: number.positive(),
        type: z.literal('signature').default('signature'),
      }),
    )
    .max(200)
    .default([])
    .describe('Points, from the upper left corner of the page as it is seen; pages count from 1.'),
  metadata: z.record(z.string().max(100), z.unknown()).default({}),
});

export const cancellation = z.object({ reason: z.string().trim().max(2000).nullish() }).nullish();

export const reminder = z
  .object({ channel: z.enum(['email', 'sms', 'both']).default('email'), message: z.string().trim().max(2000).nullish() })
  .nullish();

export const listQuery = z.object({
  status: z.enum(['pending', 'in_progress', 'completed', 'expired', 'cancelled']).optional(),
  from: instant.optional(),
  to: instant.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .optional(),
});

export const requestId = z.object({ request_id: z.string().max(64) });
export const signerIds = z.object({ request_id: z.string().max(64), signer_id: z.string().max(64) });
export const downloadQuery = z.object({ include: z.literal('audit_trail').optional() });
export const validateQuery = z.object({ include: z.literal('report').optional() });

export const documentView = z.object({
  id: id('doc', 16),
  name: z.string(),
  mime_type: z.string(),
  size_bytes: z.int(),
  pages: z.int().nullable(),
  sha256: z.string(),
  preview_url: z.string(),
  created_at: z.string(),
  expires_at: z.string(),
});

export const signerView = z.object({
  id: id('sgn', 12),
  name: z.string(),
  email: z.string(),
  status: z.enum(['pending_verification', 'pending_signature', 'verification_failed', 'signed', 'declined']),
  signing_url: z.string(),
  signed_at: z.string().optional(),
  certificate: z
    .object({
      issuer: z.string(),
      serial: z.string(),
      valid_from: z.string(),
      valid_to: z.string(),
      qualified: z.boolean(),
      tsp: z.string(),
    })
    .optional(),
  timestamp: z.object({ value: z.string(), authority: z.string(), hash: z.string() }).optional(),
});

export const requestView = z.object({
  id: id('sreq', 16),
  status: z.enum(['pending', 'in_progress', 'completed', 'expired', 'cancelled']),
  signature_type: z.enum(['qes', 'aes', 'ses']),
  signing_order: z.enum(['sequential', 'parallel']),
  document_id: z.string(),
  signing_url: z.string(),
  embed_token: z.string(),
  signers: z.array(signerView),
  redirect_url: z.string().optional(),
  failure: z.object({ code: z.enum(['SEALING_FAILED']), message: z.string() }).optional(),
  metadata: z.record(z.string(), z.unknown()),
  expires_at: z.string(),
  created_at: z.string(),
  completed_at: z.string().optional(),
  signed_document_url: z.string().optional(),
  audit_trail_url: z.string().optional(),
});

export const listView = z.object({ data: z.array(requestView), next_cursor: z.string().nullable() });

export const verificationView = z.object({
  signer_id: z.string(),
  verification_status: z.enum(['pending', 'in_progress', 'verified', 'failed']),
  method_used: z.enum(['video_id', 'eidas_idp', 'bank_id', 'sms_otp', 'email_otp']).nullable(),
  verified_at: z.string().nullable(),
  identity: z
    .object({
      full_name: z.string(),
      document_type: z.enum(['passport', 'national_id', 'drivers_license']).nullable(),
      document_country: z.string().nullable(),
      date_of_birth: z.string().nullable(),
      document_expiry: z.string().nullable(),
      match_score: z.number().nullable(),
    })
    .nullable(),
  liveness_check: z.boolean().nullable(),
});

export const reminderView = z.object({
  signer_id: z.string(),
  reminders_sent: z.int(),
  reminders_left: z.int(),
  next_reminder_at: z.string().nullable(),
});

export const validationView = z.object({
  valid: z.boolean(),
  signatures: z.array(
    z.object({
      signer_name: z.string().nullable(),
      signed_at: z.string().nullable(),
      signature_level: z.enum(['QES', 'AES', 'SES']),
      certificate_valid: z.boolean(),
      certificate_issuer: z.string().nullable(),
      trusted_list: z.enum(['EU_TRUSTED', 'OPERATOR_TRUSTED', 'TEST_TRUSTED', 'NOT_TRUSTED']),
      document_integrity: z.boolean(),
      timestamp_valid: z.boolean(),
      ocsp_status: z.enum(['good', 'revoked', 'unknown']),
      indication: z.string(),
      sub_indication: z.string().nullable(),
      format_level: z.string(),
    }),
  ),
  report: z.unknown().optional(),
});

export const countriesView = z.object({
  data: z.array(
    z.object({ country: z.string(), name: z.string(), providers: z.array(z.string()), levels: z.array(z.enum(['qes', 'aes'])) }),
  ),
});

export const errorView = z.object({
  error: z.object({ code: z.string(), message: z.string(), docs_url: z.string(), request_id: z.string() }),
});
