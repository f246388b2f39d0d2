/** pdf-odd: odd but real PDFs are opened and their pages counted, signed and extended where their rules allow it, or refused cleanly, in good time. */
import { openPdf } from '../../src/pdf/document.ts';
import { pageCount } from '../../src/pdf/page.ts';
import { judged, type Suite, type Verdict } from '../case.ts';
import { readFile, readManifest } from '../manifest.ts';
import { type Appended, append } from './pdf-odd-append.ts';

interface Case {
  readonly id: string;
  readonly files: { readonly pdf: string };
  readonly expected?: {
    readonly opens: 'opens' | 'password-needed' | 'unreadable';
    readonly strictness: string;
    readonly pages: number | null;
  };
}

interface Got {
  readonly opens: 'opens' | 'password-needed' | 'unreadable';
  readonly pages: number | null;
  readonly rebuilt: boolean;
  readonly encrypted: boolean;
  readonly reason: string | null;
  /** Null where it does not open. */
  readonly appended: Appended | null;
}

export const pdfOdd: Suite = {
  name: 'pdf-odd',
  limit: 20_000,
  async run(dir, { attempt }) {
    const results = [];
    for (const { id, files, expected } of readManifest<Case>(dir).cases) {
      results.push(await attempt(id, expected ?? null, async () => verdict(expected, await read(readFile(dir, files.pdf)))));
    }
    return results;
  },
  tables(results) {
    const rows = ['| expected | as expected | not |', '| --- | ---: | ---: |'];
    for (const opens of ['opens', 'password-needed', 'unreadable'] as const) {
      const of = results.filter(({ expected }) => (expected as Case['expected'] | null)?.opens === opens);
      const right = of.filter(({ outcome }) => outcome === 'passed').length;
      rows.push(`| ${opens} | ${right} | ${of.filter(({ outcome }) => outcome === 'failed').length} |`);
    }
    const appended = results.flatMap(({ got }) => (got as Partial<Got> | null)?.appended ?? []);
    const count = (right: (one: Appended) => boolean): number => appended.filter(right).length;
    const unchanged = count(({ qpdf, problem }) => qpdf !== null && problem === null);
    rows.push(
      '',
      '| of those that open | cases |',
      '| --- | ---: |',
      `| signed and extended to LTA, earlier signatures intact | ${count(({ refused, problem }) => refused === null && problem === null)} |`,
      `| of these, \`qpdf --check\` no worse than before | ${unchanged} |`,
      `| refused: the document or its encryption forbids it, or it is signed and damaged | ${count(({ refused }) => refused !== null)} |`,
      `| not signed or extended for another reason | ${count(({ problem }) => problem !== null)} |`,
    );
    return rows.join('\n');
  },
};

async function read(bytes: Uint8Array): Promise<Got> {
  const opened = openPdf(bytes);
  const nothing = { pages: null, appended: null };
  if (!opened.ok) return { ...nothing, opens: 'unreadable', rebuilt: false, encrypted: false, reason: opened.malformed.reason };
  const { rebuilt, encrypted, locked } = opened.value;
  if (locked !== null) {
    const opens = locked.kind === 'password-needed' ? 'password-needed' : 'unreadable';
    return { ...nothing, opens, rebuilt, encrypted, reason: locked.reason };
  }
  const counted = pageCount(opened.value);
  const pages = counted.ok ? (counted.value.walked ?? counted.value.told) : null;
  const reason = counted.ok ? null : counted.malformed.reason;
  if (pages === null) return { ...nothing, opens: 'unreadable', rebuilt, encrypted, reason };
  return { opens: 'opens', pages, rebuilt, encrypted, reason, appended: await append(bytes, pages) };
}

function verdict(expected: Case['expected'], got: Got): Verdict {
  if (expected === undefined) return judged(null, got, false);
  const read = expected.opens === got.opens && (expected.opens !== 'opens' || expected.pages === null || expected.pages === got.pages);
  return judged(expected, got, read && (got.appended?.problem ?? null) === null);
}
