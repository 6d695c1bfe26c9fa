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
  nodes.walk(file.sourceFile, (node) => {
    if (ts.isIdentifier(node)) {
      if (ERROR.test(node.text) && isReference(ts, node) && importOf(ts, bindings.resolve(node))) add(node);
    } else if (ts.isBinaryExpression(node)) {
      if (node.operatorToken.kind !== ts.SyntaxKind.InstanceOfKeyword) return;
      const right = unwrap(ts, node.right);
      if (ts.isIdentifier(right)) add(right);
    } else if (ts.isClassDeclaration(node) && node.name && extendsError(node)) add(node.name);
  });
  return [...classes];

  function extendsError(node: ts.ClassDeclaration): boolean {
    const [base] =
      node.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types ?? [];
    return base !== undefined && ERROR.test(base.expression.getText(file.sourceFile));
  }
}

/** How classes of errors are named. */
const ERROR = /(Error|Exception|Fault|Failure)$/;
