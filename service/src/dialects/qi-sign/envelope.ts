/** Envelopes: drafts until they are submitted, requests afterwards. */
import type { z } from 'zod';
import { uploadDocument } from '../../domain/documents.ts';
import { changeDraft, type Draft, endDraft, readDraft, requireOpen } from '../../domain/drafts.ts';
import { movePictures } from '../../domain/evidence.ts';
import { ServiceFault } from '../../domain/fault.ts';
import { fileUrl } from '../../domain/links.ts';
import { PDF } from '../../domain/media.ts';
import type { Realm, RequestRecord, SignerRecord } from '../../domain/model.ts';
import { readRequest } from '../../domain/request.ts';
import { cancelRequest, createRequest } from '../../domain/requests.ts';
import { linkOf, type NewSigner } from '../../domain/signers.ts';
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
  readonly documents: readonly { readonly id: string; readonly name: string; readonly documentId: string }[];
}

export interface Envelope {
  readonly draft: Draft<Content>;
  readonly request: RequestRecord | null;
}

/** Throws `ServiceFault` `not-found`. */
export async function readEnvelope(core: Core, realm: Realm, id: string): Promise<Envelope> {
  const draft = await readDraft<Content>(core, realm, QI_SIGN_NAME, id);
  return { draft, request: draft.requestId === null ? null : await readRequest(core, realm, draft.requestId) };
}

/** Adds a document. Throws `ServiceFault` `duplicate`, `conflict`, `unsupported-media`. */
export async function addDocument(
  core: Core,
  realm: Realm,
  envelope: string,
  added: { readonly id: string; readonly name: string; readonly bytes: Uint8Array },
): Promise<number> {
  const { id, name, bytes } = added;
  const free = (content: Content): void => {
    if (content.documents.some((one) => one.id === id)) throw new ServiceFault('duplicate', 'The envelope has a document with this id.');
    if (content.documents.length >= MOST_DOCUMENTS)
      throw new ServiceFault('invalid', `An envelope has ${MOST_DOCUMENTS} documents at most.`);
  };
  const draft = await readDraft<Content>(core, realm, QI_SIGN_NAME, envelope);
  requireOpen(draft);
  free(draft.content);
  const document = await uploadDocument(core, realm, { bytes, fileName: `${name}.pdf`, name, locale: LOCALE, once: null });
  if (document.mediaType !== PDF) throw new ServiceFault('unsupported-media', 'The document is no PDF.');
  await changeDraft<Content>(core, realm, QI_SIGN_NAME, envelope, (content) => {
    free(content);
    return { ...content, documents: [...content.documents, { id, name, documentId: document.id }] };
  });
  return document.createdAt;
}

/** Makes the request. Repeated after a failure it goes on where it stopped. Throws `ServiceFault` `conflict`, `invalid`. */
export async function submit(core: Core, realm: Realm, id: string): Promise<void> {
  const draft = await readDraft<Content>(core, realm, QI_SIGN_NAME, id);
  requireOpen(draft);
  const { signers, documents, expiresAt, subject } = draft.content;
  const [first, ...further] = documents;
  if (!first) throw new ServiceFault('invalid', 'The envelope has no document yet.');
  const request = await createRequest(core, realm, {
    dialect: QI_SIGN_NAME,
    documentId: first.documentId,
    furtherDocumentIds: further.map(({ documentId }) => documentId),
    level: 'advanced',
    ordering: 'parallel',
    expiresAt,
    redirectUrl: null,
    fields: [],
    metadata: { envelope: id, subject },
    signers: signers.map((one) => signerFrom(core, one, realm)),
    once: { key: draft.id, fingerprint: draft.id, replay: true },
  });
  await core.store.transaction(async (tx) => {
    for (const signer of request.signers)
      await movePictures(tx, personIn(draft, signer.details.externalId ?? ''), { request: request.id, signer: signer.id });
  });
  await endDraft(core, draft.id, 'submitted', request.id);
}

export async function cancel(core: Core, realm: Realm, id: string): Promise<void> {
  const { draft, request } = await readEnvelope(core, realm, id);
  if (request === null) await endDraft(core, draft.id, 'cancelled', null);
  else await cancelRequest(core, realm, request.id, null);
}

/** Whose pictures those of a signer are before there is a request. */
export const personIn = ({ id }: Draft<unknown>, signer: string): string => `${id}/${signer}`;

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
    expiration_date: `${new Date(draft.content.expiresAt).toISOString().slice(0, 19)}Z`,
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

export const signedAt = ({ signedAt: at }: SignerRecord): string | null => (at === null ? null : new Date(at).toISOString());

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

const LOCALE = 'pt-BR';
const MOST_DOCUMENTS = 20;
