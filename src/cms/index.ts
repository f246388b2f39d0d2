/** CMS SignedData: read from BER, written in DER, digests and values checked without trust (RFC 5652). */
export type { Attribute } from './attribute.ts';
export { contentOf, contentOfSource, type SignedContent } from './content.ts';
export { parseSignedData, type RevocationInfo, type SignedData } from './signed-data.ts';
export { type FoundSigner, findSigner } from './signer.ts';
export type { SignerIdentifier, SignerInfo } from './signer-info.ts';
export { type ContentCheck, checkContent, checkValue, type ValueResult } from './verify.ts';
