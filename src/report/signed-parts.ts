/** What an XML signature, or a signature, time-stamp or record in a container, is over, in words: its references say it, and whoever reads the verdict has to know. */
import type { ReferenceFacts, SignatureFacts } from '../facts/index.ts';
import { type Catalogue, fill } from './catalogue.ts';
import { visible } from './visible.ts';

/** Null for a signature of another format that stands in no container: it signs its content as a whole. */
export function signedParts({ format, container, references }: SignatureFacts, words: Catalogue): string | null {
  if (format === 'XAdES')
    return partsOf(
      references.filter(({ type }) => DATA.has(type)),
      words,
    );
  return container === null ? null : coveredFiles(references, words);
}

/** Files of a container: those that a manifest lists, else the one file. */
export function coveredFiles(references: readonly ReferenceFacts[], words: Catalogue): string | null {
  const listed = references.filter(({ type }) => type === 'MANIFEST_ENTRY');
  return partsOf(listed.length > 0 ? listed : references.filter(({ name }) => name !== ''), words);
}

function partsOf(data: readonly ReferenceFacts[], words: Catalogue): string | null {
  const told = [...new Set(data.slice(0, MOST).map((reference) => partOf(reference, words)))];
  if (told.length === 0) return null;
  return [...told, ...(data.length > MOST ? [fill(words.phrases.signsMore, { count: data.length - MOST })] : [])].join('; ');
}

function partOf({ name, found, intact, covers }: ReferenceFacts, { phrases }: Catalogue): string {
  const shown = visible(name);
  if (!found) return fill(phrases.signsMissing, { name: shown });
  const within = name === '' || name.startsWith('#');
  const part =
    covers?.element === '/'
      ? phrases.signsDocument
      : covers?.element != null
        ? fill(phrases.signsElement, { path: visible(covers.element) })
        : within
          ? phrases.signsPart
          : shown;
  return intact ? part : fill(phrases.signsChanged, { part });
}

const DATA: ReadonlySet<ReferenceFacts['type']> = new Set<ReferenceFacts['type']>([
  'REFERENCE',
  'OBJECT',
  'XPOINTER',
  'MANIFEST',
  'MANIFEST_ENTRY',
  'COUNTER_SIGNATURE',
]);
const MOST = 8;
