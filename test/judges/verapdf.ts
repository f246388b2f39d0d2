/** veraPDF as a judge of PDF/A and PDF/UA: one Java process for all files of a question. `.ci/run` fetches it by Maven into .cache/verapdf. */
import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { inFolder, versionOf } from './run.ts';

/** Parts of PDF/A, and PDF/UA-1. */
export type Flavour = '1b' | '2a' | '2b' | '2u' | '3b' | 'ua1';

const LIBRARY = join(import.meta.dirname, '../../.cache/verapdf/lib');
const PROGRAM = join(import.meta.dirname, 'verapdf/Validate.java');

/** Whether Java and veraPDF are here; where not, said once. */
export async function hasVerapdf(): Promise<boolean> {
  const here = existsSync(LIBRARY) && (await versionOf('java', ['-version'])) !== null;
  if (!here) process.stderr.write('judge verapdf is not installed: PDF/A is not judged by it\n');
  return here;
}

/** The rules that each file breaks, in veraPDF's words; none where it complies. */
export function verapdf(files: readonly (readonly [flavour: Flavour, pdf: Uint8Array])[]): Promise<string[][]> {
  return inFolder({}, async (folder) => {
    const args = files.flatMap(([flavour, pdf], i) => {
      const path = join(folder, `${i}.pdf`);
      writeFileSync(path, pdf);
      return [flavour, path];
    });
    const said = await java(['-cp', [join(LIBRARY, '*')].join(delimiter), PROGRAM, ...args]);
    const verdicts: string[][] = [];
    let failed: string[] = [];
    for (const line of said.split('\n')) {
      if (line.startsWith('failed ')) failed.push(line.slice('failed '.length));
      else if (/^(not-)?compliant /.test(line)) {
        verdicts.push(line.startsWith('not-') && failed.length === 0 ? ['not compliant'] : failed);
        failed = [];
      }
    }
    if (verdicts.length !== files.length) throw new Error(`veraPDF did not come to its end: ${said.slice(0, 2000)}`);
    return verdicts;
  });
}

const java = (args: readonly string[]): Promise<string> =>
  new Promise((resolve) => {
    execFile('java', args, { encoding: 'utf8', timeout: 300_000, maxBuffer: 64 << 20 }, (_, stdout, stderr) =>
      resolve(`${stdout}\n${stderr}`),
    );
  });
