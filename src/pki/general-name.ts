/** General names (RFC 5280, 4.2.1.6). */
import type { Reader } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import { unreadable } from '../base/parsed.ts';
import { fromLatin1 } from '../base/text.ts';
import { Cursor } from './cursor.ts';
import { checkName, type Name, nameOf, sameName } from './name.ts';

/**
 * ```
 * GeneralName ::= CHOICE {
 *   otherName [0] OtherName, rfc822Name [1] IA5String, dNSName [2] IA5String, x400Address [3] ORAddress,
 *   directoryName [4] Name, ediPartyName [5] EDIPartyName, uniformResourceIdentifier [6] IA5String,
 *   iPAddress [7] OCTET STRING, registeredID [8] OBJECT IDENTIFIER }
 * ```
 */
export type GeneralName =
  | { readonly kind: 'otherName'; readonly type: string; readonly value: Bytes }
  | { readonly kind: 'rfc822Name'; readonly value: string }
  | { readonly kind: 'dNSName'; readonly value: string }
  | { readonly kind: 'x400Address'; readonly value: Bytes }
  | { readonly kind: 'directoryName'; readonly name: Name }
  | { readonly kind: 'ediPartyName'; readonly value: Bytes }
  | { readonly kind: 'uniformResourceIdentifier'; readonly value: string }
  | { readonly kind: 'iPAddress'; readonly value: Bytes }
  | { readonly kind: 'registeredID'; readonly value: string };

/** The next GeneralName. Throws `Unreadable`. */
export function readGeneralName(reader: Reader): GeneralName {
  const element = reader.any();
  switch (element.tag) {
    case 0xa0: {
      const inner = reader.enter(element);
      const type = inner.oid();
      const wrapped = inner.element(0xa0, '[0]');
      inner.finish();
      return { kind: 'otherName', type, value: reader.content(wrapped) };
    }
    case 0x81:
      return { kind: 'rfc822Name', value: ia5(reader, reader.content(element)) };
    case 0x82:
      return { kind: 'dNSName', value: ia5(reader, reader.content(element)) };
    case 0xa3:
      return { kind: 'x400Address', value: reader.raw(element) };
    case 0xa4: {
      const inner = reader.enter(element);
      const name = readName(inner);
      inner.finish();
      return { kind: 'directoryName', name };
    }
    case 0xa5:
      return { kind: 'ediPartyName', value: reader.raw(element) };
    case 0x86:
      return { kind: 'uniformResourceIdentifier', value: ia5(reader, reader.content(element)) };
    case 0x87:
      return { kind: 'iPAddress', value: reader.content(element) };
    case 0x88: {
      reader.at = element.start;
      return { kind: 'registeredID', value: reader.oid(0x88) };
    }
    default:
      return unreadable(reader.what, element.start, 'no GeneralName');
  }
}

/** `GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName`: what is left of the reader. */
export function readGeneralNames(reader: Reader): GeneralName[] {
  const names = reader.each(readGeneralName);
  if (names.length === 0) unreadable(reader.what, reader.at, 'GeneralNames without a name');
  return names;
}

/** The Name that comes next. */
export function readName(reader: Reader): Name {
  const element = reader.element(0x30, 'Name');
  const bytes = reader.raw(element);
  const cursor = new Cursor(bytes, reader.what);
  checkName(cursor.next(bytes.length));
  return nameOf(bytes);
}

/** Whether one of the names is this directory name. */
export const holdsName = (names: readonly GeneralName[], name: Name): boolean =>
  names.some((candidate) => candidate.kind === 'directoryName' && sameName(candidate.name, name));

/** The locations among the names, in order. */
export const urisOf = (names: readonly GeneralName[]): string[] =>
  names.flatMap((name) => (name.kind === 'uniformResourceIdentifier' ? [name.value] : []));

function ia5(reader: Reader, content: Bytes): string {
  for (const octet of content) if (octet > 0x7f) unreadable(reader.what, reader.at, 'IA5String with a character beyond ASCII');
  return fromLatin1(content);
}
