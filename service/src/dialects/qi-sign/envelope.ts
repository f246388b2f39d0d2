/** Envelopes: drafts until they are submitted, requests afterwards. */
import type { z } from 'zod';
import { iso, isoSeconds } from '../../domain/dates.ts';
import type { Draft } from '../../domain/drafts.ts';
import { ServiceFault } from '../../domain/fault.ts';
import { fileUrl } from '../../domain/links.ts';
import type { Realm, RequestRecord, SignerRecord } from '../../domain/model.ts';
import type { NewRequest } from '../../domain/requests.ts';
import { linkOf, type NewSigner } from '../../domain/signers.ts';
import { type DraftDocument, readSubmission, type Submission } from '../../domain/submission.ts';
import type { DialectPorts } from '../dialect.ts';
import { simulationFor } from '../sandbox.ts';
import { QI_SIGN_NAME } from './events.ts';
import type * as shape from './schemas.ts';

type Core = DialectPorts['core'];
type AskedSigner = z.output<typeof shape.signer>;

export interface Content {
  readonly subject: string;
  readonly expiresAt: number;
  readonly signers: readonly AskedSigner[];
  readonly documents: readonly DraftDocument[];
}

export type Envelope = Submission<Content>;

/** Throws `ServiceFault` `not-found`. */
export const readEnvelope = (core: Core, realm: Realm, id: string): Promise<Envelope> =>
  readSubmission<Content>(core, realm, QI_SIGN_NAME, id);

/** The request that an envelope becomes. Throws `ServiceFault` `invalid` where it is not complete. */
export function requestFrom(core: Core, realm: Realm, { name, content }: Draft<Content>): Omit<NewRequest, 'once'> {
  const { signers, documents, expiresAt, subject } = content;
  const [first, ...further] = documents;
  if (!first) throw new ServiceFault('invalid', 'The envelope has no document yet.');
  return {
    dialect: QI_SIGN_NAME,
    documentId: first.documentId,
    furtherDocumentIds: further.map(({ documentId }) => documentId),
    level: 'advanced',
    ordering: 'parallel',
    expiresAt,
    redirectUrl: null,
    fields: [],
    metadata: { envelope: name, subject },
    signers: signers.map((one) => signerFrom(core, one, realm)),
  };
}

export function statusOf({ draft, request }: Envelope, now: number): z.output<typeof shape.envelope>['status'] {
  if (draft.status === 'cancelled') return 'canceled';
  if (request === null) return draft.content.expiresAt <= now ? 'expired' : 'created';
  if (request.status === 'completed' || request.status === 'expired') return request.status;
  return request.status === 'cancelled' || request.status === 'declined' || request.status === 'failed' ? 'canceled' : 'submitted';
}

export function viewOf(core: Core, envelope: Envelope): z.output<typeof shape.envelope> {
  const { draft, request } = envelope;
  const status = statusOf(envelope, core.clock());
  const documents = draft.content.documents.map(({ id, name }) => ({ id, name, document_type: 'pdf' as const }));
  return {
    id: draft.name,
    subject: draft.content.subject,
    expiration_date: isoSeconds(draft.content.expiresAt),
    status,
    documents,
    signers: draft.content.signers.map((asked) => {
      const signer = request && signerOf(request, asked.id);
      return {
        ...asked,
        status: signerStatus(signer, status),
        signed_at: signer && signedAt(signer),
        signature_url: signer && linkOf(core, signer),
        documents,
      };
    }),
  };
}

/** A signer of the envelope as asked for, and as they are in the request. Throws `ServiceFault` `not-found`. */
export function personOf({ draft, request }: Envelope, id: string): { readonly asked: AskedSigner; readonly signer: SignerRecord | null } {
  const asked = draft.content.signers.find((one) => one.id === id);
  if (!asked) throw new ServiceFault('not-found', 'There is no such signer in this envelope.');
  return { asked, signer: request && signerOf(request, id) };
}

export function signerStatus(signer: SignerRecord | null, envelope: string): z.output<typeof shape.signerView>['status'] {
  if (signer?.status === 'signed') return 'signed';
  if (signer?.status === 'declined' || signer?.status === 'verification-failed') return 'refused';
  return envelope === 'canceled' ? 'canceled' : 'pending';
}

export const signedAt = ({ signedAt: at }: SignerRecord): string | null => (at === null ? null : iso(at));

/** A link to the dossier of a document, for 24 hours. */
export function dossierUrl(core: Core, request: RequestRecord, documentId: string): string {
  const first = documentId === request.documentId;
  const subject = first ? request.id : `${request.id}~${documentId}`;
  return fileUrl(core.links, first ? 'sealed-document' : 'further-document', subject, core.clock(), 'dossier.pdf');
}

function signerOf({ signers }: RequestRecord, id: string): SignerRecord | null {
  return signers.find(({ details }) => details.externalId === id) ?? null;
}

/** Face and document are looked at, which test mode plays; where nobody does that, a code goes by the way that was asked for. */
function signerFrom({ settings }: Core, asked: AskedSigner, realm: Realm): NewSigner {
  const { phone, email = '' } = asked;
  const coded = asked.authentication_submission_method === 'email' ? 'email-code' : 'sms-code';
  return {
    name: asked.name,
    email,
    phone: phone ? `+${phone.international_dial_code}${phone.area_code}${phone.number}` : null,
    method: realm.mode === 'test' || settings.liveMethods.includes('pictures') ? 'pictures' : coded,
    country: 'BR',
    locale: LOCALE,
    order: null,
    simulation: simulationFor(realm, email),
    simulatedDocument: null,
    details: {
      externalId: asked.id,
      birthDate: asked.birthdate,
      documentNumber: asked.document_number,
      invitationChannel: asked.document_submission_method,
      codeChannel: asked.authentication_submission_method,
    },
  };
}

export const LOCALE = 'pt-BR';
