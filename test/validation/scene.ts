/** Evidence made by hand: a signer and a time-stamp authority under one CA, and an archivist under the root, all good until a test changes it. */
import type { Instant } from '../../src/base/instant.ts';
import type { AlgorithmUse, ValueCheck } from '../../src/crypto/names.ts';
import type {
  CmsStructure,
  EvidenceRecordFacts,
  PdfSignatureFacts,
  ReferenceFacts,
  SignatureFacts,
  TimestampFacts,
} from '../../src/facts/index.ts';
import type { Certificate } from '../../src/pki/certificate.ts';
import type { Name } from '../../src/pki/name.ts';
import type { Anchor, CertificateStatus, ChainLink, Evidence, RevocationFacts } from '../../src/validation/evidence.ts';

export const day = 86_400_000;
export const date = (text: string): Instant => Date.parse(`${text}T00:00:00Z`);
export const AT = date('2026-06-01');

type Draft<T> = { -readonly [K in keyof T]: T[K] };
export type DraftCertificate = Draft<Certificate>;
export type DraftSignature = Draft<SignatureFacts>;
export type DraftTimestamp = Draft<TimestampFacts>;
export type DraftStatus = Draft<CertificateStatus>;
export type DraftRevocation = Draft<RevocationFacts>;
export type DraftLink = Draft<ChainLink>;

/** What a test may change before it becomes evidence. */
export interface Scene {
  at: Instant;
  readonly certificates: Record<'root' | 'ca' | 'signer' | 'tsa' | 'archivist', DraftCertificate> & { responder?: DraftCertificate };
  readonly links: Record<string, DraftLink>;
  readonly chains: Record<string, string[]>;
  readonly anchors: Map<string, Anchor>;
  readonly signature: DraftSignature;
  readonly timestamps: DraftTimestamp[];
  /** By certificate; revocation data is called `crl-of-` and the issuer. */
  readonly statuses: Record<string, DraftStatus[]>;
  readonly revocations: Record<string, DraftRevocation>;
  readonly exhausted: string[];
  readonly records: EvidenceRecordFacts[];
  readonly pathProblems: { certificate: string; problem: string }[];
}

export function scene(): Scene {
  return {
    at: AT,
    certificates: {
      root: certificate('root', 'root', { ca: true }),
      ca: certificate('ca', 'root', { ca: true }),
      signer: certificate('signer', 'ca', {}),
      tsa: certificate('tsa', 'ca', { extendedKeyUsage: ['1.3.6.1.5.5.7.3.8'] }),
      archivist: certificate('archivist', 'root', { extendedKeyUsage: ['1.3.6.1.5.5.7.3.8'] }),
    },
    links: Object.fromEntries(['root', 'ca', 'signer', 'tsa', 'archivist'].map((id) => [id, link(id)])),
    chains: {
      root: ['root'],
      ca: ['ca', 'root'],
      signer: ['signer', 'ca', 'root'],
      tsa: ['tsa', 'ca', 'root'],
      archivist: ['archivist', 'root'],
    },
    anchors: new Map([['root', { source: 'given', issues: true, sunset: null }]]),
    signature: signature(),
    timestamps: [],
    statuses: { signer: [good('crl-of-ca')], tsa: [good('crl-of-ca')], ca: [good('crl-of-root')], archivist: [good('crl-of-root')] },
    revocations: { 'crl-of-ca': crl('ca'), 'crl-of-root': crl('root') },
    exhausted: [],
    records: [],
    pathProblems: [],
  };
}

export function evidenceOf(draft: Scene): Evidence {
  const ids = Object.keys(draft.certificates) as (keyof Scene['certificates'])[];
  const inRecords = new Set(draft.records.flatMap(({ timestamps }) => timestamps));
  const own = draft.timestamps.map(({ id }) => id).filter((id) => !inRecords.has(id));
  const signatureWithTimestamps = { ...draft.signature, timestamps: own };
  return {
    document: {
      format: 'PDF',
      signatures: [signatureWithTimestamps],
      timestamps: new Map(draft.timestamps.map((one) => [one.id, one])),
      certificates: new Map(),
      revocations: new Map(Object.keys(draft.revocations).map((id) => [id, { kind: 'crl', bytes: new Uint8Array() }])),
      evidenceRecords: draft.records,
      unreadable: [],
      pdf: { pages: 1, revisions: 1, hasDss: false },
    },
    certificates: new Map(ids.map((id) => [id, draft.certificates[id] as DraftCertificate])),
    anchors: draft.anchors,
    chains: new Map(
      Object.entries(draft.chains).map(([leaf, chain]) => [
        leaf,
        { links: chain.map((id) => draft.links[id] as ChainLink), pathProblems: draft.pathProblems },
      ]),
    ),
    revocations: new Map(Object.entries(draft.revocations)),
    statuses: new Map(Object.entries(draft.statuses)),
    unreadable: [],
    exhausted: draft.exhausted,
  };
}

export const algorithm = (change: Partial<AlgorithmUse> = {}): AlgorithmUse => ({
  scheme: 'ECDSA',
  digest: 'SHA-256',
  keyBits: 256,
  identifier: '1.2.840.10045.4.3.2',
  ...change,
});

export const reference = (type: ReferenceFacts['type'], change: Partial<ReferenceFacts> = {}): ReferenceFacts => ({
  type,
  name: '',
  digestAlgorithm: 'SHA-256',
  found: true,
  intact: true,
  ...change,
});

export function timestamp(id: string, time: Instant, change: Partial<TimestampFacts> = {}): DraftTimestamp {
  return {
    id,
    type: 'signature',
    name: null,
    time,
    accuracy: null,
    ordering: false,
    policy: '1.2.3',
    serial: '01',
    imprintAlgorithm: 'SHA-256',
    references: [reference('MESSAGE_IMPRINT')],
    value: 'intact',
    algorithm: algorithm(),
    signer: identified('tsa'),
    tsaNameMatches: null,
    covers: [],
    protectsMaterial: false,
    material: { certificates: [], revocations: [] },
    cms: cms(),
    pdf: null,
    structureProblems: [],
    ...change,
  };
}

export function good(revocation: string, change: Partial<CertificateStatus> = {}): DraftStatus {
  return {
    revocation,
    status: 'good',
    thisUpdate: AT - day,
    nextUpdate: AT + 6 * day,
    reason: null,
    revokedAt: null,
    knowsExpiredSince: null,
    certHash: 'absent',
    authorised: true,
    problem: null,
    ...change,
  };
}

export const revoked = (revocation: string, revokedAt: Instant, change: Partial<CertificateStatus> = {}): DraftStatus =>
  good(revocation, { status: 'revoked', revokedAt, reason: 'keyCompromise', ...change });

export function crl(signer: string, change: Partial<RevocationFacts> = {}): DraftRevocation {
  return {
    id: `crl-of-${signer}`,
    kind: 'crl',
    producedAt: AT - day,
    references: [],
    value: 'intact',
    algorithm: algorithm(),
    signer: { certificate: signer, references: [] },
    responderIdMatches: null,
    ...change,
  };
}

export const pdf = (change: Partial<PdfSignatureFacts> = {}): PdfSignatureFacts => ({
  fieldName: 'Signature1',
  filter: 'Adobe.PPKLite',
  subFilter: 'ETSI.CAdES.detached',
  byteRange: [0, 100, 200, 100],
  byteRangeValid: true,
  byteRangeProblem: null,
  coversWholeFile: true,
  revision: 1,
  revisions: 1,
  certification: null,
  dictionaryConsistent: true,
  reason: null,
  location: null,
  contactInfo: null,
  signerName: null,
  hasSigningTime: true,
  modifications: null,
  ...change,
});

export const cms = (change: Partial<CmsStructure> = {}): CmsStructure => ({
  signerInfos: 1,
  detached: true,
  contentType: '1.2.840.113549.1.7.1',
  signedAttributes: new Map([
    ['1.2.840.113549.1.9.3', 1],
    ['1.2.840.113549.1.9.4', 1],
    ['1.2.840.113549.1.9.16.2.47', 1],
  ]),
  unsignedAttributes: new Map(),
  contentTypeAttribute: '1.2.840.113549.1.7.1',
  signedAttributesDer: true,
  holdsSigner: true,
  ...change,
});

function signature(): DraftSignature {
  return {
    id: 'signature',
    format: 'PAdES',
    container: null,
    name: 'Signature1',
    counterSignatureOf: null,
    references: [reference('MESSAGE_DIGEST')],
    value: 'intact',
    algorithm: algorithm(),
    signer: identified('signer'),
    claimedTime: date('2026-03-01'),
    policy: null,
    commitmentTypes: [],
    claimedRoles: [],
    certifiedRoles: [],
    productionPlace: null,
    timestamps: [],
    material: { certificates: [], revocations: [] },
    cms: cms(),
    pdf: pdf(),
    structureProblems: [],
  };
}

export const identified = (certificate: string): SignatureFacts['signer'] => ({
  certificate,
  references: [{ attribute: 'signing-certificate-v2', digestAlgorithm: 'SHA-256', matches: certificate, issuerSerial: 'absent' }],
});

const link = (certificate: string): DraftLink => ({
  certificate,
  issued: 'intact' as ValueCheck,
  algorithm: algorithm(),
  selfSigned: certificate === 'root',
});

const name = (text: string): Name => ({ bytes: new TextEncoder().encode(text), text: `CN=${text}`, rdns: [], keys: [text] });

function certificate(id: string, issuer: string, { ca = false, extendedKeyUsage = null as readonly string[] | null }): DraftCertificate {
  return {
    bytes: new Uint8Array(),
    tbs: new Uint8Array(),
    version: 3,
    serial: Uint8Array.of(1),
    serialHex: '01',
    issuer: name(issuer),
    subject: name(id),
    notBefore: date('2025-01-01'),
    notAfter: date('2027-01-01'),
    spki: new Uint8Array(),
    publicKey: null,
    signatureAlgorithmOid: '1.2.840.10045.4.3.2',
    signatureAlgorithm: null,
    signatureValue: new Uint8Array(),
    extensions: [],
    deviations: [],
    malformedExtensions: [],
    fingerprint: id,
    selfIssued: id === issuer,
    basicConstraints: { ca, pathLength: null },
    keyUsage: new Set(ca ? (['keyCertSign', 'cRLSign'] as const) : (['digitalSignature', 'nonRepudiation'] as const)),
    extendedKeyUsage,
    subjectKeyIdentifier: Uint8Array.of(1),
    authorityKeyIdentifier: { keyIdentifier: Uint8Array.of(1), issuer: null, serial: null },
    policies: null,
    policyMappings: null,
    policyConstraints: null,
    inhibitAnyPolicy: null,
    nameConstraints: null,
    subjectAltNames: null,
    issuerAltNames: null,
    crlDistributionPoints: null,
    freshestCrl: null,
    authorityInfoAccess: null,
    subjectInfoAccess: null,
    privateKeyUsagePeriod: null,
    qcStatements: null,
    ocspNoCheck: false,
    noRevAvail: false,
    validityAssuredShortTerm: false,
  };
}
