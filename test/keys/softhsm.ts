/** A SoftHSM token in a folder that is gone after the tests, with keys of a throw-away PKI on it. */
import { execFileSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MODULES = [
  process.env['ADESKIT_SOFTHSM'] ?? '',
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
];

export const TOKEN = 'adeskit test';
export const PIN = '4321';
export const MODULE = MODULES.find((path) => path !== '' && existsSync(path)) ?? '';

/** Whether everything is here; else says what is missing. */
export const hasSoftHsm = ((): boolean => {
  const missing = [
    ...(MODULE === '' ? ['libsofthsm2.so'] : []),
    ...(runs('softhsm2-util', ['--version']) ? [] : ['softhsm2-util']),
    ...(runs('pkcs11-tool', ['--help']) ? [] : ['pkcs11-tool (opensc)']),
    ...(addonLoads() ? [] : ['the compiled addon of pkcs11js']),
  ];
  if (missing.length > 0) process.stderr.write(`keys: not here: ${missing.join(', ')}; tokens are not tested\n`);
  return missing.length === 0;
})();

export interface SoftHsm {
  readonly folder: string;
  /** For processes of their own. */
  readonly env: NodeJS.ProcessEnv;
  /** Puts a key and its certificates on the token; false where SoftHSM does not take such a key. */
  add(name: string, id: string, key: { readonly privateKeyPem: string; readonly certificates: readonly Uint8Array[] }): boolean;
  /** Puts a key on it that asks for the PIN at each signature (CKA_ALWAYS_AUTHENTICATE). */
  addAskingEachTime(
    name: string,
    id: string,
    key: { readonly privateKeyPem: string; readonly certificates: readonly Uint8Array[] },
  ): boolean;
  remove(): void;
}

/** A token of its own, also for this process: call it before the module is first loaded. */
export function softHsm(token = TOKEN): SoftHsm {
  const folder = mkdtempSync(join(tmpdir(), 'adeskit-softhsm-'));
  mkdirSync(join(folder, 'tokens'));
  const configuration = join(folder, 'softhsm2.conf');
  writeFileSync(configuration, `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  process.env['SOFTHSM2_CONF'] = configuration;
  const env = { ...process.env, SOFTHSM2_CONF: configuration };
  const call = (program: string, ...args: string[]): boolean => {
    try {
      execFileSync(program, args, { stdio: 'pipe', env, cwd: folder });
      return true;
    } catch {
      return false;
    }
  };
  if (!call('softhsm2-util', '--init-token', '--free', '--label', token, '--pin', PIN, '--so-pin', '87654321'))
    throw new Error('softhsm2-util did not make a token');
  const write = (name: string, id: string, object: Uint8Array, type: readonly string[]): boolean => {
    writeFileSync(join(folder, 'object.der'), object);
    const written = ['--write-object', 'object.der', '--label', name, '--id', id, '--type', ...type];
    return call('pkcs11-tool', '--module', MODULE, '--token-label', token, '--login', '--pin', PIN, ...written);
  };
  const writeAll = (name: string, id: string, certificates: readonly Uint8Array[]): boolean =>
    certificates.every((certificate, i) =>
      write(i === 0 ? name : `${name} issuer ${i}`, i === 0 ? id : `${id}0${i}`, certificate, ['cert']),
    );
  return {
    folder,
    env,
    add: (name, id, { privateKeyPem, certificates }) => {
      writeFileSync(join(folder, 'key.pem'), privateKeyPem);
      const imported = call('softhsm2-util', '--import', 'key.pem', '--token', token, '--label', name, '--id', id, '--pin', PIN, '--force');
      return imported && writeAll(name, id, certificates);
    },
    addAskingEachTime: (name, id, { privateKeyPem, certificates }) => {
      const key = createPrivateKey(privateKeyPem).export({ type: 'pkcs8', format: 'der' });
      return write(name, id, key, ['privkey', '--always-auth', '--usage-sign']) && writeAll(name, id, certificates);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function runs(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'pipe' });
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}

function addonLoads(): boolean {
  try {
    createRequire(import.meta.url)('pkcs11js');
    return true;
  } catch {
    return false;
  }
}
