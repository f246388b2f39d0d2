/** An XML document as facts: its signatures and what they bring along (EN 319 132-1; XMLDSig 1.1). */
import type { Bytes } from '../base/bytes.ts';
import { malformed, type Parsed, parsed } from '../base/parsed.ts';
import { asSource, type Source } from '../base/source.ts';
import { addCertificate, newPool } from '../cms/pool.ts';
import type { DocumentFacts } from '../facts/document.ts';
import { parseXml } from '../xml/parse.ts';
import { type DetachedFile, sourceOfFiles } from './detached.ts';
import { readXmlSignatures } from './read.ts';

/** Facts of an XML document. `detached`: what references outside the document may name; `supplied`: further certificates, DER. */
export function readXmlDocument(
  input: Bytes | Source,
  detached: readonly DetachedFile[] = [],
  supplied: readonly Bytes[] = [],
): Parsed<DocumentFacts> {
  const source = asSource(input);
  if (source.size > LARGEST) return malformed('XML document', 0, `larger than ${LARGEST} octets`);
  const document = parseXml(source.read(0, source.size));
  if (!document.ok) return document;
  const pool = newPool();
  for (const certificate of supplied) addCertificate(pool, certificate);
  const { signatures, timestamps, evidenceRecords, unreadable } = readXmlSignatures(document.value, {
    pool,
    sourceOf: sourceOfFiles(detached),
  });
  return parsed({
    format: 'XML',
    signatures,
    timestamps: new Map(timestamps.map((one) => [one.id, one])),
    certificates: new Map([...pool.certificates].map(([id, one]) => [id, one.bytes])),
    revocations: pool.revocations,
    evidenceRecords,
    unreadable: [...unreadable, ...pool.unreadable.values()],
    pdf: null,
  });
}

/** Of a document, in octets: it is parsed in memory. */
const LARGEST = 2 ** 31 - 1;
