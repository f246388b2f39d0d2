/** Trust anchors that the operator names: PEM or DER files, or a folder of them. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readCertificates } from 'adeskit/keys';
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
