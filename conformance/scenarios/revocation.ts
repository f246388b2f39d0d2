/** The revocation data of a scenario: CRLs (RFC 5280, 5) and OCSP responses (RFC 6960), right and odd. */
import { der } from '../../src/asn1/index.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import type { Instant } from '../../src/base/instant.ts';
import { latin1 } from '../../src/base/text.ts';
import { encodeDigestAlgorithm } from '../../src/crypto/algorithm.ts';
import type { IssuedExtension } from '../../src/issuing/extension.ts';
import {
  extension,
  type IssuedStatus,
  type IssuingKey,
  issueCrl,
  issueOcspResponse,
  type RevokedCertificate,
} from '../../src/issuing/index.ts';
import { parseCertificate } from '../../src/pki/certificate.ts';
import type { RevocationReason } from '../../src/pki/crl.ts';
import { issuerDigests } from '../../src/pki/ocsp.ts';
import { type Actor, actor, type Cast, OCSP_SIGNING, PARTITION, weakKeyOf } from './cast.ts';
import type { Choices } from './choices.ts';
import { around, DAY, HOUR, type Times, YEAR } from './times.ts';

export interface Material {
  readonly certificates: Bytes[];
  readonly crls: Bytes[];
  readonly ocsps: Bytes[];
}

/** What tells of everybody in the chains of signature and time-stamps: what the first archive time-stamp is over. */
export async function materialOf(choices: Choices, cast: Cast, times: Times): Promise<Material> {
  const { signer, tsa, archivist, authorities } = cast;
  const material = chainsOf(cast);
  if (signer.issuer) await tellOfSigner(choices, cast, times, material);
  for (const [index, authority] of authorities.entries()) await tellOfAuthority(index, authority, choices, times, material);
  if (tsa.issuer) await tellOfTsa(tsa, choices, times, material);
  if (archivist !== tsa) await tellOfArchivist(archivist, choices, times, material);
  return material;
}

/** Certificates alone. */
export const chainsOf = ({ authorities }: Cast): Material => ({
  certificates: authorities.map(({ certificate }) => certificate),
  crls: [],
  ocsps: [],
});

/** What the second archive time-stamp is over: what tells of the first one, and of the second. */
export async function laterMaterialOf(cast: Cast, times: Times): Promise<Material> {
  const told = [cast.archivist, cast.renewer].map((one) => ocsp(one, { status: 'good', thisUpdate: times.renewed - DAY }));
  return { certificates: [], crls: [], ocsps: await Promise.all(told) };
}

interface Told {
  readonly status: IssuedStatus;
  readonly thisUpdate: Instant;
  readonly nextUpdate?: Instant | null;
}

async function tellOfSigner(choices: Choices, cast: Cast, times: Times, material: Material): Promise<void> {
  const { signer } = cast;
  const issuer = signer.issuer as Actor;
  const kind = choices.revocation;
  const revoked = revokedOf(choices, times);
  const told = (change: Partial<Told> = {}): Told => ({
    status: revoked ? { revokedAt: revoked.at, ...(revoked.reason && { reason: revoked.reason }) } : 'good',
    thisUpdate: times.updated,
    nextUpdate: choices.update === 'no-next' ? null : times.updated + 7 * DAY,
    ...change,
  });
  const entry = revoked ? [{ serial: signer.serial, ...revoked }] : [];
  const late = { thisUpdate: times.signer.notAfter + 5 * DAY, nextUpdate: times.signer.notAfter + 12 * DAY };
  const list = (change: Partial<CrlOptions> = {}): Promise<Bytes> =>
    crl(issuer, { ...told(), revoked: entry, ...(choices.weak === 'revocation' && { weak: true }), ...change });
  const ask = (change: Partial<OcspOptions> = {}): Promise<Bytes> => ocsp(signer, { ...told(), ...change });
  const byDelegate = async (change: Partial<Delegate> = {}): Promise<void> => {
    const responder = await responderUnder(change.issuer ?? issuer, times, change);
    const { later = 0, toldLater = 0 } = change;
    material.ocsps.push(await ask({ responder, thisUpdate: times.updated + later }));
    if (change.told) material.ocsps.push(await ocsp(responder, { status: change.told, thisUpdate: times.updated + toldLater }));
  };
  const other: Revoked = { at: times.signed + DAY / 2, reason: 'keyCompromise' };
  const { crls, ocsps, certificates } = material;
  const kinds: Readonly<Record<Choices['revocation'], () => Promise<unknown>>> = {
    none: async () => undefined,
    crl: async () => crls.push(await list()),
    ocsp: async () => ocsps.push(await ask()),
    'ocsp-delegated': () => byDelegate(),
    'ocsp-delegated-checked': () => byDelegate({ noCheck: false, told: 'good' }),
    'ocsp-delegated-revoked': () => byDelegate({ noCheck: false, told: { revokedAt: times.signed - DAY } }),
    'ocsp-delegated-revoked-later': () => byDelegate({ noCheck: false, told: { revokedAt: times.updated + DAY }, toldLater: 2 * DAY }),
    'ocsp-delegated-twice': async () => {
      await byDelegate({ noCheck: false });
      await byDelegate({ noCheck: false, later: HOUR });
    },
    'ocsp-delegated-unchecked': () => byDelegate({ noCheck: false }),
    'ocsp-no-purpose': () => byDelegate({ purpose: false }),
    'ocsp-foreign': () => byDelegate({ issuer: cast.authorities.at(-1) as Actor }),
    'ocsp-stranger': () => byDelegate({ issuer: cast.stranger }),
    'ocsp-other-issuer': async () => ocsps.push(await ask({ under: cast.stranger })),
    'ocsp-other-serial': async () => ocsps.push(await ask({ serial: signer.serial + 1 })),
    'ocsp-responder-ended': () => byDelegate({ validity: [-YEAR, -10 * DAY] }),
    'ocsp-responder-ends': () => byDelegate({ validity: [-YEAR, 20 * DAY] }),
    'ocsp-archive-cutoff': async () => ocsps.push(await ask({ ...late, cutoff: times.signed - 3 * YEAR })),
    'ocsp-late': async () => ocsps.push(await ask(late)),
    'ocsp-by-signer': async () => ocsps.push(await ask({ responder: signer })),
    'ocsp-broken': async () => ocsps.push(broken(await ask())),
    'ocsp-unknown': async () => ocsps.push(await ask({ status: 'unknown' })),
    'delta-alone': async () => crls.push(await list({ delta: 1 })),
    delta: async () => crls.push(await list({ revoked: [], number: 1 }), await list({ delta: 1, later: HOUR })),
    'delta-removes': async () => {
      crls.push(await list({ revoked: [{ serial: signer.serial, ...(revoked ?? other), reason: 'certificateHold' }], number: 1 }));
      crls.push(await list({ revoked: [{ serial: signer.serial, at: times.updated, reason: 'removeFromCRL' }], delta: 1, later: HOUR }));
    },
    indirect: async () => crls.push(await indirect()),
    'indirect-unnamed': async () => crls.push(await indirect()),
    'indirect-elsewhere': async () => crls.push(await indirect(cast.stranger)),
    partition: async () => crls.push(await list({ point: { url: PARTITION } })),
    'other-partition': async () => crls.push(await list({ point: { url: PARTITION.replace('1', '2') } })),
    'ca-only': async () => crls.push(await list({ point: { flag: 2 } })),
    'user-only': async () => crls.push(await list({ point: { flag: 1 } })),
    'attributes-only': async () => crls.push(await list({ point: { flag: 5 } })),
    'some-reasons': async () => crls.push(await list({ point: { reasons: 0x40 } })),
    'crl-other-key': async () => crls.push(await list({ key: cast.stranger.key })),
    'crl-other-issuer': async () => crls.push(await list({ by: cast.authorities.at(-1) as Actor })),
    'crl-late': async () => crls.push(await list(late)),
    'crl-late-knows-ended': async () => crls.push(await list({ ...late, knowsEnded: times.signed - 3 * YEAR })),
    'crl-unknown-critical': async () => crls.push(await list({ unknownCritical: true })),
    'crl-broken': async () => crls.push(broken(await list())),
    'older-revoked': async () => {
      crls.push(await list({ revoked: [{ serial: signer.serial, ...(revoked ?? other) }] }));
      ocsps.push(await ask({ status: 'good', thisUpdate: times.updated + DAY }));
    },
    'older-good': async () => {
      crls.push(await list({ revoked: [] }));
      const { at: revokedAt } = revoked ?? other;
      ocsps.push(await ask({ status: { revokedAt }, thisUpdate: times.updated + DAY }));
    },
  };
  const indirect = async (under: Actor = issuer): Promise<Bytes> => {
    const lister = await actor('lister', under, {
      ...around(times.signed, [-YEAR, 4 * YEAR]),
      extensions: [extension.keyUsage('cRLSign')],
    });
    certificates.push(lister.certificate);
    material.ocsps.push(await ocsp(lister, { status: 'good', thisUpdate: times.updated }));
    return list({
      by: lister,
      point: { indirect: true },
      revoked: entry.map((one) => ({ ...one, extensions: [certificateIssuer(issuer)] })),
    });
  };
  await kinds[kind]();
}

async function tellOfAuthority(index: number, authority: Actor, choices: Choices, times: Times, material: Material): Promise<void> {
  const { issuer } = authority;
  if (!issuer) return;
  const isOdd = choices.place === 'highest' ? issuer.issuer === null : index === 0;
  const kind = isOdd ? choices.caRevocation : 'ocsp';
  const { signed } = times;
  const revokedAt = {
    before: signed - 10 * DAY,
    between: signed + HOUR / 2,
    after: signed + 20 * DAY,
    'after-archive': signed + 40 * DAY,
    hold: signed - DAY,
  }[kind as string];
  const thisUpdate = signed + ({ stale: -40 * DAY, late: 50 * DAY, after: 25 * DAY, 'after-archive': 45 * DAY }[kind as string] ?? DAY);
  const reason: RevocationReason = kind === 'hold' ? 'certificateHold' : 'keyCompromise';
  if (kind === 'none') return;
  if (kind === 'crl') material.crls.push(await crl(issuer, { thisUpdate, revoked: [] }));
  else material.ocsps.push(await ocsp(authority, { status: revokedAt === undefined ? 'good' : { revokedAt, reason }, thisUpdate }));
}

async function tellOfTsa(tsa: Actor, choices: Choices, times: Times, material: Material): Promise<void> {
  const { signed } = times;
  const kind = choices.tsaRevocation;
  const after = kind === 'compromised-after' || kind === 'superseded-after';
  const reason: RevocationReason = kind === 'superseded-after' ? 'superseded' : kind === 'hold' ? 'certificateHold' : 'keyCompromise';
  const revokedAt = after ? signed + 20 * DAY : signed - 10 * DAY;
  const isRevoked = after || kind === 'before' || kind === 'hold';
  if (kind === 'none') return;
  const thisUpdate = signed + (after ? 25 * DAY : kind === 'late' ? 50 * DAY : DAY);
  material.ocsps.push(await ocsp(tsa, { status: isRevoked ? { revokedAt, reason } : 'good', thisUpdate }));
}

async function tellOfArchivist(archivist: Actor, choices: Choices, times: Times, material: Material): Promise<void> {
  const kind = choices.archive;
  const revoked = { 'authority-revoked-later': 50 * DAY, 'authority-revoked-before': -10 * DAY }[kind as string];
  if (kind === 'authority-unknown-status') return;
  const status: IssuedStatus = revoked === undefined ? 'good' : { revokedAt: times.signed + revoked, reason: 'keyCompromise' };
  const thisUpdate = times.signed + (kind === 'authority-revoked-later' ? 55 * DAY : DAY);
  material.ocsps.push(await ocsp(archivist, { status, thisUpdate }));
}

type Revoked = Omit<RevokedCertificate, 'serial'>;

function revokedOf({ status }: Choices, { signed, stamped }: Times): Revoked | null {
  switch (status) {
    case 'good':
      return null;
    case 'before-signing':
      return { at: signed - 10 * DAY, reason: 'keyCompromise' };
    case 'before-stamp':
      return { at: signed + HOUR / 2 };
    case 'at-stamp':
      return { at: stamped };
    case 'after-stamp':
      return { at: signed + DAY / 2, reason: 'keyCompromise' };
    case 'compromised-earlier':
      return { at: signed + DAY / 2, reason: 'keyCompromise', invalidSince: signed - 5 * DAY };
    case 'superseded-after':
      return { at: signed + DAY / 2, reason: 'superseded' };
    case 'hold-before':
      return { at: signed - 10 * DAY, reason: 'certificateHold' };
    case 'hold-after':
      return { at: signed + DAY / 2, reason: 'certificateHold' };
    case 'after-archive':
      return { at: signed + 44 * DAY, reason: 'keyCompromise' };
  }
}

interface Delegate {
  readonly issuer: Actor;
  readonly noCheck: boolean;
  readonly purpose: boolean;
  readonly validity: readonly [number, number];
  /** What an OCSP response of its issuer says of it. */
  readonly told: IssuedStatus;
  /** Milliseconds after the times of the others: of what it tells, and of what is told of it. */
  readonly later: number;
  readonly toldLater: number;
}

const responderUnder = (
  issuer: Actor,
  { signed }: Times,
  { noCheck = true, purpose = true, validity }: Partial<Delegate>,
): Promise<Actor> =>
  actor('responder', issuer, {
    ...around(signed, validity ?? [-YEAR, 5 * YEAR]),
    extensions: [
      extension.keyUsage('digitalSignature'),
      ...(purpose ? [extension.extendedKeyUsage([OCSP_SIGNING])] : []),
      ...(noCheck ? [extension.ocspNoCheck()] : []),
    ],
  });

interface OcspOptions extends Told {
  /** Default: the issuer itself. */
  readonly responder?: Actor;
  /** Default: the issuer of the certificate. */
  readonly under?: Actor;
  readonly serial?: number;
  readonly cutoff?: Instant;
}

function ocsp(
  of: Actor,
  { responder, under, serial, cutoff, status, thisUpdate, nextUpdate = thisUpdate + 7 * DAY }: OcspOptions,
): Promise<Bytes> {
  const issuer = under ?? (of.issuer as Actor);
  const parsed = parseCertificate(issuer.certificate);
  if (!parsed.ok) throw new Error('an issuer cannot be read');
  const hashes = issuerDigests('SHA-1', parsed.value);
  if (!hashes) throw new Error('no SHA-1 here');
  const parts = [hashes.name, hashes.key].map(der.octetString);
  const extensions = cutoff === undefined ? [] : [{ oid: '1.3.6.1.5.5.7.48.1.6', critical: false, value: der.generalizedTime(cutoff) }];
  return issueOcspResponse({
    key: (responder ?? (of.issuer as Actor)).key,
    certificates: responder ? [responder.certificate] : [],
    producedAt: thisUpdate,
    responses: [
      {
        certId: der.sequence(encodeDigestAlgorithm('SHA-1'), ...parts, der.integer(serial ?? of.serial)),
        status,
        thisUpdate,
        nextUpdate,
        extensions,
      },
    ],
    nonce: null,
  });
}

interface CrlOptions {
  readonly revoked: readonly RevokedCertificate[];
  readonly thisUpdate: Instant;
  readonly nextUpdate?: Instant | null;
  /** Milliseconds after the times told. */
  readonly later?: number;
  readonly by?: Actor;
  readonly key?: IssuingKey;
  readonly number?: number;
  /** Number of the complete CRL. */
  readonly delta?: number;
  readonly point?: DistributionPoint;
  readonly knowsEnded?: Instant;
  readonly unknownCritical?: boolean;
  /** Signed by SHA-1. */
  readonly weak?: boolean;
}

interface DistributionPoint {
  readonly url?: string;
  /** Tag of a BOOLEAN: 1 user, 2 CA, 5 attribute certificates only. */
  readonly flag?: number;
  /** First octet of ReasonFlags. */
  readonly reasons?: number;
  readonly indirect?: boolean;
}

function crl(issuer: Actor, options: CrlOptions): Promise<Bytes> {
  const { by = issuer, key = by.key, revoked, later = 0, number = 2, delta, point, knowsEnded, unknownCritical } = options;
  const { thisUpdate, nextUpdate = thisUpdate + 7 * DAY } = options;
  const extensions: IssuedExtension[] = [
    ...(delta === undefined ? [] : [extension.deltaCrlIndicator(delta)]),
    ...(point ? [{ oid: '2.5.29.28', critical: true, value: issuingPoint(point) }] : []),
    ...(knowsEnded === undefined ? [] : [{ oid: '2.5.29.60', critical: false, value: der.generalizedTime(knowsEnded) }]),
    ...(unknownCritical ? [{ oid: '1.3.6.1.4.1.32473.9', critical: true, value: der.NULL }] : []),
  ];
  return issueCrl({
    issuer: by.name,
    key: options.weak ? weakKeyOf(by) : key,
    thisUpdate: thisUpdate + later,
    nextUpdate: nextUpdate === null ? null : nextUpdate + later,
    number,
    revoked,
    extensions,
  });
}

/** `IssuingDistributionPoint` (RFC 5280, 5.2.5). */
function issuingPoint({ url, flag, reasons, indirect }: DistributionPoint): Bytes {
  const yes = Uint8Array.of(0xff);
  return der.sequence(
    ...(url === undefined ? [] : [der.context(0, der.context(0, der.implicit(6, latin1(url))))]),
    ...(flag === 1 || flag === 2 ? [der.implicit(flag, yes)] : []),
    ...(reasons === undefined ? [] : [der.implicit(3, Uint8Array.of(6, reasons))]),
    ...(indirect ? [der.implicit(4, yes)] : []),
    ...(flag === 5 ? [der.implicit(5, yes)] : []),
  );
}

/** Of an entry in an indirect CRL (RFC 5280, 5.3.3). */
const certificateIssuer = ({ name }: Actor): IssuedExtension => ({
  oid: '2.5.29.29',
  critical: true,
  value: der.sequence(der.context(4, name)),
});

function broken(signed: Bytes): Bytes {
  const changed = signed.slice();
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  return changed;
}
