/** Extensions of a time-stamp (RFC 3161, 2.4.2): a critical one that is not known here forbids its use. */
import { describe, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { der } from '../../src/asn1/index.ts';
import { answerCrl, issueTimestampToken, randomSerial } from '../../src/issuing/index.ts';
import { CATALOGUES } from '../../src/report/catalogue.ts';
import { toText } from '../../src/report/text.ts';
import { sign } from '../../src/sign.ts';
import { validate } from '../../src/validate.ts';
import { memoryPki } from '../support/pki.ts';

const AT = Date.UTC(2026, 5, 1);
const LATER = AT + 3_600_000;
const UNKNOWN = '1.3.6.1.4.1.32473.9';
const QUALIFIED = '1.3.6.1.5.5.7.1.3';
const pki = memoryPki({ at: AT });
const PDF = plainPdf({ title: 'Agreement', pages: [['# Agreement']] });

async function stampedWith(oid: string, critical: boolean) {
  const made = await pki();
  const { signer } = await made.leaf();
  const issuer = { ...made.timestampIssuer, extensions: [{ oid, critical, value: der.sequence() }] };
  const timestamps = {
    stamp: async (imprint: Uint8Array, digest: Parameters<typeof made.timestampAuthority.stamp>[1]) =>
      issueTimestampToken({ issuer, digest, imprint, nonce: null, certificates: 'included', at: AT, serial: randomSerial() }),
  };
  const document = await sign(PDF, { signer, at: AT, level: 'T', timestamps });
  const revocations = [
    { kind: 'crl' as const, bytes: await answerCrl(made, 'root') },
    { kind: 'crl' as const, bytes: await answerCrl(made, 'issuing') },
  ];
  return validate(document, { at: LATER, trust: [made.root], revocations });
}

describe('a time-stamp with an extension', () => {
  test.each([
    ['that is unknown and critical', UNKNOWN, true, 'SIG_CONSTRAINTS_FAILURE'],
    ['that is unknown', UNKNOWN, false, undefined],
    ['that tells of a qualified authority, critical', QUALIFIED, true, undefined],
  ] as const)('%s', async (_title, oid, critical, expected) => {
    const [signature] = (await stampedWith(oid, critical)).signatures;
    const [stamp] = signature?.timestamps ?? [];
    expect(stamp?.conclusion).toEqual(
      expected === undefined ? { indication: 'PASSED' } : { indication: 'INDETERMINATE', because: expected },
    );
    // What is not good proves nothing.
    expect(signature?.bestSignatureTime).toBe(expected === undefined ? AT : LATER);
  });

  test.each(['en', 'de'] as const)('is told of in %s', async (language) => {
    const text = toText(await stampedWith(UNKNOWN, true), { language }).replaceAll(/\s+/g, ' ');
    expect(text).toContain(UNKNOWN);
    expect(text).toContain(CATALOGUES[language].checks['timestamp-extensions-known']?.remedy);
  });
});
