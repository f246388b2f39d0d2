import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../src/base/fault.ts';
import { utf8 } from '../../src/base/text.ts';
import { policyByName } from '../../src/validation/policy.ts';
import { diffPolicies } from '../../src/validation/policy-diff.ts';
import { importAlgorithmCatalogue } from '../../src/validation/policy-import-catalogue.ts';
import { importDssConstraints } from '../../src/validation/policy-import-dss.ts';

const root = join(import.meta.dirname, '../..');
const vectors = process.env['ADESKIT_VECTORS'] ?? join(root, '../shared/vectors');
const schemas = process.env['ADESKIT_SCHEMAS'] ?? join(root, '../shared/schemas');
const constraints = join(vectors, 'dss/default-constraints.xml');
const bytesAt = (path: string): Uint8Array => new Uint8Array(readFileSync(path));
const absent = !existsSync(constraints) || !existsSync(schemas);
if (absent) console.info(`no ${constraints} or no ${schemas}: the import of published files is left out`);

function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof Fault) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'read';
}

const NS = 'xmlns="http://dss.esig.europa.eu/validation/policy"';
const SUITE = `<Cryptographic Level="FAIL"><AcceptableEncryptionAlgo><Algo>ECDSA</Algo></AcceptableEncryptionAlgo>
  <MiniPublicKeySize><Algo Size="256">ECDSA</Algo></MiniPublicKeySize><AcceptableDigestAlgo><Algo>SHA256</Algo></AcceptableDigestAlgo></Cryptographic>`;
const dss = (inner: string, suite = SUITE): Uint8Array =>
  utf8(`<ConstraintsParameters Name="ours" ${NS}>${inner}${suite}</ConstraintsParameters>`);
const inSigner = (inner: string): Uint8Array =>
  dss(
    `<SignatureConstraints><BasicSignatureConstraints><SigningCertificate>${inner}</SigningCertificate></BasicSignatureConstraints></SignatureConstraints>`,
  );

describe('constraints of EU DSS', () => {
  test.skipIf(absent)('as published are the policy dss-6.4 in every setting', () => {
    const { policy, ignored } = importDssConstraints(bytesAt(constraints));
    expect(diffPolicies(policyByName('dss-6.4'), policy)).toEqual([]);
    expect(ignored.length).toBeGreaterThan(10);
    expect(ignored.every(({ path, why }) => path !== '' && why !== '')).toBe(true);
  });

  test('take what is not there for not checked', () => {
    const { policy } = importDssConstraints(dss(''));
    expect(policy).toMatchObject({ name: 'ours', levels: { 'revocation-available': 'ignore', 'key-usage': 'ignore' } });
    expect(policy.algorithms).toMatchObject({
      digests: { 'SHA-256': null },
      schemes: [{ scheme: 'ECDSA', minimumBits: 256, until: null }],
    });
  });

  test('give levels by context and role', () => {
    const { policy } = importDssConstraints(
      inSigner('<RevocationDataAvailable Level="WARN"/><KeyUsage><Id>digitalSignature</Id></KeyUsage>'),
    );
    expect(policy.levels).toMatchObject({
      'signature/signer/revocation-available': 'warn',
      'signature/ca/revocation-available': 'ignore',
      'signature/signer/key-usage': 'fail',
      'timestamp/signer/key-usage': 'ignore',
    });
    expect(policy.signerKeyUsage).toEqual(['digitalSignature']);
  });

  test('give the strictest of several settings, an age and a delay', () => {
    const { policy } = importDssConstraints(
      dss(`<SignatureConstraints><BasicSignatureConstraints><DocMDP Level="WARN"/><UndefinedChanges Level="FAIL"/><CACertificate>
        <RevocationFreshness Level="FAIL" Unit="HOURS" Value="2"/></CACertificate></BasicSignatureConstraints></SignatureConstraints>
        <Timestamp><TimestampDelay Level="FAIL" Unit="MINUTES" Value="5"/></Timestamp>`),
    );
    expect(policy.levels['signature/later-changes-allowed']).toBe('fail');
    expect(policy.levels['signature/ca/revocation-fresh']).toBe('fail');
    expect(policy).toMatchObject({ freshness: { maximumAge: 7_200_000 }, timestampDelay: 300_000 });
  });

  test('tell what was not taken over', () => {
    const { ignored } = importDssConstraints(inSigner('<QcCompliance Level="WARN"/><NotRevoked Level="WARN"/><NotOnHold Level="FAIL"/>'));
    const place = 'SignatureConstraints/BasicSignatureConstraints/SigningCertificate';
    expect(ignored).toEqual([
      { path: `${place}/QcCompliance`, why: 'the engine does not model it' },
      { path: `${place}/NotRevoked`, why: 'the engine always demands it' },
    ]);
  });

  const BAD: readonly [title: string, file: Uint8Array, message: RegExp][] = [
    ['no XML', utf8('{'), /malformed-input: .*offset 0/],
    ['another document', utf8('<a/>'), /malformed-input: .*document element is a$/],
    ['a document type', utf8(`<!DOCTYPE a>${'<a/>'}`), /DOCTYPE/],
    ['no suite of algorithms', dss('', ''), /malformed-input: .*Cryptographic/],
    ['an unknown level', inSigner('<NotSelfSigned Level="MAYBE"/>'), /malformed-input: .*NotSelfSigned: Level is 'MAYBE'/],
    ['no time', dss('<Timestamp><TimestampDelay Level="FAIL" Unit="YEARS" Value="5"/></Timestamp>'), /TimestampDelay: no time/],
    [
      'an extension that is no identifier',
      inSigner('<ForbiddenExtensions Level="FAIL"><Id>x</Id></ForbiddenExtensions>'),
      /object identifier/,
    ],
    [
      'a warning for data that is not intact',
      dss(
        '<SignatureConstraints><BasicSignatureConstraints><ReferenceDataIntact Level="WARN"/></BasicSignatureConstraints></SignatureConstraints>',
      ),
      /refused: .*ReferenceDataIntact has the level WARN/,
    ],
    ['a warning for every algorithm', dss('', SUITE.replace('FAIL', 'WARN')), /refused: .*Cryptographic/],
    ['SHA-1 without end', dss('', SUITE.replace('SHA256', 'SHA1')), /refused: .*SHA-1 must fail/],
  ];
  test.each(BAD)('are refused with %s', (_title, file, message) => expect(refusal(() => importDssConstraints(file))).toMatch(message));

  test.skipIf(absent)('changed at will are read or refused with a reason', () => {
    const published = bytesAt(constraints);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(published.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = published.slice();
        for (const [at, octet] of changes) bytes[at] = octet;
        expect(refusal(() => importDssConstraints(bytes))).toMatch(/^(read|malformed-input: |refused: )/);
      }),
      { numRuns: 100 },
    );
  });
});

const catalogue = (algorithms: string): Uint8Array =>
  utf8(`<p:SecuritySuitabilityPolicy xmlns:p="urn:ietf:params:xml:ns:dssc"><p:PolicyName><p:Name>Ours</p:Name></p:PolicyName>
    <p:PolicyIssueDate>2026-01-01T00:00:00Z</p:PolicyIssueDate>${algorithms}</p:SecuritySuitabilityPolicy>`);
const algorithm = (name: string, oid: string, ...evaluations: [bits: number | null, end: string | null][]): string =>
  `<p:Algorithm><p:AlgorithmIdentifier><p:Name>${name}</p:Name><p:ObjectIdentifier>${oid}</p:ObjectIdentifier></p:AlgorithmIdentifier>${evaluations
    .map(
      ([bits, end]) =>
        `<p:Evaluation>${bits === null ? '' : `<p:Parameter name="moduluslength"><p:Min>${bits}</p:Min></p:Parameter>`}<p:Validity>${
          end === null ? '' : `<p:End>${end}</p:End>`
        }</p:Validity></p:Evaluation>`,
    )
    .join('')}</p:Algorithm>`;
const SHA256 = algorithm('SHA256', '2.16.840.1.101.3.4.2.1', [null, null]);

describe('catalogues of algorithms (TS 119 322)', () => {
  test.skipIf(absent)('as the reference implementation has it, are its suite', () => {
    const { algorithms } = importAlgorithmCatalogue(bytesAt(join(schemas, 'dss-crypto-suite.xml')));
    const reference = policyByName('dss-6.4');
    const same = {
      ...reference,
      algorithms: { ...algorithms, afterReview: 'warn', neverAcceptable: reference.algorithms.neverAcceptable },
    } as const;
    expect(diffPolicies(reference, same)).toEqual([]);
  });

  test.skipIf(absent)('as ETSI publishes them, in XML and JSON, differ by what their texts differ in', () => {
    const [xml, json] = ['xml', 'json'].map((form) => importAlgorithmCatalogue(bytesAt(join(schemas, `19312MachineReadable.${form}`))));
    expect(xml?.name).toBe('ETSI ESI Cryptographic Suites 1.5.1');
    expect(json?.name).toBe(xml?.name);
    expect(Object.keys(json?.algorithms.digests ?? {})).toEqual(Object.keys(xml?.algorithms.digests ?? {}));
    expect(xml?.algorithms).toMatchObject({ digests: { 'SHA-224': '2028-12-31', 'SHA-256': null }, reviewed: '2024-10-13' });
    // The JSON form ends RSASSA-PSS in 2029 for long keys too, and ends a day later.
    expect(json?.algorithms.digests).toMatchObject({ 'SHA-224': '2029-01-01' });
    expect(xml?.algorithms.schemes).toContainEqual({ scheme: 'RSASSA-PSS', minimumBits: 3000, until: null });
    expect(xml?.algorithms.schemes).toContainEqual({ scheme: 'ECDSA', minimumBits: 256, until: null });
  });

  test('bring rows into order and leave out what says nothing more', () => {
    const rsa = algorithm('sha256WithRSAEncryption', '1.2.840.113549.1.1.11', [3000, null], [1900, '2029-01-01'], [2000, '2028-01-01']);
    expect(importAlgorithmCatalogue(catalogue(SHA256 + rsa)).algorithms.schemes).toEqual([
      { scheme: 'RSA', minimumBits: 1900, until: '2029-01-01' },
      { scheme: 'RSA', minimumBits: 3000, until: null },
    ]);
  });

  test('tell what the engine does not know', () => {
    expect(importAlgorithmCatalogue(catalogue(SHA256 + algorithm('EC-SDSA-opt', '1.0.14888.3.0.13', [null, null]))).ignored).toEqual([
      { path: 'EC-SDSA-opt', why: 'the engine does not know it' },
    ]);
  });

  const BAD: readonly [title: string, file: Uint8Array, message: RegExp][] = [
    ['neither XML nor JSON', utf8('x'), /malformed-input/],
    ['another document', utf8('<a/>'), /malformed-input: .*SecuritySuitabilityPolicy/],
    ['other JSON', utf8('{"a":1}'), /malformed-input: .*SecuritySuitabilityPolicy/],
    ['broken JSON', utf8('{"a'), /not JSON/],
    ['nothing in it', catalogue(''), /no algorithm/],
    ['an end that is no day', catalogue(algorithm('SHA256', '1.2', [null, 'soon'])), /'soon' is no day/],
    ['an algorithm without a name', catalogue('<p:Algorithm/>'), /AlgorithmIdentifier/],
    [
      'a parameter without a minimum',
      catalogue(SHA256.replace('<p:Validity>', '<p:Parameter name="moduluslength"/><p:Validity>')),
      /minimum/,
    ],
    ['SHA-1 without end', catalogue(algorithm('SHA1', '1.3.14.3.2.26', [null, null])), /refused: .*SHA-1/],
  ];
  test.each(BAD)('are refused with %s', (_title, file, message) => expect(refusal(() => importAlgorithmCatalogue(file))).toMatch(message));
});
