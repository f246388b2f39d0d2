/** The shapes of the Ignisign interface; they also make its OpenAPI document. */
import { z } from 'zod';
import { line } from '../shapes.ts';
import { METHOD_NAMES } from './profiles.ts';

const environment = z.enum(['DEVELOPMENT', 'STAGING', 'PRODUCTION']);
export const id = z.string().min(1).max(64);
export const email = z.email().max(254);

export const credential = z.object({ appId: id, appEnv: environment, secret: z.string().max(200) });
export const token = z.object({ jwtToken: z.string() });
export const verification = z.object({ token: z.string().max(100), appId: id, appEnv: environment });
export const verified = z.object({
  isValid: z.boolean(),
  notFound: z.boolean(),
  alreadyConsumed: z.boolean(),
  badTarget: z.boolean(),
  isExpired: z.boolean(),
  badRelatedId: z.boolean(),
  haveBeenConsumed: z.boolean(),
});

export const application = z.object({ appId: id, appEnv: environment });
export const requestId = z.object({ signatureRequestId: id });
export const signerIds = requestId.extend({ signerId: id });
export const proof = z.object({ documentId: id, signatureType: z.string().max(40) });
export const webhookId = z.object({ webhookId: id });
export const eventIds = webhookId.extend({ eventId: id });

const newDocument = z
  .object({
    originalName: line(300),
    mimeType: z.string().max(200),
    base64: z.string().min(1).optional(),
    url: z.string().min(1).max(4000).optional(),
  })
  .refine(({ base64, url }) => (base64 === undefined) !== (url === undefined), 'needs either base64 or url');

export const oneCall = z.object({
  title: line(300),
  signatureMethod: z.enum(METHOD_NAMES),
  signers: z
    .array(
      z.object({
        email,
        firstName: line(100).optional(),
        lastName: line(100).optional(),
        phoneNumber: z
          .string()
          .regex(/^\+[1-9]\d{6,14}$/, 'must be in E.164 form')
          .optional(),
        signerProfileId: z.string().max(100).optional(),
      }),
    )
    .min(1)
    .max(20),
  documents: z.array(newDocument).min(1).max(20),
});
export const launched = z.object({
  signatureRequestId: z.string(),
  signersBySide: z.array(z.object({ signerId: z.string(), signerExternalId: z.string().nullable() })),
  documents: z.array(z.object({ documentId: z.string() })),
});

export const document = z.object({
  documentId: z.string(),
  appId: z.string(),
  appEnv: z.string(),
  fileName: z.string(),
  mimeType: z.string(),
  fileHash: z.string(),
  fileSize: z.int(),
});
export const statusQuery = z.object({ signatureRequestIds: z.array(id).min(1).max(100) });
export const statuses = z.object({ signatureRequests: z.array(z.object({ signatureRequestId: z.string(), status: z.string() })) });
export const emails = z.object({ emails: z.array(email).min(1).max(100) });
export const addable = z.object({
  emails: z.array(z.string()).describe('Those that can be added.'),
  results: z.array(z.object({ email: z.string(), canBeAdded: z.boolean(), reason: z.string().nullable() })),
});
export const resent = z.object({ signatureRequestId: z.string() });
export const context = z.object({
  signatureRequestId: z.string(),
  title: z.string(),
  status: z.string(),
  expirationDate: z.string().nullable().describe('Null: 30 days after it is published.'),
  documents: z.array(z.object({ documentId: z.string() })),
  signers: z.array(z.object({ signerId: z.string(), email: z.string(), status: z.string(), signedAt: z.string().nullable() })),
});

const topic = z.enum([
  'ALL',
  'APP',
  'SIGNATURE',
  'SIGNATURE_REQUEST',
  'SIGNER',
  'SIGNATURE_PROFILE',
  'SIGNATURE_SESSION',
  'SIGNATURE_PROOF',
  'SIGNATURE_SIGNER_IMAGE',
  'ID_PROOFING',
  'SIGNER_AUTH',
]);
export const newWebhook = z.object({
  url: z.string().trim().min(1).max(2000),
  topics: z.array(topic).max(20).optional(),
  description: z.string().max(300).optional(),
});
export const webhooks = z.array(
  z.object({
    _id: z.string(),
    url: z.string(),
    description: z.string().nullable(),
    topics: z.array(z.string()),
    createdAt: z.string(),
    pausedUntil: z.string().nullable().describe('It does not answer: events wait, and it is tried again then.'),
  }),
);
export const eventsQuery = z.object({ filter: z.enum(['ALL', 'SUCCESS', 'FAILED']).default('ALL') });
const event = z.object({
  _id: z.string(),
  topic: z.string(),
  status: z.enum(['SUCCESS', 'FAILED', 'PENDING', 'PAUSED']),
  attempts: z.int(),
  lastStatusCode: z.int().nullable(),
  createdAt: z.string(),
  nextAttemptAt: z.string().nullable(),
});
export const events = z.object({ events: z.array(event) });
export { event };
export const ended = z.object({ webhookId: z.string() });
export const sentAgain = z.object({ eventId: z.string() });

/** Octets of a file, or of a body with files in base64. */
export const LARGEST_BODY = 50_000_000;

export const failure = z.object({ message: z.string(), timestamp: z.string(), status: z.int(), code: z.string(), context: z.object({}) });
