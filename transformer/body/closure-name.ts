import type ts from 'typescript';
import type { FileContext } from '../file/file-context.ts';
import { type FunctionNode, isClosure, isFunctionNode, wrapped } from '../syntax/nodes.ts';
import { calleeName } from './callees.ts';

/** The name of a closure in keys: its own name, the name it is bound to, or the call that receives it. */
export function closureName(file: FileContext, node: FunctionNode): string {
  const { ts } = file;
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  if (node.name) return nameText(node.name);
  const at = isClosure(ts, node) ? wrapped(ts, node) : node;
  const holder = at.parent;
  if (ts.isVariableDeclaration(holder) && ts.isIdentifier(holder.name)) return holder.name.text;
  if (ts.isPropertyAssignment(holder) || ts.isPropertyDeclaration(holder)) return nameText(holder.name);
  if (ts.isBinaryExpression(holder) && holder.right === at && !isFunctionNode(ts, holder.left))
    return calleeName(file, holder.left);
  if (ts.isCallExpression(holder) && holder.expression !== at) return calleeName(file, holder.expression);
  if (ts.isNewExpression(holder)) return calleeName(file, holder.expression);
  return 'closure';

  function nameText(name: ts.PropertyName): string {
    return ts.isComputedPropertyName(name) ? 'closure' : name.text;
  }
}
