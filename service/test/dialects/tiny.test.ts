/** A further interface costs a folder: one is added as the guide says, and does what the others do. */
import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { plainPdf } from '../../../scripts/plain-pdf.ts';
import { createKey, createTenant } from '../../src/domain/keys.ts';
import { saveEndpoint } from '../../src/webhooks/endpoints.ts';
import { call, DATABASES, endAfterTests, eventually, startReceiver, startRunning } from '../support/running.ts';
import { TINY } from './tiny/dialect.ts';

endAfterTests();
const PDF = Buffer.from(plainPdf({ title: 'Job', pages: [['# Job']] })).toString('base64');
const folder = fileURLToPath(new URL('./tiny/', import.meta.url));
const guide = readFileSync(fileURLToPath(new URL('../../../docs/guides/interfaces.md', import.meta.url)), 'utf8');

describe.each(DATABASES)('an interface of one folder, on %s', (kind) => {
  test('makes requests that are signed, sealed, told and kept apart', async () => {
    const routes: string[] = [];
    const running = await startRunning(
      kind,
      { webhookPrivateHosts: ['127.0.0.1'], jobPollMs: 50 },
      { dialects: [TINY], onRoute: (method, url) => routes.push(`${method} ${url}`) },
    );
    const { core } = running.service;
    const [tenant, other] = [await createTenant(core, 'one', 'business'), await createTenant(core, 'other', 'business')];
    const realm = { tenant, mode: 'test' } as const;
    const key = await createKey(core, realm, 'tny_', 'test');
    const foreign = await createKey(core, { ...realm, tenant: other }, 'tny_', 'test');
    const hooks = await startReceiver();
    const { secret } = await saveEndpoint(core, realm, 'tiny', hooks.url, ['127.0.0.1']);
    const ask = (method: string, path: string, body?: unknown, by = key) =>
      call(running, method, `/tiny${path}`, { key: null, headers: { 'x-tiny-key': by }, ...(body !== undefined && { body }) });

    const made = await ask('POST', '/jobs', { title: 'A job', pdf: PDF, emails: ['sign.success@example.com'] });
    expect([made.status, made.json]).toEqual([
      201,
      { job: expect.any(String), title: 'A job', state: 'open', links: [expect.stringContaining('/w/s/')] },
    ]);
    const path = `/jobs/${made.json.job}`;
    expect((await fetch(made.json.links[0])).status).toBe(200);
    expect((await ask('GET', path, undefined, foreign)).status).toBe(404);
    expect((await ask('GET', path, undefined, 'tny_wrong')).status).toBe(401);
    expect((await ask('POST', '/jobs', {})).json.oops).toContain('title');
    expect((await ask('GET', '/none')).status).toBe(404);
    await eventually(async () => (await ask('GET', path)).json.state === 'done', 'it is done');
    const { bytes } = await ask('GET', `${path}/file`);
    expect((await running.service.validate(realm, bytes, null)).signatures.map(({ intact }) => intact)).toEqual([true]);
    const told = await eventually(async () => hooks.received[0], 'it is told');
    expect(JSON.parse(told.body).job).toBe(made.json.job);
    expect(told.headers['x-tiny']).toBe(createHmac('sha256', secret).update(told.body).digest('base64'));

    const document = (await ask('GET', '/openapi.json')).json;
    expect([document.openapi, Object.keys(document.paths)]).toEqual(['3.1.0', ['/tiny/jobs', '/tiny/jobs/{job}', '/tiny/jobs/{job}/file']]);
    const first = (await call(running, 'GET', '/openapi.json', { key: null })).json;
    expect(Object.keys(first.paths).filter((one) => one.startsWith('/tiny'))).toEqual([]);
    expect(routes.filter((route) => route.includes(' /tiny/')).length).toBeGreaterThan(3);
  });
});

test('the guide names the files of the example, and the example needs no others', () => {
  const section = guide.slice(guide.indexOf('## A fifth interface'));
  const files = readdirSync(folder).sort();
  expect(files).toEqual(['dialect.ts', 'errors.ts', 'events.ts', 'routes.ts', 'schemas.ts', 'view.ts']);
  expect(files.filter((file) => !section.includes(`\`${file}\``))).toEqual([]);
});

test('no interface reaches below the use cases: neither to the database, nor to jobs, nor to the log of events', () => {
  const root = fileURLToPath(new URL('../../src/dialects/', import.meta.url));
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const reaching = files.filter((name) =>
    /\bstore\b|\.transaction\(|\bjobs\b|\/storage\/|domain\/(audit|notices)\.ts/.test(readFileSync(`${root}${name}`, 'utf8')),
  );
  expect(reaching).toEqual([]);
  expect(files.length).toBeGreaterThan(30);
});
