/** Time-stamps at any time (RFC 3161), right or wrong. */
import { der } from '../../src/asn1/index.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import type { Instant } from '../../src/base/instant.ts';
import { utf8 } from '../../src/base/text.ts';
import { encodeAttribute } from '../../src/cms/attribute.ts';
import { encodeIssuerAndSerial, encodeSignedData, encodeSignerInfo } from '../../src/cms/build.ts';
import { encodeSigningCertificate } from '../../src/cms/ess.ts';
import { ATTRIBUTE, CONTENT } from '../../src/cms/oid.ts';
import { encodeDigestAlgorithm } from '../../src/crypto/algorithm.ts';
import { digest as digestOf } from '../../src/crypto/digest.ts';
import type { DigestName } from '../../src/crypto/names.ts';
import { type Certificate, parseCertificate } from '../../src/pki/certificate.ts';
import type { TimestampAuthority } from '../../src/tsp/timestamp-authority.ts';
import { encodeTstInfo } from '../../src/tsp/token.ts';
import { type Actor, weakKeyOf } from './cast.ts';

export interface StamperOptions {
  readonly wrongImprint?: boolean;
  readonly broken?: boolean;
  readonly withoutCertificate?: boolean;
  /** The certificate that the token names as its signer's, in the place of the right one; `none`: it names none. */
  readonly reference?: Bytes | 'none';
  /** Signed by SHA-1. */
  readonly weak?: boolean;
}

/** Dates everything to `at`. */
export const stamper = (actor: Actor, at: Instant, options: StamperOptions = {}): TimestampAuthority => ({
  stamp: (imprint, digest) => token(actor, at, imprint, digest, options),
});

async function token(actor: Actor, at: Instant, imprint: Bytes, digest: DigestName, options: StamperOptions): Promise<Bytes> {
  const { wrongImprint, broken, withoutCertificate, reference = actor.certificate, weak } = options;
  const key = weak ? weakKeyOf(actor) : actor.key;
  const stamped = wrongImprint ? digestOf(digest, imprint) : imprint;
  // The number follows from what it is given to, and when.
  const serial = digestOf('SHA-256', stamped, utf8(`${at}`)).subarray(0, 8);
  const info = encodeTstInfo({ policy: POLICY, digest, imprint: stamped, serial, time: at, ordering: false, nonce: null, extensions: [] });
  const signedAttributes = der.setOf(
    encodeAttribute(ATTRIBUTE.contentType, der.oid(CONTENT.timestampInfo)),
    encodeAttribute(ATTRIBUTE.messageDigest, der.octetString(digestOf(key.digest, info))),
    ...(reference === 'none' ? [] : [encodeSigningCertificate('SHA-256', read(reference))]),
  );
  const signature = (await key.sign(signedAttributes)).slice();
  if (broken) signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
  const { issuer, serial: number } = read(actor.certificate);
  return encodeSignedData({
    contentType: CONTENT.timestampInfo,
    content: info,
    digestAlgorithms: [encodeDigestAlgorithm(key.digest)],
    certificates: withoutCertificate ? [] : [actor.certificate],
    signerInfos: [
      encodeSignerInfo({
        issuerAndSerial: encodeIssuerAndSerial(issuer.bytes, number),
        digestAlgorithm: encodeDigestAlgorithm(key.digest),
        signedAttributes,
        signatureAlgorithm: key.algorithm,
        signature,
      }),
    ],
  });
}

function read(certificate: Bytes): Certificate {
  const parsed = parseCertificate(certificate);
  if (!parsed.ok) throw new Error(`a certificate of a scenario cannot be read: ${parsed.malformed.reason}`);
  return parsed.value;
}

const POLICY = '1.3.6.1.4.1.32473.1.1';
