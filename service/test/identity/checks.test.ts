/** Pictures of face and document: shown on the page, kept encrypted, judged by an HTTP service that answers at once, later, wrongly or never. */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { plainPdf } from '../../../scripts/plain-pdf.ts';
import { showIdentity } from '../../src/domain/identity.ts';
import { createKey, createTenant } from '../../src/domain/keys.ts';
import { greyJpeg } from '../../src/identity/jpeg.ts';
import { call, DATABASES, endAfterTests, eventually, type Running, startRunning } from '../support/running.ts';

endAfterTests();
const PDF = Buffer.from(plainPdf({ title: 'CCB', pages: [['# CCB']] })).toString('base64');
const KINDS = ['face', 'document-front', 'document-back'] as const;
const PICTURES = new Map(KINDS.map((kind, index) => [kind, greyJpeg([`12345678${index}`.repeat(30)])] as const));

describe.each(DATABASES)('the check of pictures, on %s', (kind) => {
  let running: Running;
  let key: string;
  let answer: (path: string, body: string) => readonly [status: number, body: unknown] = () => [500, {}];
  const asked: { readonly path: string; readonly authorization: string | undefined; readonly body: string }[] = [];
  const checks = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(pieces).toString();
      asked.push({ path: request.url ?? '', authorization: request.headers.authorization, body });
      const [status, told] = answer(request.url ?? '', body);
      response.writeHead(status, { 'content-type': 'application/json' }).end(typeof told === 'string' ? told : JSON.stringify(told));
    });
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => checks.listen(0, '127.0.0.1', resolve));
    const address = checks.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    running = await startRunning(kind, {
      jobPollMs: 50,
      outbox: true,
      identityCheckUrl: `http://127.0.0.1:${port}/checks`,
      identityCheckToken: 'a token',
    });
    const { core } = running.service;
    key = await createKey(core, { tenant: await createTenant(core, 'test', 'business'), mode: 'live' }, 'qis_live_', 'test');
  });
  afterAll(() => void checks.close());
  beforeEach(() => {
    asked.length = 0;
    answer = () => [200, { outcome: 'passed' }];
  });

  const send = (method: string, path: string, body?: unknown) =>
    call(running, method, `/sign${path}`, { key: null, headers: { authorization: key }, ...(body !== undefined && { body }) });
  let counted = 0;
  const envelope = async () => {
    const id = `e${++counted}`;
    const signer = {
      ...{ id: '1', name: 'Jo Silva', email: 'jo@example.com', birthdate: '1992-09-15', document_number: '111.111.111-11' },
      phone: { international_dial_code: '55', area_code: '11', number: '988878722' },
      ...{ document_submission_method: 'email', authentication_submission_method: 'email' },
    };
    const day = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
    await send('POST', '/envelope', { id, subject: 'CCB', expiration_date: day, signers: [signer] });
    await send('POST', `/envelope/${id}/document`, { document_b64: PDF, name: 'CCB', document_type: 'pdf' });
    await send('PATCH', `/envelope/${id}`, { status: 'submitted' });
    const link: string = (await send('GET', `/envelope/${id}`)).json.signers[0].signature_url;
    const page = await (await fetch(`${link}&lang=en`)).text();
    const signerId = /data-signer="([^"]+)"/.exec(page)?.[1] ?? '';
    return { id, link, signer: signerId, session: /name="session" value="([^"]+)"/.exec(page)?.[1] ?? '', state: stateIn(page) };
  };
  type Envelope = Awaited<ReturnType<typeof envelope>>;
  const stateIn = (page: string) => /data-state="([^"]+)"/.exec(page)?.[1];
  const partsOf = (fields: Readonly<Record<string, string>>, pictures: ReadonlyMap<string, Uint8Array> = PICTURES) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    for (const [name, bytes] of pictures)
      form.append(name, new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'image/jpeg' }), `${name}.jpg`);
    return form;
  };
  const show = async ({ link, session }: Envelope, number = '111.111.111-11', pictures: ReadonlyMap<string, Uint8Array> = PICTURES) => {
    const response = await fetch(`${running.url}${new URL(link).pathname}/identity?lang=en`, {
      method: 'POST',
      body: partsOf({ session, number }, pictures),
    });
    const page = await response.text();
    return { status: response.status, state: stateIn(page), notice: /id="notice"[^>]*>([^<]*)</.exec(page)?.[1] };
  };
  const stateNow = async ({ link }: Envelope) => stateIn(await (await fetch(link)).text());
  const rowsOf = async ({ signer }: Envelope) =>
    running.service.core.store.db.selectFrom('evidence').select(['kind', 'blob']).where('signer_id', '=', signer).orderBy('kind').execute();

  test('gets all that it needs, and what it says of the person stands in the log', async () => {
    const identity = { fullName: 'JO DA SILVA', documentType: 'national_id', documentCountry: 'BR', matchScore: 0.93, liveness: true };
    answer = () => [200, { outcome: 'passed', identity }];
    const made = await envelope();
    expect(made.state).toBe('identity');
    expect(await show(made)).toEqual({ status: 200, state: 'ready', notice: 'Thank you. Your identity is confirmed.' });
    expect([asked.length, asked[0]?.path, asked[0]?.authorization]).toEqual([1, '/checks', 'Bearer a token']);
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({
      ...{ id: made.signer, name: 'Jo Silva', country: 'BR', birthDate: '1992-09-15', documentNumber: '111.111.111-11' },
      pictures: Object.fromEntries([...PICTURES].map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')])),
    });
    const row = await running.service.core.store.db
      .selectFrom('signers')
      .select('request_id')
      .where('id', '=', made.signer)
      .executeTakeFirstOrThrow();
    const events = await running.service.core.store.db
      .selectFrom('events')
      .select('type')
      .where('request_id', '=', row.request_id)
      .execute();
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['signer.pictures-shown', 'signer.number-shown', 'signer.verified']),
    );
  });

  test('locks the link where it fails', async () => {
    answer = () => [200, { outcome: 'failed', reason: 'low-score' }];
    const made = await envelope();
    expect((await show(made)).state).toBe('verification-failed');
    expect((await send('GET', `/envelope/${made.id}/signer/1`)).json.status).toBe('refused');
  });

  test('that takes its time is asked again until it knows', async () => {
    let left = 2;
    answer = (path) => [
      200,
      path === '/checks' || left-- > 0 ? { outcome: 'pending', reference: 'a/b?c', retryAfter: 1 } : { outcome: 'passed' },
    ];
    const made = await envelope();
    expect((await show(made)).state).toBe('checking');
    // Nothing else goes on meanwhile.
    expect((await show(made)).notice).toContain('That cannot be done any more');
    await eventually(async () => (await stateNow(made)) === 'ready', 'the check has passed');
    expect(new Set(asked.map(({ path }) => path))).toEqual(new Set(['/checks', '/checks/a%2Fb%3Fc']));
  });

  test('that never comes to an end is over after a day', async () => {
    answer = () => [200, { outcome: 'pending', reference: 'never', retryAfter: 1 }];
    const made = await envelope();
    expect((await show(made)).state).toBe('checking');
    running.later(25 * 3_600_000);
    await eventually(async () => (await stateNow(made)) === 'verification-failed', 'nobody waits any more');
    running.later(-25 * 3_600_000);
  });

  test.each([
    ['an error', [500, {}]],
    ['no JSON', [200, 'passed']],
    ['another word', [200, { outcome: 'good' }]],
    ['a score out of range', [200, { outcome: 'passed', identity: { matchScore: 7 } }]],
    ['a redirect', [302, {}]],
  ] as const)('that answers with %s proves nothing, and can be tried again without new pictures', async (_what, wrong) => {
    answer = () => wrong;
    const made = await envelope();
    expect(await show(made)).toEqual({ status: 200, state: 'identity', notice: 'It is our fault. Try again in a moment.' });
    answer = () => [200, { outcome: 'passed' }];
    expect((await show(made, '11111111111', new Map())).state).toBe('ready');
  });

  test('comes after the number: a wrong one nine times is the end', async () => {
    const made = await envelope();
    for (let attempt = 1; attempt < 9; attempt++) {
      const shown = await show(made, '222', attempt === 1 ? PICTURES : new Map());
      expect([attempt, shown.state, shown.notice?.startsWith('The sender has another number')]).toEqual([attempt, 'identity', true]);
    }
    expect((await show(made, '222', new Map())).state).toBe('verification-failed');
    expect(asked).toEqual([]);
  });

  test('begins when all pictures are there, and each is a picture', async () => {
    const made = await envelope();
    const only = (name: (typeof KINDS)[number], bytes = PICTURES.get(name) ?? new Uint8Array()) => new Map([[name, bytes]]);
    expect((await show(made, '11111111111', only('face'))).notice).toBe('A picture is still missing.');
    expect((await show(made, '11111111111', only('document-front', Buffer.from('GIF89a and so on, for a while')))).notice).toContain(
      'no picture in JPEG form',
    );
    expect((await show(made, '11111111111', only('document-front', Buffer.alloc(11 * 1024 * 1024, 255)))).notice).toContain('too large');
    expect((await rowsOf(made)).map((row) => row.kind)).toEqual(['face']);
    expect((await show(made, '11111111111', only('document-front'))).notice).toBe('A picture is still missing.');
    expect((await show(made, '11111111111', only('document-back'))).state).toBe('ready');
    await expect(showIdentity(running.service.core, made.signer, '1', PICTURES)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('takes nothing without the session of the signer, and no samples in live mode', async () => {
    const [made, other] = [await envelope(), await envelope()];
    const post = async (form: FormData) =>
      (await fetch(`${running.url}${new URL(made.link).pathname}/identity`, { method: 'POST', body: form })).status;
    expect(await post(partsOf({ number: '1' }))).toBe(401);
    expect(await post(partsOf({ session: other.session, number: '11111111111' }))).toBe(401);
    // A session that comes after the pictures comes too late.
    const late = partsOf({ number: '11111111111' });
    late.append('session', made.session);
    expect(await post(late)).toBe(401);
    expect(await rowsOf(made)).toEqual([]);
    await expect(showIdentity(running.service.core, made.signer, '11111111111', 'sample')).rejects.toMatchObject({ code: 'conflict' });
  });

  test('leaves nothing readable, and nothing at all when the document goes', async () => {
    answer = () => [200, { outcome: 'pending', reference: 'x', retryAfter: 3600 }];
    const made = await envelope();
    await show(made);
    const { core } = running.service;
    const kept = await rowsOf(made);
    expect(kept.map((row) => row.kind)).toEqual([...KINDS].toSorted());
    const inside = Buffer.from(PICTURES.get('face') ?? []).subarray(30, 90);
    const files = readdirSync(running.data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { parentPath, name } of files) expect([name, readFileSync(`${parentPath}/${name}`).includes(inside)]).toEqual([name, false]);
    const row = await core.store.db
      .selectFrom('requests')
      .innerJoin('signers', 'signers.request_id', 'requests.id')
      .select(['requests.document_id', 'requests.tenant_id', 'requests.id'])
      .where('signers.id', '=', made.signer)
      .executeTakeFirstOrThrow();
    const { eraseDocument } = await import('../../src/domain/retention.ts');
    await eraseDocument(core, { tenant: row.tenant_id, mode: 'live' }, row.document_id);
    expect(await rowsOf(made)).toEqual([]);
    expect(await core.store.db.selectFrom('identity_checks').select('id').where('request_id', '=', row.id).execute()).toEqual([]);
    for (const { blob } of kept) expect(await core.blobs.get(blob)).toBe(null);
  });
});
