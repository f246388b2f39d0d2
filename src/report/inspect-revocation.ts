/** What is inside a CRL (RFC 5280, 5), an OCSP response and a request (RFC 6960), without judging them. */
import type { Bytes } from '../base/bytes.ts';
import { type Instant, toIso } from '../base/instant.ts';
import { orNull } from '../base/parsed.ts';
import { toHex } from '../base/text.ts';
import { parseCertificate } from '../pki/certificate.ts';
import { urisOf } from '../pki/general-name.ts';
import { type Crl, type CrlEntry, countCrlEntries, firstCrlEntries, type RevocationReason } from '../pki/index.ts';
import type { BasicOcspResponse, OcspResponse, ResponderId, SingleResponse } from '../pki/ocsp.ts';
import type { OcspRequest } from '../pki/ocsp-request.ts';
import { type Catalogue, fill, own } from './catalogue.ts';
import { detailIn } from './detail.ts';
import { algorithmText, certificateDetails, certificateSection } from './inspect-certificate.ts';
import { generalNameText, pairs, sha1 } from './inspect-shared.ts';
import { type Section, section } from './section.ts';
import { dateTime } from './sentence.ts';

/** How many entries of a CRL, and how many certificates, are shown unless told. */
const SHOWN = 20;

/** A CRL as one plain object, with its first `most` entries. */
export function crlDetails(crl: Crl, most = SHOWN) {
  const point = crl.issuingDistributionPoint;
  const entries = firstCrlEntries(crl, most);
  return {
    type: 'crl' as const,
    issuer: crl.issuer.text,
    thisUpdate: toIso(crl.thisUpdate),
    nextUpdate: isoOrNull(crl.nextUpdate),
    number: crl.number === null ? null : String(crl.number),
    deltaBase: crl.deltaBase === null ? null : String(crl.deltaBase),
    signatureAlgorithm: algorithmText(crl),
    scope: point && {
      distributionPoints: pointUrls(crl),
      onlyUserCertificates: point.onlyUserCertificates,
      onlyCaCertificates: point.onlyCaCertificates,
      onlyAttributeCertificates: point.onlyAttributeCertificates,
      indirect: point.indirect,
      onlySomeReasons: point.onlySomeReasons === null ? null : reasonNames(point.onlySomeReasons),
    },
    expiredCertsOnCrl: isoOrNull(crl.expiredCertsOnCrl),
    entryCount: orNull(countCrlEntries(crl)),
    entries: (orNull(entries) ?? []).map((entry) => ({
      serial: toHex(entry.serial),
      revocationDate: toIso(entry.revocationDate),
      reason: entry.reason,
      invalidityDate: isoOrNull(entry.invalidityDate),
    })),
    entriesUnreadable: entries.ok ? null : entries.malformed.reason,
    unknownCritical: crl.unknownCritical,
    extensions: crl.extensions.map(({ oid, critical }) => ({ oid, critical })),
    deviations: crl.deviations,
    sha1: sha1(crl.bytes),
    sha256: crl.fingerprint,
  };
}

export function crlSection(crl: Crl, words: Catalogue, most = SHOWN): Section {
  const { inspect } = words;
  const count = countCrlEntries(crl);
  const entries = firstCrlEntries(crl, most);
  return section(
    crl.deltaBase === null ? inspect.crl : inspect.deltaCrl,
    [
      [inspect.issuer, crl.issuer.text],
      [inspect.thisUpdate, dateTime(crl.thisUpdate, words)],
      [inspect.nextUpdate, crl.nextUpdate === null ? inspect.notStated : dateTime(crl.nextUpdate, words)],
      [inspect.number, crl.number === null ? null : String(crl.number)],
      [inspect.deltaBase, crl.deltaBase === null ? null : String(crl.deltaBase)],
      [inspect.scope, scopeText(crl, words)],
      [inspect.expiredSince, crl.expiredCertsOnCrl === null ? null : dateTime(crl.expiredCertsOnCrl, words)],
      [inspect.signatureAlgorithm, algorithmText(crl)],
      [inspect.entries, count.ok ? String(count.value) : `${inspect.cannotBeRead}: ${detailIn(count.malformed.reason, words)}`],
      ['SHA-1', pairs(sha1(crl.bytes))],
      ['SHA-256', pairs(crl.fingerprint)],
    ],
    [
      section(
        fill(inspect.firstEntries, { count: entries.ok ? entries.value.length : 0 }),
        entries.ok
          ? entries.value.map((entry) => [pairs(toHex(entry.serial)), entryText(entry, words)] as const)
          : [[inspect.unreadable, detailIn(entries.malformed.reason, words)]],
      ),
      section(
        inspect.extensions,
        crl.extensions.map(({ oid, critical }) => [
          oid,
          [
            own(words.identifiers, oid),
            ...(critical ? [inspect.critical] : []),
            ...(crl.unknownCritical.includes(oid) ? [inspect.notKnown] : []),
          ]
            .filter(Boolean)
            .join('; ') || '–',
        ]),
      ),
      section(inspect.deviations, [['–', crl.deviations]]),
    ],
  );
}

/** Every answer of an OCSP response as one plain object. */
export const ocspDetails = (response: OcspResponse) => ({
  type: 'ocsp-response' as const,
  status: response.status,
  ...(response.basic && basicJson(response.basic)),
  sha1: sha1(response.bytes),
  sha256: response.fingerprint,
});

export function ocspSection(response: OcspResponse, words: Catalogue): Section {
  const { inspect } = words;
  const { basic } = response;
  if (basic === null) return section(inspect.ocspResponse, [[inspect.status, response.status]]);
  return section(
    inspect.ocspResponse,
    [
      [inspect.status, response.status],
      [inspect.responder, responderText(basic.responder, words)],
      [inspect.producedAt, dateTime(basic.producedAt, words)],
      [inspect.nonce, basic.nonce && toHex(basic.nonce)],
      [inspect.signatureAlgorithm, algorithmText(basic)],
      ['SHA-1', pairs(sha1(response.bytes))],
      ['SHA-256', pairs(response.fingerprint)],
    ],
    [
      ...basic.responses.slice(0, SHOWN).map((single, i) => singleSection(single, i + 1, words)),
      ...certificateSections(basic.certificates, words),
      section(inspect.deviations, [['–', basic.deviations]]),
    ],
  );
}

export const ocspRequestDetails = (request: OcspRequest) => ({
  type: 'ocsp-request' as const,
  nonce: request.nonce && toHex(request.nonce),
  requests: request.certIds.map((certId) => ({
    serial: toHex(certId.serial),
    digest: certId.digest ?? certId.digestOid,
    issuerNameHash: toHex(certId.issuerNameHash),
    issuerKeyHash: toHex(certId.issuerKeyHash),
  })),
});

export const ocspRequestSection = (request: OcspRequest, { inspect }: Catalogue): Section =>
  section(inspect.ocspRequest, [
    [inspect.about, request.certIds.map(({ serial }) => pairs(toHex(serial)))],
    [inspect.nonce, request.nonce && toHex(request.nonce)],
  ]);

/** Sections of the certificates that something holds; what cannot be read is told. */
export const certificateSections = (encodings: readonly Bytes[], words: Catalogue): Section[] =>
  encodings.slice(0, SHOWN).map((encoding, i) => {
    const certificate = parseCertificate(encoding);
    const title = `${words.inspect.certificate} ${i + 1}`;
    return certificate.ok
      ? certificateSection(certificate.value, words, title)
      : section(title, [[words.inspect.unreadable, detailIn(certificate.malformed.reason, words)]]);
  });

export const certificatesJson = (encodings: readonly Bytes[]) =>
  encodings.slice(0, SHOWN).map((encoding) => {
    const certificate = parseCertificate(encoding);
    return certificate.ok ? certificateDetails(certificate.value) : { unreadable: certificate.malformed.reason };
  });

const basicJson = (basic: BasicOcspResponse) => ({
  responder: basic.responder.kind === 'name' ? { name: basic.responder.name.text } : { keySha1: toHex(basic.responder.hash) },
  producedAt: toIso(basic.producedAt),
  nonce: basic.nonce && toHex(basic.nonce),
  signatureAlgorithm: algorithmText(basic),
  responses: basic.responses.map((single) => ({
    serial: toHex(single.certId.serial),
    digest: single.certId.digest ?? single.certId.digestOid,
    issuerNameHash: toHex(single.certId.issuerNameHash),
    issuerKeyHash: toHex(single.certId.issuerKeyHash),
    status: single.status,
    revocationDate: isoOrNull(single.revocationDate),
    reason: single.reason,
    thisUpdate: toIso(single.thisUpdate),
    nextUpdate: isoOrNull(single.nextUpdate),
    archiveCutoff: isoOrNull(single.archiveCutoff),
    certHash: single.certHash && toHex(single.certHash.hash),
    unknownCritical: single.unknownCritical,
  })),
  certificates: certificatesJson(basic.certificates),
  unknownCritical: basic.unknownCritical,
  deviations: basic.deviations,
});

function singleSection(single: SingleResponse, number: number, words: Catalogue): Section {
  const { inspect } = words;
  const status =
    single.status === 'good'
      ? inspect.good
      : single.status === 'unknown'
        ? inspect.unknown
        : revokedText(single.revocationDate, single.reason, words);
  return section(fill(inspect.answer, { number }), [
    [inspect.about, pairs(toHex(single.certId.serial))],
    [inspect.status, status],
    [inspect.thisUpdate, dateTime(single.thisUpdate, words)],
    [inspect.nextUpdate, single.nextUpdate === null ? inspect.notStated : dateTime(single.nextUpdate, words)],
    [inspect.archiveCutoff, single.archiveCutoff === null ? null : dateTime(single.archiveCutoff, words)],
    [inspect.certHash, single.certHash && toHex(single.certHash.hash)],
    [inspect.issuerKeyHash, `${single.certId.digest ?? single.certId.digestOid} ${toHex(single.certId.issuerKeyHash)}`],
  ]);
}

function scopeText(crl: Crl, words: Catalogue): string[] {
  const { inspect } = words;
  const point = crl.issuingDistributionPoint;
  if (point === null) return [inspect.scopeAll];
  const parts = [
    ...(point.onlyUserCertificates ? [inspect.scopeUsers] : []),
    ...(point.onlyCaCertificates ? [inspect.scopeCas] : []),
    ...(point.onlyAttributeCertificates ? [inspect.scopeAttributes] : []),
    ...(point.indirect ? [inspect.scopeIndirect] : []),
    ...(point.onlySomeReasons === null ? [] : [fill(inspect.scopeReasons, { reasons: reasonNames(point.onlySomeReasons).join(', ') })]),
    ...(point.name?.kind === 'full'
      ? point.name.names.map((name) => fill(inspect.scopePoint, { point: generalNameText(name, words) }))
      : []),
  ];
  return parts.length === 0 ? [inspect.scopeAll] : parts;
}

const entryText = ({ revocationDate, reason, invalidityDate }: CrlEntry, words: Catalogue): string => {
  const what = revokedText(revocationDate, reason, words);
  return invalidityDate === null ? what : fill(words.inspect.invalidSince, { what, time: dateTime(invalidityDate, words) });
};

const revokedText = (date: Instant | null, reason: string | null, words: Catalogue): string =>
  fill(reason === null ? words.inspect.revokedOn : words.inspect.revokedBecause, {
    time: date === null ? '?' : dateTime(date, words),
    reason: reason ?? '',
  });

const responderText = (responder: ResponderId, { inspect }: Catalogue): string =>
  responder.kind === 'name' ? responder.name.text : fill(inspect.responderKey, { hash: toHex(responder.hash) });

const pointUrls = ({ issuingDistributionPoint: point }: Crl): string[] => (point?.name?.kind === 'full' ? urisOf(point.name.names) : []);

const reasonNames = (flags: number): string[] =>
  [1, 2, 3, 4, 5, 6, 7, 8].flatMap((bit) => ((flags >> bit) & 1 ? [FLAGS[bit] ?? String(bit)] : []));

const isoOrNull = (at: Instant | null): string | null => (at === null ? null : toIso(at));

/** Bits of ReasonFlags (RFC 5280, 4.2.1.13). */
const FLAGS: readonly (RevocationReason | undefined)[] = [
  undefined,
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  'privilegeWithdrawn',
  'aACompromise',
];
