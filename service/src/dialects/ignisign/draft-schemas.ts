/** The shapes of what Ignisign keeps before it is published: requests, documents, signers and their profiles. */
import { z } from 'zod';
import { line } from '../shapes.ts';
import { METHOD_NAMES } from './profiles.ts';
import { application, email, id } from './schemas.ts';

const text = z.string().max(2000);
const method = z.enum(METHOD_NAMES);
const nullable = z.string().nullable();

export const profileId = application.extend({ signerProfileId: z.string().max(40) });
export const profile = z.object({ signerProfileId: method, name: z.string(), signatureMethod: method, inputs: z.array(z.string()) });
export const profiles = z.array(profile);
export const inputsNeeded = z.object({ signerProfileId: method, inputs: z.array(z.string()) });
export const applicationContext = z.object({
  appId: z.string(),
  appEnv: z.string(),
  environments: z.array(z.string()),
  signatureMethods: z.array(method),
});
export const appId = z.object({ appId: id });

const phoneNumber = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be in E.164 form');
export const newSigner = z.object({
  email,
  firstName: line(100).optional(),
  lastName: line(100).optional(),
  phoneNumber: phoneNumber.optional(),
  externalId: line(200).optional(),
  signerProfileId: method.default('SIMPLE_STD'),
});
export const changedSigner = z.object({
  email: email.optional(),
  firstName: line(100).optional(),
  lastName: line(100).optional(),
  phoneNumber: phoneNumber.optional(),
  externalId: line(200).optional(),
  signerProfileId: method.optional(),
});
export const signerId = application.extend({ signerId: id });
export const signer = z.object({
  signerId: z.string(),
  externalId: nullable,
  signerProfileId: method,
  status: z.enum(['ACTIVE', 'REVOKED']),
  email: z.string(),
  firstName: nullable,
  lastName: nullable,
  phoneNumber: nullable,
  inputsNeeded: z.array(z.string()).describe('What its profile asks for and nobody has said yet.'),
});
export const signerDetails = signer.extend({ createdAt: z.string(), signatureRequestIds: z.array(z.string()) });
export const page = z.object({ page: z.coerce.number().int().min(1).max(100_000).default(1) });
const paged = z.object({ page: z.int(), pageSize: z.int(), total: z.int() });
export const signers = paged.extend({ signers: z.array(signer) });
export const filter = z.object({ filter: z.string().min(1).max(200) });
export const foundSigners = z.object({ signers: z.array(signer) });
export const signerEnded = z.object({ signerId: z.string() });
export const proofing = z.object({ signerId: z.string(), signatureRequestId: z.string(), url: z.string() });

export const newDocument = z.object({
  signatureRequestId: id.optional(),
  externalId: line(200).optional(),
  label: line(300).optional(),
  description: text.optional(),
});
export const changedDocument = newDocument.omit({ signatureRequestId: true });
export const documentId = z.object({ documentId: id });
export const namedDocument = z.object({ documentId: z.string() });
export const document = z.object({
  documentId: z.string(),
  appId: z.string(),
  appEnv: z.string(),
  signatureRequestId: nullable,
  externalId: nullable,
  label: nullable,
  description: nullable,
  documentNature: z.literal('FILE'),
  isContentProvided: z.boolean(),
  fileName: nullable,
  mimeType: nullable,
  fileHash: nullable,
  fileSize: z.int().nullable(),
});
const signature = z.object({
  signatureId: z.string(),
  documentId: z.string(),
  signerId: z.string(),
  signatureRequestId: z.string(),
  signedAt: z.string().nullable(),
  level: z.string(),
  certificateIssuer: nullable,
});

export { signature };
export const signatures = z.array(signature);
export const signatureIds = documentId.extend({ signatureId: z.string().max(100) });
export const documentContext = document.extend({ signatureRequestStatus: nullable, signatures });
export const authenticity = z.object({ documentId: z.string(), authenticityValidated: z.boolean() });

export const jsonContent = z.record(z.string(), z.unknown());

const ids = z.array(id).max(20);
export const newRequest = z.object({
  title: line(300).default('Signature request'),
  description: text.optional(),
  externalId: line(200).optional(),
  signatureMethod: method.default('SIMPLE_STD'),
  documentIds: ids.default([]),
  signerIds: ids.default([]),
  expirationDate: z.iso.datetime({ offset: true }).optional(),
});
export const changedRequest = z.object({
  title: line(300).optional(),
  description: text.optional(),
  externalId: line(200).optional(),
  signatureMethod: method.optional(),
  documentIds: ids.optional(),
  signerIds: ids.optional(),
  expirationDate: z.iso.datetime({ offset: true }).optional(),
});
export const namedRequest = z.object({ signatureRequestId: z.string() });
export const requests = paged.extend({
  signatureRequests: z.array(namedRequest.extend({ title: z.string(), status: z.string(), createdAt: z.string() })),
});
