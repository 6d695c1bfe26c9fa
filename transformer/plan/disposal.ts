import type ts from 'typescript';
import type { Guard } from '../base/plan.ts';
import type { FunctionScope, Planner } from './planner.ts';

/**
 * Pass 3g. `await using x = open()`: the name becomes a constant, which is the object itself. At the end of the block a guard
 * is disposed of, which the runtime makes for the object. The runtime reads the method when JavaScript does, and calls a
 * foreign one in a step.
 */
export function planResources(
  planner: Planner,
  list: ts.VariableDeclarationList,
  scope: FunctionScope,
): void {
  const { file, plan, names } = planner;
  const { ts } = file;
  if ((list.flags & ts.NodeFlags.AwaitUsing) !== ts.NodeFlags.AwaitUsing) return;
  if (!stands(list.parent)) return;
  const guards: Guard[] = [];
  for (const { name, initializer } of list.declarations) {
    // A syntax error, which the host reports.
    if (!ts.isIdentifier(name) || (!initializer && !ts.isForOfStatement(list.parent))) return;
    const id = names.site(`${name.text}[Symbol.asyncDispose]`, 'step', name);
    guards.push({ name: planner.nextScopeName(), resource: `${scope.use()}.resource(${id}, ${name.text})` });
  }
  let statement: ts.Node = list.parent;
  if (ts.isForStatement(statement))
    while (ts.isLabeledStatement(statement.parent)) statement = statement.parent;
  plan.add(statement, { kind: 'resources', list, guards });

  /** Whether the declaration is allowed in its position. */
  function stands(parent: ts.Node): boolean {
    if (ts.isForOfStatement(parent) || ts.isForStatement(parent)) return true;
    if (ts.isCaseOrDefaultClause(parent.parent)) {
      const hint = 'Put the statements of the clause into braces.';
      file.reporter.report('unsupported', list, '`await using` in a clause of a `switch`', hint);
    }
    return ts.isBlock(parent.parent);
  }
}
