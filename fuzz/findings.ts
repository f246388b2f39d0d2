/** Findings as vectors: `vectors/fuzz/PARSER/HASH.bin` with `HASH.json`, which says what was wrong and what is expected. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bytes } from '../src/base/bytes.ts';
import { toHex } from '../src/base/text.ts';
import { digest } from '../src/crypto/digest.ts';
import type { Target } from './target.ts';
import type { Expectation, Failure } from './trial.ts';

/** The case file beside an input. */
export interface FoundCase {
  readonly what: string;
  readonly expectation: Expectation;
  readonly clause: string;
}

export const FINDINGS = join(import.meta.dirname, '../vectors/fuzz');

/** Writes a finding and gives its path. */
export function writeFinding(target: Target, { what, expectation }: Failure, input: Bytes): string {
  const folder = join(FINDINGS, target.name);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, toHex(digest('SHA-256', input)).slice(0, 16));
  const found: FoundCase = { what, expectation, clause: target.clause };
  writeFileSync(`${path}.bin`, input);
  writeFileSync(`${path}.json`, `${JSON.stringify(found, null, 2)}\n`);
  return `${path}.bin`;
}

/** Every finding there is, to be tried again. */
export function findings(): readonly { readonly parser: string; readonly name: string; readonly case: FoundCase; readonly input: Bytes }[] {
  if (!existsSync(FINDINGS)) return [];
  return readdirSync(FINDINGS).flatMap((parser) =>
    readdirSync(join(FINDINGS, parser))
      .filter((name) => name.endsWith('.bin'))
      .map((name) => {
        const path = join(FINDINGS, parser, name);
        return {
          parser,
          name,
          case: JSON.parse(readFileSync(path.replace(/\.bin$/, '.json'), 'utf8')) as FoundCase,
          input: new Uint8Array(readFileSync(path)),
        };
      }),
  );
}
