/** Signing: a first signature, a parallel one, a countersignature; each format has its own story. What XML takes is loaded when it is asked for. */
import type { Bytes } from './base/bytes.ts';
import { copyTo } from './base/joined-source.ts';
import { asSource, type Sink, type Source } from './base/source.ts';
import { joined } from './pades/build.ts';
import {
  type CadesSignOptions,
  type CountersignOptions,
  cadesSigned,
  countersigned,
  type ParallelSignOptions,
  parallelSigned,
} from './sign-cades.ts';
import { padesAppended, type SignOptions } from './sign-pades.ts';
import type { XadesCountersignOptions, XadesParallelOptions, XadesSignOptions } from './sign-xades.ts';

export type {
  CadesSignOptions,
  CadesStatements,
  CountersignOptions,
  ParallelSignOptions,
  PolicyToName,
  SignerLocation,
} from './sign-cades.ts';
export type { FieldsToLock, SignaturePlace, SignOptions, VisibleSignature } from './sign-pades.ts';
export type {
  Canonicalization,
  Commitment,
  NamedPolicy,
  Packaging,
  ProductionPlace,
  XadesCountersignOptions,
  XadesFile,
  XadesParallelOptions,
  XadesPlacement,
  XadesSignOptions,
  XadesStatements,
} from './sign-xades.ts';

/**
 * Signs a PDF: the original stays a byte-exact prefix of the result. With `format: 'cades'` signs any file as a CMS, which
 * holds the file or stands beside it; with `format: 'xades'` an XML document or any file as an XML signature.
 *
 * Throws `Fault`: `malformed-input` (no PDF, no certificate), `wrong-password`, `refused` (certificate not valid at
 * `at`, the document forbids it, the field is signed), `signer-refused`, `timestamp-refused`, `network`, `bad-option`; for
 * LT and LTA also what `augment` throws.
 */
export async function sign(document: Bytes | Source, options: SignOptions | CadesSignOptions | XadesSignOptions): Promise<Bytes> {
  const source = asSource(document);
  if (options.format === 'xades') return whole(await (await xades()).xadesSigned(source, options, 'sign'));
  if (options.format === 'cades') return whole(await cadesSigned(source, options, 'sign'));
  return joined(source, await padesAppended(source, options));
}

/** As {@link sign}, written piece by piece: the document need not fit in memory. Nothing is written before it is signed. */
export async function signTo(
  sink: Sink,
  document: Bytes | Source,
  options: SignOptions | CadesSignOptions | XadesSignOptions,
): Promise<void> {
  const source = asSource(document);
  if (options.format === 'xades') return copyTo(sink, await (await xades()).xadesSigned(source, options, 'signTo'));
  if (options.format === 'cades') return copyTo(sink, await cadesSigned(source, options, 'signTo'));
  const appended = await padesAppended(source, options);
  await copyTo(sink, source);
  await sink.write(appended);
}

/**
 * Adds a parallel signature to a CMS file or, with `format: 'xades'`, to an XML document, over the same content, beside those
 * that are there, which keep every octet. Throws as {@link sign}, and `refused` where what is there leaves no room: an archive
 * time-stamp before version 3, an enveloped XML signature that leaves out itself alone.
 */
export async function signParallel(signed: Bytes | Source, options: ParallelSignOptions | XadesParallelOptions): Promise<Bytes> {
  return whole(await parallel(asSource(signed), options, 'signParallel'));
}

/** As {@link signParallel}, written piece by piece. */
export async function signParallelTo(
  sink: Sink,
  signed: Bytes | Source,
  options: ParallelSignOptions | XadesParallelOptions,
): Promise<void> {
  return copyTo(sink, await parallel(asSource(signed), options, 'signParallelTo'));
}

/** Adds a countersignature to one of the signatures of a CMS file or an XML document. Throws as {@link signParallel}. */
export async function countersign(signed: Bytes | Source, options: CountersignOptions | XadesCountersignOptions): Promise<Bytes> {
  return whole(await counter(asSource(signed), options, 'countersign'));
}

/** As {@link countersign}, written piece by piece. */
export async function countersignTo(
  sink: Sink,
  signed: Bytes | Source,
  options: CountersignOptions | XadesCountersignOptions,
): Promise<void> {
  return copyTo(sink, await counter(asSource(signed), options, 'countersignTo'));
}

const parallel = async (signed: Source, options: ParallelSignOptions | XadesParallelOptions, of: string): Promise<Source> =>
  'format' in options ? (await xades()).xadesParallel(signed, options, of) : parallelSigned(signed, options, of);

const counter = async (signed: Source, options: CountersignOptions | XadesCountersignOptions, of: string): Promise<Source> =>
  'format' in options ? (await xades()).xadesCountersigned(signed, options, of) : countersigned(signed, options, of);

/** Looked up once: the runtime resolves a name anew at each import. */
const xades = () => {
  loaded ??= import('./sign-xades.ts');
  return loaded;
};
let loaded: Promise<typeof import('./sign-xades.ts')> | null = null;

const whole = (source: Source): Bytes => source.read(0, source.size);
