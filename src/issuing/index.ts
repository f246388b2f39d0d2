/** Issuing certificates, CRLs, OCSP responses and time-stamps (RFC 5280, 6960, 3161), and a throw-away PKI made of them. */
export { type CertificateToIssue, issueCertificate, randomSerial } from './certificate.ts';
export { type CrlToIssue, issueCrl, type RevokedCertificate } from './crl.ts';
export * as extension from './extension.ts';
export { type IssuingKey, type IssuingKeyOptions, issuingKey, signerOf } from './issuing-key.ts';
export { generateKey, KEY_ALGORITHMS, type KeyAlgorithm } from './key-pair.ts';
export type { Leaf, LeafOptions } from './leaf.ts';
export { encodeName, type NameAttributes } from './name.ts';
export {
  type IssuedStatus,
  issueOcspError,
  issueOcspResponse,
  type OcspResponseToIssue,
  type SingleResponseToIssue,
} from './ocsp.ts';
export { encodePkcs12, type KeyStoreToWrite } from './pkcs12.ts';
export {
  answerCrl,
  answerOcsp,
  answerTimestamp,
  type CrlVariant,
  type OcspVariant,
  type TsaVariant,
} from './throw-away-answers.ts';
export { type ThrowAwayFile, type ThrowAwayFolderOptions, writeThrowAwayPki } from './throw-away-folder.ts';
export { createThrowAwayPki, type ThrowAwayPki, type ThrowAwayPkiOptions } from './throw-away-pki.ts';
export { type ServedRequest, startThrowAwayPki, type ThrowAwayServer, type ThrowAwayServerOptions } from './throw-away-server.ts';
export { issueTimestamp, issueTimestampToken, type TimestampIssuer, type TimestampToIssue } from './timestamp.ts';
