/** Whether a CRL covers a certificate at all (RFC 5280, 5.2.5 and 6.3.3 (b)). */
import type { Certificate } from '../pki/certificate.ts';
import type { Crl, IssuingDistributionPoint } from '../pki/crl.ts';
import type { DistributionPointName } from '../pki/extensions.ts';
import type { GeneralName } from '../pki/general-name.ts';
import { belowName, type Name, sameName } from '../pki/name.ts';

/** Why the CRL does not tell of this certificate; null where it does. */
export function crlScopeProblem(crl: Crl, certificate: Certificate, listed: boolean): string | null {
  if (crl.unknownCritical.length > 0) return `critical extension ${crl.unknownCritical.join(', ')}`;
  if (crl.deltaBase !== null) return 'a delta CRL';
  const point = crl.issuingDistributionPoint;
  return point && pointProblem(point, crl, certificate, listed);
}

function pointProblem(point: IssuingDistributionPoint, crl: Crl, certificate: Certificate, listed: boolean): string | null {
  const isCa = certificate.basicConstraints?.ca === true;
  if (point.onlyAttributeCertificates) return 'only for attribute certificates';
  if (point.onlyUserCertificates && isCa) return 'only for end entities';
  if (point.onlyCaCertificates && !isCa) return 'only for authorities';
  if (point.onlySomeReasons !== null && !listed) return 'only for some reasons';
  if (point.name && !isNamed(point.name, crl, certificate)) return 'for another distribution point';
  return null;
}

/** Some distribution point of the certificate has one of the names. */
function isNamed(name: DistributionPointName, crl: Crl, certificate: Certificate): boolean {
  const names = namesOf(name, crl.issuer);
  return (certificate.crlDistributionPoints ?? []).some((point) => {
    const issuer = point.crlIssuer?.find((one) => one.kind === 'directoryName');
    const own = point.name ? namesOf(point.name, issuer ? issuer.name : certificate.issuer) : (point.crlIssuer ?? []);
    return own.some((one) => names.some((other) => sameGeneralName(one, other)));
  });
}

const namesOf = (name: DistributionPointName, issuer: Name): readonly GeneralName[] =>
  name.kind === 'full' ? name.names : [{ kind: 'directoryName', name: belowName(issuer, name.rdn) }];

function sameGeneralName(a: GeneralName, b: GeneralName): boolean {
  if (a.kind === 'directoryName' && b.kind === 'directoryName') return sameName(a.name, b.name);
  if (a.kind === 'uniformResourceIdentifier' && b.kind === 'uniformResourceIdentifier') return a.value === b.value;
  return false;
}
