/** Validation of a foreign file: the engine's verdict as plain data. */
import { validate } from 'adeskit';
import { httpCertificateSource, httpClient, httpRevocationSource } from 'adeskit/net';
import type { Certificate } from 'adeskit/pki';
import { attributeValues } from 'adeskit/pki';
import { isGood, toHtml, toJson, toneOfReport, toneOfSignature } from 'adeskit/report';
import { openSnapshot, type TrustSource } from 'adeskit/trust';
import type { SignatureReport } from 'adeskit/validation';
import { isPassed, subIndicationOf } from 'adeskit/validation';
import type { Calls, ValidatedSignature, Validation, ValidationTask } from './protocol.ts';

/** Throws the engine's `Fault` where the file is in no format that it knows. */
export async function validateDocument(task: ValidationTask, calls: Calls): Promise<Validation> {
  const { document, detached, trust, certificates, at } = task;
  const report = await validate(document, {
    at,
    trust,
    certificates,
    sources: sourcesOf(task, calls),
    ...(task.trustedLists !== null && { trustSource: snapshotOf(task.trustedLists) }),
    ...(detached !== null && { detached: [{ bytes: detached }] }),
  });
  const json = toJson(report);
  const judged = report.signatures.length + report.timestamps.length + report.evidenceRecords.length + report.unreadable.length;
  return {
    good: isGood(report) && report.signatures.length > 0,
    tone: judged === 0 ? null : toneOfReport(report),
    signatures: report.signatures.map((signature, index) => ({
      ...summaryOf(signature),
      tone: toneOfSignature(signature),
      intact: json.signatures[index]?.valid ?? false,
      indication: json.signatures[index]?.indication ?? 'INDETERMINATE',
    })),
    report: json,
    page: task.page === null ? null : toHtml(report, task.page),
  };
}

/** Opened once in a thread: the service reads its snapshot at the start only. */
function snapshotOf(octets: Uint8Array): TrustSource {
  if (opened === null) {
    const read = openSnapshot(octets);
    if (!read.ok) throw new Error(`the snapshot of trusted lists: ${read.malformed.reason}`);
    opened = read.value;
  }
  return opened;
}
let opened: TrustSource | null = null;

function sourcesOf({ online }: ValidationTask, calls: Calls) {
  const client = online ? httpClient({ timeoutMs: 8000, idleTimeoutMs: 5000, retries: 0, maximumRedirects: 2 }) : null;
  const web = client === null ? null : httpRevocationSource({ client });
  return {
    ...(client !== null && { certificates: httpCertificateSource({ client }) }),
    revocations: {
      find: async (certificate: Certificate, issuer: Certificate) => {
        const own = await calls.revocation(certificate.bytes, issuer.bytes);
        return own ?? (web === null ? [] : web.find(certificate, issuer));
      },
    },
  };
}

function summaryOf(signature: SignatureReport): Omit<ValidatedSignature, 'intact' | 'indication' | 'tone'> {
  const { conclusion, chain, timestamps, facts, revocation, qualification, level } = signature;
  const [own] = chain;
  const subIndication = subIndicationOf(conclusion);
  return {
    signerName: own ? nameIn(own, 'subject') : null,
    signedAt: timestamps.find((stamp) => isPassed(stamp.conclusion))?.facts.time ?? facts.claimedTime,
    passed: isPassed(conclusion),
    subIndication,
    qualification,
    certificateValid: chain.length > 0 && (isPassed(conclusion) || (subIndication !== null && !CERTIFICATE_PROBLEMS.has(subIndication))),
    issuer: own ? nameIn(own, 'issuer') : null,
    chain: chain.map(({ fingerprint }) => fingerprint),
    timestampValid: timestamps.length === 0 ? null : timestamps.some((stamp) => isPassed(stamp.conclusion)),
    revocation: revocation.status,
    level,
  };
}

/** Organization or common name of an issuer; common name of a subject. */
function nameIn(certificate: Certificate, of: 'subject' | 'issuer'): string {
  const name = certificate[of];
  const value = (oid: string): string | undefined => attributeValues(name, oid)[0];
  const common = value('2.5.4.3');
  return (of === 'issuer' ? (value('2.5.4.10') ?? common) : common) ?? name.text;
}

const CERTIFICATE_PROBLEMS: ReadonlySet<string> = new Set([
  'REVOKED',
  'EXPIRED',
  'NOT_YET_VALID',
  'CHAIN_CONSTRAINTS_FAILURE',
  'CERTIFICATE_CHAIN_GENERAL_FAILURE',
  'NO_SIGNING_CERTIFICATE_FOUND',
  'NO_CERTIFICATE_CHAIN_FOUND',
  'NO_CERTIFICATE_CHAIN_FOUND_NO_POE',
  'REVOKED_NO_POE',
  'REVOKED_CA_NO_POE',
  'OUT_OF_BOUNDS_NOT_REVOKED',
  'OUT_OF_BOUNDS_NO_POE',
  'REVOCATION_OUT_OF_BOUNDS_NO_POE',
  'TRY_LATER',
]);
