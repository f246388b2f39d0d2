/** PDF files: lexer, cross-references, revisions, changes (ISO 32000-2, 7 and 12.8). */
import type { Bytes } from '../../src/base/bytes.ts';
import { attempt, orNull } from '../../src/base/parsed.ts';
import { changesByRevision } from '../../src/pdf/changes.ts';
import { catalogOf, loadObject, openPdf, type PdfDocument, streamBytes } from '../../src/pdf/document.ts';
import { readSecurityStore } from '../../src/pdf/dss.ts';
import { formFields, signatureFields, straySignatures } from '../../src/pdf/field.ts';
import { Lexer } from '../../src/pdf/lexer.ts';
import { isKind } from '../../src/pdf/object.ts';
import { pageCount, pages } from '../../src/pdf/page.ts';
import { documentAt, revisions, writtenBy } from '../../src/pdf/revision.ts';
import { listedNumbers } from '../../src/pdf/xref.ts';
import type { SeedRule } from '../seed.ts';
import type { Target } from '../target.ts';

const FILES: readonly SeedRule[] = [
  { folder: 'pdf-odd', endings: ['.pdf'], most: 150 },
  { folder: 'pdf-attacks', endings: ['.pdf'], most: 150 },
];

const pdf = { format: 'pdf', seeds: FILES, longest: 65_536, milliseconds: 1500 } as const;

export const lexerTarget: Target = {
  ...pdf,
  name: 'pdf-lexer',
  what: 'PDF objects one after the other',
  clause: 'ISO 32000-2, 7.2 and 7.3',
  read: (input) => {
    const lexer = new Lexer(input);
    const found: unknown[] = [];
    // What cannot be read is stepped over, as no caller does: so not for ever.
    for (let from = 0, refused = 0; from < input.length && refused < 50; ) {
      lexer.at = from;
      const object = attempt(() => lexer.object());
      if (!object.ok) refused++;
      found.push(object);
      from = Math.max(from + 1, lexer.at);
    }
    return found;
  },
};

export const xrefTarget: Target = {
  ...pdf,
  name: 'xref',
  what: 'a PDF file, by its cross-references',
  clause: 'ISO 32000-2, 7.5',
  read: (input) => opened(input, (document) => [document.rebuilt, document.sections.length, catalogOf(document), objectsOf(document)]),
};

export const revisionTarget: Target = {
  ...pdf,
  name: 'revision',
  what: 'a PDF file, by its revisions',
  clause: 'ISO 32000-2, 7.5.6',
  read: (input) =>
    opened(input, (document) => {
      const all = revisions(document);
      return all.map((revision) => {
        const then = documentAt(document, revision);
        return [revision.start, revision.end, revision.xref, catalogOf(then), writtenBy(document, revision)];
      });
    }),
  check: (input) =>
    opened(input, (document) => {
      for (const { start, markerEnd, end, limit } of revisions(document))
        if (markerEnd > end || end > limit || limit > input.length || start < 0)
          return `a revision of octets ${start}, ${markerEnd}, ${end}, ${limit}`;
      return null;
    }),
};

export const changesTarget: Target = {
  ...pdf,
  name: 'changes',
  what: 'a PDF file, by what its updates changed',
  clause: 'ISO 32000-2, 12.8.2.2',
  read: (input) =>
    opened(input, (document) => {
      const fields = signatureFields(document);
      return [
        changesByRevision(document, revisions(document)),
        formFields(document).length,
        fields,
        straySignatures(document, fields),
        readSecurityStore(document),
        pageCount(document),
        [...pages(document)].length,
      ];
    }),
};

function opened<T>(input: Bytes, read: (document: PdfDocument) => T): T | null {
  const document = orNull(openPdf(input));
  return document && read(document);
}

/** The first objects that the newest sections list, with what their streams decode to. */
function objectsOf(document: PdfDocument): unknown[] {
  const found: unknown[] = [];
  for (const section of document.sections.slice(0, 20)) {
    for (const num of listedNumbers(section)) {
      if (found.length >= 300) return found;
      const object = orNull(loadObject(document, { kind: 'ref', num, gen: 0 }));
      const value = object?.value;
      found.push(
        object && [object.num, object.gen],
        value !== undefined && isKind(value, 'stream') ? streamBytes(document, value, 1_000_000) : (value ?? null),
      );
    }
  }
  return found;
}
