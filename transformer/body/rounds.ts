import type ts from 'typescript';
import { isFunctionNode, unwrap, unwrapParent } from '../syntax/nodes.ts';
import type { Body } from './body.ts';
import { changedCaptures } from './captured-changes.ts';
import type { Fingerprints } from './fingerprints.ts';

/** Lists with more elements count as a whole: an element at their end makes them another list. */
const LONGEST = 32;

/** Methods of lists that call a closure for each element, in order. */
const LIST_METHODS: ReadonlySet<string> = new Set([
  'map',
  'forEach',
  'filter',
  'flatMap',
  'reduce',
  'some',
  'every',
  'find',
]);

/** Functions that call a closure for each element of a list that they are given: `pMap(xs, ...)`, `async.eachLimit(xs, ...)`. */
const MAPPERS = /map|each|every|filter|reduce|series|some|^from/i;

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
  /** The levels around nodes, the outermost first. */
  private readonly around = new Map<ts.Node, readonly Level[]>();
  private readonly levels = new Map<ts.Node, Level | undefined>();
  private methodCalls: ReadonlyMap<string, readonly ts.CallExpression[]> | undefined;

  constructor(body: Body, prints: Fingerprints) {
    this.body = body;
    this.prints = prints;
    // Nodes directly in the function are reached once.
    body.file.ts.forEachChild(body.durable.node, (child) => void this.around.set(child, []));
  }

  /** Undefined for a node that is reached once. */
  of(node: ts.Node): readonly string[] | undefined {
    const handedTo = unwrapParent(this.body.file.ts, node);
    // A function by its name, as in `xs.map(charge)`.
    const own =
      this.body.file.ts.isCallExpression(handedTo) && handedTo.expression !== node
        ? this.listOf(handedTo)
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
      const level = this.levelOf(child.parent, child);
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
    if (ts.isForOfStatement(construct)) return this.elements(construct.expression);
    if (ts.isForInStatement(construct)) return [this.value(construct.expression)];
    if (ts.isForStatement(construct)) return this.ofFor(construct);
    if (ts.isWhileStatement(construct) || ts.isDoStatement(construct))
      return this.variables(construct.expression);
    return undefined;
  }

  /** A loop that counts through a list is like a loop over that list. How long a loop runs doesn't change its rounds. */
  private ofFor({ initializer, condition, incrementor }: ts.ForStatement): Level {
    const { ts } = this.body.file;
    if (condition && ts.isBinaryExpression(condition)) {
      const bound = unwrap(ts, condition.right);
      if (ts.isPropertyAccessExpression(bound) && bound.name.text === 'length' && isFromZero(ts, initializer))
        return this.elements(bound.expression);
    }
    const step = incrementor ? this.value(incrementor) : '';
    return [this.prints.hashed(['for', ...this.starts(initializer), step])];
  }

  private starts(initializer: ts.ForInitializer | undefined): readonly string[] {
    const { ts } = this.body.file;
    if (!initializer || !ts.isVariableDeclarationList(initializer)) return [];
    return initializer.declarations.map((declaration) =>
      declaration.initializer ? this.value(declaration.initializer) : '',
    );
  }

  /** The variables that a loop goes by. */
  private variables(condition: ts.Expression): Level {
    const { ts } = this.body.file;
    const found: string[] = [];
    const visit = (node: ts.Node): void => {
      if (isFunctionNode(ts, node)) return;
      if (ts.isIdentifier(node) && this.isVariable(node)) found.push(this.prints.print(node));
      ts.forEachChild(node, visit);
    };
    visit(condition);
    return [this.prints.hashed(['while', ...found])];
  }

  private isVariable(name: ts.Identifier): boolean {
    const { ts, bindings } = this.body.file;
    if (ts.isPropertyAccessExpression(name.parent) && name.parent.name === name) return false;
    const binding = bindings.resolve(name);
    return binding !== undefined && this.body.isLocal(binding);
  }

  /** The elements of a list that is written out, or the list. */
  private elements(list: ts.Expression): Level {
    const { ts } = this.body.file;
    const written = this.written(list);
    if (ts.isArrayLiteralExpression(written) && written.elements.length <= LONGEST)
      return written.elements.map((element) => this.value(element));
    return [this.prints.hashed(['of', this.value(list)])];
  }

  /** The initializer of a constant. */
  private written(list: ts.Expression): ts.Expression {
    const { ts, bindings } = this.body.file;
    const bare = unwrap(ts, list);
    const declaration = ts.isIdentifier(bare) ? bindings.resolve(bare)?.declaration : undefined;
    return declaration && ts.isVariableDeclaration(declaration) && declaration.initializer
      ? unwrap(ts, declaration.initializer)
      : bare;
  }

  /** The code of a closure isn't part of a value that holds it: it may be edited. */
  private value(node: ts.Expression): string {
    const { ts } = this.body.file;
    const bare = unwrap(ts, node);
    if (isFunctionNode(ts, bare) || ts.isClassLike(bare)) return 'closure';
    if (!ts.isObjectLiteralExpression(bare) && !ts.isArrayLiteralExpression(bare))
      return this.prints.print(bare);
    if (ts.isArrayLiteralExpression(bare))
      return this.prints.hashed(['list', ...bare.elements.map((element) => this.value(element))]);
    const parts = bare.properties.map((part) => {
      const name = part.name?.getText(this.body.file.sourceFile) ?? '...';
      if (ts.isPropertyAssignment(part)) return `${name}: ${this.value(part.initializer)}`;
      if (ts.isShorthandPropertyAssignment(part)) return `${name}: ${this.prints.print(part.name)}`;
      return ts.isSpreadAssignment(part) ? `...${this.value(part.expression)}` : name;
    });
    return this.prints.hashed(['object', ...parts]);
  }

  private ofClosure(closure: ts.SignatureDeclaration): Level | undefined {
    const { ts, nodes } = this.body.file;
    const holder = unwrapParent(ts, closure);
    if (ts.isCallExpression(holder)) return this.listOf(holder);
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
    const uses = nodes.usesOf(own).filter((use) => use !== own && !isInside(use, closure));
    const [use] = uses;
    const call = use && unwrapParent(ts, use);
    const list = uses.length === 1 && call && ts.isCallExpression(call) ? this.listOf(call) : undefined;
    return (
      list ??
      this.ofCalls(
        uses.map((one) => this.callAt(one)),
        closure,
      )
    );
  }

  /** The list that a call goes through, as `xs` in `xs.map(...)`, `Array.from(xs, ...)` and `pMap(xs, ...)`. */
  private listOf(call: ts.CallExpression): Level | undefined {
    const { ts, sourceFile } = this.body.file;
    const callee = unwrap(ts, call.expression);
    const method = ts.isPropertyAccessExpression(callee) ? callee.name.text : undefined;
    const given = call.arguments.find((argument) => ts.isArrayLiteralExpression(this.written(argument)));
    const [first, second] = call.arguments;
    const isGiven = given !== undefined || (second !== undefined && this.isFunction(second));
    if (method !== undefined && LIST_METHODS.has(method) && (!first || this.isFunction(first) || !isGiven))
      return this.elements((callee as ts.PropertyAccessExpression).expression);
    if (given) return this.elements(given);
    if (!first || this.isFunction(first) || !MAPPERS.test(method ?? callee.getText(sourceFile)))
      return undefined;
    return ts.isLiteralExpression(first) || ts.isObjectLiteralExpression(first)
      ? undefined
      : this.elements(first);
  }

  private isFunction(argument: ts.Expression): boolean {
    const { ts, bindings } = this.body.file;
    const value = this.written(argument);
    if (isFunctionNode(ts, value)) return true;
    const declaration = ts.isIdentifier(value) ? bindings.resolve(value)?.declaration : undefined;
    return declaration !== undefined && ts.isFunctionDeclaration(declaration);
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
    const { ts } = this.body.file;
    const outside = calls.filter((call) => !isInside(call, closure));
    if (outside.length === 0) return undefined;
    const captured = changedCaptures(this.body, closure, (one) => this.prints.isChanged(one));
    const texts = outside.map((call) => {
      const state = captured.map((binding) => this.prints.stateAt(binding, call));
      if (!ts.isCallExpression(call)) return this.prints.hashed(['given', ...state]);
      const callee = unwrap(ts, call.expression);
      const receiver = ts.isPropertyAccessExpression(callee) ? [this.value(callee.expression)] : [];
      return this.prints.hashed([
        'called',
        ...receiver,
        ...call.arguments.map((argument) => this.value(argument)),
        ...state,
      ]);
    });
    const loops = outside.map((call) => this.levelsAround(call).flat());
    // A call behind the others comes between their later rounds, if they are in a loop.
    if (loops.every((loop) => loop.length === 0) && texts.length <= LONGEST)
      return texts.map((text) => `=${text}`);
    return [this.prints.hashed([...texts, ...loops.flat()])];
  }

  private callsOf(method: string): readonly ts.Node[] {
    this.methodCalls ??= this.allMethodCalls();
    return this.methodCalls.get(method) ?? [];
  }

  /** A variable with a list or an object of a global class: `m.get(...)` is no call of a method `get` of the function. */
  private isBuiltin(receiver: ts.Expression): boolean {
    const { ts, bindings } = this.body.file;
    const value = this.written(receiver);
    if (ts.isArrayLiteralExpression(value)) return true;
    return (
      ts.isNewExpression(value) &&
      ts.isIdentifier(value.expression) &&
      bindings.resolve(value.expression) === undefined
    );
  }

  private allMethodCalls(): ReadonlyMap<string, readonly ts.CallExpression[]> {
    const { file, durable } = this.body;
    const { ts } = file;
    const calls = new Map<string, ts.CallExpression[]>();
    file.nodes.walk(durable.node, (node) => {
      if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
      if (this.isBuiltin(node.expression.expression)) return;
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
