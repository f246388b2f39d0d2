/** One step over a large PDF in a process of its own, which tells its time and the most memory it took: `node large-step.ts STEP FOLDER CODE`. */
import { existsSync, readFileSync } from 'node:fs';
import { writeLargePdf } from './large-pdf.ts';

const [step = '', folder = '', code = '', size = 'large'] = process.argv.slice(2);
const ending = code.endsWith('src') ? 'ts' : 'js';
const load = async <Module>(name: string): Promise<Module> => (await import(`${code}/${name}.${ending}`)) as Module;
const { augmentTo } = await load<typeof import('../../src/augment.ts')>('augment');
const { openPem, readCertificates } = await load<typeof import('../../src/keys/index.ts')>('keys/index');
const { createFileSink, openFileSource } = await load<typeof import('../../src/platform/file.ts')>('platform/file');
const { signTo } = await load<typeof import('../../src/sign.ts')>('sign');
const { validate } = await load<typeof import('../../src/validate.ts')>('validate');
const at = Date.now();
const file = (name: string): string => `${folder}/${name}.pdf`;
const trust = () => readCertificates(readFileSync(`${folder}/root.pem`));
const signer = () => openPem({ key: readFileSync(`${folder}/key.pem`), certificates: [readFileSync(`${folder}/cert.pem`)] });
const stamps = async () => {
  const { createThrowAwayPki } = await load<typeof import('../../src/issuing/index.ts')>('issuing/index');
  return (await createThrowAwayPki()).timestampAuthority;
};

/** A gigabyte: 200 pictures of 5.2 MB each; small: the same shape in 5 MB. */
const SHAPE = size === 'large' ? { pictures: 200, side: 2290, objects: 50_000 } : { pictures: 20, side: 500, objects: 2000 };

const STEPS: Record<string, () => Promise<unknown>> = {
  make: () => written('plain', (sink) => writeLargePdf(sink, SHAPE)),
  sign: () => written('signed', (sink) => signTo(sink, openFileSource(file('plain')), { signer: signer(), at })),
  'sign-again': () => written('twice', (sink) => signTo(sink, openFileSource(file('signed')), { signer: signer(), at })),
  extend: () =>
    written('extended', async (sink) =>
      augmentTo(sink, openFileSource(file('twice')), { to: 'LTA', at, timestamps: await stamps(), trust: trust(), override: true }),
    ),
  validate: async () => {
    const { signatures } = await validate(openFileSource(file('extended')), {
      at: Date.now(),
      trust: trust(),
      policy: 'dss-6.4-no-revocation',
    });
    return signatures
      .map(({ level, conclusion, facts }) => {
        const changes = facts.pdf?.modifications?.every(({ allowed }) => allowed) === true;
        return `${level} ${conclusion.indication}${changes ? '' : ', changed'}`;
      })
      .join();
  },
};

async function written(name: string, write: (sink: ReturnType<typeof createFileSink>) => Promise<unknown>): Promise<string> {
  const sink = createFileSink(file(name));
  await write(sink);
  await sink.finish();
  return 'written';
}

/** Of this process alone: what the system counts may begin with that of the process which started it. */
function peak(): number {
  const [, own] = existsSync('/proc/self/status') ? (/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? []) : [];
  return (own === undefined ? process.resourceUsage().maxRSS : Number(own)) / 1024;
}

const start = performance.now();
const result = await STEPS[step]?.();
console.log(JSON.stringify({ result, seconds: (performance.now() - start) / 1000, megabytes: peak() }));
