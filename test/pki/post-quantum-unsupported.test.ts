/** A runtime without ML-DSA and SLH-DSA: what it cannot tell is unsupported, never broken, and no verdict is a failure for it. */
import { type createPublicKey, randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { der } from '../../src/asn1/index.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import { candidatesOf, newPool } from '../../src/cms/pool.ts';
import { readPublicKey } from '../../src/crypto/key.ts';
import { answerCrl, answerOcsp, createThrowAwayPki, type KeyAlgorithm } from '../../src/issuing/index.ts';
import { type Certificate, parseCertificate } from '../../src/pki/certificate.ts';
import { parseCrl, verifyCrl } from '../../src/pki/crl.ts';
import { verifyIssued } from '../../src/pki/issued-by.ts';
import { parseOcspResponse } from '../../src/pki/ocsp.ts';
import { encodeOcspRequest } from '../../src/pki/ocsp-request.ts';
import { verifyOcsp } from '../../src/pki/ocsp-responder.ts';
import { anchorOf, findPath, validatePath } from '../../src/pki/path.ts';
import { revocationStatus } from '../../src/pki/revocation.ts';
import { toJson } from '../../src/report/index.ts';
import { sign } from '../../src/sign.ts';
import { readTimestamp } from '../../src/tsp/read.ts';
import { parseTimestampToken } from '../../src/tsp/token.ts';
import { validate } from '../../src/validate.ts';

const runtime = vi.hoisted(() => ({ old: false }));

/** An older OpenSSL refuses keys whose identifier it does not know: those of FIPS 204 and 205 are 2.16.840.1.101.3.4.3.17 to .31. */
vi.mock('node:crypto', async (original) => {
  const real = await original<typeof import('node:crypto')>();
  const refuses = (input: unknown): boolean => {
    if (!runtime.old || typeof input !== 'object' || input === null || !('key' in input) || !(input.key instanceof Uint8Array))
      return false;
    const at = Buffer.from(input.key).indexOf(Buffer.from('0609608648016503040' + '3', 'hex'));
    return at >= 0 && at < 12 && (input.key[at + 10] as number) >= 17;
  };
  return {
    ...real,
    createPublicKey: (input: Parameters<typeof createPublicKey>[0]) => {
      if (refuses(input)) throw new Error('error:03000072:digital envelope routines::decode error');
      return real.createPublicKey(input);
    },
  };
});

afterEach(() => {
  runtime.old = false;
});

/** From now on the runtime is old or not, and no key is known from before: the last ones read are kept by their content. */
function runtimeIs(age: 'old' | 'new'): void {
  runtime.old = age === 'old';
  for (let i = 0; i < 1000; i++) readPublicKey(der.sequence(der.sequence(der.oid('1.3.101.112')), der.bitString(randomBytes(32))));
}

const AT = Date.UTC(2026, 10, 23);

/** A fresh object over fresh octets: nothing that was read of it before is known. */
const read = (bytes: Bytes): Certificate => {
  const parsed = parseCertificate(bytes.slice());
  if (!parsed.ok) throw new Error(parsed.malformed.reason);
  return parsed.value;
};

async function material(algorithm: KeyAlgorithm) {
  const pki = await createThrowAwayPki({ algorithms: { ca: algorithm, ocsp: algorithm, tsa: algorithm }, at: AT });
  const leaf = await pki.leaf(algorithm);
  const request = encodeOcspRequest({ certificate: read(leaf.certificate), issuer: read(pki.intermediate) });
  const document = plainPdf({ title: 'Agreement', pages: [['# Agreement']] });
  return {
    pki,
    leaf,
    ocsp: await answerOcsp(pki, request),
    crls: [await answerCrl(pki, 'issuing'), await answerCrl(pki, 'root')],
    token: await pki.timestampAuthority.stamp(new Uint8Array(32), 'SHA-256'),
    signed: await sign(document, { signer: leaf.signer, at: AT, level: 'T', timestamps: pki.timestampAuthority }),
  };
}

describe.each<KeyAlgorithm>(['ML-DSA-65', 'SLH-DSA-SHA2-128f'])('%s where the runtime lacks it', (algorithm) => {
  test('keys, certificates, CRLs, OCSP responses and time-stamps are unsupported', async () => {
    const { leaf, pki, ocsp, crls, token } = await material(algorithm);
    runtimeIs('old');
    const [certificate, issuer] = [read(leaf.certificate), read(pki.intermediate)];
    expect(certificate.publicKey).toBeNull();
    expect(readPublicKey(certificate.spki)).toBe('unsupported');
    expect(verifyIssued(certificate, issuer)).toBe('unsupported');
    const crl = parseCrl(crls[0] as Bytes);
    expect(crl.ok && verifyCrl(crl.value, issuer)).toBe('unsupported');
    const response = parseOcspResponse(ocsp);
    expect(response.ok && response.value.basic && verifyOcsp(response.value.basic, []).value).toBe('unsupported');
    const stamp = parseTimestampToken(token);
    const reading =
      stamp.ok && readTimestamp(stamp.value, () => new Uint8Array(32), candidatesOf(newPool(), stamp.value.signedData.certificates));
    expect(reading).toMatchObject({ signer: { value: 'unsupported' } });
  });

  test('a path says so, and a status is unknown', async () => {
    const { leaf, pki, ocsp, crls } = await material(algorithm);
    runtimeIs('old');
    const [certificate, issuer, root] = [leaf.certificate, pki.intermediate, pki.root].map(read) as [Certificate, Certificate, Certificate];
    const failure = { ok: false, failure: { code: 'signature-unsupported' } };
    expect(validatePath({ path: [certificate, issuer], anchor: anchorOf(root), at: AT })).toMatchObject(failure);
    expect(findPath({ target: certificate, anchors: [anchorOf(root)], candidates: [issuer], at: AT })).toMatchObject(failure);
    const lists = crls.map(parseCrl).flatMap((one) => (one.ok ? [one.value] : []));
    const response = parseOcspResponse(ocsp);
    const status = revocationStatus(certificate, issuer, lists, response.ok ? [response.value] : [], AT);
    expect(status).toMatchObject({ status: 'unknown', why: expect.stringContaining('cannot be verified here') });
  });

  test('a document is indeterminate, never failed; where the runtime knows, it passes', async () => {
    const { pki, signed, crls } = await material(algorithm);
    const judged = async (): Promise<unknown> => {
      const revocations = crls.map((bytes) => ({ kind: 'crl' as const, bytes: bytes.slice() }));
      return toJson(await validate(signed.slice(), { at: AT, trust: [pki.root.slice()], revocations })).signatures;
    };
    runtimeIs('old');
    const [signature] = (await judged()) as { indication: string; subIndication: string; timestamps: { indication: string }[] }[];
    expect(signature?.indication).toBe('INDETERMINATE');
    expect(signature?.timestamps.map(({ indication }) => indication)).toEqual(['INDETERMINATE']);
    runtimeIs('new');
    expect(await judged()).toMatchObject([{ indication: 'TOTAL_PASSED' }]);
  });
});

test('a key of the wrong length is invalid wherever it is read', async () => {
  const { leaf } = await material('ML-DSA-44');
  const { spki } = read(leaf.certificate);
  // SEQUENCE and BIT STRING headers of four octets each: one octet less in both.
  const shorter = spki.slice(0, -1);
  for (const at of [2, 19]) {
    const length = ((shorter[at] as number) << 8) + (shorter[at + 1] as number) - 1;
    shorter.set([length >> 8, length & 0xff], at);
  }
  for (const age of ['old', 'new'] as const) {
    runtimeIs(age);
    expect(readPublicKey(shorter.slice())).toBe('invalid');
  }
});
