/** Identifier octets of the ASN.1 types in use (X.690, 8.1.2; X.680, 8.4). */

/** Universal types as their (low-form) identifier octet; SEQUENCE and SET with the constructed bit. */
export const TAG = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  NULL: 0x05,
  OID: 0x06,
  ENUMERATED: 0x0a,
  UTF8_STRING: 0x0c,
  NUMERIC_STRING: 0x12,
  PRINTABLE_STRING: 0x13,
  TELETEX_STRING: 0x14,
  IA5_STRING: 0x16,
  UTC_TIME: 0x17,
  GENERALIZED_TIME: 0x18,
  VISIBLE_STRING: 0x1a,
  GENERAL_STRING: 0x1b,
  UNIVERSAL_STRING: 0x1c,
  BMP_STRING: 0x1e,
  SEQUENCE: 0x30,
  SET: 0x31,
} as const;

/** Context-specific, constructed: an EXPLICIT tag, or an IMPLICIT one over a constructed type. */
export const contextConstructed = (number: number): number => 0xa0 | number;

/** Context-specific, primitive: an IMPLICIT tag over a primitive type. */
export const contextPrimitive = (number: number): number => 0x80 | number;

export const CONSTRUCTED = 0x20;

/** DER: one encoding for each value. BER: indefinite and padded lengths and constructed strings are read as well. */
export type Rules = 'DER' | 'BER';
