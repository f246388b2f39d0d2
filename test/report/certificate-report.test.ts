import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { createThrowAwayPki } from '../../src/issuing/index.ts';
import { readCertificates } from '../../src/keys/pem.ts';
import { type Certificate, parseCertificate } from '../../src/pki/certificate.ts';
import type { PathFailureCode } from '../../src/pki/path.ts';
import { CATALOGUES } from '../../src/report/catalogue.ts';
import { type CertificateReport, certificateReportJson } from '../../src/report/certificate-report.ts';
import { certificateReportHtml, certificateReportText } from '../../src/report/certificate-report-view.ts';
import { AT, certificate } from './fixture.ts';

let real: Certificate;
beforeAll(async () => {
  const pki = await createThrowAwayPki({});
  const { chainPem } = await pki.leaf('P-256', {});
  const [der = new Uint8Array()] = readCertificates(new TextEncoder().encode(chainPem));
  const read = parseCertificate(der);
  if (!read.ok) throw new Error(read.malformed.reason);
  real = read.value;
});

/** A report on a certificate whose names are `name`, failed for `code`. */
function failedFor(code: PathFailureCode, name: string): CertificateReport {
  const { subject, issuer } = certificate('a', name, name, name);
  const target = Object.create(real, { subject: { value: subject }, issuer: { value: issuer } }) as Certificate;
  const failure = { code, clause: name, index: 0, what: name };
  return {
    at: AT,
    valid: false,
    target,
    path: [
      { certificate: target, role: 'target', revocation: { status: 'unknown', why: name } },
      { certificate: target, role: 'anchor', revocation: { status: 'trusted' } },
    ],
    failure,
    failures: [failure],
    policies: [],
    asked: { purpose: name, policies: [name] },
  };
}

describe('a report on a certificate', () => {
  test.each(Object.keys(CATALOGUES.en.pathFailures) as PathFailureCode[])('%s: what is wrong, and what would change it', (code) => {
    for (const language of ['en', 'de'] as const) {
      const { meaning, remedy } = CATALOGUES[language].pathFailures[code];
      const text = certificateReportText(failedFor(code, 'Somebody'), { language }).replace(/\s+/g, ' ');
      expect(text).toContain(meaning);
      expect(text).toContain(remedy);
    }
    expect(certificateReportJson(failedFor(code, 'Somebody')).failure).toMatchObject({ code, ...CATALOGUES.en.pathFailures[code] });
  });

  test.each([
    ['revoked', 'Not valid'],
    ['expired', 'Not valid'],
    ['revocation-unknown', 'Not confirmed'],
    ['no-path', 'Not confirmed'],
  ] as const)('%s is %s', (code, verdict) => expect(certificateReportHtml([failedFor(code, 'x')])).toContain(`<h1>${verdict}</h1>`));

  test('no foreign text becomes markup or moves what stands around it', () => {
    const unit = fc.constantFrom('<', '>', '"', "'", '&', 's', ' ', '=', '\u202e', '\0', '\u001b', '\u009b', '\u2066');
    fc.assert(
      fc.property(fc.string({ unit }), (name) => {
        const report = failedFor('revoked', name);
        const [page, text] = [certificateReportHtml([report]), certificateReportText(report)];
        expect(page).not.toMatch(
          /<(?!\/?(?:!doctype|html|head|meta|title|style|body|main|header|svg|circle|path|div|p|h[1-5]|strong|section|span|bdi|dl|dt|dd|ul|ol|li|details|summary|em)\b)/i,
        );
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
        for (const shown of [page, text]) expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      }),
      { numRuns: 100 },
    );
  });
});
