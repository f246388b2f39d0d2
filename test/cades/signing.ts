/** Signs with a test key as a Signer would. */
import { constants, sign } from 'node:crypto';
import type { Bytes } from '../../src/base/bytes.ts';
import { buildSignedData, type SignedAttributesOptions, signedAttributes } from '../../src/cades/build.ts';
import { digest } from '../../src/crypto/digest.ts';
import type { DigestName } from '../../src/crypto/names.ts';
import type { TestKey } from '../cms/openssl.ts';

export function signatureOf({ scheme, key }: TestKey, name: DigestName, message: Bytes): Bytes {
  const hash = scheme === 'EdDSA' || scheme === 'ML-DSA' ? null : name.replace('SHA-', 'sha').replace('SHA3', 'sha3').toLowerCase();
  if (scheme !== 'RSASSA-PSS') return new Uint8Array(sign(hash, message, key));
  return new Uint8Array(
    sign(hash, message, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }),
  );
}

export interface Made {
  readonly cms: Bytes;
  readonly attributes: Bytes;
}

/** A CAdES or PAdES B signature over `content`. */
export function makeSignature(
  key: TestKey,
  name: DigestName,
  content: Bytes,
  attached: 'attached' | 'detached',
  more: Partial<SignedAttributesOptions> = {},
): Made {
  const { chain, scheme } = key;
  const attributes = signedAttributes({ profile: 'CAdES', chain, digest: name, messageDigest: digest(name, content), ...more });
  const signature = signatureOf(key, name, attributes);
  const parts = { chain, scheme, digest: name, signedAttributes: attributes, signature };
  return { attributes, cms: buildSignedData(attached === 'attached' ? { ...parts, content } : parts) };
}
