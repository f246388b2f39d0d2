/** What is for machines: lines of the log and measurements. */
import { expect, test } from 'vitest';
import { call, endAfterTests, eventually, startRunning } from '../support/running.ts';

endAfterTests();

test('a line of the log names its request once, as its answer does, and nobody who is in it', async () => {
  const written: string[] = [];
  const running = await startRunning('sqlite', { logLevel: 'info' }, { logTo: { write: (line) => void written.push(line) } });
  const email = 'jane.roe@example.com';
  const signers = [{ name: 'Jane Roe', email }];
  const answer = await call(running, 'POST', `/v1/signature-requests?of=${email}`, { body: { document_id: 'doc_none', signers } });
  const id = answer.headers.get('x-request-id') ?? '';
  expect(id).toMatch(/^req_\w{16}$/);
  const own = await eventually(async () => {
    const lines = written.filter((line) => line.includes(id));
    return lines.length > 0 && lines;
  }, 'the answer stands in the log');
  for (const line of own) {
    expect(line.split(id)).toHaveLength(2);
    expect(JSON.parse(line)).toMatchObject({ requestId: id, route: '/v1/signature-requests', status: answer.status });
  }
  expect(written.join('')).not.toMatch(/Jane|jane\.roe|"reqId"/);
});

test.each([
  ['anybody, where no token is set', {}, undefined, 200],
  ['who shows the token', { metricsToken: 'a token of the operator' }, 'Bearer a token of the operator', 200],
  ['nobody with another one', { metricsToken: 'a token of the operator' }, 'Bearer a token of somebody', 401],
  ['nobody without', { metricsToken: 'a token of the operator' }, undefined, 401],
])('measurements are shown to %s', async (_who, settings, authorization, status) => {
  const running = await startRunning('sqlite', settings);
  const answer = await call(running, 'GET', '/metrics', { key: null, headers: authorization === undefined ? {} : { authorization } });
  expect([answer.status, Buffer.from(answer.bytes).includes('adeskit_http_request_seconds')]).toEqual([status, status === 200]);
  if (status === 401) expect(answer.headers.get('www-authenticate')).toBe('Bearer');
});
