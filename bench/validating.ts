/** Validating with a full report: the inputs of the vectors' bench folder, warm, one core, beside the raw RSA-2048 rate. */
import { createPrivateKey, generateKeyPairSync, sign as rawSign } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toJson } from '../src/report/index.ts';
import { validate } from '../src/validate.ts';
import { type Candidate, comparison, type Effort, sideBySide } from './measure.ts';

const FOLDER = join(process.env['ADESKIT_VECTORS'] ?? fileURLToPath(new URL('../../shared/vectors', import.meta.url)), 'bench');
const AT = Date.UTC(2026, 10, 22);

export async function* validating(effort: Effort): AsyncGenerator<string> {
  if (!existsSync(FOLDER)) {
    yield `validate: not measured, the inputs are not at ${FOLDER} (set ADESKIT_VECTORS)\n`;
    return;
  }
  const measured = await sideBySide(candidates(), effort);
  yield comparison('validate, offline, with the JSON report', measured);
}

function candidates(): Candidate[] {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const message = new Uint8Array(200);
  const inputs: [string, string, Uint8Array[]][] = [
    ['PAdES-B', 'signed-pades-b.pdf', [readFileSync(join(FOLDER, 'ca.der'))]],
    ['PAdES-B-LT', 'input-pades-lt.pdf', anchors('anchors-lt')],
    ['PAdES-B-LTA', 'input-pades-lta.pdf', anchors('anchors-lta')],
    ['CAdES-B', 'signed-cades-b.p7m', [readFileSync(join(FOLDER, 'ca.der'))]],
  ];
  return [
    { name: 'raw crypto.sign, RSA-2048', run: () => rawSign('sha256', message, key) },
    ...inputs.map(([name, file, trust]): Candidate => {
      const document = new Uint8Array(readFileSync(join(FOLDER, file)));
      return { name, run: async () => toJson(await validate(document, { at: AT, trust, policy: 'dss-6.4' })) };
    }),
  ];
}

const anchors = (folder: string): Uint8Array[] => readdirSync(join(FOLDER, folder)).map((file) => readFileSync(join(FOLDER, folder, file)));
