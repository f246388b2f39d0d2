/** Keys on tokens beside the bare loop of pkcs11js; on SoftHSM, where it is installed. */
import { createHash } from 'node:crypto';
import { createThrowAwayPki, type KeyAlgorithm, type Leaf } from '../src/issuing/index.ts';
import { openPkcs11 } from '../src/keys/index.ts';
import { hasSoftHsm, MODULE, PIN, type SoftHsm, softHsm, TOKEN } from '../test/keys/softhsm.ts';
import { type Candidate, comparison, type Effort, sideBySide } from './measure.ts';

const MESSAGE = new Uint8Array(200).fill(7);
/** Signatures in one measured run. */
const BATCH = 32;

export async function* keys(effort: Effort): AsyncGenerator<string> {
  if (!hasSoftHsm) return;
  const hsm = softHsm();
  try {
    const pki = await createThrowAwayPki();
    for (const [i, algorithm] of (['RSA-2048', 'P-256'] as const).entries())
      yield await tokens(effort, hsm, await pki.leaf(algorithm), `0${i + 1}`);
  } finally {
    hsm.remove();
  }
}

async function tokens(effort: Effort, hsm: SoftHsm, leaf: Leaf, id: string): Promise<string> {
  const { algorithm } = leaf;
  hsm.add(algorithm, id, { privateKeyPem: leaf.privateKeyPem, certificates: [leaf.certificate] });
  const opened = await openPkcs11({ module: MODULE, token: TOKEN, pin: PIN });
  const signer = await opened.signer({ id });
  const bare = await bareLoop(algorithm, id);
  const graphene = await grapheneLoop(algorithm, id);
  const candidates: Candidate[] = [
    { name: 'pkcs11js, a bare loop (blocks)', run: bare.blocking },
    { name: 'pkcs11js, a bare loop of C_SignAsync', run: bare.waiting },
    { name: 'graphene-pk11, a loop (blocks)', run: graphene },
    {
      name: 'adeskit, one after another',
      run: async () => {
        for (let i = 0; i < BATCH; i++) await signer.sign(MESSAGE, 'SHA-256');
      },
    },
    { name: `adeskit, ${BATCH} at once`, run: () => Promise.all(Array.from({ length: BATCH }, () => signer.sign(MESSAGE, 'SHA-256'))) },
  ];
  const measured = await sideBySide(candidates, effort);
  opened.close();
  const each = measured.map((one) => ({ ...one, perSecond: one.perSecond * BATCH, perCpuSecond: one.perCpuSecond * BATCH }));
  return comparison(`${algorithm} on SoftHSM, signatures`, each);
}

/** The same work (digest, mechanism, key) without a pool, errors or conversions; the token is logged in already. */
async function bareLoop(algorithm: KeyAlgorithm, id: string): Promise<{ blocking: () => void; waiting: () => Promise<void> }> {
  const { PKCS11 } = await import('pkcs11js');
  const module = new PKCS11();
  module.load(MODULE);
  const slot = module.C_GetSlotList(true).find((one) => module.C_GetTokenInfo(one).label.trim() === TOKEN) as Buffer;
  const session = module.C_OpenSession(slot, 4);
  module.C_FindObjectsInit(session, [
    { type: 0, value: 3 },
    { type: 0x102, value: Buffer.from(id, 'hex') },
  ]);
  const [key] = module.C_FindObjects(session, 1) as Buffer[];
  module.C_FindObjectsFinal(session);
  const rsa = algorithm.startsWith('RSA');
  const prefix = rsa ? Buffer.from('3031300d060960864801650304020105000420', 'hex') : Buffer.alloc(0);
  const input = (): Buffer => Buffer.concat([prefix, createHash('sha256').update(MESSAGE).digest()]);
  const init = (): void => module.C_SignInit(session, { mechanism: rsa ? 1 : 0x1041 }, key as Buffer);
  return {
    blocking: () => {
      for (let i = 0; i < BATCH; i++) {
        init();
        module.C_Sign(session, input(), Buffer.alloc(256));
      }
    },
    waiting: async () => {
      for (let i = 0; i < BATCH; i++) {
        init();
        await module.C_SignAsync(session, input(), Buffer.alloc(256));
      }
    },
  };
}

async function grapheneLoop(algorithm: KeyAlgorithm, id: string): Promise<() => void> {
  const { Module, ObjectClass } = await import('graphene-pk11');
  const module = Module.load(MODULE);
  const slots = module.getSlots(true);
  let slot = slots.items(0);
  for (let i = 0; i < slots.length; i++) if (slots.items(i).getToken().label.trim() === TOKEN) slot = slots.items(i);
  const session = slot.open();
  const key = session.find({ class: ObjectClass.PRIVATE_KEY, id: Buffer.from(id, 'hex') }).items(0);
  const name = algorithm.startsWith('RSA') ? 'SHA256_RSA_PKCS' : 'ECDSA';
  return () => {
    for (let i = 0; i < BATCH; i++) {
      const input = name === 'ECDSA' ? createHash('sha256').update(MESSAGE).digest() : Buffer.from(MESSAGE);
      session.createSign(name, key.toType()).once(input);
    }
  };
}
