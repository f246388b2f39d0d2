/** One step over a large file in a process of its own, which tells its time and the most memory it took: `node stream-step.ts STEP FILE OUT`. */
import { readFileSync } from 'node:fs';
import { digestOf } from '../../src/crypto/digest.ts';
import { openPem, readCertificates } from '../../src/keys/index.ts';
import { createFileSink, openFileSource } from '../../src/platform/file.ts';
import { sign, signTo } from '../../src/sign.ts';
import { validate } from '../../src/validate.ts';

const [step, content = '', cms = '', keys = ''] = process.argv.slice(2);
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
    sink.finish();
    return 'signed';
  },
  'sign-attached': async () => {
    const sink = createFileSink(cms);
    await signTo(sink, source, { format: 'cades', signer: signer(), at });
    sink.finish();
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
