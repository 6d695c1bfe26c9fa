import type ts from 'typescript';
import type { SiteNode } from '../body/name-sites.ts';
import { sinceName } from '../body/since-guards.ts';
import {
  type FunctionNode,
  isAssignment,
  isFunctionNode,
  isLogical,
  unwrap,
  unwrapParent,
} from '../syntax/nodes.ts';
import { ArgumentReader } from './arguments.ts';
import type { Mark } from './mark.ts';

/** The marks of expressions: calls, what is awaited, conditions, and what changes variables. */
export abstract class ExpressionReader extends ArgumentReader {
  /** Closures and `try` blocks around: what is thrown or returned there decides what comes next. */
  protected depth = 0;
  protected closureDepth = 0;
  private readonly calls = new WeakMap<Mark, ts.Node>();

  protected abstract visit(node: ts.Node): void;

  protected abstract closure(node: FunctionNode): void;

  /** An expression that is a statement, or an argument of a step. */
  protected piece(node: ts.Node): void {
    this.visit(node);
    this.effects(node);
  }

  /** What code does to variables that decide something. Its calls have marks already. */
  protected effects(node: ts.Node): void {
    const { variables } = this.given;
    const effects = variables.effectsOf(node);
    const decides =
      [...effects.assigned].some((binding) => this.relevant.has(binding)) ||
      [...effects.mutated].some((binding) => variables.mayShare(binding, this.relevant));
    if (!decides && !effects.isOpaque) return;
    this.use(node);
    this.mark(node, 'code', 'code', this.print(node));
  }

  protected condition(
    what: string,
    node: ts.Node,
    test: ts.Expression,
    [whenTrue, whenFalse]: readonly [ts.Node, ts.Node | undefined],
  ): void {
    const value = this.known(test);
    if (value !== undefined) {
      const taken = value ? whenTrue : whenFalse;
      return taken && this.visit(taken);
    }
    this.visit(test);
    const yes = this.apart(() => this.visit(whenTrue));
    const no = this.apart(() => whenFalse && this.visit(whenFalse));
    if (yes.length === 0 && no.length === 0) return this.effects(test);
    this.open(node, what, test);
    this.marks.push(...yes);
    if (no.length > 0) this.mark(whenFalse!, 'part', 'else', '');
    this.marks.push(...no);
    this.close(node);
  }

  /** What a condition is for a run that had passed the places of new branches; undefined where that depends on the run. */
  protected known(test: ts.Expression): boolean | undefined {
    const { ts } = this;
    const { absent, body } = this.given;
    if (absent.size === 0) return undefined;
    const node = unwrap(ts, test);
    if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
      const value = this.known(node.operand);
      return value === undefined ? undefined : !value;
    }
    if (ts.isBinaryExpression(node) && isLogical(ts, node)) {
      const left = this.known(node.left);
      if (left === undefined) return undefined;
      const isAnd = node.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken;
      return left === isAnd ? this.known(node.right) : left;
    }
    if (ts.isCallExpression(node)) {
      const name = sinceName(body, node);
      return name !== undefined && absent.has(name) ? false : undefined;
    }
    const declaration = ts.isIdentifier(node) ? body.file.bindings.resolve(node)?.declaration : undefined;
    if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return undefined;
    return (declaration.parent.flags & ts.NodeFlags.Const) === 0
      ? undefined
      : this.known(declaration.initializer);
  }

  /** `{ a = await load() }`: a call for which it is decided by the value whether it comes. */
  protected pattern(name: ts.BindingName, value: readonly ts.Expression[]): void {
    if (this.ts.isIdentifier(name)) return;
    for (const element of name.elements) {
      if (!this.ts.isBindingElement(element)) continue;
      const { propertyName, initializer } = element;
      if (propertyName && this.ts.isComputedPropertyName(propertyName)) this.piece(propertyName.expression);
      const marks = this.apart(() => initializer && this.piece(initializer));
      this.preset(element, value, marks);
      this.pattern(element.name, value);
    }
  }

  private preset(node: ts.Node, value: readonly ts.Expression[], marks: readonly Mark[]): void {
    if (marks.length === 0) return;
    this.openWith(node, 'default', value);
    this.marks.push(...marks);
    this.close(node);
  }

  protected expression(node: ts.Node): void {
    const { ts } = this;
    const site = this.given.sites.get(node);
    if (site) return this.call(node, site);
    if (ts.isAwaitExpression(node)) return this.awaited(node);
    if (ts.isIdentifier(node)) return this.name(node);
    if (ts.isCallExpression(node)) return this.plainCall(node);
    if (ts.isConditionalExpression(node)) {
      const { condition, whenTrue, whenFalse } = node;
      return this.condition('?:', node, condition, [whenTrue, whenFalse]);
    }
    if (ts.isBinaryExpression(node) && isLogical(ts, node)) {
      const what = node.operatorToken.getText(this.given.body.file.sourceFile);
      return this.condition(what, node, node.left, [node.right, undefined]);
    }
    if (ts.isBinaryExpression(node) && isAssignment(ts, node)) return this.assigned(node);
    if (ts.isVariableDeclarationList(node)) for (const one of node.declarations) this.visit(one);
    else ts.forEachChild(node, (child) => this.visit(child));
  }

  private assigned({ left, right }: ts.BinaryExpression): void {
    const { ts } = this;
    const target = unwrap(ts, left);
    const isPattern = ts.isObjectLiteralExpression(target) || ts.isArrayLiteralExpression(target);
    const marks = this.apart(() => this.visit(left));
    if (!isPattern) this.marks.push(...marks);
    this.visit(right);
    if (isPattern) this.preset(left, [right], marks);
  }

  /** A closure is named: it may be called from here on. */
  private name(node: ts.Identifier): void {
    const closure = this.given.variables.closureNamed(node);
    if (closure) this.uses(node, closure);
  }

  private uses(node: ts.Node, closure: ts.Node): void {
    const id = this.given.closures.get(closure);
    if (id !== undefined) this.mark(node, 'use', id, '');
  }

  /** A call that is no site: of a closure, or of a function outside. */
  private plainCall(node: ts.CallExpression): void {
    this.ts.forEachChild(node, (child) => this.visit(child));
    const method = this.methodOf(node);
    if (method) this.uses(node, method);
    this.closureArguments(node);
  }

  private call(node: ts.Node, { site }: SiteNode): void {
    const { ts } = this;
    let callee = '';
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      this.visit(node.expression);
      callee = this.chosen(node);
      if (site.kind === 'combinator') this.together(node.arguments ?? []);
      else for (const argument of node.arguments ?? []) this.argument(argument);
      this.optionsOf(node);
    } else if (!ts.isIdentifier(node)) ts.forEachChild(node, (child) => this.visit(child));
    const drifts = this.drifts(node);
    const { line, column } = site;
    const isWait = site.kind === 'combinator' && this.isOfCalls(node);
    const kind = isWait ? 'await' : 'call';
    const name = isWait ? this.combined(site.id) : site.id;
    const text = `${kind}:${name}:${site.kind}:${callee}`;
    const mark: Mark = { kind, what: site.id, text, line, column, ...(drifts && { drifts }) };
    this.marks.push(mark);
    this.calls.set(mark, node);
    this.closureArguments(node);
  }

  /** Whether a combinator gets nothing but calls and closures, so that nothing is recorded under its own name. */
  private isOfCalls(node: ts.Node): boolean {
    const { ts } = this;
    const { sites, scopes } = this.given;
    const [list] = ts.isCallExpression(node) ? node.arguments : [];
    const value = list && unwrap(ts, list);
    if (!value) return false;
    if (ts.isArrayLiteralExpression(value))
      return value.elements.every((element) => sites.has(unwrap(ts, element)));
    return ts.isCallExpression(value) && value.arguments.some((argument) => scopes.has(unwrap(ts, argument)));
  }

  /** Where no error is caught, `Promise.all` and `Promise.allSettled` decide the same. */
  private combined(id: string): string {
    const name = id.replace(/#\d+$/, '');
    return this.depth === 0 && name === 'Promise.allSettled' ? 'Promise.all' : name;
  }

  private argument(node: ts.Expression): void {
    const bare = unwrap(this.ts, node);
    // Code of a step, unless it has calls of its own.
    if (isFunctionNode(this.ts, bare)) this.closure(bare);
    else this.piece(node);
  }

  /** The calls in the list of a combinator begin together: in which order they are written decides nothing. */
  private together(given: readonly ts.Expression[]): void {
    const { ts } = this;
    const [list] = given.map((one) => unwrap(ts, one));
    if (given.length !== 1 || !list || !ts.isArrayLiteralExpression(list)) {
      for (const argument of given) {
        this.use(argument);
        this.argument(argument);
        this.mark(argument, 'code', 'list', this.print(argument));
      }
      return;
    }
    const parts = list.elements.map((element) => this.apart(() => this.piece(element)));
    if (parts.some((marks) => marks.some(({ kind, text }) => kind !== 'call' || text.endsWith('!')))) {
      for (const marks of parts) this.marks.push(...marks);
      return;
    }
    const keyed = parts.map((marks) => ({ marks, key: marks.map(({ text }) => text).join(' ') }));
    keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    for (const { marks } of keyed) this.marks.push(...marks);
  }

  /** What decides which function is called, or whether it is. */
  private chosen(node: ts.CallExpression | ts.NewExpression): string {
    const { ts } = this;
    const callee = unwrap(ts, node.expression);
    const { variables } = this.given;
    const named = variables.named(callee);
    const isOptional = ts.isOptionalChain(node) || ts.isOptionalChain(callee);
    const isComputed = !ts.isIdentifier(callee) && !ts.isPropertyAccessExpression(callee);
    const isChanged = [...named].some((binding) => variables.changes.assigned.has(binding));
    if (named.size === 0 || isFunctionNode(ts, callee)) return '';
    if (!isOptional && !isComputed && !isChanged) return '';
    this.use(callee);
    return this.print(callee);
  }

  private awaited({ expression }: ts.AwaitExpression): void {
    this.visit(expression);
    const value = unwrap(this.ts, expression);
    const print = this.print(value);
    const last = this.marks.at(-1);
    const call = last && this.calls.get(last);
    if (last && call && !last.text.endsWith('!') && print === this.print(call)) {
      this.marks[this.marks.length - 1] = { ...last, text: `${last.text}!` };
      return;
    }
    this.use(value);
    this.mark(expression, 'await', 'await', print);
  }

  /** Whether arguments may be changed while the call is under way. */
  private drifts(node: ts.Node): boolean {
    const { ts } = this;
    const { variables } = this.given;
    const { changed, inClosures } = variables.changes;
    const isAwaited = ts.isAwaitExpression(unwrapParent(ts, node));
    const others = isAwaited && this.closureDepth === 0 ? inClosures : changed;
    if (others.size === 0) return false;
    return [...variables.givenTo(node)].some((binding) => variables.mayShare(binding, others));
  }
}
