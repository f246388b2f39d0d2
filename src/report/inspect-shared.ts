/** General names, identifiers and digests as people read them (RFC 5280, 4.2.1.6). */
import type { Bytes } from '../base/bytes.ts';
import { fromUtf8, toHex } from '../base/text.ts';
import { digest } from '../crypto/digest.ts';
import type { GeneralName } from '../pki/general-name.ts';
import { type Catalogue, fill, own } from './catalogue.ts';

/** `time-stamping (1.3.6.1.5.5.7.3.8)`, or the identifier alone where nobody named it. */
export function identifierText(oid: string, { identifiers }: Catalogue): string {
  const name = own(identifiers, oid);
  return name === undefined ? oid : `${name} (${oid})`;
}

/** Octets in pairs: `0a:1b:2c`. */
export const pairs = (hex: string): string => hex.replace(/(..)(?=.)/g, '$1:');

export const sha1 = (bytes: Bytes): string => toHex(digest('SHA-1', bytes));

export function generalNameText(name: GeneralName, { inspect }: Catalogue): string {
  switch (name.kind) {
    case 'rfc822Name':
      return fill(inspect.mail, { value: name.value });
    case 'dNSName':
      return fill(inspect.dns, { value: name.value });
    case 'uniformResourceIdentifier':
      return fill(inspect.uri, { value: name.value });
    case 'registeredID':
      return fill(inspect.registered, { value: name.value });
    case 'directoryName':
      return fill(inspect.directory, { value: name.name.text });
    case 'iPAddress':
      return fill(inspect.ip, { value: addressText(name.value) });
    case 'otherName':
      return fill(inspect.otherName, { type: name.type, value: octetText(name.value) });
    case 'x400Address':
    case 'ediPartyName':
      return fill(inspect.otherName, { type: name.kind, value: octetText(name.value) });
  }
}

/** A general name for programs. */
export const generalNameJson = (name: GeneralName): { kind: string; value: string; type?: string } => ({
  kind: name.kind,
  value:
    name.kind === 'directoryName'
      ? name.name.text
      : typeof name.value === 'string'
        ? name.value
        : name.kind === 'iPAddress'
          ? addressText(name.value)
          : toHex(name.value),
  ...(name.kind === 'otherName' && { type: name.type }),
});

/** An address, or an address and its mask as name constraints have it. */
function addressText(octets: Bytes): string {
  if (octets.length === 8 || octets.length === 32) {
    const half = octets.length / 2;
    return `${addressText(octets.subarray(0, half))}/${addressText(octets.subarray(half))}`;
  }
  if (octets.length === 4) return [...octets].join('.');
  if (octets.length !== 16) return toHex(octets);
  return Array.from({ length: 8 }, (_, i) => (((octets[2 * i] as number) << 8) | (octets[2 * i + 1] as number)).toString(16)).join(':');
}

/** The text of a short UTF8String or IA5String, else hexadecimal. */
function octetText(octets: Bytes): string {
  const isText = (octets[0] === 0x0c || octets[0] === 0x16) && (octets[1] ?? 0x80) < 0x80 && octets[1] === octets.length - 2;
  return (isText ? fromUtf8(octets.subarray(2)) : null) ?? shortHex(octets);
}

/** Hexadecimal, cut where it is long. */
export const shortHex = (octets: Bytes, most = 40): string =>
  octets.length > most ? `${toHex(octets.subarray(0, most))}… (${octets.length})` : toHex(octets);
