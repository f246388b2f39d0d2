/** XPath 1.0 evaluated over a parsed document within a budget of steps (XPath 1.0, 2 and 3). */
import type { Budget } from '../base/budget.ts';
import { type Parsed, unreadable } from '../base/parsed.ts';
import type { XmlDocument, XmlNode } from './document.ts';
import { callFunction, FUNCTIONS } from './xpath-functions.ts';
import { XPathModel, type XPathNode } from './xpath-model.ts';
import { type Expression, type PathExpression, parseXPath, type Step } from './xpath-parse.ts';
import { calculated, compareValues, toBoolean, toNumber, type XPathValue } from './xpath-value.ts';

/** What an expression may ask for. */
export interface XPathContext {
  readonly document: XmlDocument;
  readonly budget: Budget;
  /** Namespace of a prefix in the expression. */
  namespaceOf(prefix: string): string | null;
  /** The element with this identifier, for `id()`. */
  element(id: string): XmlNode | null;
  /** What `here()` gives (XMLDSig 1.1, 6.6.3); null where the expression stands in another document. */
  readonly here: XmlNode | null;
}

/** An expression made ready for one document; keeps what does not depend on the context node. Inside {@link attempt} only. */
export interface XPath {
  readonly model: XPathModel;
  /** Whether it holds with this context node. @throws Unreadable beyond the budget */
  holds(node: XPathNode): boolean;
  /** The nodes, in document order; null where it gives another kind of value. @throws Unreadable beyond the budget */
  nodes(node: XPathNode): readonly XPathNode[] | null;
  /** Whether attributes and namespace nodes share the answer of their element, which saves asking them. */
  readonly uniform: boolean;
}

export function xpath(text: string, context: XPathContext): Parsed<XPath> {
  const parsed = parseXPath(text, context.namespaceOf, FUNCTIONS);
  if (!parsed.ok) return parsed;
  const expression = parsed.value;
  const evaluator = new Evaluator(context);
  return {
    ok: true,
    value: {
      model: evaluator.model,
      holds: (node) => evaluator.truth(expression, { node, position: 1, size: 1 }),
      nodes: (node) => {
        const value = evaluator.value(expression, { node, position: 1, size: 1 });
        return typeof value === 'object' ? value : null;
      },
      uniform: isUniform(expression),
    },
  };
}

interface Focus {
  readonly node: XPathNode;
  readonly position: number;
  readonly size: number;
}

/** A resource: keeps what it found. Its recursion goes as deep as the expression, which is bounded. */
class Evaluator {
  readonly model: XPathModel;
  private readonly context: XPathContext;
  private readonly constants = new Map<Expression, readonly XPathNode[]>();
  /** For each ancestor step: 1 where no ancestor matches, 2 where one does, 0 unknown. */
  private readonly ancestry = new Map<PathExpression, Uint8Array>();

  constructor(context: XPathContext) {
    this.context = context;
    this.model = new XPathModel(context.document, context.budget);
  }

  truth(expression: Expression, focus: Focus): boolean {
    this.model.spend();
    switch (expression.kind) {
      case 'or':
        return expression.of.some((one) => this.truth(one, focus));
      case 'and':
        return expression.of.every((one) => this.truth(one, focus));
      case 'union':
        return expression.of.some((one) => this.set(one, focus).length > 0);
      case 'call':
        if (expression.name === 'not') return !this.truth(expression.arguments[0] as Expression, focus);
        if (expression.name === 'boolean') return this.truth(expression.arguments[0] as Expression, focus);
        return toBoolean(this.value(expression, focus));
      case 'path':
        return isAncestry(expression) ? this.hasAncestor(expression, focus.node) : this.set(expression, focus).length > 0;
      default:
        return toBoolean(this.value(expression, focus));
    }
  }

  value(expression: Expression, focus: Focus): XPathValue {
    this.model.spend();
    switch (expression.kind) {
      case 'or':
      case 'and':
        return this.truth(expression, focus);
      case 'compare':
        return compareValues(this.model, expression.operator, this.value(expression.left, focus), this.value(expression.right, focus));
      case 'arithmetic':
        return calculated(expression.operator, this.number(expression.left, focus), this.number(expression.right, focus));
      case 'negate':
        return -this.number(expression.of, focus);
      case 'literal':
        return expression.value;
      case 'call':
        return this.call(expression, focus);
      default:
        return this.constant(expression, focus);
    }
  }

  private number(expression: Expression, focus: Focus): number {
    return toNumber(this.model, this.value(expression, focus));
  }

  private set(expression: Expression, focus: Focus): readonly XPathNode[] {
    const value = this.value(expression, focus);
    return typeof value === 'object' ? value : this.fail('a node-set is needed');
  }

  /** Node-sets that do not depend on the focus are found once. */
  private constant(expression: Expression, focus: Focus): readonly XPathNode[] {
    if (!isConstant(expression)) return this.nodes(expression, focus);
    const known = this.constants.get(expression) ?? this.nodes(expression, focus);
    this.constants.set(expression, known);
    return known;
  }

  private nodes(expression: Expression, focus: Focus): readonly XPathNode[] {
    if (expression.kind === 'union') return this.ordered(expression.of.flatMap((one) => this.set(one, focus)));
    if (expression.kind === 'filter')
      return expression.predicates.reduce((nodes, predicate) => this.filtered(nodes, predicate), this.set(expression.of, focus));
    if (expression.kind !== 'path') return this.fail('a node-set is needed');
    const { from, steps } = expression;
    const start = from === 'root' ? [0] : from === 'context' ? [focus.node] : this.set(from, focus);
    return steps.reduce((nodes, step) => this.stepped(nodes, step), start);
  }

  private stepped(from: readonly XPathNode[], step: Step): readonly XPathNode[] {
    const all: XPathNode[] = [];
    for (const node of from) {
      let found: XPathNode[] = [];
      this.model.visit(node, step.axis, (at) => {
        if (this.model.matches(at, step.axis, step.test)) found.push(at);
      });
      for (const predicate of step.predicates) found = this.filtered(found, predicate);
      if (from.length === 1) return BACKWARDS.has(step.axis) ? found.reverse() : this.ordered(found);
      for (const at of found) all.push(at);
    }
    return this.ordered(all);
  }

  /** 2.4: a number is a position. */
  private filtered(nodes: readonly XPathNode[], predicate: Expression): XPathNode[] {
    const size = nodes.length;
    return nodes.filter((node, i) => {
      const focus = { node, position: i + 1, size };
      if (!mayBeNumber(predicate)) return this.truth(predicate, focus);
      const value = this.value(predicate, focus);
      return typeof value === 'number' ? value === i + 1 : toBoolean(value);
    });
  }

  /** In document order, each once. */
  private ordered(nodes: readonly XPathNode[]): readonly XPathNode[] {
    const { model } = this;
    let sorted = true;
    for (let i = 1; i < nodes.length && sorted; i++) sorted = model.compare(nodes[i - 1] as XPathNode, nodes[i] as XPathNode) < 0;
    if (sorted) return nodes;
    model.spend(nodes.length * 4);
    return [...new Set(nodes)].sort((a, b) => model.compare(a, b));
  }

  private call({ name, arguments: given }: Extract<Expression, { kind: 'call' }>, focus: Focus): XPathValue {
    const { context, model } = this;
    return callFunction(
      name,
      given.map((one) => this.value(one, focus)),
      {
        ...focus,
        model,
        element: (id) => context.element(id),
        here: () => context.here ?? this.fail("'here()' in another document than its own"),
        ordered: (nodes) => this.ordered(nodes),
        fail: (reason) => this.fail(reason),
      },
    );
  }

  /** Whether an ancestor matches, remembered on the way up: a whole document costs one step for each node. */
  private hasAncestor(path: PathExpression, node: XPathNode): boolean {
    const { model } = this;
    const { axis, test } = path.steps[0] as Step;
    const own = axis === 'ancestor-or-self' && model.matches(node, axis, test);
    if (own) return true;
    const parent = model.parent(node);
    if (parent < 0) return false;
    const memory = this.ancestry.get(path) ?? new Uint8Array(model.document.nodeCount);
    this.ancestry.set(path, memory);
    const asked: XmlNode[] = [];
    let found = 1;
    for (let at = parent; at >= 0; at = model.parent(at)) {
      model.spend();
      if (memory[at] !== 0) {
        found = memory[at] as number;
        break;
      }
      asked.push(at);
      if (model.matches(at, axis, test)) {
        found = 2;
        break;
      }
    }
    for (const at of asked) memory[at] = found;
    return found === 2;
  }

  private fail(reason: string): never {
    return unreadable('XPath', 0, reason);
  }
}

/** One step to ancestors, without predicates. */
const isAncestry = ({ from, steps }: PathExpression): boolean => {
  const [step, more] = steps;
  return from === 'context' && step !== undefined && more === undefined && step.predicates.length === 0 && step.axis.startsWith('ancestor');
};

/** An attribute is no element, so that a test by name asks its element; other tests may tell it apart. */
function isUniform(expression: Expression): boolean {
  switch (expression.kind) {
    case 'or':
    case 'and':
      return expression.of.every(isUniform);
    case 'call':
      return (expression.name === 'not' || expression.name === 'boolean') && isUniform(expression.arguments[0] as Expression);
    case 'path':
      return isAncestry(expression) && expression.steps[0]?.axis === 'ancestor-or-self' && expression.steps[0].test.kind === 'name';
    default:
      return false;
  }
}

/** Node-sets of a document and nothing else; predicates inside have a focus of their own. */
function isConstant(expression: Expression): boolean {
  switch (expression.kind) {
    case 'literal':
      return true;
    case 'union':
      return expression.of.every(isConstant);
    case 'filter':
      return isConstant(expression.of);
    case 'path':
      return expression.from === 'root' || (expression.from !== 'context' && isConstant(expression.from));
    case 'call':
      return expression.name === 'here' || (expression.name === 'id' && expression.arguments.every(isConstant));
    default:
      return false;
  }
}

const mayBeNumber = (expression: Expression): boolean =>
  expression.kind === 'arithmetic' ||
  expression.kind === 'negate' ||
  expression.kind === 'literal' ||
  (expression.kind === 'call' && NUMBERS.has(expression.name));

const NUMBERS: ReadonlySet<string> = new Set(['last', 'position', 'count', 'string-length', 'number', 'sum', 'floor', 'ceiling', 'round']);
const BACKWARDS: ReadonlySet<string> = new Set(['ancestor', 'ancestor-or-self', 'preceding', 'preceding-sibling']);
