/** The outside judges that tests ask: which are here, which algorithms each knows, and what each concludes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { opensslCmsVerify } from './openssl.ts';
import { pdfsig } from './pdf-tools.ts';
import {
  type Pyhanko,
  type PyhankoCms,
  type PyhankoCmsQuestion,
  type PyhankoLongTerm,
  type PyhankoLongTermQuestion,
  type PyhankoPdf,
  type PyhankoQuestion,
  type PyhankoSigning,
  startPyhanko,
} from './pyhanko.ts';
import { inFolder, versionOf } from './run.ts';
import { type Algorithm, type Sample, sample } from './samples.ts';

export { type CmsQuestion, opensslCmsVerify, opensslTsVerify, type TimestampQuestion, type Verdict } from './openssl.ts';
export { type PdfsigSignature, pdfsig, qpdfCheck } from './pdf-tools.ts';
export type { PyhankoJudged, PyhankoLongTerm, PyhankoPdf, PyhankoQuestion, PyhankoSigning } from './pyhanko.ts';
export { ALGORITHMS, type Algorithm } from './samples.ts';

export const JUDGES = ['openssl', 'pdfsig', 'qpdf', 'pyhanko'] as const;
export type Judge = (typeof JUDGES)[number];

/** The judge's version, or null where it is not installed (said once on stderr). */
export function present(judge: Judge): Promise<string | null> {
  return once(versions, judge, async () => {
    const version =
      judge === 'pyhanko'
        ? ((await python())?.version ?? null)
        : await versionOf(judge, [judge === 'openssl' ? 'version' : VERSION[judge]]);
    if (version === null) tell(`judge ${judge} is not installed: its cells are not judged`);
    return version;
  });
}

/** Whether the judge is here and verifies a signature of this algorithm that others made; a gap is said once on stderr. */
export function knows(judge: Exclude<Judge, 'qpdf'>, algorithm: Algorithm): Promise<boolean> {
  return once(known, `${judge} ${algorithm}`, async () => {
    if ((await present(judge)) === null) return false;
    const probe = await once(samples, algorithm, async () => sample(algorithm, await python()));
    const verified = probe !== null && (await inFolder({}, (folder) => VERIFIES[judge](probe, folder)));
    if (!verified) tell(`judge ${judge} does not know ${algorithm}`);
    return verified;
  });
}

/** What pyHanko says of a PDF. Throws where pyHanko is not installed: ask `present` first. */
export const pyhankoJudge = async (question: PyhankoQuestion): Promise<PyhankoPdf> => (await pyhanko()).judge(question);

/** What pyHanko says of a CMS signature. Throws as {@link pyhankoJudge}. */
export const pyhankoCms = async (question: PyhankoCmsQuestion): Promise<PyhankoCms> => (await pyhanko()).judgeCms(question);

/** What its long-term validation says of a PDF, offline. Throws as {@link pyhankoJudge}. */
export const pyhankoLongTerm = async (question: PyhankoLongTermQuestion): Promise<PyhankoLongTerm> => (await pyhanko()).longTerm(question);

/** Lets pyHanko sign a PDF. Throws where it cannot. */
export async function pyhankoSign(order: PyhankoSigning): Promise<void> {
  const problem = await (await pyhanko()).sign(order);
  if (problem !== null) throw new Error(`pyHanko does not sign: ${problem}`);
}

/** Ends the Python process, if one was started: for `afterAll`. */
export async function closeJudges(): Promise<void> {
  const judge = await started;
  judge?.close();
  started = null;
}

const VERIFIES: Record<Exclude<Judge, 'qpdf'>, (probe: Sample, folder: string) => Promise<boolean>> = {
  openssl: async ({ cms, content }) => (await opensslCmsVerify({ signature: cms, content })).good,
  pdfsig: async ({ pdf }, folder) => {
    const path = join(folder, 'probe.pdf');
    writeFileSync(path, pdf);
    return (await pdfsig(path)).signatures[0]?.valid === true;
  },
  pyhanko: async ({ pdf, certificatePem }, folder) => {
    const path = join(folder, 'probe.pdf');
    writeFileSync(path, pdf);
    const judged = (await pyhankoJudge({ path, trust: [certificatePem] })).signatures[0];
    return judged?.error === undefined && judged?.intact === true && judged.valid;
  },
};

const VERSION = { pdfsig: '-v', qpdf: '--version' } as const;

let started: Promise<Pyhanko | null> | null = null;

async function pyhanko(): Promise<Pyhanko> {
  const judge = await python();
  if (judge === null) throw new Error('pyHanko is not installed');
  return judge;
}

function python(): Promise<Pyhanko | null> {
  started ??= startPyhanko();
  return started;
}

const versions = new Map<string, Promise<string | null>>();
const known = new Map<string, Promise<boolean>>();
const samples = new Map<string, Promise<Sample | null>>();

function once<T>(answers: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const answer = answers.get(key) ?? ask();
  answers.set(key, answer);
  return answer;
}

const tell = (gap: string): void => {
  process.stderr.write(`${gap}\n`);
};
