/** Signed and descriptive attributes of CAdES, EN 319 122-1, 5.1 and 5.2 (many of them from RFC 5652, RFC 2634 and RFC 5035). */
import { der, type Reader, TAG } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { attempt, orNull } from '../base/parsed.ts';
import { type Attribute, encodeAttribute, findAttribute, overValue, singleValue } from '../cms/attribute.ts';
import { ATTRIBUTE } from '../cms/oid.ts';

/** content-type: the one value is eContentType (RFC 5652, 11.1). */
export const encodeContentType = (contentType: string): Bytes => encodeAttribute(ATTRIBUTE.contentType, der.oid(contentType));

/** message-digest: the digest of the content (RFC 5652, 11.2). */
export const encodeMessageDigest = (digest: Bytes): Bytes => encodeAttribute(ATTRIBUTE.messageDigest, der.octetString(digest));

/** signing-time: the claimed time, whole seconds (RFC 5652, 11.3). */
export const encodeSigningTime = (time: Instant): Bytes => encodeAttribute(ATTRIBUTE.signingTime, der.time(time));

/** The claimed time; null where absent, repeated, unreadable, or in GeneralizedTime though UTCTime can tell it (RFC 5652, 11.3). */
export const readSigningTime = (attributes: readonly Attribute[]): Instant | null =>
  readValue(attributes, ATTRIBUTE.signingTime, (reader) => {
    const isUtc = reader.peek() === TAG.UTC_TIME;
    const time = reader.time();
    return isUtc || time < UTC_TIME_FROM || time >= UTC_TIME_TO ? time : null;
  });

/** commitment-type-indication (EN 319 122-1, 5.2.3): one attribute with one value for each type (OIDs). */
export const encodeCommitmentTypes = (types: readonly string[]): Bytes =>
  encodeAttribute(ATTRIBUTE.commitmentType, ...types.map((type) => der.sequence(der.oid(type))));

/** `CommitmentTypeIndication ::= SEQUENCE { commitmentTypeId OBJECT IDENTIFIER, commitmentTypeQualifier SEQUENCE OF … OPTIONAL }` */
export const readCommitmentTypes = (attributes: readonly Attribute[]): readonly string[] =>
  allValues(attributes, ATTRIBUTE.commitmentType).flatMap((value) =>
    listOrNone(() => [overValue(value, 'CommitmentTypeIndication').sequence().oid()]),
  );

/** Where the signer says the signature was made: country (two letters or a name), locality, lines of a postal address. */
export interface SignerLocation {
  readonly country?: string | undefined;
  readonly locality?: string | undefined;
  readonly postalAddress?: readonly string[] | undefined;
}

/**
 * ```asn1
 * SignerLocation ::= SEQUENCE {
 *   countryName [0] DirectoryString OPTIONAL,
 *   localityName [1] DirectoryString OPTIONAL,
 *   postalAdddress [2] SEQUENCE SIZE (1..6) OF DirectoryString OPTIONAL }
 * ```
 */
export function encodeSignerLocation({ country, locality, postalAddress }: SignerLocation): Bytes {
  const parts: Bytes[] = [];
  if (country !== undefined) parts.push(der.context(0, der.utf8String(country)));
  if (locality !== undefined) parts.push(der.context(1, der.utf8String(locality)));
  if (postalAddress?.length) parts.push(der.context(2, der.sequence(...postalAddress.map(der.utf8String))));
  return encodeAttribute(ATTRIBUTE.signerLocation, der.sequence(...parts));
}

/** The location as parts; null where absent or unreadable. */
export const readSignerLocation = (attributes: readonly Attribute[]): SignerLocation | null =>
  readValue(attributes, ATTRIBUTE.signerLocation, (reader) => {
    const location = reader.sequence('SignerLocation');
    const country = location.context(0)?.text();
    const locality = location.context(1)?.text();
    const postalAddress = location
      .context(2)
      ?.sequence()
      .each((line) => line.text());
    return { country, locality, postalAddress };
  });

/** signer-attributes-v2 with claimed roles, each a UTF8String (EN 319 122-1, 5.2.6). */
export function encodeClaimedRoles(roles: readonly string[]): Bytes {
  const claimed = roles.map((role) => encodeAttribute(NAME, der.utf8String(role)));
  return encodeAttribute(ATTRIBUTE.signerAttributesV2, der.sequence(der.context(0, der.sequence(...claimed))));
}

export interface SignerRoles {
  readonly claimed: readonly string[];
  /** Attribute certificates and the like, told by their kind: their content is not read. */
  readonly certified: readonly string[];
}

/**
 * ```asn1
 * SignerAttribute ::= SEQUENCE OF CHOICE {
 *   claimedAttributes [0] ClaimedAttributes, certifiedAttributes [1] CertifiedAttributes }
 * SignerAttributeV2 ::= SEQUENCE {
 *   claimedAttributes [0] ClaimedAttributes OPTIONAL,
 *   certifiedAttributesV2 [1] CertifiedAttributesV2 OPTIONAL,
 *   signedAssertions [2] SignedAssertions OPTIONAL }
 * ```
 */
export function readSignerRoles(attributes: readonly Attribute[]): SignerRoles {
  const claimed: string[] = [];
  const certified: string[] = [];
  const values = [...allValues(attributes, ATTRIBUTE.signerAttributes), ...allValues(attributes, ATTRIBUTE.signerAttributesV2)];
  for (const value of values)
    attempt(() => {
      const outer = overValue(value, 'SignerAttribute').sequence();
      while (!outer.done) {
        const choice = outer.any();
        if (choice.tag === 0xa0) claimed.push(...outer.enter(choice).sequence().each(readClaimed).flat());
        else if (choice.tag === 0xa1) certified.push('attribute certificate');
        else if (choice.tag === 0xa2) certified.push('signed assertion');
      }
    });
  return { claimed, certified };
}

/** Texts of one claimed attribute; values of a type that is no string are passed over. */
function readClaimed(reader: Reader): string[] {
  const attribute = reader.sequence('Attribute');
  attribute.oid();
  return attribute
    .set()
    .each((set) => {
      const value = set.any();
      const [text] = listOrNone(() => [overValue(set.raw(value), 'claimed attribute').text()]);
      return text === undefined ? [] : [text];
    })
    .flat();
}

/** mime-type of the content (EN 319 122-1, 5.2.5). */
export const encodeMimeType = (mimeType: string): Bytes => encodeAttribute(ATTRIBUTE.mimeType, der.utf8String(mimeType));

export const readMimeType = (attributes: readonly Attribute[]): string | null =>
  readValue(attributes, ATTRIBUTE.mimeType, (reader) => reader.text());

/** `ContentHints ::= SEQUENCE { contentDescription UTF8String OPTIONAL, contentType ContentType }` (RFC 2634, 2.9). */
export const encodeContentHints = (contentType: string, description?: string): Bytes =>
  encodeAttribute(
    ATTRIBUTE.contentHints,
    der.sequence(...(description === undefined ? [] : [der.utf8String(description)]), der.oid(contentType)),
  );

export const readContentHints = (attributes: readonly Attribute[]): { description: string | null; contentType: string } | null =>
  readValue(attributes, ATTRIBUTE.contentHints, (reader) => {
    const hints = reader.sequence('ContentHints');
    const description = hints.peek() === TAG.OID ? null : hints.text();
    return { description, contentType: hints.oid() };
  });

/** content-time-stamp (EN 319 122-1, 5.2.8): one attribute for all tokens. */
export const encodeContentTimestamps = (tokens: readonly Bytes[]): Bytes => encodeAttribute(ATTRIBUTE.contentTimestamp, ...tokens);

/** signature-time-stamp (EN 319 122-1, 5.3). */
export const encodeSignatureTimestamp = (token: Bytes): Bytes => encodeAttribute(ATTRIBUTE.signatureTimestamp, token);

/** CMS algorithm protection (RFC 6211, 2) of two DER AlgorithmIdentifiers. */
export function encodeAlgorithmProtection(digestAlgorithm: Bytes, signatureAlgorithm: Bytes): Bytes {
  const implicit = signatureAlgorithm.slice();
  implicit[0] = 0xa1;
  return encodeAttribute(ATTRIBUTE.algorithmProtection, der.sequence(digestAlgorithm, implicit));
}

/** Encodings of all values of all attributes of a type, in order. */
export const allValues = (attributes: readonly Attribute[], type: string): readonly Bytes[] =>
  attributes.flatMap((attribute) => (attribute.type === type ? attribute.values : []));

/** What `read` makes of the one value of a type; null where absent, repeated or unreadable. */
function readValue<T>(attributes: readonly Attribute[], type: string, read: (reader: Reader) => T | null): T | null {
  const value = singleValue(attributes, type);
  if (value === null || attributes.some((other) => other.type === type && other !== findAttribute(attributes, type))) return null;
  return orNull(
    attempt(() => {
      const reader = overValue(value, type);
      const result = read(reader);
      reader.finish();
      return result;
    }),
  );
}

/** What `read` gives, or nothing where it finds the value unreadable. */
function listOrNone<T>(read: () => T[]): T[] {
  const result = attempt(read);
  return result.ok ? result.value : [];
}

/** UTCTime tells the years 1950 to 2049. */
const UTC_TIME_FROM = Date.UTC(1950);
const UTC_TIME_TO = Date.UTC(2050);
/** id-at-name (X.520): what other implementations write for a role in words. */
const NAME = '2.5.4.41';
