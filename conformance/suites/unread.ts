/** Suites whose format is not read yet: every case is listed, and left out by a rule over what its files hold. */
import { outOfScope, type Suite, type Verdict } from '../case.ts';
import { readFile, readManifest } from '../manifest.ts';
import { unreadRule } from './format.ts';

interface Case {
  readonly id?: string;
  readonly path?: string;
  readonly sha256?: string;
  readonly expected?: unknown;
  readonly sigTlPolicy?: unknown;
  readonly files?: Readonly<Record<string, string | readonly string[]>>;
}

const unread = (name: string, fileOf: (entry: Case) => string | null, fallback: string): Suite => ({
  name,
  async run(dir, { attempt }) {
    const results = [];
    for (const entry of readManifest<Case>(dir).cases) {
      results.push(
        await attempt(entry.id ?? entry.path ?? '', entry.expected ?? null, (): Verdict => {
          const path = fileOf(entry);
          const rule = path === null ? null : unreadRule(readFile(dir, path));
          return outOfScope(rule ?? fallback);
        }),
      );
    }
    return results;
  },
});

export const tsl = unread('tsl', () => null, 'trusted lists are not read yet');
