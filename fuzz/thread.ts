/** The thread that tries inputs: each one is put where the watcher can read it before it is tried. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Bytes } from '../src/base/bytes.ts';
import { load } from './load.ts';
import { minimise } from './minimise.ts';
import { mutateDer } from './mutate-der.ts';
import { mutatePdf } from './mutate-pdf.ts';
import { mutateXml } from './mutate-xml.ts';
import { mutateZip } from './mutate-zip.ts';
import { randomFrom } from './random.ts';
import { targetOf } from './targets.ts';
import { LONGEST_INPUT, type ThreadInput, type ThreadMessage } from './thread-input.ts';
import { tryAgain, tryInput } from './trial.ts';

const { parser, seed, milliseconds, state, input } = workerData as ThreadInput;
const tell = (message: ThreadMessage) => parentPort?.postMessage(message);
const target = targetOf(parser);
if (!target) throw new Error(`no parser ${parser}`);
const loaded = await load(target);
const numbers = new Int32Array(state);
const shared = new Uint8Array(input);
const random = randomFrom(seed);
const mutate = { der: mutateDer, pdf: mutatePdf, zip: mutateZip, xml: mutateXml }[target.format];
const known = new Set<string>();

function show(bytes: Bytes): void {
  shared.set(bytes);
  Atomics.store(numbers, 1, bytes.length);
  Atomics.add(numbers, 0, 1);
}

function report(bytes: Bytes): void {
  const failure = tryAgain(loaded, bytes);
  if (!failure || known.has(failure.kind)) return;
  known.add(failure.kind);
  const fails = (candidate: Bytes): boolean => {
    show(candidate);
    return tryAgain(loaded, candidate)?.kind === failure.kind;
  };
  const most = failure.expectation === 'ends in time' ? 200 : 4000;
  tell({ kind: 'finding', failure, input: minimise(bytes, fails, most) });
}

let turns = 0;
tell({ kind: 'ready', seeds: loaded.seeds.length });
for (const bytes of loaded.seeds) {
  if (bytes.length > LONGEST_INPUT) continue;
  show(bytes);
  if (tryInput(loaded, bytes.slice(), 'thorough')) report(bytes.slice());
}
for (const end = performance.now() + milliseconds; performance.now() < end; ) {
  const mutant = mutate(random.pick(loaded.seeds), random, random.pick(loaded.seeds));
  if (mutant.length > LONGEST_INPUT) continue;
  show(mutant);
  // The runtime gives back what failed inflating held only between two turns.
  if (++turns % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  if (tryInput(loaded, mutant.slice(), random.once(8) ? 'thorough' : 'quick')) report(mutant);
}
tell({ kind: 'end' });
