/** The seeds of a parser and what is known of them. */
import type { Bytes } from '../src/base/bytes.ts';
import { toHex } from '../src/base/text.ts';
import { digest } from '../src/crypto/digest.ts';
import { parseCertificate } from '../src/pki/certificate.ts';
import { madeSeeds } from './made-seeds.ts';
import { filesBy, type Seed } from './seed.ts';
import type { Target } from './target.ts';
import { CERTIFICATES } from './targets/pki.ts';
import type { Trial } from './trial.ts';

export interface Loaded extends Trial {
  readonly seeds: readonly Bytes[];
}

/** Files of the vectors by the parser's rules, and what is made here; each once. */
export async function load(target: Target): Promise<Loaded> {
  const made = target.format === 'der' ? await madeSeeds() : [];
  const files = filesBy(target.seeds, target.longest);
  const accepted = unique([...made, ...files]).filter(({ bytes }) => target.accepts?.(bytes) ?? true);
  const seeds = (accepted.length > 0 ? accepted : [SMALLEST_PDF]).map(({ bytes }) => bytes);
  if (!target.facts) return { target, seeds, facts: { signers: [], genuine: new Map(), doubtful: new Set() } };
  const certificates = unique([...made, ...filesBy(CERTIFICATES, 16_384)])
    .map(({ bytes }) => bytes)
    .filter((bytes) => parseCertificate(bytes).ok);
  return { target, seeds, facts: target.facts(seeds, certificates) };
}

const unique = (seeds: readonly Seed[]): Seed[] => [...new Map(seeds.map((seed) => [toHex(digest('SHA-256', seed.bytes)), seed])).values()];

const SMALLEST_PDF: Seed = {
  from: 'made: a PDF',
  bytes: new TextEncoder().encode(
    '%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\nxref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000056 00000 n \ntrailer\n<</Size 3/Root 1 0 R>>\nstartxref\n103\n%%EOF\n',
  ),
};
