import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import { builtinHolderOf, builtinReadOf } from '../body/builtins.ts';
import { originOf } from '../file/origins.ts';
import { isReference, staticKey } from '../syntax/nodes.ts';
import type { FunctionScope, Planner } from './planner.ts';

/**
 * Pass 3c. Reads of time and chance, and the console, resolved by binding: they use the run's clock, its generator, and its
 * console.
 */

/** Plans a builtin. Returns true if the node was one; then nothing below it is left to plan. */
export function planBuiltin(planner: Planner, node: ts.Expression, scope: FunctionScope): boolean {
  const { file, plan } = planner;
  const { ts } = file;
  if (ts.isNewExpression(node)) {
    const args = node.arguments ?? [];
    if (originOf(file, node.expression) !== 'Date') return false;
    // With an argument that isn't a spread it is a fixed date. A spread may be empty.
    if (args.length > 0 && !args.every(ts.isSpreadElement)) return false;
    if (args.length === 0) plan.replace(node, [`${scope.use()}.date()`], []);
    else plan.replace(node, [`${scope.use()}.date(`, ...args.slice(1).map(() => ', '), ')'], args);
    for (const argument of args) planner.visit(argument, scope);
    return true;
  }
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node) || ts.isIdentifier(node)) {
    if (ts.isIdentifier(node) && (!isReference(ts, node) || ts.isShorthandPropertyAssignment(node.parent)))
      return false;
    const origin = originOf(file, node);
    if (origin === undefined) return false;
    const called = ts.isCallExpression(node.parent) && node.parent.expression === node;
    if (origin === 'Date' && called) {
      plan.replace(node, [`${scope.use()}.dateString`], []);
      return true;
    }
    if (origin === 'console') {
      plan.replace(node, [`${scope.use()}.console`], []);
      return true;
    }
    if (origin === 'globalThis' && ts.isIdentifier(node) && isValue(ts, node)) {
      file.reporter.report(
        'unsupported',
        node,
        '`globalThis` as a value',
        'Name the global where it is used: `globalThis.name`.',
      );
      return true;
    }
    const read = builtinReadOf(file, node);
    const holder =
      read === undefined && ts.isIdentifier(node) && isValue(ts, node)
        ? builtinHolderOf(file, node)
        : undefined;
    const name = read ?? holder;
    if (name === undefined) return false;
    // The import stays referenced. Otherwise the two emitters would differ in the imports that TypeScript drops.
    if (origin.includes('#')) plan.wrap(node, `${scope.use()}.builtin("${name}", `, ')');
    else
      plan.replace(
        node,
        [called && read ? `${scope.use()}.${read}` : `${scope.use()}.builtin("${name}")`],
        [],
      );
    return true;
  }
  return false;
}

/** Whether a name is used as a value: it is not called or compared, and no known member of it is read. */
function isValue(ts: TypeScript, node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) || ts.isNewExpression(parent) || ts.isCallExpression(parent)) {
    return parent.expression !== node;
  }
  if (ts.isElementAccessExpression(parent))
    return parent.expression !== node || staticKey(ts, parent) === undefined;
  if (ts.isExpressionWithTypeArguments(parent)) {
    return ts.isHeritageClause(parent.parent) && parent.parent.token === ts.SyntaxKind.ExtendsKeyword;
  }
  if (ts.isTypeOfExpression(parent) || ts.isCaseClause(parent)) return false;
  if (!ts.isBinaryExpression(parent)) return true;
  const kind = parent.operatorToken.kind;
  return !(
    kind === ts.SyntaxKind.InstanceOfKeyword ||
    kind === ts.SyntaxKind.EqualsEqualsEqualsToken ||
    kind === ts.SyntaxKind.ExclamationEqualsEqualsToken ||
    kind === ts.SyntaxKind.EqualsEqualsToken ||
    kind === ts.SyntaxKind.ExclamationEqualsToken
  );
}
