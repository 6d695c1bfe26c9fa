import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import type { Binding } from '../file/bindings.ts';
import type { FileContext } from '../file/file-context.ts';
import { originOf } from '../file/origins.ts';
import type { DurableFunction } from '../find/find-directives.ts';
import {
  contains,
  functionAround,
  isAssignment,
  isClosure,
  isLogical,
  isReference,
  returnsOf,
  unwrap,
  unwrapParent,
  wrapped,
} from '../syntax/nodes.ts';
import type { Body } from './body.ts';

type Closure = ts.ArrowFunction | ts.FunctionExpression;

/**
 * Whether a variable that a step changes is replaced by the step's result, so that a replay has the change as well: `order =
 * await step(() => { order.total = 1; return order; })`. Or nothing uses it afterwards.
 *
 * The changed object must have no other name, and an error must not be caught: a replay would show the object as it was before.
 *
 * @param closure the function that the step calls
 */
export function isReplaced(body: Body, closure: ts.Node, name: string): boolean {
  const { ts, bindings } = body.file;
  if (!isClosure(ts, closure)) return false;
  const step = stepOf(body, closure);
  const binding = step && bindings.lookup(name, closure);
  return (
    step !== undefined &&
    binding !== undefined &&
    new CapturedVariable(body, closure, step, binding).isReplaced()
  );
}

/** A call of `step` whose last argument is a closure, and the `await` around it. */
interface AwaitedStep {
  readonly call: ts.CallExpression;
  readonly awaited: ts.AwaitExpression;
}

/** The step that receives a closure, if the function awaits it itself and outside of every `try`. */
function stepOf({ file, durable }: Body, closure: ts.Expression): AwaitedStep | undefined {
  const { ts } = file;
  const argument = wrapped(ts, closure);
  const call = argument.parent;
  if (!ts.isCallExpression(call) || call.arguments.at(-1) !== argument || call.arguments.length > 2)
    return undefined;
  if (originOf(file, call.expression) !== 'use-durable#step') return undefined;
  const awaited = unwrapParent(ts, call);
  if (!ts.isAwaitExpression(awaited) || functionAround(ts, awaited) !== durable.node) return undefined;
  for (let at: ts.Node = awaited; at !== durable.node; at = at.parent)
    if (ts.isTryStatement(at)) return undefined;
  return { call, awaited };
}

/** A variable of the durable function that the closure of a step changes. */
class CapturedVariable {
  private readonly file: FileContext;
  private readonly durable: DurableFunction;
  private readonly ts: TypeScript;
  private readonly closure: Closure;
  private readonly step: AwaitedStep;
  private readonly binding: Binding;

  constructor({ file, durable }: Body, closure: Closure, step: AwaitedStep, binding: Binding) {
    this.file = file;
    this.durable = durable;
    this.ts = file.ts;
    this.closure = closure;
    this.step = step;
    this.binding = binding;
  }

  isReplaced(): boolean {
    const { ts, closure, file, step } = this;
    const name = this.nameNode();
    const uses = ts.isIdentifier(name) ? file.nodes.usesOf(name) : [];
    if (uses.length === 0 || !this.isKnownByOneName(uses)) return false;
    const outer = wrapped(ts, step.awaited);
    const { parent } = outer;
    if (ts.isBinaryExpression(parent) && parent.right === outer) {
      const assigns = parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
      return assigns && this.comesBack(unwrap(ts, parent.left), returnsOf(ts, closure));
    }
    return ts.isVariableDeclaration(parent) && this.isOver(uses);
  }

  private nameNode(): ts.Node {
    const { declaration } = this.binding;
    return (declaration as ts.NamedDeclaration).name ?? declaration;
  }

  /** Whether the variable is assigned from its part of the result, on each path of the closure. */
  private comesBack(target: ts.Expression, results: readonly ts.Expression[]): boolean {
    const { ts } = this;
    if (results.length === 0 || this.fallsThrough()) return false;
    if (ts.isIdentifier(target))
      return this.isVariable(target) && results.every((one) => this.isVariable(one));
    if (ts.isArrayLiteralExpression(target)) {
      const index = target.elements.findIndex((one) => this.isVariable(one));
      if (index < 0 || target.elements.some(ts.isSpreadElement)) return false;
      return results.every((result) => {
        const list = unwrap(ts, result);
        if (!ts.isArrayLiteralExpression(list) || list.elements.some(ts.isSpreadElement)) return false;
        const element = list.elements[index];
        return element !== undefined && this.isVariable(element);
      });
    }
    if (!ts.isObjectLiteralExpression(target)) return false;
    const key = this.keyOf(target);
    if (key === undefined) return false;
    return results.every((result) => {
      const object = unwrap(ts, result);
      return (
        ts.isObjectLiteralExpression(object) &&
        object.properties.every((one) => this.isNamed(one)) &&
        this.keyOf(object) === key
      );
    });
  }

  /** The key of the variable in an object literal or a pattern. */
  private keyOf(object: ts.ObjectLiteralExpression): string | undefined {
    const { ts, file } = this;
    for (const property of object.properties) {
      if (ts.isShorthandPropertyAssignment(property) && !property.objectAssignmentInitializer) {
        if (this.isVariable(property.name)) return property.name.text;
      } else if (
        ts.isPropertyAssignment(property) &&
        this.isNamed(property) &&
        this.isVariable(property.initializer)
      )
        return property.name.getText(file.sourceFile);
    }
    return undefined;
  }

  private isNamed({ name: key }: ts.ObjectLiteralElementLike): boolean {
    const { ts } = this;
    return key !== undefined && ts.isIdentifier(key);
  }

  private isVariable(expression: ts.Expression): boolean {
    const { ts, file, binding } = this;
    const node = unwrap(ts, expression);
    return ts.isIdentifier(node) && file.bindings.resolve(node) === binding;
  }

  /** Whether the closure may end without a `return`. */
  private fallsThrough(): boolean {
    const { closure, ts } = this;
    const code = closure.body;
    return ts.isBlock(code) && !code.statements.some(ts.isReturnStatement);
  }

  /** Whether the object in the variable was made for it, and passed to nothing that keeps it. */
  private isKnownByOneName(all: readonly ts.Identifier[]): boolean {
    const { ts, closure, durable } = this;
    const { declaration } = this.binding;
    if (ts.isVariableDeclaration(declaration)) {
      const made = declaration.initializer && unwrap(ts, declaration.initializer);
      if (
        made &&
        (ts.isIdentifier(made) || ts.isPropertyAccessExpression(made) || ts.isElementAccessExpression(made))
      )
        return false;
    } else if (!ts.isParameter(declaration)) return false;
    return all.every((use) => {
      if (use === this.nameNode() || contains(closure, use)) return true;
      if (functionAround(ts, use) !== durable.node) return false;
      const at = wrapped(ts, use);
      const { parent: user } = at;
      const member =
        (ts.isPropertyAccessExpression(user) || ts.isElementAccessExpression(user)) && user.expression === at;
      return this.isOnlyLookedAt(member ? wrapped(ts, user) : at);
    });
  }

  /** Whether the value is kept nowhere: it is returned, written, compared, passed to a step, or replaced. */
  private isOnlyLookedAt(value: ts.Expression): boolean {
    const { ts } = this;
    const { parent: user } = value;
    if (ts.isTemplateSpan(user) || ts.isPrefixUnaryExpression(user) || ts.isIfStatement(user)) return true;
    if (ts.isCallExpression(user))
      return user.expression !== value && ts.isAwaitExpression(unwrapParent(ts, user));
    if (ts.isConditionalExpression(user)) return user.condition === value;
    if (ts.isBinaryExpression(user) && !isLogical(ts, user))
      return user.left === value || !isAssignment(ts, user);
    return this.isReturned(value);
  }

  /** In the return value of the function, or in the pattern on the left of an assignment. */
  private isReturned(value: ts.Expression): boolean {
    const { ts } = this;
    let at: ts.Node = value;
    while (
      ts.isArrayLiteralExpression(at.parent) ||
      ts.isObjectLiteralExpression(at.parent) ||
      ts.isPropertyAssignment(at.parent) ||
      ts.isShorthandPropertyAssignment(at.parent) ||
      ts.isParenthesizedExpression(at.parent)
    )
      at = at.parent;
    const { parent: user } = at;
    return (
      ts.isReturnStatement(user) ||
      (ts.isBinaryExpression(user) && user.left === at && isAssignment(ts, user))
    );
  }

  /** Whether nothing after the step, nor a next iteration, uses the variable. */
  private isOver(all: readonly ts.Identifier[]): boolean {
    const { durable, ts, closure, step } = this;
    for (let at: ts.Node = step.awaited; at !== durable.node; at = at.parent)
      if (ts.isIterationStatement(at, false)) return false;
    return all.every((use) => use.end <= step.call.pos || contains(closure, use) || !isReference(ts, use));
  }
}
