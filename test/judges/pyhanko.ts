/** pyHanko as a judge of PDF signatures: one Python process answers every question of a test file. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What pyHanko concludes on a signature or time-stamp. */
export interface PyhankoConclusion {
  /** The digest of the content matches. */
  readonly intact: boolean;
  /** The signature value verifies. */
  readonly valid: boolean;
  readonly trusted: boolean;
  readonly trustProblem: string | null;
  readonly digestAlgorithm: string;
  readonly signerSubject: string;
}

export interface PyhankoTimestamp extends PyhankoConclusion {
  readonly time: string;
}

interface PyhankoFacts {
  readonly field: string;
  readonly type: 'signature' | 'timestamp';
  readonly subFilter: string;
  /** Attribute names as asn1crypto writes them: 'signing_certificate_v2', 'signature_time_stamp_token', … */
  readonly signedAttributes: readonly string[];
  readonly unsignedAttributes: readonly string[];
}

export interface PyhankoJudged extends PyhankoFacts, PyhankoConclusion {
  readonly coverage: 'UNCLEAR' | 'CONTIGUOUS_BLOCK_FROM_START' | 'ENTIRE_REVISION' | 'ENTIRE_FILE';
  readonly modificationLevel: string | null;
  readonly docmdpOk: boolean | null;
  /** The signature time-stamp, or for a document time-stamp the token itself. */
  readonly timestamp: PyhankoTimestamp | null;
  readonly bottomLine: boolean;
  readonly error?: undefined;
}

export interface PyhankoGaveUp extends PyhankoFacts {
  readonly error: string;
}

export interface PyhankoPdf {
  readonly signatures: readonly (PyhankoJudged | PyhankoGaveUp)[];
  readonly dss: { readonly certs: number; readonly crls: number; readonly ocsps: number; readonly vri: number } | null;
  /** Set where pyHanko cannot read the file at all. */
  readonly error?: string;
}

export interface PyhankoQuestion {
  readonly path: string;
  /** Of an encrypted file. */
  readonly password?: string;
  /** Trust anchors, PEM (each text may hold several). */
  readonly trust: readonly string[];
  readonly others?: readonly string[];
  /** Milliseconds since the epoch; absent: now. */
  readonly at?: number;
}

/** What long-term validation (EN 319 102-1, 5.6) concludes offline, with revocation data wanted for every certificate. */
export interface PyhankoLongTerm {
  readonly signatures: readonly {
    readonly field: string;
    readonly status: 'PASSED' | 'INDETERMINATE' | 'FAILED';
    readonly conclusion: string;
    readonly problem: string | null;
    readonly bestSignatureTime: string;
    readonly firstDocumentTimestamp: string | null;
    readonly modificationLevel: string | null;
  }[];
  readonly error?: string;
}

export interface PyhankoLongTermQuestion {
  readonly path: string;
  /** Trust anchors, PEM. */
  readonly trust: readonly string[];
  /** Tomorrow, as if archive time-stamps had been added until then: for level LT. Else now, by the time-stamps that are there. */
  readonly maintained: boolean;
}

/** A PDF signature by pyHanko itself, into the field `Foreign`. */
export interface PyhankoSigning {
  readonly path: string;
  readonly to: string;
  /** PKCS#8, PEM. */
  readonly key: string;
  /** PEM, the signer's certificate first. */
  readonly chain: readonly string[];
  readonly subFilter: 'adbe.pkcs7.detached' | 'ETSI.CAdES.detached';
  readonly digest?: string;
  /** Adds a signature time-stamp. */
  readonly tsa?: string;
  /** Certifies with DocMDP P = 1. */
  readonly certify?: boolean;
}

/** A CMS signature on its own. */
export interface PyhankoCmsQuestion {
  readonly cms: Uint8Array;
  /** The detached content. */
  readonly content?: Uint8Array;
  /** Trust anchors, PEM. */
  readonly trust: readonly string[];
  readonly at?: number;
}

export type PyhankoCms = PyhankoConclusion & {
  readonly timestamp: PyhankoTimestamp | null;
  readonly bottomLine: boolean;
  readonly error?: string;
};

export interface Pyhanko {
  judgeCms(question: PyhankoCmsQuestion): Promise<PyhankoCms>;
  readonly version: string;
  judge(question: PyhankoQuestion): Promise<PyhankoPdf>;
  longTerm(question: PyhankoLongTermQuestion): Promise<PyhankoLongTerm>;
  /** Null where it worked, else why not. */
  sign(order: PyhankoSigning): Promise<string | null>;
  /** A detached CMS by pyHanko itself, for probing the other judges; null where it cannot make one. */
  cms(order: { key: string; cert: string; content: Uint8Array; pss: boolean; digest: string }): Promise<Uint8Array | null>;
  close(): void;
}

type Answer = { readonly id?: number; readonly error?: string } & Readonly<Record<string, unknown>>;

/** Starts the Python process; null where no Python with pyHanko is found. */
export async function startPyhanko(): Promise<Pyhanko | null> {
  for (const python of pythons()) {
    const started = await startWith(python);
    if (started) return started;
  }
  return null;
}

function startWith(python: string): Promise<Pyhanko | null> {
  return new Promise((started) => {
    const child = spawn(python, ['-I', join(import.meta.dirname, 'pyhanko_judge.py')], { stdio: ['pipe', 'pipe', 'ignore'] });
    const waiting = new Map<number, (answer: Answer) => void>();
    let last = 0;
    const end = (): void => {
      started(null);
      for (const answered of waiting.values()) answered({ error: 'the Python process ended' });
      waiting.clear();
    };
    child.on('error', end).on('close', end);
    child.stdin.on('error', end);
    const ask = (request: object): Promise<Answer> =>
      new Promise((answered) => {
        last++;
        waiting.set(last, answered);
        child.stdin.write(`${JSON.stringify({ id: last, ...request })}\n`);
      });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const answer = JSON.parse(line) as Answer;
      if (answer['ready']) started(judgeBy(`${answer['pyhanko']} (Python ${answer['python']})`, ask, () => child.kill()));
      else if (answer.id !== undefined) {
        waiting.get(answer.id)?.(answer);
        waiting.delete(answer.id);
      }
    });
    process.once('exit', () => child.kill());
  });
}

const judgeBy = (version: string, ask: (request: object) => Promise<Answer>, close: () => void): Pyhanko => ({
  version,
  async judge({ at, ...question }) {
    const answer = await ask({ op: 'pdf', ...question, at: at === undefined ? null : new Date(at).toISOString() });
    return { signatures: [], dss: null, ...answer } as PyhankoPdf;
  },
  async judgeCms({ cms, content, trust, at }) {
    const [signature, signed] = [cms, content].map((octets) => (octets ? Buffer.from(octets).toString('base64') : undefined));
    return (await ask({
      op: 'judge-cms',
      cms: signature,
      content: signed,
      trust,
      at: at === undefined ? null : new Date(at).toISOString(),
    })) as unknown as PyhankoCms;
  },
  async longTerm(question) {
    return { signatures: [], ...(await ask({ op: 'long-term', ...question })) } as PyhankoLongTerm;
  },
  async sign(order) {
    return (await ask({ op: 'sign', ...order })).error ?? null;
  },
  async cms({ content, ...order }) {
    const { cms } = await ask({ op: 'cms', ...order, content: Buffer.from(content).toString('base64') });
    return typeof cms === 'string' ? Buffer.from(cms, 'base64') : null;
  },
  close,
});

function pythons(): string[] {
  const own = join(import.meta.dirname, '../../.cache/judges/bin/python');
  const named = process.env['ADESKIT_PYTHON'];
  if (named) return [named];
  return [...(existsSync(own) ? [own] : []), 'python3'];
}
