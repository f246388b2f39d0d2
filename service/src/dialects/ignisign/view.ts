/** Requests in the words of Ignisign. */
import type { z } from 'zod';
import type { RequestRecord, RequestStatus, SignerRecord } from '../../domain/model.ts';
import type * as shape from './schemas.ts';

export const statusOf = ({ status }: Pick<RequestRecord, 'status'>): string => STATUSES[status];

/** Its documents, the first one first. */
export const documentsOf = ({ documentId, furtherDocumentIds }: RequestRecord): string[] => [documentId, ...furtherDocumentIds];

export const titleOf = ({ metadata: { title } }: Pick<RequestRecord, 'metadata'>): string => (typeof title === 'string' ? title : '');

/** Signers that the application keeps have the same id in all requests. */
export const signerIdOf = ({ id, details }: Pick<SignerRecord, 'id' | 'details'>): string => details.externalId ?? id;

/** The customer's own id of the request, of a signer; null where there is none. */
export const externalIdOf = ({ metadata: { externalId } }: Pick<RequestRecord, 'metadata'>): string | null =>
  typeof externalId === 'string' ? externalId : null;

export function sidesOf({ signers, metadata }: RequestRecord): z.output<typeof shape.launched>['signersBySide'] {
  const externalIds = (metadata['signerExternalIds'] ?? {}) as Readonly<Record<string, string | null>>;
  return signers.map((signer) => ({ signerId: signerIdOf(signer), signerExternalId: externalIds[signerIdOf(signer)] ?? null }));
}

export const launchedOf = (request: RequestRecord): z.output<typeof shape.launched> => ({
  signatureRequestId: request.id,
  signersBySide: sidesOf(request),
  documents: documentsOf(request).map((documentId) => ({ documentId })),
});

const STATUSES: Readonly<Record<RequestStatus, string>> = {
  pending: 'IN_PROGRESS',
  started: 'IN_PROGRESS',
  sealing: 'PROCESSING',
  failed: 'FAILED',
  completed: 'COMPLETED',
  expired: 'EXPIRED',
  cancelled: 'CANCELLED',
  declined: 'CANCELLED',
};
