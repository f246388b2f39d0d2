/** Which certificates a CRL speaks of, and for which reasons (RFC 5280, 6.3.3 (b) and (d)). */
import { type Budget, budget, spend } from '../base/budget.ts';
import { equal } from '../base/bytes.ts';
import type { Certificate } from './certificate.ts';
import type { Crl, CrlFrame, IssuingDistributionPoint } from './crl.ts';
import type { DistributionPoint, DistributionPointName } from './extensions.ts';
import { type GeneralName, holdsName } from './general-name.ts';
import { belowName, type Name, sameName } from './name.ts';

/** `reasons`: bit n stands for reason n, 0 where the CRL does not speak of the certificate, and `problem` says why. */
export interface CrlScope {
  readonly reasons: number;
  readonly problem: string | null;
}

/** Compares the CRL with every distribution point of the certificate, and with the one that every certificate has: its issuer. */
export function crlScope(crl: CrlFrame, certificate: Certificate): CrlScope {
  const kind = wrongKind(crl.issuingDistributionPoint, certificate);
  if (kind) return { reasons: 0, problem: kind };
  const own: DistributionPoint = {
    name: { kind: 'full', names: [{ kind: 'directoryName', name: certificate.issuer }] },
    reasons: null,
    crlIssuer: null,
  };
  const steps = budget('comparisons of names', NAME_STEPS);
  let reasons = 0;
  let problem: string | null = null;
  for (const point of [...(certificate.crlDistributionPoints ?? []), own]) {
    const why = mismatch(crl, certificate, point, steps);
    if (why === null) reasons |= (point.reasons ?? ALL_REASONS) & (crl.issuingDistributionPoint?.onlySomeReasons ?? ALL_REASONS);
    else problem ??= why;
  }
  if (reasons !== 0) return { reasons, problem: null };
  return { reasons: 0, problem: problem ?? 'the CRL covers none of the reasons of the distribution point' };
}

/** Whether a delta CRL continues this complete one (6.3.3 (c)). */
export function continues(delta: Crl, complete: Crl): boolean {
  const { deltaBase, number } = delta;
  if (deltaBase === null || complete.deltaBase !== null || complete.number === null || number === null) return false;
  if (!sameName(delta.issuer, complete.issuer) || !samePoint(delta, complete)) return false;
  return complete.number >= deltaBase && complete.number < number;
}

/** The same scope, written the same way. */
function samePoint(a: Crl, b: Crl): boolean {
  const [pointA, pointB] = [a, b].map(({ extensions }) => extensions.find(({ oid }) => oid === '2.5.29.28')?.value);
  return pointA && pointB ? equal(pointA, pointB) : pointA === pointB;
}

/** Scope by kind of certificate (6.3.3 (b) (2)). A certificate before version 3 does not tell which kind it is of. */
function wrongKind(idp: IssuingDistributionPoint | null, certificate: Certificate): string | null {
  if (!idp) return null;
  const ca = certificate.basicConstraints?.ca ?? false;
  if (idp.onlyAttributeCertificates) return 'the CRL is about attribute certificates only';
  if (idp.onlyUserCertificates && (ca || certificate.version < 3)) return 'the CRL is about end-entity certificates only';
  if (idp.onlyCaCertificates && !ca) return 'the CRL is about CA certificates only';
  return null;
}

function mismatch(crl: CrlFrame, certificate: Certificate, point: DistributionPoint, steps: Budget): string | null {
  const idp = crl.issuingDistributionPoint;
  if (point.crlIssuer) {
    if (!holdsName(point.crlIssuer, crl.issuer)) return 'the CRL is of another issuer than the distribution point names';
    if (!idp?.indirect && !sameName(crl.issuer, certificate.issuer)) return 'the CRL of another issuer is not an indirect one';
  } else if (!sameName(crl.issuer, certificate.issuer)) return 'the CRL is of another issuer than the certificate';
  if (!idp?.name) return null;
  const named = namesOf(idp.name, crl.issuer);
  const wanted = point.name ? namesOf(point.name, crlIssuerName(point) ?? certificate.issuer) : (point.crlIssuer ?? []);
  if (!spend(steps, named.length * wanted.length)) return 'more names of distribution points than are compared';
  if (named.some((a) => wanted.some((b) => sameGeneralName(a, b)))) return null;
  return 'the distribution point of the CRL is not one of the certificate';
}

const crlIssuerName = ({ crlIssuer }: DistributionPoint): Name | null => {
  for (const name of crlIssuer ?? []) if (name.kind === 'directoryName') return name.name;
  return null;
};

const namesOf = (name: DistributionPointName, base: Name): readonly GeneralName[] =>
  name.kind === 'full' ? name.names : [{ kind: 'directoryName', name: belowName(base, name.rdn) }];

function sameGeneralName(a: GeneralName, b: GeneralName): boolean {
  if (a.kind === 'directoryName') return b.kind === 'directoryName' && sameName(a.name, b.name);
  if (b.kind === 'directoryName' || a.kind !== b.kind) return false;
  if (a.kind === 'otherName' && b.kind === 'otherName' && a.type !== b.type) return false;
  if (typeof a.value === 'string' || typeof b.value === 'string') return a.value === b.value;
  return equal(a.value, b.value);
}

/** Bits 1 to 8 of ReasonFlags. */
export const ALL_REASONS = 0x1fe;
/** CAs name a handful of places. */
const NAME_STEPS = 100_000;
