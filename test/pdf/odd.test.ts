import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openPdf } from '../../src/pdf/document.ts';
import { securityStoreHistory } from '../../src/pdf/dss.ts';
import { signatureFields, straySignatures } from '../../src/pdf/field.ts';
import { pageCount } from '../../src/pdf/page.ts';
import { revisions, writtenBy } from '../../src/pdf/revision.ts';

interface Case {
  id: string;
  files: { pdf: string };
  inputs: { features: string[] };
  expected: { opens: string; pages: number | null };
}

const folder = join(process.env['ADESKIT_VECTORS'] ?? join(import.meta.dirname, '../../../shared/vectors'), 'pdf-odd');
const present = existsSync(join(folder, 'manifest.json'));
if (!present) console.log(`the vectors are not at ${folder}: odd files are not read`);

it.skipIf(!present)('odd but real files open with the pages that others count', () => {
  const { cases } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { cases: Case[] };
  let opened = 0;
  let counted = 0;
  const counts = cases.filter(({ expected }) => expected.pages !== null);
  const opens = cases.filter(({ expected }) => expected.opens === 'opens');
  for (const { files, expected } of cases) {
    const document = openPdf(new Uint8Array(readFileSync(join(folder, files.pdf))));
    if (!document.ok) continue;
    if (expected.opens === 'opens') opened++;
    const count = pageCount(document.value);
    if (expected.pages !== null && count.ok && (count.value.walked ?? count.value.told) === expected.pages) counted++;
    const fields = signatureFields(document.value);
    straySignatures(document.value, fields);
    securityStoreHistory(document.value);
    for (const revision of revisions(document.value)) writtenBy(document.value, revision);
  }
  console.log(`odd files: ${opened} of ${opens.length} open, ${counted} of ${counts.length} page counts agree`);
  expect(opened / opens.length).toBeGreaterThan(0.95);
  expect(counted / counts.length).toBeGreaterThan(0.9);
});
