/** Whoever acts in a scenario: authorities, signer, responders and time-stampers, with their certificates (RFC 5280). */
import { createECDH, createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { der } from '../../src/asn1/index.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import { toBase64, utf8 } from '../../src/base/text.ts';
import { digest } from '../../src/crypto/digest.ts';
import type { DigestName } from '../../src/crypto/names.ts';
import type { IssuedExtension } from '../../src/issuing/extension.ts';
import { encodeName, extension, type IssuingKey, issueCertificate, issuingKey } from '../../src/issuing/index.ts';
import type { Choices } from './choices.ts';
import { around, DAY, type Times, type Validity, YEAR } from './times.ts';

/** A name with a key and a certificate. */
export interface Actor {
  readonly id: string;
  /** DER. */
  readonly name: Bytes;
  readonly key: IssuingKey;
  readonly serial: number;
  readonly certificate: Bytes;
  /** Null: a root. */
  readonly issuer: Actor | null;
}

export interface Cast {
  readonly anchor: Bytes;
  /** The lowest first, the root last. */
  readonly authorities: readonly Actor[];
  readonly signer: Actor;
  readonly tsa: Actor;
  readonly archivist: Actor;
  /** Of the second archive time-stamp. */
  readonly renewer: Actor;
  /** A root that nobody trusts. */
  readonly stranger: Actor;
}

export async function castOf(choices: Choices, times: Times): Promise<Cast> {
  const { signed } = times;
  const long = around(signed, [-10 * YEAR, 30 * YEAR]);
  const root = await actor('root', null, { ...long, extensions: [ca(), usage('keyCertSign', 'cRLSign')] });
  const stranger = await actor('stranger', null, { ...long, extensions: [ca(), usage('keyCertSign', 'cRLSign')] });
  const authorities = await authoritiesUnder(root, choices, signed);
  const issuer = authorities[0] ?? root;
  const signer = await signerUnder(issuer, choices, times);
  const stampers = choices.tsaIssuer === 'issuing' ? issuer : root;
  const tsa = await tsaUnder(choices.tsa === 'stranger' ? stranger : stampers, choices, times);
  const archivers = choices.archive === 'authority-stranger' ? stranger : root;
  const archivist =
    choices.archive === 'same-authority' ? tsa : await actor('archivist', archivers, { ...times.archivist, extensions: STAMPER });
  const renewer = await actor('renewer', root, { ...around(signed, [YEAR, 20 * YEAR]), extensions: STAMPER });
  const anchors = { root, issuer, signer, stranger };
  return { anchor: anchors[choices.anchor].certificate, authorities, signer, tsa, archivist, renewer, stranger };
}

async function authoritiesUnder(root: Actor, choices: Choices, signed: number): Promise<Actor[]> {
  const authorities = [root];
  const below = Number(choices.depth) - 1;
  for (let number = 1; number <= below; number++) {
    const isOdd = number === (choices.place === 'highest' ? 1 : below);
    const odd = isOdd ? choices.ca : choices.ca === 'path-length' && number === 1 ? 'path-length' : 'usual';
    authorities.unshift(await authority(`ca${number}`, authorities[0] as Actor, odd, { choices, signed, isOdd }));
  }
  return authorities;
}

async function authority(
  id: string,
  issuer: Actor,
  odd: Choices['ca'],
  { choices, signed, isOdd }: { choices: Choices; signed: number; isOdd: boolean },
): Promise<Actor> {
  const extensions: IssuedExtension[] = [
    ...(odd === 'no-basic-constraints' ? [] : [ca(odd !== 'no-ca', odd === 'path-length' ? 0 : null)]),
    ...(odd === 'no-key-usage' ? [] : [caUsage(odd)]),
    ...(odd === 'name-constraints' ? [nameConstraints(encodeName({ O: 'Elsewhere' }))] : []),
    ...(odd === 'policy-required' ? [requireExplicitPolicy()] : []),
    ...(odd === 'unknown-critical' ? [UNKNOWN_CRITICAL] : []),
    ...(odd === 'no-check' ? [extension.ocspNoCheck()] : []),
    ...(odd === 'no-revocation-available' ? [extension.noRevocationAvailable()] : []),
  ];
  return actor(id, issuer, {
    ...around(signed, CA_VALIDITY[odd] ?? [-5 * YEAR, 6 * YEAR]),
    extensions: odd === 'version-1' ? [] : extensions,
    identifiers: odd !== 'no-identifiers' && odd !== 'version-1',
    ...(odd === 'other-key' && { signedBy: keyOf('other') }),
    ...(choices.weak === 'ca-certificate' && isOdd && { digest: 'SHA-1' }),
  });
}

const caUsage = (odd: Choices['ca']): IssuedExtension =>
  odd === 'no-certificate-signing' ? usage('cRLSign') : odd === 'no-crl-signing' ? usage('keyCertSign') : usage('keyCertSign', 'cRLSign');

const CA_VALIDITY: Readonly<Record<string, readonly [number, number]>> = {
  'ended-before': [-5 * YEAR, -DAY],
  'ends-soon': [-5 * YEAR, 40 * DAY],
  'begins-later': [10 * DAY, 6 * YEAR],
};

async function signerUnder(issuer: Actor, choices: Choices, times: Times): Promise<Actor> {
  const { signer: odd, revocation } = choices;
  const purposes = [
    ...(odd === 'purpose-of-servers' ? ['1.3.6.1.5.5.7.3.1'] : []),
    ...(odd === 'purpose-of-stamps' ? [TIME_STAMPING] : []),
    ...(revocation === 'ocsp-by-signer' ? [OCSP_SIGNING] : []),
  ];
  const extensions: IssuedExtension[] = [
    ...(odd === 'is-ca' ? [ca()] : []),
    ...(odd === 'no-key-usage' ? [] : [signerUsage(odd)]),
    ...(odd === 'unknown-critical' ? [UNKNOWN_CRITICAL] : []),
    ...(odd === 'no-revocation-available' ? [extension.noRevocationAvailable()] : []),
    ...(odd === 'short-term' ? [{ oid: '0.4.0.194121.2.1', critical: false, value: der.NULL }] : []),
    ...(odd === 'no-check' ? [extension.ocspNoCheck()] : []),
    ...(purposes.length > 0 ? [extension.extendedKeyUsage(purposes, odd === 'purpose-of-stamps')] : []),
    ...pointsOf(revocation),
  ];
  return actor('signer', odd === 'self-signed' ? null : issuer, {
    ...times.signer,
    extensions,
    identifiers: odd !== 'no-identifiers',
    ...(choices.weak === 'signer-key' && { key: shortKey() }),
    ...(choices.weak === 'signature' && { keyDigest: 'SHA-1' }),
    ...(choices.weak === 'signer-certificate' && { digest: 'SHA-1' }),
  });
}

function signerUsage(odd: Choices['signer']): IssuedExtension {
  if (odd === 'no-signing-usage') return usage('keyEncipherment');
  if (odd === 'digital-signature-only') return usage('digitalSignature');
  return odd === 'is-ca' ? usage('digitalSignature', 'nonRepudiation', 'keyCertSign') : usage('digitalSignature', 'nonRepudiation');
}

/** Where a signer's certificate says that its status is told. */
function pointsOf(revocation: Choices['revocation']): IssuedExtension[] {
  if (revocation === 'partition' || revocation === 'other-partition') return [extension.crlDistributionPoints([PARTITION])];
  if (revocation !== 'indirect' && revocation !== 'indirect-elsewhere') return [];
  const issuer = der.context(2, der.context(4, nameOf('lister')));
  return [{ oid: '2.5.29.31', critical: false, value: der.sequence(der.sequence(issuer)) }];
}

async function tsaUnder(issuer: Actor, choices: Choices, times: Times): Promise<Actor> {
  return actor('tsa', issuer, {
    ...times.tsa,
    extensions: [
      usage(choices.tsa === 'no-signing-usage' ? 'keyEncipherment' : 'digitalSignature'),
      ...(choices.tsa === 'no-purpose' ? [] : [extension.extendedKeyUsage(purposesOf(choices.tsa), choices.tsa !== 'not-critical')]),
    ],
    ...(choices.weak === 'tsa-certificate' && { digest: 'SHA-1' }),
    ...(choices.weak === 'stamp' && { keyDigest: 'SHA-1' }),
  });
}

function purposesOf(odd: Choices['tsa']): string[] {
  if (odd === 'other-purpose') return [OCSP_SIGNING];
  return odd === 'more-purposes' ? [TIME_STAMPING, OCSP_SIGNING] : [TIME_STAMPING];
}

export interface ActorOptions extends Validity {
  readonly extensions: readonly IssuedExtension[];
  /** Default: yes. */
  readonly identifiers?: boolean;
  /** Default: one of the name of the actor. */
  readonly key?: KeyObject;
  /** Of its own signatures. */
  readonly keyDigest?: DigestName;
  /** Of the signature on its certificate. */
  readonly digest?: DigestName;
  /** In the place of the issuer's key. */
  readonly signedBy?: KeyObject;
}

export async function actor(id: string, issuer: Actor | null, options: ActorOptions): Promise<Actor> {
  const { keyDigest, digest: certificateDigest, identifiers = true, notBefore, notAfter } = options;
  const key = issuingKey(options.key ?? keyOf(id), keyDigest === undefined ? {} : { digest: keyDigest });
  const name = nameOf(id);
  const above = issuer?.key ?? key;
  const signing = options.signedBy ?? (certificateDigest === undefined ? null : keyOf(issuer?.id ?? id));
  const withIdentifiers = [
    extension.subjectKeyIdentifier(key.publicKey),
    ...(issuer ? [extension.authorityKeyIdentifier(above.publicKey)] : []),
    ...options.extensions,
  ];
  const serial = serialOf(id);
  const certificate = await issueCertificate({
    subject: name,
    issuer: issuer?.name ?? name,
    publicKey: key.publicKey,
    serial,
    notBefore,
    notAfter,
    extensions: identifiers ? withIdentifiers : options.extensions,
    key: signing === null ? above : issuingKey(signing, certificateDigest === undefined ? {} : { digest: certificateDigest }),
  });
  return { id, name, key, serial, certificate, issuer };
}

/** The key of an actor, signing by SHA-1. */
export const weakKeyOf = ({ id }: Actor): IssuingKey => issuingKey(keyOf(id), { digest: 'SHA-1' });

export const nameOf = (id: string): Bytes => encodeName({ O: 'Scenario', CN: id });
const serialOf = (id: string): number =>
  1 +
  digest('SHA-256', utf8(id))
    .subarray(0, 3)
    .reduce((sum, octet) => sum * 256 + octet, 0);

/** The same key for the same name, always. */
function keyOf(id: string): KeyObject {
  const known = KEYS.get(id);
  if (known) return known;
  const secret = digest('SHA-256', utf8(`scenario ${id}`));
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(secret);
  const point = pair.getPublicKey();
  const part = (bytes: Bytes): string => toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const [x, y, d] = [point.subarray(1, 33), point.subarray(33), secret].map(part) as [string, string, string];
  const key = createPrivateKey({ key: { kty: 'EC', crv: 'P-256', x, y, d }, format: 'jwk' });
  KEYS.set(id, key);
  return key;
}

/** RSA keys cannot be told from a name: one for each run. */
function shortKey(): KeyObject {
  const known = KEYS.get('short') ?? generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  KEYS.set('short', known);
  return known;
}

const KEYS = new Map<string, KeyObject>();

const ca = (is = true, length: number | null = null): IssuedExtension => extension.basicConstraints(is, length);
const usage = extension.keyUsage;

/** Nothing but what lies below `permitted` (RFC 5280, 4.2.1.10). */
const nameConstraints = (permitted: Bytes): IssuedExtension => ({
  oid: '2.5.29.30',
  critical: true,
  value: der.sequence(der.context(0, der.sequence(der.context(4, permitted)))),
});

/** From here on (RFC 5280, 4.2.1.11). */
const requireExplicitPolicy = (): IssuedExtension => ({
  oid: '2.5.29.36',
  critical: true,
  value: der.sequence(der.implicit(0, Uint8Array.of(0))),
});

const UNKNOWN_CRITICAL: IssuedExtension = { oid: '1.3.6.1.4.1.32473.9', critical: true, value: der.NULL };
export const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
export const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';
export const PARTITION = 'http://crl.example/1.crl';
const STAMPER: readonly IssuedExtension[] = [usage('digitalSignature'), extension.extendedKeyUsage([TIME_STAMPING], true)];
