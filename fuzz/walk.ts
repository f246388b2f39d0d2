/** Reads everything that a parsed value holds, lazy properties too, into one number: the same value gives the same number. */
import { KeyObject } from 'node:crypto';

/** Visits at most `most` values; what comes back tells two readings of the same octets apart. */
export function walk(value: unknown, most = 20_000): number {
  const state = { hash: 0x811c9dc5, left: most, seen: new Map<object, number>() };
  visit(value, state, 0);
  return state.hash >>> 0;
}

interface State {
  hash: number;
  left: number;
  readonly seen: Map<object, number>;
}

function visit(value: unknown, state: State, depth: number): void {
  if (--state.left < 0 || depth > 60) return;
  switch (typeof value) {
    case 'string':
      return mixText(state, value);
    case 'number':
    case 'bigint':
    case 'boolean':
    case 'undefined':
      return mixText(state, String(value));
    case 'object':
      return value === null ? mix(state, 7) : visitObject(value, state, depth);
    default:
  }
}

function visitObject(value: object, state: State, depth: number): void {
  const known = state.seen.get(value);
  if (known !== undefined) return mix(state, known);
  state.seen.set(value, state.seen.size);
  if (value instanceof KeyObject) return mixText(state, value.asymmetricKeyType ?? '');
  if (ArrayBuffer.isView(value)) return mixOctets(state, value);
  if (Array.isArray(value)) {
    mix(state, value.length);
    for (const member of value) visit(member, state, depth + 1);
  } else if (value instanceof Map) {
    for (const [key, member] of value) {
      visit(key, state, depth + 1);
      visit(member, state, depth + 1);
    }
  } else if (value instanceof Set) for (const member of value) visit(member, state, depth + 1);
  else for (const key of keysOf(value)) visit((value as Record<string, unknown>)[key], state, depth + 1);
}

/** Names of properties, getters of the class among them. */
function keysOf(value: object): readonly string[] {
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return Object.keys(value);
  let getters = GETTERS.get(prototype);
  if (!getters) {
    getters = Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([name, { get }]) => (get ? [name] : []));
    GETTERS.set(prototype, getters);
  }
  // Private fields of a lazy class hold what its getters told: the order of reading would count.
  return [...Object.keys(value).filter((key) => key !== 'known'), ...getters];
}

function mix(state: State, number: number): void {
  state.hash = Math.imul(state.hash ^ number, 0x01000193);
}

function mixText(state: State, text: string): void {
  for (let i = 0; i < Math.min(text.length, 256); i++) mix(state, text.charCodeAt(i));
  mix(state, text.length);
}

function mixOctets(state: State, view: ArrayBufferView): void {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  for (let i = 0; i < Math.min(bytes.length, 128); i++) mix(state, bytes[i] as number);
  mix(state, bytes.length);
}

const GETTERS = new WeakMap<object, readonly string[]>();
