/** What opens an encrypted PDF: a password, by the name of an environment variable (an argument would be seen by everybody on the machine), or a key. */
import type { Recipient } from '../crypto/recipient.ts';
import { type Arguments, fromEnvironment, type Option, Usage } from './arguments.ts';
import { aboutFile, readBytes } from './files.ts';

export const OPENING_OPTIONS: Readonly<Record<string, Option>> = {
  'password-env': { value: 'VAR', help: 'environment variable that holds the password of an encrypted PDF, or of --decrypt-key' },
  'decrypt-key': { value: 'FILE', help: 'private key of a PDF that is encrypted for certificates: PEM, DER or PKCS#12' },
  'decrypt-cert': { value: 'FILE', help: 'its certificate, where it is not in the file of the key' },
};

/** What the library takes to open a document. */
export interface Opening {
  readonly password?: string;
  readonly recipient?: Recipient;
}

/** Throws `Usage` where the variable is not set, `Fault` where the key cannot be read. */
export async function openingFrom(args: Arguments): Promise<Opening> {
  const password = fromEnvironment(args, 'password-env');
  const [key, certificate] = [args.get('decrypt-key'), args.get('decrypt-cert')];
  if (key === undefined && certificate !== undefined) throw new Usage('--decrypt-cert goes with --decrypt-key');
  if (key === undefined) return password === undefined ? {} : { password };
  const { openRecipient } = await import('../keys/recipient.ts');
  try {
    const recipient = openRecipient({
      key: readBytes(key),
      ...(certificate !== undefined && { certificates: readBytes(certificate) }),
      ...(password !== undefined && { password }),
    });
    return { recipient };
  } catch (error) {
    throw aboutFile(key, error);
  }
}
