/** The shapes of the QI Sign interface; they also make its OpenAPI document. */
import { z } from 'zod';
import { line } from '../shapes.ts';

const name = line(100).regex(/^[^/\s~]+$/, 'must not hold spaces or slashes');
const digits = (most: number) => z.string().regex(new RegExp(`^\\d{1,${most}}$`), 'must be digits');
const channel = z.enum(['email', 'sms', 'whatsapp']);

export const signer = z
  .object({
    id: name,
    name: line(200),
    email: z.email().max(254).optional(),
    birthdate: z.iso.date(),
    document_number: line(40),
    phone: z.object({ international_dial_code: digits(3), area_code: digits(4), number: digits(12) }).optional(),
    document_submission_method: channel,
    authentication_submission_method: channel,
  })
  .refine(({ email, phone }) => email !== undefined || phone !== undefined, 'needs an email or a phone')
  .refine(
    ({ email, phone, document_submission_method: one, authentication_submission_method: other }) =>
      [one, other].every((method) => (method === 'email' ? email : phone) !== undefined),
    'a submission method needs the email or phone that it goes to',
  );

export const newEnvelope = z
  .object({ id: name, subject: line(300), expiration_date: z.iso.date(), signers: z.array(signer).min(1).max(20) })
  .refine(({ signers }) => new Set(signers.map(({ id }) => id)).size === signers.length, 'signer ids must differ');
export const change = z.object({ status: z.enum(['submitted', 'canceled']) });
export const personalDocument = z.object({
  document_b64: z.string().min(1),
  template: z.enum(['cnh_front', 'cnh_back', 'rg_front', 'rg_back']),
  file_type: z.enum(['jpeg', 'jpg']).default('jpeg'),
});
export const newDocument = z.object({
  id: name.optional(),
  document_b64: z.string().min(1),
  name: line(300),
  document_type: z.literal('pdf'),
});

export const envelopeId = z.object({ envelope_id: z.string().max(100) });
export const signerIds = envelopeId.extend({ signer_id: z.string().max(100) });
export const documentIds = envelopeId.extend({ document_id: z.string().max(100) });

const status = z.enum(['created', 'submitted', 'completed', 'canceled', 'expired']);
const signerStatus = z.enum(['pending', 'signed', 'refused', 'canceled']);
const document = z.object({ id: z.string(), name: z.string(), document_type: z.literal('pdf') });

export const created = z.object({ id: z.string(), status });
export const changed = z.object({ status });
export const stored = z.object({ created_at: z.string() });
export const storedDocument = stored.extend({ id: z.string() });
export const envelope = z.object({
  id: z.string(),
  subject: z.string(),
  expiration_date: z.string(),
  status,
  documents: z.array(document),
  signers: z.array(
    z.object({
      ...signer.shape,
      status: signerStatus,
      signed_at: z.string().nullable(),
      signature_url: z.string().nullable(),
      documents: z.array(document),
    }),
  ),
});
export const signerView = z.object({
  name: z.string(),
  email: z.string().nullable(),
  status: signerStatus,
  signed_at: z.string().nullable(),
});
const availability = z.enum(['available', 'unavailable']);
export const reports = z.object({
  id: z.string(),
  status: availability,
  documents_reports: z.array(z.object({ id: z.string(), url: z.string() })),
});
export const report = z.object({
  id: z.string(),
  status: availability,
  document_report_url: z.string().nullable(),
  document_report: z.string().nullable().describe('The PDF in base64.'),
});
export const face = z.object({ face_image_url: z.string() });
export const documentPictures = z.object({ document_front_url: z.string().nullable(), document_back_url: z.string().nullable() });
export const failure = z.object({ title: z.string(), description: z.string() });
