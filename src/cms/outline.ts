/** Outline of a SignedData and one of its SignerInfos: what levels and structure rules of the signature formats ask for. */
import { equal } from '../base/bytes.ts';
import type { Certificate } from '../pki/certificate.ts';
import { countAttributes } from './attribute.ts';
import type { SignedData } from './signed-data.ts';
import type { SignerInfo } from './signer-info.ts';
import type { ContentCheck } from './verify.ts';

/** Attribute OID → how many attributes of that type. */
type Counts = ReadonlyMap<string, number>;

export interface Outline {
  readonly signerInfos: number;
  readonly detached: boolean;
  readonly contentType: string;
  readonly signedAttributes: Counts;
  readonly unsignedAttributes: Counts;
  /** Value of the content-type attribute. */
  readonly contentTypeAttribute: string | null;
  readonly signedAttributesDer: boolean;
  /** Whether SignedData.certificates holds the signing certificate. */
  readonly holdsSigner: boolean;
}

export function outlineOf(signedData: SignedData, info: SignerInfo, check: ContentCheck, signer: Certificate | null): Outline {
  return {
    signerInfos: signedData.signerInfos.length,
    detached: signedData.encapsulated === null,
    contentType: signedData.contentType,
    signedAttributes: countAttributes(info.signedAttributes?.attributes ?? []),
    unsignedAttributes: countAttributes(info.unsignedAttributes),
    contentTypeAttribute: check.contentType,
    signedAttributesDer: info.signedAttributes?.isDer ?? true,
    holdsSigner: signer !== null && signedData.certificates.some((certificate) => equal(certificate, signer.bytes)),
  };
}
