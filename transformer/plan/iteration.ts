import type ts from 'typescript';
import { functionOf, isForeign } from '../body/callees.ts';
import { originOf } from '../file/origins.ts';
import { isAsync, isCall, isGenerator } from '../syntax/nodes.ts';
import { shownIterable } from '../syntax/shown-text.ts';
import { checkPromiseList, listFromElsewhere } from './foreign-values.ts';
import type { FunctionScope, Planner } from './planner.ts';

/**
 * Pass 3f. Asynchronous iteration: `for await`, `yield*` in an async generator, `Array.fromAsync`. The runtime does not change
 * iterables that are written in the body, and synchronous ones.
 *
 * @param by the construct, as the diagnostic names it
 */
export function planIterable(
  planner: Planner,
  source: ts.Expression,
  by: string,
  scope: FunctionScope,
): void {
  const { file, plan } = planner;
  const { ts, reporter, sourceFile } = file;
  if (isCall(ts, source) && isForeignIterable(ts.isCallExpression(source) ? source.expression : source.tag)) {
    reporter.report('foreignAsyncIterator', source, by, `what \`${source.getText(sourceFile)}\` returns`);
  }
  const text = by === 'for await' ? shownIterable(ts, source) : undefined;
  if (by === 'for await' && givesList(source)) checkPromiseList(planner, source);
  const list = listFromElsewhere(planner, source, scope);
  planner.names.note('for await', source);
  const before = `${scope.use()}.iterate(${list ?? ''}`;
  const after = text === undefined ? ')' : `, ${JSON.stringify(text)})`;
  plan.wrap(source, before, list === undefined ? after : `)${after}`);

  /** Whether a synchronous function of the same file returns the iterable. */
  function givesList(call: ts.Expression): boolean {
    if (!ts.isCallExpression(call) || !ts.isIdentifier(call.expression)) return false;
    const fn = functionOf(file, file.bindings.resolve(call.expression));
    return fn !== undefined && !isAsync(ts, fn) && !isGenerator(fn);
  }

  /** Written elsewhere, and possibly asynchronous. */
  function isForeignIterable(callee: ts.Expression): boolean {
    if (!isForeign(planner.body, callee) || originOf(file, callee) === 'use-durable#signals') return false;
    const fn = ts.isIdentifier(callee) ? functionOf(file, file.bindings.resolve(callee)) : undefined;
    return fn === undefined || isAsync(ts, fn);
  }
}
