/** Whether the name that a token gives its authority is one of the certificate's names (RFC 3161, 2.4.2). */
import { equal } from '../base/bytes.ts';
import type { Certificate } from '../pki/certificate.ts';
import type { GeneralName } from '../pki/general-name.ts';
import { sameName } from '../pki/name.ts';

/** The subject of the certificate, or one of its subject alternative names. */
export function holdsGeneralName(certificate: Certificate, name: GeneralName): boolean {
  if (name.kind === 'directoryName' && sameName(name.name, certificate.subject)) return true;
  return (certificate.subjectAltNames ?? []).some((own) => sameGeneralName(own, name));
}

function sameGeneralName(a: GeneralName, b: GeneralName): boolean {
  if (a.kind === 'directoryName' && b.kind === 'directoryName') return sameName(a.name, b.name);
  if (a.kind === 'directoryName' || b.kind === 'directoryName') return false;
  if (a.kind !== b.kind || (a.kind === 'otherName' && b.kind === 'otherName' && a.type !== b.type)) return false;
  if (typeof a.value === 'string') return typeof b.value === 'string' && a.value.toLowerCase() === b.value.toLowerCase();
  return typeof b.value !== 'string' && equal(a.value, b.value);
}
