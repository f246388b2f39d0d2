/** Trusted lists: a snapshot of Europe built, loaded, shared and asked. The lists are the oracle's cached ones (ADESKIT_VECTORS). */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Certificate, parseCertificate } from '../src/pki/certificate.ts';
import { buildSnapshot, type ListFile, openSnapshot, type Snapshot, sharedOctets } from '../src/trust/index.ts';
import { type Effort, median, table } from './measure.ts';

export async function* trust(effort: Effort): AsyncGenerator<string> {
  const dir = join(process.env['ADESKIT_VECTORS'] ?? join(import.meta.dirname, '../../shared/vectors'), 'tsl/lists');
  if (!existsSync(dir)) {
    yield `trusted lists: not measured, ${dir} is not here\n`;
    return;
  }
  const files = readdirSync(dir)
    .filter((name) => /lotlCache__[A-Z]{2}\.xml\.gz$/.test(name))
    .map((name): ListFile => ({ name, bytes: new Uint8Array(gunzipSync(readFileSync(join(dir, name)))), fetchedAt: null }));
  const folder = mkdtempSync(join(tmpdir(), 'adeskit-bench-'));
  try {
    yield* measured(files, join(folder, 'europe.snapshot'), effort);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function* measured(files: readonly ListFile[], path: string, { rounds }: Effort): Generator<string> {
  const options = { at: Date.UTC(2019, 8, 5), signers: [], selfNamed: true, acceptStale: true };
  const times = (run: () => unknown): number[] =>
    Array.from({ length: rounds }, () => {
      const start = performance.now();
      run();
      return performance.now() - start;
    });
  const building = times(() => writeFileSync(path, buildSnapshot(files, options).bytes ?? new Uint8Array()));
  const size = readFileSync(path).length;
  const load = (): Snapshot => {
    const opened = openSnapshot(sharedOctets(new Uint8Array(readFileSync(path))));
    if (!opened.ok) throw new Error(opened.malformed.reason);
    return opened.value;
  };
  globalThis.gc?.();
  const before = process.memoryUsage();
  const snapshot = load();
  const after = process.memoryUsage();
  const loading = times(load);
  const certificates = everyCertificate(snapshot);
  const asking = (one: () => Snapshot): number => {
    const asked = one();
    const start = performance.now();
    for (const certificate of certificates) asked.find(certificate);
    return (performance.now() - start) / certificates.length;
  };
  const cold = Array.from({ length: rounds }, () => asking(load));
  const warm = Array.from({ length: rounds }, () => asking(() => snapshot));
  const octets = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  yield table(`trusted lists: ${files.length} lists, ${snapshot.size} services, ${snapshot.head.counts.certificates} certificates`, [
    ['', 'value'],
    ['lists, MB', (octets / 1e6).toFixed(1)],
    ['snapshot, MB', (size / 1e6).toFixed(1)],
    ['build with all signatures, ms', median(building).toFixed(0)],
    ['load for validation, ms', median(loading).toFixed(1)],
    ['memory of a loaded one, MB', ((after.arrayBuffers + after.heapUsed - before.arrayBuffers - before.heapUsed) / 1e6).toFixed(1)],
    ['look-up, services never read before, ms', median(cold).toFixed(4)],
    ['look-up again, ms', median(warm).toFixed(4)],
  ]);
}

function everyCertificate(snapshot: Snapshot): Certificate[] {
  return Array.from({ length: snapshot.head.counts.certificates }, (_, number) => parseCertificate(snapshot.certificate(number))).flatMap(
    (read) => (read.ok ? [read.value] : []),
  );
}
