/** Signers of an Ignisign application: kept as long as documents, asked in any number of requests (second stage). */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { createDraft, type Draft, endDraft, listDrafts } from '../../domain/drafts.ts';
import { ServiceFault } from '../../domain/fault.ts';
import { randomId } from '../../domain/ids.ts';
import type { Realm } from '../../domain/model.ts';
import { isOpen, readRequest } from '../../domain/request.ts';
import { linkOf } from '../../domain/signers.ts';
import type { DialectPorts } from '../dialect.ts';
import { callerOf } from './access.ts';
import { tellSigner } from './draft-events.ts';
import { given } from './draft-routes.ts';
import * as draft from './draft-schemas.ts';
import { change, ifFound, readSigner, SIGNERS, type SignerContent } from './drafts.ts';
import { named } from './errors.ts';
import { METHODS } from './profiles.ts';
import * as shape from './schemas.ts';
import { signerIdOf } from './view.ts';

const APP = '/applications/:appId/envs/:appEnv';

export function signerRoutes(app: FastifyInstance, { core }: DialectPorts): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const failures = Object.fromEntries([400, 401, 403, 404, 408, 429, 500].map((status) => [status, shape.failure]));
  const tags = ['Signers'];

  routes.post(
    `${APP}/signers`,
    {
      schema: {
        tags,
        summary: 'Add a signer',
        params: shape.application,
        body: draft.newSigner,
        response: { 200: draft.signer, ...failures },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { signerProfileId, firstName = null, lastName = null, phoneNumber = null, externalId = null, email } = request.body;
      const content = { email, firstName, lastName, phoneNumber, externalId, profileId: signerProfileId, requestIds: [] };
      const tells = tellSigner(caller, 'CREATED', Object.keys(given(request.body)));
      return signerOf(await createDraft<SignerContent>(core, caller.realm, SIGNERS, `sgn_${randomId(12)}`, content, tells));
    },
  );

  routes.put(
    `${APP}/signers/:signerId`,
    {
      schema: {
        tags,
        summary: 'Change a signer',
        params: draft.signerId,
        body: draft.changedSigner,
        response: { 200: draft.signer, ...failures },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { signerProfileId, ...rest } = request.body;
      const more = given({ ...rest, profileId: signerProfileId });
      const tells = tellSigner(caller, 'INPUTS_ADDED', Object.keys(more));
      return signerOf(
        await change<SignerContent>(core, caller.realm, SIGNERS, request.params.signerId, (content) => ({ ...content, ...more }), tells),
      );
    },
  );

  routes.get(
    `${APP}/signers/:signerId`,
    { schema: { tags, summary: 'A signer', params: draft.signerId, response: { 200: draft.signer, ...failures } } },
    async (request) => signerOf(await readSigner(core, callerOf(request).realm, request.params.signerId)),
  );

  routes.get(
    `${APP}/signers/:signerId/details`,
    {
      schema: {
        tags,
        summary: 'A signer with their requests',
        params: draft.signerId,
        response: { 200: draft.signerDetails, ...failures },
      },
    },
    async (request) => {
      const found = await readSigner(core, callerOf(request).realm, request.params.signerId);
      const { createdAt, content } = found;
      return { ...signerOf(found), createdAt: new Date(createdAt).toISOString(), signatureRequestIds: [...content.requestIds] };
    },
  );

  routes.get(
    `${APP}/signers-paginate`,
    {
      schema: {
        tags,
        summary: 'Signers, the newest first',
        params: shape.application,
        querystring: draft.page,
        response: { 200: draft.signers, ...failures },
      },
    },
    async (request) => {
      const { page } = request.query;
      const asked = { limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE };
      const { drafts, total } = await listDrafts<SignerContent>(core, callerOf(request).realm, SIGNERS, asked);
      return { page, pageSize: PAGE_SIZE, total, signers: drafts.map(signerOf) };
    },
  );

  for (const method of ['GET', 'POST'] as const)
    routes.route({
      method,
      url: `${APP}/signers-search`,
      schema: {
        tags,
        summary: `Among the newest ${SEARCHED} signers, those whose names, address or external id hold a text`,
        params: shape.application,
        querystring: draft.filter,
        response: { 200: draft.foundSigners, ...failures },
      },
      handler: async (request) => ({ signers: await search(core, callerOf(request).realm, request.query.filter) }),
    });

  routes.delete(
    `${APP}/signers/:signerId/revoke`,
    {
      schema: {
        tags,
        summary: 'Revoke a signer: nobody asks them any more',
        params: draft.signerId,
        response: { 200: draft.signerEnded, ...failures },
      },
    },
    async (request) => {
      const { id, name } = await readSigner(core, callerOf(request).realm, request.params.signerId);
      await named('SIGNER_NOT_FOUND', endDraft(core, id, 'cancelled', null));
      return { signerId: name };
    },
  );

  routes.post(
    `${APP}/signers/:signerId/id-proofing`,
    {
      schema: {
        tags,
        summary: 'Where a signer proves who they are: in the request that asks for it',
        params: draft.signerId,
        response: { 200: draft.proofing, ...failures },
      },
    },
    async (request) => {
      const { realm } = callerOf(request);
      const { name, content } = await readSigner(core, realm, request.params.signerId);
      for (const id of content.requestIds.toReversed()) {
        const found = await ifFound(readRequest(core, realm, id));
        const signer = found && isOpen(found) ? found.signers.find((one) => signerIdOf(one) === name) : undefined;
        if (signer && signer.method !== 'none' && signer.verification !== 'verified' && signer.status === 'waiting')
          return { signerId: name, signatureRequestId: id, url: linkOf(core, signer) };
      }
      throw new ServiceFault('not-found', 'No open request asks this signer for a proof.', { word: 'ID_PROOFING_NOT_FOUND' });
    },
  );
}

async function search(core: DialectPorts['core'], realm: Realm, text: string): Promise<z.output<typeof draft.signer>[]> {
  const { drafts } = await listDrafts<SignerContent>(core, realm, SIGNERS, { limit: SEARCHED, offset: 0 });
  const wanted = text.toLowerCase();
  return drafts
    .filter(({ content: { email, firstName, lastName, externalId } }) =>
      `${firstName ?? ''} ${lastName ?? ''}\n${email}\n${externalId ?? ''}`.toLowerCase().includes(wanted),
    )
    .map(signerOf);
}

function signerOf({ name, status, content }: Draft<SignerContent>): z.output<typeof draft.signer> {
  const { email, firstName, lastName, phoneNumber, externalId, profileId } = content;
  const said: Readonly<Record<string, string | null>> = { email, firstName, lastName, phoneNumber };
  return {
    signerId: name,
    externalId,
    signerProfileId: profileId,
    status: status === 'open' ? 'ACTIVE' : 'REVOKED',
    email,
    firstName,
    lastName,
    phoneNumber,
    inputsNeeded: METHODS[profileId].inputs.filter((input) => said[input] === null),
  };
}

const PAGE_SIZE = 50;
const SEARCHED = 1000;
