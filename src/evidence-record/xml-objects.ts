/** Data objects that are XML: a record in XML may hash them in canonical form (RFC 6283, 3.2.1). */
import { type Bytes, concat } from '../base/bytes.ts';
import { digestOrNull } from '../cms/content.ts';
import type { DigestName } from '../crypto/names.ts';
import { type CanonicalMethod, canonicalize } from '../xml/canonicalize.ts';
import { parseXml } from '../xml/parse.ts';

interface HashedObject {
  readonly octets?: () => Iterable<Bytes> | null;
}

/** Canonical forms of objects, each made once for a method. A class, because it remembers. */
export class XmlForms {
  private readonly known = new Map<HashedObject, Map<string, Bytes | null>>();

  /** The digest of the canonical form; none where the object is no XML, or too large for it. */
  digests(object: HashedObject, name: DigestName, method: CanonicalMethod): readonly Bytes[] {
    const forms = this.known.get(object) ?? new Map<string, Bytes | null>();
    this.known.set(object, forms);
    const key = JSON.stringify(method);
    const form = forms.has(key) ? (forms.get(key) ?? null) : canonicalForm(object, method);
    forms.set(key, form);
    const value = form && digestOrNull(name, form);
    return value ? [value] : [];
  }
}

function canonicalForm({ octets }: HashedObject, method: CanonicalMethod): Bytes | null {
  const parts: Bytes[] = [];
  let length = 0;
  for (const part of octets?.() ?? []) {
    if (length === 0 && !mayBeXml(part)) return null;
    length += part.length;
    if (length > LARGEST) return null;
    parts.push(part.slice());
  }
  const document = parseXml(concat(parts));
  return document.ok ? canonicalize(document.value, { apex: 0 }, method) : null;
}

/** White space, a byte order mark or the first tag. */
const mayBeXml = (head: Bytes): boolean => [0x3c, 0xef, 0xfe, 0xff, 0x20, 0x09, 0x0a, 0x0d].includes(head[0] ?? -1);

const LARGEST = 1 << 25;
