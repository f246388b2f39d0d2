/** `/validate` by a snapshot of trusted lists: what was qualified is told as such (TS 119 612, TS 119 615). */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sign } from 'adeskit';
import { startThrowAwayPki } from 'adeskit/issuing';
import { httpRevocationSource, httpTimestampAuthority } from 'adeskit/net';
import { buildSnapshot } from 'adeskit/trust';
import { expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { signedList, statements } from '../../test/support/trusted-list.ts';
import { call, endAfterTests, formOf, newFolder, startRunning } from './support/running.ts';

endAfterTests();
const DAY = 86_400_000;
const iso = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

test('a qualified signature is QES where the lists say so, and an advanced one where there are none', async () => {
  const at = Date.now();
  const pki = await startThrowAwayPki();
  try {
    const [europe, austria] = [await pki.leaf(), await pki.leaf()];
    const { signer } = await pki.leaf('P-256', { extensions: [statements({ compliance: true, sscd: true, types: [1] })] });
    const dates = { issued: iso(at - DAY), nextUpdate: iso(at + 90 * DAY) };
    const granted = { status: 'granted', from: '2020-01-01T00:00:00Z' };
    const services = [
      { certificate: pki.intermediate, states: [{ ...granted, additional: ['ForeSignatures'] }] },
      { certificate: pki.root, states: [{ ...granted, type: 'TSA/QTST' }] },
    ];
    const pointers = [{ territory: 'AT', location: 'https://lists.example/at.xml', signers: [austria.certificate] }];
    const files = [
      { name: 'eu.xml', fetchedAt: at, bytes: await signedList({ territory: 'EU', pointers, ...dates }, europe.signer, at) },
      { name: 'at.xml', fetchedAt: at, bytes: await signedList({ territory: 'AT', services, ...dates }, austria.signer, at) },
    ];
    const { bytes } = await buildSnapshot(files, { at, signers: [europe.certificate] });
    const path = join(newFolder(), 'lists.snapshot');
    writeFileSync(path, bytes ?? new Uint8Array());
    const allowPrivate = ['127.0.0.1'];
    const signed = await sign(plainPdf({ title: 'Contract', pages: [['# Contract']] }), {
      ...{ signer, at, level: 'LT', trust: [pki.root], timestamps: httpTimestampAuthority({ urls: pki.tsaUrl, allowPrivate }) },
      sources: { revocations: httpRevocationSource({ allowPrivate }) },
    });
    const verdicts = [];
    for (const settings of [{ trustedLists: path }, {}]) {
      const running = await startRunning('sqlite', settings);
      const answer = await call(running, 'POST', '/v1/validate', { key: running.keys.live, form: formOf(signed, 'contract.pdf') });
      verdicts.push(answer.json);
    }
    expect(verdicts).toMatchObject([
      { valid: true, signatures: [{ indication: 'TOTAL_PASSED', signature_level: 'QES', trusted_list: 'EU_TRUSTED' }] },
      { valid: false, signatures: [{ signature_level: 'AES', trusted_list: 'NOT_TRUSTED' }] },
    ]);
  } finally {
    await pki.close();
  }
});

test('a snapshot that cannot be read stops the start', async () => {
  const path = join(newFolder(), 'lists.snapshot');
  writeFileSync(path, 'no snapshot');
  await expect(startRunning('sqlite', { trustedLists: path })).rejects.toThrow(/ADESKIT_TRUSTED_LISTS.*no snapshot/);
});
