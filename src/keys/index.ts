/** Keys made ready to sign: PEM and PKCS #12 files, private keys of the runtime, tokens, WebCrypto keys and remote services. */
export {
  type CscAuthorization,
  type CscCredential,
  type CscInfo,
  type CscOptions,
  type CscService,
  type CscSigner,
  type CscSignerOptions,
  cscService,
} from './csc.ts';
export {
  type CscHandler,
  type CscOffer,
  type CscRequest,
  type CscResponse,
  type CscServerOptions,
  cscHandler,
  cscListener,
} from './csc-server.ts';
export { type PemBlock, readCertificates, readPem, readPrivateKey } from './pem.ts';
export { type ListedKey, listPkcs11Tokens, openPkcs11, type Pkcs11Options, type Pkcs11Token, type TokenKeyChoice } from './pkcs11.ts';
export type { Handle, Pkcs11Attribute, Pkcs11Mechanism, Pkcs11Module, Pkcs11TokenInfo } from './pkcs11-module.ts';
export type { TokenKey, TokenKeyType } from './pkcs11-objects.ts';
export type { PinSource } from './pkcs11-sessions.ts';
export { type KeyStore, openPkcs12, type Pkcs12Options, readPkcs12 } from './pkcs12.ts';
export { type KeyRecipientOptions, openRecipient, type RecipientOptions, recipientFromKey } from './recipient.ts';
export { type KeySignerOptions, openPem, type PemOptions, signerFromKey } from './signer.ts';
export { type SigningCryptoKey, type SigningSubtle, signerFromCryptoKey, type WebCryptoSignerOptions } from './webcrypto.ts';
