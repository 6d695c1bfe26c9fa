import type ts from 'typescript';
import type { SiteNode } from '../body/name-sites.ts';
import { sinceName } from '../body/since-guards.ts';
import type { Binding } from '../file/bindings.ts';
import { type FunctionNode, isFunctionNode, isLogical, unwrap, unwrapParent } from '../syntax/nodes.ts';
import type { Mark } from './mark.ts';
import { type Given, Marker } from './marker.ts';

/** The marks of expressions: calls, what is awaited, conditions, and what changes variables. */
export abstract class ExpressionReader extends Marker {
  /** Closures and `try` blocks around: what is thrown or returned there decides what comes next. */
  protected depth = 0;
  protected closureDepth = 0;
  protected readonly relevant: ReadonlySet<Binding>;
  private readonly calls = new WeakMap<Mark, ts.Node>();

  /** @param relevant the variables on which something is known to depend */
  constructor(given: Given, relevant: ReadonlySet<Binding>) {
    super(given);
    this.relevant = relevant;
  }

  protected abstract visit(node: ts.Node): void;

  protected abstract closure(node: FunctionNode): void;

  /** An expression that is a statement, or an argument of a step. */
  protected piece(node: ts.Node): void {
    this.visit(node);
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
    if (yes.length === 0 && no.length === 0) return this.tail(test);
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

  /** The effects of a condition with nothing behind it. */
  protected tail(test: ts.Expression): void {
    const before = this.marks.length;
    this.piece(test);
    // Its calls are there already.
    const code = this.marks.splice(before).filter(({ kind }) => kind === 'code');
    this.marks.push(...code);
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
    if (ts.isVariableDeclarationList(node)) for (const one of node.declarations) this.visit(one);
    else ts.forEachChild(node, (child) => this.visit(child));
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
    const { sites, closures } = this.given;
    const [list] = ts.isCallExpression(node) ? node.arguments : [];
    const value = list && unwrap(ts, list);
    if (!value) return false;
    if (ts.isArrayLiteralExpression(value))
      return value.elements.every((element) => sites.has(unwrap(ts, element)));
    return (
      ts.isCallExpression(value) && value.arguments.some((argument) => closures.has(unwrap(ts, argument)))
    );
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

  /** Arguments of a closure of the function decide something if its parameters do. */
  private closureArguments(node: ts.Node): void {
    const { ts } = this;
    if (!ts.isCallExpression(node)) return;
    const closure = this.given.variables.closureOf(node) ?? this.methodOf(node);
    if (closure === undefined) return;
    for (const [index, argument] of node.arguments.entries()) {
      if (isFunctionNode(ts, unwrap(ts, argument))) continue;
      const parameter = closure.parameters.at(Math.min(index, closure.parameters.length - 1));
      if (parameter && !this.decides(parameter, index >= closure.parameters.length)) continue;
      this.use(argument);
      this.mark(argument, 'code', 'argument', this.print(argument));
    }
  }

  /** The method of a class or an object in the function that may be called. */
  private methodOf({ expression }: ts.CallExpression): FunctionNode | undefined {
    const { ts } = this;
    const callee = unwrap(ts, expression);
    if (!ts.isPropertyAccessExpression(callee) || this.given.lists.isBuiltin(callee.expression))
      return undefined;
    const { text } = callee.name;
    for (const closure of this.given.closures.keys()) {
      const holder = isFunctionNode(ts, closure) && closure.name ? closure : closure.parent;
      const name = (holder as ts.NamedDeclaration).name;
      if (name && ts.isIdentifier(name) && name.text === text && isFunctionNode(ts, closure)) return closure;
    }
    return undefined;
  }

  private decides(parameter: ts.ParameterDeclaration, isBeyond: boolean): boolean {
    if (isBeyond && !parameter.dotDotDotToken) return false;
    for (const binding of this.given.variables.declaredBy(parameter.name))
      if (this.relevant.has(binding)) return true;
    return false;
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
