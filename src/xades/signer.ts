/** Which certificate made an XML signature, among those that it names and brings (EN 319 132-1, 5.2.2; XMLDSig 1.1, 3.2.2). */
import { addCertificate, type Pool } from '../cms/pool.ts';
import type { Certificate } from '../pki/certificate.ts';
import { checkXmlValue, type XmlValueResult } from '../xmldsig/verify.ts';
import { signingCertificates } from './certificate-references.ts';
import type { Finder } from './finder.ts';
import type { Parts } from './parts.ts';

export interface FoundXmlSigner {
  readonly certificate: Certificate | null;
  readonly result: XmlValueResult;
}

/**
 * The certificate whose key verifies, among those the signature names and brings. Where none does it is the one that is named, or
 * the first that is brought where none is named; a bare key is of use where no certificate has it, and none that is named is there.
 */
export function signerOf({ signature, keyInfo, said }: Parts, pool: Pool, finder: Finder): FoundXmlSigner {
  const own = keyInfo.certificates.flatMap((der) => addCertificate(pool, der) ?? []);
  const references = said === null ? [] : signingCertificates(said, finder);
  const claims = references.length;
  const named = new Set(references.flatMap(({ matches }) => matches ?? []));
  const ordered = new Set<Certificate>();
  for (const id of named) {
    const one = pool.certificates.get(id);
    if (one !== undefined) ordered.add(one);
  }
  for (const one of own) ordered.add(one);
  for (const one of pool.certificates.values()) {
    if (ordered.size >= MOST_TRIED) break;
    ordered.add(one);
  }
  let best: FoundXmlSigner | null = null;
  for (const certificate of [...ordered].slice(0, MOST_TRIED)) {
    const result = checkXmlValue(signature, certificate.spki);
    if (result.value === 'intact') return { certificate, result };
    if (best === null && named.has(certificate.fingerprint)) best = { certificate, result };
    else if (best === null && own.includes(certificate)) best = { certificate: claims > 0 ? null : certificate, result };
  }
  const [key] = keyInfo.keys;
  const bare = key === undefined ? null : checkXmlValue(signature, key);
  const isNamed = best !== null && named.has(best.certificate?.fingerprint ?? '');
  if (bare !== null && !isNamed && (own.length === 0 || bare.value === 'intact')) return { certificate: null, result: bare };
  return best ?? { certificate: null, result: checkXmlValue(signature, null) };
}

/** Certificates whose key is tried at most; a signature brings a handful. */
const MOST_TRIED = 16;
