/** PEM text of a certificate (RFC 7468). */

/** `base64`: the DER. */
export function encodePemCertificate(base64: string): Buffer {
  const lines = base64.match(/.{1,64}/g) ?? [];
  return Buffer.from(`-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`, 'latin1');
}
