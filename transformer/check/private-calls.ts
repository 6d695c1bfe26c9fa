import type ts from 'typescript';
import type { Reporter } from '../base/reporter.ts';
import type { Body } from '../body/body.ts';
import { type PrivateCall, privateCalls } from '../body/private-calls.ts';
import { unwrap } from '../syntax/nodes.ts';

/** Warns of calls that need private members of instances, for classes that the file itself declares. */
export function checkPrivateCalls(body: Body): void {
  const { ts, bindings, reporter } = body.file;
  for (const found of privateCalls(body, classOf)) reportPrivateCall(found, reporter);

  function classOf(expression: ts.Expression): ts.ClassLikeDeclaration | undefined {
    const name = unwrap(ts, expression);
    const binding = ts.isIdentifier(name) ? bindings.resolve(name) : undefined;
    if (!binding || body.isLocal(binding)) return undefined;
    const { declaration } = binding;
    if (ts.isClassDeclaration(declaration)) return declaration;
    const value =
      ts.isVariableDeclaration(declaration) && declaration.initializer && unwrap(ts, declaration.initializer);
    return value && ts.isClassExpression(value) ? value : undefined;
  }
}

export function reportPrivateCall({ call, cls }: PrivateCall, reporter: Reporter): void {
  const file = call.getSourceFile();
  reporter.report('privateMembers', call, call.expression.getText(file), cls.name?.text ?? 'its class');
}
