import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPkcs11, type Pkcs11Module } from '../../src/keys/index.ts';
import { sign } from '../../src/sign.ts';
import { validate } from '../../src/validate.ts';
import { faultOf } from '../support/fault.ts';
import { memoryPki } from '../support/pki.ts';
import { hasSoftHsm, MODULE, PIN, type SoftHsm, softHsm, TOKEN } from './softhsm.ts';
import { tinyPdf } from './tiny-pdf.ts';

const pki = memoryPki();
const MESSAGE = new Uint8Array(100).fill(9);
const CONTEXT_SPECIFIC = 2;

describe.skipIf(!hasSoftHsm)('a key that asks for the PIN at each signature', () => {
  let hsm: SoftHsm;
  let root: Uint8Array;
  const logins: number[] = [];
  /** Whether the PIN is another one meanwhile: what is sent is wrong then. */
  let changed = false;
  let module: Pkcs11Module;

  beforeAll(async () => {
    hsm = softHsm();
    const made = await pki();
    root = made.root;
    for (const [i, algorithm] of (['P-256', 'RSA-2048'] as const).entries()) {
      const { privateKeyPem, certificate } = await made.leaf(algorithm);
      expect(hsm.addAskingEachTime(algorithm, `0${i}`, { privateKeyPem, certificates: [certificate, made.intermediate] })).toBe(true);
    }
    const { PKCS11 } = createRequire(import.meta.url)('pkcs11js') as { PKCS11: new () => Pkcs11Module & { load(path: string): void } };
    const real = new PKCS11();
    real.load(MODULE);
    module = new Proxy(real, {
      get: (target, name: keyof Pkcs11Module) => {
        const method = target[name] as (...args: unknown[]) => unknown;
        return (...args: unknown[]) => {
          if (name === 'C_Login') {
            logins.push(args[1] as number);
            if (changed) args[2] = '9999';
          }
          return method.apply(target, args);
        };
      },
    });
  });
  afterAll(() => hsm?.remove());

  it.each(['P-256', 'RSA-2048'])('gets it once for each, %s, also when several sign at once', async (label) => {
    const token = await openPkcs11({ module, token: TOKEN, pin: PIN });
    expect((await token.keys()).find((key) => key.label === label)).toMatchObject({ alwaysAuthenticate: true });
    const signer = await token.signer({ label });
    logins.length = 0;
    const at = Date.now();
    const signed = await Promise.all(Array.from({ length: 6 }, (_, i) => sign(tinyPdf(String(i)), { signer, at })));
    expect(logins).toEqual(new Array(6).fill(CONTEXT_SPECIFIC));
    for (const document of signed) {
      const { signatures } = await validate(document, { at, trust: [root], policy: 'dss-6.4-no-revocation' });
      expect(signatures[0]?.conclusion.indication).toBe('PASSED');
    }
    token.close();
  });

  it('sends a PIN that became wrong once, and none after it', async () => {
    const token = await openPkcs11({ module, token: TOKEN, pin: PIN });
    const signer = await token.signer({ label: 'P-256' });
    await signer.sign(MESSAGE, 'SHA-256');
    changed = true;
    logins.length = 0;
    for (let i = 0; i < 3; i++) expect(await faultOf(signer.sign(MESSAGE, 'SHA-256'))).toMatchObject({ code: 'wrong-password' });
    await Promise.allSettled(Array.from({ length: 5 }, () => signer.sign(MESSAGE, 'SHA-256')));
    expect(logins).toEqual([CONTEXT_SPECIFIC]);
    token.close();
  });
});
