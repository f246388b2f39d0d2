/** Previews are made by a job after the upload, kept encrypted beside the document, and go with it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { previewOf } from '../src/domain/previews.ts';
import { sweep } from '../src/domain/retention.ts';
import { startService } from '../src/service.ts';
import { documentInspector } from '../src/workers/inspector.ts';
import { WorkError } from '../src/workers/pool.ts';
import { call, DATABASES, endAfterTests, eventually, formOf, type Running, startRunning } from './support/running.ts';

endAfterTests();
const PDF = plainPdf({ title: 'Contract', pages: [['# Contract']] });
const PNG = 'PNG';

const uploaded = async (running: Running, bytes: Uint8Array = PDF, name = 'contract.pdf') =>
  (await call(running, 'POST', '/v1/documents', { form: formOf(bytes, name) })).json as { id: string; preview_url: string };

const pictureOf = async ({ service }: Running, id: string): Promise<string | null> => {
  const { db } = service.core.store;
  const row = await db.selectFrom('documents').select('preview_blob').where('id', '=', id).executeTakeFirst();
  return row?.preview_blob ?? null;
};

const shown = async (running: Running, url: string): Promise<readonly [status: number, kind: string]> => {
  const { status, bytes } = await call(running, 'GET', url, { key: null });
  return [status, Buffer.from(bytes.subarray(1, 4)).toString('latin1')];
};

describe.each(DATABASES)('previews on %s', (kind) => {
  test('are there without anybody asking, encrypted, and go with their document', async () => {
    const running = await startRunning(kind);
    const { core } = running.service;
    const [erased, expired] = [await uploaded(running), await uploaded(running, Buffer.from('<?xml version="1.0"?><a/>'), 'a.xml')];
    const made = await Promise.all([erased, expired].map(({ id }) => eventually(() => pictureOf(running, id), 'a picture is kept')));
    for (const blob of made) {
      expect(readFileSync(join(running.data, 'blobs', blob)).includes(PNG)).toBe(false);
      expect(
        Buffer.from((await core.blobs.get(blob)) ?? [])
          .subarray(1, 4)
          .toString('latin1'),
      ).toBe(PNG);
    }
    for (const { preview_url: url } of [erased, expired]) expect(await shown(running, url)).toEqual([200, PNG]);
    // Who looks at it gets what the job has made.
    expect(await Promise.all([erased, expired].map(({ id }) => pictureOf(running, id)))).toEqual(made);
    expect((await call(running, 'DELETE', `/manage/documents/${erased.id}`)).status).toBe(204);
    running.later(91 * 24 * 3_600_000);
    await sweep(core);
    expect(await Promise.all(made.map((blob) => core.blobs.get(blob)))).toEqual([null, null]);
    expect((await shown(running, erased.preview_url))[0]).toBe(404);
  });

  test('wait for a process that does them, and are made at once for who asks before', async () => {
    const running = await startRunning(kind, {}, { work: false });
    const [seen, unseen, erased] = [await uploaded(running), await uploaded(running), await uploaded(running)];
    expect(await pictureOf(running, seen.id)).toBeNull();
    expect(await shown(running, seen.preview_url)).toEqual([200, PNG]);
    const before = await pictureOf(running, seen.id);
    expect(before).not.toBeNull();
    expect((await call(running, 'DELETE', `/manage/documents/${erased.id}`)).status).toBe(204);
    const worker = await startService({ ...running.service.configuration, port: 0 });
    try {
      await eventually(() => pictureOf(running, unseen.id), 'the other process makes it');
      if (kind === 'sqlite') {
        const left = () => running.service.core.store.db.selectFrom('jobs').select('id').where('kind', '=', 'preview').execute();
        await eventually(async () => (await left()).length === 0, 'no job is left, also none of the erased one');
      }
    } finally {
      await worker.stop();
    }
    expect(await pictureOf(running, seen.id)).toBe(before);
  });
});

test('a document that cannot be drawn in time is shown as a card, and not tried again and again', async () => {
  const running = await startRunning('sqlite', {}, { work: false });
  const { core } = running.service;
  const { id, preview_url: url } = await uploaded(running);
  const failing = (code: string) => ({
    ...core,
    inspector: documentInspector({ run: () => Promise.reject(new WorkError(code, 'it did not work')) }),
  });
  await expect(previewOf(failing('busy'), id)).rejects.toThrow('it did not work');
  expect(await pictureOf(running, id)).toBeNull();
  expect(
    Buffer.from(await previewOf(failing('timeout'), id))
      .subarray(1, 4)
      .toString('latin1'),
  ).toBe(PNG);
  expect(await pictureOf(running, id)).not.toBeNull();
  expect(await shown(running, url)).toEqual([200, PNG]);
});
