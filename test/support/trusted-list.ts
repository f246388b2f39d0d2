/** Trusted lists of our own, written and signed here (TS 119 612). */
import { der } from '../../src/asn1/index.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import { type Instant, toIso } from '../../src/base/instant.ts';
import { toBase64, utf8 } from '../../src/base/text.ts';
import type { Signer } from '../../src/crypto/signer.ts';
import { sign } from '../../src/index.ts';
import type { IssuedExtension } from '../../src/issuing/extension.ts';

export interface ListToWrite {
  readonly territory: string;
  readonly sequence?: number;
  readonly version?: number;
  readonly issued?: string;
  readonly nextUpdate?: string | null;
  readonly services?: readonly ServiceToWrite[];
  /** Makes it a list of lists. */
  readonly pointers?: readonly PointerToWrite[];
  readonly informationUris?: readonly string[];
}

export interface PointerToWrite {
  readonly territory: string;
  readonly location: string;
  readonly signers: readonly Bytes[];
  readonly ofLists?: boolean;
}

/** The present state first. */
export interface ServiceToWrite {
  readonly certificate: Bytes;
  readonly states: readonly StateToWrite[];
}

export interface StateToWrite {
  readonly type?: string;
  readonly status: string;
  readonly from: string;
  /** ForeSignatures, ForeSeals, ForWebSiteAuthentication. */
  readonly additional?: readonly string[];
  readonly qualifiers?: readonly QualifiersToWrite[];
}

export interface QualifiersToWrite {
  readonly names: readonly string[];
  /** Of those that the certificate must have; default: a key usage that every leaf has. */
  readonly policy?: string;
  readonly criteria?: string;
}

export const SIGNED_AT: Instant = Date.UTC(2024, 0, 20);

/** A list as it is published: enveloped signature, level B. */
export async function signedList(list: ListToWrite, signer: Signer, at: Instant = SIGNED_AT): Promise<Bytes> {
  return sign(utf8(listXml(list)), { format: 'xades', packaging: 'enveloped', alone: true, signer, at });
}

export function listXml(list: ListToWrite): string {
  const {
    territory,
    sequence = 1,
    version = 5,
    issued = '2024-01-01T00:00:00Z',
    nextUpdate = '2024-07-01T00:00:00Z',
    pointers,
    services = [],
  } = list;
  const type = pointers === undefined ? 'EUgeneric' : 'EUlistofthelists';
  const uris = (list.informationUris ?? ['https://list.example/']).map((uri) => `<URI xml:lang="en">${uri}</URI>`).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>
<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#" xmlns:ecc="http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#" xmlns:tslx="http://uri.etsi.org/02231/v2/additionaltypes#" TSLTag="http://uri.etsi.org/19612/TSLTag" Id="list">
<SchemeInformation><TSLVersionIdentifier>${version}</TSLVersionIdentifier><TSLSequenceNumber>${sequence}</TSLSequenceNumber>
<TSLType>http://uri.etsi.org/TrstSvc/TrustedList/TSLType/${type}</TSLType>
<SchemeOperatorName><Name xml:lang="en">Scheme operator of ${territory}</Name></SchemeOperatorName>
<SchemeName><Name xml:lang="en">${territory}: test list</Name></SchemeName><SchemeInformationURI>${uris}</SchemeInformationURI>
<StatusDeterminationApproach>http://uri.etsi.org/TrstSvc/TrustedList/StatusDetn/EUappropriate</StatusDeterminationApproach>
<SchemeTerritory>${territory}</SchemeTerritory><HistoricalInformationPeriod>65535</HistoricalInformationPeriod>
${pointers === undefined ? '' : `<PointersToOtherTSL>${pointers.map(pointerXml).join('')}</PointersToOtherTSL>`}
<ListIssueDateTime>${issued}</ListIssueDateTime><NextUpdate>${nextUpdate === null ? '' : `<dateTime>${nextUpdate}</dateTime>`}</NextUpdate></SchemeInformation>
${services.length === 0 ? '' : `<TrustServiceProviderList><TrustServiceProvider><TSPInformation><TSPName><Name xml:lang="en">Provider of ${territory}</Name></TSPName></TSPInformation><TSPServices>${services.map(serviceXml).join('')}</TSPServices></TrustServiceProvider></TrustServiceProviderList>`}
</TrustServiceStatusList>
`;
}

const pointerXml = ({ territory, location, signers, ofLists }: PointerToWrite): string =>
  `<OtherTSLPointer><ServiceDigitalIdentities>${signers.map((der) => `<ServiceDigitalIdentity>${certificateXml(der)}</ServiceDigitalIdentity>`).join('')}</ServiceDigitalIdentities>
<TSLLocation>${location}</TSLLocation><AdditionalInformation><OtherInformation><TSLType>http://uri.etsi.org/TrstSvc/TrustedList/TSLType/${ofLists ? 'EUlistofthelists' : 'EUgeneric'}</TSLType></OtherInformation>
<OtherInformation><SchemeTerritory>${territory}</SchemeTerritory></OtherInformation><OtherInformation><tslx:MimeType>application/vnd.etsi.tsl+xml</tslx:MimeType></OtherInformation></AdditionalInformation></OtherTSLPointer>`;

const certificateXml = (certificate: Bytes): string => `<DigitalId><X509Certificate>${toBase64(certificate)}</X509Certificate></DigitalId>`;

function serviceXml({ certificate, states }: ServiceToWrite): string {
  const [present, ...history] = states;
  const body = (state: StateToWrite, extensions: string) =>
    `<ServiceTypeIdentifier>http://uri.etsi.org/TrstSvc/Svctype/${state.type ?? 'CA/QC'}</ServiceTypeIdentifier><ServiceName><Name xml:lang="en">Issuing service</Name></ServiceName>
<ServiceDigitalIdentity>${certificateXml(certificate)}</ServiceDigitalIdentity><ServiceStatus>http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/${state.status}</ServiceStatus>
<StatusStartingTime>${state.from}</StatusStartingTime>${extensions}`;
  return `<TSPService><ServiceInformation>${present === undefined ? '' : body(present, extensionsXml(present))}</ServiceInformation>${
    history.length === 0
      ? ''
      : `<ServiceHistory>${history.map((state) => `<ServiceHistoryInstance>${body(state, extensionsXml(state))}</ServiceHistoryInstance>`).join('')}</ServiceHistory>`
  }</TSPService>`;
}

function extensionsXml({ additional = [], qualifiers = [] }: StateToWrite): string {
  const served = additional.map(
    (name) =>
      `<Extension Critical="false"><AdditionalServiceInformation><URI xml:lang="en">http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/${name}</URI></AdditionalServiceInformation></Extension>`,
  );
  const elements = qualifiers.map(({ names, policy, criteria }) => {
    const asked =
      criteria ??
      (policy === undefined
        ? '<ecc:CriteriaList assert="all"><ecc:KeyUsage><ecc:KeyUsageBit name="nonRepudiation">true</ecc:KeyUsageBit></ecc:KeyUsage></ecc:CriteriaList>'
        : `<ecc:CriteriaList assert="atLeastOne"><ecc:PolicySet><ecc:PolicyIdentifier><xades:Identifier xmlns:xades="http://uri.etsi.org/01903/v1.3.2#" Qualifier="OIDAsURN">urn:oid:${policy}</xades:Identifier></ecc:PolicyIdentifier></ecc:PolicySet></ecc:CriteriaList>`);
    const uris = names.map((name) => `<ecc:Qualifier uri="http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/${name}"/>`).join('');
    return `<ecc:QualificationElement><ecc:Qualifiers>${uris}</ecc:Qualifiers>${asked}</ecc:QualificationElement>`;
  });
  const qualifications =
    elements.length === 0 ? [] : [`<Extension Critical="true"><ecc:Qualifications>${elements.join('')}</ecc:Qualifications></Extension>`];
  const all = [...qualifications, ...served];
  return all.length === 0 ? '' : `<ServiceInformationExtensions>${all.join('')}</ServiceInformationExtensions>`;
}

/** QCStatements of any kind, contradictory ones too (EN 319 412-5). */
export function statements(said: {
  readonly compliance?: boolean;
  readonly sscd?: boolean;
  readonly types?: readonly (1 | 2 | 3)[];
  readonly law?: string;
}): IssuedExtension {
  const oid = (tail: string) => der.oid(`0.4.0.1862.1.${tail}`);
  const parts = [
    ...(said.compliance ? [der.sequence(oid('1'))] : []),
    ...(said.sscd ? [der.sequence(oid('4'))] : []),
    ...(said.types ? [der.sequence(oid('6'), der.sequence(...said.types.map((type) => oid(`6.${type}`))))] : []),
    ...(said.law === undefined ? [] : [der.sequence(oid('7'), der.sequence(der.printableString(said.law)))]),
  ];
  return { oid: '1.3.6.1.5.5.7.1.3', critical: false, value: der.sequence(...parts) };
}

export const isoOf = (at: Instant): string => toIso(at);
