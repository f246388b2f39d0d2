/** The two halves of parallel signatures, countersignatures and signatures in containers (EN 319 122-1, 132-1, 162-1): the function runs up to what the key signs, and once more with its answer. */
import { type Bytes, concat, equal } from './base/bytes.ts';
import { Fault } from './base/fault.ts';
import { exact } from './base/options.ts';
import { asSource, type Sink, type Source } from './base/source.ts';
import { type AsicCountersignOptions, countersignInContainerTo } from './countersign-asic.ts';
import { digest, digestOf } from './crypto/digest.ts';
import type { DigestName } from './crypto/names.ts';
import type { Signer } from './crypto/signer.ts';
import { LONG_TERM_OPTIONS, type LongTermOptions } from './long-term.ts';
import { decodePrepared, type PreparedAs, type SignatureAnswer, type SignerDraft } from './prepared.ts';
import { countersignTo, signParallelTo } from './sign.ts';
import {
  type AsicAddOptions,
  type AsicXadesAddOptions,
  type AsicXadesOptions,
  type ContainerFile,
  signContainerTo,
  signInContainerTo,
} from './sign-asic.ts';
import type { CountersignOptions, ParallelSignOptions } from './sign-cades.ts';
import type { XadesCountersignOptions, XadesFile, XadesParallelOptions } from './sign-xades.ts';
import type { TimestampAuthority } from './tsp/timestamp-authority.ts';

/** The functions that can be called in two halves, and their options. */
interface Calls {
  readonly signParallel: ParallelSignOptions | XadesParallelOptions;
  readonly countersign: CountersignOptions | XadesCountersignOptions;
  readonly signContainer: AsicXadesOptions;
  readonly signInContainer: AsicAddOptions | AsicXadesAddOptions;
  readonly countersignInContainer: AsicCountersignOptions;
}

export type HalvedFunction = keyof Calls;

/** Options of the function; instead of the signer its certificates and how it signs. */
export type PrepareCallOptions<Of extends HalvedFunction> = Halved<Calls[Of]>;

type Halved<Options> = Options extends unknown ? Omit<Options, Later> & Pick<Signer, 'chain' | 'scheme'> : never;
type Later = 'signer' | 'level' | 'timestamps' | 'contentTimestamp' | keyof LongTermOptions;

/** What the function is given beside its options: the signed file or container, or the files of a new container. */
export type CallInput<Of extends HalvedFunction> = Of extends 'signContainer' ? readonly ContainerFile[] : Bytes | Source;

export interface CallDraft extends SignerDraft {
  readonly of: HalvedFunction;
  /** Without contents: they are handed in again. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** A call that waits for its signature value. Plain data: it may travel to another process. */
export type PreparedCall = PreparedAs<'call', CallDraft>;

export interface CompleteCallOptions {
  /** Adds a signature time-stamp: level T; `augment` goes on to LT and LTA. */
  readonly timestamps?: TimestampAuthority;
  /** As in the first half. */
  readonly detached?: Bytes | Source;
  readonly files?: readonly XadesFile[];
}

/** The first half of a call of `of`. Pure. Throws as that does. */
export async function prepareCall<Of extends HalvedFunction>(
  of: Of,
  input: CallInput<Of>,
  options: PrepareCallOptions<Of>,
): Promise<PreparedCall> {
  const { chain, scheme, ...rest } = options as Pick<Signer, 'chain' | 'scheme'> & Options;
  const early = LATER.find((name) => Object.hasOwn(rest, name));
  if (early !== undefined) throw new Fault('bad-option', `prepareCall: '${early}' is not known yet: the second half takes it`);
  const reached = new Fault('signer-refused', 'the key is elsewhere');
  let asked: { readonly toBeSigned: Bytes; readonly digest: DigestName } | null = null;
  const sign = async (toBeSigned: Bytes, name: DigestName): Promise<Bytes> => {
    asked = { toBeSigned, digest: name };
    throw reached;
  };
  await call(of, NOWHERE, input, { ...rest, signer: { chain, scheme, sign } }).catch((error: unknown) => {
    if (error !== reached) throw error;
  });
  if (asked === null) throw new Fault('bad-option', `prepareCall: ${of} asked for no signature`);
  const { toBeSigned, digest: name } = asked as { readonly toBeSigned: Bytes; readonly digest: DigestName };
  const { detached: _, files: __, ...told } = rest;
  const draft: CallDraft = { of, options: told, chain, scheme, digest: name };
  return { format: 'call', toBeSigned, digest: name, contentDigest: inputDigest(input, name), draft };
}

/**
 * The second half, with the same input. Throws `Fault` `bad-option` for another input, `signer-refused` where the value does not
 * verify; with an authority what that throws.
 */
export async function completeCall(
  input: Bytes | Source | readonly ContainerFile[],
  prepared: PreparedCall,
  value: SignatureAnswer,
  options: CompleteCallOptions = {},
): Promise<Bytes> {
  const parts: Bytes[] = [];
  await completeCallTo({ write: (bytes) => void parts.push(bytes.slice()) }, input, prepared, value, options);
  return concat(parts);
}

/** As {@link completeCall}, written piece by piece. Nothing is written before all is verified. */
export async function completeCallTo(
  sink: Sink,
  input: Bytes | Source | readonly ContainerFile[],
  { draft, toBeSigned, contentDigest }: PreparedCall,
  value: SignatureAnswer,
  options: CompleteCallOptions = {},
): Promise<void> {
  exact('completeCall', options, ['timestamps', 'detached', 'files']);
  const { of, chain, scheme, digest: name } = draft;
  if (!(value instanceof Uint8Array)) throw new Fault('bad-option', `complete: ${of} takes a signature value, no finished CMS`);
  const different = new Fault('bad-option', 'complete: this is not what was prepared');
  if ((of === 'signContainer') !== isFiles(input) || !equal(inputDigest(input, name), contentDigest)) throw different;
  const sign = async (asked: Bytes): Promise<Bytes> => {
    if (!equal(asked, toBeSigned)) throw different;
    return value;
  };
  const { timestamps } = options;
  const later = { signer: { chain, scheme, sign }, ...(timestamps && { level: 'T' }) };
  return call(of, sink, input as CallInput<typeof of>, { ...draft.options, ...options, ...later });
}

/** What `encodePrepared` wrote of a call; null where it is something else. Throws `Fault` `malformed-input`. */
export function readPreparedCall(json: Bytes): PreparedCall | null {
  const prepared = decodePrepared(json) as PreparedCall;
  if (prepared.format !== 'call') return null;
  const { of, options } = prepared.draft;
  const told = typeof options === 'object' && options !== null && typeof options['at'] === 'number';
  if (!told || !Object.hasOwn(CALLS, of)) throw new Fault('malformed-input', 'this is no prepared call that this version wrote');
  return prepared;
}

type Options = Readonly<Record<string, unknown>>;

const call = <Of extends HalvedFunction>(of: Of, sink: Sink, input: CallInput<Of>, options: Options): Promise<void> =>
  CALLS[of](sink, input, options as unknown as Calls[Of]);

const CALLS: { readonly [Of in HalvedFunction]: (sink: Sink, input: CallInput<Of>, options: Calls[Of]) => Promise<void> } = {
  signParallel: signParallelTo,
  countersign: countersignTo,
  signContainer: signContainerTo,
  signInContainer: signInContainerTo,
  countersignInContainer: countersignInContainerTo,
};

const isFiles = (input: Bytes | Source | readonly ContainerFile[]): input is readonly ContainerFile[] => Array.isArray(input);

/** Of the file, or of the files' digests one after another. */
const inputDigest = (input: Bytes | Source | readonly ContainerFile[], name: DigestName): Bytes =>
  isFiles(input) ? digest(name, concat(input.map(({ content }) => digestOf(name, asSource(content))))) : digestOf(name, asSource(input));

const NOWHERE: Sink = { write: () => {} };
const LATER = ['signer', 'level', 'timestamps', 'contentTimestamp', ...LONG_TERM_OPTIONS];
