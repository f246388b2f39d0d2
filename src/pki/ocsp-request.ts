/** OCSP requests (RFC 6960, 4.1; nonce as of RFC 9654, 2.1). */
import { der, Reader, TAG } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { exact } from '../base/options.ts';
import { attempt, type Parsed } from '../base/parsed.ts';
import { encodeDigestAlgorithm } from '../crypto/algorithm.ts';
import type { DigestName } from '../crypto/names.ts';
import type { Certificate } from './certificate.ts';
import { type CertId, extensionsOf, issuerDigests, NONCE, readCertId, unwrapNonce } from './ocsp.ts';

export interface OcspRequestOptions {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
  /** 1 to 128 octets, fresh and unpredictable; 32 are usual. None: any recent answer will do. */
  readonly nonce?: Bytes;
  /** Names the certificate only, nothing is secured by it: SHA-1 by default, which every responder knows (RFC 5019, 2.1.1). */
  readonly digest?: DigestName;
}

export interface OcspRequest {
  readonly certIds: readonly CertId[];
  readonly nonce: Bytes | null;
}

/**
 * `OCSPRequest ::= SEQUENCE { tbsRequest SEQUENCE { requestList SEQUENCE OF SEQUENCE { reqCert CertID }, requestExtensions [2] EXPLICIT Extensions OPTIONAL } }`,
 * in DER, for one certificate, not signed. Throws `Fault`: `bad-option` for a nonce of a wrong length, `unsupported` for a digest that the runtime lacks.
 */
export function encodeOcspRequest(options: OcspRequestOptions): Bytes {
  exact('encodeOcspRequest', options, ['certificate', 'issuer', 'nonce', 'digest']);
  const { certificate, issuer, nonce, digest: name = 'SHA-1' } = options;
  if (nonce && (nonce.length < 1 || nonce.length > 128)) throw new Fault('bad-option', 'encodeOcspRequest: a nonce has 1 to 128 octets');
  const request = der.sequence(der.sequence(encodeCertId(name, certificate, issuer)));
  if (!nonce) return der.sequence(der.sequence(request));
  const extension = der.sequence(der.oid(NONCE), der.octetString(der.octetString(nonce)));
  return der.sequence(der.sequence(request, der.context(2, der.sequence(extension))));
}

/** CertID of a certificate by this digest. Throws `Fault` `unsupported` for a digest that the runtime lacks. */
export function encodeCertId(name: DigestName, certificate: Certificate, issuer: Certificate): Bytes {
  const hashes = issuerDigests(name, issuer);
  if (!hashes) throw new Fault('unsupported', `CertID: the digest ${name} is not available`);
  return der.sequence(
    encodeDigestAlgorithm(name),
    der.octetString(hashes.name),
    der.octetString(hashes.key),
    der.encode(TAG.INTEGER, certificate.serial),
  );
}

/** Reads a request, signed or not: what a responder of ours is asked. */
export function parseOcspRequest(bytes: Bytes): Parsed<OcspRequest> {
  return attempt(() => {
    const outer = Reader.over(bytes, 'OCSPRequest');
    const envelope = outer.sequence();
    outer.finish();
    const reader = envelope.sequence('TBSRequest');
    reader.context(0);
    reader.context(1);
    const certIds = reader.sequence('requestList').each((list) => readCertId(list.sequence('Request').sequence('CertID')));
    const wrapper = reader.context(2);
    const extensions = wrapper ? extensionsOf(wrapper.raw(wrapper.element(TAG.SEQUENCE, 'Extensions')), []) : [];
    reader.finish();
    const nonce = extensions.find(({ oid }) => oid === NONCE)?.value ?? null;
    return { certIds, nonce: nonce && unwrapNonce(nonce) };
  });
}
