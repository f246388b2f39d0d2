/** Whom the operator trusts: PEM or DER files, or a folder of them; a snapshot of trusted lists (TS 119 612). */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readCertificates } from 'adeskit/keys';
import { openSnapshot, sharedOctets } from 'adeskit/trust';
import { ConfigurationError } from './configuration.ts';

/** DER. Throws `ConfigurationError`. */
export function trustedCertificates(path: string): Uint8Array[] {
  try {
    const files = statSync(path).isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [path];
    return files.filter((file) => /\.(pem|crt|cer|der)$/i.test(file)).flatMap((file) => [...readCertificates(readFileSync(file))]);
  } catch (cause) {
    throw new ConfigurationError(`trust (ADESKIT_TRUST): ${(cause as Error).message}`, { cause });
  }
}

/** The octets of a snapshot, for every thread to read in place. Throws `ConfigurationError`. */
export function trustedLists(path: string): Uint8Array {
  try {
    const octets = sharedOctets(readFileSync(path));
    const opened = openSnapshot(octets);
    if (!opened.ok) throw new Error(`${path} is no snapshot: ${opened.malformed.reason}`);
    return octets;
  } catch (cause) {
    throw new ConfigurationError(`trustedLists (ADESKIT_TRUSTED_LISTS): ${(cause as Error).message}`, { cause });
  }
}
