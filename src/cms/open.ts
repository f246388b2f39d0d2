/** A SignedData in a source (RFC 5652, 5.1): what is small is read into memory, a large content stays where it is and is digested from there. */
import { decodeOid, der, TAG } from '../asn1/index.ts';
import { type Bytes, concat } from '../base/bytes.ts';
import { partOf } from '../base/joined-source.ts';
import { exact } from '../base/options.ts';
import { attempt, malformed, type Parsed, unreadable } from '../base/parsed.ts';
import type { Source } from '../base/source.ts';
import { canDigest, digestOf, pieces } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';
import type { SignedContent } from './content.ts';
import type { Trailing } from './content-info.ts';
import { encodeContentInfo } from './content-info.ts';
import { CONTENT } from './oid.ts';
import { parseSignedData, type SignedData } from './signed-data.ts';
import { contentEnd, elementEnd, type Header, headerAt, headersOf, segments } from './skim.ts';

export interface OpenOptions {
  /** `refuse` where left out. */
  readonly trailing?: Trailing;
  /** Octets of a file that is read into memory at once; default 16 MiB. */
  readonly inMemory?: number;
}

/** Reads a ContentInfo that holds a SignedData, in BER or DER, as `parseSignedData` does; its content may be larger than memory. */
export function openSignedData(source: Source, options: OpenOptions = {}): Parsed<SignedData> {
  exact('openSignedData', options, ['trailing', 'inMemory']);
  const { trailing = 'refuse', inMemory = IN_MEMORY } = options;
  if (source.size <= inMemory) return parseSignedData(source.read(0, source.size), { trailing });
  const skeleton = attempt(() => skeletonOf(source, trailing));
  if (!skeleton.ok) return skeleton;
  const { small, content, encapContentInfo, end } = skeleton.value;
  const parsed = parseSignedData(small);
  if (!parsed.ok) return malformed(parsed.malformed.what, parsed.malformed.at, parsed.malformed.reason);
  const { components } = parsed.value;
  return {
    ok: true,
    value: {
      ...parsed.value,
      encapsulated: content,
      trailing: source.read(end, Math.min(source.size - end, MAXIMUM_TRAILING)),
      components: { ...components, encapContentInfo },
    },
  };
}

/** A SignedData without its content, and where that is. */
interface Skeleton {
  readonly small: Bytes;
  readonly content: SignedContent | null;
  readonly encapContentInfo: Source;
  /** End of the ContentInfo. */
  readonly end: number;
}

function skeletonOf(source: Source, trailing: Trailing): Skeleton {
  const outer = expect(source, headerAt(source, 0, source.size), TAG.SEQUENCE, 'ContentInfo');
  const type = headerAt(source, outer.contentStart, outer.limit);
  if (readOid(source, type) !== CONTENT.signedData) unreadable('ContentInfo', type.start, 'SignedData expected');
  const typeEnd = elementEnd(source, type);
  const wrapper = expect(source, headerAt(source, typeEnd, outer.limit), 0xa0, 'ContentInfo');
  const sequence = expect(source, headerAt(source, wrapper.contentStart, wrapper.limit), TAG.SEQUENCE, 'SignedData');
  const version = headerAt(source, sequence.contentStart, sequence.limit);
  const versionEnd = elementEnd(source, version);
  const algorithms = headerAt(source, versionEnd, sequence.limit);
  const algorithmsEnd = elementEnd(source, algorithms);
  const encapsulated = expect(source, headerAt(source, algorithmsEnd, sequence.limit), TAG.SEQUENCE, 'EncapsulatedContentInfo');
  const inside = readEncapsulated(source, encapsulated);
  const membersEnd = inside.end;
  const after = contentEnd(source, sequence, membersEnd);
  // Each of the outer layers ends right after the one within it.
  const end = closing(source, outer, closing(source, wrapper, closing(source, sequence, after)));
  if (trailing === 'refuse' && end < source.size) unreadable('ContentInfo', end, 'unexpected further value');
  const small = encodeContentInfo(
    CONTENT.signedData,
    der.sequence(held(source, sequence.contentStart, algorithmsEnd), der.sequence(inside.type), held(source, membersEnd, after)),
  );
  const whole = partOf(source, encapsulated.start, membersEnd - encapsulated.start);
  return { small, content: inside.content, encapContentInfo: whole, end };
}

interface Encapsulated {
  /** Encoding of eContentType. */
  readonly type: Bytes;
  readonly content: SignedContent | null;
  /** End of EncapsulatedContentInfo. */
  readonly end: number;
}

/** `EncapsulatedContentInfo ::= SEQUENCE { eContentType ContentType, eContent [0] EXPLICIT OCTET STRING OPTIONAL }` */
function readEncapsulated(source: Source, encapsulated: Header): Encapsulated {
  const type = headerAt(source, encapsulated.contentStart, encapsulated.limit);
  const typeEnd = elementEnd(source, type);
  const encoding = held(source, type.start, typeEnd);
  if (contentEnd(source, encapsulated, typeEnd, 'first') === typeEnd)
    return { type: encoding, content: null, end: closing(source, encapsulated, typeEnd) };
  const wrapper = expect(source, headerAt(source, typeEnd, encapsulated.limit), 0xa0, 'EncapsulatedContentInfo');
  if (contentEnd(source, wrapper, wrapper.contentStart, 'first') === wrapper.contentStart)
    return { type: encoding, content: null, end: closing(source, encapsulated, closing(source, wrapper, wrapper.contentStart)) };
  const value = headerAt(source, wrapper.contentStart, wrapper.limit);
  const valueEnd = endOf(segments(headersOf(source), value));
  return {
    type: encoding,
    content: contentIn(source, value),
    end: closing(source, encapsulated, closing(source, wrapper, valueEnd)),
  };
}

/** Digests of one content, each computed once; the octets are read again each time. */
function contentIn(source: Source, value: Header): SignedContent {
  const known = new Map<DigestName, Bytes>();
  const places = () => segments(headersOf(source), value);
  const octets = (): Iterable<Bytes> => pieces(source, places());
  return {
    octets,
    digest(name) {
      const hash = known.get(name);
      if (hash !== undefined || !canDigest(name)) return hash ?? null;
      const computed = digestOf(name, source, places());
      known.set(name, computed);
      return computed;
    },
  };
}

/** Walks to the end: what is found unreadable there is found before anything is digested. */
function endOf(walk: Generator<unknown, number, void>): number {
  for (;;) {
    const { done, value } = walk.next();
    if (done) return value;
  }
}

/** Where a value ends whose last member ends at `at`: nothing may stand between. */
function closing(source: Source, header: Header, at: number): number {
  if (header.length !== null) {
    if (at !== header.limit) unreadable('SignedData', at, 'unexpected further value');
    return at;
  }
  const [first, second] = source.read(at, 2);
  if (first !== 0 || second !== 0) unreadable('SignedData', at, 'end-of-contents octets expected');
  return at + 2;
}

function expect(source: Source, header: Header, tag: number, what: string): Header {
  if (header.tag === tag) return header;
  const found = (source.read(header.start, 1)[0] ?? 0).toString(16);
  return unreadable(what, header.start, `tag ${tag.toString(16)} expected, ${found} found`);
}

function readOid(source: Source, { tag, contentStart, length }: Header): string {
  if (tag !== TAG.OID || length === null || length > 100) return '';
  return decodeOid(source.read(contentStart, length), 'ContentInfo', contentStart);
}

function held(source: Source, from: number, to: number): Bytes {
  if (to - from > MAXIMUM_HELD) unreadable('SignedData', from, `more than ${MAXIMUM_HELD} octets beside the content`);
  return concat([source.read(from, to - from)]);
}

const IN_MEMORY = 1 << 24;
/** Certificates, revocation data and signatures that are held in memory: large CRLs take tens of megabytes. */
const MAXIMUM_HELD = 1 << 29;
/** Octets after the ContentInfo that are told. */
const MAXIMUM_TRAILING = 1 << 16;
