/** One step over a large file in a process of its own, which tells its time and the most memory it took: `node stream-step.ts STEP FILE OUT KEYS CODE`. */
import { readFileSync } from 'node:fs';

const [step, content = '', cms = '', keys = '', code = ''] = process.argv.slice(2);
const ending = code.endsWith('src') ? 'ts' : 'js';
const load = async <Module>(name: string): Promise<Module> => (await import(`${code}/${name}.${ending}`)) as Module;
const { digestOf } = await load<typeof import('../../src/crypto/digest.ts')>('crypto/digest');
const { openPem, readCertificates } = await load<typeof import('../../src/keys/index.ts')>('keys/index');
const { createFileSink, openFileSource } = await load<typeof import('../../src/platform/file.ts')>('platform/file');
const { sign, signTo } = await load<typeof import('../../src/sign.ts')>('sign');
const { validate } = await load<typeof import('../../src/validate.ts')>('validate');
const source = openFileSource(content);
const signer = () => openPem({ key: readFileSync(`${keys}/key.pem`), certificates: [readFileSync(`${keys}/cert.pem`)] });
const trust = () => readCertificates(readFileSync(`${keys}/root.pem`));
const at = Date.now();

const STEPS: Record<string, () => Promise<unknown>> = {
  nothing: async () => 'nothing',
  hash: async () => digestOf('SHA-256', source).length,
  'sign-detached': async () => {
    const sink = createFileSink(cms);
    sink.write(await sign(source, { format: 'cades', packaging: 'detached', signer: signer(), at }));
    await sink.finish();
    return 'signed';
  },
  'sign-attached': async () => {
    const sink = createFileSink(cms);
    await signTo(sink, source, { format: 'cades', signer: signer(), at });
    await sink.finish();
    return 'signed';
  },
  'validate-detached': async () =>
    told(await validate(openFileSource(cms), { at, trust: trust(), policy: 'dss-6.4-no-revocation', detached: [{ bytes: source }] })),
  'validate-attached': async () => told(await validate(openFileSource(cms), { at, trust: trust(), policy: 'dss-6.4-no-revocation' })),
};

const told = ({ signatures }: Awaited<ReturnType<typeof validate>>) =>
  signatures.map(({ level, conclusion }) => `${level} ${conclusion.indication}`).join();

const start = performance.now();
const result = await STEPS[step ?? '']?.();
console.log(JSON.stringify({ result, seconds: (performance.now() - start) / 1000, megabytes: process.resourceUsage().maxRSS / 1024 }));
