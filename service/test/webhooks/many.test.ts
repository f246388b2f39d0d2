/** A thousand webhooks to the healthy, the slow, the failing and the dead, over HTTP on both databases. */
import { afterAll, describe, expect, test } from 'vitest';
import { plainPdf } from '../../../scripts/plain-pdf.ts';
import { resendDelivery } from '../../src/webhooks/endpoints.ts';
import { call, DATABASES, endAfterTests, eventually, formOf, type Running, startRunning } from '../support/running.ts';
import { newReceiver, type Receiver } from './receivers.ts';

const PDF = plainPdf({ title: 'Contract', pages: [['# Contract']] });
const receivers: Receiver[] = [];
endAfterTests();
afterAll(async () => {
  for (const receiver of receivers) await receiver.leave();
});

/** Of one customer: ten that answer, four that answer late, two that answer never, three that fail, one that is not there. */
const KINDS = { healthy: 10, slow: 4, silent: 2, failing: 3, dead: 1 } as const;
const EVENTS = 25;
type Kind = keyof typeof KINDS;
type Named = Readonly<Record<Kind, readonly Receiver[]>>;

describe.each(DATABASES)('a thousand webhooks on %s', (kind) => {
  test('the healthy get theirs while others hang, the dead are paused, and nothing is lost', { timeout: 240_000 }, async () => {
    const running = await startRunning(kind, {
      ...{ webhookPrivateHosts: ['127.0.0.1'], webhookSeconds: 100, jobPollMs: 100, tiers: { business: 1_000_000 } },
    });
    const keys = [await running.tenant(), await running.tenant()].map(({ test: key }) => key);
    const customers: { readonly key: string; readonly all: Named; readonly ids: Set<string> }[] = [];
    for (const key of keys) customers.push({ key, all: await register(running, key), ids: new Set() });
    for (const { all } of customers) for (const one of all.dead) await one.leave();
    const of = (...kinds: readonly Kind[]): Receiver[] => customers.flatMap(({ all }) => kinds.flatMap((name) => all[name]));
    const count = (some: readonly Receiver[]): number =>
      some.reduce((sum, { taken }) => sum + new Set(taken.map(({ body }) => body)).size, 0);

    for (const { key, ids } of customers) for (const id of await makeRequests(running, key)) ids.add(id);
    const sockets = watchSockets();
    const begun = running.service.core.clock();

    // Nobody who hangs has been let go yet.
    await eventually(async () => count(of('healthy')) === 500, 'the healthy have theirs');
    expect([...of('slow'), ...of('silent')].map((one) => one.taken.length)).toEqual(new Array(12).fill(0));
    for (const one of receivers) expect(one.most()).toBeLessThanOrEqual(4);

    // Who fails or is not there is paused after a few rounds; the customer sees that.
    for (const { key } of customers) {
      const paused = await eventually(async () => {
        const { data } = (await call(running, 'GET', '/manage/webhooks', { key })).json;
        const found = data.filter(({ status }: { status: string }) => status === 'paused');
        return found.length === KINDS.failing + KINDS.dead ? found : null;
      }, 'they are paused');
      for (const one of paused) expect(Date.parse(one.paused_until)).toBeGreaterThan(begun);
      const { data } = (await call(running, 'GET', '/manage/deliveries', { key })).json;
      expect(new Set(data.map(({ status }: { status: string }) => status))).toContain('paused');
    }
    const asked = of('failing').map(({ seen }) => seen.length);
    expect(Math.max(...asked)).toBeLessThan(EVENTS);
    // After its time one delivery tries whether somebody is back, no more.
    running.later(20_000);
    await eventually(async () => of('failing').every(({ seen }, index) => seen.length > (asked[index] ?? 0)), 'they are tried');
    await eventually(async () => (await pausedNow(running)) === 8, 'they are paused again');
    expect(of('failing').map(({ seen }, index) => seen.length - (asked[index] ?? 0))).toEqual(new Array(6).fill(1));

    // Sent again by hand, it goes although the address is paused.
    const [{ key, all }] = customers as [(typeof customers)[number]];
    const listed = (await call(running, 'GET', '/manage/webhooks', { key })).json.data;
    const [tried] = all.failing;
    const id = listed.find(({ url }: { url: string }) => url === tried?.url)?.id;
    tried?.answer(200);
    await resendOne(running, id);
    await eventually(async () => (tried?.taken.length ?? 0) === EVENTS, 'all that waited there came');

    for (const one of of('slow')) one.answer(200);
    for (const one of of('failing')) one.answer(200);
    for (const one of of('dead')) await one.comeBack();
    for (const one of of('silent')) await one.leave();
    for (const one of of('silent')) {
      one.answer(200);
      await one.comeBack();
    }
    await eventually(async () => {
      running.later(60_000);
      return count(of('healthy', 'slow', 'silent', 'failing', 'dead')) === 1000;
    }, 'all have all');
    for (const { all: mine, ids } of customers)
      for (const receiver of Object.values(mine).flat())
        expect(new Set(receiver.taken.map(({ body }) => JSON.parse(body).data.signature_request.id))).toEqual(ids);
    for (const one of receivers) expect(one.most()).toBeLessThanOrEqual(4);
    const rows = await eventually(async () => {
      const { db } = running.service.core.store;
      const left = await db.selectFrom('webhook_deliveries').select(['status']).execute();
      return left.every(({ status }) => status === 'delivered') ? left : null;
    }, 'all is written down');
    expect(rows).toHaveLength(1000);
    expect(await pausedNow(running)).toBe(0);
    expect(sockets()).toBeLessThan(300);
  });
});

async function register(running: Running, key: string): Promise<Named> {
  const all: Record<Kind, Receiver[]> = { healthy: [], slow: [], silent: [], failing: [], dead: [] };
  for (const [name, number] of Object.entries(KINDS) as [Kind, number][]) {
    for (let index = 0; index < number; index++) {
      const receiver = await newReceiver(name === 'healthy' ? 200 : name === 'failing' ? 503 : name === 'dead' ? 200 : null);
      receivers.push(receiver);
      all[name].push(receiver);
      expect((await call(running, 'POST', '/manage/webhooks', { key, body: { url: receiver.url } })).status).toBe(201);
    }
  }
  return all;
}

/** Each request is one event for each address. */
async function makeRequests(running: Running, key: string): Promise<string[]> {
  const document = (await call(running, 'POST', '/v1/documents', { key, form: formOf(PDF, 'contract.pdf') })).json.id;
  const body = { document_id: document, signature_type: 'ses', signers: [{ name: 'Ada', email: 'ada@example.com' }] };
  return Promise.all(
    Array.from({ length: EVENTS }, async () => {
      const made = await call(running, 'POST', '/v1/signature-requests', { key, body });
      expect(made.status).toBe(201);
      return made.json.id as string;
    }),
  );
}

async function pausedNow({ service: { core } }: Running): Promise<number> {
  const rows = await core.store.db.selectFrom('webhook_endpoints').select('id').where('paused_until', '>', core.clock()).execute();
  return rows.length;
}

async function resendOne({ service: { core } }: Running, endpoint: string): Promise<void> {
  const row = await core.store.db
    .selectFrom('webhook_deliveries')
    .select(['id', 'tenant_id'])
    .where('endpoint_id', '=', endpoint)
    .orderBy('id')
    .executeTakeFirstOrThrow();
  await resendDelivery(core, { tenant: row.tenant_id, mode: 'test' }, row.id);
}

/** The connections of this process, receivers' sides included. */
function watchSockets(): () => number {
  const count = (): number => process.getActiveResourcesInfo().filter((name) => name.startsWith('TCPSocketWrap')).length;
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, count());
  }, 50).unref();
  return () => {
    clearInterval(timer);
    return most;
  };
}
