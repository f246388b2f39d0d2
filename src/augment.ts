/** The story of augmentation (EN 319 142-1, 5.4 and 6.3): a signed PDF gets a time (T), what its validation needs later (LT), and a time-stamp over that (LTA). */
import { type Examined, materialOf } from './augment-material.ts';
import { type Problem, problemsOf } from './augment-problems.ts';
import type { Bytes } from './base/bytes.ts';
import { Fault } from './base/fault.ts';
import { type Instant, toIso } from './base/instant.ts';
import { exact } from './base/options.ts';
import { asSource, type Sink, type Source } from './base/source.ts';
import { pieces } from './crypto/digest.ts';
import { type DocumentFacts, type EncodedRevocation, idOf, type RevocationId } from './facts/index.ts';
import { openDocument } from './open-pdf.ts';
import { addSecurityStore } from './pades/augment-store.ts';
import { addDocumentTimestamp } from './pades/augment-timestamp.ts';
import { readPades } from './pades/read.ts';
import type { TimestampAuthority } from './tsp/timestamp-authority.ts';
import { type ExamineOptions, examine } from './validate.ts';
import { type Evidence, judge, policyByName } from './validation/index.ts';
import { worldOf } from './validation/world.ts';

export type AugmentLevel = 'T' | 'LT' | 'LTA';

/** What levels LT and LTA need beside the document. */
export interface LongTermOptions {
  /** Trust anchors, DER: where the chains of signers and authorities have to end. */
  readonly trust?: readonly Bytes[];
  /** Where issuers' certificates and revocation data are fetched; without sources the document and what is given must do. */
  readonly sources?: NonNullable<ExamineOptions['sources']>;
  /** DER certificates that the document may lack. */
  readonly certificates?: readonly Bytes[];
  /** CRLs and OCSP responses that the document may lack. */
  readonly revocations?: NonNullable<ExamineOptions['revocations']>;
  /** `write`: an entry for each signature in the VRI dictionary too, for readers that look there; default `none`. */
  readonly vri?: 'none' | 'write';
  /** Goes on where it would refuse: the document then may never validate to the level. */
  readonly override?: boolean;
  /** Waits for revocation data that is not fresh enough yet: in all no longer than `maximum` milliseconds. */
  readonly wait?: { readonly maximum: number; readonly sleep: (milliseconds: number) => Promise<void> };
  readonly onProgress?: (step: AugmentStep) => void;
}

export interface AugmentOptions extends LongTermOptions {
  readonly to: AugmentLevel;
  /** Now. What is made while the work goes on (time-stamps, revocation data) may be up to ten minutes younger. */
  readonly at: Instant;
  /** Needed for LTA, and where a signature has no time-stamp yet. */
  readonly timestamps?: TimestampAuthority;
}

export type AugmentStep =
  | { readonly step: 'time-stamp' }
  | { readonly step: 'examine' }
  | { readonly step: 'wait'; readonly milliseconds: number; readonly because: string }
  | { readonly step: 'store'; readonly certificates: number; readonly crls: number; readonly ocsps: number };

/**
 * Extends every signature of a PDF, whoever made them: the document stays a byte-exact prefix of the result.
 *
 * T: where a signature has no time-stamp, a document time-stamp, for a CMS of an earlier revision cannot change any more.
 * LT: that, and in the security store the certificates and revocation data for signers, time-stamping authorities and OCSP
 * responders. LTA: that, and a document time-stamp over it; called again it renews: newer revocation data for the last
 * time-stamp, then another one. What is there already is not added again.
 *
 * Before LT the document is validated (policy `default`). Throws `Fault`: `revocation-unavailable` where revocation data is
 * missing, unusable, or of the time before the signature was made (then the message starts with TRY_LATER and names the
 * date when new data is due); `refused` where a certificate is revoked, a chain is not trusted, a signature is not valid or
 * there is none; `malformed-input`, `unsupported` (encrypted), `timestamp-refused`, `network`, `bad-option`.
 */
export async function augment(document: Bytes | Source, options: AugmentOptions): Promise<Bytes> {
  const extended = await augmented(asSource(document), options, 'augment');
  return extended.read(0, extended.size);
}

/** As {@link augment}, written piece by piece: the document need not fit in memory. Nothing is written before all is known. */
export async function augmentTo(sink: Sink, document: Bytes | Source, options: AugmentOptions): Promise<void> {
  const extended = await augmented(asSource(document), options, 'augmentTo');
  for (const piece of pieces(extended, [{ offset: 0, length: extended.size }])) await sink.write(piece);
}

/** The extended document as a source: the original is read where it is. `of` names the caller's function in messages. */
export async function augmented(source: Source, options: AugmentOptions, of: string): Promise<Source> {
  exact(of, options, ['to', 'at', 'timestamps', ...LONG_TERM_OPTIONS]);
  const { to, at, wait } = options;
  if (!LEVELS.includes(to)) throw new Fault('bad-option', `${of}: level '${String(to)}' is none of ${LEVELS.join(', ')}`);
  if (typeof at !== 'number' || !Number.isFinite(at)) throw new Fault('bad-option', `${of}: \`at\` is the time now in milliseconds`);
  if (wait !== undefined) exact(`${of}.wait`, wait, ['maximum', 'sleep']);
  if (to === 'LTA') authorityOf(options);
  let document = await withTime(source, options);
  if (to !== 'T') document = await withMaterial(document, options);
  return to === 'LTA' ? stamped(document, options) : document;
}

/** Level T: a proof of time for each signature. */
async function withTime(source: Source, options: AugmentOptions): Promise<Source> {
  const facts = factsOf(source, options);
  const signed = facts.signatures.length > 0 || facts.timestamps.size > 0 || facts.unreadable.some(({ kind }) => kind === 'signature');
  if (!signed) throw new Fault('refused', 'no signature found: there is nothing to extend');
  const stamps = [...facts.timestamps.values()].filter(
    ({ type, references, value }) => (type === 'signature' || type === 'document') && value === 'intact' && references[0]?.intact === true,
  );
  const proven = new Set(stamps.map(({ id }) => id));
  const complete = facts.signatures.every(
    ({ counterSignatureOf, timestamps }) => counterSignatureOf !== null || timestamps.some((id) => proven.has(id)),
  );
  return complete ? source : stamped(source, options);
}

function stamped(source: Source, options: AugmentOptions): Promise<Source> {
  const authority = authorityOf(options);
  options.onProgress?.({ step: 'time-stamp' });
  return addDocumentTimestamp(openDocument(source), authority);
}

/** Level LT: validates, then stores what that took. */
async function withMaterial(source: Source, options: AugmentOptions): Promise<Source> {
  const { override = false, vri = 'none', wait, onProgress } = options;
  let waited = 0;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    onProgress?.({ step: 'examine' });
    const examined = await examineNow(source, options, options.at + waited);
    const problems = problemsOf(examined);
    const mayWait = problems.length > 0 && problems.every(({ kind }) => kind === 'later') && waited < (wait?.maximum ?? 0);
    if (wait && mayWait) {
      const milliseconds = Math.min(pause, wait.maximum - waited);
      onProgress?.({ step: 'wait', milliseconds, because: problems[0]?.text ?? '' });
      await wait.sleep(milliseconds);
      waited += milliseconds;
      continue;
    }
    if (problems.length > 0 && !override) throw faultOf(problems);
    const document = openDocument(source);
    const { all, signatures } = materialOf(examined, document, options.to === 'LTA');
    const counts = { certificates: all.certificates.length, crls: all.crls.length, ocsps: all.ocsps.length };
    onProgress?.({ step: 'store', ...counts });
    return addSecurityStore(document, all, { at: examined.world.at, vri, signatures });
  }
}

async function examineNow(source: Source, options: LongTermOptions, at: Instant): Promise<Examined> {
  const { trust = [], sources, certificates = [], revocations = [] } = options;
  const found = new Map<RevocationId, EncodedRevocation>();
  const keep = <Kept extends EncodedRevocation>(all: readonly Kept[]): readonly Kept[] => {
    for (const one of all) found.set(idOf(one.bytes), one);
    return all;
  };
  keep(revocations);
  const revocationSource = sources?.revocations;
  const evidence = await examine(source, {
    ...{ trust, certificates, revocations },
    sources: {
      ...(sources?.certificates && { certificates: sources.certificates }),
      ...(revocationSource && { revocations: { find: async (...asked) => keep(await revocationSource.find(...asked)) } }),
    },
  });
  const policy = policyByName('default');
  const now = nowOf(evidence, at);
  return { world: worldOf(evidence, policy, now), report: judge(evidence, policy, now), found };
}

/** The time at which everything has been made that was asked for since `at`. */
function nowOf({ document, revocations, statuses }: Evidence, at: Instant): Instant {
  const made = [
    ...[...document.timestamps.values()].map(({ time }) => time),
    ...[...revocations.values()].map(({ producedAt }) => producedAt),
    ...[...statuses.values()].flatMap((each) => each.map(({ thisUpdate }) => thisUpdate ?? at)),
  ];
  return made.reduce((latest, time) => (time > latest && time <= at + DURATION ? time : latest), at);
}

function faultOf(problems: readonly Problem[]): Fault {
  const text = problems.map((problem) => problem.text).join('; ');
  if (problems.some(({ kind }) => kind === 'refused')) return new Fault('refused', `not extended: ${text}`);
  if (problems.some(({ kind }) => kind === 'revocation')) return new Fault('revocation-unavailable', `not extended: ${text}`);
  const due = problems.flatMap((problem) => problem.due ?? []);
  const when = due.length === 0 ? 'when new data is due is not told' : `new data is due at ${toIso(Math.max(...due))}`;
  return new Fault('revocation-unavailable', `TRY_LATER: ${text}: ${when}`);
}

function factsOf(source: Source, { certificates = [], trust = [] }: LongTermOptions): DocumentFacts {
  const facts = readPades(source, [...certificates, ...trust]);
  if (facts.ok) return facts.value;
  const { what, at, reason } = facts.malformed;
  throw new Fault('malformed-input', `this PDF cannot be read: ${what} at offset ${at}: ${reason}`);
}

function authorityOf({ timestamps, to }: AugmentOptions): TimestampAuthority {
  if (timestamps !== undefined) return timestamps;
  const why = to === 'LTA' ? 'level LTA' : 'a signature without time-stamp';
  throw new Fault('bad-option', `${why} needs a time-stamp authority (timestamps)`);
}

const LEVELS: readonly AugmentLevel[] = ['T', 'LT', 'LTA'];
/** Names of {@link LongTermOptions}, for callers that check their own options. */
export const LONG_TERM_OPTIONS = [
  'trust',
  'sources',
  'certificates',
  'revocations',
  'vri',
  'override',
  'wait',
  'onProgress',
] as const satisfies readonly (keyof LongTermOptions)[];
/** No augmentation takes longer, and no clock differs more. */
const DURATION = 600_000;
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 300_000;
