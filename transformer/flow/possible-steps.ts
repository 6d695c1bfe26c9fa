import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import type { Body } from '../body/body.ts';
import { SET } from '../body/body-timers.ts';
import { isForeign, isHelperCall, isPureGlobal, localFunctionOf } from '../body/callees.ts';
import type { FileContext } from '../file/file-context.ts';
import { originOf } from '../file/origins.ts';
import type { DurableFunction } from '../find/find-directives.ts';
import { ADDERS, CHAINERS, FORMATTERS, MUTATORS, OF_COLLECTIONS, READERS } from '../syntax/method-names.ts';
import {
  type CallNode,
  functionAround,
  isAssignment,
  isAsync,
  isCall,
  isClosure,
  isGenerator,
  rootOf,
  unwrap,
  unwrapParent,
  wrapped,
} from '../syntax/nodes.ts';
import { holdsCollection } from '../syntax/writes.ts';
import { collectSources } from './collect-sources.ts';
import { type Follower, followValues } from './follow-values.ts';
import { excludeEachOther, isRepeated, usesMembers, usesOfConstant } from './value-uses.ts';

/**
 * How the runtime begins a call that isn't awaited in place, and of which nothing is recorded unless it returns a promise, or
 * an object that may be at work; see `runtime/scope/begun-calls.ts`.
 */
export type PossibleMode = 'maybe' | 'handed' | 'passed' | 'object' | 'handle' | 'shared';

export interface PossibleStep {
  readonly mode: PossibleMode;
  /** Its promise is surely used, so it is listed among the steps. */
  readonly listed: boolean;
}

export interface PossibleSteps {
  readonly calls: ReadonlyMap<ts.Expression, PossibleStep>;
  /** Names of functions that are passed to `map` and the like, and whose results can't be followed. */
  readonly references: ReadonlySet<ts.Expression>;
}

/**
 * Last part of pass 2: calls that the flow of promises has not found, but whose value may be a promise that something awaits.
 * Their value goes through builtins of the language, to code elsewhere, or nowhere. Calls whose members are awaited are
 * included.
 *
 * @param awaited, returned, started, references results of the earlier parts
 * @param collect follows all that is used as a promise by syntax
 */
export function possibleSteps(
  body: Body,
  awaited: ReadonlySet<ts.Expression>,
  returned: ReadonlySet<ts.Expression>,
  started: ReadonlySet<ts.Expression>,
  references: ReadonlySet<ts.Expression>,
  collect: (follower: Follower) => void,
): PossibleSteps {
  return new PossibleStepSearch(body, awaited, returned, started, references, collect).run();
}

/** How the promise of a call is used: as a promise by syntax, not at all, or by code elsewhere. */
type PromiseUse = 'listed' | 'dropped' | 'handed';

class PossibleStepSearch {
  private readonly body: Body;
  private readonly awaited: ReadonlySet<ts.Expression>;
  private readonly returned: ReadonlySet<ts.Expression>;
  private readonly started: ReadonlySet<ts.Expression>;
  private readonly references: ReadonlySet<ts.Expression>;
  private readonly collect: (follower: Follower) => void;
  private readonly file: FileContext;
  private readonly durable: DurableFunction;
  private readonly ts: TypeScript;
  private readonly promises = new Map<ts.Expression, PromiseUse>();
  private readonly holders = new Set<ts.CallExpression>();
  private readonly named = new Set<ts.Expression>();
  /** The use of the calls that the follower finds at present. */
  private found: PromiseUse = 'listed';
  private readonly follower: Follower;

  constructor(
    body: Body,
    awaited: ReadonlySet<ts.Expression>,
    returned: ReadonlySet<ts.Expression>,
    started: ReadonlySet<ts.Expression>,
    references: ReadonlySet<ts.Expression>,
    collect: (follower: Follower) => void,
  ) {
    this.body = body;
    this.awaited = awaited;
    this.returned = returned;
    this.started = started;
    this.references = references;
    this.collect = collect;
    const { file, durable } = body;
    this.file = file;
    this.durable = durable;
    const { ts } = file;
    this.ts = ts;
    const { promises, holders, named } = this;
    const finds = {
      call: (call: CallNode) => void (!promises.has(call) && promises.set(call, this.found)),
      holder: (call: ts.CallExpression) => void holders.add(call),
      reference: (name: ts.Expression) => void named.add(name),
    };
    this.follower = followValues(body, collectSources(body, true), awaited, finds, true);
  }

  run(): PossibleSteps {
    const { collect, follower, file, durable, promises, started, awaited, ts, holders, references, named } =
      this;
    collect(follower);
    this.found = 'handed';
    file.nodes.walk(durable.node, (one) => this.demandEscaping(one));

    const calls = new Map<ts.Expression, PossibleStep>();
    for (const [call, how] of promises) {
      if (started.has(call) || awaited.has(call) || this.isHarmless(call)) continue;
      // Its value is replaced by the promise of a step, which has no other members.
      const asObject = how === 'handed' && ts.isCallExpression(call) && usesMembers(file, call);
      const handed = this.isUsedOnce(call) ? 'handed' : 'passed';
      const mode = asObject ? 'object' : how === 'handed' ? handed : 'maybe';
      calls.set(call, { mode, listed: how === 'listed' });
    }
    for (const call of holders) {
      if (started.has(call) || promises.has(call) || this.isHarmless(call) || !this.isKept(call)) continue;
      calls.set(call, { mode: this.modeOf(call), listed: false });
    }
    for (const name of references) named.delete(name);
    return { calls, references: named };
  }

  /** Values that leave the durable function, or are dropped. */
  private demandEscaping(node: ts.Node): void {
    const { ts, follower } = this;
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      if (!this.isSwallowing(node))
        for (const argument of node.arguments ?? []) follower.demandMember(argument);
    } else if (ts.isTemplateSpan(node) && ts.isTaggedTemplateExpression(node.parent.parent)) {
      follower.demandMember(node.expression);
    } else if (ts.isJsxExpression(node) && node.expression) follower.demandMember(node.expression);
    else if (ts.isExpressionStatement(node) || ts.isVoidExpression(node)) this.demandDropped(node.expression);
    else if (ts.isVariableDeclaration(node) && node.initializer && this.isUnused(node))
      this.demandDropped(node.initializer);
    else if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
      const target = unwrap(ts, node.left);
      if (ts.isPropertyAccessExpression(target) || ts.isElementAccessExpression(target))
        follower.demandMember(node.right);
    }
  }

  /** Builtins whose results contain no promises of their arguments, and calls through which values are followed. */
  private isSwallowing(node: ts.CallExpression | ts.NewExpression): boolean {
    const { ts, file, body } = this;
    const callee = unwrap(ts, node.expression);
    if (this.isOfLanguage(callee)) return SWALLOWING.test(originOf(file, callee) ?? '');
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

  /** A call whose value is dropped. If it is a promise, its work must be done all the same, and once. */
  private demandDropped(expression: ts.Expression): void {
    const { ts, follower } = this;
    const node = unwrap(ts, expression);
    if (ts.isConditionalExpression(node)) {
      this.demandDropped(node.whenTrue);
      this.demandDropped(node.whenFalse);
    } else if (ts.isBinaryExpression(node)) this.demandDropped(node.right);
    else if (isCall(ts, node) && this.mayAct(node)) {
      this.found = 'dropped';
      follower.demand(node, 'promise');
      this.found = 'handed';
    }
  }

  private isUnused({ name }: ts.VariableDeclaration): boolean {
    const { ts, file } = this;
    return ts.isIdentifier(name) && file.nodes.usesOf(name).length < 2;
  }

  private mayAct(call: CallNode): boolean {
    const { ts, file, body } = this;
    if (ts.isTaggedTemplateExpression(call)) return true;
    const callee = unwrap(ts, call.expression);
    const origin = originOf(file, callee) ?? '';
    if (isForeign(body, callee)) return !/^(use-durable|timers)#/.test(origin) && !SWALLOWING.test(origin);
    if (localFunctionOf(body, callee) || isPureGlobal(file, callee) || isHelperCall(body, call)) return false;
    if (!ts.isPropertyAccessExpression(callee)) return ts.isIdentifier(callee);
    const method = callee.name.text;
    return ![ADDERS, CHAINERS, FORMATTERS, MUTATORS, READERS].some((names) => names.has(method));
  }

  /** `jobs.shift()`, whose promise was made elsewhere, and builtins that return no promise. */
  private isHarmless(call: ts.Expression): boolean {
    const { ts, file } = this;
    const callee = ts.isCallExpression(call) ? unwrap(ts, call.expression) : undefined;
    if (callee === undefined) return false;
    if (ts.isPropertyAccessExpression(callee)) {
      if (OF_COLLECTIONS.has(callee.name.text)) return true;
      // `setTimeout(...).unref()`
      const made = unwrap(ts, callee.expression);
      if (ts.isCallExpression(made) && SET.test(originOf(file, made.expression) ?? '')) return true;
    }
    return this.isOfLanguage(callee) && SWALLOWING.test(originOf(file, callee) ?? '');
  }

  /** Whether the root of a name is a global. */
  private isOfLanguage(callee: ts.Expression): boolean {
    const { ts, file } = this;
    const root = rootOf(ts, callee);
    return ts.isIdentifier(root) && file.bindings.resolve(root) === undefined;
  }

  /** Whether members of the return value of a call are used later: it has a name, is passed on, or is destructured. */
  private isKept(call: ts.CallExpression): boolean {
    const { ts, file } = this;
    const holder = unwrapParent(ts, call);
    if (ts.isReturnStatement(holder) || ts.isArrowFunction(holder)) return this.isReturned(call);
    if (ts.isPropertyDeclaration(holder)) return true;
    if (ts.isBinaryExpression(holder)) return isAssignment(ts, holder) && holder.right === wrapped(ts, call);
    return (
      ts.isVariableDeclaration(holder) && (ts.isObjectBindingPattern(holder.name) || usesMembers(file, call))
    );
  }

  /**
   * Whether a synchronous function of the body returns something that an outside call made. What an async function returns is a
   * step.
   */
  private isReturned(call: ts.CallExpression): boolean {
    const { ts, durable, body } = this;
    if (!isForeign(body, call.expression)) return false;
    const around = functionAround(ts, call);
    return around !== undefined && around !== durable.node && !isAsync(ts, around) && !isGenerator(around);
  }

  /**
   * How to begin a call that returns an object: one that is used only for awaited calls and reads of its members, or another
   * one.
   */
  private modeOf(call: ts.CallExpression): PossibleMode {
    const { file, ts, awaited, returned } = this;
    if (!this.isHandle(call)) return 'object';
    if (this.isUsedOnce(call)) return 'handle';
    const isRead = usesOfConstant(file, call).some((use) => {
      const member = unwrapParent(ts, use) as ts.Expression;
      return awaited.has(member) || returned.has(member);
    });
    return isRead ? 'object' : 'shared';
  }

  /** Whether the constant that holds the return value of a call, if there is one, is used at most once. */
  private isUsedOnce(call: ts.Expression): boolean {
    const { file, ts } = this;
    const uses = usesOfConstant(file, call);
    return uses.every(
      (use) =>
        !isRepeated(ts, use, call) &&
        uses.every((other) => other === use || excludeEachOther(ts, use, other)),
    );
  }

  /** Whether the return value of a call of something outside is used only for awaited calls and reads of its members. */
  private isHandle(call: ts.CallExpression): boolean {
    const { body, ts, file } = this;
    if (!isForeign(body, call.expression) || this.isOfLanguage(call.expression)) return false;
    if (call.arguments.some((argument) => isClosure(ts, unwrap(ts, argument)))) return false;
    const uses = usesOfConstant(file, call);
    const holder = unwrapParent(ts, call).parent;
    // A resource that is declared with `using` is disposed of as well.
    if (holder.flags & ts.NodeFlags.Using) return false;
    return uses.length > 0 && uses.every((one) => this.isAwaitedMember(one));
  }

  private isAwaitedMember(use: ts.Identifier): boolean {
    const { ts, awaited, returned } = this;
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
