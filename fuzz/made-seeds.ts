/** Seeds made by our own issuing layer: every kind of structure, in several algorithms (RFC 5280, 6960, 3161, 5652). */
import { randomBytes } from 'node:crypto';
import type { Bytes } from '../src/base/bytes.ts';
import { answerCrl, answerOcsp, answerTimestamp, createThrowAwayPki, type KeyAlgorithm } from '../src/issuing/index.ts';
import { parseCertificate } from '../src/pki/certificate.ts';
import { encodeOcspRequest } from '../src/pki/ocsp-request.ts';
import { encodeTimestampRequest } from '../src/tsp/request.ts';
import { parseTimestampResponse } from '../src/tsp/response.ts';
import type { Seed } from './seed.ts';

export async function madeSeeds(): Promise<readonly Seed[]> {
  const made: Seed[] = [];
  for (const algorithm of ['RSA-2048', 'P-256', 'Ed25519'] as const) made.push(...(await madeWith(algorithm)));
  return made;
}

async function madeWith(algorithm: KeyAlgorithm): Promise<Seed[]> {
  const pki = await createThrowAwayPki({
    algorithms: { ca: algorithm, ocsp: algorithm, tsa: algorithm },
    baseUrl: 'http://pki.example',
    at: AT,
  });
  const leaf = await pki.leaf(algorithm);
  for (const reason of ['keyCompromise', 'certificateHold', 'unspecified'] as const)
    await pki.leaf(algorithm, { revoked: { at: AT, reason } });
  const [certificate, issuer] = [leaf.certificate, pki.intermediate].map(parseCertificate);
  if (!certificate?.ok || !issuer?.ok) throw new Error('a certificate of our own cannot be read');
  const ocspRequest = encodeOcspRequest({ certificate: certificate.value, issuer: issuer.value, nonce: randomBytes(16) });
  const stampRequest = encodeTimestampRequest({ imprint: randomBytes(32), digest: 'SHA-256', nonce: randomBytes(8) });
  const stamp = await answerTimestamp(pki, stampRequest);
  const read = parseTimestampResponse(stamp);
  const seeds: readonly (readonly [string, Bytes | null])[] = [
    ['root', pki.root],
    ['intermediate', pki.intermediate],
    ['responder', pki.ocspResponder],
    ['tsa', pki.tsa],
    ['leaf', leaf.certificate],
    ['crl', await answerCrl(pki, 'issuing')],
    ['ocsp request', ocspRequest],
    ['ocsp', await answerOcsp(pki, ocspRequest)],
    ['ocsp of the CA', await answerOcsp(pki, ocspRequest, 'direct')],
    ['time-stamp request', stampRequest],
    ['time-stamp response', stamp],
    ['time-stamp', read.ok ? read.value.token : null],
  ];
  return seeds.flatMap(([what, bytes]) => (bytes ? [{ from: `made: ${what}, ${algorithm}`, bytes }] : []));
}

const AT = Date.UTC(2026, 10, 23);
