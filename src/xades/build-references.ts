/** What a new signature is over: references with their transforms, and the octets that these give (XMLDSig 1.1, 4.4.3 and 6.6). */
import { type Bytes, concat } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import type { Source } from '../base/source.ts';
import { toBase64 } from '../base/text.ts';
import { pieces } from '../crypto/digest.ts';
import { type CanonicalMethod, canonicalizeTo } from '../xml/canonicalize.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { afterOf, descendantsNamed } from '../xml/query.ts';
import { idsOf } from '../xmldsig/ids.ts';
import { DS, EXCLUSIVE, REFERENCE_TYPE, TRANSFORM } from '../xmldsig/names.ts';
import { element } from './build-xml.ts';

/** One reference of a signature that is made. */
export interface DataReference {
  /** Left out: the application knows what is meant. */
  readonly uri: string;
  readonly type?: string;
  /** Transform elements, in order. */
  readonly transforms: readonly string[];
  readonly mimeType: string | null;
  /** The octets after all transforms, piece by piece; a piece is only valid until `visit` returns. */
  each(visit: (piece: Bytes) => void): void;
}

/** A canonicalization without comments, by the name that callers give. */
export type Canonicalization = 'exclusive' | 'c14n-1.0' | 'c14n-1.1';

export interface NamedMethod {
  readonly uri: string;
  readonly method: CanonicalMethod;
}

/** Throws `Fault` `bad-option`. */
export function canonicalizationOf(name: Canonicalization = 'exclusive'): NamedMethod {
  const found = METHODS[name];
  if (found === undefined)
    throw new Fault('bad-option', `canonicalization '${String(name)}' is none of ${Object.keys(METHODS).join(', ')}`);
  return found;
}

/**
 * The whole document that the signature will stand in, without signatures: every one (XPath Filter 2.0), so that more may follow, or
 * this one alone (the enveloped-signature transform).
 */
export function envelopedReference(document: XmlDocument, { uri, method }: NamedMethod, mimeType: string, alone: boolean): DataReference {
  const signatures = alone ? [] : descendantsNamed(document, 0, DS, 'Signature');
  const transform = alone ? transformXml(TRANSFORM.enveloped) : transformXml(TRANSFORM.filter2, SUBTRACT_SIGNATURES);
  return {
    uri: '',
    transforms: [transform, transformXml(uri)],
    mimeType,
    each: (visit) => canonicalizeTo(document, { apex: 0, without: new Set(signatures) }, method, visit),
  };
}

/** An element of the document by its identifier. Throws `Fault` `bad-option` where there is none, or it holds `place`. */
export function elementReference(
  document: XmlDocument,
  id: string,
  { uri, method }: NamedMethod,
  mimeType: string,
  place?: XmlNode,
): DataReference {
  const apex = idsOf(document).element(id);
  if (apex === null) {
    const count = idsOf(document).count(id);
    throw new Fault(
      'bad-option',
      count > 1 ? `the identifier '${id}' stands at ${count} elements` : `no element has the identifier '${id}'`,
    );
  }
  if (place !== undefined && place >= apex && place < afterOf(document, apex))
    throw new Fault('bad-option', `the element '${id}' would hold its own signature: sign it enveloped`);
  return {
    uri: `#${id}`,
    transforms: [transformXml(uri)],
    mimeType,
    each: (visit) => canonicalizeTo(document, { apex }, method, visit),
  };
}

/** Octets that stand as base64 in an element with this identifier, which may be an Object of the signature. */
export const base64Reference = (id: string, octets: Bytes, mimeType: string, isObject: boolean): DataReference => ({
  uri: `#${id}`,
  ...(isObject && { type: REFERENCE_TYPE.object }),
  transforms: [transformXml(TRANSFORM.base64)],
  mimeType,
  each: (visit) => visit(octets),
});

/** A file beside the signature, by its name: each segment percent-encoded (RFC 3986). */
export const fileReference = (name: string, source: Source, mimeType: string): DataReference => ({
  uri: uriOf(name),
  transforms: [],
  mimeType,
  each: (visit) => {
    for (const piece of pieces(source)) visit(piece);
  },
});

/** The octets in one array. */
export function octetsOf(reference: DataReference): Bytes {
  const parts: Bytes[] = [];
  reference.each((piece) => void parts.push(piece.slice()));
  return concat(parts);
}

export const transformXml = (algorithm: string, ...content: string[]): string =>
  element('ds:Transform', { Algorithm: algorithm }, ...content);

/** An Object with octets as base64. */
export const base64ObjectXml = (id: string, mimeType: string, octets: Bytes): string =>
  element('ds:Object', { Id: id, MimeType: mimeType, Encoding: TRANSFORM.base64 }, toBase64(octets));

const uriOf = (name: string): string => name.split('/').map(encodeURIComponent).join('/').replace(/'/g, '%27');

const METHODS: Readonly<Record<Canonicalization, NamedMethod>> = {
  exclusive: { uri: EXCLUSIVE, method: { version: 'exclusive', comments: false } },
  'c14n-1.0': { uri: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315', method: { version: '1.0', comments: false } },
  'c14n-1.1': { uri: 'http://www.w3.org/2006/12/xml-c14n11', method: { version: '1.1', comments: false } },
};
const SUBTRACT_SIGNATURES = element(
  'dsig-filter2:XPath',
  { 'xmlns:dsig-filter2': TRANSFORM.filter2, Filter: 'subtract' },
  '/descendant::ds:Signature',
);
