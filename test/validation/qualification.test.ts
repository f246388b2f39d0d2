import { beforeAll, describe, expect, test } from 'vitest';
import { fromIso, type Instant } from '../../src/base/instant.ts';
import { certificatePolicies } from '../../src/issuing/extension.ts';
import { type Certificate, parseCertificate } from '../../src/pki/certificate.ts';
import { buildSnapshot, openSnapshot, type TrustedService } from '../../src/trust/index.ts';
import { qualifyOverTime } from '../../src/validation/qualification.ts';
import { levelOf, qualifyTimestamp } from '../../src/validation/qualification-signature.ts';
import type { QualificationReasonId, SignatureQualification } from '../../src/validation/qualification-type.ts';
import { memoryPki } from '../support/pki.ts';
import { type ServiceToWrite, SIGNED_AT, type StateToWrite, signedList, statements } from '../support/trusted-list.ts';

const pki = memoryPki({ at: Date.UTC(2024, 0, 15) });

const E = '2016-06-30T22:00:00Z';
const SIG = ['ForeSignatures'];
const ALL = ['ForeSignatures', 'ForeSeals', 'ForWebSiteAuthentication'];
const granted: StateToWrite = { status: 'granted', from: E, additional: SIG };
const everything: StateToWrite = { status: 'granted', from: E, additional: ALL };
const withdrawn: StateToWrite = { status: 'withdrawn', from: '2022-01-01T00:00:00Z', additional: SIG };
const before: StateToWrite = { status: 'undersupervision', from: '2010-01-01T00:00:00Z' };
const q = (...names: string[]): Pick<StateToWrite, 'qualifiers'> => ({ qualifiers: [{ names }] });

const ESIG = { compliance: true, types: [1] } as const;
const ESIG_QSCD = { ...ESIG, sscd: true } as const;
const ESEAL = { compliance: true, types: [2] } as const;
const WEB = { compliance: true, types: [3] } as const;

interface Case {
  readonly name: string;
  readonly said: Parameters<typeof statements>[0];
  readonly policies?: readonly string[];
  /** When the certificate was issued; default 2020. */
  readonly issued?: string;
  /** Best signature time; default 2021. */
  readonly best?: string;
  readonly services: readonly (readonly StateToWrite[])[];
  readonly result: string;
  readonly because?: readonly QualificationReasonId[];
  readonly level?: SignatureQualification;
}

const cases: readonly Case[] = [
  // The certificate speaks for itself.
  {
    name: 'for signatures with a device',
    said: ESIG_QSCD,
    services: [[granted]],
    result: 'QCERT_FOR_ESIG_QSCD',
    because: ['service', 'qc-by-certificate', 'type-by-certificate', 'qscd-by-certificate'],
    level: 'QESig',
  },
  {
    name: 'for signatures without a device',
    said: ESIG,
    services: [[granted]],
    result: 'QCERT_FOR_ESIG',
    because: ['no-qscd-by-certificate'],
    level: 'AdESig-QC',
  },
  {
    name: 'for seals with a device',
    said: { ...ESEAL, sscd: true },
    services: [[everything]],
    result: 'QCERT_FOR_ESEAL_QSCD',
    level: 'QESeal',
  },
  { name: 'for seals', said: ESEAL, services: [[everything]], result: 'QCERT_FOR_ESEAL', level: 'AdESeal-QC' },
  { name: 'for websites', said: WEB, services: [[everything]], result: 'QCERT_FOR_WSA', level: 'Not-AdES' },
  {
    name: 'for websites with a device, which counts for nothing',
    said: { ...WEB, sscd: true },
    services: [[everything]],
    result: 'QCERT_FOR_WSA',
  },
  { name: 'qualified without a type is for signatures', said: { compliance: true }, services: [[granted]], result: 'QCERT_FOR_ESIG' },
  {
    name: 'with two types is for none that is clear',
    said: { compliance: true, types: [1, 2] },
    services: [[everything]],
    result: 'QCERT_FOR_UNKNOWN',
    because: ['type-unclear'],
    level: 'AdES?-QC',
  },
  {
    name: 'with two types and a device',
    said: { compliance: true, sscd: true, types: [1, 2] },
    services: [[everything]],
    result: 'QCERT_FOR_UNKNOWN_QSCD',
    level: 'QES?',
  },
  {
    name: 'typed and not qualified',
    said: { types: [1] },
    services: [[granted]],
    result: 'CERT_FOR_ESIG',
    because: ['not-qc-by-certificate'],
    level: 'AdESig',
  },
  { name: 'typed for seals and not qualified', said: { types: [2] }, services: [[everything]], result: 'CERT_FOR_ESEAL', level: 'AdESeal' },
  {
    name: 'typed for websites and not qualified',
    said: { types: [3] },
    services: [[everything]],
    result: 'CERT_FOR_WSA',
    level: 'Not-AdES',
  },
  { name: 'that says nothing', said: {}, services: [[granted]], result: 'CERT_FOR_UNKNOWN', level: 'AdES?' },
  { name: 'with a device and not qualified', said: { sscd: true, types: [1] }, services: [[granted]], result: 'CERT_FOR_ESIG' },
  {
    name: 'qualified by another law',
    said: { ...ESIG, law: 'CH' },
    services: [[granted]],
    result: 'CERT_FOR_ESIG',
    because: ['other-law'],
  },
  // Which services count.
  { name: 'of no service', said: ESIG_QSCD, services: [], result: 'CERT_FOR_ESIG', because: ['no-service'] },
  {
    name: 'of a service for certificates that are not qualified',
    said: ESIG,
    services: [[{ ...granted, type: 'CA/PKC', status: 'recognisedatnationallevel' }]],
    result: 'CERT_FOR_ESIG',
    because: ['not-ca-qc'],
  },
  {
    name: 'of a service that began later',
    said: ESIG,
    services: [[{ ...granted, from: '2023-01-01T00:00:00Z' }]],
    result: 'CERT_FOR_ESIG',
    because: ['not-in-force'],
  },
  { name: 'of a service that was withdrawn after both times', said: ESIG, services: [[withdrawn, granted]], result: 'QCERT_FOR_ESIG' },
  {
    name: 'of a service that was withdrawn between both times',
    said: ESIG,
    services: [[withdrawn, granted]],
    best: '2023-01-01T00:00:00Z',
    result: 'CERT_FOR_ESIG',
    because: ['differs-over-time', 'not-granted'],
  },
  {
    name: 'of a service that was granted between both times',
    said: ESIG,
    services: [
      [
        { ...granted, from: '2020-08-01T00:00:00Z' },
        { status: 'withdrawn', from: E, additional: SIG },
      ],
    ],
    result: 'CERT_FOR_ESIG',
    because: ['not-granted'],
  },
  {
    name: 'of a service that was withdrawn at both times',
    said: ESIG,
    services: [[{ ...withdrawn, from: E }]],
    result: 'CERT_FOR_ESIG',
    because: ['not-granted'],
  },
  {
    name: 'of a state that begins at the very instant',
    said: ESIG,
    issued: '2022-01-01T00:00:00Z',
    best: '2022-01-01T00:00:00Z',
    services: [[withdrawn, granted]],
    result: 'CERT_FOR_ESIG',
  },
  {
    name: 'issued the instant before',
    said: ESIG,
    issued: '2021-12-31T23:59:59Z',
    best: '2021-12-31T23:59:59Z',
    services: [[withdrawn, granted]],
    result: 'QCERT_FOR_ESIG',
  },
  // Types that a service is for.
  {
    name: 'for seals of a service for signatures',
    said: ESEAL,
    services: [[granted]],
    result: 'CERT_FOR_ESEAL',
    because: ['type-not-served'],
  },
  {
    name: 'for signatures of a service for seals',
    said: ESIG,
    services: [[{ ...granted, additional: ['ForeSeals'] }]],
    result: 'CERT_FOR_ESIG',
    because: ['type-not-served'],
  },
  {
    name: 'for websites of a service for signatures',
    said: WEB,
    services: [[granted]],
    result: 'CERT_FOR_WSA',
    because: ['type-not-served'],
  },
  {
    name: 'of a service that tells no type',
    said: ESIG,
    services: [[{ ...granted, additional: [] }]],
    result: 'CERT_FOR_ESIG',
    because: ['type-not-served'],
  },
  {
    name: 'without a type that is clear passes',
    said: { compliance: true, types: [2, 3] },
    services: [[granted]],
    result: 'QCERT_FOR_UNKNOWN',
  },
  {
    name: 'for seals that a qualifier makes one for signatures',
    said: ESEAL,
    services: [[{ ...granted, ...q('QCForESig') }]],
    result: 'QCERT_FOR_ESIG',
    because: ['type-overruled', 'type-by-list'],
  },
  {
    name: 'for signatures that a qualifier makes one for seals',
    said: ESIG,
    services: [[{ ...granted, additional: ['ForeSeals'], ...q('QCForESeal') }]],
    result: 'QCERT_FOR_ESEAL',
    because: ['type-overruled'],
  },
  {
    name: 'for signatures that a qualifier makes one for websites',
    said: ESIG,
    services: [[{ ...granted, additional: ['ForWebSiteAuthentication'], ...q('QCForWSA') }]],
    result: 'QCERT_FOR_WSA',
  },
  {
    name: 'for seals of two services, one for signatures and one for seals',
    said: ESEAL,
    services: [[granted], [{ ...granted, additional: ['ForeSeals'] }]],
    result: 'QCERT_FOR_ESEAL',
    because: ['type-not-served'],
  },
  {
    name: 'for signatures of legal persons',
    said: ESIG,
    services: [[{ ...granted, ...q('QCForLegalPerson') }]],
    result: 'CERT_FOR_ESIG',
    because: ['type-not-served'],
  },
  // Qualifiers on being qualified.
  {
    name: 'that the list makes qualified',
    said: { types: [1] },
    services: [[{ ...granted, ...q('QCStatement') }]],
    result: 'QCERT_FOR_ESIG',
    because: ['qc-by-list'],
  },
  {
    name: 'that the list makes not qualified',
    said: ESIG,
    services: [[{ ...granted, ...q('NotQualified') }]],
    result: 'CERT_FOR_ESIG',
    because: ['not-qc-by-list'],
  },
  {
    name: 'on which the list contradicts itself',
    said: ESIG,
    services: [[{ ...granted, ...q('QCStatement', 'NotQualified') }]],
    result: 'CERT_FOR_ESIG',
    because: ['inconsistent-qc'],
  },
  {
    name: 'that the list makes qualified, by the law of another country',
    said: { ...ESIG, law: 'CH' },
    services: [[{ ...granted, ...q('QCStatement') }]],
    result: 'QCERT_FOR_ESIG',
  },
  {
    name: 'whose qualifier is unknown',
    said: ESIG,
    services: [[{ ...granted, ...q('QCSomething') }]],
    result: 'QCERT_FOR_ESIG',
    because: ['unknown-qualifier'],
  },
  // Qualifiers on the use.
  {
    name: 'with two qualifiers of use',
    said: ESIG,
    services: [[{ ...everything, ...q('QCForESig', 'QCForESeal') }]],
    result: 'QCERT_FOR_UNKNOWN',
    because: ['inconsistent-type'],
  },
  {
    name: 'with a qualifier for a use that the service is not for',
    said: ESIG,
    services: [[{ ...granted, ...q('QCForESeal') }]],
    result: 'QCERT_FOR_UNKNOWN',
    because: ['inconsistent-type'],
  },
  {
    name: 'of legal persons, and for signatures',
    said: { compliance: true, types: [1, 2] },
    services: [[{ ...everything, ...q('QCForLegalPerson', 'QCForESig') }]],
    result: 'QCERT_FOR_UNKNOWN',
    because: ['inconsistent-type'],
  },
  {
    name: 'whose use the list tells',
    said: { compliance: true, types: [1, 2] },
    services: [[{ ...everything, ...q('QCForESeal') }]],
    result: 'QCERT_FOR_ESEAL',
    because: ['type-by-list'],
  },
  // Qualifiers on the device.
  {
    name: 'whose device the list adds',
    said: ESIG,
    services: [[{ ...granted, ...q('QCWithQSCD') }]],
    result: 'QCERT_FOR_ESIG_QSCD',
    because: ['qscd-by-list'],
  },
  {
    name: 'whose device is managed on behalf',
    said: ESIG,
    services: [[{ ...granted, ...q('QCQSCDManagedOnBehalf') }]],
    result: 'QCERT_FOR_ESIG_QSCD',
    because: ['qscd-by-list'],
  },
  {
    name: 'whose device the list denies',
    said: ESIG_QSCD,
    services: [[{ ...granted, ...q('QCNoQSCD') }]],
    result: 'QCERT_FOR_ESIG',
    because: ['no-qscd-by-list'],
  },
  {
    name: 'whose device is as the certificate says',
    said: ESIG_QSCD,
    services: [[{ ...granted, ...q('QCQSCDStatusAsInCert') }]],
    result: 'QCERT_FOR_ESIG_QSCD',
    because: ['qscd-by-certificate'],
  },
  {
    name: 'whose device is as the certificate does not say',
    said: ESIG,
    services: [[{ ...granted, ...q('QCQSCDStatusAsInCert') }]],
    result: 'QCERT_FOR_ESIG',
    because: ['no-qscd-by-certificate'],
  },
  {
    name: 'on whose device the list says yes and no',
    said: ESIG_QSCD,
    services: [[{ ...granted, ...q('QCWithQSCD', 'QCNoQSCD') }]],
    result: 'QCERT_FOR_ESIG',
    because: ['inconsistent-qscd'],
  },
  {
    name: 'on whose device the list decides and does not',
    said: ESIG_QSCD,
    services: [[{ ...granted, ...q('QCWithQSCD', 'QCQSCDStatusAsInCert') }]],
    result: 'QCERT_FOR_ESIG',
    because: ['inconsistent-qscd'],
  },
  {
    name: 'with the word of the directive alone',
    said: ESIG_QSCD,
    services: [[{ ...granted, ...q('QCWithSSCD') }]],
    result: 'QCERT_FOR_ESIG',
    because: ['inconsistent-qscd'],
  },
  {
    name: 'with the word of the directive beside that of the regulation',
    said: ESIG,
    services: [[{ ...granted, ...q('QCWithSSCD', 'QCWithQSCD') }]],
    result: 'QCERT_FOR_ESIG_QSCD',
  },
  {
    name: 'whose device was taken away between both times',
    said: ESIG_QSCD,
    services: [[{ ...granted, from: '2020-09-01T00:00:00Z', ...q('QCNoQSCD') }, granted]],
    result: 'QCERT_FOR_ESIG',
    because: ['differs-over-time'],
  },
  {
    name: 'whose device was given between both times',
    said: ESIG,
    services: [[{ ...granted, from: '2020-09-01T00:00:00Z', ...q('QCWithQSCD') }, granted]],
    result: 'QCERT_FOR_ESIG_QSCD',
    because: ['differs-over-time'],
  },
  // Criteria.
  {
    name: 'that the policy of the qualifier does not fit',
    said: ESIG,
    services: [[{ ...granted, qualifiers: [{ names: ['QCWithQSCD'], policy: '1.2.3.4' }] }]],
    result: 'QCERT_FOR_ESIG',
  },
  {
    name: 'that the policy of the qualifier fits',
    said: ESIG,
    policies: ['1.2.3.4'],
    services: [[{ ...granted, qualifiers: [{ names: ['QCWithQSCD'], policy: '1.2.3.4' }] }]],
    result: 'QCERT_FOR_ESIG_QSCD',
  },
  {
    name: 'that criteria of none do not fit',
    said: ESIG,
    services: [
      [
        {
          ...granted,
          qualifiers: [
            {
              names: ['NotQualified'],
              criteria:
                '<ecc:CriteriaList assert="none"><ecc:KeyUsage><ecc:KeyUsageBit name="nonRepudiation">true</ecc:KeyUsageBit></ecc:KeyUsage></ecc:CriteriaList>',
            },
          ],
        },
      ],
    ],
    result: 'QCERT_FOR_ESIG',
  },
  {
    name: 'that an unknown criterion is for',
    said: ESIG,
    services: [
      [
        {
          ...granted,
          qualifiers: [
            {
              names: ['NotQualified'],
              criteria:
                '<ecc:CriteriaList assert="all"><ecc:otherCriteriaList><x:Odd xmlns:x="urn:odd"/></ecc:otherCriteriaList></ecc:CriteriaList>',
            },
          ],
        },
      ],
    ],
    result: 'QCERT_FOR_ESIG',
  },
  {
    name: 'that nested criteria fit',
    said: ESIG,
    services: [
      [
        {
          ...granted,
          qualifiers: [
            {
              names: ['QCWithQSCD'],
              criteria:
                '<ecc:CriteriaList assert="all"><ecc:CriteriaList assert="atLeastOne"><ecc:KeyUsage><ecc:KeyUsageBit name="keyCertSign">true</ecc:KeyUsageBit></ecc:KeyUsage><ecc:KeyUsage><ecc:KeyUsageBit name="digitalSignature">true</ecc:KeyUsageBit></ecc:KeyUsage></ecc:CriteriaList></ecc:CriteriaList>',
            },
          ],
        },
      ],
    ],
    result: 'QCERT_FOR_ESIG_QSCD',
  },
  // Several services.
  { name: 'of two services that agree', said: ESIG_QSCD, services: [[granted], [granted]], result: 'QCERT_FOR_ESIG_QSCD' },
  {
    name: 'of two services, one granted and one withdrawn',
    said: ESIG,
    services: [[granted], [{ ...withdrawn, from: E }]],
    result: 'NA',
    because: ['conflict'],
    level: 'N/A',
  },
  {
    name: 'of two services that differ on the device',
    said: ESIG,
    services: [[granted], [{ ...granted, ...q('QCWithQSCD') }]],
    result: 'NA',
    because: ['conflict'],
  },
  {
    name: 'of two services of which one is not for its type',
    said: ESIG,
    services: [[granted], [{ ...withdrawn, from: E, additional: ['ForeSeals'], ...q('QCForESeal') }]],
    issued: '2020-01-01T00:00:00Z',
    result: 'NA',
    because: ['conflict'],
  },
  {
    name: 'of two services of which one is for websites only',
    said: ESEAL,
    services: [[{ ...granted, additional: ['ForeSeals'] }], [{ ...granted, additional: ['ForWebSiteAuthentication'] }]],
    result: 'QCERT_FOR_ESEAL',
    because: ['type-not-served'],
  },
  // Before the regulation.
  {
    name: 'before 2016-07-01, by its statement',
    said: { compliance: true },
    issued: '2015-01-01T00:00:00Z',
    best: '2015-06-01T00:00:00Z',
    services: [[granted, before]],
    result: 'QCERT_FOR_ESIG',
    because: ['type-before-regulation'],
    level: 'AdESig-QC',
  },
  {
    name: 'before, by the policy QCP',
    said: {},
    policies: ['0.4.0.1456.1.2'],
    issued: '2015-01-01T00:00:00Z',
    best: '2015-06-01T00:00:00Z',
    services: [[granted, before]],
    result: 'QCERT_FOR_ESIG',
  },
  {
    name: 'before, by the policy QCP+, which is a device too',
    said: {},
    policies: ['0.4.0.1456.1.1'],
    issued: '2015-01-01T00:00:00Z',
    best: '2015-06-01T00:00:00Z',
    services: [[granted, before]],
    result: 'QCERT_FOR_ESIG_QSCD',
    level: 'QESig',
  },
  {
    name: 'after, by the policy QCP, which says nothing any more',
    said: {},
    policies: ['0.4.0.1456.1.2'],
    services: [[granted]],
    result: 'CERT_FOR_UNKNOWN',
  },
  {
    name: 'before, by nothing',
    said: {},
    issued: '2015-01-01T00:00:00Z',
    best: '2015-06-01T00:00:00Z',
    services: [[granted, before]],
    result: 'CERT_FOR_UNKNOWN',
  },
  {
    name: 'before, of an accredited service',
    said: { compliance: true, sscd: true },
    issued: '2015-01-01T00:00:00Z',
    best: '2015-06-01T00:00:00Z',
    services: [[granted, { ...before, status: 'accredited' }]],
    result: 'QCERT_FOR_ESIG_QSCD',
  },
  {
    name: 'before, of a service whose supervision was ending',
    said: { compliance: true },
    issued: '2015-01-01T00:00:00Z',
    best: '2015-06-01T00:00:00Z',
    services: [[granted, { ...before, status: 'supervisionincessation' }]],
    result: 'QCERT_FOR_ESIG',
  },
  {
    name: 'before, of a service whose supervision had ceased',
    said: { compliance: true },
    issued: '2015-01-01T00:00:00Z',
    best: '2015-06-01T00:00:00Z',
    services: [[granted, { ...before, status: 'supervisionceased' }]],
    result: 'CERT_FOR_ESIG',
    because: ['not-granted'],
  },
  {
    name: 'before, of a service with a status of the regulation',
    said: { compliance: true },
    issued: '2015-01-01T00:00:00Z',
    best: '2015-06-01T00:00:00Z',
    services: [[{ ...before, status: 'granted' }]],
    result: 'CERT_FOR_ESIG',
    because: ['status-of-another-law'],
  },
  {
    name: 'before, with a device by the word of the directive',
    said: { compliance: true },
    issued: '2015-01-01T00:00:00Z',
    best: '2015-06-01T00:00:00Z',
    services: [[granted, { ...before, ...q('QCWithSSCD') }]],
    result: 'QCERT_FOR_ESIG_QSCD',
  },
  {
    name: 'before, without a device by the word of the directive',
    said: { compliance: true, sscd: true },
    issued: '2015-01-01T00:00:00Z',
    best: '2015-06-01T00:00:00Z',
    services: [[granted, { ...before, ...q('QCNoSSCD') }]],
    result: 'QCERT_FOR_ESIG',
  },
  {
    name: 'before, of a service for seals, which there were not',
    said: { compliance: true },
    issued: '2015-01-01T00:00:00Z',
    best: '2015-06-01T00:00:00Z',
    services: [[granted, { ...before, additional: ['ForeSeals'] }]],
    result: 'QCERT_FOR_UNKNOWN',
    because: ['inconsistent-type'],
  },
  {
    name: 'issued before and signed after',
    said: { compliance: true, sscd: true },
    issued: '2015-01-01T00:00:00Z',
    best: '2017-01-01T00:00:00Z',
    services: [[granted, before]],
    result: 'QCERT_FOR_ESIG_QSCD',
    level: 'QESig',
  },
  {
    name: 'issued before and signed after the service was withdrawn',
    said: { compliance: true },
    issued: '2015-01-01T00:00:00Z',
    best: '2017-01-01T00:00:00Z',
    services: [[{ ...withdrawn, from: E }, before]],
    result: 'CERT_FOR_ESIG',
  },
  {
    name: 'issued in the first hour of the regulation',
    said: ESIG,
    issued: E,
    best: E,
    services: [[granted, before]],
    result: 'QCERT_FOR_ESIG',
  },
  {
    name: 'issued in the last second of the directive',
    said: ESIG,
    issued: '2016-06-30T21:59:59Z',
    best: '2016-06-30T21:59:59Z',
    services: [[granted, before]],
    result: 'QCERT_FOR_ESIG',
    because: ['type-before-regulation'],
  },
];

const instant = (iso: string): Instant => fromIso(iso) ?? Number.NaN;
let signer: Awaited<ReturnType<Awaited<ReturnType<typeof pki>>['leaf']>>;

beforeAll(async () => {
  signer = await (await pki()).leaf('P-256', { subject: { CN: 'List operator', C: 'XX' } });
});

/** By a list that is written, signed, verified, kept and opened. */
async function servicesOf(states: Case['services'], certificate: Uint8Array): Promise<readonly TrustedService[]> {
  const services = states.map((all): ServiceToWrite => ({ certificate, states: all }));
  const bytes = await signedList({ territory: 'XX', services }, signer.signer);
  const built = buildSnapshot([{ name: 'XX.xml', bytes, fetchedAt: null }], { at: SIGNED_AT, signers: [signer.certificate] });
  expect(built.collected.refused).toEqual([]);
  const opened = openSnapshot(built.bytes ?? new Uint8Array());
  if (!opened.ok) throw new Error(opened.malformed.reason);
  return opened.value.find(read(certificate)).services;
}

function read(der: Uint8Array): Certificate {
  const parsed = parseCertificate(der);
  if (!parsed.ok) throw new Error(parsed.malformed.reason);
  return parsed.value;
}

describe('a certificate', () => {
  test.for(cases)(
    '$name',
    async ({
      said,
      policies = [],
      issued = '2020-06-01T00:00:00Z',
      best = '2021-06-01T00:00:00Z',
      services,
      result,
      because = [],
      level,
    }) => {
      const { leaf, intermediate } = await pki();
      const { certificate } = await leaf('P-256', {
        notBefore: instant(issued),
        extensions: [statements(said), ...(policies.length > 0 ? [certificatePolicies([...policies])] : [])],
      });
      const over = qualifyOverTime(read(certificate), await servicesOf(services, intermediate), instant(best));
      const reasons = [...over.reasons, ...over.issuance.reasons, ...over.best.reasons].map(({ id }) => id);
      expect({ result: over.result, reasons }).toEqual({ result, reasons: expect.arrayContaining([...because]) });
      if (level !== undefined) expect(levelOf(over, 'TOTAL_PASSED')).toBe(level);
    },
  );

  test('is told of in at least sixty cases', () => expect(cases.length).toBeGreaterThanOrEqual(60));
});

describe('a signature', () => {
  const over = (qualified: boolean, type: 'esig' | 'eseal' | 'wsa' | 'unknown', qscd: boolean) =>
    ({ result: 'CERT_FOR_UNKNOWN', qualified, type, qscd }) as unknown as Parameters<typeof levelOf>[0];
  test.for([
    [over(true, 'esig', true), 'TOTAL_PASSED', 'QESig'],
    [over(true, 'esig', true), 'INDETERMINATE', 'Indeterminate-QESig'],
    [over(true, 'esig', true), 'TOTAL_FAILED', 'Not-AdES-QC-QSCD'],
    [over(true, 'eseal', false), 'INDETERMINATE', 'Indeterminate-AdESeal-QC'],
    [over(true, 'eseal', false), 'TOTAL_FAILED', 'Not-AdES-QC'],
    [over(true, 'unknown', true), 'INDETERMINATE', 'Indeterminate-QES?'],
    [over(true, 'wsa', true), 'TOTAL_PASSED', 'Not-AdES'],
    [over(true, 'wsa', true), 'TOTAL_FAILED', 'Not-AdES'],
    [over(false, 'esig', false), 'INDETERMINATE', 'Indeterminate-AdESig'],
    [over(false, 'unknown', false), 'TOTAL_FAILED', 'Not-AdES'],
    [null, 'TOTAL_PASSED', 'N/A'],
    [null, 'INDETERMINATE', 'N/A'],
    [null, 'TOTAL_FAILED', 'Not-AdES'],
  ] as const)('of %o that is %s is %s', ([certificate, indication, level]) => expect(levelOf(certificate, indication)).toBe(level));
});

describe('a time-stamp', () => {
  const stamping: StateToWrite = { type: 'TSA/QTST', status: 'granted', from: E };
  test.for([
    { name: 'of a granted service is qualified', states: [[stamping]], result: 'QTSA' },
    {
      name: 'of a service that was withdrawn between both times is not',
      states: [[{ ...stamping, status: 'withdrawn', from: '2020-09-01T00:00:00Z' }, stamping]],
      result: 'TSA',
    },
    {
      name: 'of a service for other time-stamps is not',
      states: [[{ ...stamping, type: 'TSA', status: 'recognisedatnationallevel' }]],
      result: 'TSA',
    },
    { name: 'of an issuer of certificates is not', states: [[granted]], result: 'TSA' },
    {
      name: 'of two services of which one is granted is qualified',
      states: [[stamping], [{ ...stamping, status: 'withdrawn' }]],
      result: 'QTSA',
    },
    { name: 'of no service is not', states: [], result: 'TSA' },
  ])('$name', async ({ states, result }) => {
    const { tsa } = await pki();
    const services = await servicesOf(states, tsa);
    expect(qualifyTimestamp(services, read(tsa), [instant('2020-06-01T00:00:00Z'), instant('2021-06-01T00:00:00Z')]).result).toBe(result);
  });
});
