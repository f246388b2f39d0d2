import { sign as signValue, verify, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readPublicKey } from '../../src/crypto/index.ts';
import type { Leaf } from '../../src/issuing/index.ts';
import { type Handle, openPkcs11, type Pkcs11Mechanism, type Pkcs11Module } from '../../src/keys/index.ts';
import { parseCertificate } from '../../src/pki/index.ts';
import { sign } from '../../src/sign.ts';
import { validate } from '../../src/validate.ts';
import { memoryPki } from '../support/pki.ts';
import { tinyPdf } from './tiny-pdf.ts';

const pki = memoryPki();
const CKM_ML_DSA = 0x1d;
const CKK_ML_DSA = Uint8Array.of(0x4a, 0, 0, 0, 0, 0, 0, 0);
const handle = (number: number): Handle => Buffer.from([number, 0, 0, 0, 0, 0, 0, 0]);

/**
 * A token as PKCS #11 3.2 has it, whose keys the runtime holds: no free module has ML-DSA. What is asked is kept.
 *
 * @param extractable the private key gives its CKA_VALUE, which is the secret
 */
function tokenWith(leaf: Leaf, extractable: boolean) {
  const certificate = parseCertificate(leaf.certificate);
  const publicKey = certificate.ok ? readPublicKey(certificate.value.spki) : 'none';
  if (typeof publicKey === 'string') throw new Error(publicKey);
  const common = { 3: Buffer.from('me'), 258: Uint8Array.of(1) };
  const objects: Readonly<Record<number, Readonly<Record<number, Uint8Array>>>> = {
    1: { ...common, 0: Uint8Array.of(1), 17: leaf.certificate },
    2: { ...common, 0: Uint8Array.of(2), 256: CKK_ML_DSA, 17: publicKey.encoded },
    3: { ...common, 0: Uint8Array.of(3), 256: CKK_ML_DSA, 264: Uint8Array.of(1), ...(extractable && { 17: new Uint8Array(32).fill(5) }) },
  };
  const asked: { mechanism: Pkcs11Mechanism; room: number }[] = [];
  let found: Handle[] = [];
  const value = (data: Uint8Array, room: Uint8Array): Uint8Array => {
    Object.assign(asked.at(-1) ?? {}, { room: room.length });
    return new Uint8Array(signValue(null, data, leaf.privateKey));
  };
  const module: Pkcs11Module = {
    C_Initialize: () => {},
    C_Finalize: () => {},
    C_GetSlotList: () => [handle(0)],
    C_GetTokenInfo: () => ({ label: 'pq', serialNumber: '1', manufacturerID: 'm', model: 'm', flags: 0x404 }),
    C_GetMechanismList: () => [CKM_ML_DSA],
    C_OpenSession: () => handle(9),
    C_CloseSession: () => {},
    C_Login: () => {},
    C_FindObjectsInit: (_, [template]) => {
      found = Object.entries(objects).flatMap(([number, { 0x00: type }]) =>
        type?.[0] === template?.value ? [handle(Number(number))] : [],
      );
    },
    C_FindObjects: () => found.splice(0),
    C_FindObjectsFinal: () => {},
    C_GetAttributeValue: (_, object, [template]) => {
      const read = objects[object[0] ?? 0]?.[template?.type ?? -1];
      if (read === undefined) throw Object.assign(new Error('none'), { code: 0x12 });
      return [{ value: read }];
    },
    C_SignInit: (_, mechanism, key) => {
      expect(key[0]).toBe(3);
      asked.push({ mechanism, room: 0 });
    },
    C_Sign: (_, data, room) => value(data, room),
    C_SignAsync: async (_, data, room) => value(data, room),
  };
  return { module, asked };
}

describe.each(['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'] as const)('%s on a token of PKCS #11 3.2', (algorithm) => {
  it.each([false, true])('signs messages with the pure mechanism and no parameter; the secret tells: %s', async (extractable) => {
    const { leaf: issue, root } = await pki();
    const leaf = await issue(algorithm);
    const { module, asked } = tokenWith(leaf, extractable);
    const token = await openPkcs11({ module, pin: '1' });
    expect(await token.keys()).toMatchObject([{ label: 'me', id: '01', type: 'ML-DSA', subject: expect.stringContaining(algorithm) }]);
    const signer = await token.signer({ label: 'me' });
    expect(signer).toMatchObject({ scheme: 'ML-DSA' });
    expect(signer.signDigest).toBeUndefined();
    const message = new Uint8Array(1000).fill(1);
    for (let i = 0; i < 3; i++) {
      const signature = await signer.sign(message, 'SHA-512');
      expect(verify(null, message, new X509Certificate(leaf.certificate).publicKey, signature)).toBe(true);
      expect(asked.at(-1)?.mechanism).toEqual({ mechanism: CKM_ML_DSA });
      expect(asked.at(-1)?.room).toBeGreaterThanOrEqual(signature.length);
    }
    const signed = await sign(tinyPdf(), { signer, at: Date.now() });
    const { signatures } = await validate(signed, { at: Date.now(), trust: [root], policy: 'dss-6.4-no-revocation' });
    expect(signatures[0]?.facts.value).toBe('intact');
    token.close();
  });
});
