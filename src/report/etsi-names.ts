/** Identifiers and forms of the ETSI validation report (TS 119 102-2): URIs, references to objects, times. */
import { type Instant, toIso } from '../base/instant.ts';
import { fromHex, toBase64 } from '../base/text.ts';
import { digestUri } from '../crypto/algorithm.ts';
import { type Conclusion, subIndicationOf } from '../validation/conclusion.ts';
import { element, withAttributes, type XmlElement } from './xml-writer.ts';

export const NAMESPACES = {
  xmlns: 'http://uri.etsi.org/19102/v1.4.1#',
  'xmlns:ds': 'http://www.w3.org/2000/09/xmldsig#',
  'xmlns:tsl': 'http://uri.etsi.org/02231/v2#',
  'xmlns:xades': 'http://uri.etsi.org/01903/v1.3.2#',
} as const;

const URN = 'urn:etsi:019102';

export const objectType = (kind: 'certificate' | 'CRL' | 'OCSPResponse' | 'timestamp' | 'evidencerecord'): string =>
  `${URN}:validationObject:${kind}`;

export const proofType = `${URN}:poetype:validation`;

export const constraintStatus = (ignored: boolean): string => `${URN}:constraintStatus:${ignored ? 'disabled' : 'applied'}`;

export const validationProcess = (which: 'Basic' | 'LTVM' | 'LTA'): string => `${URN}:validationprocess:${which}`;

export const revocationReason = (reason: string): string => `${URN}:revocationReason:${reason}`;

/** Where nothing is signed, which the schema has no word for; what the DSS library of the European Commission writes. */
export const NO_SIGNATURE = 'urn:cef:dss:mainindication:noSignatureFound';

/** Of a whole signature: TOTAL-PASSED and TOTAL-FAILED; of a part or another token PASSED and FAILED. */
export function indicationElements(conclusion: Conclusion, of: 'signature' | 'part'): XmlElement[] {
  const word = { PASSED: 'passed', FAILED: 'failed', INDETERMINATE: 'indeterminate' }[conclusion.indication];
  const total = of === 'signature' && conclusion.indication !== 'INDETERMINATE' ? `total-${word}` : word;
  const because = subIndicationOf(conclusion);
  return [
    element('MainIndication', `${URN}:mainindication:${total}`),
    ...(because === null ? [] : [element('SubIndication', `${URN}:subindication:${because}`)]),
  ];
}

/** An xs:ID of an object: a letter for its kind, and its id with what an NCName cannot hold left out. */
export const xmlId = (kind: 'S' | 'C' | 'R' | 'T' | 'E', id: string): string => `${kind}-${id.replace(/[^A-Za-z0-9_.-]/g, '_')}`;

export const reference = (name: string, ids: readonly string[]): XmlElement | null =>
  ids.length === 0 ? null : withAttributes(element(name), { VOReference: ids.join(' ') });

export const xmlTime = (at: Instant): string => toIso(at);

/** DigestAlgAndValue of an object whose id is the SHA-256 of its encoding; null where the id is something else. */
export function digestElement(id: string): XmlElement | null {
  const hash = /^[0-9a-f]{64}/.test(id) ? fromHex(id.slice(0, 64)) : null;
  if (hash === null) return null;
  return element(
    'DigestAlgAndValue',
    withAttributes(element('ds:DigestMethod'), { Algorithm: digestUri('SHA-256') ?? '' }),
    element('ds:DigestValue', toBase64(hash)),
  );
}

/** An identifier as a URI: object identifiers by RFC 3061; what is no plain URI is escaped into one of ours. */
export function uriOf(identifier: string): string {
  if (/^\d+(\.\d+)+$/.test(identifier)) return `urn:oid:${identifier}`;
  if (
    /^(https?:\/\/[A-Za-z0-9.-]+(\/[A-Za-z0-9._~/-]*)?(\?[A-Za-z0-9._~/=&-]*)?(#[A-Za-z0-9._~-]*)?|urn:[A-Za-z0-9][A-Za-z0-9-]+:[A-Za-z0-9._:-]+)$/.test(
      identifier,
    )
  )
    return identifier;
  const safe = Array.from(new TextEncoder().encode(identifier.replace(/[\ud800-\udfff]/gu, '\ufffd')), (octet) =>
    /[A-Za-z0-9._-]/.test(String.fromCharCode(octet))
      ? String.fromCharCode(octet)
      : `%${octet.toString(16).toUpperCase().padStart(2, '0')}`,
  );
  return `urn:adeskit:identifier:${safe.join('') || '-'}`;
}
