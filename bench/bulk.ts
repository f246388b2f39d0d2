/** Bulk signing in two threads beside one: whole processes of the built command, as people run it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createThrowAwayPki } from '../src/issuing/index.ts';
import { tinyPdf } from '../test/keys/tiny-pdf.ts';
import { type Effort, median, table } from './measure.ts';
import { benchDocument } from './signing.ts';

const ROOT = resolve(import.meta.dirname, '..');
const BUILT = join(ROOT, 'dist');
/** Says what the process took of the processors, all its threads together. */
const CPU =
  'import{isMainThread as m}from"node:worker_threads";if(m)process.on("exit",()=>{const{user:u,system:s}=process.cpuUsage();process.stderr.write("cpu="+(u+s))})';

interface Load {
  readonly title: string;
  readonly algorithm: 'RSA-2048' | 'RSA-4096';
  readonly files: number;
  readonly document: (number: number) => Uint8Array;
}

/** One section for each load. Files lie in memory where the system has such a folder: disks are not what is measured. */
export async function* bulk(effort: Effort): AsyncGenerator<string> {
  const hundred = benchDocument(0);
  const loads: readonly Load[] = [
    { title: 'small PDFs', algorithm: 'RSA-2048', files: 10_000, document: (number) => tinyPdf(String(number)) },
    { title: `PDFs of ${Math.round(hundred.length / 1000)} kB`, algorithm: 'RSA-2048', files: 3000, document: () => hundred },
    { title: 'small PDFs', algorithm: 'RSA-4096', files: 3000, document: (number) => tinyPdf(String(number)) },
  ];
  const rounds = Math.min(effort.rounds, 3);
  for (const load of loads) yield await measured(load, rounds);
}

async function measured({ title, algorithm, files, document }: Load, rounds: number): Promise<string> {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'adeskit-bulk-'));
  try {
    const leaf = await (await createThrowAwayPki()).leaf(algorithm);
    mkdirSync(join(folder, 'in'));
    for (let i = 0; i < files; i++) writeFileSync(join(folder, 'in', `${i}.pdf`), document(i));
    writeFileSync(join(folder, 'key.pem'), leaf.privateKeyPem);
    writeFileSync(join(folder, 'cert.pem'), leaf.chainPem);
    const runs = { 1: [] as Run[], 2: [] as Run[] };
    for (let round = 0; round < rounds; round++) for (const jobs of [1, 2] as const) runs[jobs].push(signedIn(folder, jobs));
    const rate = (jobs: 1 | 2): number => (files * 1000) / median(runs[jobs].map(({ wall }) => wall));
    const cpu = (jobs: 1 | 2): number => median(runs[jobs].map((run) => run.cpu));
    return table(`${files} ${title} in bulk, ${algorithm} from a file; load of the machine ${loadavg()[0]?.toFixed(1)}`, [
      ['', '1/s', 'of one thread', 'CPU time each, ms', 'of one thread, were two cores free'],
      ...([1, 2] as const).map((jobs) => [
        `${jobs} thread${jobs === 1 ? '' : 's'}`,
        rate(jobs).toFixed(0),
        `${(rate(jobs) / rate(1)).toFixed(2)} ×`,
        (cpu(jobs) / files / 1000).toFixed(3),
        `${((jobs * cpu(1)) / cpu(jobs)).toFixed(2)} ×`,
      ]),
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Run {
  /** Milliseconds, and microseconds of all processors. */
  readonly wall: number;
  readonly cpu: number;
}

function signedIn(folder: string, jobs: number): Run {
  const out = join(folder, `out${jobs}`);
  mkdirSync(out);
  const args = ['sign', 'in', '-o', out, '--key', 'key.pem', '--cert', 'cert.pem', '--jobs', String(jobs)];
  const start = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(CPU)}`, join(BUILT, 'cli/main.js'), ...args],
    { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' },
  );
  const wall = performance.now() - start;
  const [, cpu] = /cpu=(\d+)/.exec(stderr) ?? [];
  if (status !== 0 || cpu === undefined) throw new Error(`bulk signing ended with ${status}: ${stderr}`);
  rmSync(out, { recursive: true });
  return { wall, cpu: Number(cpu) };
}
