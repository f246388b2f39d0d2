import { createPublicKey, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { utf8 } from '../../src/base/text.ts';
import type { Signer } from '../../src/crypto/index.ts';
import type { KeyAlgorithm, Leaf, ThrowAwayPki } from '../../src/issuing/index.ts';
import { listPkcs11Tokens, openPkcs11, type Pkcs11Module, type Pkcs11Token } from '../../src/keys/index.ts';
import { sign } from '../../src/sign.ts';
import { validate } from '../../src/validate.ts';
import { opensslCmsVerify } from '../judges/openssl.ts';
import { pdfsig } from '../judges/pdf-tools.ts';
import { type Pyhanko, startPyhanko } from '../judges/pyhanko.ts';
import { libxmlVerify, xmlsec, xmlsecVerify } from '../judges/xml.ts';
import { faultOf } from '../support/fault.ts';
import { pemEncode } from '../support/pem.ts';
import { memoryPki } from '../support/pki.ts';
import { hasSoftHsm, MODULE, PIN, type SoftHsm, softHsm, TOKEN } from './softhsm.ts';
import { tinyPdf } from './tiny-pdf.ts';

const ALGORITHMS: readonly KeyAlgorithm[] = ['RSA-2048', 'RSA-3072', 'RSA-4096', 'P-256', 'P-384', 'P-521', 'Ed25519', 'Ed448'];
/** What xmlsec1 and pdfsig of the distribution do not verify. */
const EDWARDS: readonly string[] = ['Ed25519', 'Ed448'];
const MESSAGE = new Uint8Array(300).fill(3);
const pki = memoryPki();

describe.skipIf(!hasSoftHsm)('keys on a SoftHSM token', () => {
  let hsm: SoftHsm;
  let made: ThrowAwayPki;
  let token: Pkcs11Token;
  let pyhanko: Pyhanko | null = null;
  const leaves = new Map<string, Leaf>();
  const put = async (name: string, id: string, algorithm: KeyAlgorithm, certified = true): Promise<boolean> => {
    const leaf = await made.leaf(algorithm);
    leaves.set(`${name} ${id}`, leaf);
    return hsm.add(name, id, { privateKeyPem: leaf.privateKeyPem, certificates: certified ? [leaf.certificate, made.intermediate] : [] });
  };
  const supported = new Set<string>();

  beforeAll(async () => {
    hsm = softHsm();
    made = await pki();
    for (const [i, algorithm] of ALGORITHMS.entries()) if (await put(algorithm, `a${i}`, algorithm)) supported.add(algorithm);
    await put('twin', 'b1', 'P-256');
    await put('twin', 'b2', 'P-256');
    await put('bare', 'b3', 'P-256', false);
    token = await openPkcs11({ module: MODULE, token: TOKEN, pin: PIN });
    pyhanko = await startPyhanko();
  }, 180_000);
  afterAll(() => {
    token?.close();
    pyhanko?.close();
    hsm?.remove();
  });

  it('shows the token without a PIN, and its keys with one', async () => {
    expect(await listPkcs11Tokens(MODULE)).toEqual([
      { label: TOKEN, serial: token.serial, manufacturer: token.manufacturer, model: token.model },
    ]);
    const keys = await token.keys();
    expect(keys.find(({ label }) => label === 'P-384')).toMatchObject({
      id: 'a4',
      type: 'EC',
      bits: 384,
      signs: true,
      subject: expect.stringMatching(/P-384/),
    });
    expect(keys.find(({ label }) => label === 'RSA-3072')).toMatchObject({ type: 'RSA', bits: 3072 });
    expect(keys.find(({ label }) => label === 'bare')).toMatchObject({ subject: null, notAfter: null });
  });

  describe.each(ALGORITHMS)('%s', (algorithm) => {
    const here = (): boolean => {
      if (supported.has(algorithm)) return true;
      process.stderr.write(`keys: this SoftHSM takes no ${algorithm} key\n`);
      return false;
    };
    const options = (signer: Signer) => ({ signer, at: Date.now() });
    const trust = () => [made.root];
    const pem = (signer: Signer) =>
      createPublicKey(new X509Certificate(signer.chain[0]).publicKey.export({ type: 'spki', format: 'pem' })).export({
        type: 'spki',
        format: 'pem',
      }) as string;

    it('the chain comes from the token', async () => {
      if (!here()) return;
      const { chain } = await token.signer({ label: algorithm });
      expect(chain).toHaveLength(2);
      expect(Buffer.from(chain[1] ?? []).equals(Buffer.from(made.intermediate))).toBe(true);
    });

    it('PAdES holds for pyHanko and pdfsig', async () => {
      if (!here()) return;
      const signed = await sign(tinyPdf(), options(await token.signer({ label: algorithm })));
      const path = join(hsm.folder, `${algorithm}.pdf`);
      writeFileSync(path, signed);
      const report = await validate(signed, { trust: trust(), at: Date.now() });
      expect(report.signatures[0]).toMatchObject({ level: 'PAdES-BASELINE-B' });
      if (!EDWARDS.includes(algorithm)) expect((await pdfsig(path)).signatures).toMatchObject([{ valid: true, coversWholeDocument: true }]);
      if (pyhanko)
        expect((await pyhanko.judge({ path, trust: [pemEncode(made.root)] })).signatures).toMatchObject([
          { intact: true, valid: true, trusted: true },
        ]);
    });

    it('CAdES holds for openssl and pyHanko', async () => {
      if (!here()) return;
      const signature = await sign(MESSAGE, {
        ...options(await token.signer({ label: algorithm })),
        format: 'cades',
        packaging: 'detached',
      });
      const anchor = pemEncode(made.root);
      // OpenSSL before 3.2 knows no EdDSA in CMS.
      if (!EDWARDS.includes(algorithm))
        expect(await opensslCmsVerify({ signature, content: MESSAGE, caPem: anchor })).toMatchObject({ good: true });
      if (pyhanko)
        expect(await pyhanko.judgeCms({ cms: signature, content: MESSAGE, trust: [anchor] })).toMatchObject({
          intact: true,
          valid: true,
          trusted: true,
        });
    });

    it('XAdES holds for xmlsec1, or libxml2 with openssl', async () => {
      if (!here()) return;
      const signer = await token.signer({ label: algorithm });
      const xml = await sign(utf8('<a><b>1</b></a>'), { ...options(signer), format: 'xades', packaging: 'enveloped' });
      const question = { xml, publicKeyPem: pem(signer) };
      expect(xmlsec !== null && !EDWARDS.includes(algorithm) ? await xmlsecVerify(question) : await libxmlVerify(question)).toMatchObject({
        good: true,
      });
    });
  });

  it('RSA keys sign by RSASSA-PSS, judged by openssl', async () => {
    const signer = await token.signer({ label: 'RSA-2048', scheme: 'RSASSA-PSS' });
    const signature = await sign(MESSAGE, { signer, at: Date.now(), format: 'cades', packaging: 'detached', digest: 'SHA-384' });
    expect(await opensslCmsVerify({ signature, content: MESSAGE, caPem: pemEncode(made.root) })).toMatchObject({ good: true });
  });

  it('a key is found by label, by id, and by its certificate', async () => {
    const { certificate } = leaves.get('twin b2') as Leaf;
    for (const choice of [{ id: 'b2' }, { label: 'twin', id: 'B2' }, { certificate }]) {
      const signer = await token.signer(choice);
      expect(Buffer.from(signer.chain[0]).equals(Buffer.from(certificate))).toBe(true);
    }
  });

  it('a key without a certificate on the token signs with the one that is given', async () => {
    const leaf = leaves.get('bare b3') as Leaf;
    expect(await faultOf(token.signer({ label: 'bare' }))).toMatchObject({
      code: 'bad-option',
      message: expect.stringMatching(/no certificate for the key 'bare'/),
    });
    const signer = await token.signer({ label: 'bare', certificates: [made.intermediate, leaf.certificate] });
    expect(Buffer.from(signer.chain[0]).equals(Buffer.from(leaf.certificate))).toBe(true);
    expect((await signer.sign(MESSAGE, 'SHA-256')).length).toBeGreaterThan(60);
  });

  it.each<[string, object, RegExp]>([
    ['a key that is not there', { label: 'nobody' }, /no private key with label 'nobody'; it has: .*'P-256' \(id a3, EC\)/],
    ['an id that is not there', { id: 'ff' }, /no private key with id ff/],
    ['two keys with one label', { label: 'twin' }, /2 private keys with label 'twin' .*: 'twin' \(id b[12], EC\), 'twin' \(id b[12], EC\)/],
    ['no choice among many', {}, /private keys are on the token: tell which by its id/],
  ])('%s is told with the ids that are there', async (_, choice, message) => {
    expect(await faultOf(token.signer(choice))).toMatchObject({ code: 'bad-option', message: expect.stringMatching(message) });
  });

  it('a token that is not there is told with those that are', async () => {
    expect(await faultOf(openPkcs11({ module: MODULE, token: 'nowhere', pin: PIN }))).toMatchObject({
      code: 'bad-option',
      message: expect.stringContaining(`'${TOKEN}' (serial ${token.serial})`),
    });
    expect(await faultOf(openPkcs11({ module: join(hsm.folder, 'no.so') }))).toMatchObject({ code: 'io' });
  });

  it('many signatures at once share few sessions', async () => {
    const signer = await token.signer({ label: 'P-256' });
    const values = await Promise.all(Array.from({ length: 40 }, () => signer.sign(MESSAGE, 'SHA-256')));
    expect(new Set(values.map((value) => Buffer.from(value).toString('hex'))).size).toBe(40);
  });

  describe('when the module fails', () => {
    /** The real module behind one that fails as it is told, and counts its calls. */
    const wrapped = () => {
      const { PKCS11 } = createRequire(import.meta.url)('pkcs11js') as { PKCS11: new () => Pkcs11Module & { load(path: string): void } };
      const real = new PKCS11();
      real.load(MODULE);
      const calls: string[] = [];
      const faults: { call: string; code: number; times: number }[] = [];
      const module = new Proxy(real, {
        get: (target, name: string) => {
          const method = target[name as keyof typeof target] as (...args: unknown[]) => unknown;
          return (...args: unknown[]) => {
            calls.push(name);
            const fault = faults.find(({ call, times }) => call === name.replace(/Async$/, '') && times > 0);
            if (fault) {
              fault.times--;
              throw Object.assign(new Error('injected'), { code: fault.code });
            }
            return method.apply(target, args);
          };
        },
      }) as Pkcs11Module;
      return { module, calls, faults, count: (name: string) => calls.filter((call) => call === name).length };
    };
    /** The library's user is logged in once for the process, so these tests have it to themselves. */
    const alone = async <T>(work: () => Promise<T>): Promise<T> => {
      token.close();
      try {
        return await work();
      } finally {
        token = await openPkcs11({ module: MODULE, token: TOKEN, pin: PIN });
      }
    };

    it('a wrong PIN is sent once and never again', () =>
      alone(async () => {
        const { module, count } = wrapped();
        for (const message of [/refused the PIN \(CKR_PIN_INCORRECT\)/, /refused this PIN before/, /refused this PIN before/])
          expect(await faultOf(openPkcs11({ module, token: TOKEN, pin: '9999' }))).toMatchObject({
            code: 'wrong-password',
            message: expect.stringMatching(message),
          });
        expect(count('C_Login')).toBe(1);
        expect(await faultOf(openPkcs11({ module, token: TOKEN }))).toMatchObject({ code: 'wrong-password' });
        const opened = await openPkcs11({ module, token: TOKEN, pin: PIN });
        expect((await opened.keys()).length).toBeGreaterThan(5);
        opened.close();
      }));

    it.each<[string, string, number]>([
      ['a session that is gone', 'C_SignInit', 0xb3],
      ['a session closed while it signs', 'C_Sign', 0xb0],
      ['a token taken out and put back', 'C_Sign', 0xe0],
      ['a device that was reset', 'C_SignInit', 0x32],
      ['a login that was forgotten', 'C_SignInit', 0x101],
      ['a key whose handle changed', 'C_SignInit', 0x60],
    ])('%s costs one new login, and the signature is made', (_, call, code) =>
      alone(async () => {
        const { module, faults, count } = wrapped();
        const opened = await openPkcs11({ module, token: TOKEN, pin: PIN });
        const signer = await opened.signer({ label: 'P-256' });
        await signer.sign(MESSAGE, 'SHA-256');
        faults.push({ call, code, times: 1 });
        expect((await sign(tinyPdf(), { signer, at: Date.now() })).length).toBeGreaterThan(1000);
        expect(count('C_Login')).toBe(2);
        await Promise.all(Array.from({ length: 8 }, () => signer.sign(MESSAGE, 'SHA-256')));
        expect(count('C_Login')).toBe(2);
        opened.close();
      }),
    );

    it('several signatures that lose the same login share the new one', () =>
      alone(async () => {
        const { module, faults, count } = wrapped();
        const opened = await openPkcs11({ module, token: TOKEN, pin: PIN });
        const signer = await opened.signer({ label: 'P-256' });
        faults.push({ call: 'C_Sign', code: 0xe0, times: 4 });
        await Promise.all(Array.from({ length: 12 }, () => signer.sign(MESSAGE, 'SHA-256')));
        expect(count('C_Login')).toBe(2);
        opened.close();
      }));

    it('a token that stays away is told, and works when it is back', () =>
      alone(async () => {
        const { module, faults } = wrapped();
        const opened = await openPkcs11({ module, token: TOKEN, pin: PIN });
        const signer = await opened.signer({ label: 'P-256' });
        faults.push({ call: 'C_SignInit', code: 0xe0, times: 1 }, { call: 'C_GetSlotList', code: 0x30, times: 1 });
        expect(await faultOf(signer.sign(MESSAGE, 'SHA-256'))).toMatchObject({
          code: 'signer-refused',
          message: expect.stringMatching(/is lost \(CKR_TOKEN_NOT_PRESENT\)/),
        });
        expect((await signer.sign(MESSAGE, 'SHA-256')).length).toBeGreaterThan(60);
        opened.close();
      }));

    it('a PIN that is refused at the new login is not sent a third time', () =>
      alone(async () => {
        const { module, faults, count } = wrapped();
        const opened = await openPkcs11({ module, token: TOKEN, pin: PIN });
        const signer = await opened.signer({ label: 'P-256' });
        faults.push({ call: 'C_SignInit', code: 0xb3, times: 3 }, { call: 'C_Login', code: 0xa0, times: 1 });
        expect(await faultOf(signer.sign(MESSAGE, 'SHA-256'))).toMatchObject({ code: 'wrong-password' });
        expect((await faultOf(signer.sign(MESSAGE, 'SHA-256'))).message).toMatch(/refused this PIN before|CKR_SESSION|lost/);
        expect(count('C_Login')).toBe(2);
        opened.close();
      }));

    it('what a new login cannot mend is told at once', () =>
      alone(async () => {
        const { module, faults, count } = wrapped();
        const opened = await openPkcs11({ module, token: TOKEN, pin: PIN });
        const signer = await opened.signer({ label: 'P-256' });
        faults.push({ call: 'C_SignInit', code: 0x70, times: 1 });
        expect(await faultOf(signer.sign(MESSAGE, 'SHA-256'))).toMatchObject({ code: 'signer-refused' });
        expect(count('C_Login')).toBe(1);
        opened.close();
        expect(await faultOf(signer.sign(MESSAGE, 'SHA-256'))).toMatchObject({ code: 'signer-refused', message: 'the token was closed' });
      }));

    it('a token with few sessions is used with those', () =>
      alone(async () => {
        const { module, faults } = wrapped();
        const opened = await openPkcs11({ module, token: TOKEN, pin: PIN, sessions: 8 });
        const signer = await opened.signer({ label: 'P-256' });
        faults.push({ call: 'C_OpenSession', code: 0xb1, times: 1 });
        expect(await Promise.all(Array.from({ length: 12 }, () => signer.sign(MESSAGE, 'SHA-256')))).toHaveLength(12);
        opened.close();
      }));
  });
});
