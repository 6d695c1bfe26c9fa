import type ts from 'typescript';
import type { Reporter } from '../base/diagnostics.ts';
import type { Body } from '../body/body.ts';
import type { TakenPromises } from '../check/taken-promises.ts';
import type { PromiseFlow } from '../flow/track-promises.ts';
import { usesOfConstant } from '../flow/uses-of-values.ts';
import { CHAINERS } from '../syntax/method-names.ts';
import { contains, unwrap } from '../syntax/nodes.ts';
import { lineage, mayBePromise } from './known-classes.ts';
import { placeOf } from './places.ts';
import type { ProgramTypes } from './program-types.ts';

/**
 * Reports what a call outside of steps gave and is at work by its type: promises of it that are handed on, objects that are
 * used in several ways, and members of promises that are steps (see `runtime/run/working-objects.ts`).
 */
export function checkObjectsAtWork(
  { ts, checker }: ProgramTypes,
  body: Body,
  flow: PromiseFlow,
  taken: TakenPromises,
  reporter: Reporter,
): void {
  const { file, durable } = body;
  const steps = body.stepCode.flat();
  file.nodes.walk(durable.node, (node) => {
    for (const value of handedOn(node)) checkHandedOn(unwrap(ts, value));
  });
  for (const [call, { mode }] of flow.quiet.calls) {
    if (!['shared', 'object', 'passed'].includes(mode) || !ts.isCallExpression(call)) continue;
    if (taken.isAskedOutside(call) && isAtWork(typeOf(call)))
      reporter.report('sharedWork', call, call.expression.getText());
  }
  for (const call of flow.membersUsed)
    if (ts.isCallExpression(call) && taken.isAskedOutside(call)) checkMembers(call);

  /** Values that code elsewhere gets, or another value holds. */
  function handedOn(node: ts.Node): readonly ts.Expression[] {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) return node.arguments ?? [];
    if (ts.isReturnStatement(node) || ts.isYieldExpression(node))
      return node.expression ? [node.expression] : [];
    if (ts.isArrowFunction(node)) return ts.isBlock(node.body) ? [] : [node.body];
    if (ts.isArrayLiteralExpression(node)) return node.elements;
    if (ts.isPropertyAssignment(node)) return [node.initializer];
    return ts.isShorthandPropertyAssignment(node) ? [node.name] : [];
  }

  function checkHandedOn(value: ts.Expression): void {
    if (taken.reported.has(value) || !isPromise(typeOf(value))) return;
    const call = taken.takenFrom(value);
    if (call && !steps.some((step) => contains(step, value)))
      reporter.report('takenPromise', value, value.getText(), call.expression.getText());
  }

  /** Members that the promise of a step doesn't have; those that give another promise, builders have. */
  function checkMembers(call: ts.CallExpression): void {
    if (!mayBePromise(checker, typeOf(call))) return;
    for (const { parent } of usesOfConstant(file, call)) {
      if (!ts.isPropertyAccessExpression(parent) || CHAINERS.has(parent.name.text)) continue;
      const given = typeOf(ts.isCallExpression(parent.parent) ? parent.parent : parent);
      if (!isPromise(given))
        reporter.report('promiseMember', parent, parent.getText(), call.expression.getText());
    }
  }

  /** What can be gone over and aborted, is a process, or is there to hold several promises. */
  function isAtWork(type: ts.Type): boolean {
    const whole = checker.getNonNullableType(type);
    const names = new Set(whole.getProperties().map(({ name }) => name.replace(/^(__@\w+)@.*$/, '$1')));
    if (names.has('kill')) return true;
    if (names.has('then')) return false;
    const members = whole.getProperties().map((member) => checker.getTypeOfSymbol(member));
    if (names.has('__@asyncIterator'))
      return names.has('abort') || members.some(({ symbol }) => symbol?.name === 'AbortController');
    return members.filter(isPromise).length > 1 && !names.has('resolve');
  }

  function isPromise(type: ts.Type): boolean {
    if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.Never)) return false;
    return (type.isUnion() ? type.types : [type]).some((one) =>
      lineage(checker, one).some(
        (symbol) => /^Promise(Like)?$/.test(symbol.name) && placeOf(symbol) === 'library',
      ),
    );
  }

  function typeOf(node: ts.Expression): ts.Type {
    return checker.getTypeAtLocation(node);
  }
}
