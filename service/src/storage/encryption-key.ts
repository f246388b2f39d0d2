/** The operator's encryption keys: from the configuration, or made in the data folder at the first start. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Configuration, ConfigurationError } from '../config/configuration.ts';

export function encryptionKeys({ encryptionKey, data, databaseUrl }: Configuration): Uint8Array[] {
  if (encryptionKey !== undefined)
    return encryptionKey.split(',').map((text) => keyFrom(text.trim(), 'encryptionKey (ADESKIT_ENCRYPTION_KEY)'));
  if (databaseUrl !== undefined)
    throw new ConfigurationError(
      'encryptionKey (ADESKIT_ENCRYPTION_KEY): needed with DATABASE_URL, and the same for every process: 32 octets in base64',
    );
  const path = join(data, 'encryption.key');
  if (!existsSync(path)) writeFileSync(path, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  return [keyFrom(readFileSync(path, 'utf8').trim(), path)];
}

function keyFrom(text: string, where: string): Uint8Array {
  const key = Buffer.from(text, 'base64');
  if (key.length !== 32) throw new ConfigurationError(`${where}: must be 32 octets in base64, these are ${key.length}`);
  return key;
}
