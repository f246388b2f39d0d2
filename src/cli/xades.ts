/** `sign --format xades`: an XML document or any file under an XML signature, one more signature on such a document, or a counter-signature. */
import { existsSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Sink, Source } from '../base/source.ts';
import type { PrepareXadesOptions } from '../prepare.ts';
import type { XadesFile, XadesParallelOptions, XadesPlacement, XadesSignOptions, XadesStatements } from '../sign.ts';
import { type Arguments, type Option, oneOf, Usage } from './arguments.ts';
import { closeAll, detachedFrom, furtherFrom, PDF_ONLY } from './cades.ts';
import { policyNamed } from './signature-policy.ts';

/** Where an XML signature goes; it takes the statements of CAdES too. */
export const XADES_OPTIONS: Readonly<Record<string, Option>> = {
  element: { value: 'ID', help: 'xades: sign the element of IN with this identifier (internally-detached)' },
  embed: { value: 'xml|base64', help: 'xades: how IN is put into a new document (enveloping, internally-detached)' },
  alone: { help: 'xades: enveloped by the simplest transform, so that no parallel signature can follow' },
  c14n: { value: 'NAME', help: 'xades: exclusive (default), c14n-1.0 or c14n-1.1' },
};

export type XadesWriter = (
  sink: Sink,
  source: Source,
  common: Omit<XadesSignOptions, 'format' | keyof XadesPlacement>,
  input: string,
) => Promise<void>;

/** How an XML signature is to be written, or null where another format is asked for. Throws `Usage`, `Fault`. */
export function xadesWriterFrom(args: Arguments): { readonly write: XadesWriter; close(): void } | null {
  if (!isXades(args)) return null;
  const placement = placementFrom(args);
  const stated = xadesStatementsFrom(args);
  const further = furtherFrom(args);
  if (further !== null) refusePlacement(args);
  const { mimeType, canonicalization, ...where } = placement;
  const contents = detachedFrom(args);
  const files: XadesFile[] = contents.map(({ name, bytes }) => ({ name, content: bytes, ...(mimeType && { mimeType }) }));
  const write: XadesWriter = async (sink, source, common, input) => {
    const { countersignTo, signParallelTo, signTo } = await import('../sign.ts');
    const given = { ...(canonicalization && { canonicalization }), ...(files.length > 0 && { files }) };
    const options = { format: 'xades', ...common, ...stated, ...given } as const;
    if (further !== null && further !== 'parallel') return countersignTo(sink, source, { ...options, ...further });
    const typed = { ...options, ...(mimeType && { mimeType }) };
    if (further === 'parallel') return signParallelTo(sink, source, typed);
    const name = where.packaging === 'detached' ? { name: basename(input) } : {};
    return signTo(sink, source, { ...typed, ...where, ...name });
  };
  return { write, close: () => closeAll(contents) };
}

/** What `prepare --format xades` states; null where another format is asked for. Throws `Usage`. */
export function preparedXadesFrom(args: Arguments, input: string): Omit<PrepareXadesOptions, 'chain' | 'scheme' | 'at'> | null {
  if (!isXades(args)) return null;
  if (args.has('content-timestamp')) throw new Usage('prepare: --content-timestamp is not for --format xades');
  const placement = placementFrom(args);
  const name = placement.packaging === 'detached' ? { name: basename(input) } : {};
  return { format: 'xades', ...placement, ...name, ...xadesStatementsFrom(args) };
}

/** What `prepare --format xades` states of a signature on what is signed already. Throws `Usage`. */
export function furtherXadesFrom(
  args: Arguments,
): Pick<XadesParallelOptions, 'format' | 'mimeType' | 'canonicalization'> & Omit<XadesStatements, 'contentTimestamp'> {
  isXades(args);
  refusePlacement(args);
  if (args.has('content-timestamp')) throw new Usage('prepare: --content-timestamp is not for --format xades');
  const { mimeType, canonicalization } = placementFrom(args);
  const { contentTimestamp: _, ...stated } = xadesStatementsFrom(args);
  return { format: 'xades', ...stated, ...(mimeType && { mimeType }), ...(canonicalization && { canonicalization }) };
}

function refusePlacement(args: Arguments): void {
  const stray = PLACED.find((option) => args.has(option));
  if (stray !== undefined) throw new Usage(`--${stray} does not go with --parallel and --countersign: the document says what is signed`);
}

/** In a folder a signature is told from its file by the usual ending. */
export function xadesOutput(args: Arguments, target: string, output: string): string {
  const folder = existsSync(target) && statSync(target).isDirectory();
  const apart = ['enveloping', 'detached', 'internally-detached'].includes(args.get('packaging') ?? '') && !args.has('element');
  return folder && apart ? `${output}.xml` : output;
}

function isXades(args: Arguments): boolean {
  const asked = args.get('format') === 'xades';
  const stray = (asked ? PDF_ONLY : Object.keys(XADES_OPTIONS)).find((option) => args.has(option));
  if (stray !== undefined) throw new Usage(asked ? `--${stray} is for PDF, not for --format xades` : `--${stray} is for --format xades`);
  return asked;
}

function placementFrom(args: Arguments): XadesPlacement {
  const [element, mimeType] = [args.get('element'), args.get('mime-type')];
  const packaging = oneOf(args, 'packaging', PACKAGINGS, element === undefined ? 'enveloped' : 'internally-detached');
  return {
    packaging,
    ...(element !== undefined && { element }),
    ...(args.has('embed') && { embed: oneOf(args, 'embed', ['xml', 'base64'], 'base64') }),
    ...(args.has('alone') && { alone: true }),
    ...(args.has('c14n') && { canonicalization: oneOf(args, 'c14n', ['exclusive', 'c14n-1.0', 'c14n-1.1'], 'exclusive') }),
    ...(mimeType !== undefined && { mimeType }),
  };
}

/** What is stated, in the words of the library; in containers too. Throws `Usage`, `Fault`. */
export function xadesStatementsFrom(args: Arguments): XadesStatements {
  const [city, country] = [args.get('locality'), args.get('country')];
  const [commitmentTypes, claimedRoles] = [args.all('commitment'), args.all('role')];
  const place = { ...(city !== undefined && { city }), ...(country !== undefined && { country }) };
  return {
    ...policyNamed(args),
    ...(commitmentTypes.length > 0 && { commitmentTypes }),
    ...(claimedRoles.length > 0 && { claimedRoles }),
    ...((city !== undefined || country !== undefined) && { productionPlace: place }),
    ...(args.has('content-timestamp') && { contentTimestamp: 'all' }),
  };
}

const PACKAGINGS = ['enveloped', 'enveloping', 'internally-detached', 'detached'] as const;
const PLACED = ['packaging', 'element', 'embed', 'alone'];
