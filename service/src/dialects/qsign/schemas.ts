/** The shapes of the QSign interface; they also make its OpenAPI document. */
import { z } from 'zod';
import { line } from '../shapes.ts';

const point = z.number().min(0).max(100_000);
const address = z.string().trim().min(1).max(4000);

export const recipient = z.object({
  name: line(200),
  email: z.email().max(254),
  typeOfSignature: z.enum(['E-Signature', 'aadhaar_digital_signature', 'Approver', 'Reviewer']).optional(),
  type: z.enum(['signer', 'approver', 'reviewer']).optional().describe('The same as typeOfSignature, in the words of the guide.'),
  sequence: z.int().min(0).max(1000).optional(),
  order: z.int().min(0).max(1000).optional().describe('The same as sequence.'),
  page_no: z.int().min(1).max(100_000).optional(),
  x_cor: point.optional().describe('Points from the left edge of the page.'),
  y_cor: point.optional().describe('Points from the upper edge of the page.'),
});

export const newDocument = z.object({
  documentDetails: z
    .object({
      doc_url: address.optional(),
      document_name: line(300).optional(),
      is_mail_required: z.boolean().optional(),
      redirect_url: z
        .url({ protocol: /^https?$/ })
        .max(2000)
        .optional(),
    })
    .optional(),
  companyDetails: z.object({ is_mail_required: z.boolean().optional(), api_key: z.string().max(200).optional() }).optional(),
  recipientDetail: z.array(recipient).min(1).max(20).optional(),
  recipients: z.array(recipient).min(1).max(20).optional().describe('The same as recipientDetail.'),
  doc_url: address.optional().describe('The same as in documentDetails.'),
  document_name: line(300).optional(),
  is_mail_required: z.boolean().optional(),
});

const signingInfo = z.array(z.object({ name: z.string(), email: z.string(), document_sign_url: z.string() }));
const success = z.literal('success');
const documentNumber = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

export const created = z.object({ status: success, quoqo_document_id: z.int(), signing_info: signingInfo });
export const links = z.object({ status: success, signing_info: signingInfo });
export const linksQuery = z.object({
  document_id: documentNumber.optional(),
  doc_id: documentNumber.optional(),
  quoqo_document_id: documentNumber.optional(),
});
export const documentQuery = z.object({ document_id: documentNumber.optional(), doc_id: documentNumber.optional() });
export const documentPath = z.object({ doc_id: documentNumber });

const recipientStatus = z.object({
  user_name: z.string(),
  email_of_user: z.string(),
  is_signed: z.boolean(),
  is_rejected: z.boolean(),
  rejection_reason: z.string().nullable(),
  sequence: z.int(),
  signingCapacity: z.string(),
  typeOfSignature: z.string(),
});
export const recipients = z.object({ data: z.array(recipientStatus), signed_doc_url: z.string().optional() });
export const status = recipients.extend({
  status: success,
  document_id: z.int(),
  document_status: z.enum(['Uploaded', 'Sent', 'Partially signed', 'Fully signed', 'Rejected', 'Cancelled']),
});

export const failure = z.object({ status: z.literal('error'), message: z.string() });

export const login = z.object({ email: z.string().min(1).max(254), password: z.string().min(1).max(1024) });
export const loggedIn = z.object({ status: success, token: z.string(), expires_at: z.string() });
export const newKey = z.object({ mode: z.enum(['live', 'test']).default('live') }).nullish();
export const madeKey = z.object({ status: success, api_key: z.string(), prefix: z.string(), mode: z.enum(['live', 'test']) });
export const keys = z.object({
  status: success,
  keys: z.array(z.object({ prefix: z.string(), mode: z.enum(['live', 'test']), created_at: z.string(), label: z.string() })),
});
export const newWebhook = z.object({ webhook_url: z.string().trim().min(1).max(2000) });
export const savedWebhook = z.object({ status: success, webhook_url: z.string(), webhook_secret: z.string().optional() });
export const webhook = z.object({
  status: success,
  webhook_url: z.string().nullable(),
  events: z.array(z.string()),
  created_at: z.string().nullable(),
  paused_until: z.string().nullable().describe('It does not answer: events wait, and it is tried again then.'),
});
export const rotation = z.object({ action: z.enum(['reveal', 'rotate']).default('rotate') }).nullish();
export const secret = z.object({ status: success, webhook_secret: z.string() });
export const deliveriesQuery = z.object({ limit: z.coerce.number().int().min(1).max(100).default(50) });
export const deliveries = z.object({
  status: success,
  deliveries: z.array(
    z.object({
      id: z.string(),
      event: z.string(),
      target_url: z.string(),
      attempts: z.int(),
      status_code: z.int().nullable(),
      success: z.boolean(),
      delivery_status: z.enum(['pending', 'paused', 'delivered', 'failed']),
      created_at: z.string(),
      next_attempt_at: z.string().nullable(),
    }),
  ),
});
export const sentTest = z.object({ status: success, delivery_id: z.string() });
export const usage = z.object({
  status: success,
  period: z.string(),
  used_calls: z.int(),
  monthly_call_limit: z.int().nullable(),
  remaining_calls: z.int().nullable(),
  resets_at: z.string(),
});
