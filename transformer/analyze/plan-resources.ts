import type ts from 'typescript';
import type { Guard } from '../plan.ts';
import type { FunctionScope, Planner } from './plan-body.ts';

/**
 * Pass 3g. `await using x = open()`: the name becomes a constant, which is the object itself, and what is disposed of at
 * the end of the block is a guard that the runtime makes for it. The runtime looks the method up where JavaScript does,
 * and calls a foreign one in a step.
 */
export function planResources(
  planner: Planner,
  list: ts.VariableDeclarationList,
  scope: FunctionScope,
): void {
  const { file, plan, names } = planner;
  const { ts } = file;
  if ((list.flags & ts.NodeFlags.AwaitUsing) !== ts.NodeFlags.AwaitUsing) return;
  const guards: Guard[] = [];
  for (const { name } of list.declarations) {
    // Patterns are a syntax error here.
    if (!ts.isIdentifier(name)) return;
    const id = names.site(`${name.text}[Symbol.asyncDispose]`, 'step', name);
    guards.push({ name: planner.nextScopeName(), resource: `${scope.use()}.resource(${id}, ${name.text})` });
  }
  let statement: ts.Node = list.parent;
  if (ts.isForStatement(statement))
    while (ts.isLabeledStatement(statement.parent)) statement = statement.parent;
  plan.add(statement, { kind: 'resources', list, guards });
}
