/** `sign --format cades`: any file as a CMS, one more signature on such a file, or a countersignature; and the contents of detached ones. */
import { existsSync, statSync } from 'node:fs';
import type { Sink, Source } from '../base/source.ts';
import { type FileSource, openFileSource } from '../platform/file.ts';
import type { PrepareCadesOptions } from '../prepare.ts';
import type { CadesSignOptions, CadesStatements } from '../sign.ts';
import { type Arguments, type Option, oneOf, Usage } from './arguments.ts';
import { namedFile, requireOther } from './files.ts';
import { PDF_OPTIONS, SHARED_STATEMENTS } from './pdf-options.ts';
import { POLICY_OPTIONS, policyNamed } from './signature-policy.ts';

/** What a CAdES signature states, and where its content is. */
export const CADES_STATEMENTS: Readonly<Record<string, Option>> = {
  packaging: {
    value: 'NAME',
    help: 'cades: attached (default: the file is inside) or detached; xades: enveloped (default), enveloping, internally-detached or detached',
  },
  commitment: { value: 'OID', many: true, help: 'pades, cades, xades: commitment type (xades: or its URI)' },
  role: { value: 'TEXT', many: true, help: 'pades, cades, xades: role that the signer claims' },
  locality: { value: 'TEXT', help: 'cades, xades: town where it is signed' },
  country: { value: 'CC', help: 'cades, xades: country where it is signed' },
  'mime-type': { value: 'TYPE', help: 'cades, xades: MIME type of the file' },
  'content-timestamp': { help: 'pades, cades, xades: time-stamp the content before it is signed' },
  ...POLICY_OPTIONS,
};

/** For a signature on what is signed already. */
export const FURTHER_OPTIONS: Readonly<Record<string, Option>> = {
  parallel: {
    help: 'IN is a CMS file, an ASiC container or (xades) a signed XML document, which gets one more signature over the same content',
  },
  countersign: { value: 'N', help: 'cades, xades: signature number N (from 1) of IN is countersigned' },
};

export const DETACHED_OPTION: Readonly<Record<string, Option>> = {
  detached: {
    value: 'FILE[=NAME]',
    many: true,
    help: 'cades, xades: the content of detached signatures, for --parallel and --countersign; xades: a further file to sign',
  },
};

export const CADES_OPTIONS: Readonly<Record<string, Option>> = { ...CADES_STATEMENTS, ...FURTHER_OPTIONS, ...DETACHED_OPTION };

export type CadesWriter = (sink: Sink, source: Source, common: Omit<CadesSignOptions, 'format' | 'packaging'>) => Promise<void>;

/** How a CAdES signature is to be written, or null where another format is asked for. Throws `Usage`, `Fault`. */
export function cadesWriterFrom(args: Arguments): { readonly write: CadesWriter; close(): void } | null {
  if (!isCades(args, CADES_OPTIONS)) return null;
  const packaging = packagingFrom(args);
  const stated = statementsFrom(args);
  const further = furtherFrom(args);
  if (args.all('detached').length > 1) throw new Usage('sign: give one --detached file');
  const contents = detachedFrom(args);
  const detached = contents.map(({ bytes }) => ({ detached: bytes }))[0] ?? {};
  if (contents.length > 0 && further === null)
    throw new Usage('sign: --detached goes with --parallel or --countersign; see --packaging detached');
  const write: CadesWriter = async (sink, source, common) => {
    const { countersignTo, signParallelTo, signTo } = await import('../sign.ts');
    const options = { ...common, ...stated };
    if (further === null) return signTo(sink, source, { format: 'cades', packaging, ...options });
    if (further === 'parallel') return signParallelTo(sink, source, { ...options, ...detached });
    return countersignTo(sink, source, { ...options, ...further, ...detached });
  };
  return { write, close: () => closeAll(contents) };
}

/** Whether a signature is added to those of IN: beside them, or on one of them, by its number from 0. Throws `Usage`. */
export function furtherFrom(args: Arguments): 'parallel' | { readonly signature: number } | null {
  const number = args.get('countersign');
  if (number === undefined) return args.has('parallel') ? 'parallel' : null;
  if (!/^[1-9]\d{0,3}$/.test(number)) throw new Usage(`--countersign is '${number}', but must be a number from 1`);
  if (args.has('parallel')) throw new Usage('give --parallel or --countersign, not both');
  return { signature: Number(number) - 1 };
}

/** What `prepare --format cades` states, but for a content time-stamp; null where another format is asked for. Throws `Usage`. */
export function preparedCadesFrom(args: Arguments): Omit<PrepareCadesOptions, 'chain' | 'scheme' | 'at'> | null {
  if (!isCades(args, CADES_OPTIONS)) return null;
  const { contentTimestamp: _, ...stated } = statementsFrom(args);
  return { format: 'cades', packaging: packagingFrom(args), ...stated };
}

/** What `prepare --format cades` states of a signature on what is signed already. Throws `Usage`. */
export function furtherCadesFrom(args: Arguments): Omit<CadesStatements, 'contentTimestamp'> {
  if (!isCades(args, CADES_OPTIONS)) throw new Usage('--parallel and --countersign are not for PDF: sign it again');
  if (args.has('packaging')) throw new Usage('--packaging does not go with --parallel and --countersign');
  if (args.has('content-timestamp')) throw new Usage('prepare: --content-timestamp is for a first signature');
  return statementsFrom(args);
}

/** Whether `--format cades` is asked for; says so where an option belongs to the other format. */
function isCades(args: Arguments, own: Readonly<Record<string, Option>>): boolean {
  const asked = args.get('format') === 'cades';
  const foreign = asked ? PDF_ONLY : Object.keys(own).filter((option) => !SHARED_STATEMENTS.includes(option));
  const stray = foreign.find((option) => args.has(option));
  if (stray !== undefined) throw new Usage(asked ? `--${stray} is for PDF, not for --format cades` : `--${stray} is for --format cades`);
  return asked;
}

const packagingFrom = (args: Arguments): 'attached' | 'detached' => oneOf(args, 'packaging', ['attached', 'detached'], 'attached');

/** In a folder a signature is told from its file by the usual ending. */
export function cadesOutput(args: Arguments, target: string, output: string): string {
  const folder = existsSync(target) && statSync(target).isDirectory();
  if (!folder || args.has('parallel') || args.has('countersign')) return output;
  return `${output}.${args.get('packaging') === 'detached' ? 'p7s' : 'p7m'}`;
}

export interface DetachedFile {
  readonly name: string;
  readonly bytes: FileSource;
}

/**
 * The files of `--detached`, open: they may be larger than memory. Whoever asks closes them. Throws `Fault` `io`, and `Usage` where the
 * output would take the place of one.
 */
export function detachedFrom(args: Arguments): DetachedFile[] {
  const files = args.all('detached').map(namedFile);
  const target = args.get('output') ?? args.get('save-evidence');
  if (target !== undefined)
    requireOther(
      files.map(({ path }) => path),
      target,
    );
  return files.map(({ path, name }) => ({ name, bytes: openFileSource(path) }));
}

export function closeAll(files: readonly DetachedFile[]): void {
  for (const { bytes } of files) bytes.close();
}

/** What is stated, in the words of the library; in containers too. Throws `Usage`, `Fault`. */
export function statementsFrom(args: Arguments): CadesStatements {
  const [locality, country, mimeType] = [args.get('locality'), args.get('country'), args.get('mime-type')];
  const [commitmentTypes, claimedRoles] = [args.all('commitment'), args.all('role')];
  const wrong = commitmentTypes.find((oid) => !/^[0-2](\.\d+)+$/.test(oid));
  if (wrong !== undefined) throw new Usage(`--commitment is '${wrong}', but must be an object identifier`);
  const place = { ...(locality !== undefined && { locality }), ...(country !== undefined && { country }) };
  return {
    ...policyNamed(args),
    ...(commitmentTypes.length > 0 && { commitmentTypes }),
    ...(claimedRoles.length > 0 && { claimedRoles }),
    ...((locality !== undefined || country !== undefined) && { productionPlace: place }),
    ...(mimeType !== undefined && { mimeType }),
    ...(args.has('content-timestamp') && { contentTimestamp: true }),
  };
}

export const PDF_ONLY: readonly string[] = [...Object.keys(PDF_OPTIONS), 'field', 'reason', 'location', 'contact', 'vri'];
