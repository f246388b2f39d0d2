/** What a signature and a time-stamp are, by trusted lists (TS 119 615, 4.5 and 4.6). */
import type { Instant } from '../base/instant.ts';
import type { CertificateId } from '../facts/index.ts';
import { SERVICE } from '../trust/names.ts';
import { inForceAt, type TrustedService } from '../trust/trust-source.ts';
import { type Conclusion, type MainIndication, mainIndicationOf } from './conclusion.ts';
import type { Evidence, TrustedListsEvidence } from './evidence.ts';
import { qualifyOverTime } from './qualification.ts';
import { isGranted, issuesQualified, servicesAt } from './qualification-service.ts';
import type {
  CertificateOverTime,
  QualificationReason,
  SignatureQualification,
  SignatureQualificationReport,
  TimestampQualification,
} from './qualification-type.ts';

/** Of a signature by the certificate, at its best signature time, by lists that are in force at `at`; null where no trusted lists were used. */
export function qualifySignature(
  evidence: Evidence,
  signer: CertificateId | null,
  best: Instant,
  conclusion: Conclusion,
  at: Instant,
): SignatureQualificationReport | null {
  const { trustedLists: lists } = evidence;
  if (lists === undefined) return null;
  const certificate = signer === null ? undefined : evidence.certificates.get(signer);
  const services = servicesOf(evidence, lists, signer);
  const none = (id: QualificationReason['id']): SignatureQualificationReport => ({
    ...{ level: levelOf(null, mainIndicationOf(conclusion)), certificate: null, reasons: [{ id }], lists: lists.lists },
  });
  if (lists.lists.accepted.length === 0) return none('no-list');
  if (certificate === undefined || services.length === 0) return none('no-service');
  const usable = inForceAt(services, lists.lists, at);
  if (usable.length === 0) return none('list-out-of-date');
  const over = qualifyOverTime(certificate, usable, best);
  return { level: levelOf(over, mainIndicationOf(conclusion)), certificate: over, reasons: over.reasons, lists: lists.lists };
}

/** Services of all certificates in the chain: the one that issued it, and those above. */
export function servicesOf(evidence: Evidence, { services }: TrustedListsEvidence, id: CertificateId | null): readonly TrustedService[] {
  const links = id === null ? [] : (evidence.chains.get(id)?.links ?? []);
  const found = new Map<string, TrustedService>();
  // A service did not issue its own certificate.
  for (const [i, { certificate }] of links.entries())
    for (const service of services.get(certificate) ?? []) if (i > 0 || !issuesQualified(service)) found.set(service.id, service);
  return [...found.values()];
}

/** A qualified service stamped, at the time it tells and when the time-stamp is first proven to have existed. */
export function qualifyTimestamp(
  services: readonly TrustedService[],
  certificate: Parameters<typeof servicesAt>[1],
  times: readonly Instant[],
): { readonly result: TimestampQualification; readonly reasons: readonly QualificationReason[] } {
  if (services.length === 0) return { result: 'TSA', reasons: [{ id: 'no-service' }] };
  const granted = times.every((at) =>
    servicesAt(services, certificate, at).some((one) => one.state.type === SERVICE.qualifiedTimestamps && isGranted(one)),
  );
  return { result: granted ? 'QTSA' : 'TSA', reasons: [{ id: granted ? 'timestamp-granted' : 'timestamp-not-granted' }] };
}

/** The matrix of certificate and signature. */
export function levelOf(certificate: CertificateOverTime | null, indication: MainIndication): SignatureQualification {
  const known = certificate !== null && certificate.result !== 'NA';
  if (indication === 'TOTAL_FAILED') {
    if (!known || !certificate.qualified || certificate.type === 'wsa') return 'Not-AdES';
    return certificate.qscd ? 'Not-AdES-QC-QSCD' : 'Not-AdES-QC';
  }
  if (!known) return 'N/A';
  const { type, qualified, qscd } = certificate;
  if (type === 'wsa') return 'Not-AdES';
  const kind = qualified ? (qscd ? WITH_DEVICE[type] : QUALIFIED[type]) : PLAIN[type];
  return indication === 'TOTAL_PASSED' ? kind : `Indeterminate-${kind}`;
}

const WITH_DEVICE = { esig: 'QESig', eseal: 'QESeal', unknown: 'QES?' } as const;
const QUALIFIED = { esig: 'AdESig-QC', eseal: 'AdESeal-QC', unknown: 'AdES?-QC' } as const;
const PLAIN = { esig: 'AdESig', eseal: 'AdESeal', unknown: 'AdES?' } as const;
