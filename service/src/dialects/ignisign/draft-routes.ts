/** Requests of Ignisign put together piece by piece, and published; with the application and its profiles (second stage). */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { iso } from '../../domain/dates.ts';
import { changeDraft, createDraft, listDrafts } from '../../domain/drafts.ts';
import { ServiceFault } from '../../domain/fault.ts';
import type { Realm } from '../../domain/model.ts';
import { cancelRequest, newRequestId, pageOfRequests } from '../../domain/requests.ts';
import { cancelSubmission, submitDraft } from '../../domain/submission.ts';
import type { DialectPorts } from '../dialect.ts';
import { type Caller, callerOf } from './access.ts';
import { tellRequest } from './draft-events.ts';
import * as draft from './draft-schemas.ts';
import {
  change,
  ifFound,
  REQUESTS,
  type RequestContent,
  readEntry,
  readSigner,
  requestFrom,
  SIGNERS,
  type SignerContent,
} from './drafts.ts';
import { named } from './errors.ts';
import { IGNISIGN_NAME } from './events.ts';
import { METHOD_NAMES, METHODS, type MethodName } from './profiles.ts';
import * as shape from './schemas.ts';
import { launchedOf, statusOf, titleOf } from './view.ts';

const APP = '/applications/:appId/envs/:appEnv';

export function draftRoutes(app: FastifyInstance, { core }: DialectPorts): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const failures = Object.fromEntries([400, 401, 403, 404, 408, 429, 500].map((status) => [status, shape.failure]));
  const tags = ['Signature requests'];
  const requireParts = async (realm: Realm, { documentIds = [], signerIds = [] }: Partial<RequestContent>): Promise<void> => {
    await Promise.all([...documentIds.map((id) => readEntry(core, realm, id)), ...signerIds.map((id) => readSigner(core, realm, id))]);
  };

  routes.post(
    `${APP}/signature-requests`,
    {
      schema: {
        tags,
        summary: 'Begin a request',
        params: shape.application,
        body: draft.newRequest,
        response: { 200: draft.namedRequest, ...failures },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { realm } = caller;
      const { expirationDate, description = null, externalId = null, ...body } = request.body;
      await requireParts(realm, body);
      const expiresAt = expirationDate === undefined ? null : Date.parse(expirationDate);
      const content: RequestContent = { ...body, description, externalId, expiresAt };
      const { name } = await createDraft(core, realm, REQUESTS, newRequestId(), content, tellRequest(caller, 'INITIALIZED'));
      return { signatureRequestId: name };
    },
  );

  routes.put(
    '/signature-requests/:signatureRequestId',
    {
      schema: {
        tags,
        summary: 'Change a request that is not published',
        params: shape.requestId,
        body: draft.changedRequest,
        response: { 200: draft.namedRequest, ...failures },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { realm } = caller;
      const { expirationDate, ...rest } = request.body;
      const more = given({ ...rest, expiresAt: expirationDate === undefined ? undefined : Date.parse(expirationDate) });
      await requireParts(realm, more);
      const { name } = await change<RequestContent>(
        core,
        realm,
        REQUESTS,
        request.params.signatureRequestId,
        (content) => ({ ...content, ...more }),
        tellRequest(caller, 'UPDATED'),
      );
      return { signatureRequestId: name };
    },
  );

  routes.post(
    '/signature-requests/:signatureRequestId/publish',
    { schema: { tags, summary: 'Publish a request', params: shape.requestId, response: { 200: shape.launched, ...failures } } },
    async (request) => {
      const { realm, appEnv } = callerOf(request);
      const made = await named(
        'SIGNATURE_REQUEST_NOT_FOUND',
        submitDraft<RequestContent>(core, realm, REQUESTS, request.params.signatureRequestId, (one) =>
          requestFrom(core, realm, appEnv, one),
        ),
      );
      for (const { details } of made.signers)
        await ifFound(
          changeDraft<SignerContent>(core, realm, SIGNERS, details.externalId ?? '', (content) => ({
            ...content,
            requestIds: [...content.requestIds, made.id].slice(-KEPT_REQUESTS),
          })),
        );
      return launchedOf(made);
    },
  );

  routes.post(
    '/signature-requests/:signatureRequestId/close',
    { schema: { tags, summary: 'Close a request', params: shape.requestId, response: { 200: shape.resent, ...failures } } },
    async (request) => {
      const { signatureRequestId } = request.params;
      await named('SIGNATURE_REQUEST_NOT_FOUND', close(core, callerOf(request), signatureRequestId));
      return { signatureRequestId };
    },
  );

  routes.get(
    `${APP}/signature-requests`,
    {
      schema: {
        tags,
        summary: 'Requests, the newest first; those that are not published come before all others',
        params: shape.application,
        querystring: draft.page,
        response: { 200: draft.requests, ...failures },
      },
    },
    async (request) => {
      const { realm } = callerOf(request);
      const { page } = request.query;
      const offset = (page - 1) * PAGE_SIZE;
      const open = await listDrafts<RequestContent>(core, realm, REQUESTS, { limit: PAGE_SIZE, offset, status: 'open' });
      const rest = { limit: PAGE_SIZE - open.drafts.length, offset: Math.max(0, offset - open.total) };
      const made = await pageOfRequests(core, realm, IGNISIGN_NAME, rest);
      return {
        page,
        pageSize: PAGE_SIZE,
        total: open.total + made.total,
        signatureRequests: [
          ...open.drafts.map(({ name, content, createdAt }) => ({
            signatureRequestId: name,
            title: content.title,
            status: 'DRAFT',
            createdAt: iso(createdAt),
          })),
          ...made.requests.map((one) => ({
            signatureRequestId: one.id,
            title: titleOf(one),
            status: statusOf(one),
            createdAt: iso(one.createdAt),
          })),
        ],
      };
    },
  );

  routes.get(
    '/applications/:appId/context',
    {
      schema: {
        tags: ['Application'],
        summary: 'The application of the key',
        params: draft.appId,
        response: { 200: draft.applicationContext, ...failures },
      },
    },
    async (request) => {
      const { appId, appEnv } = callerOf(request);
      return { appId, appEnv, environments: ['DEVELOPMENT', 'STAGING', 'PRODUCTION'], signatureMethods: [...METHOD_NAMES] };
    },
  );

  routes.get(
    `${APP}/signer-profiles`,
    {
      schema: {
        tags: ['Application'],
        summary: 'Signer profiles',
        params: shape.application,
        response: { 200: draft.profiles, ...failures },
      },
    },
    async (request) => {
      callerOf(request);
      return METHOD_NAMES.map(profileOf);
    },
  );

  routes.get(
    `${APP}/signer-profiles/:signerProfileId`,
    {
      schema: {
        tags: ['Application'],
        summary: 'A signer profile',
        params: draft.profileId,
        response: { 200: draft.profile, ...failures },
      },
    },
    async (request) => {
      callerOf(request);
      return profileOf(methodNamed(request.params.signerProfileId));
    },
  );

  routes.get(
    `${APP}/signer-profiles/:signerProfileId/inputs-needed`,
    {
      schema: {
        tags: ['Application'],
        summary: 'What a profile needs to know of a signer',
        params: draft.profileId,
        response: { 200: draft.inputsNeeded, ...failures },
      },
    },
    async (request) => {
      callerOf(request);
      const name = methodNamed(request.params.signerProfileId);
      return { signerProfileId: name, inputs: [...METHODS[name].inputs] };
    },
  );
}

async function close(core: DialectPorts['core'], caller: Caller, id: string): Promise<void> {
  const { realm } = caller;
  const ended = cancelSubmission(core, realm, REQUESTS, id, tellRequest(caller, 'CANCELLED')).then(() => true);
  if ((await ifFound(ended)) === null) await cancelRequest(core, realm, id, null);
}

const profileOf = (name: MethodName) => ({ signerProfileId: name, name, signatureMethod: name, inputs: [...METHODS[name].inputs] });

function methodNamed(text: string): MethodName {
  const name = METHOD_NAMES.find((one) => one === text);
  if (!name) throw new ServiceFault('not-found', 'There is no such signer profile.', { word: 'SIGNER_PROFILE_NOT_FOUND' });
  return name;
}

/** Members that were not said keep what they were. */
export const given = <T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;

const PAGE_SIZE = 50;
const KEPT_REQUESTS = 50;
