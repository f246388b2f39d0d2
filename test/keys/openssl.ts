/** Keys, certificates and key stores made by OpenSSL in a folder that is gone after the tests. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

export interface Workshop {
  /** Runs openssl in the folder; false where it refuses (an old version, no legacy provider). */
  run(...args: string[]): boolean;
  read(name: string): Uint8Array;
  /** `name.key` and `name.pem`, self-signed or issued by `issuer`; false where OpenSSL does not know the key. */
  certified(name: string, key: readonly string[], issuer?: string): boolean;
}

/** Null where there is no openssl. */
export function workshop(): Workshop | null {
  try {
    execFileSync('openssl', ['version'], { stdio: 'pipe' });
  } catch {
    process.stderr.write('keys: no openssl here, its key stores are not tested\n');
    return null;
  }
  const folder = mkdtempSync(join(tmpdir(), 'adeskit-keys-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const run = (...args: string[]): boolean => {
    try {
      execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
      return true;
    } catch {
      return false;
    }
  };
  return {
    run,
    read: (name) => new Uint8Array(readFileSync(join(folder, name))),
    certified: (name, key, issuer) => {
      if (!run('genpkey', ...key, '-out', `${name}.key`)) return false;
      const subject = ['-key', `${name}.key`, '-subj', `/CN=${name}`];
      if (issuer === undefined) return run('req', '-new', '-x509', ...subject, '-days', '30', '-out', `${name}.pem`);
      const ca = ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`, '-CAcreateserial'];
      return (
        run('req', '-new', ...subject, '-out', `${name}.csr`) &&
        run('x509', '-req', '-in', `${name}.csr`, ...ca, '-days', '30', '-out', `${name}.pem`)
      );
    },
  };
}

export const RSA = ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'] as const;
export const curve = (name: string) => [
  '-algorithm',
  'EC',
  '-pkeyopt',
  `ec_paramgen_curve:${name}`,
  '-pkeyopt',
  'ec_param_enc:named_curve',
];
export const P256 = curve('P-256');
