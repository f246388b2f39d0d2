/** Making the operator's authorities and the certificates they issue (RFC 5280). */
import type { KeyObject } from 'node:crypto';
import { extension, generateKey, type IssuingKey, issueCertificate, issuingKey, type NameAttributes, randomSerial } from 'adeskit/issuing';
import type { Certificate } from 'adeskit/pki';
import type { Mode } from '../domain/model.ts';

/** A key with its certificate, both DER in base64. */
export interface StoredKey {
  readonly key: string;
  readonly certificate: string;
}

export interface StoredAuthority {
  readonly root: StoredKey;
  readonly issuing: StoredKey;
  readonly rootResponder: StoredKey;
  readonly issuingResponder: StoredKey;
  readonly timestamping: StoredKey;
  readonly seal: StoredKey;
}

export interface SignerToCertify {
  readonly name: string;
  readonly email: string;
  readonly country: string | null;
  readonly requestId: string;
  readonly signerId: string;
  readonly qualified: boolean;
}

export interface Era {
  readonly notBefore: number;
  readonly notAfter: number;
}

export const newKey = (): Promise<KeyObject> => generateKey('P-256');

/** All keys and certificates of an authority. */
export async function issueChain(mode: Mode, now: number): Promise<StoredAuthority> {
  const era = { notBefore: now - DAY, notAfter: now + 20 * 365 * DAY };
  const organization = ORGANIZATIONS[mode];
  const title = mode === 'test' ? 'Test' : 'Operator';
  const named = (common: string): NameAttributes => ({ O: organization, CN: `${title} ${common}` });
  const { basicConstraints, keyUsage, extendedKeyUsage, ocspNoCheck } = extension;
  const root = await certified(null, named('Root CA'), era, [basicConstraints(true), keyUsage('keyCertSign', 'cRLSign')]);
  const issuing = await certified(root, named('Issuing CA'), era, [basicConstraints(true, 0), keyUsage('keyCertSign', 'cRLSign')]);
  const leaf = [basicConstraints(false), keyUsage('digitalSignature')];
  const responder = [...leaf, extendedKeyUsage(['1.3.6.1.5.5.7.3.9']), ocspNoCheck()];
  const rootResponder = await certified(root, named('Root Status Responder'), era, responder);
  const issuingResponder = await certified(issuing, named('Status Responder'), era, responder);
  const timestamping = await certified(root, named('Time-Stamping Authority'), era, [
    ...leaf,
    extendedKeyUsage(['1.3.6.1.5.5.7.3.8'], true),
  ]);
  const seal = await certified(issuing, named('Seal'), era, [basicConstraints(false), keyUsage('digitalSignature', 'nonRepudiation')]);
  const stored = ({ privateKey, certificate }: Made): StoredKey => ({
    key: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
    certificate: Buffer.from(certificate).toString('base64'),
  });
  return {
    root: stored(root),
    issuing: stored(issuing),
    rootResponder: stored(rootResponder),
    issuingResponder: stored(issuingResponder),
    timestamping: stored(timestamping),
    seal: stored(seal),
  };
}

/** The certificate of a signer's key, and its serial number. */
export async function issueToSigner(
  issuerKey: IssuingKey,
  issuer: Certificate,
  key: IssuingKey,
  signer: SignerToCertify,
  era: Era,
): Promise<{ readonly certificate: Uint8Array; readonly serial: string }> {
  const { basicConstraints, keyUsage, subjectKeyIdentifier, authorityKeyIdentifier, subjectAltName, qcStatements } = extension;
  const serial = randomSerial();
  const ascii = /^[\x21-\x7e]+$/.test(signer.email);
  const certificate = await issueCertificate({
    subject: { ...(signer.country && { C: signer.country }), CN: signer.name.slice(0, 64) },
    issuer: issuer.subject.bytes,
    publicKey: key.publicKey,
    serial,
    ...era,
    extensions: [
      basicConstraints(false),
      keyUsage('nonRepudiation'),
      subjectKeyIdentifier(key.publicKey),
      authorityKeyIdentifier(issuerKey.publicKey),
      ...(ascii ? [subjectAltName({ email: [signer.email] })] : []),
      ...(signer.qualified ? [qcStatements('esign')] : []),
    ],
    key: issuerKey,
  });
  return { certificate, serial: Buffer.from(serial).toString('hex') };
}

interface Made {
  readonly name: NameAttributes;
  readonly privateKey: KeyObject;
  readonly key: IssuingKey;
  readonly certificate: Uint8Array;
}

async function certified(
  issuer: Made | null,
  name: NameAttributes,
  era: Era,
  extensions: readonly ReturnType<typeof extension.basicConstraints>[],
): Promise<Made> {
  const privateKey = await newKey();
  const key = issuingKey(privateKey);
  const { subjectKeyIdentifier, authorityKeyIdentifier } = extension;
  const certificate = await issueCertificate({
    subject: name,
    issuer: issuer === null ? 'self' : issuer.name,
    publicKey: key.publicKey,
    serial: randomSerial(),
    ...era,
    extensions: [
      subjectKeyIdentifier(key.publicKey),
      ...(issuer === null ? [] : [authorityKeyIdentifier(issuer.key.publicKey)]),
      ...extensions,
    ],
    key: issuer?.key ?? key,
  });
  return { name, privateKey, key, certificate };
}

const ORGANIZATIONS: Readonly<Record<Mode, string>> = { test: 'adeskit sandbox (worth nothing)', live: 'adeskit operator' };
const DAY = 24 * 3_600_000;
