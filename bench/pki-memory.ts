/** Looks one serial up in the CRL file given and checks a signature, in pieces; prints the peak memory before and after, kilobytes. */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Certificate } from '../src/pki/index.ts';
import { findInCrlSource, openCrl, verifyCrlSource } from '../src/pki/index.ts';
import { openFileSource } from '../src/platform/file.ts';

/** Of this program alone: what the system counts may begin with that of the process which started it. */
const peak = (): number => {
  const [, own] = existsSync('/proc/self/status') ? (/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? []) : [];
  return own === undefined ? process.resourceUsage().maxRSS : Number(own);
};

const before = peak();
const source = openFileSource(process.argv[2] ?? '');
const crl = openCrl(source);
if (!crl.ok || !findInCrlSource(crl.value, new Uint8Array(16).fill(1)).ok) throw new Error('the list cannot be read');
// Any key costs the same.
const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
verifyCrlSource(crl.value, { spki: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })) } as Certificate);
source.close();
console.log(JSON.stringify({ before, after: peak() }));
