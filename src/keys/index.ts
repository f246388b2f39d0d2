/** Keys made ready to sign: PEM and PKCS #12 files, and private keys of the runtime. */
export { type PemBlock, readCertificates, readPem, readPrivateKey } from './pem.ts';
export { type KeyStore, openPkcs12, type Pkcs12Options, readPkcs12 } from './pkcs12.ts';
export { type KeySignerOptions, openPem, type PemOptions, signerFromKey } from './signer.ts';
