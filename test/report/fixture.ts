/** Reports made up for the tests of their renderings; every value is plain data. */
import type { SignatureFacts, TimestampFacts } from '../../src/facts/index.ts';
import type { Certificate } from '../../src/pki/certificate.ts';
import { failed, indeterminate, passed } from '../../src/validation/conclusion.ts';
import type { Evidence } from '../../src/validation/evidence.ts';
import type { BlockResult, Report, SignatureReport, TimestampReport } from '../../src/validation/report.ts';

const DAY = 86_400_000;
/** 2026-11-22T00:00:00Z */
export const AT = 1_795_305_600_000;

export function certificate(id: string, common: string, issuer: string, organisation?: string): Certificate {
  const attributes = [
    ...(organisation === undefined ? [] : [[{ type: '2.5.4.10', text: organisation, value: new Uint8Array() }]]),
    [{ type: '2.5.4.3', text: common, value: new Uint8Array() }],
  ];
  const text = (cn: string, o?: string) => `CN=${cn}${o === undefined ? '' : `,O=${o}`}`;
  return {
    fingerprint: id.repeat(64).slice(0, 64),
    subject: { text: text(common, organisation), rdns: attributes, keys: [], bytes: new Uint8Array() },
    issuer: { text: text(issuer), rdns: [[{ type: '2.5.4.3', text: issuer, value: new Uint8Array() }]], keys: [], bytes: new Uint8Array() },
    serialHex: '0a1b2c',
    notBefore: AT - 400 * DAY,
    notAfter: AT + 400 * DAY,
  } as unknown as Certificate;
}

export const leaf = certificate('a', 'Signer One', 'Issuing CA', 'Example Ltd');
export const issuing = certificate('b', 'Issuing CA', 'Root CA');
export const root = certificate('c', 'Root CA', 'Root CA');
export const tsa = certificate('d', 'Time-stamping Unit 1', 'Root CA', 'Example TSA');

const material = { certificates: [], revocations: [] };
const cms = {
  signerInfos: 1,
  detached: true,
  contentType: '1.2.840.113549.1.7.1',
  signedAttributes: new Map(),
  unsignedAttributes: new Map(),
  contentTypeAttribute: '1.2.840.113549.1.7.1',
  signedAttributesDer: true,
  holdsSigner: true,
};

export const pdfFacts: NonNullable<SignatureFacts['pdf']> = {
  fieldName: 'Signature1',
  filter: 'Adobe.PPKLite',
  subFilter: 'ETSI.CAdES.detached',
  byteRange: [0, 1000, 9000, 500],
  byteRangeValid: true,
  byteRangeProblem: null,
  coversWholeFile: true,
  revision: 1,
  revisions: 1,
  certification: null,
  dictionaryConsistent: true,
  reason: 'Approved',
  location: 'Tallinn',
  contactInfo: null,
  signerName: null,
  hasSigningTime: true,
  modifications: [],
};

export const signatureFacts: SignatureFacts = {
  id: '51'.repeat(32),
  format: 'PAdES',
  container: null,
  name: 'Signature1',
  counterSignatureOf: null,
  references: [{ type: 'MESSAGE_DIGEST', name: '', digestAlgorithm: 'SHA-256', found: true, intact: true }],
  value: 'intact',
  algorithm: { scheme: 'RSA', digest: 'SHA-256', keyBits: 2048, identifier: '1.2.840.113549.1.1.11' },
  signer: { certificate: leaf.fingerprint, references: [] },
  claimedTime: AT - 10 * DAY,
  policy: null,
  commitmentTypes: [],
  claimedRoles: ['Director'],
  certifiedRoles: [],
  productionPlace: null,
  timestamps: ['71'.repeat(32)],
  material,
  cms,
  pdf: pdfFacts,
  structureProblems: [],
};

const timestampFacts: TimestampFacts = {
  id: '71'.repeat(32),
  type: 'signature',
  name: null,
  time: AT - 10 * DAY + 2000,
  accuracy: 1000,
  ordering: false,
  policy: '1.2.3',
  serial: '01',
  imprintAlgorithm: 'SHA-256',
  references: [{ type: 'MESSAGE_IMPRINT', name: '', digestAlgorithm: 'SHA-256', found: true, intact: true }],
  value: 'intact',
  algorithm: { scheme: 'ECDSA', digest: 'SHA-256', keyBits: 256, identifier: '1.2.840.10045.4.3.2' },
  signer: { certificate: tsa.fingerprint, references: [] },
  tsaNameMatches: true,
  covers: [],
  protectsMaterial: false,
  material,
  cms,
  pdf: null,
  structureProblems: [],
};

const block = (name: string, findings: BlockResult['findings'], conclusion: BlockResult['conclusion'] = passed): BlockResult => ({
  block: name,
  clause: 'EN 319 102-1, 5.2',
  subject: leaf.fingerprint,
  conclusion,
  findings,
});

export const timestamp: TimestampReport = {
  facts: timestampFacts,
  conclusion: passed,
  process: [block('cryptographic-verification', [{ check: 'signature-value-intact', clause: 'EN 319 102-1, 5.2.7', outcome: 'ok' }])],
  chain: [tsa, root],
};

export const signature: SignatureReport = {
  facts: signatureFacts,
  level: 'PAdES-BASELINE-T',
  bestSignatureTime: timestampFacts.time,
  timestamps: [timestamp],
  revocation: { embeddedCrls: 0, embeddedOcsps: 1, status: 'good' },
  qualification: 'N/A',
  notes: [],
  conclusion: passed,
  chain: [leaf, issuing, root],
  process: [
    block('cryptographic-verification', [{ check: 'signature-value-intact', clause: 'EN 319 102-1, 5.2.7', outcome: 'ok' }]),
    block('x509-certificate-validation', [
      { check: 'issuer-access-present', clause: 'EN 319 102-1, 5.2.6', outcome: 'warn' },
      { check: 'some-check-without-words', clause: 'EN 319 102-1, 5.2.6', outcome: 'warn', with: { certificate: 'Signer One' } },
    ]),
  ],
};

const certificates = new Map([leaf, issuing, root, tsa].map((each) => [each.fingerprint, each]));
const crlId = 'c1'.repeat(32);
const ocspId = '0c'.repeat(32);
const revocation = { references: [], value: 'intact', algorithm: signatureFacts.algorithm, responderIdMatches: null } as const;
const status = {
  status: 'good',
  thisUpdate: AT - 9 * DAY,
  nextUpdate: AT - 2 * DAY,
  reason: null,
  revokedAt: null,
  knowsExpiredSince: null,
  certHash: 'absent',
  authorised: true,
  problem: null,
} as const;

export const evidence: Evidence = {
  document: {
    format: 'PDF',
    signatures: [signatureFacts],
    timestamps: new Map([[timestampFacts.id, timestampFacts]]),
    certificates: new Map(),
    revocations: new Map([
      [crlId, { kind: 'crl', bytes: new Uint8Array([1]) }],
      [ocspId, { kind: 'ocsp', bytes: new Uint8Array([2]) }],
    ]),
    unreadable: [],
    pdf: { pages: 1, revisions: 1, hasDss: true },
  },
  certificates,
  anchors: new Map([[root.fingerprint, { source: 'given', issues: true, sunset: null }]]),
  chains: new Map(),
  revocations: new Map([
    [crlId, { ...revocation, id: crlId, kind: 'crl', producedAt: AT - 9 * DAY, signer: { certificate: root.fingerprint, references: [] } }],
    [
      ocspId,
      { ...revocation, id: ocspId, kind: 'ocsp', producedAt: AT - 9 * DAY, signer: { certificate: issuing.fingerprint, references: [] } },
    ],
  ]),
  statuses: new Map([
    [leaf.fingerprint, [{ ...status, revocation: ocspId }]],
    [issuing.fingerprint, [{ ...status, revocation: crlId }]],
    [tsa.fingerprint, [{ ...status, revocation: crlId }]],
  ]),
  unreadable: [],
  exhausted: [],
};

export const report: Report = {
  at: AT,
  policy: 'default',
  format: 'PDF',
  signatures: [signature],
  timestamps: [],
  evidenceRecords: [],
  unreadable: [],
  certificates,
  evidence,
  existence: new Map([[signatureFacts.id, timestampFacts.time]]),
};

export const untrusted: SignatureReport = {
  ...signature,
  level: 'PAdES-BASELINE-B',
  facts: {
    ...signatureFacts,
    id: '52'.repeat(32),
    pdf: { ...pdfFacts, coversWholeFile: false, revision: 1, revisions: 2, modifications: null },
  },
  bestSignatureTime: AT,
  timestamps: [],
  revocation: { embeddedCrls: 0, embeddedOcsps: 0, status: 'not-checked' },
  conclusion: indeterminate('NO_CERTIFICATE_CHAIN_FOUND'),
  chain: [leaf],
  process: [
    block(
      'x509-certificate-validation',
      [{ check: 'trust-anchor-found', clause: 'EN 319 102-1, 5.2.6.4', outcome: 'fail' }],
      indeterminate('NO_CERTIFICATE_CHAIN_FOUND'),
    ),
  ],
};

export const broken: SignatureReport = {
  ...signature,
  facts: {
    ...signatureFacts,
    id: '53'.repeat(32),
    references: [{ type: 'MESSAGE_DIGEST', name: '', digestAlgorithm: 'SHA-256', found: true, intact: false }],
    pdf: {
      ...pdfFacts,
      coversWholeFile: false,
      revisions: 2,
      modifications: [
        { kind: 'content-changed', object: '12 0', page: 1, allowed: false, why: 'the text of a page was replaced' },
        { kind: 'form-field-filled', object: '15 0', page: 2, allowed: true, why: 'filling in a form is permitted' },
      ],
    },
  },
  conclusion: failed('HASH_FAILURE'),
  process: [
    block(
      'cryptographic-verification',
      [{ check: 'reference-data-intact', clause: 'EN 319 102-1, 5.2.7', outcome: 'fail' }],
      failed('HASH_FAILURE'),
    ),
  ],
};

/** The report of a signature whose signer, reason and field are called `name`. */
export function named(name: string): Report {
  const hostile = certificate('e', name, name, name);
  const facts = {
    ...signatureFacts,
    signer: { certificate: hostile.fingerprint, references: [] },
    claimedRoles: [name],
    pdf: { ...pdfFacts, reason: name, fieldName: name, modifications: [{ kind: name, object: name, allowed: true, why: name }] },
  };
  const process = [
    {
      block: name,
      clause: name,
      subject: name,
      conclusion: signature.conclusion,
      findings: [{ check: name, clause: name, outcome: 'warn' as const, with: { x: name } }],
    },
  ];
  return {
    ...report,
    policy: name,
    signatures: [{ ...signature, facts, chain: [hostile], process, notes: [name], qualification: name, level: name }],
    unreadable: [{ kind: 'signature' as const, name, malformed: { what: name, at: 0, reason: name } }],
    certificates: new Map([[hostile.fingerprint, hostile]]),
  };
}
