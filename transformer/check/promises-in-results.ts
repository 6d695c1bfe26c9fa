import type ts from 'typescript';
import type { Reporter } from '../base/reporter.ts';
import type { TypeScript } from '../base/typescript.ts';
import type { Body } from '../body/body.ts';
import { isForeign, isHelperCall, isPureGlobal, localFunctionOf } from '../body/callees.ts';
import type { Binding, Bindings } from '../file/bindings.ts';
import type { FileContext } from '../file/file-context.ts';
import type { NodeIndex } from '../file/node-index.ts';
import { originOf } from '../file/origins.ts';
import type { DurableFunction } from '../find/find-directives.ts';
import type { ValueSource } from '../flow/collect-sources.ts';
import { collectSources } from '../flow/collect-sources.ts';
import { COMBINATORS } from '../flow/follow-values.ts';
import type { PossibleSteps } from '../flow/possible-steps.ts';
import type { PromiseFlow } from '../flow/track-promises.ts';
import { CHAINERS } from '../syntax/method-names.ts';
import { contains, isAsync, isClosure, isLogical, returnsOf, staticKey, unwrap } from '../syntax/nodes.ts';
import {
  ELEMENTS,
  firstOf,
  isElement,
  isMapper,
  isMemberOfElement,
  isSettledHere,
  listOf,
  SAME_ELEMENTS,
} from './elements-of-lists.ts';

/** What is known of such promises by syntax, for the check that finds promises by types. */
export interface TakenPromises {
  /** The call that returned the object of which an expression is a part, if a replay would repeat that call. */
  takenFrom(expression: ts.Expression): ts.CallExpression | undefined;
  /** Whether a call outside of steps calls something outside of the function. */
  isAskedOutside(call: ts.CallExpression): boolean;
  readonly reported: ReadonlySet<ts.Node>;
}

/**
 * Reports promises that are members of the return value of a call outside of steps: `const { text } = ask(); await text`. A
 * replay repeats the call, unless this promise is all that is used of the object (see `isHandle` in `flow/possible-steps.ts`).
 */
export function checkTakenPromises(body: Body, flow: PromiseFlow): TakenPromises {
  return new TakenPromiseCheck(body, flow).run();
}

class TakenPromiseCheck {
  private readonly body: Body;
  private readonly awaited: ReadonlySet<ts.Expression>;
  private readonly returned: ReadonlySet<ts.Expression>;
  private readonly possible: PossibleSteps;
  private readonly file: FileContext;
  private readonly durable: DurableFunction;
  private readonly ts: TypeScript;
  private readonly bindings: Bindings;
  private readonly nodes: NodeIndex;
  private readonly reporter: Reporter;
  private readonly steps: ts.Node[];
  private readonly sources: ReadonlyMap<Binding, readonly ValueSource[]>;
  /** The names on the way to the present one. */
  private readonly asked = new Set<Binding>();
  /** The result for each name, so that a name with many uses and values is searched once. */
  private readonly takenByName = new Map<Binding, ts.CallExpression | undefined>();
  private readonly madeByName = new Map<Binding, ts.CallExpression | undefined>();
  private readonly reported = new Set<ts.Node>();

  constructor(body: Body, { awaited, returned, possible }: PromiseFlow) {
    this.body = body;
    this.awaited = awaited;
    this.returned = returned;
    this.possible = possible;
    const { file, durable } = body;
    this.file = file;
    this.durable = durable;
    const { ts, bindings, nodes, reporter } = file;
    this.ts = ts;
    this.bindings = bindings;
    this.nodes = nodes;
    this.reporter = reporter;
    this.steps = body.stepCode.flat();
    this.sources = collectSources(body, true);
  }

  run(): TakenPromises {
    const { nodes, durable, ts, reported } = this;
    nodes.walk(durable.node, (node) => {
      if (ts.isAwaitExpression(node)) this.check(node.expression);
      else if (ts.isCallExpression(node)) this.checkCall(node);
    });
    return {
      takenFrom: (one) => this.takenFrom(one),
      isAskedOutside: (call) => this.isAskedOutside(call) && !this.isInStep(call),
      reported,
    };
  }

  private checkCall(call: ts.CallExpression): void {
    const { ts, file, body } = this;
    const callee = unwrap(ts, call.expression);
    if (COMBINATORS.test(originOf(file, callee) ?? '')) {
      const [first] = call.arguments;
      const list = first && unwrap(ts, first);
      if (list && ts.isArrayLiteralExpression(list)) for (const element of list.elements) this.check(element);
      else if (list && ts.isCallExpression(list) && isHelperCall(body, list)) this.checkMapped(list);
      // For a call in place, `checkEffects` only warns: it may be a helper that returns data.
      else if (list && !ts.isCallExpression(list)) this.report(list, this.madeBy(list));
    } else if (ts.isPropertyAccessExpression(callee) && CHAINERS.has(callee.name.text))
      this.check(callee.expression);
  }

  /** `Promise.all(xs.map(() => ask().text))` */
  private checkMapped({ arguments: [callback] }: ts.CallExpression): void {
    const { ts } = this;
    const closure = callback && unwrap(ts, callback);
    if (closure && isClosure(ts, closure) && !isAsync(ts, closure))
      for (const value of returnsOf(ts, closure)) this.check(value);
  }

  /** An expression that is used as a promise. */
  private check(expression: ts.Expression): void {
    const { ts } = this;
    const node = unwrap(ts, expression);
    if (ts.isConditionalExpression(node)) {
      this.check(node.whenTrue);
      this.check(node.whenFalse);
    } else if (ts.isBinaryExpression(node) && isLogical(ts, node)) {
      this.check(node.left);
      this.check(node.right);
    } else if (ts.isSpreadElement(node)) this.report(node, this.madeBy(node.expression));
    else this.report(node, this.takenFrom(node));
  }

  private report(node: ts.Expression, call: ts.CallExpression | undefined): void {
    const { reported, reporter, file } = this;
    if (!call || this.isInStep(node)) return;
    reported.add(node);
    reporter.report(
      'takenPromise',
      node,
      node.getText(file.sourceFile),
      call.expression.getText(file.sourceFile),
    );
  }

  private isInStep(node: ts.Node): boolean {
    const { steps } = this;
    return steps.some((step) => contains(step, node));
  }

  /** The call that returned the object of which this is a part. */
  private takenFrom(expression: ts.Expression): ts.CallExpression | undefined {
    const { ts, takenByName } = this;
    const node = unwrap(ts, expression);
    if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
      // `await ask().text` is one step, and so is `return ask().text`.
      const start = this.startOf(node);
      if (ts.isCallExpression(start) && !listOf(ts, start, ELEMENTS) && this.isWaitedFor(node))
        return undefined;
      const call = this.madeBy(node.expression) ?? this.spreadInto(node) ?? this.takenFrom(node.expression);
      return call && !this.isKeptWhole(node, call) && !isSettledHere(this.file, node.expression)
        ? call
        : undefined;
    }
    if (!ts.isIdentifier(node)) return undefined;
    return this.once(takenByName, node, () =>
      this.throughName(node, ({ from, relation }) => {
        if (relation === 'same') return this.takenFrom(from);
        if (relation !== 'element' || isSettledHere(this.file, node)) return undefined;
        return this.madeBy(from) ?? (isMemberOfElement(this.file, node) ? this.listedIn(from) : undefined);
      }),
    );
  }

  /** The call outside of steps that returned a value. */
  private madeBy(expression: ts.Expression): ts.CallExpression | undefined {
    const { ts, madeByName, awaited, body } = this;
    const node = unwrap(ts, expression);
    if (ts.isIdentifier(node))
      return this.once(madeByName, node, () =>
        this.throughName(node, ({ from, relation }) => {
          if (relation === 'same') return this.madeBy(from);
          return relation === 'element' && isElement(this.file, node) ? this.listedIn(from) : undefined;
        }),
      );
    if (ts.isConditionalExpression(node)) return this.madeBy(node.whenTrue) ?? this.madeBy(node.whenFalse);
    if (ts.isBinaryExpression(node) && isLogical(ts, node))
      return this.madeBy(node.left) ?? this.madeBy(node.right);
    if (ts.isPropertyAccessExpression(node)) return this.heldBy(node);
    if (ts.isElementAccessExpression(node)) return this.heldBy(node) ?? this.listedIn(node.expression);
    if (!ts.isCallExpression(node) || awaited.has(node)) return undefined;
    const list = listOf(ts, node, ELEMENTS);
    if (list) return this.listedIn(list);
    const inner = localFunctionOf(body, node.expression);
    if (inner)
      return isAsync(ts, inner) ? undefined : firstOf(returnsOf(ts, inner), (one) => this.madeBy(one));
    return this.isAskedOutside(node) ? node : undefined;
  }

  /** The call outside of steps that returned an element of a list: `all.push(ask())`, `xs.map(() => ask())`. */
  private listedIn(expression: ts.Expression): ts.CallExpression | undefined {
    const { ts } = this;
    const node = unwrap(ts, expression);
    if (ts.isIdentifier(node))
      return this.throughName(node, ({ from, relation }) => {
        if (relation === 'same') return this.listedIn(from);
        return relation === 'member' ? this.madeBy(from) : undefined;
      });
    if (ts.isArrayLiteralExpression(node))
      return firstOf(node.elements, (one) =>
        ts.isSpreadElement(one) ? this.listedIn(one.expression) : this.madeBy(one),
      );
    if (!ts.isCallExpression(node)) return undefined;
    const list = listOf(ts, node, SAME_ELEMENTS);
    if (list) return this.listedIn(list);
    if (!isHelperCall(this.body, node) || !isMapper(ts, node)) return undefined;
    return firstOf(node.arguments, (argument) => {
      const closure = unwrap(ts, argument);
      if (!isClosure(ts, closure) || isAsync(ts, closure)) return undefined;
      return firstOf(returnsOf(ts, closure), (one) => this.madeBy(one));
    });
  }

  /** `r.text` with `const r = { ...ask() }`. */
  private spreadInto(
    node: ts.PropertyAccessExpression | ts.ElementAccessExpression,
  ): ts.CallExpression | undefined {
    const { ts } = this;
    const owner = unwrap(ts, node.expression);
    const key = staticKey(ts, node);
    if (!ts.isIdentifier(owner)) return undefined;
    return this.throughName(owner, ({ from }) => {
      const value = unwrap(ts, from);
      if (
        !ts.isObjectLiteralExpression(value) ||
        value.properties.some(({ name }) => name?.getText() === key)
      )
        return undefined;
      return firstOf(value.properties, (part) =>
        ts.isSpreadAssignment(part) ? this.madeBy(part.expression) : undefined,
      );
    });
  }

  /** `o.r` with `const o = { r: ask() }`. */
  private heldBy(
    node: ts.PropertyAccessExpression | ts.ElementAccessExpression,
  ): ts.CallExpression | undefined {
    const { ts } = this;
    const owner = unwrap(ts, node.expression);
    const key = staticKey(ts, node);
    if (!ts.isIdentifier(owner) || key === undefined) return undefined;
    return this.throughName(owner, ({ from }) => {
      const value = unwrap(ts, from);
      if (!ts.isObjectLiteralExpression(value)) return undefined;
      return firstOf(value.properties, (property) => {
        if (!property.name || !ts.isIdentifier(property.name) || property.name.text !== key) return undefined;
        if (ts.isPropertyAssignment(property)) return this.madeBy(property.initializer);
        return ts.isShorthandPropertyAssignment(property) ? this.madeBy(property.name) : undefined;
      });
    });
  }

  private startOf(node: ts.Expression): ts.Expression {
    const { ts } = this;
    let at = node;
    while (ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at))
      at = unwrap(ts, at.expression);
    return at;
  }

  private once(
    known: Map<Binding, ts.CallExpression | undefined>,
    name: ts.Identifier,
    find: () => ts.CallExpression | undefined,
  ): ts.CallExpression | undefined {
    const { bindings, asked } = this;
    const binding = bindings.resolve(name);
    // The search for another name stops at the names on its way, so its result says nothing about this name alone.
    if (!binding || asked.size > 0) return find();
    if (!known.has(binding)) known.set(binding, find());
    return known.get(binding);
  }

  private throughName(
    name: ts.Identifier,
    follow: (source: {
      from: ts.Expression;
      relation: 'same' | 'member' | 'element';
    }) => ts.CallExpression | undefined,
  ): ts.CallExpression | undefined {
    const { bindings, body, asked, sources } = this;
    const binding = bindings.resolve(name);
    if (!binding || !body.isLocal(binding) || asked.has(binding)) return undefined;
    asked.add(binding);
    const found = firstOf(sources.get(binding) ?? [], follow);
    asked.delete(binding);
    return found;
  }

  private isAskedOutside(call: ts.CallExpression): boolean {
    const { ts, file, body } = this;
    const callee = unwrap(ts, call.expression);
    if (isPureGlobal(file, callee) || isHelperCall(body, call)) return false;
    if (/^(use-durable#|(Promise|Reflect)\.)/.test(originOf(file, callee) ?? '')) return false;
    if (isForeign(body, callee)) return true;
    // `api.stream()` with `const api = connect()`
    if (!ts.isPropertyAccessExpression(callee) || CHAINERS.has(callee.name.text)) return false;
    return this.madeBy(callee.expression) !== undefined;
  }

  /** Whether this read is all that is used of the call's return value. */
  private isKeptWhole(read: ts.Expression, call: ts.CallExpression): boolean {
    const { possible } = this;
    return this.isWaitedFor(read) && possible.calls.get(call)?.mode === 'handle';
  }

  /** An async function awaits its return value. */
  private isWaitedFor(read: ts.Expression): boolean {
    const { awaited, returned } = this;
    return awaited.has(read) || returned.has(read);
  }
}
