/** `npm run demo [-- FILE.pdf]`: a throw-away PKI, a PDF signed to level T, its validation, and the report to read. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startThrowAwayPki } from '../src/issuing/index.ts';
import { httpCertificateSource, httpRevocationSource, httpTimestampAuthority } from '../src/net/index.ts';
import { isGood, toHtml, toJson, toText } from '../src/report/index.ts';
import { sign } from '../src/sign.ts';
import { validate } from '../src/validate.ts';
import { plainPdf } from './plain-pdf.ts';

const OUT = fileURLToPath(new URL('../out/', import.meta.url));
const colour = process.stdout.isTTY === true && !process.env['NO_COLOR'];
const [given] = process.argv.slice(2);

const document = given === undefined ? agreement() : new Uint8Array(readFileSync(given));
const pki = await step('A throw-away PKI starts: CA, OCSP, CRL and time-stamp servers on loopback', () => startThrowAwayPki());
try {
  const { signer } = await step('It issues a certificate to the signer', () =>
    pki.leaf('RSA-2048', { subject: { CN: 'Demo signer', O: 'adeskit demo' } }),
  );
  const signed = await step('The PDF is signed to PAdES-BASELINE-T, with a time-stamp over HTTP', () =>
    sign(document, {
      signer,
      level: 'T',
      at: Date.now(),
      // The servers are on loopback, which is refused unless allowed.
      timestamps: httpTimestampAuthority({ urls: pki.tsaUrl, allowPrivate: true }),
      reason: 'I agree to the terms above',
      location: 'Berlin',
      visible: { page: 1, x: 64, y: 70, width: 260, height: 84 },
    }),
  );
  const report = await step('The signed PDF is validated, revocation asked for over HTTP', () =>
    validate(signed, {
      at: Date.now(),
      trust: [pki.root],
      sources: { certificates: httpCertificateSource({ allowPrivate: true }), revocations: httpRevocationSource({ allowPrivate: true }) },
    }),
  );
  const files = {
    'signed.pdf': signed,
    'report.html': toHtml(report, { documentName: 'signed.pdf' }),
    'report.json': json(toJson(report)),
  };
  mkdirSync(OUT, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(OUT + name, content);
  console.log(`\n${toText(report, { colour })}`);
  for (const name of Object.keys(files)) console.log(`→ ${relative(process.cwd(), OUT + name)}`);
  process.exitCode = isGood(report) ? 0 : 1;
} finally {
  await pki.close();
}

/** Says what happens, then how long it took. */
async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const live = process.stderr.isTTY === true;
  if (live) process.stderr.write(`… ${title}`);
  const start = performance.now();
  const result = await work();
  process.stderr.write(`${live ? '\r\u001b[K' : ''}✓ ${title} (${(performance.now() - start).toFixed(0)} ms)\n`);
  return result;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function agreement(): Uint8Array {
  return plainPdf({
    title: 'Rental agreement',
    pages: [
      [
        '# Rental agreement',
        '',
        'between the owner of the workshop (the lessor) and the signer of this document (the lessee).',
        '',
        '1.  The lessor lets the workshop at Hafenstrasse 12, ground floor, to the lessee.',
        '2.  The lease begins on the first day of the month that follows the signature and has no fixed end.',
        "3.  Either party may end it with three months' notice to the end of a month.",
        '4.  The rent is due on the third working day of each month.',
        '',
        'The lessee has read and understood these terms and signs electronically below.',
      ],
    ],
  });
}
