import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import { staticKey, unwrap } from '../syntax/nodes.ts';
import type { Planner } from './planner.ts';

/** The parts of `client[key].ready`. */
interface Parts {
  readonly root: ts.Expression;
  /** Texts, or expressions; `null` stands for `?.`. */
  readonly path: readonly (string | ts.Expression)[];
}

/** A read of something outside in a step: of a name, or of members of it. */
export function planRead({ file: { ts }, plan }: Planner, node: ts.Expression, before: string): void {
  const read = partsOf(ts, node);
  if (read === undefined) return plan.wrap(node, before, ')');
  const { root, path } = read;
  if (path.length === 0) return plan.wrap(node, before, ', [])');
  const parts = [before, ', ['];
  const holes: ts.Node[] = [root];
  for (const [index, key] of path.entries()) {
    parts[parts.length - 1] += index === 0 ? '' : ', ';
    if (typeof key === 'string') parts[parts.length - 1] += key;
    else {
      holes.push(key);
      parts.push('');
    }
  }
  parts[parts.length - 1] += '])';
  plan.replace(node, parts, holes);
}

/** Undefined for what may do something each time, `list[next()]`. */
function partsOf(ts: TypeScript, node: ts.Expression): Parts | undefined {
  const path: (string | ts.Expression)[] = [];
  let root = unwrap(ts, node);
  while (ts.isPropertyAccessExpression(root) || ts.isElementAccessExpression(root)) {
    if (ts.isPropertyAccessExpression(root) && ts.isPrivateIdentifier(root.name))
      return isPrivateField(ts, root.name) && isPlain(ts, root.expression) ? { root, path } : undefined;
    const key = keyOf(ts, root);
    if (key === undefined) return undefined;
    path.unshift(key);
    if (root.questionDotToken) path.unshift('null');
    // What `?.` skips ends at the parentheses.
    if (root.questionDotToken && ts.isParenthesizedExpression(root.expression)) return undefined;
    root = unwrap(ts, root.expression);
  }
  return ts.isIdentifier(root) || root.kind === ts.SyntaxKind.ThisKeyword ? { root, path } : undefined;
}

function keyOf(
  ts: TypeScript,
  node: ts.PropertyAccessExpression | ts.ElementAccessExpression,
): string | ts.Expression | undefined {
  const known = staticKey(ts, node);
  if (known !== undefined) return JSON.stringify(known);
  const key = ts.isElementAccessExpression(node) ? unwrap(ts, node.argumentExpression) : undefined;
  return key && isPlain(ts, key) ? key : undefined;
}

/** Whether an expression consists of names, members, literals and operators that change nothing. */
function isPlain(ts: TypeScript, expression: ts.Expression): boolean {
  const node = unwrap(ts, expression);
  if (ts.isIdentifier(node) || node.kind === ts.SyntaxKind.ThisKeyword || ts.isLiteralExpression(node))
    return true;
  if (ts.isPropertyAccessExpression(node)) return isPlain(ts, node.expression);
  if (ts.isElementAccessExpression(node))
    return isPlain(ts, node.expression) && isPlain(ts, node.argumentExpression);
  if (ts.isTemplateExpression(node))
    return node.templateSpans.every(({ expression: part }) => isPlain(ts, part));
  if (ts.isBinaryExpression(node))
    return !isAssigning(ts, node) && isPlain(ts, node.left) && isPlain(ts, node.right);
  return false;
}

const isAssigning = (ts: TypeScript, { operatorToken: { kind } }: ts.BinaryExpression): boolean =>
  kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;

/** A private name that is declared as a field: to read it calls nothing. */
function isPrivateField(ts: TypeScript, name: ts.PrivateIdentifier): boolean {
  for (let at: ts.Node = name.parent; at; at = at.parent) {
    if (!ts.isClassLike(at)) continue;
    const member = at.members.find(
      (one) => one.name && ts.isPrivateIdentifier(one.name) && one.name.text === name.text,
    );
    if (member) return ts.isPropertyDeclaration(member);
  }
  return false;
}
