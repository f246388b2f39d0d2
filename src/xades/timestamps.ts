/** Signature time-stamps of XAdES (EN 319 132-1, 5.3): the token, and what its imprint is over. */
import type { Bytes } from '../base/bytes.ts';
import { fromBase64 } from '../base/text.ts';
import type { Pool } from '../cms/pool.ts';
import { canDigest, digest } from '../crypto/digest.ts';
import type { UnreadableToken } from '../facts/document.ts';
import type { TimestampFacts } from '../facts/timestamp.ts';
import { describeTimestamp } from '../tsp/read.ts';
import { parseTimestampToken } from '../tsp/token.ts';
import { canonicalize } from '../xml/canonicalize.ts';
import type { XmlNode } from '../xml/document.ts';
import { attributeNamed, elementNamed, elementsNamed, textOf } from '../xml/query.ts';
import { canonicalMethod, DEFAULT_METHOD } from '../xmldsig/canonical-method.ts';
import { DS } from '../xmldsig/names.ts';
import type { XmlSignature } from '../xmldsig/signature.ts';
import type { QualifyingProperties } from './qualifying-properties.ts';

/** SignatureTimeStamp: over the canonical SignatureValue element, tags and all. */
export function readSignatureTimestamps(
  signature: XmlSignature,
  { namespace, unsigned }: QualifyingProperties,
  id: string,
  pool: Pool,
): { readonly timestamps: readonly TimestampFacts[]; readonly unreadable: readonly UnreadableToken[] } {
  const { document } = signature;
  const holder = unsigned === null ? null : elementNamed(document, unsigned, namespace, 'UnsignedSignatureProperties');
  const timestamps: TimestampFacts[] = [];
  const unreadable: UnreadableToken[] = [];
  for (const property of holder === null ? [] : elementsNamed(document, holder, namespace, 'SignatureTimeStamp').slice(0, MOST)) {
    for (const encoded of elementsNamed(document, property, namespace, 'EncapsulatedTimeStamp').slice(0, MOST)) {
      const token = parseTimestampToken(fromBase64(textOf(document, encoded).replace(/[ \t\r\n]+/g, '')) ?? new Uint8Array());
      if (!token.ok) {
        unreadable.push({ kind: 'timestamp', name: 'SignatureTimeStamp', malformed: token.malformed });
        continue;
      }
      const octets = stampedOctets(signature, property);
      const described = describeTimestamp(token.value, (name) => (octets && canDigest(name) ? digest(name, octets) : null), pool);
      timestamps.push({ ...described, type: 'signature', name: null, covers: [id], protectsMaterial: false, pdf: null });
    }
  }
  return { timestamps, unreadable };
}

/** Null where the time-stamp names a canonicalization that is not supported. */
function stampedOctets({ document, value }: XmlSignature, property: XmlNode): Bytes | null {
  const element = elementNamed(document, property, DS, 'CanonicalizationMethod');
  const method =
    element === null ? DEFAULT_METHOD : canonicalMethod(document, element, attributeNamed(document, element, 'Algorithm') ?? '');
  return method && canonicalize(document, { apex: value.node }, method);
}

const MOST = 100;
