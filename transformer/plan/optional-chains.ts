import type ts from 'typescript';
import type { Template } from '../base/plan.ts';
import type { TypeScript } from '../base/typescript.ts';
import type { Body } from '../body/body.ts';
import { calleeName, isBindCall, isHelperCall, isPureGlobal, localFunctionOf } from '../body/callees.ts';
import type { FileContext } from '../file/file-context.ts';
import { isPromiseFromElsewhere } from '../flow/foreign-values.ts';
import type { PromiseFlow } from '../flow/track-promises.ts';
import { CHAINERS } from '../syntax/method-names.ts';
import { staticKey, unwrap } from '../syntax/nodes.ts';
import { shownText } from '../syntax/shown-text.ts';
import { visitArguments } from './arguments.ts';
import { nameCall } from './call-modes.ts';
import { isMemberFromOutside } from './outside-chains.ts';
import type { FunctionScope, Planner } from './planner.ts';

/**
 * Pass 3h. Callees that can't be split into a receiver and a key, because a `?.` in them skips the whole chain, or because
 * their receiver must be evaluated once. They become a chain of links of the runtime (`runtime/functions/optional-chain.ts`),
 * with a `?.` wherever the source has one.
 */

/** A part of the optional chain to which a node belongs. Parentheses end a chain. */
type ChainPart = ts.PropertyAccessExpression | ts.ElementAccessExpression | ts.CallExpression;

function chainPart(planner: Planner, node: ts.Expression): ChainPart | undefined {
  const { ts } = planner.file;
  const at = withoutAssertions(planner, node);
  return ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at) || ts.isCallExpression(at)
    ? at
    : undefined;
}

/** Whether a node contains a `?.` of the same chain. */
export function isOptional(planner: Planner, node: ts.Expression): boolean {
  for (let at = chainPart(planner, node); at; at = chainPart(planner, at.expression))
    if (at.questionDotToken) return true;
  return false;
}

/** Whether a callee has to become links. */
export function needsLinks(planner: Planner, callee: ts.Expression): boolean {
  const { ts } = planner.file;
  const node = unwrap(ts, callee);
  if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return false;
  const closed = withoutAssertions(planner, callee) !== node;
  if (closed && isOptional(planner, node)) return true;
  if (isOptional(planner, node.expression)) return true;
  if (ts.isPropertyAccessExpression(node) && ts.isPrivateIdentifier(node.name)) {
    const base = unwrap(ts, node.expression);
    // A compiler of private methods for older targets may write the name of the class in another way.
    const declaration = ts.isIdentifier(base) ? planner.file.bindings.resolve(base)?.declaration : undefined;
    const named = ts.isIdentifier(base) && !(declaration && ts.isClassLike(declaration));
    return !named && base.kind !== ts.SyntaxKind.ThisKeyword;
  }
  // `a?.[key()]()`: the key is evaluated only if there is a receiver.
  return (
    ts.isElementAccessExpression(node) &&
    node.questionDotToken !== undefined &&
    staticKey(ts, node) === undefined &&
    !ts.isIdentifier(node.argumentExpression)
  );
}

/** The links of a callee, as text with holes. Plans the nodes in the holes. */
export function planLinks(
  planner: Planner,
  callee: ts.Expression,
  missing: boolean,
  scope: FunctionScope,
): Template {
  return new LinkPlanner(planner, callee, missing, scope).run();
}

class LinkPlanner {
  private readonly planner: Planner;
  private readonly missing: boolean;
  private readonly scope: FunctionScope;
  private readonly file: FileContext;
  private readonly runtime: string;
  private readonly flow: PromiseFlow;
  private readonly body: Body;
  private readonly ts: TypeScript;
  private readonly parts: string[];
  private readonly holes: ts.Node[];
  private readonly write: (text: string) => void;
  private readonly hole: (node: ts.Node) => void;
  private readonly node: ts.Expression;
  // After parentheses, a skipped chain continues with undefined.
  private readonly closed: boolean;

  constructor(planner: Planner, callee: ts.Expression, missing: boolean, scope: FunctionScope) {
    this.planner = planner;
    this.missing = missing;
    this.scope = scope;
    const { file, runtime, flow, body } = planner;
    this.file = file;
    this.runtime = runtime;
    this.flow = flow;
    this.body = body;
    const { ts } = file;
    this.ts = ts;
    const parts = [''];
    this.parts = parts;
    const holes: ts.Node[] = [];
    this.holes = holes;
    this.write = (text: string): void => {
      parts.push(`${parts.pop() ?? ''}${text}`);
    };
    this.hole = (node: ts.Node): void => {
      holes.push(node);
      parts.push('');
      planner.visit(node, scope);
    };
    const node = unwrap(ts, callee);
    this.node = node;
    this.closed = withoutAssertions(planner, callee) !== node && isOptional(planner, node);
  }

  run(): Template {
    const { closed, write, node, runtime, missing, parts, holes } = this;
    if (closed) write('(');
    this.link(node, true);
    if (closed) write(` ?? ${runtime}.hold())`);
    if (missing) write('.some()?');
    return { parts, holes };
  }

  private link(expression: ts.Expression, called: boolean): void {
    const { planner, ts, write, runtime, hole, file, holes, parts } = this;
    const part = chainPart(planner, expression);
    const takesReceiver = called && part !== undefined && !ts.isCallExpression(part) && !this.isOfSuper(part);
    if (!part || !(takesReceiver || isOptional(planner, part))) {
      write(`${runtime}.hold(`);
      hole(expression);
      return write(called && part && !ts.isCallExpression(part) ? ', this)' : ')');
    }
    this.link(part.expression, ts.isCallExpression(part));
    if (called) this.outside(part);
    if (part.questionDotToken) write('.some()?');
    if (ts.isCallExpression(part)) return this.callIn(part);
    const key = staticKey(ts, part);
    if (ts.isPropertyAccessExpression(part) && ts.isPrivateIdentifier(part.name)) {
      const it = file.fresh('$it');
      write(`.read(${it} => ${it}.`);
      holes.push(part.name);
      parts.push(')');
    } else if (key !== undefined) write(`.get(${JSON.stringify(key)})`);
    else {
      write('.get(');
      hole((part as ts.ElementAccessExpression).argumentExpression);
      write(')');
    }
  }

  /** The promise of `client?.ready.then(f)`: it has one outcome wherever the function awaits it. */
  private outside(part: ChainPart): void {
    const { ts, file, body, planner, scope, write } = this;
    if (!ts.isPropertyAccessExpression(part) || !CHAINERS.has(part.name.text)) return;
    const base = unwrap(ts, part.expression);
    if (!isMemberFromOutside(body, base) && !isPromiseFromElsewhere(body, base)) return;
    const id = planner.names.possible(calleeName(file, base), 'step', base);
    write(`.outside(${scope.use(true)}, ${id})`);
  }

  /** A call in the middle of the chain. */
  private callIn(call: ts.CallExpression): void {
    const { ts, file, flow, scope, body, write, planner, holes, parts } = this;
    const target = unwrap(ts, call.expression);
    if (ts.isPropertyAccessExpression(target) && CHAINERS.has(target.name.text)) {
      file.reporter.report(
        'unsupported',
        call,
        'A call on the result of `?.` and `.then`',
        'Await the promise into a const, and go on from there.',
      );
    }
    const possible = flow.possible.calls.get(call);
    const by = possible ? `${scope.use(true)}.${possible.mode}` : undefined;
    const foreign =
      (flow.started.has(call) || possible) &&
      !isHelperCall(body, call) &&
      !isBindCall(body, call) &&
      !isPureGlobal(file, target) &&
      !localFunctionOf(body, target);
    write(
      foreign
        ? `.begin(${by ?? scope.use()}, ${nameCall(planner, call.expression, 'step', call, call)})(`
        : `.plain(${JSON.stringify(shownText(ts, call.expression))})(`,
    );
    visitArguments(planner, call, false, scope);
    for (const [index, argument] of call.arguments.entries()) {
      holes.push(argument);
      parts.push(index < call.arguments.length - 1 ? ', ' : '');
    }
    write(')');
  }

  private isOfSuper(part: ChainPart): boolean {
    const { ts } = this;
    return part.expression.kind === ts.SyntaxKind.SuperKeyword;
  }
}

/** Removes only `!`, which does not end a chain. */
function withoutAssertions(planner: Planner, node: ts.Expression): ts.Expression {
  let at = node;
  while (planner.file.ts.isNonNullExpression(at)) at = at.expression;
  return at;
}
