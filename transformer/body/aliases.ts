import type ts from 'typescript';
import type { Binding } from '../file/bindings.ts';
import { unwrap, unwrapParent } from '../syntax/nodes.ts';
import type { Body } from './body.ts';
import { localFunctionOf } from './callees.ts';

/** The variables that hold the object of a variable too: `const p = o`, and parameters that it is passed to. Itself is among them. */
export function aliasesOf(body: Body, binding: Binding): ReadonlySet<Binding> {
  const { ts, bindings, nodes } = body.file;
  const found = new Set([binding]);
  for (const one of found) {
    const { declaration } = one;
    if (!ts.isVariableDeclaration(declaration) && !ts.isParameter(declaration)) continue;
    if (!ts.isIdentifier(declaration.name)) continue;
    const from = declaration.initializer && unwrap(ts, declaration.initializer);
    if (from && ts.isIdentifier(from)) add(from);
    for (const use of nodes.usesOf(declaration.name)) addHolder(use);
  }
  return found;

  function add(name: ts.BindingName | undefined): void {
    const other = name && ts.isIdentifier(name) ? bindings.resolve(name) : undefined;
    if (other && body.isLocal(other)) found.add(other);
  }

  function addHolder(use: ts.Identifier): void {
    const holder = unwrapParent(ts, use);
    if (ts.isVariableDeclaration(holder) && holder.name !== use) add(holder.name);
    if (!ts.isCallExpression(holder)) return;
    const index = holder.arguments.findIndex((argument) => unwrap(ts, argument) === use);
    if (index !== -1) add(localFunctionOf(body, holder.expression)?.parameters[index]?.name);
  }
}
