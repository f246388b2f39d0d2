/** Requests in the words of QSign. */
import type { z } from 'zod';
import type { Core } from '../../domain/core.ts';
import { fileUrl } from '../../domain/links.ts';
import type { RequestRecord, Role } from '../../domain/model.ts';
import { linkOf } from '../../domain/signers.ts';
import type * as shape from './schemas.ts';

/** A request without mails counts as sent when the first one has opened a link and acted. */
export function documentStatus({
  status,
  headless,
}: Pick<RequestRecord, 'status' | 'headless'>): z.output<typeof shape.status>['document_status'] {
  if (status === 'pending') return headless ? 'Uploaded' : 'Sent';
  if (status === 'completed') return 'Fully signed';
  if (status === 'declined') return 'Rejected';
  return status === 'cancelled' || status === 'expired' || status === 'failed' ? 'Cancelled' : 'Partially signed';
}

export const signingInfo = (core: Core, { signers }: RequestRecord): z.output<typeof shape.links>['signing_info'] =>
  signers
    .filter(({ role }) => role !== 'viewer')
    .map((signer) => ({ name: signer.name, email: signer.email, document_sign_url: linkOf(core, signer) }));

export function recipientsOf(core: Core, request: RequestRecord): z.output<typeof shape.recipients> {
  const { sealed } = request;
  return {
    data: request.signers.map((signer) => ({
      user_name: signer.name,
      email_of_user: signer.email,
      is_signed: signer.status === 'signed',
      is_rejected: signer.status === 'declined',
      rejection_reason: signer.declineReason,
      sequence: signer.turn,
      signingCapacity: CAPACITIES[signer.role],
      typeOfSignature: TYPES[signer.role],
    })),
    ...(request.status === 'completed' &&
      sealed !== null && { signed_doc_url: fileUrl(core.links, 'sealed-document', request.id, core.clock(), sealed.fileName) }),
  };
}

const CAPACITIES: Readonly<Record<Role, string>> = { signer: 'Signer', approver: 'Approver', viewer: 'Reviewer' };
const TYPES: Readonly<Record<Role, string>> = { signer: 'E-Signature', approver: 'Approver', viewer: 'Reviewer' };
