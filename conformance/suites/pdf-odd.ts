/** pdf-odd: odd but real PDFs are opened and their pages counted, or refused cleanly, in good time. */
import { openPdf } from '../../src/pdf/document.ts';
import { pageCount } from '../../src/pdf/page.ts';
import { judged, outOfScope, type Suite, type Verdict } from '../case.ts';
import { readFile, readManifest } from '../manifest.ts';

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
}

export const pdfOdd: Suite = {
  name: 'pdf-odd',
  limit: 10_000,
  async run(dir, { attempt }) {
    const results = [];
    for (const { id, files, expected } of readManifest<Case>(dir).cases) {
      results.push(await attempt(id, expected ?? null, () => verdict(expected, read(readFile(dir, files.pdf)))));
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
    return rows.join('\n');
  },
};

function read(bytes: Uint8Array): Got {
  const opened = openPdf(bytes);
  if (!opened.ok) return { opens: 'unreadable', pages: null, rebuilt: false, encrypted: false, reason: opened.malformed.reason };
  const { rebuilt, encrypted } = opened.value;
  const counted = pageCount(opened.value);
  const pages = counted.ok ? (counted.value.walked ?? counted.value.told) : null;
  const reason = counted.ok ? null : counted.malformed.reason;
  return { opens: pages === null ? (encrypted ? 'password-needed' : 'unreadable') : 'opens', pages, rebuilt, encrypted, reason };
}

function verdict(expected: Case['expected'], got: Got): Verdict {
  if (expected === undefined) return judged(null, got, false);
  const right = expected.opens === got.opens && (expected.opens !== 'opens' || expected.pages === null || expected.pages === got.pages);
  if (!right && got.encrypted) return outOfScope('the PDF is encrypted, and decryption is not built yet', got);
  return judged(expected, got, right);
}
