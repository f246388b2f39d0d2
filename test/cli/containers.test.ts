import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startThrowAwayPki, type ThrowAwayServer, writeThrowAwayPki } from '../../src/issuing/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { commandIn } from './command.ts';

const folder = temporaryFolder();
const adeskit = commandIn(folder, { PASS: 'geheim' });
let server: ThrowAwayServer;
const KEY = ['--p12', 'pki/p-256.p12', '--pass-env', 'PASS'];

const tsa = (): string[] => ['--tsa', server.tsaUrl];
const trust = (): string[] => ['--trust', 'pki/root.pem'];
async function validated(name: string, ...more: string[]) {
  const { status, out, err } = await adeskit('validate', name, ...trust(), '--policy', 'dss-6.4-no-revocation', '--json', ...more);
  if (out === '') throw new Error(err);
  return { status, ...JSON.parse(out) };
}
const done = async (...args: string[]): Promise<void> => expect(await adeskit(...args)).toMatchObject({ status: 0, err: '' });

beforeAll(async () => {
  server = await startThrowAwayPki();
  await writeThrowAwayPki(server, join(folder, 'pki'), { algorithms: ['P-256'] });
  writeFileSync(join(folder, 'a.txt'), 'first file');
  writeFileSync(join(folder, 'b.txt'), 'second file');
});
afterAll(() => server.close());

describe('containers', () => {
  test.each([
    ['asic-s', 'LT', ['a.txt'], 'CAdES-BASELINE-LT'],
    ['asic-s', 'LTA', ['a.txt'], 'CAdES-BASELINE-LTA'],
    ['asic-e', 'LTA', ['a.txt', 'b.txt'], 'CAdES-BASELINE-LTA'],
  ])(
    '%s at level %s',
    async (format, level, files, expected) => {
      await done('sign', ...files, '-o', `${format}-${level}`, '--format', format, '--level', level, ...tsa(), ...trust(), ...KEY);
      expect(await validated(`${format}-${level}`)).toMatchObject({
        status: 0,
        signatures: [{ container: format === 'asic-s' ? 'ASiC-S' : 'ASiC-E', level: expected, indication: 'TOTAL_PASSED', valid: true }],
      });
    },
    120_000,
  );

  test('get a second signature', async () => {
    await done('sign', 'a.txt', 'b.txt', '-o', 'one.asice', '--format', 'asic-e', ...KEY);
    await done('sign', 'one.asice', '-o', 'two.asice', '--format', 'asic-e', '--parallel', ...KEY);
    expect((await validated('two.asice')).signatures).toMatchObject([{ valid: true }, { valid: true }]);
    await done('sign', 'two.asice', '-o', 'seen.asice', '--format', 'asic-e', '--countersign', '2', ...KEY);
    const { signatures } = await validated('seen.asice');
    expect(signatures).toMatchObject([{ counterSignatureOf: null }, { counterSignatureOf: null }, { valid: true }]);
    expect(signatures[2].counterSignatureOf).toBe(signatures[1].id);
    expect(await adeskit('sign', 'two.asice', '-o', 'x.asice', '--format', 'asic-e', '--countersign', '3', ...KEY)).toMatchObject({
      status: 2,
    });
  });

  test.each([
    ['asic-s', ['a.txt']],
    ['asic-e', ['a.txt', 'b.txt']],
  ] as const)(
    '%s are extended, and signed again',
    async (format, files) => {
      await done('sign', ...files, '-o', `${format}-b`, '--format', format, ...KEY);
      await done('extend', `${format}-b`, '-o', `${format}-ext`, '--level', 'LTA', ...tsa(), ...trust());
      expect(await validated(`${format}-ext`, '--offline')).toMatchObject({
        status: 0,
        signatures: [{ level: 'CAdES-BASELINE-LTA', indication: 'TOTAL_PASSED' }],
      });
      await done('sign', `${format}-ext`, '-o', `${format}-two`, '--format', format, '--parallel', '--level', 'T', ...tsa(), ...KEY);
      const { signatures } = await validated(`${format}-two`);
      expect(signatures.map(({ level, valid }: { level: string; valid: boolean }) => `${level} ${valid}`).sort()).toEqual([
        // The revocation data of the same signer is there already.
        'CAdES-BASELINE-LT true',
        'CAdES-BASELINE-LTA true',
      ]);
    },
    120_000,
  );

  test('of type ASiC-S take one file', async () => {
    expect(await adeskit('sign', 'a.txt', 'b.txt', '-o', 'x.asics', '--format', 'asic-s', ...KEY)).toMatchObject({ status: 2 });
  });
});

describe('time-stamps', () => {
  test('over several files stand in ASiC-E, and are renewed', async () => {
    await done('timestamp', 'a.txt', 'b.txt', '-o', 'ab.asice', '--format', 'asic-e', ...tsa());
    expect(await validated('ab.asice')).toMatchObject({
      status: 0,
      signatures: [],
      timestamps: [{ type: 'container', indication: 'PASSED' }],
    });
    await done('extend', 'ab.asice', '-o', 'ab2.asice', '--level', 'LTA', ...tsa(), ...trust());
    expect((await validated('ab2.asice')).timestamps).toMatchObject([{ indication: 'PASSED' }, { indication: 'PASSED' }]);
    expect(await adeskit('timestamp', 'a.txt', 'b.txt', '-o', 'x.tst', ...tsa())).toMatchObject({ status: 2 });
  });

  test('alone and in a container validate', async () => {
    await done('timestamp', 'a.txt', '-o', 'a.tst', ...tsa());
    expect(await validated('a.tst', '--detached', 'a.txt')).toMatchObject({
      status: 0,
      timestamps: [{ type: 'content', indication: 'PASSED' }],
    });
    expect(await validated('a.tst', '--detached', 'b.txt')).toMatchObject({ status: 1, timestamps: [{ imprintIntact: false }] });
    await done('timestamp', 'a.txt', '-o', 'a.asics', '--format', 'asic-s', ...tsa(), '--digest', 'sha512');
    expect(await validated('a.asics')).toMatchObject({ status: 0, timestamps: [{ type: 'container', indication: 'PASSED' }] });
    expect(await adeskit('timestamp', 'a.txt', '-o', 'y')).toMatchObject({ status: 2 });
  });
});

describe('evidence records', () => {
  test.each([
    ['ers', 'ASN1'],
    ['xml', 'XML'],
  ])('are made as %s, renewed twice, and validate', async (format, type) => {
    const files = ['--detached', 'a.txt', '--detached', 'b.txt'];
    await done('preserve', 'a.txt', 'b.txt', '-o', '1.ers', '--format', format, ...tsa());
    await done('preserve', '1.ers', '-o', '2.ers', '--renew', 'timestamp', ...tsa());
    await done('preserve', '2.ers', '-o', '3.ers', '--renew', 'hash-tree', ...files, ...tsa());
    const report = await validated('3.ers', ...files);
    expect(report).toMatchObject({ status: 0, evidenceRecords: [{ type, origin: 'external', indication: 'PASSED' }] });
    expect(report.evidenceRecords[0].timestamps).toHaveLength(3);
    const inside = await adeskit('inspect', '3.ers', '--json');
    expect(JSON.parse(inside.out)).toMatchObject({ type: 'ER', evidenceRecords: [{ type, objects: 2, digestAlgorithm: 'SHA-256' }] });
    expect(await validated('3.ers', '--detached', 'a.txt')).toMatchObject({ evidenceRecords: [{ indication: 'PASSED' }] });
    expect(await adeskit('preserve', '3.ers', '-o', '4.ers', '--renew', 'hash-tree', '--detached', 'a.txt', ...tsa())).toMatchObject({
      status: 1,
    });
  });

  test.each(['attached', 'detached'])('go into an %s signature', async (packaging) => {
    const detached = packaging === 'detached' ? ['--detached', 'a.txt'] : [];
    await done('sign', 'a.txt', '-o', `${packaging}.p7`, '--format', 'cades', '--packaging', packaging, '--level', 'T', ...tsa(), ...KEY);
    await done('preserve', `${packaging}.p7`, '-o', `${packaging}.er.p7`, '--format', 'cades', ...detached, ...tsa());
    await done('preserve', `${packaging}.er.p7`, '-o', `${packaging}.er2.p7`, '--format', 'cades', ...detached, ...tsa());
    const { evidenceRecords, signatures } = await validated(`${packaging}.er2.p7`, ...detached);
    expect(signatures).toMatchObject([{ valid: true }]);
    expect(evidenceRecords).toMatchObject([
      { origin: 'signature', indication: 'PASSED' },
      { origin: 'signature', indication: 'PASSED' },
    ]);
  });

  test.each(['enveloped', 'detached'])('go into an %s XML signature', async (packaging) => {
    writeFileSync(join(folder, 'o.xml'), '<order/>');
    const detached = packaging === 'detached' ? ['--detached', 'o.xml'] : [];
    await done('sign', 'o.xml', '-o', 's.xml', '--format', 'xades', '--packaging', packaging, '--level', 'T', ...tsa(), ...KEY);
    await done('preserve', 's.xml', '-o', 's2.xml', '--format', 'xades', ...detached, ...tsa());
    const { evidenceRecords, signatures } = await validated('s2.xml', ...detached);
    expect(signatures).toMatchObject([{ valid: true }]);
    expect(evidenceRecords).toMatchObject([{ type: 'XML', origin: 'signature', indication: 'PASSED' }]);
    expect(await adeskit('preserve', 's.xml', 'o.xml', '-o', 'x', '--format', 'xades', ...tsa())).toMatchObject({ status: 2 });
  });

  test('stand in containers', async () => {
    await done('preserve', 'a.txt', 'b.txt', '-o', 'p.asice', '--format', 'asic-e', ...tsa());
    expect(await validated('p.asice')).toMatchObject({ status: 0, evidenceRecords: [{ origin: 'container', indication: 'PASSED' }] });
    await done('preserve', 'p.asice', '-o', 'p2.asice', '--renew', 'timestamp', ...tsa());
    await done('preserve', 'p2.asice', '-o', 'p3.asice', '--renew', 'hash-tree', ...tsa());
    await done('preserve', 'p3.asice', '-o', 'p4.asice', '--inside', ...tsa());
    expect((await validated('p4.asice')).evidenceRecords).toMatchObject([{ indication: 'PASSED' }, { indication: 'PASSED' }]);
    expect(await adeskit('preserve', 'p.asice', '-o', 'x', '--inside', '--renew', 'timestamp', ...tsa())).toMatchObject({ status: 2 });
  }, 60_000);
});
