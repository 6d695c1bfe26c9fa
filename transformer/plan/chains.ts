import type ts from 'typescript';
import type { Template } from '../base/plan.ts';
import { isBindCall, isForeign, isPureGlobal, localFunctionOf, PRIMITIVES } from '../body/callees.ts';
import { isSchedulerCall } from '../body/known-schedulers.ts';
import { usesText } from '../body/used-variables.ts';
import { checkStepClosure, touchesOf } from '../check/steps.ts';
import { originOf } from '../file/origins.ts';
import { CHAINERS } from '../syntax/method-names.ts';
import { rootOf, unwrap, wrapped } from '../syntax/nodes.ts';
import { visitArguments } from './arguments.ts';
import { type CallMode, holdsAwait, isPossible, nameCall, ownerOf } from './call-modes.ts';
import { calleeShape, calleeTemplate } from './callee-shape.ts';
import { isOptional, needsLinks, planLinks } from './optional-chains.ts';
import type { FunctionScope, Planner, Tangle } from './planner.ts';

/**
 * Pass 3d. Chains: `fetch(u).then((r) => r.json())`, `db.select().from(t)`. The whole chain is one step, named after its head.
 * The receiver and the arguments of the head are evaluated in the workflow, the links inside the step.
 */
interface Chain {
  /** The call with which the step begins: the innermost one after which all links can run inside the step. */
  readonly head: ts.CallExpression;
  /** Arguments and computed keys of the links. */
  readonly inside: readonly ts.Expression[];
}

/**
 * The result for a chain: `planned`; `links` if its callbacks are workflow code and only the head is a step; undefined if the
 * node is a single call.
 */
export function planChain(
  planner: Planner,
  node: ts.Expression,
  mode: CallMode,
  scope: FunctionScope,
): 'planned' | 'links' | undefined {
  const { file, body } = planner;
  const { ts, reporter } = file;
  const { calls, inside: all, promise } = linksOf(planner, node);
  const [first] = calls;
  if (!first || first === unwrap(ts, node)) return undefined;

  const origin = originOf(file, first.expression);
  const primitive = origin !== undefined && PRIMITIVES.has(origin);
  const workflow =
    localFunctionOf(body, first.expression) ||
    isPureGlobal(file, first.expression) ||
    isBindCall(body, first);
  if (primitive || workflow || isSchedulerCall(body, first)) return promise ? 'links' : undefined;
  // Only a surely foreign chain has no workflow code in any of its links.
  if (!isForeign(body, first.expression)) return promise ? 'links' : undefined;
  const chain = chainFrom(planner, node, promise ? [first] : calls, all);
  if (!chain) {
    if (promise) return 'links';
    if (ts.isCallExpression(unwrap(ts, node))) return undefined;
    reporter.report('tangledChain', node, tangleOf(planner, inKeys(all, calls.at(-1))) ?? '');
    return 'planned';
  }
  new ChainPlanner(planner, node, chain, mode, scope).plan();
  return 'planned';
}

/** Computed keys after the last call. */
function inKeys(
  all: readonly ts.Expression[],
  last: ts.CallExpression | undefined,
): readonly ts.Expression[] {
  return all.filter((inner) => last && inner.pos >= last.end);
}

/** Plans a chain that becomes one step. */
class ChainPlanner {
  private readonly planner: Planner;
  private readonly node: ts.Expression;
  private readonly chain: Chain;
  private readonly mode: CallMode;
  private readonly scope: FunctionScope;
  private readonly id: string;
  private readonly optional: boolean;

  constructor(planner: Planner, node: ts.Expression, chain: Chain, mode: CallMode, scope: FunctionScope) {
    this.planner = planner;
    this.node = node;
    this.chain = chain;
    this.mode = mode;
    this.scope = scope;
    this.id = nameCall(planner, chain.head.expression, 'step', node, node);
    this.optional = isOptional(planner, chain.head);
  }

  plan(): void {
    const { planner, node, mode, scope, optional } = this;
    const { head, inside } = this.chain;
    const { file, body, plan } = planner;
    const outer = wrapped(file.ts, head);
    const callee = optional || needsLinks(planner, head.expression) ? this.linked() : this.direct();
    const link = file.fresh('$head');
    const parts = [...callee.parts];
    const [open, tail] = [optional ? ')?.([' : ', [', `], ${link} => `];
    if (head.arguments.length === 0) parts.push(`${parts.pop() ?? ''}${open}${tail}`);
    else parts.push(`${parts.pop() ?? ''}${open}`, ...head.arguments.slice(1).map(() => ', '), tail);
    plan.add(node, {
      kind: 'chain',
      // With its parentheses and assertions: the parameter that replaces it needs none.
      head: outer,
      template: { parts, holes: [...callee.holes, ...head.arguments] },
      link,
      opened: this.openedAround(outer),
    });
    visitArguments(planner, head, !isPossible(mode), scope);
    for (const closure of inside) checkStepClosure(body, closure);
  }

  /** The start of the template, up to the callee. */
  private before(): string {
    const { planner, node, mode, scope, optional, id } = this;
    const { head, inside } = this.chain;
    const name = optional ? 'optionalChain' : 'chain';
    const method = mode === 'await' ? name : `start${name[0]?.toUpperCase()}${name.slice(1)}`;
    const used = isPossible(mode)
      ? scope.use(true)
      : `${scope.use()}${usesText(planner.body, node, head.arguments, inside)}`;
    return `${ownerOf(used, mode)}.${method}(${id}, `;
  }

  private linked(): Template {
    const { planner, scope } = this;
    const { head } = this.chain;
    const { parts, holes } = planLinks(planner, head.expression, head.questionDotToken !== undefined, scope);
    // What is left of a `.some()?` at the end of the chain.
    const last = (parts.at(-1) ?? '').replace(/\?$/, '');
    const before = this.before();
    return parts.length === 1
      ? { parts: [`${before}${last}`], holes }
      : { parts: [`${before}${parts[0]}`, ...parts.slice(1, -1), last], holes };
  }

  private direct(): Template {
    const { planner, scope } = this;
    const shape = calleeShape(planner, this.chain.head.expression);
    const maker = shape.kind === 'member' ? 'ref' : shape.self === undefined ? undefined : 'bound';
    const before = this.before();
    const template = maker
      ? calleeTemplate(shape, `${before}${planner.runtime}.${maker}(`, ')')
      : calleeTemplate(shape, before, '');
    for (const hole of template.holes) planner.visit(hole, scope);
    return template;
  }

  /** How many parentheses are open at the start of the head. */
  private openedAround(first: ts.Expression): number {
    const { planner, node } = this;
    const { ts } = planner.file;
    let count = 0;
    for (let at: ts.Node = first; at !== node; at = at.parent)
      if (ts.isParenthesizedExpression(at.parent) && at.parent !== node.parent) count++;
    return count;
  }
}

/** The calls of a chain, innermost first, and the expressions that their links evaluate. */
function linksOf(
  planner: Planner,
  node: ts.Expression,
): {
  readonly calls: readonly ts.CallExpression[];
  readonly inside: readonly ts.Expression[];
  /** Every link is `.then(...)`, `.catch(...)` or `.finally(...)`. */
  readonly promise: boolean;
} {
  const { ts } = planner.file;
  const calls: ts.CallExpression[] = [];
  const inside: ts.Expression[] = [];
  let promise = true;
  for (let at = unwrap(ts, node); ; at = unwrap(ts, at)) {
    if (ts.isCallExpression(at) && at.expression.kind !== ts.SyntaxKind.ImportKeyword) {
      const outer = calls.at(-1);
      if (outer) promise &&= isChainer(outer);
      calls.push(at);
      inside.push(...at.arguments);
      at = at.expression;
    } else if (ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at)) {
      if (calls.length === 0) promise = false;
      if (ts.isElementAccessExpression(at)) inside.push(at.argumentExpression);
      at = at.expression;
    } else return { calls: calls.reverse(), inside, promise };
  }

  function isChainer(call: ts.CallExpression): boolean {
    const callee = unwrap(ts, call.expression);
    return ts.isPropertyAccessExpression(callee) && CHAINERS.has(callee.name.text);
  }
}

/** The longest chain whose links can run inside the step; undefined if there is none. */
function chainFrom(
  planner: Planner,
  node: ts.Expression,
  calls: readonly ts.CallExpression[],
  all: readonly ts.Expression[],
): Chain | undefined {
  for (const head of calls) {
    if (head === unwrap(planner.file.ts, node)) return undefined;
    // Expressions below the head belong to the workflow, like the receiver and the arguments of the head.
    const inside = all.filter((inner) => inner.pos >= head.end);
    if (tangleOf(planner, inside) === undefined && !isClosed(planner, head, node)) return { head, inside };
  }
  return undefined;
}

/** `(a?.b()).c()`: what `?.` skips ends at the parentheses, and not at the end of the chain. */
function isClosed(planner: Planner, head: ts.CallExpression, node: ts.Expression): boolean {
  const { ts } = planner.file;
  if (!isOptional(planner, head)) return false;
  for (let at: ts.Node = head; at !== unwrap(ts, node); at = at.parent)
    if (ts.isParenthesizedExpression(at)) return true;
  return false;
}

/** Why the links can't run inside the step; undefined if they can. */
function tangleOf(planner: Planner, inside: readonly ts.Expression[]): string | undefined {
  const found = inside.map((inner) => tangleIn(planner, inner));
  if (found.some(({ awaits }) => awaits)) return 'one of its arguments is awaited';
  const touched = found.find(({ touches }) => touches !== undefined)?.touches;
  return touched && `it uses '${touched}', which belongs to the durable function`;
}

function tangleIn(planner: Planner, inner: ts.Expression): Tangle {
  const known = planner.tangles.get(inner);
  if (known) return known;
  const [touch] = touchesOf(planner.body, [inner], true);
  const tangle = { awaits: holdsAwait(planner, inner), touches: touch?.name ?? callbackIn(planner, inner) };
  planner.tangles.set(inner, tangle);
  return tangle;
}

/** A variable that is passed to `.then` as a callback, and may be the `resolve` of a promise made here. */
function callbackIn(planner: Planner, inner: ts.Expression): string | undefined {
  const { ts, bindings } = planner.file;
  const { parent } = inner;
  const callee = ts.isCallExpression(parent) ? unwrap(ts, parent.expression) : undefined;
  if (!callee || !ts.isPropertyAccessExpression(callee) || !CHAINERS.has(callee.name.text)) return undefined;
  const value = unwrap(ts, inner);
  if (
    !ts.isIdentifier(value) &&
    !ts.isPropertyAccessExpression(value) &&
    !ts.isElementAccessExpression(value)
  )
    return undefined;
  const root = rootOf(ts, value);
  const binding = ts.isIdentifier(root) ? bindings.resolve(root) : undefined;
  return binding && planner.body.isLocal(binding) ? binding.name : undefined;
}
