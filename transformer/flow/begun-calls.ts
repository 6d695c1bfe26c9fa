import type ts from 'typescript';
import type { Body } from '../body/body.ts';
import { SET } from '../body/body-timers.ts';
import { isForeign, isHelperCall, isPureGlobal, localFunctionOf } from '../body/callees.ts';
import { originOf } from '../file/origins.ts';
import { ADDERS, CHAINERS, FORMATTERS, MUTATORS, OF_COLLECTIONS, READERS } from '../syntax/method-names.ts';
import {
  type CallNode,
  isAssignment,
  isCall,
  isClosure,
  rootOf,
  unwrap,
  unwrapParent,
  wrapped,
} from '../syntax/nodes.ts';
import { holdsCollection } from '../syntax/writes.ts';
import { collectSources } from './collect-sources.ts';
import { type Follower, followValues } from './follow-values.ts';
import { excludeEachOther, isRepeated, usesMembers, usesOfConstant } from './uses-of-values.ts';

/**
 * How the runtime begins a call that isn't awaited where it stands, and of which nothing is recorded unless it gives a
 * promise, or an object that may be at work; see `runtime/scope/begun-calls.ts`.
 */
export type QuietMode = 'maybe' | 'handed' | 'passed' | 'object' | 'handle' | 'shared';

export interface QuietCall {
  readonly mode: QuietMode;
  /** Its promise is surely used, so it is listed among the steps. */
  readonly listed: boolean;
}

export interface QuietCalls {
  readonly calls: ReadonlyMap<ts.Expression, QuietCall>;
  /** Names of functions handed to `map` and the like, whose results go where nobody can follow them. */
  readonly references: ReadonlySet<ts.Expression>;
}

/**
 * Last part of pass 2: calls that the flow of promises has not found, but whose value may be a promise that somebody waits
 * for: it goes through builtins of the language, to code elsewhere, or nowhere. And those whose members are awaited.
 *
 * @param awaited, returned, started, references what was found before
 * @param collect demands all that is used as a promise by syntax
 */
export function quietCalls(
  body: Body,
  awaited: ReadonlySet<ts.Expression>,
  returned: ReadonlySet<ts.Expression>,
  started: ReadonlySet<ts.Expression>,
  references: ReadonlySet<ts.Expression>,
  collect: (follower: Follower) => void,
): QuietCalls {
  const { file, durable } = body;
  const { ts } = file;
  const promises = new Map<ts.Expression, 'listed' | 'dropped' | 'handed'>();
  const holders = new Set<ts.CallExpression>();
  const named = new Set<ts.Expression>();
  let found: 'listed' | 'dropped' | 'handed' = 'listed';
  const finds = {
    call: (call: CallNode) => void (!promises.has(call) && promises.set(call, found)),
    holder: (call: ts.CallExpression) => void holders.add(call),
    reference: (name: ts.Expression) => void named.add(name),
  };
  const follower = followValues(body, collectSources(body, true), awaited, finds, true);
  collect(follower);
  found = 'handed';
  file.nodes.walk(durable.node, demandEscaping);

  const calls = new Map<ts.Expression, QuietCall>();
  for (const [call, how] of promises) {
    if (started.has(call) || awaited.has(call) || isHarmless(call)) continue;
    // What it gives is replaced by the promise of a step, which has no other members.
    const asObject = how === 'handed' && ts.isCallExpression(call) && usesMembers(file, call);
    const handed = isUsedOnce(call) ? 'handed' : 'passed';
    const mode = asObject ? 'object' : how === 'handed' ? handed : 'maybe';
    calls.set(call, { mode, listed: how === 'listed' });
  }
  for (const call of holders) {
    if (started.has(call) || promises.has(call) || isHarmless(call) || !isKept(call)) continue;
    calls.set(call, { mode: modeOf(call), listed: false });
  }
  for (const name of references) named.delete(name);
  return { calls, references: named };

  /** What leaves the durable function, or is dropped. */
  function demandEscaping(node: ts.Node): void {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      if (!isSwallowing(node)) for (const argument of node.arguments ?? []) follower.demandMember(argument);
    } else if (ts.isTemplateSpan(node) && ts.isTaggedTemplateExpression(node.parent.parent)) {
      follower.demandMember(node.expression);
    } else if (ts.isJsxExpression(node) && node.expression) follower.demandMember(node.expression);
    else if (ts.isExpressionStatement(node) || ts.isVoidExpression(node)) demandDropped(node.expression);
    else if (ts.isVariableDeclaration(node) && node.initializer && isUnused(node))
      demandDropped(node.initializer);
    else if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
      const target = unwrap(ts, node.left);
      if (ts.isPropertyAccessExpression(target) || ts.isElementAccessExpression(target))
        follower.demandMember(node.right);
    }
  }

  /** Builtins that make something of a value in which no promise survives, and calls through which values are followed. */
  function isSwallowing(node: ts.CallExpression | ts.NewExpression): boolean {
    const callee = unwrap(ts, node.expression);
    if (isOfLanguage(callee)) return SWALLOWING.test(originOf(file, callee) ?? '');
    if (localFunctionOf(body, callee))
      return !node.arguments?.some((argument) => ts.isSpreadElement(argument));
    if (!ts.isPropertyAccessExpression(callee)) return false;
    const root = rootOf(ts, callee.expression);
    const declaration = ts.isIdentifier(root) ? file.bindings.resolve(root)?.declaration : undefined;
    const ofCollection = declaration !== undefined && holdsCollection(ts, declaration);
    return (
      FORMATTERS.has(callee.name.text) ||
      (ofCollection && COLLECTING.some((names) => names.has(callee.name.text)))
    );
  }

  /** A call whose value nobody has. If it is a promise, what it stands for is done all the same, and once. */
  function demandDropped(expression: ts.Expression): void {
    const node = unwrap(ts, expression);
    if (ts.isConditionalExpression(node)) {
      demandDropped(node.whenTrue);
      demandDropped(node.whenFalse);
    } else if (ts.isBinaryExpression(node)) demandDropped(node.right);
    else if (isCall(ts, node) && mayAct(node)) {
      found = 'dropped';
      follower.demand(node, 'promise');
      found = 'handed';
    }
  }

  function isUnused({ name }: ts.VariableDeclaration): boolean {
    return ts.isIdentifier(name) && file.nodes.usesOf(name).length < 2;
  }

  function mayAct(call: CallNode): boolean {
    if (ts.isTaggedTemplateExpression(call)) return true;
    const callee = unwrap(ts, call.expression);
    const origin = originOf(file, callee) ?? '';
    if (isForeign(body, callee)) return !/^(use-durable|timers)#/.test(origin) && !SWALLOWING.test(origin);
    if (localFunctionOf(body, callee) || isPureGlobal(file, callee) || isHelperCall(body, call)) return false;
    if (!ts.isPropertyAccessExpression(callee)) return ts.isIdentifier(callee);
    const method = callee.name.text;
    return ![ADDERS, CHAINERS, FORMATTERS, MUTATORS, READERS].some((names) => names.has(method));
  }

  /** `jobs.shift()`, whose promise was made elsewhere, and builtins that give none. */
  function isHarmless(call: ts.Expression): boolean {
    const callee = ts.isCallExpression(call) ? unwrap(ts, call.expression) : undefined;
    if (callee === undefined) return false;
    if (ts.isPropertyAccessExpression(callee)) {
      if (OF_COLLECTIONS.has(callee.name.text)) return true;
      // `setTimeout(...).unref()`
      const made = unwrap(ts, callee.expression);
      if (ts.isCallExpression(made) && SET.test(originOf(file, made.expression) ?? '')) return true;
    }
    return isOfLanguage(callee) && SWALLOWING.test(originOf(file, callee) ?? '');
  }

  /** Whether the root of a name is a global. */
  function isOfLanguage(callee: ts.Expression): boolean {
    const root = rootOf(ts, callee);
    return ts.isIdentifier(root) && file.bindings.resolve(root) === undefined;
  }

  /** Whether members of what a call gives are used later: it is given a name, or taken apart. */
  function isKept(call: ts.CallExpression): boolean {
    const holder = unwrapParent(ts, call);
    if (ts.isBinaryExpression(holder)) return isAssignment(ts, holder) && holder.right === wrapped(ts, call);
    return (
      ts.isVariableDeclaration(holder) && (ts.isObjectBindingPattern(holder.name) || usesMembers(file, call))
    );
  }

  /** How an object is made that is there for awaited calls and reads of its members, or for more than that. */
  function modeOf(call: ts.CallExpression): QuietMode {
    if (!isHandle(call)) return 'object';
    if (isUsedOnce(call)) return 'handle';
    const isRead = usesOfConstant(file, call).some((use) => {
      const member = unwrapParent(ts, use) as ts.Expression;
      return awaited.has(member) || returned.has(member);
    });
    return isRead ? 'object' : 'shared';
  }

  /** Whether the constant that holds what a call gives, if there is one, is used once at most. */
  function isUsedOnce(call: ts.Expression): boolean {
    const uses = usesOfConstant(file, call);
    return uses.every(
      (use) =>
        !isRepeated(ts, use, call) &&
        uses.every((other) => other === use || excludeEachOther(ts, use, other)),
    );
  }

  /** Whether what a call of something outside gives is there for nothing but awaited calls and reads of its members. */
  function isHandle(call: ts.CallExpression): boolean {
    if (!isForeign(body, call.expression) || isOfLanguage(call.expression)) return false;
    if (call.arguments.some((argument) => isClosure(ts, unwrap(ts, argument)))) return false;
    const uses = usesOfConstant(file, call);
    const holder = unwrapParent(ts, call).parent;
    // What `using` declares is disposed of as well.
    if (holder.flags & ts.NodeFlags.Using) return false;
    return uses.length > 0 && uses.every(isAwaitedMember);
  }

  function isAwaitedMember(use: ts.Identifier): boolean {
    const member = unwrapParent(ts, use);
    if (!ts.isPropertyAccessExpression(member) || unwrap(ts, member.expression) !== use) return false;
    if (member.questionDotToken || CHAINERS.has(member.name.text)) return false;
    if (awaited.has(member) || returned.has(member)) return true;
    const { parent } = member;
    return ts.isCallExpression(parent) && parent.expression === member && awaited.has(parent);
  }
}

const COLLECTING = [ADDERS, MUTATORS, READERS];

const SWALLOWING =
  /^(JSON|Math|Number|String|Boolean|Symbol|BigInt|Date|RegExp|Intl|URL|URLSearchParams|AbortSignal|console|parse(Int|Float)|is(NaN|Finite)|(en|de)codeURI(Component)?|structuredClone|atob|btoa|Text(En|De)coder|\w*Error|Buffer)\b/;
