/** The Signature element as it is written (XMLDSig 1.1, 4): nothing is computed here. */
import { type Bytes, EMPTY } from '../base/bytes.ts';
import { attempt, type Parsed, unreadable } from '../base/parsed.ts';
import { fromBase64 } from '../base/text.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { attributeNamed, childrenOf, elementsOf, isElement, isNamed, kindOf, nameOf, spanOf, textOf } from '../xml/query.ts';
import { DS } from './names.ts';

/**
 * ```xsd
 * <Signature Id?> (SignedInfo) (SignatureValue) (KeyInfo)? (Object)* </Signature>
 * ```
 */
export interface XmlSignature {
  readonly document: XmlDocument;
  readonly node: XmlNode;
  readonly id: string | null;
  readonly signedInfo: SignedInfo;
  /** No octets where it is not base64: it then verifies with no key. */
  readonly value: { readonly node: XmlNode; readonly id: string | null; readonly bytes: Bytes };
  readonly keyInfo: XmlNode | null;
  readonly objects: readonly XmlNode[];
}

export interface SignedInfo {
  readonly node: XmlNode;
  /** CanonicalizationMethod. */
  readonly canonicalization: Method;
  readonly signatureMethod: Method;
  readonly references: readonly XmlReference[];
}

/** An element whose Algorithm attribute says what it stands for. */
export interface Method {
  readonly node: XmlNode;
  readonly algorithm: string;
}

export interface XmlReference {
  readonly node: XmlNode;
  readonly id: string | null;
  /** Null where the attribute is absent: the application knows what is meant. */
  readonly uri: string | null;
  readonly type: string | null;
  readonly transforms: readonly Method[];
  readonly digestMethod: Method;
  /** No octets where it is not base64: it then agrees with no digest. */
  readonly digestValue: Bytes;
}

/** Reads a Signature element: the order and number of its children as the schema has them, nothing else between. */
export function readSignature(document: XmlDocument, node: XmlNode): Parsed<XmlSignature> {
  return attempt(() => {
    if (!isNamed(document, node, DS, 'Signature')) fail(document, node, 'this is no Signature element');
    const children = new Children(document, node);
    const signedInfo = readSignedInfo(document, children.one('SignedInfo'));
    const value = children.one('SignatureValue');
    const keyInfo = children.optional('KeyInfo');
    const objects = children.many('Object');
    children.end();
    return {
      document,
      node,
      id: attributeNamed(document, node, 'Id'),
      signedInfo,
      value: { node: value, id: attributeNamed(document, value, 'Id'), bytes: base64Of(document, value) },
      keyInfo,
      objects,
    };
  });
}

/** Reads the references of a Manifest (XMLDSig 1.1, 5.1). */
export function readManifest(document: XmlDocument, node: XmlNode): Parsed<readonly XmlReference[]> {
  return attempt(() => {
    const children = new Children(document, node);
    const references = children.many('Reference').map((reference) => readReference(document, reference));
    children.end();
    return references;
  });
}

function readSignedInfo(document: XmlDocument, node: XmlNode): SignedInfo {
  const children = new Children(document, node);
  const canonicalization = methodOf(document, children.one('CanonicalizationMethod'));
  const signatureMethod = methodOf(document, children.one('SignatureMethod'));
  const references = children.many('Reference').map((reference) => readReference(document, reference));
  children.end();
  if (references.length === 0) fail(document, node, 'SignedInfo without a Reference');
  if (references.length > MAXIMUM_REFERENCES) fail(document, node, `more than ${MAXIMUM_REFERENCES} references`);
  return { node, canonicalization, signatureMethod, references };
}

function readReference(document: XmlDocument, node: XmlNode): XmlReference {
  const children = new Children(document, node);
  const list = children.optional('Transforms');
  const digestMethod = methodOf(document, children.one('DigestMethod'));
  const digestValue = base64Of(document, children.one('DigestValue'));
  children.end();
  return {
    node,
    id: attributeNamed(document, node, 'Id'),
    uri: attributeNamed(document, node, 'URI'),
    type: attributeNamed(document, node, 'Type'),
    transforms: list === null ? [] : readTransforms(document, list),
    digestMethod,
    digestValue,
  };
}

function readTransforms(document: XmlDocument, node: XmlNode): Method[] {
  const children = new Children(document, node);
  const transforms = children.many('Transform').map((transform) => methodOf(document, transform));
  children.end();
  if (transforms.length === 0 || transforms.length > MAXIMUM_TRANSFORMS)
    fail(document, node, `Transforms of none or more than ${MAXIMUM_TRANSFORMS}`);
  return transforms;
}

function methodOf(document: XmlDocument, node: XmlNode): Method {
  const algorithm = attributeNamed(document, node, 'Algorithm');
  return algorithm === null ? fail(document, node, `${nameOf(document, node).local} without Algorithm`) : { node, algorithm };
}

/** Text alone: a comment or an element inside would let two readers see two values. */
function base64Of(document: XmlDocument, node: XmlNode): Bytes {
  for (const child of childrenOf(document, node)) {
    if (kindOf(document, child) !== 'text') fail(document, node, `${nameOf(document, node).local} holds something other than text`);
  }
  return fromBase64(textOf(document, node).replace(/[ \t\r\n]+/g, '')) ?? EMPTY;
}

/** Child elements of the signature namespace, taken one after another: a cursor. */
class Children {
  private readonly document: XmlDocument;
  private readonly of: XmlNode;
  private readonly elements: readonly XmlNode[];
  private at = 0;

  constructor(document: XmlDocument, of: XmlNode) {
    this.document = document;
    this.of = of;
    this.elements = elementsOf(document, of);
    for (const child of childrenOf(document, of)) {
      if (kindOf(document, child) === 'text' && !/^[ \t\r\n]*$/.test(textOf(document, child)))
        fail(document, of, `text between the children of ${nameOf(document, of).local}`);
      else if (kindOf(document, child) === 'cdata') fail(document, of, `a CDATA section in ${nameOf(document, of).local}`);
    }
  }

  one(local: string): XmlNode {
    return this.optional(local) ?? fail(this.document, this.of, `${nameOf(this.document, this.of).local} without ${local}`);
  }

  optional(local: string): XmlNode | null {
    const next = this.elements[this.at];
    if (next === undefined || !isNamed(this.document, next, DS, local)) return null;
    this.at++;
    return next;
  }

  many(local: string): XmlNode[] {
    const found: XmlNode[] = [];
    for (let next = this.optional(local); next !== null; next = this.optional(local)) found.push(next);
    return found;
  }

  end(): void {
    const next = this.elements[this.at];
    if (next !== undefined)
      fail(this.document, next, `${nameOf(this.document, this.of).local}: unexpected ${nameOf(this.document, next).qualified}`);
  }
}

const fail = (document: XmlDocument, node: XmlNode, reason: string): never =>
  unreadable('Signature', isElement(document, node) ? spanOf(document, node).start : 0, reason);

/** Far above what signatures hold; each reference may cost a pass over the document. */
const MAXIMUM_REFERENCES = 1000;
const MAXIMUM_TRANSFORMS = 16;
