/** The long-term-validation attribute of old CAdES signatures (TS 101 733, 6.4.2): its token and its material; what its imprint is over is not computed. */
import { type Reader, TAG } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import { attempt } from '../base/parsed.ts';
import { overValue } from '../cms/attribute.ts';
import { REVOCATION_INFO } from '../cms/oid.ts';

/**
 * ```asn1
 * LongTermValidation ::= SEQUENCE {
 *   poeDate GeneralizedTime,
 *   poeValue CHOICE { timeStamp [0] EXPLICIT TimeStampToken, evidenceRecord [1] EXPLICIT EvidenceRecord } OPTIONAL,
 *   extraCertificates [0] IMPLICIT CertificateSet OPTIONAL,
 *   extraRevocation [1] IMPLICIT RevocationInfoChoices OPTIONAL }
 * ```
 * The tags stand for two things each; what begins with an identifier is the token, what begins with a version the record.
 */
export interface LongTermValidation {
  readonly tokens: readonly Bytes[];
  readonly certificates: readonly Bytes[];
  readonly crls: readonly Bytes[];
  /** OCSPResponse. */
  readonly ocsps: readonly Bytes[];
}

/** The parts of one value; empty where it cannot be read. */
export function readLongTermValidation(value: Bytes): LongTermValidation {
  const result = attempt(() => readParts(overValue(value, 'LongTermValidation')));
  return result.ok ? result.value : { tokens: [], certificates: [], crls: [], ocsps: [] };
}

/** Throws `Unreadable`. */
function readParts(outer: Reader): LongTermValidation {
  const reader = outer.sequence();
  outer.finish();
  const parts = { tokens: [] as Bytes[], certificates: [] as Bytes[], crls: [] as Bytes[], ocsps: [] as Bytes[] };
  reader.time();
  while (!reader.done) {
    const element = reader.any();
    const members = reader.enter(element).each((inner) => inner.raw(inner.any()));
    const [first] = members;
    if (element.tag === 0xa0 && first && firstTag(first) === TAG.OID) parts.tokens.push(first);
    else if (element.tag === 0xa0) parts.certificates.push(...members.filter((member) => member[0] === TAG.SEQUENCE));
    else if (element.tag === 0xa1 && first && firstTag(first) !== TAG.INTEGER) for (const member of members) sort(member, parts);
  }
  return parts;
}

function sort(info: Bytes, parts: { readonly crls: Bytes[]; readonly ocsps: Bytes[] }): void {
  if (info[0] === TAG.SEQUENCE) {
    parts.crls.push(info);
    return;
  }
  const reader = overValue(info, 'OtherRevocationInfoFormat');
  const inner = reader.enter(reader.element(0xa1));
  if (inner.oid() === REVOCATION_INFO.ocspResponse) parts.ocsps.push(inner.raw(inner.any()));
}

/** Tag of the first member of a SEQUENCE, -1 for anything else. */
function firstTag(encoding: Bytes): number {
  const reader = overValue(encoding, 'LongTermValidation');
  return reader.peek() === TAG.SEQUENCE ? reader.sequence().peek() : -1;
}
