/** Identifiers of TS 119 612 that decisions depend on: types of lists and services, their statuses, and dates of the regulation. */

export const EU_LISTS = 'http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUlistofthelists';
export const LIST_MIME_TYPE = 'application/vnd.etsi.tsl+xml';

const TYPE = 'http://uri.etsi.org/TrstSvc/Svctype/';
export const SERVICE = {
  caQc: `${TYPE}CA/QC`,
  caPkc: `${TYPE}CA/PKC`,
  nationalRoot: `${TYPE}NationalRootCA-QC`,
  qualifiedTimestamps: `${TYPE}TSA/QTST`,
  timestamps: `${TYPE}TSA`,
  timestampsForQualified: `${TYPE}TSA/TSS-QC`,
  timestampsForAdes: `${TYPE}TSA/TSS-AdESQCandQES`,
  ocspQc: `${TYPE}Certstatus/OCSP/QC`,
  ocsp: `${TYPE}Certstatus/OCSP`,
  crlQc: `${TYPE}Certstatus/CRL/QC`,
  crl: `${TYPE}Certstatus/CRL`,
} as const;

/** Services whose certificates are trusted to issue, to stamp or to tell the status of certificates. */
export const ANCHORING: ReadonlySet<string> = new Set(Object.values(SERVICE));

/** Short names of statuses under which a service is to be trusted: since the regulation applies, and before. */
export const TRUSTWORTHY: ReadonlySet<string> = new Set([
  'granted',
  'recognisedatnationallevel',
  'undersupervision',
  'supervisionincessation',
  'accredited',
  'setbynationallaw',
]);

/** The last part of a URI: `granted`, `CA/QC` without its namespace. */
export const statusName = (uri: string): string => uri.slice(uri.lastIndexOf('/') + 1);
export const typeName = (uri: string): string => (uri.startsWith(TYPE) ? uri.slice(TYPE.length) : uri);

/** When the regulation's rules on trust services begin to apply: 2016-07-01 in Brussels. */
export const REGULATION_APPLIES = Date.UTC(2016, 5, 30, 22);
/** Lists of version 4 end with the year of grace after it. */
export const GRACE_ENDS = Date.UTC(2017, 5, 30, 22);
