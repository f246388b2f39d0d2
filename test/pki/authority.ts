/** Certificates, CRLs and OCSP responses made on the spot for the tests of this folder: any shape, also wrong ones. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { der } from '../../src/asn1/index.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import { type Certificate, type Crl, type OcspResponse, parseCertificate, parseCrl, parseOcspResponse } from '../../src/pki/index.ts';
import { issuerDigests } from '../../src/pki/ocsp.ts';

export interface Key {
  readonly privateKey: KeyObject;
  readonly spki: Bytes;
}

export function newKey(): Key {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey, spki: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })) };
}

/** Most tests do not care which key; few keys keep them quick. */
const KEYS = Array.from({ length: 8 }, newKey);
export const keyNumber = (number: number): Key => KEYS[number % KEYS.length] as Key;

export interface CertificateShape {
  readonly subject: string | Bytes;
  readonly key: Key;
  readonly issuer: string | Bytes;
  readonly issuerKey: Key;
  readonly serial?: number | bigint;
  readonly notBefore?: number;
  readonly notAfter?: number;
  readonly extensions?: readonly Bytes[];
  readonly version?: number | null;
  readonly innerAlgorithm?: Bytes;
}

/** DER of a certificate of this shape. */
export function encodeCertificate(shape: CertificateShape): Bytes {
  const { extensions = [], version = 2, notBefore = DAY0, notAfter = DAY0 + 365 * DAY } = shape;
  const tbs = der.sequence(
    ...(version === null ? [] : [der.context(0, der.integer(version))]),
    der.integer(shape.serial ?? 1),
    shape.innerAlgorithm ?? ECDSA,
    nameDer(shape.issuer),
    der.sequence(der.time(notBefore), der.time(notAfter)),
    nameDer(shape.subject),
    shape.key.spki,
    ...(extensions.length > 0 ? [der.context(3, der.sequence(...extensions))] : []),
  );
  return signed(tbs, shape.issuerKey);
}

export function makeCertificate(shape: CertificateShape): Certificate {
  return must(parseCertificate(encodeCertificate(shape)));
}

/** A self-signed CA. */
export const root = (name: string, key: Key, extensions: readonly Bytes[] = [basicConstraints(true)]): Certificate =>
  makeCertificate({ subject: name, key, issuer: name, issuerKey: key, extensions });

export interface CrlShape {
  readonly issuer: string;
  readonly issuerKey: Key;
  readonly thisUpdate?: number;
  readonly nextUpdate?: number | null;
  readonly entries?: readonly Bytes[] | null;
  readonly extensions?: readonly Bytes[];
  readonly version?: number | null;
}

export function encodeCrl(shape: CrlShape): Bytes {
  const { thisUpdate = DAY0 + DAY, nextUpdate = DAY0 + 30 * DAY, entries = null, extensions = [], version = 1 } = shape;
  const tbs = der.sequence(
    ...(version === null ? [] : [der.integer(version)]),
    ECDSA,
    nameDer(shape.issuer),
    der.time(thisUpdate),
    ...(nextUpdate === null ? [] : [der.time(nextUpdate)]),
    ...(entries === null ? [] : [der.sequence(...entries)]),
    ...(extensions.length > 0 ? [der.context(0, der.sequence(...extensions))] : []),
  );
  return signed(tbs, shape.issuerKey);
}

export const makeCrl = (shape: CrlShape): Crl => must(parseCrl(encodeCrl(shape)));

export function crlEntry(serial: number | bigint, date: number, ...extensions: readonly Bytes[]): Bytes {
  return der.sequence(der.integer(serial), der.time(date), ...(extensions.length > 0 ? [der.sequence(...extensions)] : []));
}

export const reasonCode = (code: number): Bytes => extension('2.5.29.21', der.integer(code, 0x0a));

export interface SingleShape {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
  readonly status?: Bytes;
  readonly thisUpdate?: number;
  readonly nextUpdate?: number | null;
  readonly extensions?: readonly Bytes[];
}

export interface OcspShape {
  readonly responder: Certificate;
  readonly responderKey: Key;
  readonly by?: 'name' | 'key';
  readonly producedAt?: number;
  readonly singles: readonly SingleShape[];
  readonly extensions?: readonly Bytes[];
  readonly certificates?: readonly Certificate[];
}

export const GOOD = der.implicit(0, new Uint8Array());
export const UNKNOWN = der.implicit(2, new Uint8Array());
export const revokedOn = (date: number, reason: number | null = null): Bytes =>
  der.context(1, der.generalizedTime(date), ...(reason === null ? [] : [der.context(0, der.integer(reason, 0x0a))]));

export function encodeOcsp(shape: OcspShape): Bytes {
  const { responder, by = 'name', producedAt = DAY0 + DAY, singles, extensions = [], certificates = [] } = shape;
  const hashes = issuerDigests('SHA-1', responder);
  const tbs = der.sequence(
    by === 'name' ? der.context(1, responder.subject.bytes) : der.context(2, der.octetString(hashes?.key ?? new Uint8Array())),
    der.generalizedTime(producedAt),
    der.sequence(...singles.map(encodeSingle)),
    ...(extensions.length > 0 ? [der.context(1, der.sequence(...extensions))] : []),
  );
  const value = sign('sha256', tbs, shape.responderKey.privateKey);
  const basic = der.sequence(
    tbs,
    ECDSA,
    der.bitString(value),
    ...(certificates.length > 0 ? [der.context(0, der.sequence(...certificates.map(({ bytes }) => bytes)))] : []),
  );
  return der.sequence(der.integer(0, 0x0a), der.context(0, der.sequence(der.oid('1.3.6.1.5.5.7.48.1.1'), der.octetString(basic))));
}

export const makeOcsp = (shape: OcspShape): OcspResponse => must(parseOcspResponse(encodeOcsp(shape)));

function encodeSingle({
  certificate,
  issuer,
  status = GOOD,
  thisUpdate = DAY0 + DAY,
  nextUpdate = DAY0 + 30 * DAY,
  extensions = [],
}: SingleShape): Bytes {
  const hashes = issuerDigests('SHA-1', issuer);
  if (!hashes) throw new Error('no SHA-1');
  return der.sequence(
    der.sequence(
      der.sequence(der.oid('1.3.14.3.2.26'), der.NULL),
      der.octetString(hashes.name),
      der.octetString(hashes.key),
      der.encode(2, certificate.serial),
    ),
    status,
    der.generalizedTime(thisUpdate),
    ...(nextUpdate === null ? [] : [der.context(0, der.generalizedTime(nextUpdate))]),
    ...(extensions.length > 0 ? [der.context(1, der.sequence(...extensions))] : []),
  );
}

export function extension(oid: string, value: Bytes, critical = false): Bytes {
  return der.sequence(der.oid(oid), ...(critical ? [der.boolean(true)] : []), der.octetString(value));
}

export const basicConstraints = (ca: boolean, pathLength: number | null = null): Bytes =>
  extension('2.5.29.19', der.sequence(...(ca ? [der.boolean(true)] : []), ...(pathLength === null ? [] : [der.integer(pathLength)])), true);

/** `bits`: the octet of the first eight usages, digitalSignature highest. */
export const keyUsage = (bits: number): Bytes => extension('2.5.29.15', der.bitString(Uint8Array.of(bits), 0), true);
export const extendedKeyUsage = (...oids: readonly string[]): Bytes =>
  extension('2.5.29.37', der.sequence(...oids.map((oid) => der.oid(oid))));
export const policies = (...oids: readonly string[]): Bytes =>
  extension('2.5.29.32', der.sequence(...oids.map((oid) => der.sequence(der.oid(oid)))));
export const mappings = (...pairs: readonly (readonly [string, string])[]): Bytes =>
  extension('2.5.29.33', der.sequence(...pairs.map(([from, to]) => der.sequence(der.oid(from), der.oid(to)))));
export const policyConstraints = (explicit: number | null, mapping: number | null): Bytes =>
  extension(
    '2.5.29.36',
    der.sequence(
      ...(explicit === null ? [] : [der.encode(0x80, Uint8Array.of(explicit))]),
      ...(mapping === null ? [] : [der.encode(0x81, Uint8Array.of(mapping))]),
    ),
    true,
  );
export const dns = (name: string): Bytes => der.implicit(2, new TextEncoder().encode(name));
export const mail = (name: string): Bytes => der.implicit(1, new TextEncoder().encode(name));
export const uri = (name: string): Bytes => der.implicit(6, new TextEncoder().encode(name));
export const address = (...octets: readonly number[]): Bytes => der.implicit(7, Uint8Array.from(octets));
export const directory = (name: string): Bytes => der.context(4, nameDer(name));
export const altNames = (...names: readonly Bytes[]): Bytes => extension('2.5.29.17', der.sequence(...names));
export const nameConstraints = (permitted: readonly Bytes[], excluded: readonly Bytes[]): Bytes =>
  extension(
    '2.5.29.30',
    der.sequence(
      ...(permitted.length > 0 ? [der.context(0, ...permitted.map((base) => der.sequence(base)))] : []),
      ...(excluded.length > 0 ? [der.context(1, ...excluded.map((base) => der.sequence(base)))] : []),
    ),
    true,
  );

/** `CN=a,O=b` in the order of the encoding; bytes as they are. */
export function nameDer(name: string | Bytes): Bytes {
  if (typeof name !== 'string') return name;
  const parts = name === '' ? [] : name.split(',');
  return der.sequence(
    ...parts.map((part) => {
      const [type = '', value = ''] = part.split('=');
      return der.setOf(der.sequence(der.oid(TYPES[type] ?? type), der.utf8String(value)));
    }),
  );
}

export function must<T>(
  parsed: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly malformed: { reason: string } },
): T {
  if (!parsed.ok) throw new Error(parsed.malformed.reason);
  return parsed.value;
}

function signed(tbs: Bytes, key: Key): Bytes {
  return der.sequence(tbs, ECDSA, der.bitString(sign('sha256', tbs, key.privateKey)));
}

const TYPES: Readonly<Record<string, string>> = { CN: '2.5.4.3', O: '2.5.4.10', C: '2.5.4.6', E: '1.2.840.113549.1.9.1' };
export const ECDSA = der.sequence(der.oid('1.2.840.10045.4.3.2'));
export const DAY = 86_400_000;
/** 1 January 2026. */
export const DAY0 = Date.UTC(2026, 0, 1);
