/** The four ways in which webhooks prove who sent them, checked by programs of their own, written from what each vendor publishes. */
import { beforeAll, describe, expect, test } from 'vitest';
import { bareId } from '../../src/domain/ids.ts';
import { createTenant } from '../../src/domain/keys.ts';
import { saveEndpoint } from '../../src/webhooks/endpoints.ts';
import { sendTestEvent } from '../../src/webhooks/test-event.ts';
import { endAfterTests, eventually, newFolder, type Received, type Running, startReceiver, startRunning } from '../support/running.ts';
import { runNode, runPython } from '../support/samples.ts';

endAfterTests();

/** A secret beyond ASCII, where the customer may choose it. */
const SECRET = 'clé de signature – ключ 🔑';

interface Scheme {
  readonly name: string;
  /** Programs that print `true` or `false`; they find `{ url, body, headers, secret, origin, appId }` in `given`. */
  readonly python: string;
  readonly node: string;
  /** What proves the sender can be used once. */
  readonly once?: boolean;
}

const SCHEMES: readonly Scheme[] = [
  {
    name: 'qsignhub',
    python: `
expected = 'sha256=' + hmac.new(given['secret'].encode('utf-8'), given['body'].encode('utf-8'), hashlib.sha256).hexdigest()
good = hmac.compare_digest(expected, given['headers']['x-qsignhub-signature'])`,
    node: `
const expected = crypto.createHmac('sha256', given.secret).update(given.body, 'utf8').digest('hex');
const [a, b] = [Buffer.from('sha256=' + expected), Buffer.from(given.headers['x-qsignhub-signature'])];
const good = a.length === b.length && crypto.timingSafeEqual(a, b);`,
  },
  {
    name: 'qsign',
    python: `
expected = 'sha256=' + hmac.new(given['secret'].encode(), given['body'].encode('utf-8'), hashlib.sha256).hexdigest()
good = hmac.compare_digest(expected, given['headers'].get('x-qsign-signature') or '') and json.loads(given['body'])['event_type'] == given['headers']['x-qsign-event']`,
    node: `
const key = await crypto.webcrypto.subtle.importKey('raw', Buffer.from(given.secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
const mac = Buffer.from(given.headers['x-qsign-signature'].replace(/^sha256=/, ''), 'hex');
const good = await crypto.webcrypto.subtle.verify('HMAC', key, mac, Buffer.from(given.body));`,
  },
  {
    name: 'qi-sign',
    python: `
def signature(signature_key, endpoint, method, payload, digest):
    hmac_obj = hmac.new(signature_key.encode('utf-8'), (endpoint + method + payload).encode('utf-8'), digest)
    return hmac_obj.hexdigest()
good = all(signature(given['secret'], given['url'], 'POST', given['body'], digest) == given['headers'][header]
           for digest, header in ((hashlib.sha1, 'signature'), (hashlib.sha256, 'signature-256')))`,
    node: `
const mac = crypto.createHmac('sha1', Buffer.from(given.secret, 'utf8'));
for (const part of [given.url, 'POST', given.body]) mac.update(part, 'utf8');
const good = mac.digest('hex') === given.headers.signature;`,
  },
  {
    name: 'ignisign',
    once: true,
    python: `
asked = json.dumps({'token': json.loads(given['body'])['verificationToken'], 'appId': given['appId'], 'appEnv': 'DEVELOPMENT'}).encode()
answer = urllib.request.urlopen(urllib.request.Request(given['origin'] + '/v4/tokens/webhook-verification/checking-consumption', asked, {'content-type': 'application/json'}))
good = json.load(answer)['isValid'] is True`,
    node: `
const asked = { token: JSON.parse(given.body).verificationToken, appId: given.appId, appEnv: 'DEVELOPMENT' };
const answer = await fetch(given.origin + '/v4/tokens/webhook-verification/checking-consumption', {
  method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(asked) });
const good = (await answer.json()).isValid === true;`,
  },
];

describe.each(SCHEMES)('webhooks of $name', ({ name, python, node, once = false }) => {
  let running: Running;
  let tenant: string;
  let endpoint: { readonly id: string; readonly secret: string };
  let hooks: Awaited<ReturnType<typeof startReceiver>>;

  beforeAll(async () => {
    running = await startRunning('sqlite', { webhookPrivateHosts: ['127.0.0.1'] });
    const { core } = running.service;
    hooks = await startReceiver();
    tenant = await createTenant(core, 'test', 'business');
    endpoint = await saveEndpoint(core, { tenant, mode: 'test' }, name, `${hooks.url}?a=%C3%A9`, ['127.0.0.1'], { secret: SECRET });
  });

  const received = async (): Promise<Received> => {
    const before = hooks.received.length;
    await sendTestEvent(running.service.core, { tenant, mode: 'test' }, endpoint.id);
    return eventually(async () => hooks.received[before], 'the event came');
  };
  const given = ({ headers, body }: Received) =>
    JSON.stringify({ url: `${hooks.url}?a=%C3%A9`, body, headers, secret: SECRET, origin: running.url, appId: bareId(tenant) });
  const byPython = async (one: Received): Promise<string> => {
    const read = `given = json.loads(${JSON.stringify(given(one).replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`))})`;
    return (
      await runPython(
        ['import hmac, hashlib, json, urllib.request', read, python, "print('true' if good else 'false')"].join('\n'),
        newFolder(),
      )
    ).trim();
  };
  const byNode = async (one: Received): Promise<string> =>
    (
      await runNode(`import crypto from 'node:crypto';\nconst given: any = ${given(one)};\n${node}\nconsole.log(good);`, newFolder())
    ).trim();

  test('are good by a program in Python and one in Node, and not when something was changed', async () => {
    const sent = await received();
    expect(await byPython(sent)).toBe('true');
    // A token is good once.
    expect(await byNode(once ? await received() : sent)).toBe('true');
    if (once) expect(await byNode(sent)).toBe('false');
    const forged = once
      ? { ...sent, body: sent.body.replace(/"verificationToken":"dlv_./, '"verificationToken":"dlv_-') }
      : { ...sent, body: `${sent.body} ` };
    expect([await byPython(forged), await byNode(forged)]).toEqual(['false', 'false']);
  });
});
