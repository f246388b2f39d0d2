/** Test events: what an address is sent when its owner wants to see whether it listens. */
import type { Core, DialectPort, Notice, Notification } from '../domain/core.ts';
import { ServiceFault } from '../domain/fault.ts';
import { randomId } from '../domain/ids.ts';
import type { Realm, RequestRecord, SignerRecord } from '../domain/model.ts';
import { putDelivery, sendFirst } from '../domain/notices.ts';
import { inRealm } from '../storage/realm.ts';

/**
 * Puts a test event down for an address; gives the id of the delivery. An interface that knows no test event tells of a completed
 * request that does not exist. Throws `ServiceFault` `not-found`.
 */
export async function sendTestEvent(core: Core, realm: Realm, endpointId: string): Promise<string> {
  const endpoint = await inRealm(core.store.db, realm)
    .selectFrom('webhook_endpoints')
    .select('dialect')
    .where('id', '=', endpointId)
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  const dialect = endpoint && core.dialects.get(endpoint.dialect);
  if (!dialect) throw new ServiceFault('not-found', 'There is no such webhook.');
  const at = core.clock();
  const [id, eventId] = [`dlv_${randomId(16)}`, dialect.newEventId()];
  const written = eventOf(dialect, realm, at, eventId, id);
  await core.store.transaction(async (tx) => {
    await putDelivery(tx, core, realm, endpointId, { ...written, id, eventId, at });
    await sendFirst(tx, core, endpointId, id);
  });
  return id;
}

function eventOf(dialect: DialectPort, realm: Realm, at: number, eventId: string, id: string): Notification {
  if (dialect.testEvent) return dialect.testEvent(at, eventId);
  const [first] = [dialect.notification(completed(realm, at), eventId, id)].flat();
  if (!first) throw new ServiceFault('unavailable', 'This interface knows no event to test with.');
  return first;
}

/** A request that nobody made. */
const completed = (realm: Realm, at: number): Notice => ({
  type: 'request.completed',
  at,
  request: {
    ...SAMPLE,
    realm,
    createdAt: at,
    completedAt: at,
    expiresAt: at,
    signers: [{ ...SIGNER, signedAt: at }],
  },
  signer: null,
});

const SAMPLE: Omit<RequestRecord, 'realm' | 'createdAt' | 'completedAt' | 'expiresAt' | 'signers'> = {
  id: 'sreq_test000000000000',
  number: 0,
  dialect: 'test',
  documentId: 'doc_test000000000000',
  furtherDocumentIds: [],
  headless: false,
  level: 'simple',
  ordering: 'parallel',
  status: 'completed',
  redirectUrl: null,
  fields: [],
  metadata: { test: true, envelope: '00000000-0000-4000-8000-000000000000' },
  sealed: null,
};

const SIGNER: SignerRecord = {
  id: 'sgn_test00000000',
  requestId: SAMPLE.id,
  position: 0,
  turn: 0,
  name: 'Test Event',
  email: 'test@example.com',
  phone: null,
  locale: null,
  method: 'none',
  numberShownAt: null,
  country: null,
  status: 'signed',
  verification: 'pending',
  verifiedAt: null,
  identity: null,
  consentedAt: null,
  signedAt: null,
  declinedAt: null,
  declineReason: null,
  remindersSent: 0,
  lastRemindedAt: null,
  seal: null,
  simulation: null,
  simulatedDocument: null,
  role: 'signer',
  details: { externalId: '0' },
};
