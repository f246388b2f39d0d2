/** xmldsig: XML signatures with the keys of the case, and canonical forms octet for octet (XMLDSig 1.1, RFC 9231, Canonical XML). */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { budget } from '../../src/base/budget.ts';
import { type Bytes, equal } from '../../src/base/bytes.ts';
import type { Parsed } from '../../src/base/parsed.ts';
import { fromUtf8 } from '../../src/base/text.ts';
import { removeDots } from '../../src/xml/canonical-attributes.ts';
import { type CanonicalMethod, canonicalize, type NodeSelection } from '../../src/xml/canonicalize.ts';
import type { XmlDocument } from '../../src/xml/document.ts';
import { selectedBy } from '../../src/xml/node-filter.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { descendantsNamed, isElement, nameOf } from '../../src/xml/query.ts';
import { xpath } from '../../src/xml/xpath.ts';
import { idsOf } from '../../src/xmldsig/ids.ts';
import { DS } from '../../src/xmldsig/names.ts';
import { checkReference, checkReferences, type ReferenceSource } from '../../src/xmldsig/reference.ts';
import { readSignature, type XmlSignature } from '../../src/xmldsig/signature.ts';
import { algorithmOf, checkXmlValue } from '../../src/xmldsig/verify.ts';
import { judged, outOfScope, type Suite, uncounted, type Verdict } from '../case.ts';
import { readFile, readManifest } from '../manifest.ts';
import { acceptedKeys, type KeyCase } from './xmldsig-keys.ts';

interface Case {
  readonly id: string;
  readonly kind: 'signature' | 'c14n' | 'c14n-subset' | 'c14n-subtree' | 'reference-octets' | 'uri-join-table';
  readonly files: Readonly<Record<string, string>> & KeyCase['files'];
  readonly inputs: KeyCase['inputs'] & {
    readonly algorithm?: string;
    readonly subtree_local_name?: string;
    readonly reference_index?: number;
    readonly base_dir?: string;
    readonly uri_map?: Readonly<Record<string, string>>;
  };
  readonly expected?: string;
}

export const xmldsig: Suite = {
  name: 'xmldsig',
  async run(dir, { attempt }) {
    const results = [];
    for (const one of readManifest<Case>(dir).cases) results.push(await attempt(one.id, one.expected ?? null, () => judge(dir, one)));
    return results;
  },
};

function judge(dir: string, one: Case): Verdict {
  const { kind, files } = one;
  if (kind === 'uri-join-table') {
    const [given, wanted] = [files['inputs'], files['outputs']].map((file) =>
      text(readFile(dir, file ?? ''))
        .trimEnd()
        .split('\n'),
    );
    return judged(one.expected, null, JSON.stringify(given?.map(removeDots)) === JSON.stringify(wanted));
  }
  const parsed = parseXml(readFile(dir, (kind === 'signature' ? files['signature'] : files['input']) ?? ''));
  if (!parsed.ok) {
    const { reason } = parsed.malformed;
    return /DOCTYPE/.test(reason) ? outOfScope('the document has a DTD, which is refused') : judged(one.expected, reason, false);
  }
  if (kind === 'signature') return judgeSignature(dir, one, parsed.value);
  const got = kind === 'reference-octets' ? referenceOctets(dir, one, parsed.value) : canonical(dir, one, parsed.value);
  if (typeof got === 'string') {
    if (/DOCTYPE/.test(got)) return outOfScope('a referenced document has a DTD, which is refused', got);
    if (/xpointer\(\/\//.test(got)) return outOfScope('an XPointer other than the document or an identifier', got);
    return judged(one.expected, got, false);
  }
  const wanted = readFile(dir, files['output'] ?? '');
  return judged(one.expected, equal(got, wanted) ? 'equal' : text(got).slice(0, 400), equal(got, wanted));
}

function canonical(dir: string, { files, inputs }: Case, document: XmlDocument): Bytes | string {
  const selection = selectionOf(dir, files['xpath'], inputs.subtree_local_name, document);
  return selection.ok ? canonicalize(document, selection.value, methodOf(inputs.algorithm ?? '')) : selection.malformed.reason;
}

function selectionOf(dir: string, file: string | undefined, local: string | undefined, document: XmlDocument): Parsed<NodeSelection> {
  if (local !== undefined) {
    for (let node = 1; node < document.nodeCount; node++) {
      if (isElement(document, node) && nameOf(document, node).local === local) return { ok: true, value: { apex: node } };
    }
  }
  if (file === undefined) return { ok: true, value: { apex: 0 } };
  const path = xpath(text(readFile(dir, file)).replace(/<!--[\s\S]*?-->/g, ''), {
    document,
    budget: budget('steps', 1_000_000),
    namespaceOf: (prefix) => (prefix === 'ietf' ? 'http://www.ietf.org' : null),
    element: (id) => idsOf(document).element(id),
    here: null,
  });
  return path.ok ? selectedBy(path.value) : path;
}

function referenceOctets(dir: string, one: Case, document: XmlDocument): Bytes | string {
  const signature = firstSignature(document);
  if (typeof signature === 'string') return signature;
  const reference = signature.signedInfo.references[one.inputs.reference_index ?? 0];
  if (reference === undefined) return 'there is no such reference';
  const checked = checkReference(signature, reference, sourceOf(dir, one));
  return checked.signedOctets() ?? checked.problem ?? 'no octets';
}

function judgeSignature(dir: string, one: Case, document: XmlDocument): Verdict {
  const signature = firstSignature(document);
  if (typeof signature === 'string') return valid(one, { structure: signature }, false);
  const unknown = unsupported(signature);
  const { keys, rule } = acceptedKeys(dir, one, signature, sourceOf(dir, one));
  const references = checkReferences(signature, signature.signedInfo.references, sourceOf(dir, one));
  const values = keys.map((key) => checkXmlValue(signature, key).value);
  const right = values.includes('intact') && references.every(({ intact }) => intact);
  const got = {
    values,
    references: references.map(({ intact, problem }) => problem ?? (intact ? 'intact' : 'broken')),
  };
  if (one.expected === 'undetermined') return uncounted(got);
  if (!right && one.expected === 'valid' && unknown !== null) return outOfScope(unknown, got);
  if (rule !== null) return outOfScope(rule, got);
  return valid(one, got, right);
}

const valid = ({ expected }: Case, got: unknown, right: boolean): Verdict =>
  expected === 'undetermined' ? uncounted(got) : judged(expected, got, right === (expected === 'valid'));

/** What of the signature's own algorithms is left out on purpose or for want of the runtime, else null. */
function unsupported(signature: XmlSignature): string | null {
  const algorithm = algorithmOf(signature);
  if (algorithm?.scheme === 'HMAC') return 'an HMAC, which is no signature';
  if (algorithm === null) return `the signature algorithm ${signature.signedInfo.signatureMethod.algorithm} is not there`;
  for (const { transforms } of signature.signedInfo.references) {
    const left = transforms.find((transform) => REFUSED_TRANSFORMS.has(transform.algorithm));
    if (left !== undefined) return `the transform ${left.algorithm} is refused`;
  }
  return null;
}

function firstSignature(document: XmlDocument): XmlSignature | string {
  const [node] = descendantsNamed(document, 0, DS, 'Signature');
  if (node === undefined) return 'there is no signature';
  const read = readSignature(document, node);
  return read.ok ? read.value : read.malformed.reason;
}

function sourceOf(dir: string, { files, inputs }: Case): ReferenceSource {
  return {
    external(uri) {
      if (uri === null) return null;
      const path =
        inputs.uri_map?.[uri] ??
        (/^[a-z]+:/i.test(uri) ? null : join(inputs.base_dir ?? dirname(files['input'] ?? ''), decodeURIComponent(uri)));
      return path !== null && existsSync(join(dir, path)) ? readFile(dir, path) : null;
    },
  };
}

const methodOf = (algorithm: string): CanonicalMethod => ({
  version: algorithm.includes('exc-c14n') ? 'exclusive' : algorithm.includes('c14n11') ? '1.1' : '1.0',
  comments: algorithm.endsWith('WithComments'),
});

const text = (bytes: Bytes): string => fromUtf8(bytes) ?? '';

const REFUSED_TRANSFORMS: ReadonlySet<string> = new Set([
  'http://www.w3.org/TR/1999/REC-xslt-19991116',
  'http://www.w3.org/2001/04/xmldsig-more/xptr',
  'http://www.w3.org/2002/04/xmldsig-filter2',
  'http://www.w3.org/TR/2007/CR-xml-c14n11-20070621#WithComments',
]);
