/** What people call the certificates of a report. */
import type { Certificate } from '../pki/certificate.ts';
import { attributeValues, type Name } from '../pki/name.ts';
import type { Report } from '../validation/report.ts';
import type { NameOf } from './sentence.ts';
import { visible } from './visible.ts';

export const certificateOf = (id: string | null, { certificates }: Report): Certificate | null =>
  id === null ? null : (certificates.get(id) ?? null);

export const nameOf = (certificate: Certificate | null): string | null => (certificate === null ? null : shortName(certificate.subject));

/** Names of the report's certificates by id, for sentences. */
export const namesIn =
  (report: Report): NameOf =>
  (id) =>
    nameOf(certificateOf(id, report));

/** Common name with the organisation, else the whole name; null where there is none. Safe to show. */
export function shortName(name: Name): string | null {
  const common = attributeValues(name, COMMON_NAME)[0];
  const organisation = attributeValues(name, ORGANISATION)[0];
  if (common === undefined) return name.text === '' ? null : visible(name.text);
  return visible(organisation === undefined || organisation === common ? common : `${common}, ${organisation}`);
}

/** The common name alone, else what `shortName` gives. */
export const briefName = (certificate: Certificate): string | null => {
  const common = attributeValues(certificate.subject, COMMON_NAME)[0];
  return common === undefined ? shortName(certificate.subject) : visible(common);
};

const COMMON_NAME = '2.5.4.3';
const ORGANISATION = '2.5.4.10';
