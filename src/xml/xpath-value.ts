/** Values of XPath and how they turn into each other (XPath 1.0, 3.4, 3.5 and 4). */
import type { XPathModel, XPathNode } from './xpath-model.ts';
import type { Arithmetic, Comparison } from './xpath-parse.ts';

/** A node-set is an array without repetitions, in document order. */
export type XPathValue = readonly XPathNode[] | string | number | boolean;

export function toBoolean(value: XPathValue): boolean {
  if (typeof value === 'object') return value.length > 0;
  return typeof value === 'number' ? value !== 0 && !Number.isNaN(value) : value !== '' && value !== false;
}

export function toText(model: XPathModel, value: XPathValue): string {
  if (typeof value !== 'object') return typeof value === 'number' ? numberText(value) : String(value);
  const [first] = value;
  return first === undefined ? '' : model.text(first);
}

export function toNumber(model: XPathModel, value: XPathValue): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  const text = toText(model, value);
  return /^[ \t\r\n]*-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[ \t\r\n]*$/.test(text) ? Number(text) : Number.NaN;
}

/** 3.4: node-sets compare by any of their nodes. */
export function compareValues(model: XPathModel, operator: Comparison, left: XPathValue, right: XPathValue): boolean {
  if (typeof left === 'object' && typeof right === 'object') return compareSets(model, operator, left, right);
  if (typeof left === 'object' && typeof right !== 'boolean')
    return left.some((node) => compareSimple(model, operator, model.text(node), right, typeof right));
  if (typeof right === 'object' && typeof left !== 'boolean')
    return right.some((node) => compareSimple(model, operator, left, model.text(node), typeof left));
  const kinds = [typeof left, typeof right];
  const by = kinds.includes('boolean') ? 'boolean' : kinds.includes('number') ? 'number' : 'string';
  return compareSimple(model, operator, left, right, by);
}

/** Equal or unequal texts by a set of them, an order by the extremes: in proportion to both. */
function compareSets(model: XPathModel, operator: Comparison, left: readonly XPathNode[], right: readonly XPathNode[]): boolean {
  if (operator === '=' || operator === '!=') {
    const texts = new Set(right.map((node) => model.text(node)));
    if (operator === '=') return left.some((node) => texts.has(model.text(node)));
    return left.some((node) => texts.size > 1 || (texts.size === 1 && !texts.has(model.text(node))));
  }
  const [low, high] = extremes(left.map((node) => toNumber(model, model.text(node))));
  const [otherLow, otherHigh] = extremes(right.map((node) => toNumber(model, model.text(node))));
  return operator.startsWith('<') ? ordered(operator, low, otherHigh) : ordered(operator, high, otherLow);
}

/** Least and greatest number; not a number where there is none. */
function extremes(numbers: readonly number[]): readonly [number, number] {
  let [low, high] = [Number.NaN, Number.NaN];
  for (const number of numbers) {
    if (Number.isNaN(number)) continue;
    low = Number.isNaN(low) ? number : Math.min(low, number);
    high = Number.isNaN(high) ? number : Math.max(high, number);
  }
  return [low, high];
}

function compareSimple(model: XPathModel, operator: Comparison, left: XPathValue, right: XPathValue, by: string): boolean {
  if (operator !== '=' && operator !== '!=') return ordered(operator, toNumber(model, left), toNumber(model, right));
  const equal =
    by === 'boolean'
      ? toBoolean(left) === toBoolean(right)
      : by === 'number'
        ? toNumber(model, left) === toNumber(model, right)
        : toText(model, left) === toText(model, right);
  return equal === (operator === '=');
}

function ordered(operator: Comparison, left: number, right: number): boolean {
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    default:
      return left >= right;
  }
}

export function calculated(operator: Arithmetic, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case 'div':
      return left / right;
    case 'mod':
      return left % right;
  }
}

/** Decimal, never with an exponent (4.2). */
function numberText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
  if (value === 0) return '0';
  const text = String(value);
  if (!text.includes('e')) return text;
  if (Number.isInteger(value)) return BigInt(value).toString();
  const [digits = '', exponent = '0'] = text.split('e');
  const bare = digits.replace('-', '').replace('.', '');
  return `${value < 0 ? '-' : ''}0.${'0'.repeat(-Number(exponent) - 1)}${bare}`;
}
