import type ts from 'typescript';
import { unwrap } from '../syntax/nodes.ts';
import type { Body } from './body.ts';

/** The class that is written in the body and that an expression names. */
export function classNamed(body: Body, expression: ts.Expression): ts.ClassLikeDeclaration | undefined {
  const { ts, bindings } = body.file;
  const name = unwrap(ts, expression);
  if (!ts.isIdentifier(name)) return ts.isClassExpression(name) ? name : undefined;
  const binding = bindings.resolve(name);
  if (!binding || !body.isLocal(binding)) return undefined;
  const { declaration } = binding;
  if (ts.isClassLike(declaration)) return declaration;
  const value =
    ts.isVariableDeclaration(declaration) && declaration.initializer && unwrap(ts, declaration.initializer);
  return value && ts.isClassExpression(value) ? value : undefined;
}
