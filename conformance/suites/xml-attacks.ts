/** xml-attacks: hostile documents and signatures; nothing passes as signed that is not (XML 1.0, XMLDSig 1.1, EN 319 132-1). */
import { der } from '../../src/asn1/index.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import { fromBase64, fromLatin1 } from '../../src/base/text.ts';
import { parseCertificate } from '../../src/pki/certificate.ts';
import { readXmlDocument } from '../../src/xades/document.ts';
import { areSigned, holdsSignedProperties, qualifyingPropertiesOf } from '../../src/xades/qualifying-properties.ts';
import { canonicalize } from '../../src/xml/canonicalize.ts';
import type { XmlDocument, XmlNode } from '../../src/xml/document.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { afterOf, descendantsNamed, nameOf, parentOf } from '../../src/xml/query.ts';
import { readKeyInfo } from '../../src/xmldsig/key-info.ts';
import { DS } from '../../src/xmldsig/names.ts';
import { checkManifest, checkReferences } from '../../src/xmldsig/reference.ts';
import { readSignature, type XmlSignature } from '../../src/xmldsig/signature.ts';
import { checkXmlValue } from '../../src/xmldsig/verify.ts';
import { judged, type Suite, uncounted, type Verdict } from '../case.ts';
import { readFile, readManifest } from '../manifest.ts';

interface Case {
  readonly id: string;
  readonly files: { readonly xml: string; readonly keys?: readonly string[] };
  readonly inputs: { readonly trusted_cert?: string };
  readonly expected?: string;
}

export const xmlAttacks: Suite = {
  name: 'xml-attacks',
  limit: 5000,
  async run(dir, { attempt }) {
    const results = [];
    for (const one of readManifest<Case>(dir).cases) results.push(await attempt(one.id, one.expected ?? null, () => judge(dir, one)));
    return results;
  },
};

/** What the library says of a document and its signatures. */
interface Got {
  readonly parsed: string;
  readonly signatures: readonly CheckedSignature[];
  /** Whether every signature holds with a key that is trusted, and what an application reads is signed. */
  readonly valid: boolean;
}

interface CheckedSignature {
  readonly holds: boolean;
  readonly trusted: boolean;
  readonly problems: readonly string[];
  /** Elements that are signed as a whole: the only ones to read. */
  readonly signed: readonly XmlNode[];
  readonly counter: boolean;
}

function judge(dir: string, one: Case): Verdict {
  const { expected } = one;
  const parsed = parseXml(readFile(dir, one.files.xml));
  if (!parsed.ok) {
    const refused = { parsed: parsed.malformed.reason, signatures: [], valid: false };
    return judged(expected, refused, !NEEDS_DOCUMENT.has(expected ?? ''));
  }
  const document = parsed.value;
  const got = examine(dir, one, document);
  switch (expected) {
    case 'refuse-parse':
      return judged(expected, got, false);
    case 'valid-signature':
    case 'valid-signature-but-only-signed-element':
      return judged(
        expected,
        got,
        expected === 'valid-signature' ? got.valid : got.signatures.some(({ holds, trusted }) => holds && trusted),
      );
    case 'valid-maths-untrusted-key':
      return judged(expected, got, !got.valid);
    case 'no-signature':
      return judged(expected, got, got.signatures.length === 0);
    case 'counter-signature-invalid':
      return judged(
        expected,
        got,
        got.signatures.some(({ counter, holds }) => counter && !holds),
      );
    case 'timestamp-invalid':
      return judged(expected, got, !stamped(document, readFile(dir, one.files.xml)));
    case 'see-why':
      return uncounted(got);
    case 'structure-invalid':
      return judged(expected, got, !got.valid);
    case 'parse-ok':
    case 'parse-ok-or-refuse':
    case 'no-external-fetch':
    case 'terminates-5s':
    case 'whole-text':
      return judged(expected, got, canonicalize(document, { apex: 0 }, { version: '1.0', comments: false }).length > 0);
    case 'reject-or-ignore-keyinfo':
    case 'reject-or-text-only':
      return judged(expected, got, true);
    default:
      return judged(expected, got, !got.valid);
  }
}

/** Whether every time-stamp over the signatures is over what it should be. */
function stamped(document: XmlDocument, bytes: Bytes): boolean {
  const facts = readXmlDocument(bytes);
  if (!facts.ok || descendantsNamed(document, 0, DS, 'Signature').length === 0) return false;
  const { timestamps, unreadable } = facts.value;
  const good = [...timestamps.values()].filter(({ references, value }) => value === 'intact' && references.every(({ intact }) => intact));
  return good.length === timestamps.size && good.length > 0 && unreadable.length === 0;
}

function examine(dir: string, one: Case, document: XmlDocument): Got {
  const keys = trustedKeys(dir, one);
  const signatures = descendantsNamed(document, 0, DS, 'Signature')
    .slice(0, MOST_SIGNATURES)
    .map((node) => examineSignature(document, node, keys));
  const read = consumed(document);
  const covered = signatures.some(
    ({ holds, trusted, signed }) =>
      holds && trusted && (read === null || signed.some((apex) => apex === 0 || (read >= apex && read < afterOf(document, apex)))),
  );
  const valid = covered && signatures.every(({ holds, trusted }) => holds && trusted);
  return { parsed: 'ok', signatures, valid };
}

function examineSignature(document: XmlDocument, node: XmlNode, keys: readonly Bytes[] | null): CheckedSignature {
  const counter = nameOf(document, parentOf(document, node)).local === 'CounterSignature';
  const none = { holds: false, trusted: false, signed: [], counter };
  const read = readSignature(document, node);
  if (!read.ok) return { ...none, problems: [read.malformed.reason] };
  const signature = read.value;
  const references = checkReferences(signature, signature.signedInfo.references, { external: () => null });
  const problems = references.flatMap(({ intact, problem }) => (problem !== null ? [problem] : intact ? [] : ['broken']));
  for (const reference of signature.signedInfo.references) {
    const inside = checkManifest(signature, reference, { external: () => null })?.filter(({ reference: { uri } }) => uri?.startsWith('#'));
    if (inside?.some(({ intact }) => !intact)) problems.push('a Manifest names what is not there');
  }
  const properties = qualifyingPropertiesOf(signature);
  if (properties === null ? holdsSignedProperties(signature) : properties.misaimed || !areSigned(signature, properties))
    problems.push('the signed properties are not signed');
  if (counter && !isOver(signature)) problems.push('a counter-signature over something else');
  const intact = (all: readonly Bytes[]): boolean => all.some((key) => checkXmlValue(signature, key).value === 'intact');
  const brought = keysBrought(signature);
  const trusted = intact(keys ?? brought);
  if (!trusted && !intact(brought)) problems.push('no key fits');
  const signed = problems.length > 0 ? [] : references.flatMap(({ element }) => element ?? []);
  return { holds: problems.length === 0, trusted, problems, signed, counter };
}

/** EN 319 132-1, 5.2.7: a reference to the value of the signature that the counter-signature stands in. */
function isOver({ document, node, signedInfo }: XmlSignature): boolean {
  let above = parentOf(document, node);
  while (above !== 0 && nameOf(document, above).local !== 'Signature') above = parentOf(document, above);
  const parent = readSignature(document, above);
  const id = parent.ok ? parent.value.value.id : null;
  return id !== null && signedInfo.references.some(({ uri }) => uri === `#${id}`);
}

/** SubjectPublicKeyInfo of certificates and keys in KeyInfo. */
function keysBrought({ document, keyInfo }: XmlSignature): readonly Bytes[] {
  const { certificates, keys } = readKeyInfo(document, keyInfo);
  return [...certificates.flatMap(spkiOf), ...keys];
}

/** Null where the case names no key: those that the signature brings are taken. */
function trustedKeys(dir: string, { files, inputs }: Case): readonly Bytes[] | null {
  const names = inputs.trusted_cert === undefined ? files.keys : [inputs.trusted_cert];
  if (names === undefined) return null;
  return names.flatMap((name) => keyIn(readFile(dir, name)));
}

function keyIn(bytes: Bytes): readonly Bytes[] {
  const pem = /-----BEGIN (CERTIFICATE|PUBLIC KEY|RSA PUBLIC KEY)-----([^-]+)-----END/.exec(fromLatin1(bytes));
  const octets = pem ? fromBase64(pem[2] ?? '') : bytes;
  if (octets === null) return [];
  if (pem?.[1] === 'RSA PUBLIC KEY') return [der.sequence(der.sequence(der.oid(RSA), der.NULL), der.bitString(octets))];
  return pem?.[1] === 'PUBLIC KEY' ? [octets] : spkiOf(octets);
}

function spkiOf(bytes: Bytes): Bytes[] {
  const parsed = parseCertificate(bytes);
  return parsed.ok ? [parsed.value.spki] : [];
}

/** What an application would read: the first assertion of SAML; null where the document has no such thing. */
function consumed(document: XmlDocument): XmlNode | null {
  const [assertion] = ASSERTIONS.flatMap((namespace) => descendantsNamed(document, 0, namespace, 'Assertion'));
  return assertion ?? null;
}

const NEEDS_DOCUMENT: ReadonlySet<string> = new Set([
  'valid-signature',
  'valid-signature-but-only-signed-element',
  'parse-ok',
  'whole-text',
]);
const ASSERTIONS = ['urn:oasis:names:tc:SAML:2.0:assertion', 'urn:oasis:names:tc:SAML:1.0:assertion'];
const RSA = '1.2.840.113549.1.1.1';
const MOST_SIGNATURES = 100;
