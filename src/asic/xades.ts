/** XML signatures in the files of an ASiC container, over other files of it by their names (EN 319 162-1, 4.3.3.3 and 4.4.3). */
import type { Bytes } from '../base/bytes.ts';
import { orNull, type Parsed, parsed } from '../base/parsed.ts';
import type { Pool } from '../cms/pool.ts';
import type { SignatureFacts } from '../facts/index.ts';
import { readXmlSignatures, type XmlSignatures } from '../xades/read.ts';
import { parseXml } from '../xml/parse.ts';
import type { AsicContainer } from './container.ts';
import type { CoveredFiles } from './coverage.ts';
import { fileOf } from './manifest.ts';

export interface ContainerXmlSignatures extends XmlSignatures {
  /** Files of the container that a signature vouches for, by the id of the signature. */
  readonly files: ReadonlyMap<string, readonly string[]>;
}

/** Reads the signatures in one file. What references name is looked for among the files of the container. */
export function readContainerXmlSignatures(
  { archive, type }: AsicContainer,
  covered: CoveredFiles,
  name: string,
  pool: Pool,
): Parsed<ContainerXmlSignatures> {
  const bytes = covered.octetsOf(name);
  const document = bytes.ok ? parseXml(bytes.value) : bytes;
  if (!document.ok) return document;
  const named = (uri: string | null): string | null => (uri === null ? null : fileOf(uri, (file) => archive.byName.has(file)));
  const read = readXmlSignatures(document.value, {
    pool,
    container: type,
    name,
    source: {
      external: (uri): Bytes | null => {
        const file = named(uri);
        return file === null ? null : orNull(covered.octetsOf(file));
      },
      digest: (uri, algorithm) => {
        const file = named(uri);
        return file === null ? null : (covered.contentOf(file)?.digest(algorithm) ?? null);
      },
    },
  });
  return parsed({ ...read, files: new Map(read.signatures.map((signature) => [signature.id, filesOf(signature, named)])) });
}

/** Files of the references that agree. */
const filesOf = ({ references }: SignatureFacts, named: (uri: string) => string | null): string[] => [
  ...new Set(
    references
      .filter(
        ({ intact, name, type }) => intact && name !== '' && !name.startsWith('#') && (type === 'REFERENCE' || type === 'MANIFEST_ENTRY'),
      )
      .flatMap(({ name }) => named(name) ?? []),
  ),
];
