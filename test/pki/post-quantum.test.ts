/** ML-DSA and SLH-DSA all the way: certificates, CRLs, OCSP, time-stamps, documents (RFC 9881, RFC 9909). */
import { createPublicKey, verify as nodeVerify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import { candidatesOf, newPool } from '../../src/cms/pool.ts';
import {
  answerCrl,
  answerOcsp,
  createThrowAwayPki,
  extension,
  generateKey,
  issueCertificate,
  issuingKey,
  KEY_ALGORITHMS,
  type KeyAlgorithm,
} from '../../src/issuing/index.ts';
import { type Certificate, parseCertificate } from '../../src/pki/certificate.ts';
import { parseCrl, verifyCrl } from '../../src/pki/crl.ts';
import { verifyIssued } from '../../src/pki/issued-by.ts';
import { parseOcspResponse } from '../../src/pki/ocsp.ts';
import { encodeOcspRequest } from '../../src/pki/ocsp-request.ts';
import { verifyOcsp } from '../../src/pki/ocsp-responder.ts';
import { anchorOf, validatePath } from '../../src/pki/path.ts';
import { revocationBy } from '../../src/pki/path-revocation.ts';
import { toJson } from '../../src/report/index.ts';
import { sign } from '../../src/sign.ts';
import { readTimestamp } from '../../src/tsp/read.ts';
import { parseTimestampToken } from '../../src/tsp/token.ts';
import { validate } from '../../src/validate.ts';

const AT = Date.UTC(2026, 10, 23);
const ALL = KEY_ALGORITHMS().filter((name) => name.includes('-DSA-'));

const read = (bytes: Bytes): Certificate => {
  const parsed = parseCertificate(bytes);
  if (!parsed.ok) throw new Error(parsed.malformed.reason);
  return parsed.value;
};

const flipped = (bytes: Bytes, at: number): Bytes => bytes.with(at < 0 ? bytes.length + at : at, (bytes.at(at) as number) ^ 1);

test('every parameter set of FIPS 204 and FIPS 205 is there', () => {
  expect(ALL).toHaveLength(15);
});

describe.each(ALL)('a certificate signed by %s', (algorithm) => {
  test('verifies as the runtime’s own reading of it does, and not after a change', async () => {
    const key = issuingKey(await generateKey(algorithm));
    const dates = { notBefore: AT, notAfter: AT + 1000 };
    const extensions = [extension.basicConstraints(true)];
    const der = await issueCertificate({
      subject: { CN: algorithm },
      issuer: 'self',
      publicKey: key.publicKey,
      serial: 7,
      key,
      ...dates,
      extensions,
    });
    const certificate = read(der);
    expect(certificate.signatureAlgorithm).toMatchObject({ scheme: algorithm.replace(/-DSA.*/, '-DSA'), digest: null, keyKind: algorithm });
    expect(certificate.publicKey).toMatchObject({ kind: algorithm });
    expect(verifyIssued(certificate, certificate)).toBe('intact');
    const spki = createPublicKey({ key: Buffer.from(certificate.spki), format: 'der', type: 'spki' });
    expect(nodeVerify(null, certificate.tbs, spki, certificate.signatureValue)).toBe(true);
    const altered = read(flipped(der, -1));
    expect(verifyIssued(altered, certificate)).toBe('broken');
  });
});

describe.each<KeyAlgorithm>(['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87', 'SLH-DSA-SHA2-128f', 'SLH-DSA-SHAKE-128f'])(
  'a PKI of %s keys',
  (algorithm) => {
    const pki = createThrowAwayPki({ algorithms: { ca: algorithm, ocsp: algorithm, tsa: algorithm }, at: AT });
    const material = async () => {
      const made = await pki;
      const leaf = await made.leaf(algorithm);
      const [certificate, issuer] = [read(leaf.certificate), read(made.intermediate)];
      const ocsp = await answerOcsp(made, encodeOcspRequest({ certificate, issuer }));
      return { made, leaf, certificate, issuer, ocsp, crls: [await answerCrl(made, 'issuing'), await answerCrl(made, 'root')] };
    };

    test('CRLs and OCSP responses verify, and not after a change', async () => {
      const { issuer, ocsp, crls } = await material();
      const [crl, altered] = [crls[0] as Bytes, flipped(crls[0] as Bytes, -1)].map(parseCrl);
      expect(crl?.ok && verifyCrl(crl.value, issuer)).toBe('intact');
      expect(altered?.ok && verifyCrl(altered.value, issuer)).toBe('broken');
      const response = parseOcspResponse(ocsp);
      expect(response.ok && response.value.basic && verifyOcsp(response.value.basic, [])).toMatchObject({
        value: 'intact',
        responderIdMatches: true,
      });
      // An octet of the status: the first after the CertID, whichever it is.
      const spoilt = parseOcspResponse(flipped(ocsp, 200));
      expect(spoilt.ok && spoilt.value.basic ? verifyOcsp(spoilt.value.basic, []).value : 'broken').not.toBe('intact');
    });

    test('a path with its revocation is valid', async () => {
      const { made, certificate, issuer, ocsp, crls } = await material();
      const ocsps = [parseOcspResponse(ocsp)].flatMap((one) => (one.ok ? [one.value] : []));
      const lists = crls.map(parseCrl).flatMap((one) => (one.ok ? [one.value] : []));
      const revocation = revocationBy({ crls: lists, ocsps, candidates: [], at: AT });
      expect(validatePath({ path: [certificate, issuer], anchor: anchorOf(read(made.root)), at: AT, revocation })).toMatchObject({
        ok: true,
      });
    });

    test('a time-stamp verifies', async () => {
      const { timestampAuthority } = await pki;
      const token = parseTimestampToken(await timestampAuthority.stamp(new Uint8Array(32), 'SHA-256'));
      if (!token.ok) throw new Error(token.malformed.reason);
      const pool = newPool();
      const reading = readTimestamp(token.value, () => new Uint8Array(32), candidatesOf(pool, token.value.signedData.certificates));
      expect(reading).toMatchObject({ imprint: { intact: true }, signer: { value: 'intact' }, content: { intact: true, violations: [] } });
    });

    test('a document signed and time-stamped passes', async () => {
      const { made, leaf, crls } = await material();
      const document = plainPdf({ title: 'Agreement', pages: [['# Agreement']] });
      const signed = await sign(document, { signer: leaf.signer, at: AT, level: 'T', timestamps: made.timestampAuthority });
      const revocations = crls.map((bytes) => ({ kind: 'crl' as const, bytes }));
      const { signatures } = toJson(await validate(signed, { at: AT, trust: [made.root], revocations }));
      expect(signatures).toMatchObject([{ indication: 'TOTAL_PASSED', level: 'PAdES-BASELINE-T', timestamps: [{ indication: 'PASSED' }] }]);
    });
  },
);
