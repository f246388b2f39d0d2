/** The parts that everything stands on: encryption, blobs, links, jobs, configuration, small file formats. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, describe, expect, test } from 'vitest';
import { versionOf } from '../../test/judges/run.ts';
import { type BlobStore, encryptedBlobs, newBlobName } from '../src/blobs/blobs.ts';
import { folderBlobs } from '../src/blobs/folder.ts';
import { s3Blobs } from '../src/blobs/s3.ts';
import { readConfiguration } from '../src/config/configuration.ts';
import { readContent } from '../src/domain/documents.ts';
import { newLinks } from '../src/domain/links.ts';
import { mediaTypeOf, safeFileName } from '../src/domain/media.ts';
import { removeOrphans } from '../src/domain/orphans.ts';
import { attachmentHeader } from '../src/http/download.ts';
import { sharedCounter } from '../src/http/rate-limit.ts';
import { type Handler, type Handlers, JOB_KINDS, type NewJob } from '../src/jobs/jobs.ts';
import { pgBossJobs } from '../src/jobs/pg-boss-jobs.ts';
import { sqlJobs } from '../src/jobs/sql-jobs.ts';
import { messageText } from '../src/mail/texts.ts';
import { textPdf } from '../src/sealing/text-pdf.ts';
import { zip } from '../src/sealing/zip.ts';
import { openStore } from '../src/storage/database.ts';
import { flushesOf } from '../src/storage/flushes.ts';
import { openVault } from '../src/storage/vault.ts';
import { safeTarget } from '../src/webhooks/targets.ts';
import { newPool, type WorkError } from '../src/workers/pool.ts';
import { call, DATABASES, endAfterTests, eventually, formOf, newDatabase, newFolder, startRunning } from './support/running.ts';

endAfterTests();
const KEYS = [1, 2].map((octet) => new Uint8Array(32).fill(octet)) as [Uint8Array, Uint8Array];
const vault = openVault([KEYS[0]]);
const QPDF = (await versionOf('qpdf', ['--version'])) !== null;
const UNZIP = (await versionOf('unzip', ['-v'])) !== null;

describe('what is encrypted', () => {
  test('opens in its own place only, and not where an octet was changed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), fc.nat(), (text, about, at) => {
        const sealed = vault.seal(text, about);
        expect(vault.open(sealed, about)).toBe(text);
        expect(() => vault.open(sealed, `${about}x`)).toThrow(/changed|key/);
        const octets = Buffer.from(sealed, 'base64');
        octets[at % octets.length] = (octets[at % octets.length] as number) ^ 1;
        expect(() => vault.open(octets.toString('base64'), about)).toThrow(/changed|key/);
      }),
      { numRuns: 100 },
    );
  });
  test('still opens after the key was changed, and not without the old one', () => {
    const sealed = vault.seal('text', 'a');
    expect(openVault([KEYS[1], KEYS[0]]).open(sealed, 'a')).toBe('text');
    expect(() => openVault([KEYS[1]]).open(sealed, 'a')).toThrow('not configured');
  });
});

describe('blobs', () => {
  const objects = new Map<string, Buffer>();
  const signatures: string[] = [];
  const server = createServer((request, response) => {
    signatures.push(String(request.headers.authorization));
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { pathname: name, searchParams: asked } = new URL(request.url ?? '', 'http://s3');
      if (asked.has('list-type')) return void response.end(page(asked.get('continuation-token')));
      if (request.method === 'PUT') objects.set(name, Buffer.concat(pieces));
      if (request.method === 'DELETE') objects.delete(name);
      const found = objects.get(name);
      response.writeHead(request.method === 'GET' && !found ? 404 : 200).end(request.method === 'GET' ? found : undefined);
    });
  });
  /** One name a page. */
  const page = (token: string | null): string => {
    const names = [...objects.keys()].filter((name) => name.startsWith('/files/'));
    const at = Number(token ?? 0);
    const name = names[at]?.slice('/files/'.length);
    const contents =
      name === undefined ? '' : `<Contents><Key>${name}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>`;
    const next = at + 1 < names.length ? `<NextContinuationToken>${at + 1}</NextContinuationToken>` : '';
    return `<?xml version="1.0"?><ListBucketResult><Name>files</Name>${contents}${next}</ListBucketResult>`;
  };
  afterAll(() => void server.close());
  const storeOf = async (kind: string): Promise<{ readonly blobs: BlobStore; readonly settings: Record<string, unknown> }> => {
    objects.clear();
    if (!server.listening) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const endpoint = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
    const s3 = { endpoint, bucket: 'files', region: 'eu-1', accessKeyId: 'id', secretAccessKey: 'secret' };
    return kind === 'folder' ? { blobs: folderBlobs(newFolder()), settings: {} } : { blobs: s3Blobs(s3), settings: { s3 } };
  };

  test.each(['folder', 's3'])('in a %s are listed, without what others keep there', async (kind) => {
    const { blobs } = await storeOf(kind);
    const names = [newBlobName('sealed', 'sreq_A'), newBlobName('documents', 'doc_A1'), newBlobName('pictures', 'pic_B')];
    for (const name of [...names, 'documents/readme.txt', 'theirs/doc_A.000000000000000000000000000000000000'])
      await blobs.put(name, Buffer.from('a'));
    const listed: string[] = [];
    for await (const { name } of blobs.list()) listed.push(name);
    expect(listed.toSorted()).toEqual(names.toSorted());
  });
  test('nobody named for a day are swept up, in a folder and in S3', async () => {
    for (const kind of ['folder', 's3']) {
      const { settings } = await storeOf(kind);
      const running = await startRunning('sqlite', settings);
      const { core } = running.service;
      const made = await call(running, 'POST', '/v1/documents', { form: formOf(Buffer.from('a text'), 'a.txt') });
      const orphans = [newBlobName('documents', 'doc_Gone'), newBlobName('documents', made.json.id), newBlobName('trails', 'sreq_Gone')];
      for (const name of orphans) await core.blobs.put(name, Buffer.from('left behind'));
      if (kind === 'folder') {
        writeFileSync(join(running.data, 'blobs/documents/.0123456789abcdef'), 'half written');
        expect(await removeOrphans(core)).toBe(0);
      }
      running.later(25 * 3_600_000);
      expect(await removeOrphans(core)).toBe(kind === 'folder' ? 4 : 3);
      expect(await Promise.all(orphans.map((name) => core.blobs.get(name)))).toEqual([null, null, null]);
      expect(Buffer.from(await readContent(core, made.json.id)).toString()).toBe('a text');
    }
  });

  test.each(['folder', 's3'])('in a %s come back as they were, encrypted while they lie there', async (kind) => {
    const { blobs: inner } = await storeOf(kind);
    const blobs = encryptedBlobs(inner, vault);
    const content = Buffer.from('a text that nobody may read');
    await blobs.put('documents/one', content);
    expect(Buffer.from((await blobs.get('documents/one')) ?? []).equals(content)).toBe(true);
    expect(Buffer.from((await inner.get('documents/one')) ?? []).includes('nobody')).toBe(false);
    await inner.put('documents/two', (await inner.get('documents/one')) ?? new Uint8Array(0));
    await expect(blobs.get('documents/two')).rejects.toThrow('another place');
    await blobs.remove('documents/one');
    await blobs.remove('documents/one');
    expect(await blobs.get('documents/one')).toBeNull();
    if (kind === 's3') expect(signatures.every((header) => /^AWS4-HMAC-SHA256 Credential=id\//.test(header))).toBe(true);
    if (kind === 'folder') await expect(inner.put('../out', content)).rejects.toThrow('out of the folder');
  });
});

describe('links', () => {
  const links = newLinks(vault, () => 'https://sign.example', 1000);
  test('hold for one purpose, one subject and a time', () => {
    const token = links.token('sign', 'A1b2', 5_000_000);
    expect(links.open('sign', token, 4_000_000)).toEqual({ subject: 'A1b2', expired: false });
    expect(links.open('sign', token, 6_000_000)).toEqual({ subject: 'A1b2', expired: true });
    expect(links.open('preview', token, 0)).toBeNull();
    for (const forged of [
      token.replace('A1b2', 'A1b3'),
      `${token}x`,
      token.slice(1),
      '',
      'a.b',
      token.replace(/\.[0-9a-z]+\./, '.zzzzzz.'),
    ])
      expect(links.open('sign', forged, 0)).toBeNull();
  });
});

/** The same for jobs of all kinds. */
const forAll = (handler: Handler): Handlers => Object.fromEntries<Handler>(JOB_KINDS.map((kind) => [kind, handler])) as Handlers;

describe.each(DATABASES)('jobs on %s', (kind) => {
  test('exist where their transaction does, run again after an error, and again when they ask for it', async () => {
    const databaseUrl = await newDatabase(kind);
    const store = await openStore({ databaseUrl, file: join(newFolder(), 'jobs.sqlite'), connections: 4 });
    const common = { pollMs: 500, leaseMs: 5000, parallel: 2, attempts: 3, log: () => undefined };
    const jobs =
      databaseUrl === undefined
        ? sqlJobs({ ...common, store, clock: Date.now })
        : await pgBossJobs({ ...common, databaseUrl, connections: 2 });
    const done: string[] = [];
    const run = async (data: Readonly<Record<string, string>>) => {
      const name = data['name'] ?? '';
      done.push(name);
      const times = done.filter((other) => other === name).length;
      if (name === 'fails once' && times === 1) throw new Error('once');
      return name === 'asks again' && times === 1 ? { at: Date.now() + 100 } : undefined;
    };
    await jobs.start(forAll(run));
    const put = (name: string, more: Partial<NewJob> = {}) =>
      store.transaction((tx) => jobs.enqueue(tx, { kind: 'seal', data: { name }, ...more }));
    await expect(
      store.transaction(async (tx) => {
        await jobs.enqueue(tx, { kind: 'seal', data: { name: 'never' } });
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    await Promise.all([put('once'), put('fails once'), put('asks again'), put('later', { runAt: Date.now() + 700 })]);
    await eventually(async () => done.length >= 6, 'all are done');
    await jobs.stop();
    await store.close();
    expect(done.toSorted()).toEqual(['asks again', 'asks again', 'fails once', 'fails once', 'later', 'once']);
  });
});

describe.each(DATABASES)('jobs on %s', (kind) => {
  test('of one kind wait for their places, and those of other kinds do not wait for them', async () => {
    const databaseUrl = await newDatabase(kind);
    const store = await openStore({ databaseUrl, file: join(newFolder(), 'jobs.sqlite'), connections: 4 });
    const common = { pollMs: 100, leaseMs: 5000, parallel: 2, attempts: 3, log: () => undefined };
    const jobs =
      databaseUrl === undefined
        ? sqlJobs({ ...common, store, clock: Date.now })
        : await pgBossJobs({ ...common, databaseUrl, connections: 2 });
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const begun: string[] = [];
    const waits = async (data: Readonly<Record<string, string>>) => {
      begun.push(data['name'] ?? '');
      await gate;
      return undefined;
    };
    const quick = async (data: Readonly<Record<string, string>>) => {
      begun.push(data['name'] ?? '');
      return undefined;
    };
    await jobs.start({ ...forAll(quick), seal: waits, preview: waits });
    const put = (job: NewJob['kind'], name: string) => store.transaction((tx) => jobs.enqueue(tx, { kind: job, data: { name } }));
    for (const name of ['1', '2', '3', '4', '5']) await put('seal', name);
    for (const name of ['picture 1', 'picture 2']) await put('preview', name);
    await put('message', 'mail');
    await eventually(async () => begun.length >= 4, 'all places are taken, and the mail went');
    // Pictures have one place.
    expect(begun.toSorted()).toEqual(['1', '2', 'mail', 'picture 1']);
    open();
    await eventually(async () => begun.length === 8, 'all were begun');
    // Who came first is served first.
    expect(
      begun
        .filter((name) => /^\d$/.test(name))
        .slice(2, 4)
        .toSorted(),
    ).toEqual(['3', '4']);
    await jobs.stop();
    await store.close();
  });
  test('of sealing become something else after the last attempt, also where its process ended', { timeout: 30_000 }, async () => {
    const databaseUrl = await newDatabase(kind);
    const store = await openStore({ databaseUrl, file: join(newFolder(), 'jobs.sqlite'), connections: 4 });
    const common = { pollMs: 100, leaseMs: 2000, parallel: 2, attempts: 1, log: () => undefined };
    const jobsOf = async () =>
      databaseUrl === undefined
        ? sqlJobs({ ...common, store, clock: Date.now })
        : await pgBossJobs({ ...common, databaseUrl, connections: 2 });
    const given: string[] = [];
    const left = async (data: Readonly<Record<string, string>>) => {
      given.push(data['name'] ?? '');
      return undefined;
    };
    const none = async () => undefined;
    const others = forAll(none);
    let end = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      end = resolve;
    });
    const dead = await jobsOf();
    const taken: string[] = [];
    const hangs = async (data: Readonly<Record<string, string>>) => {
      taken.push(data['name'] ?? '');
      if (data['name'] === 'fails') throw new Error('broken');
      await gate;
      return undefined;
    };
    await dead.start({ ...others, seal: hangs, unsealed: left });
    for (const name of ['fails', 'dies']) await store.transaction((tx) => dead.enqueue(tx, { kind: 'seal', data: { name } }));
    await eventually(async () => given.includes('fails') && taken.includes('dies'), 'the first came to its end, the other hangs');
    expect(given).toEqual(['fails']);
    if (databaseUrl === undefined) {
      // As if the process that had it lived no more: its lease runs out.
      await store.db.updateTable('jobs').set({ leased_until: 0 }).execute();
    }
    await eventually(async () => given.includes('dies'), 'so does the one whose process died');
    expect(taken.filter((name) => name === 'dies')).toHaveLength(1);
    end();
    await dead.stop();
    await store.close();
  });
});

describe('commits', () => {
  test('are on the disk when they are told, and a disk that refused is not believed again', async () => {
    const folder = newFolder();
    const flushes = flushesOf(join(folder, 'log'));
    await flushes.reached();
    flushes.written();
    await expect(flushes.reached()).rejects.toThrow('ENOENT');
    writeFileSync(join(folder, 'log'), 'too late');
    await expect(flushes.reached()).rejects.toThrow('ENOENT');
    const good = flushesOf(join(folder, 'log'));
    const told = Array.from({ length: 50 }, async () => {
      good.written();
      await good.reached();
    });
    expect(await Promise.all(told)).toHaveLength(50);
    await good.close();
  });
  test('of many at once all count, and one that fails takes nothing with it', async () => {
    const store = await openStore({ databaseUrl: undefined, file: join(newFolder(), 'many.sqlite'), connections: 1 });
    const put = (name: string, fails: boolean) =>
      store.transaction(async (tx) => {
        await tx.insertInto('keyring').values({ name, value_sealed: '', created_at: 0 }).execute();
        await new Promise((resolve) => setImmediate(resolve));
        if (fails) throw new Error('no');
      });
    const outcomes = await Promise.allSettled(Array.from({ length: 60 }, (_, index) => put(`name ${index}`, index % 3 === 0)));
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(20);
    expect(await store.db.selectFrom('keyring').select('name').execute()).toHaveLength(40);
    await store.settled();
    await store.close();
  });
  test.skipIf(!DATABASES.includes('postgres'))('go on where another process changes the tables meanwhile', async () => {
    const databaseUrl = await newDatabase('postgres');
    const store = await openStore({ databaseUrl, file: '', connections: 1 });
    const read = () => store.transaction((tx) => tx.selectFrom('keyring').selectAll().where('name', '=', 'a').execute());
    await store.db.insertInto('keyring').values({ name: 'a', value_sealed: '', created_at: 5 }).execute();
    expect(await read()).toEqual([{ name: 'a', value_sealed: '', created_at: 5 }]);
    await sql`alter table keyring add column later text`.execute(store.db);
    expect(await read()).toEqual([{ name: 'a', value_sealed: '', created_at: 5, later: null }]);
    await store.close();
  });
});

test('requests of a key are counted exactly, however many come at once', async () => {
  for (const kind of DATABASES) {
    const store = await openStore({ databaseUrl: await newDatabase(kind), file: join(newFolder(), 'counts.sqlite'), connections: 4 });
    const counters = [sharedCounter(store), sharedCounter(store)];
    const asked = Array.from({ length: 60 }, (_, index) => counters[index % 2]?.('key', 'business', 50, 90_000));
    const quotas = await Promise.all(asked);
    expect(quotas.filter((quota) => quota?.exceeded)).toHaveLength(10);
    expect(new Set(quotas.flatMap((quota) => (quota && !quota.exceeded ? [quota.remaining] : []))).size).toBe(50);
    expect((await counters[0]?.('key', 'business', 50, 150_000))?.remaining).toBe(49);
    await store.close();
  }
});

describe('configuration', () => {
  const wrong: readonly (readonly [environment: Record<string, string>, message: RegExp])[] = [
    [{ PORT: '99999' }, /port \(PORT\)/],
    [{ DATABASE_URL: 'mysql://x' }, /databaseUrl \(DATABASE_URL\): is no postgres/],
    [{ ADESKIT_S3_BUCKET: 'b' }, /s3\.endpoint \(ADESKIT_S3_ENDPOINT\).*accessKeyId/],
    [{ ADESKIT_LIVE_HOST: 'a' }, /liveHost and sandboxHost/],
    [{ ADESKIT_CONFIG: '/nowhere.json' }, /cannot be read as configuration/],
  ];
  test.each(wrong)('%o is told', (environment, message) => expect(() => readConfiguration(environment)).toThrow(message));
  test('the environment stands over the file, and unknown names are told', () => {
    const folder = newFolder();
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'a.json'), '{"port": 1, "retentionDays": 7}');
    expect(readConfiguration({ ADESKIT_CONFIG: join(folder, 'a.json'), PORT: '2' })).toMatchObject({ port: 2, retentionDays: 7 });
    writeFileSync(join(folder, 'b.json'), '{"prot": 1}');
    expect(() => readConfiguration({ ADESKIT_CONFIG: join(folder, 'b.json') })).toThrow(/prot/);
  });
});

describe('threads', () => {
  test('a document that takes too long, or too much memory, ends its thread and nothing else', async () => {
    const pool = newPool({ threads: 1, memoryMb: 128, timeoutMs: 1, waiting: 2 });
    const document = Buffer.from('%PDF-1.7');
    const tasks = [1, 2, 3].map(() => pool.run<'inspect'>({ kind: 'inspect', document }).catch((error: WorkError) => error.code));
    expect(await Promise.all(tasks)).toEqual(['timeout', 'timeout', 'timeout']);
    expect(
      await Promise.all([1, 2, 3, 4].map(() => pool.run<'inspect'>({ kind: 'inspect', document }).catch((error: WorkError) => error.code))),
    ).toContain('busy');
    await pool.close();
  });
});

describe('targets of webhooks', () => {
  const unsafe = [
    'http://example.com',
    'https://127.0.0.1',
    'https://[::ffff:127.0.0.1]',
    'https://0x7f.1',
    'https://2130706433',
    'https://192.168.1.1',
    'https://a.localhost',
    'https://100.64.0.1',
    'https://[fd00::1]',
    'file:///etc/passwd',
  ];
  test.each(unsafe)('%s is refused', async (url) => await expect(safeTarget(url, [])).rejects.toMatchObject({ code: 'unsafe-url' }));
  test('what the operator names is taken', async () => {
    expect(await safeTarget('http://127.0.0.1:81/x#y', ['127.0.0.1:81'])).toBe('http://127.0.0.1:81/x');
    await expect(safeTarget('http://127.0.0.1:82/', ['127.0.0.1:81'])).rejects.toMatchObject({ code: 'unsafe-url' });
  });
});

describe('small file formats', () => {
  test('names of files are made harmless', () => {
    expect(safeFileName('../../etc/passwd\u0000', 'application/pdf')).toBe('_.._etc_passwd_.pdf');
    expect(safeFileName('META-INF', 'application/octet-stream')).toBe('document');
    expect(attachmentHeader('Żółć "x"\r\n.pdf')).toMatch(/^attachment; filename="[\x20-\x7e]*"; filename\*=UTF-8''[\w%.!-]+$/);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(safeFileName(name, 'application/pdf')).not.toMatch(/[/\\\p{Cc}]|^\./u);
        expect(attachmentHeader(safeFileName(name.toWellFormed(), 'application/pdf'))).toMatch(/^[\x20-\x7e]+$/);
      }),
    );
  });
  test('types are told by content', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), (bytes, name) => {
        expect(mediaTypeOf(bytes, name)).toMatch(/^[\w.+-]+\/[\w.+-]+$/);
      }),
    );
  });
  test('no name breaks a line of a mail', () => {
    const { subject, body } = messageText('invitation', { signer: 'A\r\nBcc: b@c.d', document: 'x\u2028y', link: 'https://a' }, 'de-AT');
    expect(subject).toBe('Bitte unterschreiben: x y');
    expect(body.split('\n')[0]).toBe('Guten Tag A Bcc: b@c.d,');
  });
  test.skipIf(!QPDF)('text becomes a PDF without fault, with the letters of many languages', () => {
    const folder = newFolder();
    const lines = Array.from({ length: 120 }, (_, index) => ({
      text: `${index} Łukasz Żółć, Ελλάδα, Україна, 日本 ${'x'.repeat(index * 3)}`,
    }));
    writeFileSync(join(folder, 'a.pdf'), textPdf('Prüfung – Ελλάδα', [{ text: 'Title', style: 'title' }, ...lines]));
    execFileSync('qpdf', ['--check', join(folder, 'a.pdf')]);
    if (process.env['PATH']?.includes('/usr/bin'))
      expect(execFileSync('pdftotext', [join(folder, 'a.pdf'), '-'], { encoding: 'utf8' })).toContain('Łukasz Żółć, Ελλάδα, Україна, ??');
  });
  test.skipIf(!UNZIP)('archives open elsewhere', () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'a.zip'), zip([{ name: 'ä/b.txt', content: Buffer.from('hello') }], Date.now()));
    expect(execFileSync('unzip', ['-p', join(folder, 'a.zip')], { encoding: 'utf8' })).toBe('hello');
    execFileSync('unzip', ['-t', join(folder, 'a.zip')]);
  });
});
