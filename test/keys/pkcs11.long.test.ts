import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Signer } from '../../src/crypto/index.ts';
import { openPkcs11, type Pkcs11Token } from '../../src/keys/index.ts';
import { sign } from '../../src/sign.ts';
import { memoryPki } from '../support/pki.ts';
import { hasSoftHsm, MODULE, PIN, type SoftHsm, softHsm, TOKEN } from './softhsm.ts';
import { tinyPdf } from './tiny-pdf.ts';

const pki = memoryPki();
const SIGNATURES = 10_000;
const AT_ONCE = 8;
/** Until caches, pools and compiled code have their size. */
const WARM = 2000;
const MEGABYTE = 1 << 20;

describe.skipIf(!hasSoftHsm)('a token in long use', () => {
  let hsm: SoftHsm;
  let token: Pkcs11Token;
  let signer: Signer;

  beforeAll(async () => {
    hsm = softHsm();
    const made = await pki();
    const leaf = await made.leaf('P-256');
    hsm.add('me', '01', { privateKeyPem: leaf.privateKeyPem, certificates: [leaf.certificate, made.intermediate] });
    token = await openPkcs11({ module: MODULE, token: TOKEN, pin: PIN });
    signer = await token.signer({ label: 'me' });
  });
  afterAll(() => {
    token?.close();
    hsm?.remove();
  });

  it(`signs ${SIGNATURES} documents in flat memory`, async () => {
    const at = Date.now();
    const [sizes, heaps]: [number[], number[]] = [[], []];
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    for (let done = 0; done < SIGNATURES; done += AT_ONCE) {
      const signed = await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => sign(tinyPdf(String(done + i)), { signer, at })));
      expect(signed).toHaveLength(AT_ONCE);
      if (done < WARM || done % 400 !== 0) continue;
      collect();
      const { rss, heapUsed } = process.memoryUsage();
      sizes.push(rss);
      heaps.push(heapUsed);
    }
    const half = sizes.length >> 1;
    const mean = (some: readonly number[]): number => some.reduce((sum, size) => sum + size, 0) / some.length / MEGABYTE;
    const grown = (all: readonly number[]): number => mean(all.slice(half)) - mean(all.slice(0, half));
    const [resident, heap] = [grown(sizes), grown(heaps)];
    process.stderr.write(
      `keys: memory of the second half over the first: resident ${resident.toFixed(1)} MB, heap ${heap.toFixed(1)} MB\n`,
    );
    // What kept 1 kB a signature would show as 4 MB; the runtime lets its own spaces grow in steps of some megabytes.
    expect(heap).toBeLessThan(2);
    expect(resident).toBeLessThan(40);
  });
});
