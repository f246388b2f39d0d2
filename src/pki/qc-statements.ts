/** Statements of qualified certificates (EN 319 412-5; RFC 3739, 3.2.6; TS 119 495 for PSD2). */
import { Reader, TAG } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import { attempt, unreadable } from '../base/parsed.ts';
import { type GeneralName, readGeneralNames } from './general-name.ts';

export interface QcStatements {
  /** esi4-qcStatement-1: issued as an EU qualified certificate (or by `legislation`). */
  readonly compliance: boolean;
  /** esi4-qcStatement-4: the key is in a qualified device. */
  readonly sscd: boolean;
  /** esi4-qcStatement-6; other identifiers as they are. */
  readonly types: readonly ('esign' | 'eseal' | 'web' | (string & {}))[];
  /** esi4-qcStatement-7: ISO 3166-1 codes. */
  readonly legislation: readonly string[];
  /** esi4-qcStatement-2: amount × 10^exponent. */
  readonly limit: { readonly currency: string; readonly amount: number; readonly exponent: number } | null;
  /** esi4-qcStatement-3. */
  readonly retentionYears: number | null;
  /** esi4-qcStatement-5: disclosure statements. */
  readonly disclosure: readonly { readonly url: string; readonly language: string }[];
  /** Identifiers of the semantics of the names (RFC 3739; EN 319 412-1, 5.1). */
  readonly semantics: readonly string[];
  readonly psd2: Psd2 | null;
  /** esi4-qcStatement-8: how the subject was identified. */
  readonly identification: readonly string[];
  readonly statements: readonly QcStatement[];
  /** Identifiers of statements that are known and could not be read. */
  readonly unreadable: readonly string[];
}

/** `QCStatement ::= SEQUENCE { statementId OBJECT IDENTIFIER, statementInfo ANY OPTIONAL }` */
export interface QcStatement {
  readonly id: string;
  readonly info: Bytes | null;
}

export interface Psd2 {
  readonly roles: readonly { readonly id: string; readonly name: string }[];
  readonly authorityName: string;
  readonly authorityId: string;
}

/** `QCStatements ::= SEQUENCE OF QCStatement` */
export function readQcStatements(outer: Reader): QcStatements {
  const statements = outer.sequence('QCStatements').each((list) => {
    const reader = list.sequence();
    const id = reader.oid();
    const info = reader.done ? null : reader.raw(reader.any());
    reader.finish();
    return { id, info };
  });
  const failed: string[] = [];
  const has = (id: string): boolean => statements.some((statement) => statement.id === id);
  const info = <T>(id: string, otherwise: T, read: (reader: Reader) => T): T => {
    const statement = statements.find((candidate) => candidate.id === id);
    if (!statement) return otherwise;
    const value = attempt(() => {
      if (!statement.info) return unreadable('QCStatement', 0, `${id} without information`);
      const reader = Reader.over(statement.info, `QCStatement ${id}`);
      const read1 = read(reader);
      reader.finish();
      return read1;
    });
    if (value.ok) return value.value;
    failed.push(id);
    return otherwise;
  };
  return {
    compliance: has(`${ESI}.1`),
    sscd: has(`${ESI}.4`),
    types: info<readonly string[]>(`${ESI}.6`, [], oids).map((type) => TYPES.get(type) ?? type),
    legislation: info(`${ESI}.7`, [], (reader) => reader.sequence().each((code) => code.text())),
    limit: info(`${ESI}.2`, null, readLimit),
    retentionYears: info<number | null>(`${ESI}.3`, null, (reader) => reader.integer()),
    disclosure: info(`${ESI}.5`, [], (reader) => reader.sequence().each(readLocation)),
    semantics: [PKIX_V2, PKIX_V1].flatMap((id) =>
      statements.some((one) => one.id === id && one.info) ? info<string[]>(id, [], readSemantics) : [],
    ),
    psd2: info(PSD2, null, readPsd2),
    identification: info<readonly string[]>(`${ESI}.8`, [], oids),
    statements,
    unreadable: failed,
  };
}

const oids = (reader: Reader): string[] => reader.sequence().each((list) => list.oid());

/** `MonetaryValue ::= SEQUENCE { currency CHOICE { alphabetic PrintableString, numeric INTEGER }, amount INTEGER, exponent INTEGER }` */
function readLimit(outer: Reader): { currency: string; amount: number; exponent: number } {
  const reader = outer.sequence();
  const currency = reader.peek() === TAG.INTEGER ? String(reader.integer()) : reader.text();
  const limit = { currency, amount: reader.integer(), exponent: reader.integer() };
  reader.finish();
  return limit;
}

function readLocation(list: Reader): { url: string; language: string } {
  const reader = list.sequence();
  const location = { url: reader.text(), language: reader.text() };
  reader.finish();
  return location;
}

/** `SemanticsInformation ::= SEQUENCE { semanticsIdentifier OBJECT IDENTIFIER OPTIONAL, nameRegistrationAuthorities GeneralNames OPTIONAL }` */
function readSemantics(outer: Reader): string[] {
  const reader = outer.sequence();
  const ids = reader.peek() === TAG.OID ? [reader.oid()] : [];
  const authorities: GeneralName[] = reader.done ? [] : readGeneralNames(reader.sequence());
  reader.finish();
  return ids.length > 0 || authorities.length > 0 ? ids : unreadable('SemanticsInformation', 0, 'neither part is there');
}

/** `PSD2QcType ::= SEQUENCE { rolesOfPSP SEQUENCE OF SEQUENCE { OBJECT IDENTIFIER, UTF8String }, nCAName UTF8String, nCAId UTF8String }` */
function readPsd2(outer: Reader): Psd2 {
  const reader = outer.sequence();
  const roles = reader.sequence().each((list) => {
    const role = list.sequence();
    return { id: role.oid(), name: role.text() };
  });
  const psd2 = { roles, authorityName: reader.text(), authorityId: reader.text() };
  reader.finish();
  return psd2;
}

const ESI = '0.4.0.1862.1';
const PKIX_V1 = '1.3.6.1.5.5.7.11.1';
const PKIX_V2 = '1.3.6.1.5.5.7.11.2';
const PSD2 = '0.4.0.19495.2';
const TYPES: ReadonlyMap<string, string> = new Map([
  [`${ESI}.6.1`, 'esign'],
  [`${ESI}.6.2`, 'eseal'],
  [`${ESI}.6.3`, 'web'],
]);
