import type ts from 'typescript';
import { exportTargetOf } from '../file/commonjs.ts';
import type { FileContext } from '../file/file-context.ts';
import { type FunctionNode, isClosure, isErased, unwrap } from '../syntax/nodes.ts';

/**
 * The functions that a file exports, to which a directive at the top of the file applies. Members of exported objects and
 * classes are not among them, except those of the object `module.exports`.
 */
export function exportedFunctions(file: FileContext): FunctionNode[] {
  const { ts, sourceFile } = file;
  const functions: FunctionNode[] = [];
  const names = new Set<string>();
  const statements = sourceFile.statements.filter((statement) => !isErased(ts, statement));

  for (const statement of statements) {
    if (ts.isExportDeclaration(statement)) {
      const { exportClause: clause, moduleSpecifier } = statement;
      if (moduleSpecifier || !clause || !ts.isNamedExports(clause)) continue;
      for (const { propertyName, name } of clause.elements) names.add((propertyName ?? name).text);
    } else if (ts.isExportAssignment(statement)) addValue(statement.expression);
    else if (ts.isExpressionStatement(statement)) addAssigned(statement.expression);
  }
  for (const statement of statements) {
    const isExported =
      ts.canHaveModifiers(statement) &&
      statement.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword);
    if (ts.isFunctionDeclaration(statement) && statement.body) {
      if (isExported || names.has(statement.name?.text ?? '')) functions.push(statement);
    } else if (ts.isVariableStatement(statement)) {
      for (const { name, initializer } of statement.declarationList.declarations) {
        if (initializer && ts.isIdentifier(name) && (isExported || names.has(name.text)))
          addValue(initializer);
      }
    }
  }
  return functions;

  function addValue(expression: ts.Expression): void {
    const value = unwrap(ts, expression);
    if (isClosure(ts, value)) functions.push(value);
    else if (ts.isIdentifier(value)) names.add(value.text);
  }

  /** `exports.name = value`, `module.exports = value`. */
  function addAssigned(expression: ts.Expression): void {
    let value = unwrap(ts, expression);
    while (ts.isBinaryExpression(value)) value = unwrap(ts, value.right);
    const target = exportTargetOf(file, value);
    if (!target) return;
    if (!ts.isObjectLiteralExpression(value) || target.name !== undefined) return addValue(value);
    for (const property of value.properties) {
      if (ts.isMethodDeclaration(property)) functions.push(property);
      else if (ts.isShorthandPropertyAssignment(property)) names.add(property.name.text);
      else if (ts.isPropertyAssignment(property)) addValue(property.initializer);
    }
  }
}
