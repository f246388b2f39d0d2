/** EU DSS beside adeskit, live: one thread of each in turn, the same key, the same documents; the JVM is warm before anything counts. */
import { createPrivateKey, sign as rawSign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createThrowAwayPki, type Leaf } from '../src/issuing/index.ts';
import { toJson } from '../src/report/index.ts';
import { sign } from '../src/sign.ts';
import { validate } from '../src/validate.ts';
import { openDssProgram } from '../test/judges/dss.ts';
import { type Candidate, comparison, type Effort, type Measured, sideBySide, type Turn } from './measure.ts';
import { hundredKilobytes } from './signing.ts';

export type DssTask = 'raw' | 'xades' | 'pades' | 'cades' | 'validate';

/** DSS at work with one key; its warm-up is done. */
export interface DssBench {
  candidate(name: string, task: DssTask, document: Uint8Array): Promise<Candidate>;
  close(): void;
}

const AT = Date.now();
const PASSWORD = 'bench';
/** Its name among the candidates. */
export const DSS = 'EU DSS 6.4, live';

/** Null where Java, Maven or the network is missing. */
export async function openDssBench({ pkcs12 }: Leaf, root: Uint8Array, effort: Effort): Promise<DssBench | null> {
  const folder = mkdtempSync(join(tmpdir(), 'adeskit-bench-'));
  const file = (name: string, content: Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const program = await openDssProgram('Measure.java', [file('key.p12', pkcs12(PASSWORD)), PASSWORD, file('root.der', root)]);
  const close = (): void => {
    program?.close();
    rmSync(folder, { recursive: true });
  };
  if (program === null) {
    close();
    return null;
  }
  let number = 0;
  return {
    candidate: async (name, task, document) => {
      const path = file(`${number++}`, document);
      const turn = async (length: number) => {
        const [count = 0, elapsed = 0, cpu = 0] = (await program.ask(`${task}\t${path}\t${length}`)).split(' ').map(Number);
        return { count, elapsed: elapsed / 1e6, cpu: cpu / 1e6 };
      };
      await program.ask(`${task}\t${path}\tonce`);
      if (task !== 'raw' && task !== 'validate') await requireIntact(new Uint8Array(readFileSync(`${path}.dss`)), root);
      await warmed(turn, effort.warmUp);
      return { name, turn };
    },
    close,
  };
}

/** That DSS does the work it is measured at. */
async function requireIntact(signed: Uint8Array, root: Uint8Array): Promise<void> {
  const { signatures } = toJson(await validate(signed, { at: AT, trust: [root] }));
  if (signatures.length !== 1 || !signatures.every(({ valid }) => valid)) throw new Error('what DSS signed is not intact');
}

/** How many times as fast as DSS, by the clock and by CPU time. */
export function ratioToDss(what: string, measured: readonly Measured[]): string {
  const ours = measured.find(({ name }) => name.startsWith('adeskit'));
  const theirs = measured.find(({ name }) => name === DSS);
  if (ours === undefined || theirs === undefined) return '';
  const [clock, cpu] = [ours.perSecond / theirs.perSecond, ours.perCpuSecond / theirs.perCpuSecond];
  return `${what}: adeskit is ${clock.toFixed(1)} times as fast as EU DSS 6.4 by the clock, ${cpu.toFixed(1)} times by CPU time\n`;
}

/** PAdES and CAdES; XAdES is compared in its own part. */
export async function* dss(effort: Effort): AsyncGenerator<string> {
  const pki = await createThrowAwayPki({ algorithms: { ca: 'RSA-2048' } });
  const leaf = await pki.leaf('RSA-2048');
  const bench = await openDssBench(leaf, pki.root, effort);
  if (bench === null) return;
  const document = hundredKilobytes();
  const key = createPrivateKey(leaf.privateKeyPem);
  const message = new Uint8Array(200);
  try {
    for (const format of ['pades', 'cades'] as const) {
      const options = { format, signer: leaf.signer, at: AT } as Parameters<typeof sign>[1];
      const signed = await sign(document, options);
      const title = `${format === 'pades' ? 'PAdES' : 'CAdES'}-BASELINE-B, ${document.length} octets, RSA-2048 with SHA-256`;
      const making = await sideBySide(
        [
          { name: 'raw crypto.sign', run: () => rawSign('sha256', message, key) },
          { name: 'adeskit', run: () => sign(document, options) },
          await bench.candidate(DSS, format, document),
        ],
        effort,
      );
      yield comparison(`sign ${title}`, making);
      yield ratioToDss('sign', making);
      const checking = await sideBySide(
        [{ name: 'adeskit', run: () => validate(signed, { at: AT, trust: [pki.root] }) }, await bench.candidate(DSS, 'validate', signed)],
        effort,
      );
      yield comparison('validate the same', checking);
      yield ratioToDss('validate', checking);
    }
  } finally {
    bench.close();
  }
}

/** Turns until the rate by CPU time, of which the JVM's compiler takes its part, grows no more. */
async function warmed(turn: (length: number) => Promise<Turn>, length: number): Promise<void> {
  let best = 0;
  for (let turns = 0, still = 0; turns < LONGEST && still < STILL; turns++) {
    const { count, cpu } = await turn(length);
    still = count / cpu > best * 1.05 ? 0 : still + 1;
    best = Math.max(best, count / cpu);
  }
}

/** Turns of the warm-up at most, and without progress at its end. */
const LONGEST = 20;
const STILL = 2;
