/** OpenSSL as maker and judge of CMS and time-stamps; absent or too old for a case, it is left out and said so. */
import { execFileSync } from 'node:child_process';
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bytes } from '../../src/base/bytes.ts';
import type { SigningScheme } from '../../src/crypto/signer.ts';

export interface TestKey {
  readonly name: string;
  readonly scheme: SigningScheme;
  readonly key: KeyObject;
  readonly keyFile: string;
  readonly certificateFile: string;
  readonly chain: readonly [Bytes, ...Bytes[]];
}

export const openssl = (...args: string[]): Buffer => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] });

/** Whether a command succeeds; what it prints is dropped. */
export function accepts(...args: string[]): boolean {
  try {
    openssl(...args);
    return true;
  } catch {
    return false;
  }
}

export function hasOpenssl(): boolean {
  const has = accepts('version');
  if (!has) console.log('openssl is not installed: cases that need it are left out');
  return has;
}

/** A folder with a CA, and certificates by it. */
export class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), 'cms-'));
  readonly ca = this.path('ca.pem');

  constructor() {
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      this.path('ca.key'),
      '-out',
      this.ca,
      '-subj',
      '/C=XX/CN=Test CA',
      '-days',
      '30',
    );
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, content: Bytes | string): string {
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  read(name: string): Bytes {
    return new Uint8Array(readFileSync(this.path(name)));
  }

  /** A key made by `genpkey` arguments, with a certificate; `extensions` as lines of an extension file. */
  key(
    name: string,
    scheme: SigningScheme,
    algorithm: readonly string[],
    extensions = 'keyUsage=critical,digitalSignature,nonRepudiation',
  ): TestKey {
    const keyFile = this.path(`${name}.key`);
    const certificateFile = this.path(`${name}.pem`);
    openssl('genpkey', ...algorithm, '-out', keyFile);
    openssl('req', '-new', '-key', keyFile, '-subj', `/C=XX/O=Tests/CN=${name}`, '-out', this.path(`${name}.csr`));
    this.write(`${name}.ext`, `${extensions}\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n`);
    openssl(
      'x509',
      '-req',
      '-in',
      this.path(`${name}.csr`),
      '-CA',
      this.ca,
      '-CAkey',
      this.path('ca.key'),
      '-CAcreateserial',
      '-days',
      '20',
      '-extfile',
      this.path(`${name}.ext`),
      '-out',
      certificateFile,
    );
    const der = (pem: string): Bytes => new Uint8Array(openssl('x509', '-in', pem, '-outform', 'DER'));
    return {
      name,
      scheme,
      key: createPrivateKey(readFileSync(keyFile)),
      keyFile,
      certificateFile,
      chain: [der(certificateFile), der(this.ca)],
    };
  }

  close(): void {
    if (existsSync(this.folder)) rmSync(this.folder, { recursive: true });
  }
}
