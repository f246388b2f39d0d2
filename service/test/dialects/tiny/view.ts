/** Requests in the words of the tiny interface. */
import type { z } from 'zod';
import type { Core } from '../../../src/domain/core.ts';
import type { RequestRecord } from '../../../src/domain/model.ts';
import { linkOf } from '../../../src/domain/signers.ts';
import type * as shape from './schemas.ts';

export const stateOf = ({ status }: RequestRecord): z.output<typeof shape.job>['state'] =>
  status === 'completed' ? 'done' : ['expired', 'cancelled', 'declined'].includes(status) ? 'over' : 'open';

export const viewOf = (core: Core, request: RequestRecord): z.output<typeof shape.job> => ({
  job: request.id,
  title: String(request.metadata['title']),
  state: stateOf(request),
  links: request.signers.map((signer) => linkOf(core, signer)),
});
