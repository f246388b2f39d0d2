/** Files in JSON bodies, as base64 (RFC 4648, 4). */
import { ServiceFault } from '../domain/fault.ts';

/** The octets. Throws `ServiceFault` `invalid` for what is no base64, `too-large`. */
export function fileFromBase64(text: string, maximum: number, field: string): Uint8Array {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const expected = Math.floor(((text.length - padding) * 3) / 4);
  if (expected > maximum)
    throw new ServiceFault('too-large', `${field} is larger than ${maximum} octets.`, { limit: maximum, size: expected });
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === 0 || bytes.length !== expected) throw new ServiceFault('invalid', `${field} is no base64.`, { field });
  return bytes;
}
