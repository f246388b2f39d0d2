/** Services of trusted lists at a time: which of them count for a certificate, and whether what they say is consistent (TS 119 615, 4.4.4). */
import type { Instant } from '../base/instant.ts';
import type { Certificate } from '../pki/certificate.ts';
import { REGULATION_APPLIES, SERVICE, statusName } from '../trust/names.ts';
import type { TrustedService, TrustedState } from '../trust/trust-source.ts';
import { hasPolicy, qualifiersOf } from './qualification-criteria.ts';
import type { CertificateType } from './qualification-type.ts';

/** A service in the state that it had at a time, with the qualifiers that it gives to the certificate. */
export interface ServiceAt {
  readonly service: TrustedService;
  readonly state: TrustedState;
  readonly qualifiers: ReadonlySet<string>;
  /** The state began under the regulation, not under the directive before it. */
  readonly regulated: boolean;
}

/** A state ends where the next begins. */
export const servicesAt = (services: readonly TrustedService[], certificate: Certificate, at: Instant): ServiceAt[] =>
  services.flatMap((service) => {
    const state = service.states.find(({ from, until }) => from <= at && (until === null || at < until));
    if (state === undefined) return [];
    return [{ service, state, qualifiers: qualifiersOf(state, certificate), regulated: state.from >= REGULATION_APPLIES }];
  });

export const isCaQc = ({ state }: ServiceAt): boolean => state.type === SERVICE.caQc;

/** Whether it ever was an issuer of qualified certificates. */
export const issuesQualified = ({ states }: TrustedService): boolean => states.some(({ type }) => type === SERVICE.caQc);

/** Under the regulation a service is granted; before, it was supervised or accredited. */
export function isGranted({ state, regulated }: ServiceAt): boolean {
  const status = statusName(state.status);
  return regulated ? status === 'granted' : BEFORE.has(status);
}

/** A state that began before the regulation with a status that only the regulation knows. */
export const isOfAnotherLaw = ({ state, regulated }: ServiceAt): boolean => !regulated && AFTER.has(statusName(state.status));

/** Types of certificates that the additional information of a service is for. */
export function typesServed({ state, qualifiers }: ServiceAt): ReadonlySet<CertificateType> {
  const types = new Set(state.additional.flatMap((uri) => SERVED.get(statusName(uri)) ?? []));
  if (qualifiers.has('QCForLegalPerson')) types.delete('esig');
  return types;
}

/** Types that qualifiers of use give. */
export const typesGiven = ({ qualifiers }: ServiceAt): CertificateType[] =>
  [...USES].flatMap(([name, type]) => (qualifiers.has(name) ? type : []));

/** A typed certificate of the time of the regulation: the service must be for its type, or make it one that it is for. */
export function servesType(one: ServiceAt, type: CertificateType): 'yes' | 'overruled' | 'no' {
  if (type === 'unknown') return 'yes';
  const served = typesServed(one);
  if (served.has(type)) return 'yes';
  const [only, more] = typesGiven(one);
  return only !== undefined && more === undefined && only !== type && served.has(only) ? 'overruled' : 'no';
}

/** QCStatement and NotQualified at once say nothing. */
export const isConsistentOnQc = ({ qualifiers }: ServiceAt): boolean => !(qualifiers.has('QCStatement') && qualifiers.has('NotQualified'));

export function isConsistentOnType(one: ServiceAt): boolean {
  const { qualifiers, regulated } = one;
  const given = typesGiven(one);
  const served = new Set(one.state.additional.flatMap((uri) => SERVED.get(statusName(uri)) ?? []));
  if (given.length > 1) return false;
  if (qualifiers.has('QCForLegalPerson') && qualifiers.has('QCForESig')) return false;
  if (!regulated) {
    if (qualifiers.has('QCForESeal') || qualifiers.has('QCForWSA')) return false;
    return served.size === 0 || served.has('esig');
  }
  const [only] = given;
  return only === undefined || served.has(only);
}

export function isConsistentOnDevice({ qualifiers, regulated }: ServiceAt): boolean {
  const has = (...names: readonly string[]): boolean => names.some((name) => qualifiers.has(name));
  const positive = has(...DEVICE, ...DEVICE_BEFORE);
  if (positive && has('QCNoQSCD', 'QCNoSSCD')) return false;
  if (has('QCQSCDStatusAsInCert', 'QCSSCDStatusAsInCert') && (positive || has('QCNoQSCD', 'QCNoSSCD'))) return false;
  // Under the regulation the words of the directive alone do not count.
  const before = has(...DEVICE_BEFORE, 'QCNoSSCD', 'QCSSCDStatusAsInCert');
  return !(regulated && before && !has(...DEVICE, 'QCNoQSCD', 'QCQSCDStatusAsInCert'));
}

/** What the service says of the device; null where it says nothing, or leaves it to the certificate. */
export function deviceBy({ qualifiers, regulated }: ServiceAt): boolean | null {
  const has = (names: readonly string[]): boolean => names.some((name) => qualifiers.has(name));
  if (has(regulated ? DEVICE : [...DEVICE_BEFORE, ...DEVICE])) return true;
  return has(regulated ? ['QCNoQSCD'] : ['QCNoSSCD', 'QCNoQSCD']) ? false : null;
}

export const unknownQualifiers = ({ qualifiers }: ServiceAt): string[] => [...qualifiers].filter((name) => !KNOWN.has(name));

/** Policies that said of a certificate under the directive that it is qualified (TS 101 456). */
export const isQcpPlus = (certificate: Certificate): boolean => hasPolicy('0.4.0.1456.1.1', certificate);
export const isQcp = (certificate: Certificate): boolean => hasPolicy('0.4.0.1456.1.2', certificate);

const BEFORE: ReadonlySet<string> = new Set(['undersupervision', 'supervisionincessation', 'accredited']);
const AFTER: ReadonlySet<string> = new Set(['granted', 'withdrawn']);
const SERVED: ReadonlyMap<string, CertificateType> = new Map([
  ['ForeSignatures', 'esig'],
  ['ForeSeals', 'eseal'],
  ['ForWebSiteAuthentication', 'wsa'],
]);
const USES: ReadonlyMap<string, CertificateType> = new Map([
  ['QCForESig', 'esig'],
  ['QCForESeal', 'eseal'],
  ['QCForWSA', 'wsa'],
]);
const DEVICE: readonly string[] = ['QCWithQSCD', 'QCQSCDManagedOnBehalf'];
const DEVICE_BEFORE: readonly string[] = ['QCWithSSCD'];
const KNOWN: ReadonlySet<string> = new Set([
  ...[...USES.keys(), ...DEVICE, ...DEVICE_BEFORE],
  ...['QCStatement', 'NotQualified', 'QCForLegalPerson', 'QCNoQSCD', 'QCNoSSCD', 'QCQSCDStatusAsInCert', 'QCSSCDStatusAsInCert'],
]);
