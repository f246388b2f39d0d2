/** AlgorithmIdentifier as CMS uses it, RFC 5652, 10.1. */
import type { Reader } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';

/**
 * ```asn1
 * AlgorithmIdentifier ::= SEQUENCE {
 *   algorithm OBJECT IDENTIFIER,
 *   parameters ANY DEFINED BY algorithm OPTIONAL }
 * ```
 */
export interface AlgorithmIdentifier {
  readonly bytes: Bytes;
  readonly oid: string;
  /** Encoding of the parameters; null where absent. */
  readonly parameters: Bytes | null;
}

/** The next value of `reader`; throws `Unreadable`. */
export function readAlgorithmIdentifier(reader: Reader): AlgorithmIdentifier {
  const element = reader.element(0x30, 'AlgorithmIdentifier');
  const inner = reader.enter(element);
  const oid = inner.oid();
  const parameters = inner.done ? null : inner.raw(inner.any());
  inner.finish();
  return { bytes: reader.raw(element), oid, parameters };
}
