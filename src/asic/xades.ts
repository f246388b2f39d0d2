/** XML signatures in the files of an ASiC container, over other files of it by their names (EN 319 162-1, 4.3.3.3 and 4.4.3). */
import type { Bytes } from '../base/bytes.ts';
import { orNull, type Parsed, parsed } from '../base/parsed.ts';
import type { Pool } from '../cms/pool.ts';
import type { SignatureFacts } from '../facts/index.ts';
import { agrees, isTaken, type SourceOf } from '../xades/detached.ts';
import { readXmlSignatures, type XmlSignatures } from '../xades/read.ts';
import { parseXml } from '../xml/parse.ts';
import type { XmlReference } from '../xmldsig/signature.ts';
import type { AsicContainer } from './container.ts';
import type { CoveredFiles } from './coverage.ts';
import { fileOf } from './manifest.ts';

export interface ContainerXmlSignatures extends XmlSignatures {
  /** Files of the container that a signature vouches for, by the id of the signature. */
  readonly files: ReadonlyMap<string, readonly string[]>;
}

/** Reads the signatures in one file. What references name is looked for among the files of the container. */
export function readContainerXmlSignatures(
  container: AsicContainer,
  covered: CoveredFiles,
  name: string,
  pool: Pool,
): Parsed<ContainerXmlSignatures> {
  const { archive, type, dataFiles } = container;
  const bytes = covered.octetsOf(name);
  const document = bytes.ok ? parseXml(bytes.value) : bytes;
  if (!document.ok) return document;
  const read = readXmlSignatures(document.value, { pool, container: type, name, sourceOf: sourceInContainer(container, covered) });
  const [only, more] = dataFiles;
  const fileNamed = (uri: string): string | null => {
    const found = fileOf(uri, (file) => archive.byName.has(file));
    return found !== null && archive.byName.has(found) ? found : more === undefined ? (only ?? null) : null;
  };
  const exists = (uri: string): boolean => archive.byName.has(fileOf(uri, (file) => archive.byName.has(file)));
  return parsed({
    ...read,
    signatures: read.signatures.map((signature) => ({
      ...signature,
      structureProblems: [...signature.structureProblems, ...otherNames(signature, exists, only ?? '')],
    })),
    files: new Map(read.signatures.map((signature) => [signature.id, filesOf(signature, fileNamed)])),
  });
}

/** What references name, among the files of the container. */
export function sourceInContainer({ archive, type, dataFiles }: AsicContainer, covered: CoveredFiles): SourceOf {
  const named = (uri: string | null): string | null => (uri === null ? null : fileOf(uri, (file) => archive.byName.has(file)));
  const [only, more] = dataFiles;
  const single = more === undefined ? only : undefined;
  /** A name that no file has stands for the one file of ASiC-S, in ASiC-E where the digest is its. */
  return (signature) => {
    const free = single !== undefined && !isTaken(signature, (uri) => archive.byName.has(named(uri) ?? '')) ? single : null;
    const file = (uri: string | null, reference: XmlReference | undefined): string | null => {
      const found = named(uri);
      if (found !== null && archive.byName.has(found)) return found;
      if (free === null || type === 'ASiC-S') return free;
      const content = covered.contentOf(free);
      return content !== null && reference !== undefined && agrees(reference, content) ? free : null;
    };
    return {
      external: (uri, reference): Bytes | null => {
        const found = file(uri, reference);
        return found === null ? null : orNull(covered.octetsOf(found));
      },
      digest: (uri, algorithm, reference) => covered.contentOf(file(uri, reference) ?? '')?.digest(algorithm) ?? null,
    };
  };
}

/** A reference that names no file, and was found all the same. */
const otherNames = ({ references }: SignatureFacts, exists: (uri: string) => boolean, taken: string): string[] =>
  references
    .filter(({ found, name, type }) => found && DATA.has(type) && !name.startsWith('#') && name !== '' && !exists(name))
    .map(({ name }) => `a reference names ${name}, the file that is there is ${taken}`);

/** Files of the references that agree. */
const filesOf = ({ references }: SignatureFacts, named: (uri: string) => string | null): string[] => [
  ...new Set(
    references
      .filter(({ intact, name, type }) => intact && name !== '' && !name.startsWith('#') && DATA.has(type))
      .flatMap(({ name }) => named(name) ?? []),
  ),
];

const DATA: ReadonlySet<string> = new Set(['REFERENCE', 'MANIFEST_ENTRY']);
