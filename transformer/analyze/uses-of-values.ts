import type ts from 'typescript';
import type { TypeScript } from '../typescript.ts';
import type { FileContext } from './context.ts';
import { CHAINERS } from './method-names.ts';
import { contains, isFunctionNode, unwrapParent } from './syntax.ts';

/** The uses of the constant that holds what an expression gives; none where it is held in another way. */
export function usesOfConstant({ ts, nodes }: FileContext, value: ts.Expression): readonly ts.Identifier[] {
  const holder = unwrapParent(ts, value);
  if (!ts.isVariableDeclaration(holder) || !ts.isIdentifier(holder.name)) return [];
  if (!(holder.parent.flags & ts.NodeFlags.Const)) return [];
  return nodes.usesOf(holder.name).filter((use) => use !== holder.name);
}

/** Whether what an expression gives is used as an object somewhere, too. */
export function usesMembers(file: FileContext, value: ts.Expression): boolean {
  return usesOfConstant(file, value).some(
    ({ parent }) => file.ts.isPropertyAccessExpression(parent) && !CHAINERS.has(parent.name.text),
  );
}

/** Whether a use may come about several times for a value that is made once. */
export function isRepeated(ts: TypeScript, use: ts.Node, made: ts.Node): boolean {
  for (let at = use.parent; at && !contains(at, made); at = at.parent)
    if (ts.isIterationStatement(at, false) || isFunctionNode(ts, at)) return true;
  return false;
}

/** Whether two uses stand in two branches of which one is taken. */
export function excludeEachOther(ts: TypeScript, one: ts.Node, other: ts.Node): boolean {
  let at: ts.Node = one;
  while (!contains(at.parent, other)) at = at.parent;
  const branches = branchesOf(ts, at.parent);
  return branches.includes(at) && branches.some((branch) => branch !== at && contains(branch, other));
}

function branchesOf(ts: TypeScript, node: ts.Node): readonly ts.Node[] {
  if (ts.isIfStatement(node)) return node.elseStatement ? [node.thenStatement, node.elseStatement] : [];
  return ts.isConditionalExpression(node) ? [node.whenTrue, node.whenFalse] : [];
}
