import type ts from 'typescript';
import { calleeShape, calleeTemplate } from './callee-shape.ts';
import {
  calleeName,
  isBindCall,
  isForeign,
  isPureGlobal,
  localFunctionOf,
  originOf,
  PRIMITIVES,
} from './callees.ts';
import { checkStepClosure, touchesOf } from './check-steps.ts';
import { CHAINERS } from './method-names.ts';
import { visitArguments } from './plan-arguments.ts';
import type { FunctionScope, Planner } from './plan-body.ts';
import { type CallMode, holdsAwait } from './plan-calls.ts';
import { unwrap, wrapped } from './syntax.ts';

/**
 * Pass 3d. Chains: `fetch(u).then((r) => r.json())`, `db.select().from(t)`. The whole chain is one step, named after its
 * head; what the head is called on and with is evaluated in the workflow, the links inside the step.
 */
interface Chain {
  /** The innermost call. */
  readonly head: ts.CallExpression;
  /** Arguments and computed keys of the links. */
  readonly inside: readonly ts.Expression[];
  /** Every link is `.then(...)`, `.catch(...)` or `.finally(...)`. */
  readonly promise: boolean;
  readonly optional: boolean;
}

/**
 * What became of a chain: `planned`, or `links` where its callbacks are workflow code and only the head is a step, or
 * undefined where the node is a single call.
 */
export function planChain(
  planner: Planner,
  node: ts.Expression,
  mode: CallMode,
  scope: FunctionScope,
): 'planned' | 'links' | undefined {
  const { file, body, names, plan } = planner;
  const { ts, reporter, sourceFile } = file;
  const chain = chainOf(planner, node);
  if (!chain) return undefined;
  const { head, inside } = chain;

  const origin = originOf(file, head.expression);
  const primitive = origin !== undefined && PRIMITIVES.has(origin);
  const workflow =
    localFunctionOf(body, head.expression) || isPureGlobal(file, head.expression) || isBindCall(body, head);
  if (primitive || workflow) return chain.promise ? 'links' : undefined;
  // Only what is surely foreign can't be workflow code at any of its links.
  if (!isForeign(body, head.expression)) return chain.promise ? 'links' : undefined;
  const tangle = tangleOf(planner, inside);
  if (tangle !== undefined) {
    if (chain.promise) return 'links';
    reporter.report('tangledChain', node, tangle);
    return 'planned';
  }
  const outer = wrapped(ts, head);
  const parenthesized = node.getStart(sourceFile) !== outer.getStart(sourceFile);
  if (chain.optional || parenthesized) {
    const what = chain.optional ? 'An optional chain over several calls' : 'A parenthesized part of a chain';
    reporter.report('unsupported', node, what, 'Await its first call into a const, and go on from there.');
    return 'planned';
  }

  const id = names.site(calleeName(file, head.expression), 'step', node);
  const method = `${scope.use()}.${mode === 'await' ? 'chain' : 'startChain'}(${id}, `;
  const shape = calleeShape(planner, head.expression);
  const maker = shape.kind === 'member' ? 'ref' : shape.self === undefined ? undefined : 'bound';
  const callee = maker
    ? calleeTemplate(shape, `${method}${planner.runtime}.${maker}(`, ')')
    : calleeTemplate(shape, method, '');
  const link = file.fresh('$head');
  const parts = [...callee.parts];
  const tail = `], ${link} => `;
  if (head.arguments.length === 0) parts.push(`${parts.pop() ?? ''}, [${tail}`);
  else parts.push(`${parts.pop() ?? ''}, [`, ...head.arguments.slice(1).map(() => ', '), tail);
  plan.add(node, {
    kind: 'chain',
    // With its parentheses and assertions: the parameter that takes its place needs none.
    head: outer,
    template: { parts, holes: [...callee.holes, ...head.arguments] },
    link,
  });
  for (const hole of callee.holes) planner.visit(hole, scope);
  visitArguments(planner, head, true, scope);
  for (const closure of inside) checkStepClosure(body, closure);
  return 'planned';
}

function chainOf(planner: Planner, node: ts.Expression): Chain | undefined {
  const { ts } = planner.file;
  const inside: ts.Expression[] = [];
  let head: ts.CallExpression | undefined;
  let promise = true;
  let optional = false;
  for (let at = unwrap(ts, node); ; at = unwrap(ts, at)) {
    if (ts.isCallExpression(at) && at.expression.kind !== ts.SyntaxKind.ImportKeyword) {
      if (head) {
        promise &&= isChainer(head);
        inside.push(...head.arguments);
      }
      head = at;
      optional ||= at.questionDotToken !== undefined;
      at = at.expression;
    } else if (ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at)) {
      if (!head) promise = false;
      optional ||= at.questionDotToken !== undefined;
      if (ts.isElementAccessExpression(at)) inside.push(at.argumentExpression);
      at = at.expression;
    } else break;
  }
  if (!head || head === unwrap(ts, node)) return undefined;
  // A computed key below the head belongs to the workflow, as the head's receiver does.
  return { head, inside: inside.filter((inner) => inner.pos >= head.end), promise, optional };

  function isChainer(call: ts.CallExpression): boolean {
    const callee = unwrap(ts, call.expression);
    return ts.isPropertyAccessExpression(callee) && CHAINERS.has(callee.name.text);
  }
}

/** Why the links can't run inside the step, if they can't. */
function tangleOf(planner: Planner, inside: readonly ts.Expression[]): string | undefined {
  if (inside.some((inner) => holdsAwait(planner, inner))) return 'one of its arguments is awaited';
  const [touch] = touchesOf(planner.body, inside, true);
  return touch && `it uses '${touch.name}', which belongs to the durable function`;
}
