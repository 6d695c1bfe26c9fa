import type ts from 'typescript';
import { isFunctionNode, unwrap, unwrapParent } from '../syntax/nodes.ts';
import type { Body } from './body.ts';
import { changedCaptures } from './captured-changes.ts';
import type { Fingerprints } from './fingerprints.ts';
import { Guards } from './guards.ts';
import { Lists, LONGEST } from './lists.ts';

/** What the rounds of one construct depend on. */
type Level = readonly string[];

/**
 * What decides which call of a site is which, where loops and closures reach it several times. Keys count these calls in the
 * order in which they are made. So if the list of a loop or the calls of a closure are exchanged, each key is another call,
 * although the site itself is the same.
 */
export class Rounds {
  private readonly body: Body;
  private readonly prints: Fingerprints;
  private readonly lists: Lists;
  private readonly guards: Guards;
  /** The levels around nodes, the outermost first. */
  private readonly around = new Map<ts.Node, readonly Level[]>();
  private readonly levels = new Map<ts.Node, Level | undefined>();
  private methodCalls: ReadonlyMap<string, readonly ts.CallExpression[]> | undefined;

  constructor(body: Body, prints: Fingerprints) {
    this.body = body;
    this.prints = prints;
    this.lists = new Lists(body, prints);
    this.guards = new Guards(body, prints);
    // Nodes directly in the function are reached once.
    body.file.ts.forEachChild(body.durable.node, (child) => void this.around.set(child, []));
  }

  /** Undefined for a node that is reached once. */
  of(node: ts.Node): readonly string[] | undefined {
    const handedTo = unwrapParent(this.body.file.ts, node);
    // A function by its name, as in `xs.map(charge)`.
    const own =
      this.body.file.ts.isCallExpression(handedTo) && handedTo.expression !== node
        ? this.lists.listOf(handedTo)
        : undefined;
    const [outermost, ...inner] = [...this.levelsAround(node), ...(own ? [own] : [])];
    if (outermost === undefined) return undefined;
    // Another element of an inner list moves all that come later.
    return inner.length === 0 ? outermost : [this.prints.hashed(inner.flat()), ...outermost];
  }

  private levelsAround(node: ts.Node): readonly Level[] {
    // Each ancestor is visited once: many sites may be deep in one sum.
    const climbed: ts.Node[] = [];
    let at = node;
    for (; !this.around.has(at) && at.parent; at = at.parent) climbed.push(at);
    let levels = this.around.get(at) ?? [];
    for (let child = climbed.pop(); child; child = climbed.pop()) {
      const level = this.levelOf(child.parent, child) ?? this.guards.inLoop(child);
      if (level) levels = [...levels, level];
      this.around.set(child, levels);
    }
    return levels;
  }

  /** Undefined if the construct doesn't repeat this child. */
  private levelOf(parent: ts.Node, child: ts.Node): Level | undefined {
    const { ts } = this.body.file;
    const isRepeated =
      isFunctionNode(ts, parent) ||
      (ts.isForStatement(parent) ? child !== parent.initializer : ts.isIterationStatement(parent, false));
    if (!isRepeated) return undefined;
    if ((ts.isForOfStatement(parent) || ts.isForInStatement(parent)) && child !== parent.statement)
      return undefined;
    if (!this.levels.has(parent)) {
      // A closure that calls itself.
      this.levels.set(parent, undefined);
      this.levels.set(parent, this.levelMade(parent));
    }
    return this.levels.get(parent);
  }

  private levelMade(construct: ts.Node): Level | undefined {
    const { ts } = this.body.file;
    if (isFunctionNode(ts, construct)) return this.ofClosure(construct);
    if (ts.isForOfStatement(construct)) return this.lists.elements(construct.expression);
    if (ts.isForInStatement(construct)) return [this.lists.value(construct.expression)];
    if (ts.isForStatement(construct)) return this.ofFor(construct);
    if (ts.isWhileStatement(construct) || ts.isDoStatement(construct)) return this.variables(construct);
    return undefined;
  }

  /** A loop that counts through a list is like a loop over that list. How long a loop runs doesn't change its rounds. */
  private ofFor(loop: ts.ForStatement): Level {
    const { ts } = this.body.file;
    const { initializer, condition, incrementor } = loop;
    if (condition && ts.isBinaryExpression(condition)) {
      const bound = unwrap(ts, condition.right);
      if (ts.isPropertyAccessExpression(bound) && bound.name.text === 'length' && isFromZero(ts, initializer))
        return this.lists.elements(bound.expression);
    }
    const step = incrementor ? this.lists.value(incrementor) : '';
    return [this.prints.hashed(['for', ...this.starts(initializer), step, ...this.lists.takenIn(loop)])];
  }

  private starts(initializer: ts.ForInitializer | undefined): readonly string[] {
    const { ts } = this.body.file;
    if (!initializer || !ts.isVariableDeclarationList(initializer)) return [];
    return initializer.declarations.map((declaration) =>
      declaration.initializer ? this.lists.value(declaration.initializer) : '',
    );
  }

  /** The variables that a loop goes by. */
  private variables(loop: ts.WhileStatement | ts.DoStatement): Level {
    const { ts } = this.body.file;
    const found: string[] = [];
    const visit = (node: ts.Node): void => {
      if (isFunctionNode(ts, node)) return;
      if (ts.isIdentifier(node) && this.isVariable(node)) found.push(this.prints.print(node));
      ts.forEachChild(node, visit);
    };
    visit(loop.expression);
    return [this.prints.hashed(['while', ...found, ...this.lists.takenIn(loop)])];
  }

  private isVariable(name: ts.Identifier): boolean {
    const { ts, bindings } = this.body.file;
    if (ts.isPropertyAccessExpression(name.parent) && name.parent.name === name) return false;
    const binding = bindings.resolve(name);
    return binding !== undefined && this.body.isLocal(binding);
  }

  private ofClosure(closure: ts.SignatureDeclaration): Level | undefined {
    const { ts, nodes } = this.body.file;
    const holder = unwrapParent(ts, closure);
    if (ts.isCallExpression(holder)) return this.lists.listOf(holder);
    if (
      ts.isMethodDeclaration(closure) ||
      ts.isPropertyAssignment(holder) ||
      ts.isPropertyDeclaration(holder)
    ) {
      const { name } = ts.isMethodDeclaration(closure) ? closure : (holder as ts.PropertyAssignment);
      return this.ofCalls(this.callsOf(name.getText(this.body.file.sourceFile)), closure);
    }
    const own = closure.name ?? (ts.isVariableDeclaration(holder) ? holder.name : undefined);
    if (!own || !ts.isIdentifier(own)) return undefined;
    const all = nodes.usesOf(own).filter((use) => use !== own);
    const uses = all.filter((use) => !isInside(use, closure));
    const [use] = uses;
    const call = use && unwrapParent(ts, use);
    const list = uses.length === 1 && call && ts.isCallExpression(call) ? this.lists.listOf(call) : undefined;
    return (
      list ??
      this.ofCalls(
        all.map((one) => this.callAt(one)),
        closure,
      )
    );
  }

  /** The call of a closure by its name; the name where it is handed on. */
  private callAt(use: ts.Expression): ts.Node {
    const { ts } = this.body.file;
    const parent = unwrapParent(ts, use);
    if (ts.isCallExpression(parent)) return parent;
    const call = ts.isPropertyAccessExpression(parent) ? parent.parent : undefined;
    return call && ts.isCallExpression(call) && call.expression === parent ? call : use;
  }

  private ofCalls(calls: readonly ts.Node[], closure: ts.Node): Level | undefined {
    const outside = calls.filter((call) => !isInside(call, closure));
    if (outside.length === 0) return undefined;
    const captured = changedCaptures(this.body, closure, (one) => this.prints.isChanged(one));
    const again = calls.filter((call) => !outside.includes(call)).map((call) => this.textOf(call, []));
    const texts = outside.map((call) =>
      this.textOf(call, [...captured.map((one) => this.prints.stateAt(one, call)), ...again]),
    );
    const loops = outside.map((call) => this.levelsAround(call).flat());
    // A call behind the others comes between their later rounds, if they are in a loop.
    const isPlain = again.length === 0 && loops.every((loop) => loop.length === 0);
    if (isPlain && texts.length <= LONGEST) return texts.map((text) => `=${text}`);
    return [this.prints.hashed([...texts, ...loops.flat()])];
  }

  /** One call of a closure: whether it is made, with what, and what the closure finds then. */
  private textOf(call: ts.Node, found: readonly string[]): string {
    const { ts } = this.body.file;
    const state = [...this.guards.around(call), ...found];
    if (!ts.isCallExpression(call)) return this.prints.hashed(['given', ...state]);
    const callee = unwrap(ts, call.expression);
    const receiver = ts.isPropertyAccessExpression(callee) ? [this.lists.value(callee.expression)] : [];
    return this.prints.hashed([
      'called',
      ...receiver,
      ...call.arguments.map((argument) => this.lists.value(argument)),
      ...state,
    ]);
  }

  private callsOf(method: string): readonly ts.Node[] {
    this.methodCalls ??= this.allMethodCalls();
    return this.methodCalls.get(method) ?? [];
  }

  private allMethodCalls(): ReadonlyMap<string, readonly ts.CallExpression[]> {
    const { file, durable } = this.body;
    const { ts } = file;
    const calls = new Map<string, ts.CallExpression[]>();
    file.nodes.walk(durable.node, (node) => {
      if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
      if (this.lists.isBuiltin(node.expression.expression)) return;
      const { text } = node.expression.name;
      const known = calls.get(text);
      if (known) known.push(node);
      else calls.set(text, [node]);
    });
    return calls;
  }
}

const isInside = (node: ts.Node, closure: ts.Node): boolean =>
  node.pos >= closure.pos && node.end <= closure.end;

function isFromZero(typescript: typeof ts, initializer: ts.ForInitializer | undefined): boolean {
  if (!initializer || !typescript.isVariableDeclarationList(initializer)) return false;
  const start = initializer.declarations[0]?.initializer;
  return start !== undefined && typescript.isNumericLiteral(start) && start.text === '0';
}
