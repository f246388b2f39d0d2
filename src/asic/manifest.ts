/** Manifests of ASiC containers: which file signs them, and the digests of the files that are signed with them (EN 319 162-1, annex A). */
import type { Bytes } from '../base/bytes.ts';
import { attempt, type Parsed, unreadable } from '../base/parsed.ts';
import { fromBase64 } from '../base/text.ts';
import { digestByUri } from '../crypto/algorithm.ts';
import type { DigestName } from '../crypto/names.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { parseXml } from '../xml/parse.ts';
import { attributeNamed, elementNamed, elementsNamed, elementsOf, nameOf, textOf } from '../xml/query.ts';

/** `ASiCManifest ::= SigReference, DataObjectReference+, ASiCManifestExtensions?` (the schema's element of that name). */
export interface AsicManifest {
  /** File that holds the signature, time-stamp or evidence record over the manifest, as a name in the container. */
  readonly signedBy: string;
  readonly entries: readonly ManifestEntry[];
}

export interface ManifestEntry {
  /** As written. */
  readonly uri: string;
  /** The name in the container that it stands for. */
  readonly name: string;
  readonly mimeType: string | null;
  readonly isRootFile: boolean;
  /** Null where the identifier is unknown. */
  readonly digestAlgorithm: DigestName | null;
  /** Null where it is not base64. */
  readonly digest: Bytes | null;
}

/** Reads a manifest of any of the three kinds. Whether a file is there is asked of `exists`, since some writers do not encode names. */
export const parseManifest = (bytes: Bytes, exists: (name: string) => boolean): Parsed<AsicManifest> => {
  const xml = parseXml(bytes, LIMITS);
  return xml.ok ? attempt(() => readManifest(xml.value, exists)) : xml;
};

function readManifest(xml: XmlDocument, exists: (name: string) => boolean): AsicManifest {
  const [root] = elementsOf(xml, 0);
  if (root === undefined || nameOf(xml, root).local !== 'ASiCManifest' || nameOf(xml, root).namespace !== ASIC)
    return unreadable('ASiC manifest', 0, 'its document element is no ASiCManifest');
  const references = elementsNamed(xml, root, ASIC, 'SigReference');
  const [signature] = references;
  if (signature === undefined || references.length !== 1)
    return unreadable('ASiC manifest', 0, `${references.length} SigReference elements where one is expected`);
  const uri = attributeNamed(xml, signature, 'URI');
  if (uri === null) return unreadable('ASiC manifest', 0, 'its SigReference names no file');
  return {
    signedBy: fileOf(uri, exists),
    entries: elementsNamed(xml, root, ASIC, 'DataObjectReference').map((element) => readEntry(xml, element, exists)),
  };
}

function readEntry(xml: XmlDocument, element: XmlNode, exists: (name: string) => boolean): ManifestEntry {
  const uri = attributeNamed(xml, element, 'URI') ?? '';
  const method = elementNamed(xml, element, XMLDSIG, 'DigestMethod');
  const value = elementNamed(xml, element, XMLDSIG, 'DigestValue');
  return {
    uri,
    name: fileOf(uri, exists),
    mimeType: attributeNamed(xml, element, 'MimeType'),
    isRootFile: ['true', '1'].includes(attributeNamed(xml, element, 'Rootfile') ?? ''),
    digestAlgorithm: method === null ? null : digestByUri(attributeNamed(xml, method, 'Algorithm') ?? ''),
    digest: value === null ? null : fromBase64(textOf(xml, value)),
  };
}

/** The name that a URI stands for: relative to the container, percent-encoded (RFC 3986), or by some writers as it is or as forms are. */
export function fileOf(uri: string, exists: (name: string) => boolean): string {
  const candidates = [decoded(uri), uri, decoded(uri.replaceAll('+', ' '))]
    .filter((name) => name !== null)
    .flatMap((name) => [name, name.replace(/^(\.?\/)+/, '')]);
  return candidates.find(exists) ?? candidates[0] ?? uri;
}

function decoded(uri: string): string | null {
  try {
    return decodeURIComponent(uri);
  } catch {
    return null;
  }
}

export const ASIC = 'http://uri.etsi.org/02918/v1.2.1#';
export const XMLDSIG = 'http://www.w3.org/2000/09/xmldsig#';
const LIMITS = { size: 1 << 26, depth: 64, nodes: 1 << 21 };
