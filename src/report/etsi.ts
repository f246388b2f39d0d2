/** The ETSI validation report as XML (TS 119 102-2, version 1.4.1 of its schema). */
import { exact } from '../base/options.ts';
import { signatureUri } from '../crypto/algorithm.ts';
import { attributeValues } from '../pki/name.ts';
import type { CertificateStatus } from '../validation/evidence.ts';
import type { BlockResult, Finding, Report, SignatureReport, TimestampReport, TokenReport } from '../validation/report.ts';
import { attributesElement } from './etsi-attributes.ts';
import {
  constraintStatus,
  indicationElements,
  NAMESPACES,
  NO_SIGNATURE,
  reference,
  revocationReason,
  uriOf,
  validationProcess,
  xmlId,
  xmlTime,
} from './etsi-names.ts';
import { type EtsiObjects, objectsOf, poeElement } from './etsi-objects.ts';
import { namesIn } from './report-names.ts';
import { sentenceOf } from './sentence.ts';
import { chainIsTrusted } from './verdict.ts';
import { element, withAttributes, writeXml, type XmlElement } from './xml-writer.ts';

export interface EtsiOptions {
  /** Who validated, for people; default: this software. */
  readonly validator?: string;
}

/** A whole XML document. Pure. It is not signed: who hands it out may do so. */
export function toEtsi(report: Report, options: EtsiOptions = {}): string {
  exact('toEtsi', options, ['validator']);
  const objects = objectsOf(report);
  const list = objects.elements((timestamp) => timestampElement(timestamp, report, objects));
  const root = element(
    'ValidationReport',
    report.signatures.length === 0
      ? noSignature(report)
      : report.signatures.map((signature) => signatureElement(signature, report, objects)),
    list.length === 0 ? null : element('SignatureValidationObjects', list),
    element('SignatureValidator', element('DigitalId', element('tsl:Other', options.validator ?? 'adeskit'))),
  );
  return writeXml(withAttributes(root, NAMESPACES));
}

/** The schema wants at least one report. */
const noSignature = (report: Report): XmlElement =>
  element(
    'SignatureValidationReport',
    timeElement(report.at, report.at, null),
    element('SignatureValidationStatus', element('MainIndication', NO_SIGNATURE)),
  );

function signatureElement(signature: SignatureReport, report: Report, objects: EtsiObjects): XmlElement {
  const { facts, bestSignatureTime: best } = signature;
  const proof = signature.timestamps.find((one) => one.facts.time === best && one.conclusion.indication === 'PASSED');
  return element(
    'SignatureValidationReport',
    withAttributes(
      element(
        'SignatureIdentifier',
        element('HashOnly', 'false'),
        element('DocHashOnly', 'false'),
        element('DAIdentifier', facts.name ?? facts.id),
      ),
      { id: xmlId('S', facts.id) },
    ),
    constraintsElement(signature, report, objects),
    timeElement(report.at, best, objects.idOf(proof?.facts.id ?? null)),
    attributesElement(signature, objects),
    signerElement(signature, report, objects),
    signature.qualification === 'N/A'
      ? null
      : element('SignatureQuality', element('SignatureQualityInformation', uriOf(`urn:adeskit:qualification:${signature.qualification}`))),
    element('SignatureValidationProcess', element('SignatureValidationProcessID', validationProcess(processOf(signature.process)))),
    element(
      'SignatureValidationStatus',
      indicationElements(signature.conclusion, 'signature'),
      reportData(signature, facts.algorithm, xmlId('S', facts.id), report, objects),
    ),
  );
}

/** A time-stamp as a validation object has a report of its own. */
const timestampElement = (timestamp: TimestampReport, report: Report, objects: EtsiObjects): XmlElement =>
  element(
    'ValidationReport',
    constraintsElement(timestamp, report, objects),
    signerElement(timestamp, report, objects),
    element(
      'SignatureValidationStatus',
      indicationElements(timestamp.conclusion, 'part'),
      reportData(timestamp, timestamp.facts.algorithm, objects.idOf(timestamp.facts.id) ?? '', report, objects),
    ),
  );

function constraintsElement({ process }: TokenReport, report: Report, objects: EtsiObjects): XmlElement {
  return element(
    'ValidationConstraintsEvaluationReport',
    element(
      'SignatureValidationPolicy',
      element('SignaturePolicyIdentifier', element('xades:SignaturePolicyImplied')),
      element('PolicyName', report.policy),
    ),
    process.flatMap((block) => block.findings.map((finding) => constraintElement(block, finding, report, objects))),
  );
}

/** Only what a check concluded by itself counts as its indication; what is merely told passes. */
function constraintElement(block: BlockResult, finding: Finding, report: Report, objects: EtsiObjects): XmlElement {
  const failed = finding.outcome === 'fail';
  const subject = objects.idOf(block.subject);
  const conclusion = failed && block.conclusion.indication !== 'PASSED' ? block.conclusion : ({ indication: 'PASSED' } as const);
  return element(
    'ValidationConstraint',
    element('ValidationConstraintIdentifier', uriOf(`urn:adeskit:check:${finding.check}`)),
    element('ConstraintStatus', element('Status', constraintStatus(finding.outcome === 'ignored'))),
    finding.outcome === 'ignored'
      ? null
      : element(
          'ValidationStatus',
          indicationElements(conclusion, 'part'),
          subject === null ? null : element('AssociatedValidationReportData', reference('RelatedValidationObject', [subject])),
        ),
    finding.outcome === 'ok' || finding.outcome === 'ignored' ? null : element('Indications', sentenceOf(finding, namesIn(report))),
  );
}

const timeElement = (at: number, best: number, by: string | null): XmlElement =>
  element('ValidationTimeInfo', element('ValidationTime', xmlTime(at)), poeElement('BestSignatureTime', best, by));

function signerElement({ facts }: SignatureReport | TimestampReport, report: Report, objects: EtsiObjects): XmlElement | null {
  const id = objects.idOf(facts.signer.certificate);
  const certificate = report.certificates.get(facts.signer.certificate ?? '');
  if (id === null || certificate === undefined) return null;
  const pseudonym = attributeValues(certificate.subject, PSEUDONYM).length > 0;
  return withAttributes(element('SignerInformation', reference('SignerCertificate', [id]), element('Signer', certificate.subject.text)), {
    Pseudonym: String(pseudonym),
  });
}

/** The chain, its anchor, who of it is revoked, and the algorithm that was found wanting or is in order. */
function reportData(
  token: TokenReport,
  algorithm: SignatureReport['facts']['algorithm'],
  own: string,
  report: Report,
  objects: EtsiObjects,
): XmlElement | null {
  const ids = token.chain.flatMap(({ fingerprint }) => objects.idOf(fingerprint) ?? []);
  const [signer] = ids;
  if (signer === undefined) return null;
  const anchor = chainIsTrusted(token) ? (ids.at(-1) ?? null) : null;
  const middle = ids.slice(1, anchor === null ? undefined : -1);
  return element(
    'AssociatedValidationReportData',
    anchor === null ? null : reference('TrustAnchor', [anchor]),
    element(
      'CertificateChain',
      reference('SigningCertificate', [signer]),
      middle.map((id) => reference('IntermediateCertificate', [id])),
      anchor === null || ids.length < 2 ? null : reference('TrustAnchor', [anchor]),
    ),
    revocationElement(token, report, objects),
    cryptoElement(token, algorithm, own),
  );
}

function revocationElement({ chain }: TokenReport, { evidence }: Report, objects: EtsiObjects): XmlElement | null {
  for (const { fingerprint } of chain) {
    const revoked = evidence.statuses.get(fingerprint)?.find(isRevoked);
    const id = objects.idOf(fingerprint);
    if (revoked === undefined || revoked.revokedAt === null || id === null) continue;
    return element(
      'RevocationStatusInformation',
      reference('ValidationObjectId', [id]),
      element('RevocationTime', xmlTime(revoked.revokedAt)),
      revoked.reason === null ? null : element('RevocationReason', revocationReason(revoked.reason)),
      reference('RevocationObject', [objects.idOf(revoked.revocation) ?? []].flat()),
    );
  }
  return null;
}

const isRevoked = ({ status, revokedAt, problem, authorised }: CertificateStatus): boolean =>
  status === 'revoked' && revokedAt !== null && problem === null && authorised;

function cryptoElement({ process }: TokenReport, algorithm: SignatureReport['facts']['algorithm'], own: string): XmlElement | null {
  const weak = process.flatMap(({ findings }) => findings).find(({ check, outcome }) => outcome === 'fail' && WEAK.has(check));
  const until = weak?.with?.['until'];
  const uri = algorithm.scheme === null ? null : signatureUri(algorithm.scheme, algorithm.digest);
  return element(
    'CryptoInformation',
    reference('ValidationObjectId', [own]),
    element('Algorithm', uri ?? uriOf(algorithm.identifier)),
    element('SecureAlgorithm', String(weak === undefined)),
    typeof until === 'number' ? element('NotAfter', xmlTime(until)) : null,
  );
}

const processOf = (process: readonly BlockResult[]): 'Basic' | 'LTVM' | 'LTA' => {
  const blocks = new Set(process.map(({ block }) => block));
  if (LONG_TERM.some((block) => blocks.has(block))) return 'LTA';
  return blocks.has('signature-with-time') ? 'LTVM' : 'Basic';
};

const LONG_TERM = ['long-term-availability', 'past-signature-validation'];
const WEAK: ReadonlySet<string> = new Set([
  'signature-algorithm',
  'signature-algorithm-at-best-signature-time',
  'signature-algorithms',
  'algorithms-at-existence',
]);
const PSEUDONYM = '2.5.4.65';
