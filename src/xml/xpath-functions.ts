/** The functions of XPath 1.0 (4.1 to 4.4), and `here()` (XMLDSig 1.1, 6.6.3). */
import { XML_NAMESPACE, type XmlNode } from './document.ts';
import { attributeNamed, isElement, parentOf } from './query.ts';
import type { XPathModel, XPathNode } from './xpath-model.ts';
import { toBoolean, toNumber, toText, type XPathValue } from './xpath-value.ts';

/** Where a function is called. */
export interface CallPlace {
  readonly model: XPathModel;
  readonly node: XPathNode;
  readonly position: number;
  readonly size: number;
  element(id: string): XmlNode | null;
  here(): XPathNode;
  /** Sorted, without repetitions. */
  ordered(nodes: readonly XPathNode[]): readonly XPathNode[];
  fail(reason: string): never;
}

/** Names, with the least and the greatest number of arguments. */
export const FUNCTIONS: ReadonlyMap<string, readonly [least: number, most: number]> = new Map([
  ['last', [0, 0]],
  ['position', [0, 0]],
  ['count', [1, 1]],
  ['id', [1, 1]],
  ['local-name', [0, 1]],
  ['namespace-uri', [0, 1]],
  ['name', [0, 1]],
  ['string', [0, 1]],
  ['concat', [2, 64]],
  ['starts-with', [2, 2]],
  ['contains', [2, 2]],
  ['substring-before', [2, 2]],
  ['substring-after', [2, 2]],
  ['substring', [2, 3]],
  ['string-length', [0, 1]],
  ['normalize-space', [0, 1]],
  ['translate', [3, 3]],
  ['boolean', [1, 1]],
  ['not', [1, 1]],
  ['true', [0, 0]],
  ['false', [0, 0]],
  ['lang', [1, 1]],
  ['number', [0, 1]],
  ['sum', [1, 1]],
  ['floor', [1, 1]],
  ['ceiling', [1, 1]],
  ['round', [1, 1]],
  ['here', [0, 0]],
]);

export function callFunction(name: string, given: readonly XPathValue[], place: CallPlace): XPathValue {
  const { model } = place;
  const [first] = given;
  switch (name) {
    case 'last':
      return place.size;
    case 'position':
      return place.position;
    case 'here':
      return [place.here()];
    case 'count':
      return setOf(first, place).length;
    case 'id':
      return byId(first as XPathValue, place);
    case 'local-name':
      return named(given, place)?.local ?? '';
    case 'namespace-uri':
      return named(given, place)?.namespace ?? '';
    case 'name':
      return named(given, place)?.qualified ?? '';
    case 'boolean':
      return toBoolean(first as XPathValue);
    case 'not':
      return !toBoolean(first as XPathValue);
    case 'true':
      return true;
    case 'false':
      return false;
    case 'lang':
      return hasLanguage(toText(model, first as XPathValue), place);
    case 'number':
      return first === undefined ? toNumber(model, [place.node]) : toNumber(model, first);
    case 'sum':
      return setOf(first, place).reduce((sum, node) => sum + toNumber(model, [node]), 0);
    case 'floor':
      return Math.floor(toNumber(model, first as XPathValue));
    case 'ceiling':
      return Math.ceil(toNumber(model, first as XPathValue));
    case 'round':
      return Math.round(toNumber(model, first as XPathValue));
    default:
      return textFunction(
        name,
        given.length === 0 ? [model.text(place.node)] : given.map((value) => toText(model, value)),
        given.map((value, i) => (i === 0 ? Number.NaN : toNumber(model, value))),
        place,
      );
  }
}

/** 4.2; arguments as texts, and those after the first as numbers too. */
function textFunction(name: string, texts: readonly string[], numbers: readonly number[], { model, fail }: CallPlace): XPathValue {
  const [text = '', second = '', third = ''] = texts;
  model.spend(1 + (text.length >> 4));
  switch (name) {
    case 'string':
      return text;
    case 'concat':
      return texts.reduce((all, one) => (all.length + one.length > LONGEST_TEXT ? fail('a text that is too long') : all + one), '');
    case 'starts-with':
      return text.startsWith(second);
    case 'contains':
      return text.includes(second);
    case 'substring-before': {
      const at = text.indexOf(second);
      return at < 0 ? '' : text.slice(0, at);
    }
    case 'substring-after': {
      const at = text.indexOf(second);
      return at < 0 ? '' : text.slice(at + second.length);
    }
    case 'substring':
      return substring(text, numbers[1] as number, numbers[2]);
    case 'string-length':
      return [...text].length;
    case 'normalize-space':
      return text.replace(/[ \t\r\n]+/g, ' ').replace(/^ | $/g, '');
    case 'translate':
      return translated(text, second, third);
    default:
      return fail(`there is no function '${name}'`);
  }
}

/** 4.2: characters whose position is at least the rounded start and less than start and length together. */
function substring(text: string, start: number, length: number | undefined): string {
  const from = Math.round(start);
  const to = length === undefined ? Number.POSITIVE_INFINITY : from + Math.round(length);
  return [...text].filter((_, i) => i + 1 >= from && i + 1 < to).join('');
}

function translated(text: string, from: string, to: string): string {
  const target = [...to];
  const map = new Map<string, string>();
  [...from].forEach((character, i) => {
    if (!map.has(character)) map.set(character, target[i] ?? '');
  });
  return [...text].map((character) => map.get(character) ?? character).join('');
}

function setOf(value: XPathValue | undefined, { fail }: CallPlace): readonly XPathNode[] {
  return typeof value === 'object' ? value : fail('a node-set is needed');
}

function named(given: readonly XPathValue[], place: CallPlace) {
  const node = given.length === 0 ? place.node : setOf(given[0], place)[0];
  return node === undefined ? null : place.model.name(node);
}

function byId(value: XPathValue, place: CallPlace): readonly XPathNode[] {
  const texts = typeof value === 'object' ? value.map((node) => place.model.text(node)) : [toText(place.model, value)];
  const found = texts.flatMap((text) => text.split(/[ \t\r\n]+/).map((id) => (id === '' ? null : place.element(id))));
  place.model.spend(found.length);
  return place.ordered(found.filter((node) => node !== null));
}

/** 4.3: by the nearest xml:lang, and a part before a hyphen is enough. */
function hasLanguage(language: string, { model, node }: CallPlace): boolean {
  const { document } = model;
  for (let at = model.isTree(node) ? node : model.parent(node); at > 0; at = parentOf(document, at)) {
    model.spend();
    const found = isElement(document, at) ? attributeNamed(document, at, 'lang', XML_NAMESPACE) : null;
    if (found !== null)
      return found.toLowerCase() === language.toLowerCase() || found.toLowerCase().startsWith(`${language.toLowerCase()}-`);
  }
  return false;
}

const LONGEST_TEXT = 1 << 20;
