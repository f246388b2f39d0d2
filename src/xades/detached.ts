/** Files that the references of a signature may name, as its source: by name, then by digest. */
import type { Bytes } from '../base/bytes.ts';
import { concat, equal } from '../base/bytes.ts';
import type { SignedContent } from '../cms/content.ts';
import { digestByUri } from '../crypto/algorithm.ts';
import { attributeNamed, elementsNamed } from '../xml/query.ts';
import { DS } from '../xmldsig/names.ts';
import type { ReferenceSource } from '../xmldsig/reference.ts';
import type { XmlReference, XmlSignature } from '../xmldsig/signature.ts';

/** A file that a signature may be over. */
export interface DetachedFile {
  /** As the URI names it; null: not known. With one file, its name does not matter. */
  readonly name: string | null;
  readonly content: SignedContent;
}

/** With one file its name does not matter; among several the name tells, and where none fits the digest. */
export function sourceOfFiles(files: readonly DetachedFile[]): SourceOf {
  const byName = new Map(files.flatMap((file) => (file.name === null ? [] : [[file.name, file] as const])));
  const named = (uri: string | null): DetachedFile | null =>
    (uri === null ? undefined : (byName.get(uri) ?? byName.get(decoded(uri)) ?? byName.get(lastStep(uri)))) ?? null;
  const [only, more] = files;
  return (signature) => {
    const single = only !== undefined && more === undefined && !isTaken(signature, (uri) => named(uri) !== null) ? only : null;
    const chosen = (uri: string | null, reference: XmlReference | undefined): DetachedFile | null =>
      named(uri) ?? single ?? (reference === undefined ? null : byDigest(files, reference));
    return {
      external: (uri, reference) => octetsOf(chosen(uri, reference)),
      digest: (uri, algorithm, reference) => chosen(uri, reference)?.content.digest(algorithm) ?? null,
    };
  };
}

/** Gives the source of one signature: what else it names tells what a name that is not known may stand for. */
export type SourceOf = (signature: XmlSignature) => ReferenceSource;

/** Whether some reference, one in a Manifest too, names a file that is there: then another name does not stand for it. */
export function isTaken({ document, signedInfo, objects }: XmlSignature, exists: (uri: string) => boolean): boolean {
  const manifests = objects.flatMap((object) => elementsNamed(document, object, DS, 'Manifest'));
  const listed = manifests.flatMap((manifest) => elementsNamed(document, manifest, DS, 'Reference'));
  const uris = [...signedInfo.references.map(({ uri }) => uri), ...listed.map((node) => attributeNamed(document, node, 'URI'))];
  return uris.some((uri) => uri !== null && uri !== '' && !uri.startsWith('#') && exists(uri));
}

const byDigest = (files: readonly DetachedFile[], reference: XmlReference): DetachedFile | null =>
  files.find(({ content }) => agrees(reference, content)) ?? null;

/** Whether the digest of a reference is that of a content; where transforms come between, its digest tells nothing. */
export function agrees({ transforms, digestMethod, digestValue }: XmlReference, content: SignedContent): boolean {
  const algorithm = transforms.length === 0 ? digestByUri(digestMethod.algorithm) : null;
  const actual = algorithm === null ? null : content.digest(algorithm);
  return actual !== null && equal(actual, digestValue);
}

export function octetsOf(file: DetachedFile | null): Bytes | null {
  const pieces = file?.content.octets() ?? null;
  return pieces === null ? null : concat([...pieces].map((piece) => piece.slice()));
}

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

/** File name of a URI with folders or a scheme before it. */
const lastStep = (uri: string): string => decoded(uri.slice(uri.lastIndexOf('/') + 1));
