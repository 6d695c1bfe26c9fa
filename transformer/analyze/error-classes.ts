import type ts from 'typescript';
import type { PlanBuilder } from '../plan.ts';
import { importOf } from './bindings.ts';
import { isPureGlobal } from './callees.ts';
import type { FileContext } from './context.ts';
import { isReference, unwrap } from './syntax.ts';

/**
 * The classes whose errors must come back from the journal as theirs: those that the file tests with `instanceof`, and
 * the error classes that it declares or uses. Where an error is caught may be far from where it is thrown.
 */
export function errorClasses(file: FileContext, plan: PlanBuilder): readonly string[] {
  const { ts, bindings, nodes } = file;
  const classes = new Set<string>();
  const add = (name: ts.Identifier): void => {
    const binding = bindings.resolve(name);
    if (!binding || !ts.isSourceFile(binding.scope) || isPureGlobal(file, name)) return;
    const { declaration } = binding;
    if (
      !ts.isClassDeclaration(declaration) &&
      !ts.isVariableDeclaration(declaration) &&
      !importOf(ts, binding)
    )
      return;
    classes.add(name.text);
    plan.references.set(name.text, name);
  };
  const declared = nodes
    .ofKind<ts.ClassDeclaration>(ts.SyntaxKind.ClassDeclaration)
    .map((node) => (extendsError(node) ? node.name : undefined));
  const tested = nodes.ofKind<ts.BinaryExpression>(ts.SyntaxKind.BinaryExpression).map((node) => {
    if (node.operatorToken.kind !== ts.SyntaxKind.InstanceOfKeyword) return undefined;
    const right = unwrap(ts, node.right);
    return ts.isIdentifier(right) ? right : undefined;
  });
  const used = nodes
    .identifiersLike(ERROR)
    .filter((name) => isReference(ts, name) && importOf(ts, bindings.resolve(name)));
  const names = [...declared, ...tested, ...used].filter((name) => name !== undefined);
  for (const name of names.sort((one, other) => one.pos - other.pos)) add(name);
  return [...classes];

  function extendsError(node: ts.ClassDeclaration): boolean {
    const [base] =
      node.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types ?? [];
    return base !== undefined && ERROR.test(base.expression.getText(file.sourceFile));
  }
}

/** How classes of errors are named. */
const ERROR = /(Error|Exception|Fault|Failure)$/;
