/**
 * What a certificate was at a time, by the services of trusted lists that issued it: qualified or not, for what, its key in which
 * device (TS 119 615, 4.4). Pure functions; every conclusion comes with its reasons.
 */
import type { Instant } from '../base/instant.ts';
import type { Certificate } from '../pki/certificate.ts';
import { REGULATION_APPLIES, statusName, typeName } from '../trust/names.ts';
import type { TrustedService } from '../trust/trust-source.ts';
import {
  deviceBy,
  isCaQc,
  isConsistentOnDevice,
  isConsistentOnQc,
  isConsistentOnType,
  isGranted,
  isOfAnotherLaw,
  isQcp,
  isQcpPlus,
  type ServiceAt,
  servesType,
  servicesAt,
  typesGiven,
  unknownQualifiers,
} from './qualification-service.ts';
import type {
  CertificateAt,
  CertificateOverTime,
  CertificateQualification,
  CertificateType,
  QualificationReason,
  QualificationReasonId,
} from './qualification-type.ts';

/** `services`: those of the certificate's issuers, of lists that were accepted. */
export function qualifyCertificate(certificate: Certificate, services: readonly TrustedService[], at: Instant): CertificateAt {
  const reasons: QualificationReason[] = [];
  const say = (id: QualificationReasonId, detail?: Readonly<Record<string, string>>): void => {
    reasons.push(detail === undefined ? { id } : { id, with: detail });
  };
  const candidates = relevant(certificate, services, at, say);
  const outcomes = candidates.map((one) => ({ one, outcome: conclude(certificate, one, () => {}) }));
  if (new Set(outcomes.map(({ outcome }) => nameOf(outcome))).size > 1) {
    say('conflict', { services: outcomes.map(({ one, outcome }) => `${serviceName(one)}: ${nameOf(outcome)}`).join('; ') });
    return { at, result: 'NA', qualified: false, type: 'unknown', qscd: false, reasons };
  }
  const [first] = candidates;
  const outcome = conclude(certificate, first ?? null, say);
  return { at, result: nameOf(outcome), ...outcome, reasons };
}

type Say = (id: QualificationReasonId, detail?: Readonly<Record<string, string>>) => void;

/** In force at the time, for qualified certificates, and for this type of them. */
function relevant(certificate: Certificate, services: readonly TrustedService[], at: Instant, say: Say): ServiceAt[] {
  if (services.length === 0) say('no-service');
  const present = servicesAt(services, certificate, at);
  if (services.length > 0 && present.length === 0) say('not-in-force');
  const issuing = present.filter(isCaQc);
  if (present.length > 0 && issuing.length === 0) say('not-ca-qc', { type: typeName(present[0]?.state.type ?? '') });
  if (certificate.notBefore < REGULATION_APPLIES) return issuing;
  const type = typeByCertificate(certificate);
  return issuing.filter((one) => {
    const serves = servesType(one, type);
    if (serves === 'no') say('type-not-served', { service: serviceName(one), type });
    if (serves === 'overruled') say('type-overruled', { service: serviceName(one), type });
    return serves !== 'no';
  });
}

interface Outcome {
  readonly qualified: boolean;
  readonly type: CertificateType;
  readonly qscd: boolean;
}

/** By one service, or by none. */
function conclude(certificate: Certificate, one: ServiceAt | null, say: Say): Outcome {
  const service = one !== null && counts(one, say) ? one : null;
  if (service !== null) {
    say('service', { service: serviceName(service), status: statusName(service.state.status), provider: service.service.provider });
    for (const name of unknownQualifiers(service)) say('unknown-qualifier', { name });
    for (const name of service.state.unknownCritical) say('unknown-critical', { name });
  }
  const qualified = isQualified(certificate, service, say);
  const type = qualified ? typeOf(certificate, service, say) : typeByCertificate(certificate);
  return { qualified, type, qscd: qualified && isInDevice(certificate, service, say) };
}

function counts(one: ServiceAt, say: Say): boolean {
  if (isOfAnotherLaw(one)) {
    say('status-of-another-law', { service: serviceName(one), status: statusName(one.state.status) });
    return false;
  }
  if (isGranted(one)) return true;
  say('not-granted', { service: serviceName(one), status: statusName(one.state.status) });
  return false;
}

function isQualified(certificate: Certificate, service: ServiceAt | null, say: Say): boolean {
  if (service === null) return false;
  if (!isConsistentOnQc(service)) {
    say('inconsistent-qc', { service: serviceName(service) });
    return false;
  }
  if (service.qualifiers.has('NotQualified')) {
    say('not-qc-by-list');
    return false;
  }
  if (service.qualifiers.has('QCStatement')) {
    say('qc-by-list');
    return true;
  }
  const { qcStatements } = certificate;
  if ((qcStatements?.legislation.length ?? 0) > 0) {
    say('other-law', { law: qcStatements?.legislation.join(', ') ?? '' });
    return false;
  }
  const claims = claimsQualified(certificate);
  say(claims ? 'qc-by-certificate' : 'not-qc-by-certificate');
  return claims;
}

/** By its statements; under the directive by its policies as well. */
function claimsQualified(certificate: Certificate): boolean {
  if (certificate.qcStatements?.compliance === true) return true;
  return certificate.notBefore < REGULATION_APPLIES && (isQcp(certificate) || isQcpPlus(certificate));
}

function typeOf(certificate: Certificate, service: ServiceAt | null, say: Say): CertificateType {
  if (service === null) return 'unknown';
  if (!isConsistentOnType(service)) {
    say('inconsistent-type', { service: serviceName(service) });
    return 'unknown';
  }
  if (!service.regulated) {
    say('type-before-regulation');
    return 'esig';
  }
  const [given] = typesGiven(service);
  if (given !== undefined) {
    say('type-by-list', { type: given });
    return given;
  }
  const type = typeByCertificate(certificate);
  say(type === 'unknown' ? 'type-unclear' : 'type-by-certificate', { type });
  return type;
}

/** What the certificate says of itself: under the directive there were qualified certificates for signatures only. */
export function typeByCertificate(certificate: Certificate): CertificateType {
  if (certificate.notBefore < REGULATION_APPLIES) return claimsQualified(certificate) ? 'esig' : 'unknown';
  const types = new Set((certificate.qcStatements?.types ?? []).flatMap((type) => TYPES.get(type) ?? []));
  const [only, more] = types;
  if (only !== undefined) return more === undefined ? only : 'unknown';
  return certificate.qcStatements?.compliance === true ? 'esig' : 'unknown';
}

function isInDevice(certificate: Certificate, service: ServiceAt | null, say: Say): boolean {
  if (service === null) return false;
  if (!isConsistentOnDevice(service)) {
    say('inconsistent-qscd', { service: serviceName(service) });
    return false;
  }
  const said = deviceBy(service);
  if (said !== null) {
    say(said ? 'qscd-by-list' : 'no-qscd-by-list');
    return said;
  }
  const own = certificate.qcStatements?.sscd === true || (certificate.notBefore < REGULATION_APPLIES && isQcpPlus(certificate));
  say(own ? 'qscd-by-certificate' : 'no-qscd-by-certificate');
  return own;
}

/** Both times together: what holds at both; the device is that of the signature's time. */
export function qualifyOverTime(certificate: Certificate, services: readonly TrustedService[], best: Instant): CertificateOverTime {
  const issuance = qualifyCertificate(certificate, services, certificate.notBefore);
  const later = qualifyCertificate(certificate, services, best);
  const reasons = issuance.result === later.result ? [] : [DIFFERS(issuance.result, later.result)];
  if (issuance.result === 'NA' || later.result === 'NA')
    return { issuance, best: later, result: 'NA', qualified: false, type: 'unknown', qscd: false, reasons };
  const outcome = {
    qualified: issuance.qualified && later.qualified,
    type: issuance.type === later.type ? later.type : ('unknown' as const),
    qscd: issuance.qualified && later.qualified && later.qscd,
  };
  return { issuance, best: later, result: nameOf(outcome), ...outcome, reasons };
}

const DIFFERS = (issuance: string, best: string): QualificationReason => ({ id: 'differs-over-time', with: { issuance, best } });

function nameOf({ qualified, type, qscd }: Outcome): CertificateQualification {
  const name = NAMES[type];
  if (!qualified) return `CERT_FOR_${name}`;
  if (name === 'WSA') return 'QCERT_FOR_WSA';
  return `QCERT_FOR_${name}${qscd ? '_QSCD' : ''}`;
}

const serviceName = ({ service, state }: ServiceAt): string => `${service.territory} ${state.name}`.trim();

const NAMES = { esig: 'ESIG', eseal: 'ESEAL', wsa: 'WSA', unknown: 'UNKNOWN' } as const;
const TYPES: ReadonlyMap<string, CertificateType> = new Map([
  ['esign', 'esig'],
  ['eseal', 'eseal'],
  ['web', 'wsa'],
]);
