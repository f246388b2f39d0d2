/** Requests in the words of Ignisign. */
import type { RequestRecord, RequestStatus } from '../../domain/model.ts';

export const statusOf = ({ status }: Pick<RequestRecord, 'status'>): string => STATUSES[status];

/** Its documents, the first one first. */
export const documentsOf = ({ documentId, furtherDocumentIds }: RequestRecord): string[] => [documentId, ...furtherDocumentIds];

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
