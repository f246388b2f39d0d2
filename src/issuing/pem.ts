/** Writing PEM (RFC 7468). */
import type { Bytes } from '../base/bytes.ts';
import { toBase64 } from '../base/text.ts';

/** One PEM block: lines of 64 characters, a line feed after the last. */
export function encodePem(label: 'CERTIFICATE' | 'PRIVATE KEY' | 'X509 CRL', bytes: Bytes): string {
  const lines = toBase64(bytes).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

export const encodeCertificates = (certificates: readonly Bytes[]): string =>
  certificates.map((certificate) => encodePem('CERTIFICATE', certificate)).join('');
