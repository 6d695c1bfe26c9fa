import type ts from 'typescript';
import type { AnalyzedFunction } from '../analyze.ts';
import { Fingerprints } from '../body/fingerprints.ts';
import { Lists } from '../body/lists.ts';
import { sinceName } from '../body/since-guards.ts';
import type { Binding } from '../file/bindings.ts';
import { type FunctionNode, isErased, isFunctionNode, unwrap } from '../syntax/nodes.ts';
import { ExpressionReader } from './expressions.ts';
import { Helpers, withCalls } from './helpers.ts';
import { elementsOf, headsOf, initializerOf, isInnerJump, listOf, loopName } from './loops.ts';
import type { Mark } from './mark.ts';
import type { Given } from './marker.ts';
import { Prints } from './prints.ts';
import { Variables } from './variables.ts';

/**
 * The course of a durable function.
 *
 * @param absent names for which `since` is false, as it is for runs that had passed the places of new branches
 */
export function courseOf(
  analyzed: AnalyzedFunction,
  absent: ReadonlySet<string> = new Set(),
): readonly Mark[] {
  const { body, sites, closures: scopes } = analyzed;
  const { ts } = body.file;
  const prints = new Fingerprints(body, sites);
  const byNode = new Map(sites.map((site) => [unwrap(ts, site.node as ts.Expression), site]));
  const closures = withCalls(body, scopes, byNode);
  const isApart = (node: ts.Node): boolean => byNode.has(node as ts.Expression) || closures.has(node);
  const variables = new Variables(body, isApart);
  const helpers = new Helpers(body, closures, variables);
  const given: Given = {
    body,
    sites: byNode,
    absent,
    scopes,
    closures,
    variables,
    helpers,
    lists: new Lists(body, prints),
    prints: new Prints(body, byNode, closures, prints, helpers),
  };
  // What code decides something depends on what the rest of it depends on.
  let relevant: ReadonlySet<Binding> = new Set();
  for (;;) {
    const reader = new CourseReader(given, relevant);
    const marks = reader.read();
    const known = new Set([...relevant, ...reader.used]);
    if (known.size === relevant.size) return marks;
    relevant = known;
  }
}

/** The marks of statements. */
class CourseReader extends ExpressionReader {
  read(): readonly Mark[] {
    const { node } = this.given.body.durable;
    this.parameters(node);
    this.functionBody(node);
    return this.marks;
  }

  private parameters({ parameters }: FunctionNode): void {
    for (const { name, initializer } of parameters) {
      if (initializer) this.piece(initializer);
      this.pattern(name, []);
    }
  }

  private functionBody({ body }: FunctionNode): void {
    const { ts } = this;
    if (!body) return;
    if (!ts.isBlock(body)) return this.returned(body, body);
    const [first, ...rest] = body.statements;
    const isDirective = first && ts.isExpressionStatement(first) && ts.isStringLiteralLike(first.expression);
    this.statements(isDirective ? rest : body.statements);
  }

  private statements(list: readonly ts.Statement[]): void {
    for (const statement of list) {
      this.visit(statement);
      if (this.leaves(statement)) return;
    }
  }

  /** `if (!since('name')) return ...;` of a name that is absent: what follows is the new branch. */
  private leaves(statement: ts.Statement): boolean {
    const { ts } = this;
    if (!ts.isIfStatement(statement)) return false;
    const value = this.known(statement.expression);
    const taken = value === undefined ? undefined : value ? statement.thenStatement : statement.elseStatement;
    const last = taken && ts.isBlock(taken) ? taken.statements.at(-1) : taken;
    return last !== undefined && (ts.isReturnStatement(last) || ts.isThrowStatement(last));
  }

  private declaration(node: ts.VariableDeclaration): void {
    const { initializer } = node;
    const { variables } = this.given;
    if (!initializer) return this.pattern(node.name, []);
    this.piece(initializer);
    this.pattern(node.name, [initializer]);
    const { assigned } = variables.effectsOf(node);
    const declared = [...assigned].filter((binding) => this.relevant.has(binding));
    if (declared.length === 0) return;
    this.use(initializer);
    const { changed } = variables.changes;
    // The value of any other one is a part of what stands for it where it is used.
    const isOrdered = [...declared, ...variables.named(initializer)].some((one) =>
      variables.mayShare(one, changed),
    );
    if (isOrdered) this.mark(node, 'code', 'code', this.print(node));
  }

  private loop(node: ts.IterationStatement): void {
    const { ts } = this;
    const list = listOf(ts, node);
    const heads = list ? [] : headsOf(ts, node);
    if (list) this.visit(list);
    else if (ts.isForStatement(node) && node.initializer) this.visitInitializer(node.initializer);
    const body = this.apart(() => {
      for (const head of heads) this.visit(head);
      if (ts.isForOfStatement(node) || ts.isForInStatement(node)) this.visitInitializer(node.initializer);
      this.visit(node.statement);
    });
    const isAwaiting = ts.isForOfStatement(node) && node.awaitModifier !== undefined;
    // `break` in a loop without calls. Its heads may change variables.
    if (!isAwaiting && body.every(isInnerJump)) return this.effects(node);
    const elements = list && elementsOf(this.given.body, list, this.given.variables);
    const head = elements ? [] : list ? [list] : [...heads, ...initializerOf(ts, node)];
    this.openWith(node, isAwaiting ? 'for await' : loopName(ts, node), head);
    this.marks.push(...body);
    for (const element of elements ?? []) {
      this.use(element);
      this.mark(element, 'part', 'element', this.print(element));
    }
    this.close(node);
  }

  private visitInitializer(initializer: ts.ForInitializer): void {
    if (this.ts.isVariableDeclarationList(initializer)) this.visit(initializer);
    else this.piece(initializer);
  }

  private tried({ tryBlock, catchClause, finallyBlock }: ts.TryStatement): void {
    this.depth++;
    const body = this.apart(() => this.visit(tryBlock));
    this.depth--;
    const caught = this.apart(() => catchClause && this.caught(catchClause));
    const last = this.apart(() => finallyBlock && this.visit(finallyBlock));
    if (body.length + caught.length + last.length === 0) return;
    // What is thrown where nothing catches it is the end.
    if (!catchClause && (last.length === 0 || this.depth === 0)) {
      this.marks.push(...body);
      if (last.length === 0) return;
      this.mark(finallyBlock ?? tryBlock, 'open', 'finally', '');
      this.marks.push(...last);
      return this.close(finallyBlock ?? tryBlock);
    }
    this.mark(tryBlock, 'open', 'try', '');
    this.marks.push(...body);
    if (catchClause) this.mark(catchClause, 'part', 'catch', '');
    this.marks.push(...caught);
    if (last.length > 0) this.mark(finallyBlock ?? tryBlock, 'part', 'finally', '');
    this.marks.push(...last);
    this.close(tryBlock);
  }

  private caught({ variableDeclaration, block }: ts.CatchClause): void {
    if (variableDeclaration) this.pattern(variableDeclaration.name, []);
    this.visit(block);
  }

  private choice(node: ts.SwitchStatement): void {
    this.visit(node.expression);
    const clauses = node.caseBlock.clauses.map((clause) => ({
      clause,
      marks: this.apart(() => this.statements(clause.statements)),
    }));
    if (clauses.every(({ marks }) => marks.every(({ kind, what }) => kind === 'jump' && what === 'break')))
      return this.effects(node);
    this.open(node, 'switch', node.expression);
    for (const { clause, marks } of clauses) {
      const test = this.ts.isCaseClause(clause) ? clause.expression : undefined;
      if (test) this.use(test);
      this.mark(clause, 'part', test ? 'case' : 'default', test ? this.print(test) : '');
      this.marks.push(...marks);
    }
    this.close(node);
  }

  private returned(node: ts.Node, value: ts.Expression | undefined): void {
    if (value) this.piece(value);
    if (this.closureDepth > 0) {
      if (value) this.use(value);
      this.mark(node, 'jump', 'return', value ? this.print(value) : '');
    } else if (!this.isLast(node)) this.mark(node, 'jump', 'return', '');
  }

  /** What follows the last statement of the function is its end. */
  private isLast(node: ts.Node): boolean {
    const { body } = this.given.body.durable.node;
    return node === body || (body !== undefined && this.ts.isBlock(body) && body.statements.at(-1) === node);
  }

  private thrown(node: ts.ThrowStatement): void {
    this.piece(node.expression);
    if (this.depth === 0) return this.mark(node, 'jump', 'throw', '');
    this.use(node.expression);
    this.mark(node, 'jump', 'throw', this.print(node.expression));
  }

  protected override closure(node: FunctionNode): void {
    const id = this.given.closures.get(node);
    // The code of one without calls belongs to what it is in.
    if (id === undefined) return;
    const place = this.given.body.file.positionOf(node);
    this.marks.push({ kind: 'open', what: id, text: `open:closure:${id}`, ...place });
    this.depth++;
    this.closureDepth++;
    this.parameters(node);
    this.functionBody(node);
    this.closureDepth--;
    this.depth--;
    this.close(node);
  }

  protected override visit(node: ts.Node): void {
    const { ts } = this;
    if (isErased(ts, node)) return;
    if (ts.isBlock(node)) return this.statements(node.statements);
    if (ts.isExpressionStatement(node)) return this.piece(node.expression);
    if (ts.isVariableDeclaration(node)) return this.declaration(node);
    if (ts.isIfStatement(node))
      return this.condition('if', node, node.expression, [node.thenStatement, node.elseStatement]);
    if (ts.isIterationStatement(node, false)) return this.loop(node);
    if (ts.isTryStatement(node)) return this.tried(node);
    if (ts.isSwitchStatement(node)) return this.choice(node);
    if (ts.isReturnStatement(node)) return this.returned(node, node.expression);
    if (ts.isThrowStatement(node)) return this.thrown(node);
    if (ts.isBreakOrContinueStatement(node)) {
      const what = ts.isBreakStatement(node) ? 'break' : 'continue';
      return this.mark(node, 'jump', what, node.label?.text ?? '');
    }
    if (isFunctionNode(ts, node)) return this.closure(node);
    this.expression(node);
  }
}

/** The names that a function gives to `since`. */
export function sincesOf({ body }: AnalyzedFunction): ReadonlySet<string> {
  const { ts, nodes } = body.file;
  const names = new Set<string>();
  nodes.walk(body.durable.node, (node) => {
    const name = ts.isCallExpression(node) ? sinceName(body, node) : undefined;
    if (name !== undefined) names.add(name);
  });
  return names;
}
