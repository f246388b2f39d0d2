/** One step over a large container in a process of its own, which tells its time and the most memory it took: `node stream-step.ts STEP FILE FOLDER CODE`. */
import { readFileSync } from 'node:fs';

const [step = '', content = '', folder = '', code = ''] = process.argv.slice(2);
const ending = code.endsWith('src') ? 'ts' : 'js';
const load = async <Module>(name: string): Promise<Module> => (await import(`${code}/${name}.${ending}`)) as Module;
const { augmentTo } = await load<typeof import('../../src/augment.ts')>('augment');
const { openPem, readCertificates } = await load<typeof import('../../src/keys/index.ts')>('keys/index');
const { createFileSink, openFileSource } = await load<typeof import('../../src/platform/file.ts')>('platform/file');
const { signContainerTo, signInContainerTo } = await load<typeof import('../../src/sign-asic.ts')>('sign-asic');
const { validate } = await load<typeof import('../../src/validate.ts')>('validate');
const signer = () => openPem({ key: readFileSync(`${folder}/key.pem`), certificates: [readFileSync(`${folder}/cert.pem`)] });
const at = Date.now();
const [what, format] = step.split(' ') as [string, 'asic-s' | 'asic-e'];
const container = `${folder}/container`;

const STEPS: Record<string, () => Promise<unknown>> = {
  nothing: async () => 'nothing',
  sign: () =>
    written(container, (sink) =>
      signContainerTo(sink, [{ name: 'content', content: openFileSource(content) }], { format, signer: signer(), at }),
    ),
  validate: async () => {
    const trust = readCertificates(readFileSync(`${folder}/root.pem`));
    const { signatures } = await validate(openFileSource(container), { at, trust, policy: 'dss-6.4-no-revocation' });
    return signatures.map(({ level, conclusion }) => `${level} ${conclusion.indication}`).join();
  },
  'sign-again': () => written(`${folder}/after`, (sink) => signInContainerTo(sink, openFileSource(container), { signer: signer(), at })),
  extend: () =>
    written(`${folder}/after`, async (sink) => {
      const { createThrowAwayPki } = await load<typeof import('../../src/issuing/index.ts')>('issuing/index');
      const { timestampAuthority: timestamps } = await createThrowAwayPki();
      return augmentTo(sink, openFileSource(container), { to: 'T', at, timestamps });
    }),
};

async function written(path: string, write: (sink: ReturnType<typeof createFileSink>) => Promise<void>): Promise<string> {
  const sink = createFileSink(path);
  await write(sink);
  await sink.finish();
  return 'written';
}

const start = performance.now();
const result = await STEPS[what]?.();
console.log(JSON.stringify({ result, seconds: (performance.now() - start) / 1000, megabytes: process.resourceUsage().maxRSS / 1024 }));
