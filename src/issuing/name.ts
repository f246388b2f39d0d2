/** Distinguished names to issue for (RFC 5280, 4.1.2.4; X.520). */
import { der } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';

/** A name by its attributes; each at most once, written in the order of the table below. For anything else give the DER. */
export type NameAttributes = Readonly<Partial<Record<NameAttribute, string>>>;
export type NameAttribute = keyof typeof ATTRIBUTES;

/** DER Name: one attribute in each RDN. Throws `Fault` `bad-option` for an unknown attribute or no attribute. */
export function encodeName(name: Bytes | NameAttributes): Bytes {
  if (name instanceof Uint8Array) return name;
  for (const attribute of Object.keys(name)) {
    if (!(attribute in ATTRIBUTES))
      throw new Fault('bad-option', `unknown name attribute '${attribute}' (known: ${Object.keys(ATTRIBUTES).join(', ')})`);
  }
  const rdns = Object.entries(ATTRIBUTES).flatMap(([attribute, { oid, string }]) => {
    const text = name[attribute as NameAttribute];
    return text === undefined ? [] : [der.setOf(der.sequence(der.oid(oid), string(text)))];
  });
  return der.sequence(...rdns);
}

const ATTRIBUTES = {
  DC: { oid: '0.9.2342.19200300.100.1.25', string: der.ia5String },
  C: { oid: '2.5.4.6', string: der.printableString },
  ST: { oid: '2.5.4.8', string: der.utf8String },
  L: { oid: '2.5.4.7', string: der.utf8String },
  O: { oid: '2.5.4.10', string: der.utf8String },
  organizationIdentifier: { oid: '2.5.4.97', string: der.utf8String },
  OU: { oid: '2.5.4.11', string: der.utf8String },
  title: { oid: '2.5.4.12', string: der.utf8String },
  surname: { oid: '2.5.4.4', string: der.utf8String },
  givenName: { oid: '2.5.4.42', string: der.utf8String },
  serialNumber: { oid: '2.5.4.5', string: der.printableString },
  CN: { oid: '2.5.4.3', string: der.utf8String },
  emailAddress: { oid: '1.2.840.113549.1.9.1', string: der.ia5String },
} as const;
