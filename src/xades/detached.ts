/** Files that the references of a signature may name, as its source: by name, then by digest. */
import type { Bytes } from '../base/bytes.ts';
import { concat, equal } from '../base/bytes.ts';
import type { SignedContent } from '../cms/content.ts';
import { digestByUri } from '../crypto/algorithm.ts';
import type { ReferenceSource } from '../xmldsig/reference.ts';
import type { XmlReference } from '../xmldsig/signature.ts';

/** A file that a signature may be over. */
export interface DetachedFile {
  /** As the URI names it; null: not known. With one file, its name does not matter. */
  readonly name: string | null;
  readonly content: SignedContent;
}

/** With one file its name does not matter; among several the name tells, and where none fits the digest. */
export function sourceOfFiles(files: readonly DetachedFile[]): ReferenceSource {
  const byName = new Map(files.flatMap((file) => (file.name === null ? [] : [[file.name, file] as const])));
  const [only, more] = files;
  const chosen = (uri: string | null, reference: XmlReference | undefined): DetachedFile | null => {
    if (more === undefined) return only ?? null;
    const named = uri === null ? undefined : (byName.get(uri) ?? byName.get(decoded(uri)) ?? byName.get(lastStep(uri)));
    return named ?? (reference === undefined ? null : byDigest(files, reference));
  };
  return {
    external: (uri, reference) => octetsOf(chosen(uri, reference)),
    digest: (uri, algorithm, reference) => chosen(uri, reference)?.content.digest(algorithm) ?? null,
  };
}

/** Where transforms come between, a digest of the file tells nothing. */
function byDigest(files: readonly DetachedFile[], { transforms, digestMethod, digestValue }: XmlReference): DetachedFile | null {
  const algorithm = transforms.length === 0 ? digestByUri(digestMethod.algorithm) : null;
  if (algorithm === null) return null;
  return (
    files.find(({ content }) => {
      const actual = content.digest(algorithm);
      return actual !== null && equal(actual, digestValue);
    }) ?? null
  );
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
