/** What is kept before it is published: requests, documents that may still wait for their file, and signers that are asked again and again. */
import { readDocument } from '../../domain/documents.ts';
import { changeDraft, createDraft, type Draft, readDraft, type Tells } from '../../domain/drafts.ts';
import { ServiceFault } from '../../domain/fault.ts';
import type { DocumentRecord, Realm, RequestRecord } from '../../domain/model.ts';
import { readRequest, requestOfDocument } from '../../domain/request.ts';
import type { NewRequest } from '../../domain/requests.ts';
import type { NewSigner } from '../../domain/signers.ts';
import type { DialectPorts } from '../dialect.ts';
import { simulationFor } from '../sandbox.ts';
import { named } from './errors.ts';
import { IGNISIGN_NAME } from './events.ts';
import { METHODS, type MethodName } from './profiles.ts';

type Core = DialectPorts['core'];

/** Collections of drafts. */
export const REQUESTS = `${IGNISIGN_NAME} requests`;
export const DOCUMENTS = `${IGNISIGN_NAME} documents`;
export const SIGNERS = `${IGNISIGN_NAME} signers`;

export interface RequestContent {
  readonly title: string;
  readonly description: string | null;
  readonly externalId: string | null;
  readonly signatureMethod: MethodName;
  readonly documentIds: readonly string[];
  readonly signerIds: readonly string[];
  readonly expiresAt: number | null;
}

export interface DocumentContent {
  readonly requestId: string | null;
  readonly label: string | null;
  readonly description: string | null;
  readonly externalId: string | null;
}

export interface SignerContent {
  readonly email: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly phoneNumber: string | null;
  readonly externalId: string | null;
  readonly profileId: MethodName;
  /** Where they were asked, the newest last. */
  readonly requestIds: readonly string[];
}

/** A request as published, or as it is put together. Throws `ServiceFault` `not-found`. */
export async function readEither(core: Core, realm: Realm, id: string): Promise<RequestRecord | Draft<RequestContent>> {
  const request = await ifFound(readRequest(core, realm, id));
  return request ?? named('SIGNATURE_REQUEST_NOT_FOUND', readDraft<RequestContent>(core, realm, REQUESTS, id));
}

export const isDraft = (one: RequestRecord | Draft<RequestContent>): one is Draft<RequestContent> => 'content' in one;

/** Throws `ServiceFault` `not-found`. */
export const readSigner = (core: Core, realm: Realm, id: string): Promise<Draft<SignerContent>> =>
  named('SIGNER_NOT_FOUND', readDraft<SignerContent>(core, realm, SIGNERS, id));

/** Changes an open draft of any collection; what has ended is a bad status. */
export const change = <T extends object>(
  core: Core,
  realm: Realm,
  collection: string,
  id: string,
  by: (content: T) => T,
  tells?: Tells<T>,
) => named(NOT_FOUND[collection] ?? 'NOT_FOUND', changeDraft<T>(core, realm, collection, id, by, tells));

export interface DocumentEntry {
  readonly id: string;
  readonly about: DocumentContent;
  /** Null: its file has not come yet. */
  readonly file: DocumentRecord | null;
  readonly request: RequestRecord | null;
}

/** A document, however it came here. Throws `ServiceFault` `not-found`. */
export async function readEntry(core: Core, realm: Realm, id: string): Promise<DocumentEntry> {
  const [file, draft, request] = await Promise.all([
    ifFound(readDocument(core, realm, id)),
    ifFound(readDraft<DocumentContent>(core, realm, DOCUMENTS, id)),
    ifFound(requestOfDocument(core, realm, id)),
  ]);
  if (file === null && draft === null) throw new ServiceFault('not-found', 'There is no such document.', { word: 'DOCUMENT_NOT_FOUND' });
  return { id, about: draft?.content ?? NOTHING_SAID, file, request };
}

/** A document that nothing was published over yet. Throws `ServiceFault` `not-found`, `conflict`. */
export async function readFreeEntry(core: Core, realm: Realm, id: string): Promise<DocumentEntry> {
  const entry = await readEntry(core, realm, id);
  if (entry.request !== null) throw new ServiceFault('conflict', 'A signature request was published over this document.');
  return entry;
}

/** Says more of a document, also of one that came without words. */
export async function describe(core: Core, realm: Realm, id: string, more: Partial<DocumentContent>): Promise<void> {
  const { about } = await readEntry(core, realm, id);
  if ((await ifFound(readDraft(core, realm, DOCUMENTS, id))) === null) await createDraft(core, realm, DOCUMENTS, id, { ...about, ...more });
  else await change<DocumentContent>(core, realm, DOCUMENTS, id, (content) => ({ ...content, ...more }));
}

/** What a draft becomes. Throws `ServiceFault` `invalid` where something is missing. */
export async function requestFrom(
  core: Core,
  realm: Realm,
  appEnv: string,
  { name, content }: Draft<RequestContent>,
): Promise<Omit<NewRequest, 'once'>> {
  const { title, signatureMethod, documentIds, signerIds, expiresAt, externalId } = content;
  const [first, ...further] = documentIds;
  if (first === undefined) throw new ServiceFault('invalid', 'There is no document.', { word: `${CANNOT_PUBLISH}NO_DOCUMENTS` });
  if (signerIds.length === 0) throw new ServiceFault('invalid', 'There is no signer.', { word: `${CANNOT_PUBLISH}NO_SIGNERS` });
  const signers = await Promise.all(signerIds.map((id) => readSigner(core, realm, id)));
  const gone = signers.find(({ status }) => status !== 'open');
  if (gone) throw new ServiceFault('invalid', 'A signer was revoked.', { word: 'SIGNER_NOT_FOUND' });
  return {
    id: name,
    dialect: IGNISIGN_NAME,
    documentId: first,
    furtherDocumentIds: further,
    level: METHODS[signatureMethod].level,
    ordering: 'parallel',
    expiresAt,
    redirectUrl: null,
    fields: [],
    metadata: {
      title,
      appEnv,
      externalId,
      signerExternalIds: Object.fromEntries(signers.map((signer) => [signer.name, signer.content.externalId])),
    },
    signers: signers.map((signer) => ({
      ...signerFrom(realm, signatureMethod, signer.content),
      details: { externalId: signer.name },
    })),
  };
}

/** A signer as the domain asks them. */
export function signerFrom(
  realm: Realm,
  method: MethodName,
  { email, firstName, lastName, phoneNumber }: Pick<SignerContent, 'email' | 'firstName' | 'lastName' | 'phoneNumber'>,
): NewSigner {
  return {
    name: [firstName, lastName].filter(Boolean).join(' ') || email.slice(0, email.lastIndexOf('@')),
    email,
    phone: phoneNumber,
    method: METHODS[method].method[realm.mode],
    country: null,
    locale: null,
    order: null,
    simulation: simulationFor(realm, email),
    simulatedDocument: null,
  };
}

export async function ifFound<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ServiceFault && error.code === 'not-found') return null;
    throw error;
  }
}

const NOTHING_SAID: DocumentContent = { requestId: null, label: null, description: null, externalId: null };
const CANNOT_PUBLISH = 'CANNOT_PUBLISH_SIGNATURE_REQUEST__';
const NOT_FOUND: Readonly<Record<string, string>> = {
  [REQUESTS]: 'SIGNATURE_REQUEST_NOT_FOUND',
  [DOCUMENTS]: 'DOCUMENT_NOT_FOUND',
  [SIGNERS]: 'SIGNER_NOT_FOUND',
};
