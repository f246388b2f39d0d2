/** Names met in a document, each kept once, and the namespaces that prefixes stand for (Namespaces in XML 1.0, 6). */
import type { Bytes } from '../base/bytes.ts';
import { fromLatin1, fromUtf8 } from '../base/text.ts';
import { NAME, NAME_CLASS } from './character.ts';
import { XML_NAMESPACE, XMLNS_NAMESPACE, type XmlName, type XmlNode } from './document.ts';
import { compareNames } from './name-order.ts';

/** A name as written, before its prefix is resolved. */
export interface WrittenName {
  readonly qualified: string;
  readonly prefix: string;
  readonly local: string;
  /** Place of the prefix in the bindings. */
  readonly prefixId: number;
  /** Octets of the first time it was written. */
  readonly start: number;
  readonly length: number;
  /** What it was resolved to last, and in which namespace, by its number: mostly the same again. */
  namespace: number;
  resolved: number;
  /** The same for attributes, which have no default namespace; -1 where there is a prefix. */
  readonly bare: number;
  /** Whether an attribute of this name declares a namespace. */
  readonly declares: boolean;
  /** Neither this, nor with the prefix `xmlns`, nor too long: it may stand in any tag. */
  readonly ordinary: boolean;
  /** The attribute name that it last stood beside, both without a prefix, and whether it comes after it in canonical order. */
  beside: WrittenName | null;
  follows: boolean;
  /** The element that last had an attribute of this name. */
  seen: XmlNode;
  /** What was written next after it the last time: mostly the same again. */
  next: WrittenName | null;
}

/**
 * The table of one parse. A direct-mapped cache finds a name by its octets without making a string; what it misses goes through a
 * Map, whose hash a document cannot foresee, so that names made to collide cost no more.
 */
export class NameTable {
  readonly names: XmlName[] = [];
  private readonly bytes: Bytes;
  private readonly cache: (WrittenName | undefined)[];
  private readonly written = new Map<string, WrittenName>();
  private readonly resolved = new Map<string, number>();
  private readonly expanded = new Map<string, number>();
  private readonly prefixes = new Map<string, number>();
  private readonly namespaces: string[] = [];
  private readonly namespaceIds = new Map<string, number>();
  /** Namespace of each prefix by its place in {@link namespaces}, {@link NONE} where undeclared. */
  private readonly bindings: number[] = [];
  /** Bindings to bring back at end tags: prefix and what it stood for. */
  private readonly undo: { readonly prefixId: number; readonly before: number }[] = [];
  /** Octets of the longest name that may be. */
  private readonly longest: number;

  /** The name that {@link read} gave last. */
  private last: WrittenName | null = null;

  constructor(bytes: Bytes, longest: number) {
    this.bytes = bytes;
    this.longest = longest;
    this.cache = new Array(bytes.length < SMALL ? FEW : CACHE).fill(undefined);
    this.bindings[this.prefixId('')] = this.namespaceId('');
    this.bindings[this.prefixId('xml')] = this.namespaceId(XML_NAMESPACE);
    this.bindings[this.prefixId('xmlns')] = this.namespaceId(XMLNS_NAMESPACE);
  }

  /** The name at `[start, end)`; `hash` is any number made from its octets, `colon` where its colon stands or -1. */
  at(start: number, end: number, colon: number, hash: number): WrittenName {
    const slot = hash & (this.cache.length - 1);
    const known = this.cache[slot];
    if (known !== undefined && known.length === end - start && this.same(known.start, start, known.length)) return known;
    const name = this.look(start, end, colon);
    this.cache[slot] = name;
    return name;
  }

  /** The name that starts at `start`, where it is ordinary, in ASCII and with one colon at most; else null. */
  read(start: number): WrittenName | null {
    const { bytes, last } = this;
    const guess = last === null ? null : last.next;
    if (guess !== null && this.same(guess.start, start, guess.length) && CLASS[bytes[start + guess.length] ?? 0] === 0) {
      this.last = guess;
      return guess;
    }
    const found = this.scan(start);
    const name = found?.ordinary ? found : null;
    if (last !== null) last.next = name;
    this.last = name;
    return name;
  }

  private scan(start: number): WrittenName | null {
    const { bytes } = this;
    const size = bytes.length;
    let i = start;
    let octet = i < size ? (bytes[i] as number) : 0;
    if (CLASS[octet] !== STARTS) return null;
    let colon = -1;
    let hash = 0;
    for (;;) {
      hash = (Math.imul(hash, 31) + octet) | 0;
      octet = ++i < size ? (bytes[i] as number) : 0;
      const kind = CLASS[octet] as number;
      if (kind === STARTS || kind === GOES_ON) continue;
      if (kind === 0) return this.at(start, i, colon, hash);
      if (kind === WIDE || colon >= 0 || CLASS[bytes[i + 1] ?? 0] !== STARTS) return null;
      colon = i;
    }
  }

  /** Whether an attribute stands after another in canonical order, as things stand; then they are not the same either. */
  follows(name: WrittenName, before: WrittenName): boolean {
    if (name.beside === before) return name.follows;
    const follows = compareNames(this.attributeName(before), this.attributeName(name)) < 0;
    if (name.bare >= 0 && before.bare >= 0) {
      name.beside = before;
      name.follows = follows;
    }
    return follows;
  }

  private attributeName(name: WrittenName): XmlName {
    return this.names[this.resolveAttribute(name)] as XmlName;
  }

  /** The index of an element's name in {@link names} with what its prefix stands for now; -1 where it stands for nothing. */
  resolve(name: WrittenName): number {
    const namespace = this.bindings[name.prefixId] as number;
    if (namespace !== name.namespace) {
      if (namespace === NONE) return -1;
      name.namespace = namespace;
      name.resolved = this.intern(name.qualified, name.prefix, name.local, this.namespaces[namespace] as string);
    }
    return name.resolved;
  }

  /** The same of an attribute's name: without a prefix it is in no namespace. */
  resolveAttribute(name: WrittenName): number {
    return name.bare >= 0 ? name.bare : this.resolve(name);
  }

  /** Lets a prefix stand for a namespace until {@link restore}. */
  bind(prefix: string, namespace: string): void {
    const prefixId = this.prefixId(prefix);
    this.undo.push({ prefixId, before: this.bindings[prefixId] as number });
    this.bindings[prefixId] = this.namespaceId(namespace);
  }

  get bound(): number {
    return this.undo.length;
  }

  restore(bound: number): void {
    while (this.undo.length > bound) {
      const { prefixId, before } = this.undo.pop() as { prefixId: number; before: number };
      this.bindings[prefixId] = before;
    }
  }

  private same(a: number, b: number, length: number): boolean {
    const { bytes } = this;
    for (let i = 0; i < length; i++) if (bytes[a + i] !== bytes[b + i]) return false;
    return true;
  }

  private look(start: number, end: number, colon: number): WrittenName {
    const octets = this.bytes.subarray(start, end);
    // A decoder costs more than a few octets.
    const qualified = octets.some((octet) => octet >= 0x80) ? (fromUtf8(octets) ?? '') : fromLatin1(octets);
    const known = this.written.get(qualified);
    if (known) return known;
    const at = colon < 0 ? -1 : qualified.indexOf(':');
    const prefix = at < 0 ? '' : qualified.slice(0, at);
    const local = qualified.slice(at + 1);
    const declares = prefix === 'xmlns' || qualified === 'xmlns';
    const bare = prefix === '' ? this.intern(qualified, '', local, declares ? XMLNS_NAMESPACE : '') : -1;
    const prefixId = this.prefixId(prefix);
    const length = end - start;
    const name: WrittenName = {
      qualified,
      prefix,
      local,
      prefixId,
      start,
      length,
      namespace: NONE,
      resolved: -1,
      bare,
      declares,
      ordinary: !declares && length <= this.longest,
      beside: null,
      follows: false,
      seen: 0,
      next: null,
    };
    this.written.set(qualified, name);
    return name;
  }

  private intern(qualified: string, prefix: string, local: string, namespace: string): number {
    const key = `${qualified} ${namespace}`;
    const known = this.resolved.get(key);
    if (known !== undefined) return known;
    const expandedKey = `${local} ${namespace}`;
    const expanded = this.expanded.get(expandedKey) ?? this.expanded.size;
    this.expanded.set(expandedKey, expanded);
    const index = this.names.push({ qualified, prefix, local, namespace, expanded }) - 1;
    this.resolved.set(key, index);
    return index;
  }

  private prefixId(prefix: string): number {
    const known = this.prefixes.get(prefix);
    if (known !== undefined) return known;
    const id = this.prefixes.size;
    this.prefixes.set(prefix, id);
    this.bindings.push(NONE);
    return id;
  }

  private namespaceId(namespace: string): number {
    const known = this.namespaceIds.get(namespace);
    if (known !== undefined) return known;
    const id = this.namespaces.push(namespace) - 1;
    this.namespaceIds.set(namespace, id);
    return id;
  }
}

// Constants of this module: see ordinary.ts.
const CLASS = NAME_CLASS;
const { start: STARTS, more: GOES_ON, wide: WIDE } = NAME;
/** The namespace of a prefix that stands for nothing. */
const NONE = -1;

/** Powers of two: places for the names of any document, and of one that is smaller than {@link SMALL} octets. */
const CACHE = 1024;
const FEW = 64;
const SMALL = 8192;
/** The places of the prefixes that every table has. */
export const PREFIX = { none: 0, xml: 1, xmlns: 2 } as const;
