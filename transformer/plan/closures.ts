import type ts from 'typescript';
import { functionOf, isHelperCall } from '../body/callees.ts';
import { closureName } from '../body/closure-name.ts';
import { isSchedulerCall } from '../body/known-schedulers.ts';
import { changedBy } from '../check/steps.ts';
import { originOf } from '../file/origins.ts';
import { CHAINERS } from '../syntax/method-names.ts';
import {
  type FunctionNode,
  isAsyncGenerator,
  isClosure,
  isReference,
  unwrap,
  wrapped,
} from '../syntax/nodes.ts';
import { isComputedClosure, keyText } from './objects.ts';
import type { FunctionScope, Planner } from './planner.ts';

/**
 * Pass 3e. Functions written in a durable function are workflow code. Each call of one opens a scope of its own for the keys of
 * its steps. Functions that may be called through an unknown name are marked, so that the runtime doesn't take them for steps.
 */
export function planFunction(planner: Planner, node: FunctionNode, outer: FunctionScope): void {
  const { file, plan } = planner;
  const { ts } = file;
  if (!node.body) return;
  if (ts.isMethodDeclaration(node) || ts.isAccessor(node)) visitName(node.name);
  for (const parameter of node.parameters) planner.visit(parameter, outer);
  const marked = needsMark(planner, node);
  if (marked) {
    const method = isAsyncGenerator(ts, node) ? 'markGenerator' : 'mark';
    if (isClosure(ts, node)) wrapMarked(planner, node, method);
    else if (ts.isFunctionDeclaration(node) && node.name && standsAmongStatements(node)) {
      // A declaration in a `case` is hoisted over the whole `switch`, which may be entered at any clause.
      const clause = ts.isCaseOrDefaultClause(node.parent);
      const call = `${planner.runtime}.${method}(${node.name.text});`;
      const statements = method === 'mark' ? call : `${node.name.text} = ${call}`;
      for (const block of clause ? node.parent.parent.clauses : [node.parent])
        plan.add(block, { kind: 'prologue', statements });
    }
  }
  // A method may be passed on as well, and a step may call it.
  const escapes = marked || ts.isMethodDeclaration(node);
  const changed = escapes ? changedBy(planner.body, node) : undefined;
  const scope = new ClosureScope(planner, node, outer, changed);
  if (ts.isBlock(node.body)) ts.forEachChild(node.body, (child) => planner.visit(child, scope));
  else planner.visit(node.body, scope);
  scope.plan();

  function visitName(name: ts.PropertyName): void {
    if (ts.isComputedPropertyName(name)) planner.visit(name.expression, outer);
  }

  /** `if (x) async function f() {}` is a syntax error, and stays one. */
  function standsAmongStatements({ parent }: ts.FunctionDeclaration): boolean {
    return ts.isBlock(parent) || ts.isCaseOrDefaultClause(parent) || ts.isModuleBlock(parent);
  }
}

/** The scope of one closure; it is opened at the head of the closure if anything inside uses it. */
class ClosureScope implements FunctionScope {
  private readonly planner: Planner;
  private readonly node: FunctionNode;
  private readonly outer: FunctionScope;
  /** A variable around the closure that the closure changes, if a step might call it. */
  private readonly changed: string | undefined;
  private name: string | undefined;
  private id: string | undefined;

  constructor(planner: Planner, node: FunctionNode, outer: FunctionScope, changed: string | undefined) {
    this.planner = planner;
    this.node = node;
    this.outer = outer;
    this.changed = changed;
  }

  use(possible = false): string {
    this.name ??= this.planner.nextScopeName();
    if (!possible) this.id ??= this.planner.names.scope(closureName(this.planner.file, this.node), this.node);
    return this.name;
  }

  plan(): void {
    const { name, changed } = this;
    const { ts } = this.planner.file;
    const body = this.node.body;
    if (!body || (name === undefined && changed === undefined)) return;
    const possible = this.id === undefined;
    const id =
      this.id ?? this.planner.names.possibleScope(closureName(this.planner.file, this.node), this.node);
    const statements = [
      ...(changed === undefined ? [] : [`${this.outer.use()}.changes(${JSON.stringify(changed)});`]),
      ...(name === undefined ? [] : [`const ${name} = ${this.outer.use(possible)}.open(${id});`]),
    ].join(' ');
    if (ts.isBlock(body)) this.planner.plan.add(body, { kind: 'prologue', statements });
    else
      this.planner.plan.edits.set(body, [
        { kind: 'block-body', statements },
        ...(this.planner.plan.edits.get(body) ?? []),
      ]);
  }
}

/**
 * The name that an anonymous function or class gets from its position, as a further argument: in a wrapping call it would lose
 * it.
 */
function assignedName(
  planner: Planner,
  node: ts.FunctionExpression | ts.ArrowFunction | ts.ClassExpression,
): string {
  const { ts } = planner.file;
  if (node.name) return '';
  let at: ts.Node = node;
  while (ts.isParenthesizedExpression(at.parent)) at = at.parent;
  const holder = at.parent;
  if (ts.isShorthandPropertyAssignment(holder) && holder.objectAssignmentInitializer === at) {
    return `, ${JSON.stringify(holder.name.text)}`;
  }
  const named =
    ts.isVariableDeclaration(holder) ||
    ts.isBindingElement(holder) ||
    ts.isParameter(holder) ||
    ts.isPropertyAssignment(holder) ||
    ts.isPropertyDeclaration(holder);
  if (named && holder.initializer === at) {
    const { name } = holder;
    if (ts.isIdentifier(name) || ts.isStringLiteral(name) || ts.isPrivateIdentifier(name))
      return `, ${JSON.stringify(name.text)}`;
  }
  if (ts.isBinaryExpression(holder) && holder.right === at && ts.isIdentifier(holder.left))
    return `, ${JSON.stringify(holder.left.text)}`;
  return '';
}

/** Whether a function may be called under a name that doesn't show that it is written here. */
function needsMark(planner: Planner, node: FunctionNode): boolean {
  const { file, body } = planner;
  const { ts, bindings } = file;
  // Code that iterates over an async generator finds its origin by the mark.
  const iterated = isAsyncGenerator(ts, node);
  if (ts.isFunctionDeclaration(node)) return node.name !== undefined && (iterated || usedAsValue(node.name));
  if (!isClosure(ts, node)) return false;
  const at = wrapped(ts, node);
  const holder = at.parent;
  if (ts.isCallExpression(holder) && !iterated) {
    if (holder.expression === at) return false;
    // An awaited call may be a method of an object that runs its arguments in the workflow: `await limit.map(xs, f)`.
    const callee = unwrap(ts, holder.expression);
    const isMap = ts.isPropertyAccessExpression(callee) && callee.name.text === 'map';
    const scheduled = (isMap && planner.flow.awaited.has(holder)) || isSchedulerCall(body, holder);
    if (isHelperCall(body, holder) && !scheduled) return false;
    return !(ts.isPropertyAccessExpression(callee) && CHAINERS.has(callee.name.text));
  }
  if (ts.isPropertyAssignment(holder) && isComputedClosure(ts, holder)) return false;
  // `(() => {}) = 1` is an early error, and must stay one.
  if (ts.isBinaryExpression(holder) && holder.left === at) return false;
  if (ts.isNewExpression(holder)) return originOf(file, holder.expression) !== 'Promise';
  if (ts.isVariableDeclaration(holder) && ts.isIdentifier(holder.name)) {
    const binding = bindings.resolve(holder.name);
    return iterated || !functionOf(file, binding) || usedAsValue(holder.name);
  }
  return true;

  function usedAsValue(name: ts.Identifier): boolean {
    return file.nodes.usesOf(name).some((use) => {
      if (use === name || !isReference(ts, use)) return false;
      return !(ts.isCallExpression(use.parent) && use.parent.expression === use);
    });
  }
}

/** A class written in a durable function: its methods are workflow code. */
export function planClass(planner: Planner, node: ts.ClassLikeDeclaration, scope: FunctionScope): void {
  const { ts } = planner.file;
  ts.forEachChild(node, (child) => planner.visit(child, scope));
  if (!node.members.some((member) => ts.isMethodDeclaration(member) && member.body)) return;
  const [ofInstances, ofClass] = [false, true].map((isStatic) => generatorsOf(planner, node, isStatic));
  const generators = ofInstances || ofClass ? `, [${ofInstances}], [${ofClass}]` : '';
  if (ts.isClassExpression(node)) wrapMarked(planner, node, 'markClass', generators);
  else if (node.name) {
    const more = generators && `, undefined${generators}`;
    const statements = `${planner.runtime}.markClass(${node.name.text}${more});`;
    planner.plan.add(node, { kind: 'after', statements });
  }
}

/** The keys of the async generators of a class that are known at compile time, as source text. */
function generatorsOf({ file }: Planner, node: ts.ClassLikeDeclaration, isStatic: boolean): string {
  const { ts } = file;
  return node.members
    .flatMap((member) => {
      if (!ts.isMethodDeclaration(member) || !member.body || !isAsyncGenerator(ts, member)) return [];
      const modifiers = member.modifiers ?? [];
      if (modifiers.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) !== isStatic) return [];
      return keyText(file, member.name) ?? [];
    })
    .join(', ');
}

/** Marks an expression in place. After `new` the call needs parentheses; otherwise `new` would construct it. */
function wrapMarked(
  planner: Planner,
  node: ts.FunctionExpression | ts.ArrowFunction | ts.ClassExpression,
  method: 'mark' | 'markGenerator' | 'markClass',
  more = '',
): void {
  const constructed = planner.file.ts.isNewExpression(node.parent) && node.parent.expression === node;
  const [open, close] = constructed ? ['(', ')'] : ['', ''];
  const name = (assignedName(planner, node) || (more && ', undefined')) + more;
  planner.plan.wrap(node, `${open}${planner.runtime}.${method}(`, `${name})${close}`);
}
