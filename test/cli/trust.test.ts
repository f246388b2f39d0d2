import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { sign } from '../../src/index.ts';
import { currentCrl } from '../../src/issuing/authority.ts';
import { createThrowAwayPki, type ThrowAwayPki } from '../../src/issuing/index.ts';
import type { Leaf } from '../../src/issuing/leaf.ts';
import { encodePem } from '../../src/issuing/pem.ts';
import { temporaryFolder } from '../support/folder.ts';
import { type StateToWrite, signedList, statements } from '../support/trusted-list.ts';
import { commandIn } from './command.ts';

const AT = '2024-01-21T00:00:00Z';
const folder = temporaryFolder();
const adeskit = commandIn(folder);
let pki: ThrowAwayPki;
let operators: Readonly<Record<'europe' | 'austria', Leaf>>;

const states: StateToWrite[] = [{ status: 'granted', from: '2020-01-01T00:00:00Z', additional: ['ForeSignatures'] }];

beforeAll(async () => {
  pki = await createThrowAwayPki({ at: Date.UTC(2024, 0, 20) });
  const [europe, austria, signer] = [
    await pki.leaf(),
    await pki.leaf(),
    await pki.leaf('P-256', { extensions: [statements({ compliance: true, sscd: true, types: [1] })] }),
  ];
  operators = { europe, austria };
  for (const name of ['lists', 'later', 'revocation']) mkdirSync(join(folder, name));
  const pointers = [{ territory: 'AT', location: 'https://lists.example/at.xml', signers: [austria.certificate] }];
  const services = [
    { certificate: pki.intermediate, states },
    { certificate: pki.root, states: [{ type: 'TSA/QTST', status: 'granted', from: '2020-01-01T00:00:00Z' }] },
  ];
  const at = Date.UTC(2024, 0, 20, 12);
  const lotl = await signedList({ territory: 'EU', pointers }, europe.signer, at);
  for (const name of ['lists', 'later']) writeFileSync(join(folder, name, 'eu.xml'), lotl);
  writeFileSync(join(folder, 'lists/at.xml'), await signedList({ territory: 'AT', services }, austria.signer, at));
  const withdrawn = [
    {
      certificate: pki.intermediate,
      states: [{ ...states[0], status: 'withdrawn', from: '2023-06-01T00:00:00Z' } as StateToWrite, ...states],
    },
  ];
  writeFileSync(join(folder, 'later/at.xml'), await signedList({ territory: 'AT', sequence: 2, services: withdrawn }, austria.signer, at));
  writeFileSync(join(folder, 'europe.pem'), encodePem('CERTIFICATE', europe.certificate));
  writeFileSync(join(folder, 'signer.pem'), signer.chainPem);
  writeFileSync(join(folder, 'doc.txt'), 'Dienstreise genehmigt');
  const signed = await sign(new TextEncoder().encode('Dienstreise genehmigt'), { format: 'cades', signer: signer.signer, at });
  writeFileSync(join(folder, 'doc.p7m'), signed);
  const { authority } = pki.authorities.issuing;
  const crl = await currentCrl(authority, at, at + 30 * 86_400_000);
  writeFileSync(join(folder, 'revocation/ca.crl'), crl);
}, 60_000);

const BUILD = ['--signers', 'europe.pem', '--at', AT];

test('a snapshot is built, shown, verified and compared', async () => {
  const built = await adeskit('trust', 'build', '-o', 'one.snapshot', '--from', 'lists', ...BUILD);
  expect(built).toMatchObject({ status: 0, err: '' });
  expect(built.out).toContain('1 providers, 2 services');
  expect((await adeskit('trust', 'show', 'one.snapshot', '--country', 'at')).out).toMatch(/AT +CA\/QC +1 +1/);
  expect((await adeskit('trust', 'show', 'one.snapshot', '--certificate', 'signer.pem')).out).toContain('CA/QC granted (ForeSignatures)');
  expect(await adeskit('trust', 'verify', 'one.snapshot', '--signers', 'europe.pem')).toMatchObject({ status: 0 });
  expect(await adeskit('trust', 'build', '-o', 'two.snapshot', '--from', 'later', ...BUILD)).toMatchObject({ status: 0 });
  expect((await adeskit('trust', 'diff', 'one.snapshot', 'two.snapshot')).out).toMatch(/AT: list 1 → 2\n.*granted → withdrawn/);
});

test('no snapshot is written where everything is refused, and what is there stays', async () => {
  const stale = await adeskit('trust', 'build', '-o', 'none.snapshot', '--from', 'lists', '--signers', 'europe.pem');
  expect(stale).toMatchObject({ status: 1, out: '' });
  expect(stale.err).toContain('refused: AT: stale');
  expect(existsSync(join(folder, 'none.snapshot'))).toBe(false);
  const stranger = await adeskit('trust', 'build', '-o', 'none.snapshot', '--from', 'lists', '--signers', 'signer.pem', '--at', AT);
  expect([stranger.status, stranger.err.includes('wrong-signer')]).toEqual([1, true]);
});

test('a snapshot is built from the network, and needs to be told who signs', async () => {
  let base = '';
  const server = createServer(async (request, response) => {
    const name = request.url?.slice(1) ?? '';
    if (name === 'eu.xml') {
      const pointers = ['AT', 'BE'].map((territory) => ({
        ...{ territory, location: `${base}/${territory.toLowerCase()}.xml`, signers: [operators.austria.certificate] },
      }));
      response.end(await signedList({ territory: 'EU', pointers }, operators.europe.signer, Date.UTC(2024, 0, 20, 12)));
    } else if (name === 'at.xml') response.end(readFileSync(join(folder, 'lists/at.xml')));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const args = ['trust', 'build', '-o', 'net.snapshot', '--lotl', `${base}/eu.xml`, '--at', AT];
    expect(await adeskit(...args, '--allow-private', '127.0.0.1')).toMatchObject({ status: 2 });
    expect((await adeskit(...args, '--signers', 'europe.pem')).status).toBe(1);
    const built = await adeskit(...args, '--signers', 'europe.pem', '--allow-private', '127.0.0.1', '--cache', 'cache');
    expect([built.status, built.err.includes('refused: BE: unavailable'), built.out.includes('BE: unavailable')]).toEqual([0, true, true]);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test('a signature is what the lists make of its certificate', async () => {
  await adeskit('trust', 'build', '-o', 'lists.snapshot', '--from', 'lists', ...BUILD);
  const args = ['doc.p7m', '--trusted-lists', 'lists.snapshot', '--offline', '--revocation', 'revocation', '--at', AT];
  const { signatures } = JSON.parse((await adeskit('validate', ...args, '--json')).out);
  expect(signatures[0]).toMatchObject({
    indication: 'TOTAL_PASSED',
    qualification: 'QESig',
    qualificationDetails: { certificate: { result: 'QCERT_FOR_ESIG_QSCD' }, trustedLists: { staleAccepted: false } },
  });
  expect((await adeskit('validate', ...args, '--language', 'de')).out).toContain('qualifizierte elektronische Signatur');
  const saving = JSON.parse((await adeskit('validate', ...args, '--save-evidence', 'evidence.json', '--json')).out);
  const again = JSON.parse((await adeskit('judge', 'evidence.json', '--at', AT, '--json')).out);
  expect(again.signatures).toEqual(saving.signatures);
  const strict = JSON.parse((await adeskit('validate', ...args, '--policy', 'eu-qes', '--json')).out);
  expect(strict.signatures[0].checks).toContainEqual(expect.objectContaining({ id: 'certificate-qualified', outcome: 'ok' }));
  const cert = JSON.parse(
    (
      await adeskit(
        'verify-cert',
        'signer.pem',
        '--trusted-lists',
        'lists.snapshot',
        '--offline',
        '--crl',
        'revocation',
        '--at',
        AT,
        '--json',
      )
    ).out,
  );
  expect(cert.certificates[0]).toMatchObject({
    valid: true,
    qualification: { result: 'QCERT_FOR_ESIG_QSCD', issuance: { result: 'QCERT_FOR_ESIG_QSCD' } },
  });
});

test('a snapshot is of no use past the next update of its lists', async () => {
  await adeskit('trust', 'build', '-o', 'old.snapshot', '--from', 'lists', ...BUILD);
  const late = [
    'doc.p7m',
    '--trusted-lists',
    'old.snapshot',
    '--offline',
    '--revocation',
    'revocation',
    '--at',
    '2024-07-02T00:00:00Z',
    '--json',
  ];
  const { signatures } = JSON.parse((await adeskit('validate', ...late)).out);
  expect(signatures[0]).toMatchObject({
    ...{ indication: 'INDETERMINATE', qualification: 'N/A' },
    qualificationDetails: { reasons: [{ id: 'list-out-of-date' }] },
  });
});

test('trust in a withdrawn service has ended', async () => {
  await adeskit('trust', 'build', '-o', 'ended.snapshot', '--from', 'later', ...BUILD);
  const args = ['doc.p7m', '--trusted-lists', 'ended.snapshot', '--offline', '--revocation', 'revocation', '--at', AT];
  const { signatures } = JSON.parse((await adeskit('validate', ...args, '--json')).out);
  expect(signatures[0]).toMatchObject({ indication: 'INDETERMINATE', qualification: 'Indeterminate-AdESig' });
});
