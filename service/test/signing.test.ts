/** What a signer does, step by step: the acts that the signing page offers. */
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import type { ServiceFault } from '../src/domain/fault.ts';
import { showIdentity } from '../src/domain/identity.ts';
import { readRequest } from '../src/domain/request.ts';
import { checkCode, consent, decline, openSigning, sendCode, signNow } from '../src/domain/signing.ts';
import { call, DATABASES, endAfterTests, eventually, formOf, type Running, startRunning } from './support/running.ts';

endAfterTests();
const PDF = plainPdf({ title: 'Contract', pages: [['# Contract']] });
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const HERE = { ip: '192.0.2.7', userAgent: 'test' };

describe.each(DATABASES)('a signer on %s', (kind) => {
  let running: Running;
  let documentId: string;
  beforeAll(async () => {
    running = await startRunning(kind);
    documentId = (await call(running, 'POST', '/v1/documents', { form: formOf(PDF, 'contract.pdf') })).json.id;
  });

  const create = async (more: Record<string, unknown> = {}) => {
    const signers = [{ name: 'Ada', email: 'ada@example.com' }];
    const { json } = await call(running, 'POST', '/v1/signature-requests', {
      body: { document_id: documentId, signature_type: 'aes', signers, ...more },
    });
    return { id: json.id as string, signers: json.signers.map(({ id }: { id: string }) => id) as string[] };
  };
  const core = () => running.service.core;
  const refused = (act: Promise<unknown>) =>
    act.then(
      () => null,
      (error: ServiceFault) => [error.code, error.details['state'] ?? error.details['missing'] ?? null],
    );

  /** The code of the newest message to a signer. */
  async function codeOf(signer: string): Promise<string> {
    const row = await core()
      .store.db.selectFrom('messages')
      .selectAll()
      .where('signer_id', '=', signer)
      .orderBy('created_at', 'desc')
      .orderBy('id')
      .execute();
    const bodies = row.map(({ id, body_sealed: sealed }) => core().vault.open(sealed, `messages.body ${id}`));
    return bodies.flatMap((body) => /\b(\d{6})\b/.exec(body)?.[1] ?? [])[0] ?? '';
  }

  test('signs after consent and code, and the document is sealed', async () => {
    const {
      id,
      signers: [signer = ''],
    } = await create();
    expect((await openSigning(core(), signer, HERE)).state).toBe('code');
    expect(await refused(signNow(core(), signer, HERE))).toEqual(['conflict', 'consent']);
    await consent(core(), signer, HERE);
    expect(await refused(signNow(core(), signer, HERE))).toEqual(['conflict', 'verification']);
    expect((await sendCode(core(), signer)).channel).toBe('email');
    expect(await checkCode(core(), signer, await codeOf(signer))).toBe('right');
    expect((await openSigning(core(), signer, HERE)).state).toBe('ready');
    const signed = await signNow(core(), signer, HERE);
    expect(signed.status).toBe('sealing');
    // Said twice, done once.
    await signNow(core(), signer, HERE);
    await eventually(async () => (await openSigning(core(), signer, HERE)).state === 'completed', 'it is completed');
    const audit = (await call(running, 'GET', `/manage/audit/${id}`)).json;
    expect(audit.intact).toBe(true);
    expect(audit.events.map(({ type }: { type: string }) => type)).toEqual([
      'request.created',
      'signer.added',
      'signer.invited',
      'signer.opened',
      'signer.consented',
      'signer.code-sent',
      'signer.verified',
      'signer.signed',
      'request.sealing',
      'request.completed',
    ]);
    expect(audit.events[7].details).toEqual(HERE);
    // Anybody can compute the chain again from what the trail tells.
    let previous = '0'.repeat(64);
    for (const { sequence, at, type, actor, salt, details, detailsDigest, hash } of audit.events) {
      if (details !== null) expect(sha256(JSON.stringify({ salt, ...details }))).toBe(detailsDigest);
      expect(sha256(JSON.stringify([previous, id, sequence, Date.parse(at), type, actor, detailsDigest]))).toBe(hash);
      previous = hash;
    }
  });

  test('has three tries for a code, then needs another one, and nine in all', async () => {
    const {
      signers: [signer = ''],
    } = await create();
    expect(await checkCode(core(), signer, '000000')).toBe('void');
    const outcomes: string[] = [];
    for (let round = 0; round < 3; round++) {
      await sendCode(core(), signer);
      const right = await codeOf(signer);
      const wrong = right === '111111' ? '222222' : '111111';
      for (let tries = 0; tries < 3; tries++) outcomes.push(await checkCode(core(), signer, wrong));
      if (round < 2) expect(await checkCode(core(), signer, right)).toBe('void');
    }
    expect(outcomes).toEqual(['wrong', 'wrong', 'void', 'wrong', 'wrong', 'void', 'wrong', 'wrong', 'locked']);
    expect((await openSigning(core(), signer, HERE)).state).toBe('verification-failed');
  });

  test('gets a code that ends, and not more than five in an hour', async () => {
    const other = await startRunning('sqlite');
    const document = (await call(other, 'POST', '/v1/documents', { form: formOf(PDF, 'a.pdf') })).json.id;
    const body = { document_id: document, signature_type: 'aes', signers: [{ name: 'Ada', email: 'ada@example.com' }] };
    const signer = (await call(other, 'POST', '/v1/signature-requests', { body })).json.signers[0].id;
    for (let sent = 0; sent < 5; sent++) await sendCode(other.service.core, signer);
    expect(await refused(sendCode(other.service.core, signer))).toEqual(['too-many-requests', null]);
    other.later(11 * 60_000);
    expect(await checkCode(other.service.core, signer, '123456')).toBe('void');
    other.later(60 * 60_000);
    await sendCode(other.service.core, signer);
  });

  test('declines with a reason, which ends the request for all', async () => {
    const {
      id,
      signers: [first = '', second = ''],
    } = await create({
      signers: [
        { name: 'Ada', email: 'ada@example.com' },
        { name: 'Bob', email: 'bob@example.com' },
      ],
    });
    expect((await decline(core(), first, 'Not my contract', HERE)).status).toBe('declined');
    expect((await openSigning(core(), first, HERE)).signer.declineReason).toBe('Not my contract');
    expect(await refused(signNow(core(), second, HERE))).toEqual(['conflict', 'closed']);
    expect((await call(running, 'GET', `/v1/signature-requests/${id}`)).json).toMatchObject({
      status: 'cancelled',
      signers: [{ status: 'declined' }, {}],
    });
  });

  test('waits for the turn', async () => {
    const {
      signers: [first = '', second = ''],
    } = await create({
      signature_type: 'ses',
      signing_order: 'sequential',
      signers: [
        { name: 'Ada', email: 'ada@example.com' },
        { name: 'Bob', email: 'bob@example.com' },
      ],
    });
    expect((await openSigning(core(), second, HERE)).state).toBe('not-your-turn');
    expect(await refused(consent(core(), second, HERE))).toEqual(['conflict', 'not-your-turn']);
    await consent(core(), first, HERE);
    expect((await signNow(core(), first, HERE)).status).toBe('started');
    expect((await openSigning(core(), second, HERE)).state).toBe('ready');
  });

  test('is identified by a document in test mode before signing', async () => {
    const {
      signers: [signer = ''],
    } = await create({
      signature_type: 'qes',
      signers: [{ name: 'Ada', email: 'ada@example.com', identity_verification: { method: 'video_id', country: 'PL' } }],
    });
    expect((await openSigning(core(), signer, HERE)).state).toBe('identity');
    expect(await showIdentity(core(), signer, 'AZE123456', 'sample')).toBe('verified');
    expect((await openSigning(core(), signer, HERE)).state).toBe('ready');
  });

  test('of two last signers at once, each signs once and the document is sealed once', async () => {
    const signers = ['Ada', 'Bob', 'Cyd'].map((name) => ({ name, email: `${name}@example.com` }));
    const made = await create({ signature_type: 'ses', signers });
    for (const signer of made.signers) await consent(core(), signer, HERE);
    await Promise.all(made.signers.flatMap((signer) => [signNow(core(), signer, HERE), signNow(core(), signer, HERE)]));
    const { realm } = (await openSigning(core(), made.signers[0] ?? '', HERE)).request;
    await eventually(async () => (await readRequest(core(), realm, made.id)).status === 'completed', 'it is completed');
    const types = (await core().store.db.selectFrom('events').select('type').where('request_id', '=', made.id).execute()).map(
      ({ type }) => type,
    );
    expect([types.filter((type) => type === 'signer.signed').length, types.filter((type) => type === 'request.sealing').length]).toEqual([
      3, 1,
    ]);
  });
});
