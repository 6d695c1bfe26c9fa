import type ts from 'typescript';
import type { Reporter } from '../base/reporter.ts';
import type { TypeScript } from '../base/typescript.ts';
import type { Body } from '../body/body.ts';
import type { TakenPromises } from '../check/promises-in-results.ts';
import type { FileContext } from '../file/file-context.ts';
import type { DurableFunction } from '../find/find-directives.ts';
import type { PromiseFlow } from '../flow/track-promises.ts';
import { usesOfConstant } from '../flow/value-uses.ts';
import { CHAINERS } from '../syntax/method-names.ts';
import { contains, unwrap } from '../syntax/nodes.ts';
import { lineage, mayBePromise } from './known-classes.ts';
import { placeOf } from './places.ts';
import type { ProgramTypes } from './program-types.ts';

/**
 * Reports return values of calls outside of steps that are at work, judged by their types: promises of them that are passed on,
 * objects that are used in several ways, and members of promises that are steps (see `runtime/run/working-objects.ts`).
 */
export function checkObjectsAtWork(
  types: ProgramTypes,
  body: Body,
  flow: PromiseFlow,
  taken: TakenPromises,
  reporter: Reporter,
): void {
  return new WorkingObjectCheck(types, body, flow, taken, reporter).run();
}

class WorkingObjectCheck {
  private readonly ts: TypeScript;
  private readonly checker: ts.TypeChecker;
  private readonly flow: PromiseFlow;
  private readonly taken: TakenPromises;
  private readonly reporter: Reporter;
  private readonly file: FileContext;
  private readonly durable: DurableFunction;
  private readonly steps: ts.Node[];

  constructor(
    { ts, checker }: ProgramTypes,
    body: Body,
    flow: PromiseFlow,
    taken: TakenPromises,
    reporter: Reporter,
  ) {
    this.ts = ts;
    this.checker = checker;
    this.flow = flow;
    this.taken = taken;
    this.reporter = reporter;
    const { file, durable } = body;
    this.file = file;
    this.durable = durable;
    this.steps = body.stepCode.flat();
  }

  run(): void {
    const { file, durable, ts, flow, taken, reporter } = this;
    file.nodes.walk(durable.node, (node) => {
      for (const value of this.handedOn(node)) this.checkHandedOn(unwrap(ts, value));
    });
    for (const [call, { mode }] of flow.possible.calls) {
      if (!['shared', 'object', 'passed'].includes(mode) || !ts.isCallExpression(call)) continue;
      if (taken.isAskedOutside(call) && this.isAtWork(this.typeOf(call)))
        reporter.report('sharedWork', call, call.expression.getText());
    }
    for (const call of flow.membersUsed)
      if (ts.isCallExpression(call) && taken.isAskedOutside(call)) this.checkMembers(call);
  }

  /** Values that are passed to code elsewhere, or that another value holds. */
  private handedOn(node: ts.Node): readonly ts.Expression[] {
    const { ts } = this;
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) return node.arguments ?? [];
    if (ts.isReturnStatement(node) || ts.isYieldExpression(node))
      return node.expression ? [node.expression] : [];
    if (ts.isArrowFunction(node)) return ts.isBlock(node.body) ? [] : [node.body];
    if (ts.isArrayLiteralExpression(node)) return node.elements;
    if (ts.isPropertyAssignment(node)) return [node.initializer];
    return ts.isShorthandPropertyAssignment(node) ? [node.name] : [];
  }

  private checkHandedOn(value: ts.Expression): void {
    const { taken, steps, reporter } = this;
    if (taken.reported.has(value) || !this.isPromise(this.typeOf(value))) return;
    const call = taken.takenFrom(value);
    if (call && !steps.some((step) => contains(step, value)))
      reporter.report('takenPromise', value, value.getText(), call.expression.getText());
  }

  /** Members that the promise of a step doesn't have. Builders have the members that return another promise. */
  private checkMembers(call: ts.CallExpression): void {
    const { checker, file, ts, reporter } = this;
    if (!mayBePromise(checker, this.typeOf(call))) return;
    for (const { parent } of usesOfConstant(file, call)) {
      if (!ts.isPropertyAccessExpression(parent) || CHAINERS.has(parent.name.text)) continue;
      const given = this.typeOf(ts.isCallExpression(parent.parent) ? parent.parent : parent);
      if (!this.isPromise(given))
        reporter.report('promiseMember', parent, parent.getText(), call.expression.getText());
    }
  }

  /** An object that is iterable and can be aborted, is a process, or holds several promises. */
  private isAtWork(type: ts.Type): boolean {
    const { checker } = this;
    const whole = checker.getNonNullableType(type);
    const names = new Set(whole.getProperties().map(({ name }) => name.replace(/^(__@\w+)@.*$/, '$1')));
    if (names.has('kill')) return true;
    if (names.has('then')) return false;
    const members = whole.getProperties().map((member) => checker.getTypeOfSymbol(member));
    if (names.has('__@asyncIterator'))
      return names.has('abort') || members.some(({ symbol }) => symbol?.name === 'AbortController');
    return members.filter((one) => this.isPromise(one)).length > 1 && !names.has('resolve');
  }

  private isPromise(type: ts.Type): boolean {
    const { ts, checker } = this;
    if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.Never)) return false;
    return (type.isUnion() ? type.types : [type]).some((one) =>
      lineage(checker, one).some(
        (symbol) => /^Promise(Like)?$/.test(symbol.name) && placeOf(symbol) === 'library',
      ),
    );
  }

  private typeOf(node: ts.Expression): ts.Type {
    const { checker } = this;
    return checker.getTypeAtLocation(node);
  }
}
