/**
 * Whether a trusted list is signed, as a whole, by one of those who may sign it (TS 119 612, 5.7; EN 319 132-1, level B). Everything
 * else in a document that claims to be a list is refused, and the reason is named.
 */
import { type Bytes, equal } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { addCertificate, newPool } from '../cms/pool.ts';
import type { AlgorithmUse, DigestName } from '../crypto/names.ts';
import type { Certificate } from '../pki/certificate.ts';
import { signingCertificates } from '../xades/certificate-references.ts';
import { finderIn } from '../xades/finder.ts';
import { areSigned, isSignedPropertiesType, qualifyingPropertiesOf } from '../xades/qualifying-properties.ts';
import { type SignedProperties, signedPropertiesOf, signingTime } from '../xades/signed-properties.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { declarationsOf, descendantsNamed, elementNamed, parentOf, textOf } from '../xml/query.ts';
import { canonicalMethod } from '../xmldsig/canonical-method.ts';
import { readKeyInfo } from '../xmldsig/key-info.ts';
import { DS, TRANSFORM } from '../xmldsig/names.ts';
import { type CheckedReference, checkReferences } from '../xmldsig/reference.ts';
import { type Method, readSignature, type XmlSignature } from '../xmldsig/signature.ts';
import { checkXmlValue } from '../xmldsig/verify.ts';
import type { ReadList } from './list.ts';
import { weaknessOf } from './list-algorithms.ts';

export type ListSignature = GoodListSignature | RefusedListSignature;

export interface GoodListSignature {
  readonly ok: true;
  readonly signer: Certificate;
  /** As the signer says. */
  readonly signedAt: Instant | null;
  readonly algorithm: AlgorithmUse;
}

export interface RefusedListSignature {
  readonly ok: false;
  readonly reason: ListSignatureProblem;
  /** For people. */
  readonly detail: string;
  /** Who signed, where that is known. */
  readonly signer: Certificate | null;
}

export type ListSignatureProblem =
  | 'unsigned'
  | 'signed-twice'
  | 'not-enveloped'
  | 'malformed-signature'
  | 'not-the-whole-list'
  | 'transform'
  | 'signed-properties'
  | 'signing-certificate'
  | 'altered'
  | 'value'
  | 'wrong-signer'
  | 'weak-algorithm';

export interface ListSignatureOptions {
  /** DER certificates, any of which may sign: those that the list of lists names, or that the caller trusts. */
  readonly signers: readonly Bytes[];
  /** Algorithms must have been good then: mostly the issue of the list. */
  readonly at: Instant;
}

/**
 * Checks the one signature of a list. The signer is compared octet for octet: a certificate of the same name or key is another one.
 * Whether the signer's certificate has expired is no question: its name in the list of lists is what makes it trusted.
 */
export function checkListSignature({ document }: ReadList, { signers, at }: ListSignatureOptions): ListSignature {
  const found = descendantsNamed(document, 0, DS, 'Signature');
  const [node, more] = found;
  if (node === undefined) return refused('unsigned', 'the list has no signature');
  if (more !== undefined) return refused('signed-twice', `the list has ${found.length} signatures`);
  if (parentOf(document, node) !== document.root) return refused('not-enveloped', 'the signature does not stand in the document element');
  const read = readSignature(document, node);
  if (!read.ok) return refused('malformed-signature', read.malformed.reason);
  return checkSignature(read.value, signers, at);
}

function checkSignature(signature: XmlSignature, signers: readonly Bytes[], at: Instant): ListSignature {
  const { signedInfo } = signature;
  const checked = checkReferences(signature, signedInfo.references, { external: () => null });
  const references = referencesOf(signature, checked);
  if (!('said' in references)) return references;
  const { said } = references;
  const signer = signerOf(signature, said);
  if (signer === null)
    return refused('signing-certificate', 'the signed properties do not name a certificate that the signature brings along');
  const altered = checked.find(({ intact }) => !intact);
  if (altered !== undefined)
    return refused('altered', altered.problem ?? `what the reference '${altered.reference.uri ?? ''}' is over was changed`, signer);
  const { value, algorithm } = checkXmlValue(signature, signer.spki);
  if (value !== 'intact') return refused('value', `the signature value is ${value}`, signer);
  if (!signers.some((der) => equal(der, signer.bytes)))
    return refused('wrong-signer', `${signer.subject.text} is not one of those who may sign`, signer);
  const digests = checked.map(({ digestAlgorithm }) => digestAlgorithm).filter((name): name is DigestName => name !== null);
  const weak = weaknessOf([...digests], algorithm, at);
  if (weak !== null) return refused('weak-algorithm', weak, signer);
  return { ok: true, signer, signedAt: signingTime(said), algorithm };
}

/** One reference over the whole list and one over the signed properties; the signature's own KeyInfo may be signed beside. */
function referencesOf(
  signature: XmlSignature,
  checked: readonly CheckedReference[],
): { readonly said: SignedProperties } | RefusedListSignature {
  const { document, keyInfo } = signature;
  const properties = qualifyingPropertiesOf(signature);
  if (properties === null || properties.misaimed || !areSigned(signature, properties))
    return refused('signed-properties', 'no reference is over the signed properties of the signature');
  const others = checked.filter(({ reference }) => !isSignedPropertiesType(reference.type));
  if (checked.length - others.length !== 1) return refused('signed-properties', 'more than one reference to signed properties');
  const whole = others.filter((one) => isOverAll(document, one));
  const strange = others.find((one) => !whole.includes(one) && (keyInfo === null || one.element !== keyInfo));
  if (whole.length !== 1 || strange !== undefined)
    return refused('not-the-whole-list', `the signature is over '${strange?.reference.uri ?? 'nothing'}', not over the list as a whole`);
  for (const { reference } of checked)
    for (const transform of reference.transforms)
      if (!isPlain(signature, transform)) return refused('transform', `${transform.algorithm} chooses what is signed`);
  return { said: signedPropertiesOf(document, properties) };
}

/** By URI, before any transform: the document, or its one element by an identifier that no other has. */
function isOverAll(document: XmlDocument, { reference, element, ambiguous }: CheckedReference): boolean {
  if (ambiguous) return false;
  if (reference.uri === '') return true;
  return reference.uri?.startsWith('#') === true && (element === document.root || element === 0);
}

/** Enveloped, canonical, or an expression that leaves out signatures: the only one there is, in this place, is this one. */
function isPlain({ document }: XmlSignature, { algorithm, node }: Method): boolean {
  if (algorithm === TRANSFORM.enveloped || canonicalMethod(document, node, algorithm) !== null) return true;
  const expression = algorithm === TRANSFORM.xpath ? elementNamed(document, node, DS, 'XPath') : null;
  const match = expression === null ? null : /^\s*not\(ancestor-or-self::([\w.-]+):Signature\)\s*$/.exec(textOf(document, expression));
  return expression !== null && match !== null && namespaceOf(document, expression, match[1] ?? '') === DS;
}

function namespaceOf(document: XmlDocument, node: XmlNode, prefix: string): string | null {
  for (let at = node; at > 0; at = parentOf(document, at)) {
    const found = declarationsOf(document, at).find((one) => one.prefix === prefix);
    if (found !== undefined) return found.namespace;
  }
  return null;
}

/** The certificate in KeyInfo that the signed properties name (EN 319 132-1, 5.2.2 and 6.3). */
function signerOf({ document, keyInfo }: XmlSignature, said: SignedProperties): Certificate | null {
  const pool = newPool();
  for (const der of readKeyInfo(document, keyInfo).certificates.slice(0, MOST_CERTIFICATES)) addCertificate(pool, der);
  const [named] = signingCertificates(said, finderIn(pool));
  return named?.matches == null ? null : (pool.certificates.get(named.matches) ?? null);
}

const refused = (reason: ListSignatureProblem, detail: string, signer: Certificate | null = null): RefusedListSignature => ({
  ok: false,
  reason,
  detail,
  signer,
});

const MOST_CERTIFICATES = 32;
