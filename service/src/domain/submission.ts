/** Drafts that become requests: their documents, the one submission, the end of either. */

import type { Core } from './core.ts';
import { uploadDocument } from './documents.ts';
import { changeDraft, type Draft, endDraft, readDraft, requireOpen, type Tells } from './drafts.ts';
import { movePictures } from './evidence.ts';
import { ServiceFault } from './fault.ts';
import { PDF } from './media.ts';
import type { Realm, RequestRecord } from './model.ts';
import { readRequest } from './request.ts';
import { cancelRequest, createRequest, type NewRequest } from './requests.ts';

export interface Submission<T> {
  readonly draft: Draft<T>;
  /** What it became. */
  readonly request: RequestRecord | null;
}

export interface DraftDocument {
  /** The customer's own id, unique in the draft. */
  readonly id: string;
  readonly name: string;
  readonly documentId: string;
}

/** Throws `ServiceFault` `not-found`. */
export async function readSubmission<T>(core: Core, realm: Realm, dialect: string, name: string): Promise<Submission<T>> {
  const draft = await readDraft<T>(core, realm, dialect, name);
  return { draft, request: draft.requestId === null ? null : await readRequest(core, realm, draft.requestId) };
}

/** Adds a PDF to a draft; gives the time. Throws `ServiceFault` `not-found`, `duplicate`, `conflict`, `unsupported-media`. */
export async function addDraftDocument<T extends { readonly documents: readonly DraftDocument[] }>(
  core: Core,
  realm: Realm,
  dialect: string,
  draftName: string,
  added: { readonly id: string; readonly name: string; readonly bytes: Uint8Array; readonly locale: string | null },
): Promise<number> {
  const { id, name, bytes, locale } = added;
  const requireFree = ({ documents }: T): void => {
    if (documents.some((one) => one.id === id)) throw new ServiceFault('duplicate', 'There is a document with this id.');
    if (documents.length >= MOST_DOCUMENTS) throw new ServiceFault('invalid', `There can be ${MOST_DOCUMENTS} documents at most.`);
  };
  const draft = await readDraft<T>(core, realm, dialect, draftName);
  requireOpen(draft);
  requireFree(draft.content);
  const document = await uploadDocument(core, realm, { bytes, fileName: `${name}.pdf`, name, locale, once: null });
  if (document.mediaType !== PDF) throw new ServiceFault('unsupported-media', 'The document is no PDF.');
  await changeDraft<T>(core, realm, dialect, draftName, (content) => {
    requireFree(content);
    return { ...content, documents: [...content.documents, { id, name, documentId: document.id }] };
  });
  return document.createdAt;
}

/**
 * Makes the request that `asked` writes. Repeated after a failure it goes on where it stopped. Throws `ServiceFault` `not-found`,
 * `conflict`, `invalid`.
 */
export async function submitDraft<T>(
  core: Core,
  realm: Realm,
  dialect: string,
  name: string,
  asked: (draft: Draft<T>) => Promise<Omit<NewRequest, 'once'>> | Omit<NewRequest, 'once'>,
): Promise<RequestRecord> {
  const draft = await readDraft<T>(core, realm, dialect, name);
  requireOpen(draft);
  const request = await createRequest(core, realm, {
    ...(await asked(draft)),
    once: { key: draft.id, fingerprint: draft.id, replay: true },
  });
  await core.store.transaction(async (tx) => {
    for (const { id, details } of request.signers)
      if (details.externalId !== undefined)
        await movePictures(tx, personIn(draft, details.externalId), { request: request.id, signer: id });
  });
  await endDraft(core, draft.id, 'submitted', request.id);
  return request;
}

/** Ends a draft, or the request that it became. Throws `ServiceFault` `not-found`, `conflict`. */
export async function cancelSubmission<T>(core: Core, realm: Realm, dialect: string, name: string, tells?: Tells<T>): Promise<void> {
  const { draft, request } = await readSubmission<T>(core, realm, dialect, name);
  if (request === null) await endDraft(core, draft.id, 'cancelled', null, tells);
  else await cancelRequest(core, realm, request.id, null);
}

/** Whose pictures those of a signer are before there is a request; by the customer's id of the signer. */
export const personIn = ({ id }: Pick<Draft<unknown>, 'id'>, signer: string): string => `${id}/${signer}`;

export const MOST_DOCUMENTS = 20;
