/** The commands; each is loaded when it is called, so that the others cost nothing. */
import type { Command } from './arguments.ts';

interface Entry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

export const COMMANDS: Readonly<Record<string, Entry>> = {
  sign: {
    summary: 'sign a PDF, an XML document, or any file as CAdES, XAdES or in an ASiC container',
    load: async () => (await import('./commands/sign.ts')).sign,
  },
  prepare: {
    summary: 'first half of sign, for a key that answers elsewhere',
    load: async () => (await import('./commands/prepare.ts')).prepare,
  },
  complete: {
    summary: 'second half of sign: embed the signature value',
    load: async () => (await import('./commands/complete.ts')).complete,
  },
  extend: {
    summary: 'extend signatures to a level that lasts (T, LT, LTA)',
    load: async () => (await import('./commands/extend.ts')).extend,
  },
  timestamp: { summary: 'time-stamp any file', load: async () => (await import('./commands/timestamp.ts')).timestamp },
  preserve: {
    summary: 'evidence records over any files, made and renewed',
    load: async () => (await import('./commands/preserve.ts')).preserve,
  },
  validate: { summary: 'judge every signature of a file', load: async () => (await import('./commands/validate.ts')).validate },
  judge: { summary: 'judge stored evidence again', load: async () => (await import('./commands/judge.ts')).judge },
  inspect: { summary: 'show what is inside a file, without judging', load: async () => (await import('./commands/inspect.ts')).inspect },
  'verify-cert': {
    summary: 'check a certificate: its path, its revocation, its use',
    load: async () => (await import('./commands/verify-cert.ts')).verifyCert,
  },
  keys: {
    summary: 'show the keys on a token, in a hardware security module or at a signing service',
    load: async () => (await import('./commands/keys.ts')).keys,
  },
  policy: {
    summary: 'check, compare, show and import validation policies',
    load: async () => (await import('./commands/policy.ts')).policy,
  },
  trust: {
    summary: 'EU trusted lists: build, show, compare and verify snapshots',
    load: async () => (await import('./commands/trust.ts')).trust,
  },
  serve: { summary: 'start the e-signature service', load: async () => (await import('./commands/serve.ts')).serve },
  pki: { summary: 'a throw-away PKI with live CA, CRL, OCSP and TSA', load: async () => (await import('./commands/pki.ts')).pki },
};

/** Commands of later versions: known, and said so. */
export const NOT_YET: ReadonlySet<string> = new Set();
