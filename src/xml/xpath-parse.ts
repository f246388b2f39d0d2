/** XPath 1.0 expressions as a tree (XPath 1.0, 2 and 3): the whole grammar but variables, which nobody binds here. */
import { attempt, type Parsed, unreadable } from '../base/parsed.ts';
import { type Token, tokensOf } from './xpath-token.ts';

export type Expression =
  | { readonly kind: 'or' | 'and' | 'union'; readonly of: readonly Expression[] }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'arithmetic'; readonly operator: Arithmetic; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'negate'; readonly of: Expression }
  | { readonly kind: 'literal'; readonly value: string | number }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Expression[] }
  | { readonly kind: 'filter'; readonly of: Expression; readonly predicates: readonly Expression[] }
  | PathExpression;

export interface PathExpression {
  readonly kind: 'path';
  /** The document, the context node, or the nodes of an expression. */
  readonly from: 'root' | 'context' | Expression;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly axis: Axis;
  readonly test: NodeTest;
  readonly predicates: readonly Expression[];
}

export type NodeTest =
  /** Null: any. */
  | { readonly kind: 'name'; readonly namespace: string | null; readonly local: string | null }
  | { readonly kind: 'node' | 'text' | 'comment' }
  | { readonly kind: 'instruction'; readonly target: string | null };

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type Arithmetic = '+' | '-' | '*' | 'div' | 'mod';
export type Axis =
  | 'ancestor'
  | 'ancestor-or-self'
  | 'attribute'
  | 'child'
  | 'descendant'
  | 'descendant-or-self'
  | 'following'
  | 'following-sibling'
  | 'namespace'
  | 'parent'
  | 'preceding'
  | 'preceding-sibling'
  | 'self';

/**
 * Reads an expression. A function that XPath 1.0 or `functions` does not name is an error, and so is a prefix that
 * `namespaceOf` does not know.
 */
export const parseXPath = (
  text: string,
  namespaceOf: (prefix: string) => string | null,
  functions: ReadonlyMap<string, readonly [least: number, most: number]>,
): Parsed<Expression> => attempt(() => new ExpressionParser(tokensOf(text), namespaceOf, functions).whole());

/** A cursor over the tokens; nesting is bounded, chains of operators are loops. */
class ExpressionParser {
  private readonly tokens: readonly Token[];
  private readonly namespaceOf: (prefix: string) => string | null;
  private readonly functions: ReadonlyMap<string, readonly [number, number]>;
  private at = 0;
  private depth = 0;

  constructor(
    tokens: readonly Token[],
    namespaceOf: (prefix: string) => string | null,
    functions: ReadonlyMap<string, readonly [number, number]>,
  ) {
    this.tokens = tokens;
    this.namespaceOf = namespaceOf;
    this.functions = functions;
  }

  whole(): Expression {
    const expression = this.or();
    if (this.next.kind !== 'end') this.fail(`'${this.next.text}' is left over`);
    return expression;
  }

  private or(): Expression {
    if (++this.depth > DEEPEST) this.fail(`nested deeper than ${DEEPEST}`);
    const expression = this.several('or', 'or', () =>
      this.several('and', 'and', () => this.chain(EQUALITY, () => this.chain(RELATION, () => this.sum()))),
    );
    this.depth--;
    return expression;
  }

  private several(kind: 'or' | 'and' | 'union', operator: string, one: () => Expression): Expression {
    const of = [one()];
    while (this.takes('operator', operator)) of.push(one());
    return of.length === 1 ? (of[0] as Expression) : { kind, of };
  }

  private chain(operators: ReadonlySet<string>, one: () => Expression): Expression {
    let left = one();
    while (this.next.kind === 'operator' && operators.has(this.next.text)) {
      const { text } = this.take();
      const right = one();
      left = ARITHMETIC.has(text)
        ? { kind: 'arithmetic', operator: text as Arithmetic, left, right }
        : { kind: 'compare', operator: text as Comparison, left, right };
    }
    return left;
  }

  private sum(): Expression {
    return this.chain(SUM, () => this.chain(PRODUCT, () => this.unary()));
  }

  private unary(): Expression {
    let negative = false;
    let any = false;
    while (this.takes('operator', '-')) {
      any = true;
      negative = !negative;
    }
    const of = this.several('union', '|', () => this.path());
    if (!any) return of;
    return negative ? { kind: 'negate', of } : { kind: 'negate', of: { kind: 'negate', of } };
  }

  private path(): Expression {
    const { kind, text } = this.next;
    if (kind === 'operator' && text === '/') {
      this.take();
      return { kind: 'path', from: 'root', steps: this.startsStep() ? this.steps([]) : [] };
    }
    if (kind === 'operator' && text === '//') {
      this.take();
      return { kind: 'path', from: 'root', steps: this.steps([ANYWHERE]) };
    }
    if (this.startsStep()) return { kind: 'path', from: 'context', steps: this.steps([]) };
    const primary = this.primary();
    const predicates = this.predicates();
    const from: Expression = predicates.length === 0 ? primary : { kind: 'filter', of: primary, predicates };
    if (this.takes('operator', '/')) return { kind: 'path', from, steps: this.steps([]) };
    if (this.takes('operator', '//')) return { kind: 'path', from, steps: this.steps([ANYWHERE]) };
    return from;
  }

  private startsStep(): boolean {
    const { kind, text } = this.next;
    return (
      kind === 'name' || kind === 'axis' || kind === 'node-type' || (kind === 'symbol' && (text === '.' || text === '..' || text === '@'))
    );
  }

  private steps(first: readonly Step[]): Step[] {
    const steps = [...first, this.step()];
    for (;;) {
      if (this.takes('operator', '//')) steps.push(ANYWHERE);
      else if (!this.takes('operator', '/')) return steps;
      steps.push(this.step());
    }
  }

  private step(): Step {
    if (this.takes('symbol', '.')) return { axis: 'self', test: ANY, predicates: [] };
    if (this.takes('symbol', '..')) return { axis: 'parent', test: ANY, predicates: [] };
    let axis: Axis = 'child';
    if (this.takes('symbol', '@')) axis = 'attribute';
    else if (this.next.kind === 'axis') {
      const { text } = this.take();
      if (!AXES.has(text)) this.fail(`there is no axis '${text}'`);
      axis = text as Axis;
      this.must('symbol', '::');
    }
    return { axis, test: this.test(), predicates: this.predicates() };
  }

  private test(): NodeTest {
    const { kind, text } = this.take();
    if (kind === 'node-type') {
      this.must('symbol', '(');
      const target = text === 'processing-instruction' && this.next.kind === 'literal' ? this.take().text : null;
      this.must('symbol', ')');
      return text === 'processing-instruction' ? { kind: 'instruction', target } : { kind: text as 'node' | 'text' | 'comment' };
    }
    if (kind !== 'name') return this.fail('a step without a name');
    const colon = text.indexOf(':');
    const local = text.slice(colon + 1);
    const prefix = text.slice(0, Math.max(colon, 0));
    if (colon < 0) return { kind: 'name', namespace: local === '*' ? null : '', local: local === '*' ? null : local };
    const namespace = this.namespaceOf(prefix) ?? this.fail(`the prefix '${prefix}' is not declared`);
    return { kind: 'name', namespace, local: local === '*' ? null : local };
  }

  private predicates(): Expression[] {
    const predicates: Expression[] = [];
    while (this.takes('symbol', '[')) {
      predicates.push(this.or());
      this.must('symbol', ']');
    }
    return predicates;
  }

  private primary(): Expression {
    const { kind, text } = this.take();
    if (kind === 'literal') return { kind: 'literal', value: text };
    if (kind === 'number') return { kind: 'literal', value: Number(text) };
    if (kind === 'symbol' && text === '(') {
      const expression = this.or();
      this.must('symbol', ')');
      return expression;
    }
    return kind === 'function' ? this.call(text) : this.fail(kind === 'end' ? 'it ends too early' : `'${text}' where a value must stand`);
  }

  private call(name: string): Expression {
    const [least, most] = this.functions.get(name) ?? this.fail(`there is no function '${name}'`);
    this.must('symbol', '(');
    const given: Expression[] = [];
    if (!this.takes('symbol', ')')) {
      do given.push(this.or());
      while (this.takes('symbol', ','));
      this.must('symbol', ')');
    }
    if (given.length < least || given.length > most) this.fail(`'${name}' with ${given.length} arguments`);
    return { kind: 'call', name, arguments: given };
  }

  private get next(): Token {
    return this.tokens[this.at] as Token;
  }

  private take(): Token {
    const token = this.next;
    if (token.kind !== 'end') this.at++;
    return token;
  }

  private takes(kind: Token['kind'], text: string): boolean {
    if (this.next.kind !== kind || this.next.text !== text) return false;
    this.at++;
    return true;
  }

  private must(kind: Token['kind'], text: string): void {
    if (!this.takes(kind, text)) this.fail(`'${text}' is missing`);
  }

  private fail(reason: string): never {
    return unreadable('XPath', this.next.at, reason);
  }
}

const DEEPEST = 48;
const ANY: NodeTest = { kind: 'node' };
/** What `//` stands for. */
const ANYWHERE: Step = { axis: 'descendant-or-self', test: ANY, predicates: [] };
const EQUALITY: ReadonlySet<string> = new Set(['=', '!=']);
const RELATION: ReadonlySet<string> = new Set(['<', '<=', '>', '>=']);
const SUM: ReadonlySet<string> = new Set(['+', '-']);
const PRODUCT: ReadonlySet<string> = new Set(['*', 'div', 'mod']);
const ARITHMETIC: ReadonlySet<string> = new Set([...SUM, ...PRODUCT]);
const AXES: ReadonlySet<string> = new Set<Axis>([
  'ancestor',
  'ancestor-or-self',
  'attribute',
  'child',
  'descendant',
  'descendant-or-self',
  'following',
  'following-sibling',
  'namespace',
  'parent',
  'preceding',
  'preceding-sibling',
  'self',
]);
