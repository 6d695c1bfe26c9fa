import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import type { Body } from '../body/body.ts';
import { isBuiltinRead } from '../body/builtins.ts';
import { isBindCall, isFormatterCall, isHelperCall, isPureGlobal, localFunctionOf } from '../body/callees.ts';
import type { Binding, Bindings } from '../file/bindings.ts';
import type { FileContext } from '../file/file-context.ts';
import { originOf } from '../file/origins.ts';
import { ADDERS, CHAINERS } from '../syntax/method-names.ts';
import {
  isAssignment,
  isAsync,
  isClosure,
  isImportCall,
  isLogical,
  returnsOf,
  unwrap,
} from '../syntax/nodes.ts';
import type { ValueSource } from './collect-sources.ts';
import { isMemberOfThis, isRejecter, isResolver } from './escapes.ts';

/** How a value is used: as a promise, or as a collection of promises. */
export type Level = 'promise' | 'collection';

/** What the flow finds on its way backwards from the uses of a value. */
export interface Finds {
  /** A call of an unknown function whose value is used as a promise. */
  call(call: ts.CallExpression | ts.TaggedTemplateExpression): void;
  /** Such a call whose members are used. */
  holder?(call: ts.CallExpression): void;
  /** The name of a function that is passed to `map` and the like, and whose results are used as promises. */
  reference(name: ts.Expression): void;
  /** A name, a member or a spread list, one of several values that are used as promises in one place. */
  offered?(value: ts.Expression): void;
}

export interface Follower {
  demand(expression: ts.Expression, level: Level): void;
  /** One of several values that may come to the same place. */
  offer(expression: ts.Expression): void;
  /** A value that something else holds. It may be awaited itself, or contain promises that are. */
  demandMember(expression: ts.Expression): void;
  /** `this.jobs.push(value)`: followed as soon as `this.jobs` is. */
  addToMember(receiver: ts.Expression, values: readonly ts.Expression[]): void;
  /** `this.job = value`. */
  holdInMember(name: ts.Node | undefined, value: ts.Expression): void;
}

export const COMBINATORS = /^Promise\.(all|allSettled|race|any)$/;

/**
 * Second half of pass 2: follows values backwards over local names.
 *
 * @param wide includes builtins of the language that pass on their arguments; 0.1.0 did not follow these
 */
export function followValues(
  body: Body,
  sources: ReadonlyMap<Binding, readonly ValueSource[]>,
  awaited: ReadonlySet<ts.Expression>,
  finds: Finds,
  wide: boolean,
): Follower {
  return new ValueFollower(body, sources, awaited, finds, wide);
}

class ValueFollower implements Follower {
  private readonly body: Body;
  private readonly sources: ReadonlyMap<Binding, readonly ValueSource[]>;
  private readonly awaited: ReadonlySet<ts.Expression>;
  private readonly finds: Finds;
  private readonly wide: boolean;
  private readonly file: FileContext;
  private readonly ts: TypeScript;
  private readonly bindings: Bindings;
  private readonly marked = { promise: new Set<Binding>(), collection: new Set<Binding>() };
  private readonly seen = { promise: new Set<ts.Node>(), collection: new Set<ts.Node>() };
  /** The values that collections in objects get, `this.jobs.push(f())`, and which of these collections are awaited. */
  private readonly held = new Map<string, (() => void)[]>();
  private readonly demandedMembers = new Set<string>();

  constructor(
    body: Body,
    sources: ReadonlyMap<Binding, readonly ValueSource[]>,
    awaited: ReadonlySet<ts.Expression>,
    finds: Finds,
    wide: boolean,
  ) {
    this.body = body;
    this.sources = sources;
    this.awaited = awaited;
    this.finds = finds;
    this.wide = wide;
    const { file } = body;
    this.file = file;
    const { ts, bindings } = file;
    this.ts = ts;
    this.bindings = bindings;
  }

  demand(expression: ts.Expression, level: Level): void {
    const { ts, seen, awaited, finds } = this;
    const node = unwrap(ts, expression);
    if (seen[level].has(node)) return;
    seen[level].add(node);
    if (ts.isIdentifier(node)) this.demandName(node, level);
    else if (ts.isConditionalExpression(node)) {
      this.offer(node);
      this.demand(node.whenTrue, level);
      this.demand(node.whenFalse, level);
    } else if (ts.isBinaryExpression(node)) {
      if (isLogical(ts, node)) this.offer(node);
      if (isLogical(ts, node)) this.demand(node.left, level);
      if (
        isLogical(ts, node) ||
        isAssignment(ts, node) ||
        node.operatorToken.kind === ts.SyntaxKind.CommaToken
      )
        this.demand(node.right, level);
    } else if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
      this.demandHeld(node);
      this.demand(node.expression, 'collection');
    } else if (ts.isSpreadElement(node)) this.demand(node.expression, 'collection');
    else if (ts.isAwaitExpression(node) && level === 'collection') this.demand(node.expression, level);
    // The elements of a literal are used only if the literal is used as a collection: `await [f()]` awaits nothing.
    else if (ts.isArrayLiteralExpression(node)) {
      if (level === 'collection') for (const element of node.elements) this.demandMember(element);
    } else if (ts.isObjectLiteralExpression(node)) {
      if (level === 'promise') return;
      for (const property of node.properties) {
        if (ts.isPropertyAssignment(property)) this.demandMember(property.initializer);
        else if (ts.isShorthandPropertyAssignment(property)) this.demandMember(property.name);
        else if (ts.isSpreadAssignment(property)) this.demand(property.expression, 'collection');
      }
    } else if (ts.isNewExpression(node) && level === 'collection')
      for (const argument of node.arguments ?? []) this.demand(argument, level);
    else if (ts.isCallExpression(node) && !isImportCall(ts, node)) this.demandCall(node, level);
    else if (ts.isTaggedTemplateExpression(node) && level === 'promise' && !awaited.has(node))
      finds.call(node);
  }

  addToMember(receiver: ts.Expression, values: readonly ts.Expression[]): void {
    const { ts, body } = this;
    const node = unwrap(ts, receiver);
    if (!ts.isPropertyAccessExpression(node) || !isMemberOfThis(body, node)) return;
    for (const value of values) this.whenDemanded(node.name.text, () => this.demandMember(value));
  }

  holdInMember(name: ts.Node | undefined, value: ts.Expression): void {
    const { ts } = this;
    this.demand(value, 'promise');
    if (name && (ts.isIdentifier(name) || ts.isPrivateIdentifier(name)))
      this.whenDemanded(name.text, () => this.demand(value, 'collection'));
  }

  private whenDemanded(member: string, follow: () => void): void {
    const { demandedMembers, held } = this;
    if (demandedMembers.has(member)) follow();
    else held.set(member, [...(held.get(member) ?? []), follow]);
  }

  /** By the name of the member only: its object is not known. */
  private demandHeld(node: ts.PropertyAccessExpression | ts.ElementAccessExpression): void {
    const { ts, demandedMembers, held } = this;
    if (!ts.isPropertyAccessExpression(node) || demandedMembers.has(node.name.text)) return;
    demandedMembers.add(node.name.text);
    for (const follow of held.get(node.name.text) ?? []) follow();
  }

  offer(expression: ts.Expression): void {
    const { ts, finds } = this;
    const node = unwrap(ts, expression);
    if (ts.isConditionalExpression(node)) {
      this.offer(node.whenTrue);
      this.offer(node.whenFalse);
    } else if (ts.isBinaryExpression(node)) {
      if (isLogical(ts, node)) this.offer(node.left);
      this.offer(node.right);
    } else if (
      ts.isIdentifier(node) ||
      ts.isPropertyAccessExpression(node) ||
      ts.isElementAccessExpression(node) ||
      ts.isSpreadElement(node)
    )
      finds.offered?.(node);
  }

  demandMember(expression: ts.Expression): void {
    const { ts } = this;
    this.offer(expression);
    if (ts.isSpreadElement(expression)) return this.demand(expression.expression, 'collection');
    this.demand(expression, 'promise');
    this.demand(expression, 'collection');
  }

  private demandName(name: ts.Identifier, level: Level): void {
    const { bindings, body, marked, sources } = this;
    const binding = bindings.resolve(name);
    if (!binding || !body.isLocal(binding) || marked[level].has(binding)) return;
    marked[level].add(binding);
    const all = sources.get(binding) ?? [];
    for (const { from, relation } of all) {
      if (all.length > 1 && relation === 'same') this.offer(from);
      if (relation === 'same') this.demand(from, level);
      else if (relation === 'element') this.demand(from, 'collection');
      else if (level === 'collection') this.demandMember(from);
    }
  }

  private demandCall(call: ts.CallExpression, level: Level): void {
    const { body, ts, finds, file, awaited } = this;
    const target = localFunctionOf(body, call.expression);
    if (target) {
      if (!isAsync(ts, target) || level === 'collection')
        for (const value of returnsOf(ts, target)) this.demand(value, level);
      return;
    }
    if (isHelperCall(body, call)) return this.demandHelper(call, level);
    if (level === 'collection') {
      if (finds.holder && this.isOpaque(call)) finds.holder(call);
      return this.demandHelper(call, level);
    }
    // Both return undefined. Their arguments are followed at the calls.
    if (this.isSettlerCall(call)) return;
    if (isFormatterCall(body, call) || isBindCall(body, call) || isBuiltinRead(file, call.expression)) return;
    const origin = originOf(file, call.expression);
    if (origin && COMBINATORS.test(origin)) return;
    if (isPureGlobal(file, call.expression)) {
      // `Promise.resolve(f())` is the promise of f. Other builtins pass on the contents of their arguments.
      const inner = origin?.startsWith('Promise.') ? 'promise' : 'collection';
      for (const argument of call.arguments) this.demand(argument, inner);
      const receiver = unwrap(ts, call.expression);
      if (ts.isPropertyAccessExpression(receiver)) this.demand(receiver.expression, 'promise');
      return;
    }
    // An awaited call is a step in place. The sources of its promises are followed nevertheless.
    if (!awaited.has(call)) finds.call(call);
    this.demandReceiver(unwrap(ts, call.expression));
  }

  /** Whether nothing is known of the return value of a call. */
  private isOpaque(call: ts.CallExpression): boolean {
    const { awaited, body, file } = this;
    return !(
      awaited.has(call) ||
      isFormatterCall(body, call) ||
      isBindCall(body, call) ||
      isBuiltinRead(file, call.expression) ||
      isPureGlobal(file, call.expression) ||
      COMBINATORS.test(originOf(file, call.expression) ?? '')
    );
  }

  private isSettlerCall({ expression }: ts.CallExpression): boolean {
    const { file, body } = this;
    return !isPureGlobal(file, expression) && (isResolver(body, expression) || isRejecter(body, expression));
  }

  /** The receiver of a call: `f()` in `f().g()` may start work, `p` in `p.then(...)` is a promise from elsewhere. */
  private demandReceiver(callee: ts.Expression): void {
    const { ts } = this;
    if (ts.isCallExpression(callee)) return this.demand(callee, 'promise');
    if (!ts.isPropertyAccessExpression(callee) && !ts.isElementAccessExpression(callee)) return;
    const chained = ts.isPropertyAccessExpression(callee) && CHAINERS.has(callee.name.text);
    let receiver = unwrap(ts, callee.expression);
    this.demand(receiver, chained ? 'promise' : 'collection');
    while (ts.isPropertyAccessExpression(receiver) || ts.isElementAccessExpression(receiver))
      receiver = unwrap(ts, receiver.expression);
    if (ts.isCallExpression(receiver)) this.demand(receiver, 'promise');
  }

  /** A synchronous helper whose result is used as a promise, or as a collection of promises. */
  private demandHelper(call: ts.CallExpression, level: Level): void {
    const { ts, file, wide, body, finds } = this;
    const callee = unwrap(ts, call.expression);
    if (ts.isElementAccessExpression(callee)) this.demand(callee.expression, 'collection');
    else if (ts.isPropertyAccessExpression(callee)) {
      if (isPureGlobal(file, callee)) for (const argument of call.arguments) this.demandGiven(argument);
      else this.demand(callee.expression, 'collection');
    }
    // `[1, 2].reduce((p, n) => p.then(...), f())`
    const [, seed] = call.arguments;
    if (wide && seed && ts.isPropertyAccessExpression(callee) && /^reduce/.test(callee.name.text)) {
      this.demand(seed, 'promise');
      this.demand(seed, level);
    }
    for (const argument of call.arguments) {
      if (ts.isPropertyAccessExpression(callee) && ADDERS.has(callee.name.text)) this.demandMember(argument);
      const value = unwrap(ts, argument);
      if (isClosure(ts, value)) {
        if (isAsync(ts, value)) continue;
        for (const result of returnsOf(ts, value)) {
          this.demand(result, 'promise');
          this.demand(result, level);
        }
      } else if (
        ts.isPropertyAccessExpression(callee) &&
        /^(map|flatMap|from|fromAsync)$/.test(callee.name.text)
      ) {
        if (ts.isIdentifier(value) || ts.isPropertyAccessExpression(value)) {
          const isCallback = callee.name.text.startsWith('from')
            ? call.arguments[1] === argument
            : call.arguments[0] === argument;
          if (isCallback && !localFunctionOf(body, value) && !isPureGlobal(file, value))
            finds.reference(value);
        }
      }
    }
  }

  /** An argument of a builtin: it may pass on the value itself, `Array.of(f())`, or the contents of the value. */
  private demandGiven(argument: ts.Expression): void {
    const { wide } = this;
    if (wide) this.demandMember(argument);
    else this.demand(argument, 'collection');
  }
}
