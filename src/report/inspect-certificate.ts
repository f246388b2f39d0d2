/** What is inside a certificate, for people and for programs, without judging it (RFC 5280, 4; EN 319 412-5). */
import { toIso } from '../base/instant.ts';
import { toHex } from '../base/text.ts';
import { type Certificate, KNOWN_EXTENSIONS } from '../pki/certificate.ts';
import type { DistributionPoint } from '../pki/extensions.ts';
import { urisOf } from '../pki/general-name.ts';
import { type Catalogue, fill, own } from './catalogue.ts';
import { detailIn } from './detail.ts';
import { qualifiedJson, qualifiedSection } from './inspect-qualified.ts';
import { generalNameJson, generalNameText, identifierText, pairs, sha1, shortHex } from './inspect-shared.ts';
import { type Section, section } from './section.ts';
import { dateTime } from './sentence.ts';

export type CertificateDetails = ReturnType<typeof certificateDetails>;

/** Everything in the certificate as one plain object. */
export const certificateDetails = (certificate: Certificate) => ({
  type: 'certificate' as const,
  version: certificate.version,
  subject: certificate.subject.text,
  issuer: certificate.issuer.text,
  selfIssued: certificate.selfIssued,
  serial: certificate.serialHex,
  notBefore: toIso(certificate.notBefore),
  notAfter: toIso(certificate.notAfter),
  key: keyJson(certificate),
  signatureAlgorithm: algorithmText(certificate),
  signatureAlgorithmOid: certificate.signatureAlgorithmOid,
  ca: certificate.basicConstraints?.ca ?? false,
  pathLength: certificate.basicConstraints?.pathLength ?? null,
  keyUsage: certificate.keyUsage === null ? null : [...certificate.keyUsage],
  extendedKeyUsage: certificate.extendedKeyUsage,
  policies: certificate.policies?.map(({ policy }) => policy) ?? null,
  policyMappings: certificate.policyMappings,
  policyConstraints: certificate.policyConstraints,
  inhibitAnyPolicy: certificate.inhibitAnyPolicy,
  nameConstraints: certificate.nameConstraints && {
    permitted: certificate.nameConstraints.permitted.map(generalNameJson),
    excluded: certificate.nameConstraints.excluded.map(generalNameJson),
  },
  qualified: certificate.qcStatements && qualifiedJson(certificate.qcStatements),
  subjectAltNames: certificate.subjectAltNames?.map(generalNameJson) ?? null,
  issuerAltNames: certificate.issuerAltNames?.map(generalNameJson) ?? null,
  subjectKeyIdentifier: certificate.subjectKeyIdentifier && toHex(certificate.subjectKeyIdentifier),
  authorityKeyIdentifier: certificate.authorityKeyIdentifier?.keyIdentifier
    ? toHex(certificate.authorityKeyIdentifier.keyIdentifier)
    : null,
  crlUrls: urlsOf(certificate.crlDistributionPoints),
  deltaCrlUrls: urlsOf(certificate.freshestCrl),
  ocspUrls: certificate.authorityInfoAccess?.ocsp ?? [],
  issuerUrls: certificate.authorityInfoAccess?.caIssuers ?? [],
  ocspNoCheck: certificate.ocspNoCheck,
  noRevAvail: certificate.noRevAvail,
  validityAssuredShortTerm: certificate.validityAssuredShortTerm,
  extensions: certificate.extensions.map(({ oid, critical, value }) => ({
    oid,
    critical,
    known: KNOWN_EXTENSIONS.has(oid),
    ...(!KNOWN_EXTENSIONS.has(oid) && { value: toHex(value) }),
  })),
  malformedExtensions: certificate.malformedExtensions.map(({ oid, critical, malformed }) => ({ oid, critical, reason: malformed.reason })),
  deviations: certificate.deviations,
  sha1: sha1(certificate.bytes),
  sha256: certificate.fingerprint,
});

/** The same in words. */
export function certificateSection(certificate: Certificate, words: Catalogue, title: string = words.inspect.certificate): Section {
  const { inspect } = words;
  const key = certificate.publicKey;
  return section(
    title,
    [
      [inspect.subject, certificate.subject.text || words.phrases.noName],
      [inspect.issuer, certificate.selfIssued ? inspect.selfIssued : certificate.issuer.text || words.phrases.noName],
      [inspect.validity, fill(inspect.fromTo, { from: dateTime(certificate.notBefore, words), to: dateTime(certificate.notAfter, words) })],
      [inspect.serial, pairs(certificate.serialHex)],
      [inspect.key, key === null ? inspect.keyUnknown : fill(inspect.keyText, { kind: key.curve ?? key.kind, bits: key.bits })],
      [inspect.signatureAlgorithm, algorithmText(certificate)],
      [inspect.version, certificate.version === 3 ? null : certificate.version],
      ['SHA-1', pairs(sha1(certificate.bytes))],
      ['SHA-256', pairs(certificate.fingerprint)],
    ],
    [
      useSection(certificate, words),
      ...(certificate.qcStatements === null ? [] : [qualifiedSection(certificate.qcStatements, words)]),
      constraintsSection(certificate, words),
      placesSection(certificate, words),
      section(inspect.identifiers, [
        [inspect.subjectKeyId, certificate.subjectKeyIdentifier && pairs(toHex(certificate.subjectKeyIdentifier))],
        [
          inspect.authorityKeyId,
          certificate.authorityKeyIdentifier?.keyIdentifier && pairs(toHex(certificate.authorityKeyIdentifier.keyIdentifier)),
        ],
      ]),
      extensionsSection(certificate, words),
      section(inspect.deviations, [['–', certificate.deviations]]),
    ],
  );
}

/** The common name of the certificate, or its whole name. */
export function algorithmText({
  signatureAlgorithm,
  signatureAlgorithmOid,
}: Pick<Certificate, 'signatureAlgorithm' | 'signatureAlgorithmOid'>): string {
  if (signatureAlgorithm === null) return signatureAlgorithmOid;
  return [signatureAlgorithm.keyKind ?? signatureAlgorithm.scheme, signatureAlgorithm.digest].filter(Boolean).join(', ');
}

function useSection(certificate: Certificate, words: Catalogue): Section {
  const { inspect } = words;
  const { basicConstraints, keyUsage, extendedKeyUsage, policies, privateKeyUsagePeriod: period } = certificate;
  const authority = !basicConstraints?.ca
    ? inspect.authorityNo
    : basicConstraints.pathLength === null
      ? inspect.authorityYes
      : fill(inspect.authorityLength, { count: basicConstraints.pathLength });
  return section(inspect.purpose, [
    [inspect.authority, authority],
    [
      inspect.keyUsage,
      keyUsage === null ? inspect.anyUse : [[...keyUsage].map((usage) => own(words.keyUsages, usage) ?? usage).join(', ')],
    ],
    [inspect.extendedKeyUsage, extendedKeyUsage === null ? inspect.anyUse : extendedKeyUsage.map((oid) => identifierText(oid, words))],
    [inspect.policies, policies?.map(({ policy, qualifiers }) => policyText(policy, qualifiers, words))],
    [inspect.alternativeNames, certificate.subjectAltNames?.map((name) => generalNameText(name, words))],
    [inspect.issuerAlternativeNames, certificate.issuerAltNames?.map((name) => generalNameText(name, words))],
    [
      inspect.privateKeyUse,
      period &&
        fill(inspect.fromTo, {
          from: period.notBefore === null ? '…' : dateTime(period.notBefore, words),
          to: period.notAfter === null ? '…' : dateTime(period.notAfter, words),
        }),
    ],
    [
      inspect.noStatus,
      [
        ...(certificate.noRevAvail ? [inspect.noRevAvail] : []),
        ...(certificate.ocspNoCheck ? [inspect.ocspNoCheck] : []),
        ...(certificate.validityAssuredShortTerm ? [inspect.shortTerm] : []),
      ],
    ],
  ]);
}

/** With the address of its practice statement (RFC 5280, 4.2.1.4). */
function policyText(oid: string, qualifiers: readonly { id: string; value: Uint8Array }[], words: Catalogue): string {
  const statement = qualifiers.find(({ id, value }) => id === CPS && value[0] === 0x16 && (value[1] ?? 0x80) < 0x80);
  const url = statement === undefined ? '' : ` – ${String.fromCharCode(...statement.value.subarray(2))}`;
  return identifierText(oid, words) + url;
}

function constraintsSection(
  { nameConstraints, policyConstraints, inhibitAnyPolicy, policyMappings }: Certificate,
  words: Catalogue,
): Section {
  const { inspect } = words;
  const after = (count: number | null | undefined) =>
    count === null || count === undefined ? null : fill(inspect.afterCertificates, { count });
  return section(inspect.constraints, [
    [inspect.permitted, nameConstraints?.permitted.map((name) => generalNameText(name, words))],
    [inspect.excluded, nameConstraints?.excluded.map((name) => generalNameText(name, words))],
    [inspect.requirePolicy, after(policyConstraints?.requireExplicitPolicy)],
    [inspect.noMapping, after(policyConstraints?.inhibitPolicyMapping)],
    [inspect.noAnyPolicy, after(inhibitAnyPolicy)],
    [inspect.mappings, policyMappings?.map(({ issuerDomain, subjectDomain }) => `${issuerDomain} → ${subjectDomain}`)],
  ]);
}

function placesSection(certificate: Certificate, { inspect, ...words }: Catalogue): Section {
  const access = certificate.authorityInfoAccess;
  const others = [...(access?.all ?? []), ...(certificate.subjectInfoAccess?.all ?? [])].filter(({ method }) => !ORDINARY.has(method));
  return section(inspect.places, [
    [inspect.crlAt, urlsOf(certificate.crlDistributionPoints)],
    [inspect.deltaAt, urlsOf(certificate.freshestCrl)],
    [inspect.ocspAt, access?.ocsp],
    [inspect.issuerAt, access?.caIssuers],
    [inspect.otherAccess, others.map(({ method, location }) => `${method}: ${generalNameText(location, { inspect, ...words })}`)],
  ]);
}

/** Every extension with its criticality; what is not known here with its octets. */
function extensionsSection({ extensions, malformedExtensions }: Certificate, words: Catalogue): Section {
  const { inspect } = words;
  const broken = new Map(malformedExtensions.map(({ oid, malformed }) => [oid, detailIn(malformed.reason, words)]));
  return section(
    inspect.extensions,
    extensions.map(({ oid, critical, value }) => {
      const known = KNOWN_EXTENSIONS.has(oid);
      const reason = broken.get(oid);
      const remarks = [
        ...(critical ? [inspect.critical] : []),
        ...(known ? [] : [`${inspect.notKnown}: ${shortHex(value)}`]),
        ...(reason === undefined ? [] : [`${inspect.cannotBeRead}: ${reason}`]),
      ];
      return [oid, [own(words.identifiers, oid), ...remarks].filter(Boolean).join('; ') || '–'];
    }),
  );
}

const keyJson = ({ publicKey, spki }: Certificate) => ({
  kind: publicKey?.kind ?? null,
  bits: publicKey?.bits ?? null,
  curve: publicKey?.curve ?? null,
  spki: toHex(spki),
});

const urlsOf = (points: readonly DistributionPoint[] | null): string[] =>
  (points ?? []).flatMap(({ name }) => (name?.kind === 'full' ? urisOf(name.names) : []));

const CPS = '1.3.6.1.5.5.7.2.1';
/** OCSP and caIssuers have rows of their own. */
const ORDINARY: ReadonlySet<string> = new Set(['1.3.6.1.5.5.7.48.1', '1.3.6.1.5.5.7.48.2']);
