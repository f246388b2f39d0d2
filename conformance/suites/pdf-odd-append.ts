/** pdf-odd: a document that opens is signed and extended, and nothing gets worse by that: for qpdf, for its pages, for the signatures it had. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { augment } from '../../src/augment.ts';
import { equal } from '../../src/base/bytes.ts';
import { Fault } from '../../src/base/fault.ts';
import { createThrowAwayPki, type ThrowAwayPki } from '../../src/issuing/index.ts';
import { openPdf } from '../../src/pdf/document.ts';
import { pageCount } from '../../src/pdf/page.ts';
import { type ReportJson, toJson } from '../../src/report/json.ts';
import { sign } from '../../src/sign.ts';
import { validate } from '../../src/validate.ts';

/** What came of signing and extending. `problem` is null where nothing got worse, or where a rule of the document or of ours forbids it. */
export interface Appended {
  readonly refused: string | null;
  readonly problem: string | null;
  /** Exit status of `qpdf --check` before, signed and extended: 0 good, 3 warnings, 2 errors; null where there is no qpdf. */
  readonly qpdf: readonly [number, number, number] | null;
}

/** Signs at level B, then extends to LTA with what there is. */
export async function append(original: Uint8Array, pages: number): Promise<Appended> {
  const { leaf, root, timestampAuthority: timestamps } = await pki();
  const at = Date.now();
  try {
    const { signer } = await leaf('P-256');
    const before = await reportOf(original, root, at);
    const signed = await sign(original, { signer, at, field: FIELD });
    const extended = await augment(signed, { to: 'LTA', at, timestamps, trust: [root], override: true });
    for (const made of [signed, extended]) {
      const problem = problemOf(original, made, pages) ?? lost(before, await reportOf(made, root, at), made === signed);
      if (problem !== null) return { refused: null, problem: `${made === signed ? 'signed' : 'extended'}: ${problem}`, qpdf: null };
    }
    const checks = qpdfChecks([original, signed, extended]);
    const [was, ...is] = checks ?? [0, 0, 0];
    const worse = is.some((status) => rank(status) > rank(was));
    return { refused: null, problem: worse ? 'qpdf --check finds it worse than before' : null, qpdf: checks };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const said = `${error.code}: ${error.message}`;
    return error.code === 'refused' ? { refused: said, problem: null, qpdf: null } : { refused: null, problem: said, qpdf: null };
  }
}

const reportOf = async (pdf: Uint8Array, root: Uint8Array, at: number): Promise<ReportJson> =>
  toJson(await validate(pdf, { at, trust: [root] }));

function problemOf(original: Uint8Array, made: Uint8Array, pages: number): string | null {
  if (!equal(made.subarray(0, original.length), original)) return 'the original is no prefix';
  const opened = openPdf(made);
  if (!opened.ok) return `it cannot be opened: ${opened.malformed.reason}`;
  if (opened.value.rebuilt) return 'its cross-references cannot be read';
  const count = pageCount(opened.value);
  const now = count.ok ? (count.value.walked ?? count.value.told) : null;
  return now === pages ? null : `${now} pages where there were ${pages}`;
}

/** The new signature is good, and those that were intact are. */
function lost(before: ReportJson, after: ReportJson, isNewest: boolean): string | null {
  const own = after.signatures.find(({ pdf }) => pdf?.fieldName === FIELD);
  if (own?.valid !== true || own.pdf?.byteRangeValid !== true) return 'its own signature is not valid';
  if (isNewest && own.pdf.coversWholeFile !== true) return 'its own signature does not cover the whole file';
  const refused = own.pdf.modifications.find(({ allowed }) => !allowed);
  if (refused !== undefined) return `what was appended counts as a change that is not allowed: ${refused.kind} ${refused.object}`;
  for (const was of before.signatures) {
    const is = after.signatures.find(({ id }) => id === was.id);
    if (was.valid && is?.valid !== true) return `the signature ${was.pdf?.fieldName ?? was.id} is not intact any more`;
    const allowed = (each: typeof was): boolean => (each.pdf?.modifications ?? []).every((change) => change.allowed);
    if (is !== undefined && allowed(was) && !allowed(is)) return `for ${was.pdf?.fieldName ?? was.id} a change that is not allowed follows`;
  }
  return null;
}

/** Good, with warnings, with errors. */
const rank = (status: number): number => (status === 0 ? 0 : status === 3 ? 1 : 2);

function qpdfChecks(files: readonly [Uint8Array, Uint8Array, Uint8Array]): [number, number, number] | null {
  const folder = mkdtempSync(join(tmpdir(), 'adeskit-odd-'));
  try {
    const path = join(folder, 'odd.pdf');
    const statuses = files.map((bytes) => {
      writeFileSync(path, bytes);
      const { status, error } = spawnSync('qpdf', ['--check', path], { stdio: 'ignore', timeout: 10_000 });
      return error === undefined ? (status ?? 2) : null;
    });
    const [first, second, third] = statuses;
    return first === null || second === null || third === null ? null : [first ?? 2, second ?? 2, third ?? 2];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const FIELD = 'Appended by the conformance runner';
let made: Promise<ThrowAwayPki> | null = null;
const pki = (): Promise<ThrowAwayPki> => {
  made ??= createThrowAwayPki();
  return made;
};
