import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import type { FileContext } from '../file/file-context.ts';
import { CHAINERS } from '../syntax/method-names.ts';
import { contains, isFunctionNode, unwrapParent } from '../syntax/nodes.ts';

/** The uses of the constant that holds the value of an expression; none if it is held in another way. */
export function usesOfConstant({ ts, nodes }: FileContext, value: ts.Expression): readonly ts.Identifier[] {
  const holder = unwrapParent(ts, value);
  if (!ts.isVariableDeclaration(holder) || !ts.isIdentifier(holder.name)) return [];
  if (!(holder.parent.flags & ts.NodeFlags.Const)) return [];
  return nodes.usesOf(holder.name).filter((use) => use !== holder.name);
}

/** Whether the value of an expression is also used as an object somewhere. */
export function usesMembers(file: FileContext, value: ts.Expression): boolean {
  return usesOfConstant(file, value).some(
    ({ parent }) => file.ts.isPropertyAccessExpression(parent) && !CHAINERS.has(parent.name.text),
  );
}

/** Whether a use may be executed several times for a value that is made once. */
export function isRepeated(ts: TypeScript, use: ts.Node, made: ts.Node): boolean {
  for (let at = use.parent; at && !contains(at, made); at = at.parent)
    if (ts.isIterationStatement(at, false) || isFunctionNode(ts, at)) return true;
  return false;
}

/**
 * Whether no path contains both of two uses: they are in two branches, or each path that has passed the first one leaves before
 * the other.
 */
export function excludeEachOther(ts: TypeScript, one: ts.Node, other: ts.Node): boolean {
  let at: ts.Node = one;
  while (!contains(at.parent, other)) at = at.parent;
  const around = at.parent;
  const branches = branchesOf(ts, around);
  if (branches.length > 0)
    return branches.includes(at) && branches.some((branch) => branch !== at && contains(branch, other));
  const list = ts.isCaseBlock(around) ? around.clauses : statementsOf(ts, around);
  const beside = list?.find((node) => contains(node, other));
  if (!beside) return false;
  return at.pos < beside.pos ? leavesFrom(ts, one, at, around) : leavesFrom(ts, other, beside, around);
}

function branchesOf(ts: TypeScript, node: ts.Node): readonly ts.Node[] {
  if (ts.isIfStatement(node)) return node.elseStatement ? [node.thenStatement, node.elseStatement] : [];
  return ts.isConditionalExpression(node) ? [node.whenTrue, node.whenFalse] : [];
}

const statementsOf = (ts: TypeScript, node: ts.Node): readonly ts.Statement[] | undefined =>
  ts.isBlock(node) || ts.isCaseOrDefaultClause(node) ? node.statements : undefined;

/**
 * Whether each path that has passed a node leaves the statement `around`, which contains it in `child`, by a jump, and never
 * reaches the end of `child`.
 */
function leavesFrom(ts: TypeScript, node: ts.Node, child: ts.Node, around: ts.Node): boolean {
  let leaves = false;
  for (let at = node; at !== around; at = at.parent) {
    // An exception goes to the handler instead.
    if (ts.isTryStatement(at) && at.catchClause && contains(at.tryBlock, node)) leaves = false;
    else if (leaves) continue;
    else if (ts.isCaseOrDefaultClause(at)) leaves = at.statements.some((one) => jumps(ts, one, isFree(at)));
    else if (isStatement(at)) leaves = jumps(ts, at, isFree(at));
  }
  return leaves;

  /** Whether a `break` in a node leaves the child as well. */
  function isFree(inner: ts.Node): boolean {
    for (let at = inner; at !== around; at = at.parent)
      if (at !== inner && (ts.isIterationStatement(at, false) || ts.isSwitchStatement(at))) return false;
    return inner !== child || !ts.isSwitchStatement(child);
  }

  function isStatement(at: ts.Node): at is ts.Statement {
    return at.kind >= ts.SyntaxKind.FirstStatement && at.kind <= ts.SyntaxKind.LastStatement
      ? true
      : ts.isBlock(at);
  }
}

/** Whether a statement never reaches its end. */
function jumps(ts: TypeScript, statement: ts.Statement, isFree: boolean): boolean {
  if (ts.isReturnStatement(statement) || ts.isThrowStatement(statement)) return true;
  if (ts.isBreakStatement(statement) || ts.isContinueStatement(statement))
    return isFree && statement.label === undefined;
  if (ts.isBlock(statement)) return statement.statements.some((inner) => jumps(ts, inner, isFree));
  if (!ts.isIfStatement(statement) || !statement.elseStatement) return false;
  return jumps(ts, statement.thenStatement, isFree) && jumps(ts, statement.elseStatement, isFree);
}
