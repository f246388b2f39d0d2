/** The shape of evidence in a file: member for member the types of `facts` and of the evidence; certificates as their DER. */

import type { Malformed } from '../base/parsed.ts';
import type { AlgorithmUse } from '../crypto/names.ts';
import { DIGESTS, SIGNATURES } from '../crypto/table.ts';
import type {
  CmsStructure,
  ContainerFacts,
  CoverageFacts,
  DocumentFacts,
  EncodedRevocation,
  EvidenceRecordFacts,
  Material,
  MimetypeFacts,
  Origin,
  PdfModification,
  PdfSignatureFacts,
  ReferenceCoverage,
  ReferenceFacts,
  ReferenceType,
  SignatureFacts,
  SignaturePolicyFacts,
  SignerIdentification,
  SigningCertificateReference,
  TimestampFacts,
  UnreadableToken,
  XmlStructure,
} from '../facts/index.ts';
import type { CanonicalMethod } from '../xml/canonicalize.ts';
import type { Anchor, CandidateChain, CertificateStatus, Chain, ChainLink, Evidence, PathProblem, RevocationFacts } from './evidence.ts';
import { trustedLists } from './evidence-file-lists.ts';
import { flag, instant, list, mapOf, members, nullable, number, octets, oneOf, optional, type Shape, text } from './plain-shape.ts';

/** Every word of a union, so that the compiler tells which is missing. */
const words = <T extends string>(all: Readonly<Record<T, true>>): Shape<T> => oneOf(Object.keys(all) as T[]);

const value = oneOf(['intact', 'broken', 'unsupported', 'no-key']);
const digest = nullable(oneOf(DIGESTS.map(({ name }) => name)));
const texts = list(text);

const malformed = members<Malformed>({ what: text, at: number, reason: text });
const algorithm = members<AlgorithmUse>({
  scheme: nullable(oneOf([...new Set(SIGNATURES.map(({ scheme }) => scheme))])),
  digest,
  keyBits: nullable(number),
  identifier: text,
});

const reference = members<ReferenceFacts>({
  type: words<ReferenceType>({
    MESSAGE_DIGEST: true,
    CONTENT_DIGEST: true,
    MESSAGE_IMPRINT: true,
    COUNTER_SIGNED_SIGNATURE_VALUE: true,
    REFERENCE: true,
    OBJECT: true,
    XPOINTER: true,
    MANIFEST: true,
    MANIFEST_ENTRY: true,
    SIGNED_PROPERTIES: true,
    KEY_INFO: true,
    SIGNATURE_PROPERTIES: true,
    COUNTER_SIGNATURE: true,
    EVIDENCE_RECORD_ARCHIVE_OBJECT: true,
    EVIDENCE_RECORD_ORPHAN_REFERENCE: true,
    EVIDENCE_RECORD_MASTER_SIGNATURE: true,
    EVIDENCE_RECORD_ARCHIVE_TIME_STAMP: true,
    EVIDENCE_RECORD_ARCHIVE_TIME_STAMP_SEQUENCE: true,
  }),
  name: text,
  digestAlgorithm: digest,
  found: flag,
  intact: flag,
  ambiguous: optional(flag),
  covers: optional(members<ReferenceCoverage>({ element: nullable(text), octets: nullable(number) })),
  entries: optional(members<NonNullable<ReferenceFacts['entries']>>({ total: number, found: number })),
});

const signer = members<SignerIdentification>({
  certificate: nullable(text),
  references: list(
    members<SigningCertificateReference>({
      attribute: oneOf(['signing-certificate', 'signing-certificate-v2', 'SigningCertificate', 'SigningCertificateV2', 'KeyInfo']),
      digestAlgorithm: digest,
      matches: nullable(text),
      issuerSerial: oneOf(['absent', 'match', 'mismatch']),
    }),
  ),
});

const origin = words<Origin>({
  'signed-data': true,
  'certificate-values': true,
  'revocation-values': true,
  'timestamp-validation-data': true,
  'adbe-revocation': true,
  dss: true,
  vri: true,
  'key-info': true,
  timestamp: true,
  ocsp: true,
  supplied: true,
  fetched: true,
});
const material = members<Material>({
  certificates: list(members<Material['certificates'][number]>({ id: text, origin })),
  revocations: list(members<Material['revocations'][number]>({ id: text, origin })),
});

const cms = members<CmsStructure>({
  signerInfos: number,
  detached: flag,
  contentType: text,
  signedAttributes: mapOf(number),
  unsignedAttributes: mapOf(number),
  contentTypeAttribute: nullable(text),
  signedAttributesDer: flag,
  holdsSigner: flag,
});

const xml = members<XmlStructure>({
  xades: nullable(text),
  signedProperties: mapOf(number),
  unsignedProperties: mapOf(number),
  holdsSigner: flag,
  keyInfoSigned: flag,
  canonicalization: text,
  references: number,
  unformatted: number,
  idleFormats: number,
  certificateUri: flag,
  oneTokenEach: flag,
  sharedId: flag,
  unread: optional(text),
});

const pdf = members<PdfSignatureFacts>({
  fieldName: text,
  filter: nullable(text),
  subFilter: nullable(text),
  byteRange: list(number),
  byteRangeValid: flag,
  byteRangeProblem: nullable(text),
  coversWholeFile: flag,
  revision: number,
  revisions: number,
  certification: nullable(oneOf([1, 2, 3])),
  dictionaryConsistent: flag,
  reason: nullable(text),
  location: nullable(text),
  contactInfo: nullable(text),
  signerName: nullable(text),
  hasSigningTime: flag,
  modifications: nullable(list(members<PdfModification>({ kind: text, object: text, page: optional(number), allowed: flag, why: text }))),
});

const policy = members<SignaturePolicyFacts>({
  id: text,
  implied: flag,
  url: nullable(text),
  digestAlgorithm: digest,
  digest: optional(nullable(text)),
  canonicalization: optional(
    nullable(members<CanonicalMethod>({ version: oneOf(['1.0', '1.1', 'exclusive']), comments: flag, prefixes: optional(texts) })),
  ),
  keptAt: optional(text),
  document: oneOf(['not-obtained', 'match', 'mismatch', 'unchecked']),
  store: flag,
});

const signature = members<SignatureFacts>({
  id: text,
  format: oneOf(['PAdES', 'CAdES', 'XAdES']),
  container: nullable(oneOf(['ASiC-S', 'ASiC-E'])),
  name: nullable(text),
  counterSignatureOf: nullable(text),
  references: list(reference),
  value,
  algorithm,
  signer,
  claimedTime: nullable(instant),
  policy: nullable(policy),
  commitmentTypes: texts,
  claimedRoles: texts,
  certifiedRoles: texts,
  productionPlace: nullable(text),
  timestamps: texts,
  material,
  cms: nullable(cms),
  pdf: nullable(pdf),
  xml: optional(xml),
  structureProblems: texts,
});

const timestamp = members<TimestampFacts>({
  id: text,
  type: oneOf(['content', 'signature', 'validation-data', 'archive', 'document', 'container']),
  name: nullable(text),
  time: instant,
  accuracy: nullable(number),
  ordering: flag,
  policy: text,
  serial: text,
  imprintAlgorithm: digest,
  references: list(reference),
  value,
  algorithm,
  signer,
  tsaNameMatches: nullable(flag),
  unknownCritical: optional(texts),
  covers: texts,
  protectsMaterial: flag,
  material,
  cms,
  pdf: nullable(pdf),
  structureProblems: texts,
});

const evidenceRecord = members<EvidenceRecordFacts>({
  id: text,
  type: oneOf(['ASN1', 'XML']),
  origin: oneOf(['signature', 'container', 'external']),
  name: nullable(text),
  signature: nullable(text),
  references: list(reference),
  timestamps: texts,
  covers: texts,
  uncovered: texts,
  structureProblems: texts,
});

const container = members<ContainerFacts>({
  type: oneOf(['ASiC-S', 'ASiC-E']),
  zipComment: nullable(text),
  mimetype: nullable(members<MimetypeFacts>({ content: nullable(text), asRequired: flag })),
  dataFiles: texts,
  rootFiles: texts,
  manifests: texts,
  hasPackageManifest: flag,
  signatureFiles: texts,
  timestampFiles: texts,
  evidenceRecordFiles: texts,
  misnamed: texts,
  coverage: mapOf(members<CoverageFacts>({ manifest: nullable(text), files: texts, unlisted: optional(texts) })),
  problems: texts,
});

const unreadableTokens = list(
  members<UnreadableToken>({
    kind: oneOf(['signature', 'timestamp', 'certificate', 'revocation', 'evidence-record', 'manifest', 'signature-field']),
    name: nullable(text),
    malformed,
  }),
);
const encodedRevocations = mapOf(members<EncodedRevocation>({ kind: oneOf(['crl', 'ocsp']), bytes: octets }));

const candidateChain = {
  links: list(members<ChainLink>({ certificate: text, issued: value, algorithm, selfSigned: flag })),
  pathProblems: list(members<PathProblem>({ certificate: text, problem: text })),
};

const chain = members<Chain>({ ...candidateChain, others: optional(list(members<CandidateChain>(candidateChain))) });

const revocation = members<RevocationFacts>({
  id: text,
  kind: oneOf(['crl', 'ocsp']),
  producedAt: instant,
  references: list(reference),
  value,
  algorithm,
  signer,
  responderIdMatches: nullable(flag),
});

const status = members<CertificateStatus>({
  revocation: text,
  status: oneOf(['good', 'revoked', 'unknown']),
  thisUpdate: nullable(instant),
  nextUpdate: nullable(instant),
  reason: nullable(text),
  revokedAt: nullable(instant),
  knowsExpiredSince: nullable(instant),
  certHash: oneOf(['absent', 'match', 'mismatch']),
  authorised: flag,
  problem: nullable(text),
});

/** As the evidence, but certificates as DER, and those of the document that are among them by their identity alone. */
export interface StoredEvidence extends Omit<Evidence, 'document' | 'certificates'> {
  readonly adeskitEvidence: 1;
  readonly document: Omit<DocumentFacts, 'certificates'> & { readonly certificates: ReadonlyMap<string, Uint8Array | null> };
  readonly certificates: readonly Uint8Array[];
}

export const STORED_EVIDENCE: Shape<StoredEvidence> = members<StoredEvidence>({
  adeskitEvidence: oneOf([1]),
  document: members<StoredEvidence['document']>({
    format: oneOf(['PDF', 'CMS', 'XML', 'ASiC-S', 'ASiC-E', 'TST', 'ER']),
    signatures: list(signature),
    timestamps: mapOf(timestamp),
    certificates: mapOf(nullable(octets)),
    revocations: encodedRevocations,
    evidenceRecords: optional(list(evidenceRecord)),
    container: optional(container),
    unreadable: unreadableTokens,
    pdf: nullable(members<NonNullable<DocumentFacts['pdf']>>({ pages: nullable(number), revisions: number, hasDss: flag })),
  }),
  certificates: list(octets),
  anchors: mapOf(members<Anchor>({ source: text, issues: flag, sunset: nullable(instant) })),
  chains: mapOf(chain),
  revocations: mapOf(revocation),
  statuses: mapOf(list(status)),
  suppliedRevocations: optional(encodedRevocations),
  trustedLists: optional(trustedLists),
  unreadable: unreadableTokens,
  exhausted: texts,
});
