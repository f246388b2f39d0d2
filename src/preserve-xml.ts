/** Evidence records in XML: over any files, and sealed into XML signatures (RFC 6283; TS 119 132-3). */
import { documentOf } from './augment-xades.ts';
import type { Bytes } from './base/bytes.ts';
import { Fault } from './base/fault.ts';
import { exact } from './base/options.ts';
import { asSource, type Source } from './base/source.ts';
import { contentOfSource } from './cms/content.ts';
import { createXmlRecords, xmlRecordDocument } from './evidence-record/build-xml.ts';
import type { PreserveOptions } from './preserve.ts';
import { extendedSignature, reread, withProperty } from './xades/augment.ts';
import { requireKept, signatureNodes } from './xades/build-existing.ts';
import { appended } from './xades/build-place.ts';
import { spliced } from './xades/build-splice.ts';
import { element } from './xades/build-xml.ts';
import { type DetachedFile, sourceOfFiles } from './xades/detached.ts';
import { sealedContents } from './xades/evidence-records.ts';
import { XADES_EN } from './xades/names.ts';
import type { XmlDocument, XmlNode } from './xml/document.ts';
import { workFor } from './xmldsig/work.ts';

export interface SealOptions extends PreserveOptions {
  /** Number of the signature, from 0 in the order of the document without counter-signatures; default 0. */
  readonly signature?: number;
  /** Files that the signature is over and that stand outside the document. */
  readonly detached?: readonly { readonly name?: string; readonly bytes: Bytes | Source }[];
}

/**
 * An evidence record (XML) over files that belong together. Files that are XML are hashed in canonical form. Throws `Fault` as
 * `preserve`. It is renewed by `renewRecordTimestamp` and `renewRecordHashTree` as one in ASN.1 is.
 */
export async function preserveXml(files: readonly (Bytes | Source)[], options: PreserveOptions): Promise<Bytes> {
  exact('preserveXml', options, ['timestamps', 'digest']);
  const [record] = await createXmlRecords([files.map((file) => contentOfSource(asSource(file)))], options);
  return xmlRecordDocument(record as string);
}

/** One evidence record (XML) for each file, all under one time-stamp. Throws `Fault` as {@link preserveXml}. */
export async function preserveEachXml(files: readonly (Bytes | Source)[], options: PreserveOptions): Promise<readonly Bytes[]> {
  exact('preserveEachXml', options, ['timestamps', 'digest']);
  const records = await createXmlRecords(
    files.map((file) => [contentOfSource(asSource(file))]),
    options,
  );
  return records.map(xmlRecordDocument);
}

/**
 * An XML signature with an evidence record over it, and over the files beside it, in its last unsigned property. What is there
 * keeps every octet. Throws `Fault` `malformed-input`, `bad-option` for a signature or a file that is not there, `refused` where
 * another signature covers this one, and what the authority throws.
 */
export async function sealRecord(xml: Bytes | Source, options: SealOptions): Promise<Bytes> {
  exact('sealRecord', options, ['timestamps', 'digest', 'signature', 'detached']);
  const { signature: number = 0, detached = [], ...rest } = options;
  const before = documentOf(asSource(xml));
  const node = signatureAt(before, number);
  const files = detached.map(({ name, bytes }): DetachedFile => ({ name: name ?? null, content: contentOfSource(asSource(bytes)) }));
  // The property is put in empty first: what it is over is then read as every validator will read it.
  const empty = element('xadesen:SealingEvidenceRecords', { 'xmlns:xadesen': XADES_EN });
  const open = reread(spliced(before, withProperty(extendedSignature(before, node), empty)));
  const { signature, properties, unsigned } = extendedSignature(open, signatureAt(open, number));
  const property = unsigned.at(-1);
  if (properties === null || property?.kind !== 'evidence-records')
    throw new Fault('refused', 'the property does not stand where it is read');
  const sealed = { signature, properties, unsigned, source: sourceOfFiles(files)(signature), work: workFor(open), id: '', covers: [] };
  const contents = sealedContents(sealed, property.node);
  if (contents === null)
    throw new Fault('bad-option', 'an evidence record is over everything that is signed: hand in the detached files (detached)');
  const [record = ''] = await createXmlRecords([contents], rest);
  const after = reread(spliced(open, [appended(open, property.node, record)]));
  requireKept(before, after, files);
  return after.original;
}

function signatureAt(document: XmlDocument, number: number): XmlNode {
  const nodes = signatureNodes(document, false);
  const node = nodes[number];
  if (node === undefined) throw new Fault('bad-option', `the document has ${nodes.length} signatures, no number ${number}`);
  return node;
}
