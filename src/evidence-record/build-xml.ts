/** Making and renewing evidence records in XML, RFC 6283, 3.2 and 4.2. */
import { type Bytes, concat } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { exact } from '../base/options.ts';
import { fromLatin1, toBase64, utf8 } from '../base/text.ts';
import type { SignedContent } from '../cms/content.ts';
import { digestUri } from '../crypto/algorithm.ts';
import { digest } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';
import { type CanonicalMethod, canonicalize } from '../xml/canonicalize.ts';
import type { XmlNode } from '../xml/document.ts';
import { attributeNamed, spanOf } from '../xml/query.ts';
import { distinctHashes, hashOf, type RecordOptions } from './group.ts';
import { buildTree, type ReducedTree } from './hash-tree.ts';
import { XmlForms } from './xml-objects.ts';
import { ERS, parseXmlRecord, type XmlChain, type XmlEvidenceRecord } from './xml-record.ts';

/**
 * As `createRecords`, in XML: one EvidenceRecord element for each group, all of them under one time-stamp. Objects that are
 * XML are hashed in canonical form, comments among it, as the standard asks for (3.2.1).
 */
export async function createXmlRecords(groups: readonly (readonly SignedContent[])[], options: RecordOptions): Promise<string[]> {
  exact('createXmlRecords', options, ['timestamps', 'digest']);
  const { timestamps, digest: name = 'SHA-256' } = options;
  if (groups.length === 0) return [];
  const forms = new XmlForms();
  const hashes = groups.map((group) => distinctHashes(group.map((content) => hashIn(forms, content, name, METHOD))));
  const tree = buildTree(name, hashes);
  const token = await timestamps.stamp(tree.root, name);
  return groups.map((_, i) => {
    const chain = encodeChain(1, name, encodeStamp(1, tree.reduced(i), token));
    return `<EvidenceRecord xmlns="${ERS}" Version="1.0"><ArchiveTimeStampSequence>${chain}</ArchiveTimeStampSequence></EvidenceRecord>`;
  });
}

/** An EvidenceRecord element as a document of its own. */
export const xmlRecordDocument = (element: string): Bytes => utf8(`<?xml version="1.0" encoding="UTF-8"?>\n${element}\n`);

/** As `renewTimestamp`, for a record in XML; what is there keeps every octet (4.2.1). */
export async function renewXmlTimestamp(record: Bytes, { timestamps }: Pick<RecordOptions, 'timestamps'>): Promise<Bytes> {
  const parsed = mustParse(record);
  const chain = parsed.chains.at(-1) as XmlChain;
  const last = chain.timestamps.at(-1);
  if (last === undefined || chain.digest === null || last.encoding === null || !last.token.ok)
    throw new Fault('unsupported', 'the last archive time-stamp of this evidence record cannot be read: renew its hash tree');
  const token = await timestamps.stamp(digest(chain.digest, last.encoding), chain.digest);
  const order = orderAfter(parsed, last.element);
  return inserted(parsed, last.element, encodeStamp(order, null, token));
}

/** As `renewHashTree`, for a record in XML: the new chain is over the objects and, beside them, over all chains so far (4.2.2). */
export async function renewXmlHashTree(record: Bytes, group: readonly SignedContent[], options: RecordOptions): Promise<Bytes> {
  exact('renewHashTree', options, ['timestamps', 'digest']);
  const { timestamps, digest: name = 'SHA-512' } = options;
  const parsed = mustParse(record);
  const forms = new XmlForms();
  refuseOtherGroup(parsed, group, forms);
  const sequence = digest(name, canonicalize(parsed.document, { apex: parsed.sequence }, METHOD));
  const hashes = distinctHashes(group.map((content) => hashIn(forms, content, name, METHOD)));
  const tree = buildTree(name, [[...hashes, sequence]]);
  const token = await timestamps.stamp(tree.root, name);
  const last = parsed.chains.at(-1) as XmlChain;
  const order = orderAfter(parsed, last.element);
  return inserted(parsed, last.element, encodeChain(order, name, encodeStamp(1, tree.reduced(0), token)));
}

/** In canonical form where it is XML. */
function hashIn(forms: XmlForms, content: SignedContent, name: DigestName, method: CanonicalMethod): Bytes {
  const [canonical] = forms.digests(content, name, method);
  return canonical ?? hashOf(content, name);
}

/** The first archive time-stamp lists the whole group: what is not in it, or missing, must not be renewed as if it were. */
function refuseOtherGroup({ chains }: XmlEvidenceRecord, group: readonly SignedContent[], forms: XmlForms): void {
  const chain = chains[0] as XmlChain;
  const stamp = chain.timestamps[0];
  const { digest: name } = chain;
  if (stamp === undefined || name === null || !stamp.token.ok)
    throw new Fault('unsupported', 'the first archive time-stamp of this evidence record cannot be read');
  const listed = new Set((stamp.tree?.[0] ?? [stamp.token.value.tstInfo.imprint.hash]).map(fromLatin1));
  const given = group.filter((content) => {
    const values = [hashOf(content, name), ...(chain.method === null ? [] : forms.digests(content, name, chain.method))];
    return values.some((value) => listed.delete(fromLatin1(value)));
  });
  if (given.length < group.length || listed.size > 0)
    throw new Fault('refused', `these ${group.length} objects are not the ${given.length + listed.size} that the evidence record is over`);
}

function mustParse(record: Bytes): XmlEvidenceRecord {
  const parsed = parseXmlRecord(record);
  if (!parsed.ok) throw new Fault('malformed-input', `this is no evidence record: ${parsed.malformed.what}: ${parsed.malformed.reason}`);
  const { value } = parsed;
  if (value.encrypted) throw new Fault('unsupported', 'evidence records over encrypted data are not renewed');
  if (value.document.encoding !== 'UTF-8')
    throw new Fault('unsupported', `a record in ${value.document.encoding} is not renewed: UTF-8 is`);
  if (value.problems.length > 0) throw new Fault('unsupported', `this evidence record is not renewed: ${value.problems[0]}`);
  return value;
}

/** The Order after those that there are: they ascend, but need not begin with 1. */
const orderAfter = ({ document }: XmlEvidenceRecord, last: XmlNode): number => Number(attributeNamed(document, last, 'Order')) + 1;

/** Right behind an element: all that is there stays as it is. */
function inserted({ document }: XmlEvidenceRecord, after: XmlNode, xml: string): Bytes {
  const { original, bytes } = document;
  const at = spanOf(document, after).end + original.length - bytes.length;
  return concat([original.subarray(0, at), utf8(xml), original.subarray(at)]);
}

const encodeChain = (order: number, name: DigestName, stamp: string): string =>
  `<ArchiveTimeStampChain xmlns="${ERS}" Order="${order}"><DigestMethod Algorithm="${uriOf(name)}"/>` +
  `<CanonicalizationMethod Algorithm="${METHOD_URI}"/>${stamp}</ArchiveTimeStampChain>`;

/** Null for a tree of one node: the time-stamp is over the value itself. */
function encodeStamp(order: number, tree: ReducedTree | null, token: Bytes): string {
  const lists = tree?.map((list, i) => {
    const values = list.map((value) => `<DigestValue>${toBase64(value)}</DigestValue>`).join('');
    return `<Sequence Order="${i + 1}">${values}</Sequence>`;
  });
  return (
    `<ArchiveTimeStamp xmlns="${ERS}" Order="${order}">${lists ? `<HashTree>${lists.join('')}</HashTree>` : ''}` +
    `<TimeStamp><TimeStampToken Type="RFC3161">${toBase64(token)}</TimeStampToken></TimeStamp></ArchiveTimeStamp>`
  );
}

function uriOf(name: DigestName): string {
  const uri = digestUri(name);
  if (uri === null) throw new Fault('unsupported', `${name} has no identifier in XML`);
  return uri;
}

const METHOD: CanonicalMethod = { version: 'exclusive', comments: true };
const METHOD_URI = 'http://www.w3.org/2001/10/xml-exc-c14n#WithComments';
