/** The story of signing files in an ASiC container with XAdES (EN 319 162-1, 4.3.3.3 and 4.4.3): a new container, or one more signature in one that is there. */
import { listedFiles, takenNames } from './asic/archive.ts';
import { type ContainerFile, checkDataName, freeNumber, MIMETYPES, newContainer, withFiles } from './asic/build.ts';
import type { AsicContainer } from './asic/container.ts';
import { augmentedXmlSignatures } from './augment-asic-xades.ts';
import { Fault } from './base/fault.ts';
import { joinSources } from './base/joined-source.ts';
import type { Source } from './base/source.ts';
import { utf8 } from './base/text.ts';
import { longTermOf } from './long-term.ts';
import { type XadesCommon, xadesOverFiles, xadesParallel } from './sign-xades.ts';
import { element } from './xades/build-xml.ts';
import type { NewEntry, ZipPart } from './zip/write.ts';

export interface AsicXadesOptions extends Omit<XadesCommon, 'format'> {
  readonly format: 'asic-s' | 'asic-e';
  readonly signature: 'xades';
}

/** Options for a further signature: the container says what it is. */
export type AsicXadesAddOptions = Omit<AsicXadesOptions, 'format'>;

/** As `signContainer`. */
export async function xadesContainer(files: readonly ContainerFile[], options: AsicXadesOptions): Promise<Iterable<ZipPart>> {
  const { format, ...rest } = options;
  const [only] = files;
  if (format !== 'asic-s' && format !== 'asic-e') throw new Fault('bad-option', `format '${String(format)}' is neither asic-s nor asic-e`);
  if (only === undefined) throw new Fault('bad-option', 'a container needs a file to sign');
  for (const { name } of files) checkDataName(name);
  if (format === 'asic-s' && (files.length !== 1 || only.name.includes('/')))
    throw new Fault('bad-option', 'an ASiC-S container holds one file, in no folder: use asic-e');
  const signature = await xadesOverFiles(files, atMostT(rest), 'signContainer');
  const entries: NewEntry[] =
    format === 'asic-s'
      ? [{ name: ASIC_S_SIGNATURE, content: signature }]
      : [
          { name: signatureName('001'), content: signature },
          { name: 'META-INF/manifest.xml', content: utf8(openDocumentManifest(files)) },
        ];
  const type = format === 'asic-s' ? 'ASiC-S' : 'ASiC-E';
  return extended(newContainer(type, [...files, ...entries], options.at), rest);
}

/** As `signInContainer`. `contentOf` gives a file of the container. */
export async function xadesInContainer(
  container: AsicContainer,
  options: AsicXadesAddOptions,
  contentOf: (name: string) => Source,
): Promise<Iterable<ZipPart>> {
  const files = container.dataFiles.map((name) => ({ name, content: contentOf(name) }));
  if (files.length === 0) throw new Fault('refused', 'this container holds no file to sign');
  if (container.type === 'ASiC-E') {
    const number = freeNumber(takenNames(container), (n) => [signatureName(n)]);
    const signature = await xadesOverFiles(files, atMostT(options), 'signInContainer');
    return extended(withFiles(container, [{ name: signatureName(number), content: signature }], options.at), options);
  }
  const [name, more] = container.xmlSignatures;
  if (name === undefined || more !== undefined || container.signatures.length > 0)
    throw new Fault('refused', 'this ASiC-S container has no XAdES signature beside which another could stand');
  if (listedFiles(container).has(name))
    throw new Fault('refused', `a manifest of this container lists ${name}: another signature in it would break what is over that`);
  const signature = await xadesParallel(contentOf(name), { ...atMostT(options), format: 'xades', files }, 'signInContainer');
  return extended(withFiles(container, [{ name, content: signature }], options.at, [name]), options);
}

/** Levels LT and LTA are those of the whole container. */
function atMostT({ signature, ...options }: AsicXadesAddOptions): Omit<XadesCommon, 'format'> {
  if (signature !== 'xades') throw new Fault('bad-option', `signature '${String(signature)}' can be xades only: leave it out for CAdES`);
  const { level = 'B' } = options;
  return level === 'LT' || level === 'LTA' ? { ...options, level: 'T' } : options;
}

async function extended(parts: Iterable<ZipPart>, options: AsicXadesAddOptions): Promise<Iterable<ZipPart>> {
  const { level = 'B', at, timestamps } = options;
  if (level !== 'LT' && level !== 'LTA') return parts;
  return [
    await augmentedXmlSignatures(joinSources([...parts]), { to: level, at, ...longTermOf(options), ...(timestamps && { timestamps }) }),
  ];
}

/** META-INF/manifest.xml of OpenDocument, which readers of ASiC-E with XAdES expect (EN 319 162-1, 4.4.3.1). */
function openDocumentManifest(files: readonly ContainerFile[]): string {
  const entry = (path: string, type: string): string =>
    element('manifest:file-entry', { 'manifest:full-path': path, 'manifest:media-type': type });
  const entries = [
    entry('/', MIMETYPES['ASiC-E']),
    ...files.map(({ name, mimeType }) => entry(name, mimeType ?? 'application/octet-stream')),
  ];
  const root = element('manifest:manifest', { 'xmlns:manifest': OPEN_DOCUMENT, 'manifest:version': '1.2' }, ...entries);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

const signatureName = (number: string): string => `META-INF/signatures${number}.xml`;
const ASIC_S_SIGNATURE = 'META-INF/signatures.xml';
const OPEN_DOCUMENT = 'urn:oasis:names:tc:opendocument:xmlns:manifest:1.0';
