/** What is known of one signature, before anything is judged: the same for every format. */
import type { Instant } from '../base/instant.ts';
import type { AlgorithmUse, DigestName, ValueCheck } from '../crypto/names.ts';
import type { CanonicalMethod } from '../xml/canonical-state.ts';
import type { CertificateId, RevocationId, SignatureId, TimestampId } from './id.ts';
import type { PdfSignatureFacts } from './pdf.ts';

export interface SignatureFacts {
  readonly id: SignatureId;
  readonly format: 'PAdES' | 'CAdES' | 'XAdES';
  readonly container: 'ASiC-S' | 'ASiC-E' | null;
  /** Signature file in its container, field in a PDF, or null. */
  readonly name: string | null;
  readonly counterSignatureOf: SignatureId | null;
  /** Every digest that the signature vouches for, with what a comparison gave. */
  readonly references: readonly ReferenceFacts[];
  /** Whether the value verifies over the signed attributes (or SignedInfo), whatever the references say. */
  readonly value: ValueCheck;
  readonly algorithm: AlgorithmUse;
  readonly signer: SignerIdentification;
  /** Claimed signing time: signing-time attribute, /M of a PDF signature dictionary, SigningTime. */
  readonly claimedTime: Instant | null;
  readonly policy: SignaturePolicyFacts | null;
  /** OIDs or URIs of commitment types. */
  readonly commitmentTypes: readonly string[];
  readonly claimedRoles: readonly string[];
  readonly certifiedRoles: readonly string[];
  readonly productionPlace: string | null;
  /** Time-stamps over this signature or its content, in document order; for PDF also the document time-stamps after it. */
  readonly timestamps: readonly TimestampId[];
  readonly material: Material;
  /** What a CMS holds, for structure and level; null for XML. */
  readonly cms: CmsStructure | null;
  readonly pdf: PdfSignatureFacts | null;
  /** Outline of an XML signature; left out for every other. */
  readonly xml?: XmlStructure;
  /** Departures from the format that readers tolerate, in words of the standard. */
  readonly structureProblems: readonly string[];
}

export type ReferenceType =
  | 'MESSAGE_DIGEST'
  | 'CONTENT_DIGEST'
  | 'MESSAGE_IMPRINT'
  | 'COUNTER_SIGNED_SIGNATURE_VALUE'
  | 'REFERENCE'
  | 'OBJECT'
  | 'XPOINTER'
  | 'MANIFEST'
  | 'MANIFEST_ENTRY'
  | 'SIGNED_PROPERTIES'
  | 'KEY_INFO'
  | 'SIGNATURE_PROPERTIES'
  | 'COUNTER_SIGNATURE'
  | 'EVIDENCE_RECORD_ARCHIVE_OBJECT'
  | 'EVIDENCE_RECORD_ORPHAN_REFERENCE'
  | 'EVIDENCE_RECORD_MASTER_SIGNATURE'
  | 'EVIDENCE_RECORD_ARCHIVE_TIME_STAMP'
  | 'EVIDENCE_RECORD_ARCHIVE_TIME_STAMP_SEQUENCE';

export interface ReferenceFacts {
  readonly type: ReferenceType;
  /** URI, file name or identifier; empty where the reference has none. */
  readonly name: string;
  readonly digestAlgorithm: DigestName | null;
  readonly found: boolean;
  readonly intact: boolean;
  /** Several elements have the identifier that it names: it is then not intact. */
  readonly ambiguous?: boolean;
  /** What was digested, of a reference in an XML signature that was found. */
  readonly covers?: ReferenceCoverage;
  /** Of a Manifest: how many references it holds, and how many of them were found. Those that were not are listed where any was. */
  readonly entries?: { readonly total: number; readonly found: number };
}

/** The octets behind a reference: what is signed is this and nothing else. */
export interface ReferenceCoverage {
  /**
   * Path of the element whose whole subtree is signed, a signature in it apart (`/` is the whole document); null for a part that
   * transforms chose, and for what lies outside the document.
   */
  readonly element: string | null;
  /** How many octets were digested; null where only the digest is known. */
  readonly octets: number | null;
}

/** Which certificate signed, and what the signature itself says of that. */
export interface SignerIdentification {
  /** The certificate whose key verifies, or the best candidate; null where none was found. */
  readonly certificate: CertificateId | null;
  readonly references: readonly SigningCertificateReference[];
}

/** One entry of signing-certificate, signing-certificate-v2 or SigningCertificate(V2). */
export interface SigningCertificateReference {
  readonly attribute: 'signing-certificate' | 'signing-certificate-v2' | 'SigningCertificate' | 'SigningCertificateV2' | 'KeyInfo';
  readonly digestAlgorithm: DigestName | null;
  /** The certificate in the material that has this digest, if any. */
  readonly matches: CertificateId | null;
  readonly issuerSerial: 'absent' | 'match' | 'mismatch';
}

export interface SignaturePolicyFacts {
  /** OID or URI; empty for an implied policy. */
  readonly id: string;
  readonly implied: boolean;
  readonly url: string | null;
  readonly digestAlgorithm: DigestName | null;
  /** Of the policy document as the signature names it, hexadecimal; null where it names none. Zeros alone: the signer did not know it. */
  readonly digest?: string | null;
  /** What makes octets of an XML policy before they are digested; null where it is something that is not supported. */
  readonly canonicalization?: CanonicalMethod | null;
  /** Where a policy store says that the document is kept. */
  readonly keptAt?: string;
  /** Whether the policy document is at hand and its digest agrees; `unchecked`: at hand, without a digest that can be compared. */
  readonly document: 'not-obtained' | 'match' | 'mismatch' | 'unchecked';
  /** Whether the signature brings a policy store along. */
  readonly store: boolean;
}

export type Origin =
  | 'signed-data'
  | 'certificate-values'
  | 'revocation-values'
  | 'timestamp-validation-data'
  | 'adbe-revocation'
  | 'dss'
  | 'vri'
  | 'key-info'
  | 'timestamp'
  | 'ocsp'
  | 'supplied'
  | 'fetched';

/** Certificates and revocation data that a token brings along or points at. */
export interface Material {
  readonly certificates: readonly { readonly id: CertificateId; readonly origin: Origin }[];
  readonly revocations: readonly { readonly id: RevocationId; readonly origin: Origin }[];
}

/** Outline of an XML signature and its properties (XMLDSig 1.1; EN 319 132-1): what levels and structure rules ask for. */
export interface XmlStructure {
  /** Namespace of the qualifying properties; null where the signature has none of its own that are signed. */
  readonly xades: string | null;
  /** Local name → how many of the signed properties of that name. */
  readonly signedProperties: ReadonlyMap<string, number>;
  /** The same of the unsigned signature properties, those of the 1.4.1 namespace after `1.4.1:`. */
  readonly unsignedProperties: ReadonlyMap<string, number>;
  /** Whether KeyInfo holds the signing certificate, and whether a reference signs KeyInfo. */
  readonly holdsSigner: boolean;
  readonly keyInfoSigned: boolean;
  /** CanonicalizationMethod of SignedInfo. */
  readonly canonicalization: string;
  /** References of SignedInfo. */
  readonly references: number;
  /** References to data that no DataObjectFormat with one MimeType is about. */
  readonly unformatted: number;
  /** DataObjectFormat elements that tell nothing, of no reference, or otherwise than the Object that they are about. */
  readonly idleFormats: number;
  /** Whether a reference to a signing certificate has a URI. */
  readonly certificateUri: boolean;
  /** Whether every time-stamp property holds one token. */
  readonly oneTokenEach: boolean;
  /** Whether another element has the identifier of the signature. */
  readonly sharedId: boolean;
  /** Why a Signature element cannot be read as one: nothing of it is then told. Left out of those that can. */
  readonly unread?: string;
}

/** Outline of a CMS SignedData and of one SignerInfo (RFC 5652): what levels and structure rules ask for. */
export interface CmsStructure {
  readonly signerInfos: number;
  readonly detached: boolean;
  readonly contentType: string;
  /** Attribute OID → how many attributes (not values) of that type. */
  readonly signedAttributes: ReadonlyMap<string, number>;
  readonly unsignedAttributes: ReadonlyMap<string, number>;
  /** Value of the content-type attribute. */
  readonly contentTypeAttribute: string | null;
  /** Whether the signed attributes are a DER SET OF as written (RFC 5652, 5.4). */
  readonly signedAttributesDer: boolean;
  /** Whether SignedData.certificates holds the signing certificate. */
  readonly holdsSigner: boolean;
}
