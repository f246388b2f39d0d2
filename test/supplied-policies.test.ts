/** Signature policy documents handed in beside a document: compared with what signatures of each format name (EN 319 102-1, 5.2.4). */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { plainPdf } from '../scripts/plain-pdf.ts';
import { utf8 } from '../src/base/text.ts';
import { digest } from '../src/crypto/digest.ts';
import type { DigestName } from '../src/crypto/names.ts';
import { toJson } from '../src/report/json.ts';
import { toText } from '../src/report/text.ts';
import { sign } from '../src/sign.ts';
import { examine, judge, type PolicyDocument, validate } from '../src/validate.ts';
import { readEvidence, writeEvidence } from '../src/validation/evidence-file.ts';
import { defaultPolicy } from '../src/validation/policy-default.ts';
import { adeskit } from './cli/in-process.ts';
import { temporaryFolder } from './support/folder.ts';
import { memoryPki } from './support/pki.ts';

const AT = Date.UTC(2026, 0, 1);
const pki = memoryPki({ clock: () => AT });
const POLICY = utf8('%PDF-1.7 The policy, as published.');
const URL_OF_IT = 'https://policies.example/p?form=pdf';
const ID = '1.2.3.4.5';

const policyOver = (octets: Uint8Array, algorithm: DigestName = 'SHA-256') => ({
  id: ID,
  digestAlgorithm: algorithm,
  hash: digest(algorithm, octets),
  url: URL_OF_IT,
});

type Format = 'cades' | 'xades' | 'pades';

async function signed(format: Format, policy: ReturnType<typeof policyOver> = policyOver(POLICY)) {
  const { signer } = await (await pki()).leaf('P-256', { notBefore: AT - 1000, notAfter: AT + 1e9 });
  const common = { signer, at: AT, policy };
  if (format === 'pades') return sign(plainPdf({ title: 'A contract', pages: [['Text']] }), { ...common, format });
  return format === 'xades' ? sign(utf8('<a/>'), { ...common, format }) : sign(utf8('a'), { ...common, format });
}

const STRICT = {
  ...defaultPolicy,
  name: 'strict',
  levels: {
    ...defaultPolicy.levels,
    'revocation-available': 'ignore',
    'signature-policy-available': 'fail',
    'signature-policy-digest-known': 'fail',
  },
} as const;

const judged = async (document: Uint8Array, policyDocuments: readonly PolicyDocument[] = []) =>
  validate(document, { at: AT, trust: [(await pki()).root], policy: STRICT, policyDocuments });
const conclusionOf = async (...given: Parameters<typeof judged>) => (await judged(...given)).signatures[0]?.conclusion;

const NOT_AT_HAND = { indication: 'INDETERMINATE', because: 'SIGNATURE_POLICY_NOT_AVAILABLE' };
const ANOTHER = { indication: 'INDETERMINATE', because: 'POLICY_PROCESSING_ERROR' };

describe.each<Format>(['cades', 'xades', 'pades'])('a signature in %s that names a policy', (format) => {
  test.each<[string, readonly PolicyDocument[], object]>([
    ['without its document', [], NOT_AT_HAND],
    ['with it, by its OID', [{ id: ID, bytes: POLICY }], { indication: 'PASSED' }],
    ['with it, by its OID as URN', [{ id: `urn:oid:${ID}`, bytes: POLICY }], { indication: 'PASSED' }],
    ['with it, by its URL', [{ id: URL_OF_IT, bytes: POLICY }], { indication: 'PASSED' }],
    ['with the document of another', [{ id: '1.2.3.4', bytes: POLICY }], NOT_AT_HAND],
    ['with another document', [{ id: ID, bytes: utf8('x') }], ANOTHER],
    [
      'with several, of which one is meant',
      [
        { id: ID, bytes: utf8('x') },
        { id: ID, bytes: POLICY },
      ],
      { indication: 'PASSED' },
    ],
  ])('%s', async (_, documents, expected) => {
    expect(await conclusionOf(await signed(format), documents)).toMatchObject(expected);
  });

  test('by a digest of zeros vouches for no document', async () => {
    const zero = { ...policyOver(POLICY), hash: new Uint8Array(32) };
    expect(await conclusionOf(await signed(format, zero), [{ id: ID, bytes: POLICY }])).toMatchObject(ANOTHER);
  });
});

test('the report tells the policy, its digest and what a comparison gave', async () => {
  const document = await signed('cades');
  const told = async (documents?: readonly PolicyDocument[]) => {
    const report = await judged(document, documents);
    return [toJson(report).signatures[0]?.signaturePolicy, toText(report)] as const;
  };
  const [without, textWithout] = await told();
  expect(without).toEqual({
    ...{ id: ID, url: URL_OF_IT, digestAlgorithm: 'SHA-256', digest: Buffer.from(policyOver(POLICY).hash).toString('hex') },
    ...{ identified: false, digestValid: null, stored: false },
  });
  expect(textWithout).toContain('document not at hand');
  const [match, textMatch] = await told([{ id: ID, bytes: POLICY }]);
  expect(match).toMatchObject({ identified: true, digestValid: true });
  expect(textMatch).toContain('it is the one that was signed');
  expect((await told([{ id: ID, bytes: utf8('x') }]))[0]).toMatchObject({ identified: true, digestValid: false });
});

test('what was compared is in the evidence', async () => {
  const evidence = await examine(await signed('xades'), { trust: [(await pki()).root], policyDocuments: [{ id: ID, bytes: POLICY }] });
  const again = readEvidence(writeEvidence(evidence));
  if (!again.ok) throw new Error(again.malformed.reason);
  expect(judge(again.value, STRICT, AT).signatures[0]?.facts.policy).toEqual(evidence.document.signatures[0]?.policy);
  expect(judge(again.value, STRICT, AT).signatures[0]?.conclusion.indication).toBe('PASSED');
});

test('a policy document without a name is a mistake of the caller', async () => {
  await expect(judged(await signed('cades'), [{ id: ' ', bytes: POLICY }])).rejects.toMatchObject({ code: 'bad-option' });
});

test('the command takes documents by OID or URI', async () => {
  const folder = temporaryFolder();
  const at = (name: string, bytes: Uint8Array) => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  };
  const [file, policy, trust] = [at('a.p7m', await signed('cades')), at('p.pdf', POLICY), at('root.der', (await pki()).root)];
  const options = ['--trust', trust, '--at', '2026-01-01', '--offline', '--json'];
  const told = async (...more: string[]) => JSON.parse((await adeskit('validate', file, ...options, ...more)).out).signatures[0];
  expect((await told('--policy-document', `${ID}=${policy}`)).signaturePolicy).toMatchObject({ digestValid: true });
  expect((await told('--policy-document', `${URL_OF_IT}=${policy}`)).signaturePolicy).toMatchObject({ digestValid: true });
  expect((await told()).signaturePolicy).toMatchObject({ identified: false });
  for (const wrong of [policy, `${ID}=`, `=${policy}`])
    expect(await adeskit('validate', file, ...options, '--policy-document', wrong)).toMatchObject({ status: 2, out: '' });
});
